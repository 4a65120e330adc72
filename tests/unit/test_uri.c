/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "core/uri.h"
#include "helper.h"

static bool
is(struct osc_slice bytes, const char *text)
{
	bool equal = osc_slice_equal(bytes, slice_of(text));

	if (!equal)
		printf("# got %.*s, not %s\n", (int)bytes.len, (const char *)bytes.ptr, text);
	return equal;
}

/* The URI lies in a block of its size, so that ASan sees a byte read too far. */
static bool
parse(struct osc_uri *uri, uint8_t **block, struct osc_slice text, size_t *at)
{
	*block = copy_exactly(text);
	return osc_uri_parse(uri, osc_slice(*block, text.len), at);
}

static void
test_uri_parts(void)
{
	static const struct {
		const char *text, *scheme, *host;
		int port; /* -1: none, or the default one */
		const char *path, *query;
	} cases[] = {
	    {"coap://example.com/resource?q=1", "coap", "example.com", -1, "/resource", "q=1"},
	    {"coap://h", "coap", "h", -1, "", NULL},
	    {"coap://h/", "coap", "h", -1, "/", NULL},
	    {"coap://h?", "coap", "h", -1, "", ""},
	    {"coap://h/?", "coap", "h", -1, "/", ""},
	    {"coap://h/a?b?c/d", "coap", "h", -1, "/a", "b?c/d"},
	    {"coap://h//@/:?@:", "coap", "h", -1, "//@/:", "@:"},
	    {"COAP://H", "COAP", "H", -1, "", NULL},
	    {"coap://h:", "coap", "h", -1, "", NULL},
	    {"coap://h:5683", "coap", "h", -1, "", NULL},
	    {"coap://h:0005683", "coap", "h", -1, "", NULL},
	    {"COAP://h:5683", "COAP", "h", -1, "", NULL},
	    {"coap://h:5684", "coap", "h", 5684, "", NULL},
	    {"coaps://h:5684", "coaps", "h", -1, "", NULL},
	    {"coap://h:0", "coap", "h", 0, "", NULL},
	    {"x://h:0", "x", "h", 0, "", NULL},
	    {"x://h:80", "x", "h", 80, "", NULL},
	    {"http://h:80", "http", "h", -1, "", NULL},
	    {"coap://h:65535?", "coap", "h", 65535, "", ""},
	    {"coap://[::1]:1/", "coap", "[::1]", 1, "/", NULL},
	    {"coap://[2001:DB8::1.2.3.4]", "coap", "[2001:DB8::1.2.3.4]", -1, "", NULL},
	    {"a+b-c.1://%41%2f", "a+b-c.1", "%41%2f", -1, "", NULL},
	    {"coap://h/%00%ff", "coap", "h", -1, "/%00%ff", NULL},
	};
	struct osc_uri uri;
	uint8_t *block;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CHECK(parse(&uri, &block, slice_of(cases[i].text), NULL));
		CHECK(is(uri.scheme, cases[i].scheme) && is(uri.host, cases[i].host));
		CHECK(uri.has_port == (cases[i].port >= 0));
		CHECK(!uri.has_port || uri.port == cases[i].port);
		CHECK(is(uri.path, cases[i].path));
		CHECK(uri.has_query == (cases[i].query != NULL));
		CHECK(!uri.has_query || is(uri.query, cases[i].query));
		free(block);
	}
}

static void
test_uri_refused(void)
{
	static const struct {
		const char *text;
		size_t at;
	} cases[] = {
	    {"", 0},
	    {"coap", 4},
	    {"coap:", 4},
	    {"coap:/", 4},
	    {"coap:/h", 4},
	    {"1coap://h", 0},
	    {"+coap://h", 0},
	    {"co_ap://h", 2},
	    {"://h", 0},
	    {"/a", 0},
	    {"coap://", 7},
	    {"coap:///", 7},
	    {"coap://?", 7},
	    {"coap://:1", 7},
	    {"coap://h#", 8},
	    {"coap://h/a?b#c", 12},
	    {"#", 0},
	    {"coap://u@h", 7},
	    {"coap://h:x", 9},
	    {"coap://h:65536", 8},
	    {"coap://h:4294967297", 8},
	    {"coap://h:1x", 10},
	    {"coap://h:1:2", 10},
	    {"coap://[::1", 11},
	    {"coap://[]", 8},
	    {"coap://[::1]x", 12},
	    {"coap://[::g]", 8},
	    {"coap://[/]", 8},
	    {"coap://h%", 8},
	    {"coap://h/%", 9},
	    {"coap://h/%1", 9},
	    {"coap://h/%1g", 9},
	    {"coap://h?%g1", 9},
	    {"coap://h/ ", 9},
	    {"coap://h/a\x7f", 10},
	    {"coap://h/\xc3\xa9", 9},
	    {"coap://h?[", 9},
	};
	struct osc_uri uri;
	uint8_t *block;
	size_t at;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		at = 999;
		CHECK(!parse(&uri, &block, slice_of(cases[i].text), &at));
		CHECK(at == cases[i].at);
		if (cases[i].at != at)
			printf("# %s: %zu\n", cases[i].text, at);
		free(block);
	}
	/* A NUL is not the end of anything. */
	CHECK(!osc_uri_parse(&uri, osc_slice((const uint8_t *)"coap://h/\0", 10), &at) && at == 9);
	CHECK(!osc_uri_parse(&uri, osc_slice((const uint8_t *)"coap://\0h", 9), &at) && at == 7);
}

static void
test_uri_every_byte(void)
{
	static const char path[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				   "-._~!$&'()*+,;=:@/?";
	uint8_t text[] = "coap://h/a?b";
	struct osc_uri uri;

	for (unsigned byte = 0; byte < 256; byte++) {
		bool good = byte != 0 && strchr(path, (int)byte) != NULL;

		text[9] = text[11] = (uint8_t)byte;
		CHECK(osc_uri_parse(&uri, osc_slice(text, 12), NULL) == good);
	}
}

static void
test_uri_split(void)
{
	static const struct {
		const char *text, *parts; /* joined by '|' */
	} cases[] = {
	    {"", ""},
	    {"a", "a"},
	    {"a/b", "a|b"},
	    {"/", "|"},
	    {"a/", "a|"},
	    {"/a", "|a"},
	    {"a//b/", "a||b|"},
	    {"a&b", "a&b"},
	};
	char joined[32];
	size_t n;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct osc_slice rest = slice_of(cases[i].text);
		bool more = true;

		for (n = 0; more;) {
			struct osc_slice part = osc_uri_part(&rest, '/', &more);

			memcpy(joined + n, part.ptr, part.len);
			n += part.len;
			if (more)
				joined[n++] = '|';
		}
		joined[n] = '\0';
		CHECK(is(slice_of(joined), cases[i].parts) && rest.len == 0);
	}
}

static void
test_uri_resolve(void)
{
	static const struct {
		const char *path, *resolved;
	} cases[] = {
	    {"", ""},
	    {"/", "/"},
	    {"/a", "/a"},
	    {"//", "//"},
	    {"/.", "/"},
	    {"/..", "/"},
	    {"/./", "/"},
	    {"/../", "/"},
	    {"/../../..", "/"},
	    {"/a/.", "/a/"},
	    {"/a/..", "/"},
	    {"/a/../", "/"},
	    {"/a/b/..", "/a/"},
	    {"/a/b/../..", "/"},
	    {"/a/b/../../c", "/c"},
	    {"/a//../b", "/a/b"},
	    {"//..", "/"},
	    {"/a/b/c/./../../g", "/a/g"}, /* RFC 3986, 5.2.4 */
	    {"/mid/content=5/../6", "/mid/6"},
	    {"/...", "/..."},
	    {"/.a/b./..c", "/.a/b./..c"},
	    {"/a/%2e%2E/b", "/b"},
	    {"/%2e./%2E/b", "/b"},
	    {"/%2f/%2e%2e%2e/%2d", "/%2f/%2e%2e%2e/%2d"},
	};
	uint8_t out[64];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct osc_slice path = slice_of(cases[i].path);

		CHECK(is(osc_slice(out, osc_uri_resolve(out, path)), cases[i].resolved));
		/* what is resolved stays so */
		path = slice_of(cases[i].resolved);
		CHECK(is(osc_slice(out, osc_uri_resolve(out, path)), cases[i].resolved));
	}
}

static void
test_uri_unescape(void)
{
	uint8_t out[32];

	CHECK(osc_uri_unescape(out, slice_of("")) == 0);
	CHECK(is(osc_slice(out, osc_uri_unescape(out, slice_of("abc"))), "abc"));
	CHECK(is(osc_slice(out, osc_uri_unescape(out, slice_of("a%20b%2F%2f%25"))), "a b//%"));
	CHECK(same(osc_slice(out, osc_uri_unescape(out, slice_of("%00%fF%41"))), "00ff41"));
}

static void
test_uri_origin(void)
{
	static const char *const cases[][2] = {
	    {"coap://example.com/a?b", "coap://example.com"},
	    {"COAP://EXAMPLE.com:5683", "coap://example.com"},
	    {"coap://h:1", "coap://h:1"},
	    {"coap://h:0010", "coap://h:10"},
	    {"coap://h:0", "coap://h:0"},
	    {"coap://h:10000", "coap://h:10000"},
	    {"coap://h:9999", "coap://h:9999"},
	    {"coap://h:65535/", "coap://h:65535"},
	    {"coap://[2001:DB8::1]:80", "coap://[2001:db8::1]:80"},
	    {"coap://%4A%2d%41b%00", "coap://J-Ab%00"},
	    {"coap://[VF.:A]", "coap://[vf.:a]"},
	};
	uint8_t out[64];
	struct osc_uri uri;
	size_t len;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CHECK(osc_uri_parse(&uri, slice_of(cases[i][0]), NULL));
		len = osc_uri_origin(out, &uri);
		CHECK(is(osc_slice(out, len), cases[i][1]));
		CHECK(len <= strlen(cases[i][0]) + OSC_URI_ORIGIN_EXTRA);
	}
}

int
main(void)
{
	RUN(test_uri_parts);
	RUN(test_uri_refused);
	RUN(test_uri_every_byte);
	RUN(test_uri_split);
	RUN(test_uri_resolve);
	RUN(test_uri_unescape);
	RUN(test_uri_origin);
	return unit_end();
}
