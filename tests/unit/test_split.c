/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "core/split.h"
#include "helper.h"

static void
test_split_classes(void)
{
	static const uint32_t outer[] = {3, 7, 9, 21, 35, 39};
	size_t next = 0;

	for (uint32_t number = 0; number <= 65535; number++) {
		bool expected = next < 6 && outer[next] == number;

		CHECK(osc_option_is_outer(number) == expected);
		next += expected;
	}
	CHECK(next == 6);
}

static void
test_split_check(void)
{
	struct osc_where where = {0};

	CHECK(osc_split_check(osc_slice(NULL, 0), NULL) == OSC_OK);
	/* Uri-Host, Uri-Port, EDHOC, Proxy-Scheme and an unknown one */
	CHECK(osc_split_check(unhex("3161"
				    "4107"
				    "d001"
				    "d005"
				    "e1fc0000"),
		  NULL) == OSC_OK);
	CHECK(osc_split_check(unhex("90"), &where) == OSC_ENESTED && where.option == 9);
	CHECK(osc_split_check(unhex("3161"
				    "620914"),
		  NULL) == OSC_ENESTED);
	CHECK(osc_split_check(unhex("d11661"), NULL) == OSC_OK);
}

/* Options of a message in, outer and inner options out. */
static void
check_split(
    const char *options, const char *oscore, bool response, const char *outer, const char *inner)
{
	uint8_t out[256];
	struct osc_oscore_option option;
	struct osc_slice all, none;
	struct osc_coap_writer w;
	uint64_t has[2] = {0, UINT64_MAX}; /* what there is, and anything */

	CHECK(osc_coap_walk_body(&all, &none, &has[0], unhex(options), NULL) == OSC_OK);
	for (size_t i = 0; i < 2; i++) {
		CHECK(osc_oscore_option_decode(&option, unhex(oscore), NULL) == OSC_OK);
		osc_coap_writer_init(&w, out, sizeof(out));
		osc_split_outer(&w, unhex(options), has[i], &option);
		CHECK(!w.full && same(osc_slice(out, w.len), outer));
		osc_coap_writer_init(&w, out, sizeof(out));
		osc_split_inner(&w, unhex(options), has[i], response);
		CHECK(!w.full && same(osc_slice(out, w.len), inner));
	}
}

static void
test_split_options(void)
{
	check_split("", "", false, "90", "");
	check_split("", "0914", false, "920914", "");
	/* RFC 8613, C.4: Uri-Host outside, Uri-Path inside */
	check_split("396c6f63616c686f737483747631", "0914", false, "396c6f63616c686f7374620914",
	    "b3747631");
	check_split("3161"
		    "4162"
		    "415b",
	    "", false,
	    "3161"
	    "4162"
	    "20",
	    "b15b");
	/* numbers 1, 3, 7, 11, 21, 39, 60 */
	check_split("1161"
		    "2162"
		    "4163"
		    "4164"
		    "a165"
		    "d10566"
		    "d10867",
	    "0114", false,
	    "3162"
	    "4163"
	    "220114"
	    "c165"
	    "d10566",
	    "1161"
	    "a164"
	    "d12467");
}

/* Observe (4.1.3.5): outside and inside; in a response empty inside. */
static void
test_split_observe(void)
{
	check_split("60", "0914", false,
	    "60"
	    "320914",
	    "60");
	check_split("6101"
		    "5161",
	    "0914", false,
	    "6101"
	    "320914",
	    "6101"
	    "5161");
	check_split("62abcd", "", true,
	    "62abcd"
	    "30",
	    "60");
	check_split("60"
		    "5161",
	    "", true,
	    "60"
	    "30",
	    "60"
	    "5161");
}

int
main(void)
{
	RUN(test_split_classes);
	RUN(test_split_check);
	RUN(test_split_options);
	RUN(test_split_observe);
	return unit_end();
}
