/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "core/rewrite.h"
#include "core/uri.h"

#define PROXY_URI_MAX 1034 /* bytes (RFC 7252, 5.10) */

struct rewriting {
	struct osc_coap_writer w;
	struct osc_uri uri;
	bool has_uri;
	struct osc_slice path; /* of the URI, resolved */
	struct osc_slice echo;
	uint32_t reached; /* all additions up to this number are written */
	enum osc_uri_fault fault;
};

/* Each part of a path or query becomes an option. */
static void
put_parts(struct rewriting *r, uint32_t number, struct osc_slice text, char separator)
{
	uint8_t value[3 * OSC_URI_PART_MAX];
	struct osc_slice part;
	size_t len;
	bool more = true;

	while (more) {
		part = osc_uri_part(&text, separator, &more);
		len = part.len <= sizeof(value) ? osc_uri_unescape(value, part) : sizeof(value);
		if (len > OSC_URI_PART_MAX) {
			r->fault = OSC_URI_LONG;
			return;
		}
		osc_coap_put_option(&r->w, number, osc_slice(value, len));
	}
}

static void
put_addition(struct rewriting *r, uint32_t number)
{
	struct osc_slice path = r->path;

	if (number == OSC_OPT_URI_PATH && path.len > 1)
		put_parts(r, number, osc_slice(path.ptr + 1, path.len - 1), '/');
	else if (number == OSC_OPT_URI_QUERY && r->has_uri && r->uri.has_query)
		put_parts(r, number, r->uri.query, '&');
	else if (number == OSC_OPT_ECHO && osc_is_present(r->echo))
		osc_coap_put_option(&r->w, number, r->echo);
}

/* Write what is added below an option, in the order of the numbers. */
static void
put_additions(struct rewriting *r, uint32_t below)
{
	static const uint32_t numbers[] = {OSC_OPT_URI_PATH, OSC_OPT_URI_QUERY, OSC_OPT_ECHO};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (numbers[i] > r->reached && numbers[i] < below) {
			put_addition(r, numbers[i]);
			r->reached = numbers[i];
		}
}

/* Proxy-Uri stands in place of these (RFC 7252, 5.10.2). */
static bool
is_replaced(uint32_t number)
{
	return number == OSC_OPT_URI_HOST || number == OSC_OPT_URI_PORT ||
	    number == OSC_OPT_URI_PATH || number == OSC_OPT_URI_QUERY ||
	    number == OSC_OPT_PROXY_SCHEME;
}

static void
put_origin(struct rewriting *r)
{
	uint8_t origin[PROXY_URI_MAX + OSC_URI_ORIGIN_EXTRA];

	if (r->uri.scheme.len + r->uri.host.len > PROXY_URI_MAX - OSC_URI_ORIGIN_EXTRA)
		r->fault = OSC_URI_LONG;
	else
		osc_coap_put_option(
		    &r->w, OSC_OPT_PROXY_URI, osc_slice(origin, osc_uri_origin(origin, &r->uri)));
}

static bool
put_all(struct rewriting *r, const struct osc_coap *plain)
{
	struct osc_slice rest = plain->options;
	struct osc_option option = {0};
	bool uri_written = false;

	while (r->fault == OSC_URI_GOOD && osc_option_next(&rest, &option)) {
		if (r->has_uri && is_replaced(option.number)) {
			r->fault = OSC_URI_BESIDE;
			return false;
		}
		if (option.number == OSC_OPT_ECHO && osc_is_present(r->echo))
			continue;
		put_additions(r, option.number);
		if (option.number != OSC_OPT_PROXY_URI)
			osc_coap_put_option(&r->w, option.number, option.value);
		else if (uri_written)
			r->fault = OSC_URI_TWICE;
		else
			put_origin(r);
		uri_written = uri_written || option.number == OSC_OPT_PROXY_URI;
	}
	put_additions(r, UINT32_MAX);
	osc_coap_put_payload(&r->w, plain->payload);
	return r->fault == OSC_URI_GOOD && !r->w.full;
}

static size_t
refuse(struct osc_where *where, enum osc_uri_fault fault, size_t at)
{
	if (where != NULL) {
		where->option = OSC_OPT_PROXY_URI;
		where->reason = fault;
		where->offset = (uint32_t)at;
	}
	return 0;
}

size_t
osc_rewrite(
    uint8_t *out, const struct osc_coap *plain, struct osc_slice echo, struct osc_where *where)
{
	struct rewriting r = {.echo = echo};
	size_t room =
	    OSC_REWRITE_ROOM(plain->body.len + OSC_COAP_HEADER + plain->token.len, echo.len);
	struct osc_slice uri;
	size_t at = 0;

	r.has_uri = osc_option_find(plain->options, OSC_OPT_PROXY_URI, &uri);
	if (r.has_uri && !osc_uri_parse(&r.uri, uri, &at)) {
		return refuse(where, r.uri.fault, at);
	}
	/* The resolved path waits at the end of the room. */
	room -= r.uri.path.len;
	r.path = osc_slice(out + room, osc_uri_resolve(out + room, r.uri.path));
	osc_coap_writer_init(&r.w, out, room);
	osc_coap_put_header(&r.w, plain->type, plain->code, plain->mid, plain->token);
	return put_all(&r, plain) ? r.w.len : refuse(where, r.fault, 0);
}
