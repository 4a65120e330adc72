/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "base/ascii.h"
#include "core/literal.h"
#include "core/uri.h"
#include "message/jsonoptions.h"
#include "message/jsonuri.h"
#include "message/names.h"

static bool
parse(struct osc_json_reading *r, struct osc_uri *uri, struct osc_slice text)
{
	bool is_path = text.len > 0 && text.ptr[0] == '/';
	size_t at;

	if (is_path ? osc_uri_parse_path(uri, text, &at) : osc_uri_parse(uri, text, &at)) {
		if (is_path || osc_same_word(uri->scheme, "coap"))
			return true;
		return osc_json_refuse(r, "uri: the scheme is not coap");
	}
	if (uri->fault == OSC_URI_RELATIVE)
		return osc_json_refuse(
		    r, "uri: neither coap://HOST[:PORT][/PATH][?QUERY] nor /PATH[?QUERY]");
	return osc_json_refuse(
	    r, "uri: %s: error at its character %zu", osc_uri_words(uri->fault), at + 1);
}

/* The value of an option, in scratch->uri, where there is room for all of the URI. */
static bool
put(struct osc_json_reading *r, uint16_t number, struct osc_slice part, bool lower)
{
	struct osc_buffer *to = &r->scratch->uri;
	uint8_t *value = to->ptr + to->len;
	size_t len;

	osc_copy(value, part.ptr, part.len);
	for (size_t i = 0; lower && i < part.len; i++)
		value[i] = osc_lower(value[i]);
	len = osc_uri_unescape(value, osc_slice(value, part.len));
	if (len > OSC_URI_PART_MAX)
		return osc_json_refuse(r, "uri: %zu bytes for one %s, which has at most 255", len,
		    osc_option_by_number(number)->name);
	to->len += len;
	return osc_json_add_option(r, number, osc_slice(value, len));
}

static bool
put_parts(struct osc_json_reading *r, uint16_t number, struct osc_slice text, char separator)
{
	struct osc_slice part;
	bool more = true;

	while (more) {
		part = osc_uri_part(&text, separator, &more);
		if (!put(r, number, part, false))
			return false;
	}
	return true;
}

/* As an unsigned integer in its shortest form (RFC 7252, 3.2). */
static bool
put_port(struct osc_json_reading *r, uint16_t port)
{
	struct osc_buffer *to = &r->scratch->uri;
	const uint8_t bytes[2] = {(uint8_t)(port >> 8), (uint8_t)port};
	size_t skip = port == 0 ? 2 : port < 256 ? 1 : 0;
	struct osc_slice value = osc_slice(to->ptr + to->len, 2 - skip);

	memcpy(to->ptr + to->len, bytes + skip, 2 - skip);
	to->len += value.len;
	return osc_json_add_option(r, OSC_OPT_URI_PORT, value);
}

/* The steps of RFC 7252, 6.4. A literal is where the request goes in any case. */
static bool
put_all(struct osc_json_reading *r, const struct osc_uri *uri, struct osc_slice path)
{
	if (uri->host.len > 0 && !osc_literal_is_host(uri->host) &&
	    !put(r, OSC_OPT_URI_HOST, uri->host, true))
		return false;
	if (uri->has_port && !put_port(r, uri->port))
		return false;
	if (path.len > 1 &&
	    !put_parts(r, OSC_OPT_URI_PATH, osc_slice(path.ptr + 1, path.len - 1), '/'))
		return false;
	return !uri->has_query || put_parts(r, OSC_OPT_URI_QUERY, uri->query, '&');
}

bool
osc_json_put_uri(struct osc_json_reading *r, const struct json_t *value)
{
	static const uint16_t stands_for[] = {
	    OSC_OPT_URI_HOST, OSC_OPT_URI_PORT, OSC_OPT_URI_PATH, OSC_OPT_URI_QUERY};
	struct osc_buffer *to = &r->scratch->uri;
	struct osc_slice text, path;
	struct osc_uri uri;

	if (!osc_json_string(value, &text))
		return osc_json_refuse(r, "uri: not a string");
	if (!osc_code_is_request(r->code))
		return osc_json_refuse(r, "uri: only a request has one");
	for (size_t i = 0; i < sizeof(stands_for) / sizeof(stands_for[0]); i++)
		if (osc_json_has_option(r, stands_for[i]))
			return osc_json_refuse(r, "uri: stands for %s, which is there too",
			    osc_option_by_number(stands_for[i])->name);
	if (!parse(r, &uri, text))
		return false;
	/* The resolved path comes before the values, which are borrowed: no byte may move. */
	osc_buffer_cut(to, 0);
	if (osc_buffer_reserve(to, 2 * text.len + 2) == NULL)
		return osc_json_fail(r, OSC_ENOMEM, "");
	path = osc_slice(to->ptr, osc_uri_resolve(to->ptr, uri.path));
	to->len = path.len;
	return put_all(r, &uri, path);
}
