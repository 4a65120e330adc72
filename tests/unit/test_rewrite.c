/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "core/rewrite.h"
#include "helper.h"

#define HEADER "41015d1faa"

static uint8_t out[OSC_REWRITE_ROOM(8192, 512)];

/* rewrite - a message in hex; returns what comes out */
static struct osc_slice
rewrite(struct osc_slice message, struct osc_slice echo, struct osc_where *where)
{
	uint8_t *block = copy_exactly(message);
	struct osc_coap plain;
	size_t len;

	CHECK(osc_coap_decode(&plain, osc_slice(block, message.len), NULL) == OSC_OK);
	CHECK(osc_rewrite_needed(&plain, echo) || !osc_is_present(echo));
	len = osc_rewrite(out, &plain, echo, where);
	CHECK(len <= OSC_REWRITE_ROOM(message.len, echo.len));
	if (len > 0)
		CHECK(osc_coap_decode(&plain, osc_slice(out, len), NULL) == OSC_OK);
	free(block);
	return osc_slice(out, len);
}

/* with_uri - a request with Proxy-Uri, and the option number `other` if that is not 0 */
static struct osc_slice
with_uri(const char *uri, uint32_t other)
{
	static uint8_t message[8192];
	struct osc_coap_writer w;

	osc_coap_writer_init(&w, message, sizeof(message));
	osc_coap_put_header(&w, OSC_COAP_CON, 1, 0x5d1f, unhex("aa"));
	if (other != 0 && other <= OSC_OPT_PROXY_URI)
		osc_coap_put_option(&w, other, unhex("61"));
	osc_coap_put_option(&w, OSC_OPT_PROXY_URI, slice_of(uri));
	if (other > OSC_OPT_PROXY_URI)
		osc_coap_put_option(&w, other, unhex("61"));
	CHECK(!w.full);
	return osc_slice(message, w.len);
}

static void
test_rewrite_needed(void)
{
	struct osc_slice echo = unhex("01");
	struct osc_coap plain;

	CHECK(osc_coap_decode(&plain, unhex(HEADER "b161"), NULL) == OSC_OK);
	CHECK(!osc_rewrite_needed(&plain, OSC_ABSENT) && osc_rewrite_needed(&plain, echo));
	CHECK(osc_coap_decode(&plain, unhex(HEADER "d11661"), NULL) == OSC_OK);
	CHECK(osc_rewrite_needed(&plain, OSC_ABSENT));
}

static void
test_rewrite_proxy_uri(void)
{
	/* coap://h/ab?c with ETag, Accept and a payload */
	CHECK(same(rewrite(unhex(HEADER "4101"
					"d000"
					"dd05"
					"00636f61703a2f2f682f61623f63"
					"ff00"),
		       OSC_ABSENT, NULL),
	    HEADER "4101"
		   "726162"
		   "4163"
		   "20"
		   "d805"
		   "636f61703a2f2f68"
		   "ff00"));
}

static void
test_rewrite_echo(void)
{
	struct osc_slice echo = unhex("aabbcc");

	/* no Echo; one; two; between others; nothing at all */
	CHECK(same(rewrite(unhex(HEADER "b161"), echo, NULL), HEADER "b161d3e4aabbcc"));
	CHECK(same(rewrite(unhex(HEADER "b161d1e401"), echo, NULL), HEADER "b161d3e4aabbcc"));
	CHECK(same(rewrite(unhex(HEADER "b161d1e4010102"), echo, NULL), HEADER "b161d3e4aabbcc"));
	CHECK(
	    same(rewrite(unhex(HEADER "b161d1e401d01b"), echo, NULL), HEADER "b161d3e4aabbccd01b"));
	CHECK(same(rewrite(unhex(HEADER), echo, NULL), HEADER "d3efaabbcc"));
	CHECK(same(rewrite(unhex(HEADER "ff01"), echo, NULL), HEADER "d3efaabbccff01"));
	echo.len = 0;
	CHECK(same(rewrite(unhex(HEADER), echo, NULL), HEADER "d0ef"));
}

static void
test_rewrite_lengths(void)
{
	static const size_t lengths[] = {0, 1, 12, 13, 254, 255, 256, 268, 269, 765, 766, 1000};
	struct osc_slice value, rest;
	struct osc_option option;
	struct osc_coap plain;
	char uri[1100];

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)
		for (int query = 0; query < 2; query++) {
			(void)snprintf(uri, sizeof(uri), "coap://h/%s%0*d", query ? "?" : "x",
			    (int)lengths[i] + 1, 0);
			/* one byte more than the length, for the x or the 0 */
			uri[strlen(uri) - 1] = '\0';
			value = rewrite(with_uri(uri, 0), OSC_ABSENT, NULL);
			CHECK((value.len > 0) == (lengths[i] + (query ? 0 : 1) <= 255));
			if (value.len == 0)
				continue;
			CHECK(osc_coap_decode(&plain, value, NULL) == OSC_OK);
			rest = plain.options;
			memset(&option, 0, sizeof(option));
			CHECK(osc_option_next(&rest, &option));
			CHECK(option.number == (query ? OSC_OPT_URI_QUERY : OSC_OPT_URI_PATH));
			CHECK(option.value.len == lengths[i] + (query ? 0 : 1));
		}
}

static void
test_rewrite_many_parts(void)
{
	static char uri[4000];
	struct osc_option option = {0};
	struct osc_slice value;
	struct osc_coap plain;
	size_t n = 0;

	/* Each '/' becomes an option, each '&' too. */
	memcpy(uri, "coap://h", 8);
	memset(uri + 8, '/', 2000);
	uri[2008] = '?';
	memset(uri + 2009, '&', 1900);
	value = rewrite(with_uri(uri, 0), OSC_ABSENT, NULL);
	CHECK(value.len > 0 && osc_coap_decode(&plain, value, NULL) == OSC_OK);
	while (osc_option_next(&plain.options, &option))
		n++;
	CHECK(n == 2000 + 1901 + 1);
}

static void
test_rewrite_refused(void)
{
	static const uint32_t beside[] = {OSC_OPT_URI_HOST, OSC_OPT_URI_PORT, OSC_OPT_URI_PATH,
	    OSC_OPT_URI_QUERY, OSC_OPT_PROXY_URI, OSC_OPT_PROXY_SCHEME};
	struct osc_where where = {0};
	static char uri[1200];

	CHECK(rewrite(with_uri("coap://h#f", 0), OSC_ABSENT, &where).len == 0);
	CHECK(where.option == OSC_OPT_PROXY_URI && where.offset == 8);
	CHECK(rewrite(with_uri("", 0), OSC_ABSENT, NULL).len == 0);
	for (size_t i = 0; i < sizeof(beside) / sizeof(beside[0]); i++)
		CHECK(rewrite(with_uri("coap://h/a", beside[i]), OSC_ABSENT, NULL).len == 0);
	/* others may stand beside it */
	CHECK(rewrite(with_uri("coap://h/a", 60), OSC_ABSENT, NULL).len > 0);
	CHECK(rewrite(with_uri("coap://h/a", 6), OSC_ABSENT, NULL).len > 0);
	/* a host that fits in no Proxy-Uri */
	(void)snprintf(uri, sizeof(uri), "coap://%01022d/", 0);
	CHECK(rewrite(with_uri(uri, 0), OSC_ABSENT, NULL).len > 0);
	(void)snprintf(uri, sizeof(uri), "coap://%01023d/", 0);
	CHECK(rewrite(with_uri(uri, 0), OSC_ABSENT, NULL).len == 0);
}

static void
test_rewrite_both(void)
{
	struct osc_slice echo = unhex("aa");

	CHECK(same(rewrite(with_uri("coap://h/a", 60), echo, NULL),
	    HEADER "b161"
		   "d80b636f61703a2f2f68"
		   "d10c61"
		   "d1b3aa"));
}

int
main(void)
{
	RUN(test_rewrite_needed);
	RUN(test_rewrite_proxy_uri);
	RUN(test_rewrite_echo);
	RUN(test_rewrite_lengths);
	RUN(test_rewrite_many_parts);
	RUN(test_rewrite_refused);
	RUN(test_rewrite_both);
	return unit_end();
}
