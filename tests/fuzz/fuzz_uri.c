/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <ctype.h>

#include "../unit/contexts.h"
#include "core/rewrite.h"
#include "core/uri.h"
#include "fuzz.h"

/*
 * Proxy-Uri: byte 0 says whether there is an Echo, byte 1 how many bytes of other options
 * follow, the rest is the URI. What is split has the parts of the URI; what is not is refused
 * for a reason that can be named; and the message that comes out can be protected.
 */

#define ECHO 0x01
#define ROOM ((size_t)8192)

static struct pair pair;
static uint8_t message[ROOM], out[OSC_REWRITE_ROOM(ROOM, 64)];
static uint8_t sealed[2 * sizeof(out) + OSC_PROTECT_EXTRA], plain[sizeof(sealed)];
static uint8_t path[ROOM], part_bytes[ROOM], origin[ROOM + OSC_URI_ORIGIN_EXTRA];

static void
start(void)
{
	struct osc_params params;

	if (pair.client.memory != NULL)
		return;
	params = params_of_rfc(1);
	pair_make(&pair, &params);
}

/* The parts of a path or query, as this option of the message has them. */
static void
check_parts(struct osc_slice options, uint32_t number, struct osc_slice text, char separator,
    bool more, bool is_path)
{
	struct osc_option option = {0};
	struct osc_slice part;

	while (osc_option_next(&options, &option)) {
		if (option.number != number)
			continue;
		MUST(more);
		part = osc_uri_part(&text, separator, &more);
		part = osc_slice(part_bytes, osc_uri_unescape(part_bytes, part));
		MUST(osc_slice_equal(option.value, part) && part.len <= 255);
		/* (RFC 7252, 5.10.1) */
		MUST(!is_path || !osc_slice_equal(part, slice_of(".")));
		MUST(!is_path || !osc_slice_equal(part, slice_of("..")));
	}
	MUST(!more);
}

/* Is there a part over 255 bytes, or an origin that does not fit in a Proxy-Uri? */
static bool
too_long(const struct osc_uri *uri, struct osc_slice resolved)
{
	struct osc_slice rest = uri->query;
	bool more = uri->has_query, bad = uri->scheme.len + uri->host.len > 1026;

	while (more)
		bad |= osc_uri_unescape(part_bytes, osc_uri_part(&rest, '&', &more)) > 255;
	more = resolved.len > 1;
	rest = more ? osc_slice(resolved.ptr + 1, resolved.len - 1) : resolved;
	while (more)
		bad |= osc_uri_unescape(part_bytes, osc_uri_part(&rest, '/', &more)) > 255;
	return bad;
}

static bool
has_any(struct osc_slice options)
{
	static const uint32_t beside[] = {OSC_OPT_URI_HOST, OSC_OPT_URI_PORT, OSC_OPT_URI_PATH,
	    OSC_OPT_URI_QUERY, OSC_OPT_PROXY_SCHEME, OSC_OPT_PROXY_URI};
	struct osc_slice value;

	for (size_t i = 0; i < sizeof(beside) / sizeof(beside[0]); i++)
		if (osc_option_find(options, beside[i], &value))
			return true;
	return false;
}

/* Whatever is escaped, and whatever the case. */
static bool
same_host(struct osc_slice a, struct osc_slice b)
{
	static uint8_t bytes[2][ROOM];
	size_t len = osc_uri_unescape(bytes[0], a);

	if (len != osc_uri_unescape(bytes[1], b))
		return false;
	for (size_t i = 0; i < len; i++)
		if (tolower(bytes[0][i]) != tolower(bytes[1][i]))
			return false;
	return true;
}

/* The origin is a URI, of the same origin. */
static void
check_origin(struct osc_slice options, const struct osc_uri *uri)
{
	struct osc_slice value;
	struct osc_uri again;

	MUST(osc_option_find(options, OSC_OPT_PROXY_URI, &value) && value.len <= 1035);
	MUST(osc_slice_equal(value, osc_slice(origin, osc_uri_origin(origin, uri))));
	MUST(osc_uri_parse(&again, value, NULL));
	MUST(again.path.len == 0 && !again.has_query);
	MUST(again.has_port == uri->has_port && (!uri->has_port || again.port == uri->port));
	MUST(again.host.len <= uri->host.len && again.scheme.len == uri->scheme.len);
	MUST(same_host(again.host, uri->host));
}

/* The request with Proxy-Uri among the other options. Returns its length. */
static size_t
write_request(struct osc_slice options, struct osc_slice uri)
{
	struct osc_option option = {0};
	struct osc_coap_writer w;
	bool written = false;

	osc_coap_writer_init(&w, message, sizeof(message));
	osc_coap_put_header(&w, OSC_COAP_CON, 1, 0x5d1f, osc_slice((const uint8_t *)"to", 2));
	while (osc_option_next(&options, &option)) {
		if (!written && option.number > OSC_OPT_PROXY_URI) {
			osc_coap_put_option(&w, OSC_OPT_PROXY_URI, uri);
			written = true;
		}
		osc_coap_put_option(&w, option.number, option.value);
	}
	if (!written)
		osc_coap_put_option(&w, OSC_OPT_PROXY_URI, uri);
	osc_coap_put_payload(&w, osc_slice((const uint8_t *)"payload", 7));
	MUST(!w.full);
	return w.len;
}

static void
check_protects(struct osc_slice rewritten)
{
	struct osc_protection protection = {.has_piv = true, .seq = 1};
	struct osc_exchange request;
	size_t len = 0, plain_len = 0;
	enum osc_err err =
	    protect(&protection, &pair.client.context, rewritten, sealed, sizeof(sealed), &len);

	if (err == OSC_ENESTED)
		return;
	MUST(err == OSC_OK);
	MUST(unprotect(&pair.server.context, osc_slice(sealed, len), &request, plain, &plain_len) ==
	    OSC_OK);
	MUST(osc_slice_equal(osc_slice(plain, plain_len), rewritten));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct osc_slice options = {0}, payload, text, value, resolved;
	struct osc_slice echo = osc_slice((const uint8_t *)"\x01\x02\x03", 3);
	struct osc_where where = {0};
	size_t others, at = 0, len;
	struct osc_coap coap;
	struct osc_uri uri;
	bool good, with_echo;

	if (size < 2 || size > 3000)
		return 0;
	start();
	with_echo = (data[0] & ECHO) != 0;
	others = data[1] < size - 2 ? data[1] : size - 2;
	if (osc_coap_split_body(&options, &payload, osc_slice(data + 2, others), NULL) != OSC_OK)
		options = osc_slice(NULL, 0);
	text = osc_slice(data + 2 + others, size - 2 - others);
	good = osc_uri_parse(&uri, text, &at);
	MUST(at <= text.len || good);
	len = write_request(options, text);
	MUST(osc_coap_decode(&coap, osc_slice(message, len), NULL) == OSC_OK);
	MUST(osc_rewrite_needed(&coap, OSC_ABSENT));
	len = osc_rewrite(out, &coap, with_echo ? echo : OSC_ABSENT, &where);
	if (len == 0) {
		if (!good) {
			MUST(has_any(options) ||
			    (where.option == OSC_OPT_PROXY_URI && where.offset == at));
			return 0;
		}
		resolved = osc_slice(path, osc_uri_resolve(path, uri.path));
		MUST(has_any(options) || too_long(&uri, resolved));
		return 0;
	}
	MUST(good && !has_any(options));
	resolved = osc_slice(path, osc_uri_resolve(path, uri.path));
	MUST(osc_coap_decode(&coap, osc_slice(out, len), NULL) == OSC_OK);
	check_origin(coap.options, &uri);
	check_parts(coap.options, OSC_OPT_URI_PATH,
	    resolved.len > 1 ? osc_slice(resolved.ptr + 1, resolved.len - 1) : osc_slice(path, 0),
	    '/', resolved.len > 1, true);
	check_parts(coap.options, OSC_OPT_URI_QUERY, uri.query, '&', uri.has_query, false);
	if (with_echo)
		MUST(osc_option_find(coap.options, OSC_OPT_ECHO, &value) &&
		    osc_slice_equal(value, echo));
	MUST(osc_slice_equal(coap.payload, osc_slice((const uint8_t *)"payload", 7)));
	check_protects(osc_slice(out, len));
	return 0;
}
