/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <time.h>

#include "core/split.h"
#include "helper.h"

static void
test_merge_check(void)
{
	struct osc_where where = {0};

	CHECK(osc_merge_check(osc_slice(NULL, 0), NULL) == OSC_OK);
	CHECK(osc_merge_check(unhex("b161"), NULL) == OSC_OK);
	CHECK(osc_merge_check(unhex("90"), &where) == OSC_EINNEROPT && where.option == 9);
	CHECK(osc_merge_check(unhex("3161"), &where) == OSC_EINNEROPT && where.option == 3);
	CHECK(osc_merge_check(unhex("7161"), &where) == OSC_EINNEROPT && where.option == 7);
	CHECK(osc_merge_check(unhex("d11661"), &where) == OSC_EINNEROPT && where.option == 35);
	CHECK(osc_merge_check(unhex("b161"
				    "d10f61"),
		  &where) == OSC_EINNEROPT &&
	    where.option == 39);
	/* EDHOC and Hop-Limit are sent by deployed peers; unknown critical ones are the
	 * application's. */
	CHECK(osc_merge_check(unhex("d008"
				    "d10001"),
		  NULL) == OSC_OK);
	CHECK(osc_merge_check(unhex("e0fef2"), NULL) == OSC_OK);
}

static void
check_merge(const char *outer, const char *inner, const struct osc_piv *piv, const char *merged)
{
	struct osc_slice options, payload;
	struct osc_coap_writer w;
	uint8_t out[256];
	uint64_t has;

	CHECK(osc_coap_walk_body(&options, &payload, &has, unhex(inner), NULL) == OSC_OK);
	osc_coap_writer_init(&w, out, sizeof(out));
	osc_merge(&w, unhex(outer), options, has, piv);
	CHECK(!w.full && same(osc_slice(out, w.len), merged));
}

static void
test_merge_request(void)
{
	check_merge("90", "", NULL, "");
	/* RFC 8613, C.4 */
	check_merge("396c6f63616c686f7374620914", "b3747631", NULL, "396c6f63616c686f737483747631");
	/* outer options of class E, known and unknown, are dropped */
	check_merge("1161"
		    "2162"
		    "60"
		    "206178",
	    "b3747631", NULL,
	    "3162"
	    "83747631");
	check_merge("920914"
		    "2161"
		    "e0fdd4",
	    "", NULL, "");
	/* an outer Observe is dropped; the inner one keeps its value */
	check_merge("6101"
		    "320914",
	    "", NULL, "");
	check_merge("6101"
		    "320914",
	    "60", NULL, "60");
	check_merge("60"
		    "320914",
	    "6101", NULL, "6101");
	/* options of both sides in the order of their numbers, equal ones stable */
	check_merge("3161"
		    "4162"
		    "20"
		    "c163"
		    "d10164"
		    "4165",
	    "1171"
	    "4172"
	    "7173",
	    NULL,
	    "1171"
	    "2161"
	    "2172"
	    "2162"
	    "5173"
	    "9163"
	    "d10164"
	    "4165");
}

/* EDHOC (21): outside it stays, inside it is accepted, in both the inner one counts. */
static void
test_merge_edhoc(void)
{
	check_merge("90"
		    "c16f",
	    "", NULL, "d1086f");
	check_merge("90", "d10869", NULL, "d10869");
	check_merge("90"
		    "c16f",
	    "d10869", NULL, "d10869");
	check_merge("90"
		    "c16f"
		    "d10161",
	    "b161"
	    "a169",
	    NULL,
	    "b161"
	    "a169"
	    "d10161");
	check_merge("90"
		    "c16f"
		    "016f",
	    "d10869"
	    "0169",
	    NULL,
	    "d10869"
	    "0169");
}

/* Whoever is on the way may add outer options: each takes no more time where there are many
 * inside. */
static void
test_merge_many(void)
{
	static uint8_t outer[OSC_MESSAGE_MAX], inner[OSC_MESSAGE_MAX], out[2 * OSC_MESSAGE_MAX];
	clock_t begun = clock();
	struct osc_coap_writer w;

	outer[0] = 0xd0;
	outer[1] = OSC_OPT_EDHOC - 13;
	inner[0] = OSC_OPT_URI_PATH << 4;
	osc_coap_writer_init(&w, out, sizeof(out));
	osc_merge(&w, osc_slice(outer, sizeof(outer)), osc_slice(inner, sizeof(inner)),
	    UINT64_C(1) << OSC_OPT_URI_PATH, NULL);
	CHECK(!w.full && w.len == sizeof(out) - 1);
	CHECK(clock() - begun < CLOCKS_PER_SEC);
}

/* Observe in a response is the last three bytes of the Partial IV, as an unsigned integer;
 * without Partial IV it is the oldest (4.1.3.5.2; RFC 7641, 3.4). */
static void
test_merge_observe(void)
{
	static const struct {
		uint64_t seq;
		const char *merged;
	} cases[] = {
	    {0, "60"},
	    {1, "6101"},
	    {255, "61ff"},
	    {256, "620100"},
	    {65535, "62ffff"},
	    {65536, "63010000"},
	    {0xffffff, "63ffffff"},
	    {0x1000000, "60"},
	    {0x1000001, "6101"},
	    {0x0102030405, "63030405"},
	    {0x0102000405, "620405"},
	    {OSC_SEQ_MAX, "63ffffff"},
	};
	struct osc_piv piv = {0};

	check_merge("6107"
		    "30",
	    "60", &piv, "63ffffff");
	check_merge("6107"
		    "30",
	    "", &piv, "");
	piv.len = 5;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		piv.seq = cases[i].seq;
		check_merge("6107"
			    "320100",
		    "60", &piv, cases[i].merged);
		check_merge("920100", "6107", &piv, cases[i].merged);
	}
	/* What follows the first Observe would be ignored by a client. */
	piv.seq = 1;
	check_merge("60"
		    "320100",
	    "60"
	    "00"
	    "0107"
	    "5161",
	    &piv,
	    "6101"
	    "5161");
}

/* Random sorted options, with many at the boundaries of class and form. */
static size_t
random_options(uint8_t *out, size_t cap, bool observe)
{
	static const uint32_t numbers[] = {1, 3, 4, 6, 7, 8, 11, 12, 14, 15, 16, 20, 21, 22, 23, 35,
	    39, 40, 60, 252, 258, 269, 292, 1000, 65000, 65535};
	static const size_t lengths[] = {0, 1, 2, 12, 13, 14, 40, 268, 269};
	static uint8_t value[300];
	struct osc_coap_writer w;
	size_t number = 0;

	osc_coap_writer_init(&w, out, cap);
	for (size_t n = pick(12); n > 0 && number < 26; n--) {
		number += chance(3) == 0 ? pick(8) : pick(2);
		if (number >= 26)
			break;
		/* Observe changes its value in responses. */
		if (numbers[number] == 6 && !observe)
			continue;
		chance_bytes(value, 16);
		osc_coap_put_option(&w, numbers[number], osc_slice(value, lengths[chance(9)]));
	}
	CHECK(!w.full);
	return w.len;
}

/* Splitting and merging again is the identity. */
static void
check_identity(struct osc_slice options, bool response)
{
	static uint8_t outer[8192], inner[8192], merged[8192];
	const struct osc_oscore_option none = {0};
	struct osc_coap_writer o, i, m;
	struct osc_piv piv = {.len = 1, .seq = chance(OSC_SEQ_MAX)};
	struct osc_slice all, payload;
	uint64_t has;

	CHECK(osc_coap_walk_body(&all, &payload, &has, options, NULL) == OSC_OK);
	osc_coap_writer_init(&o, outer, sizeof(outer));
	osc_split_outer(&o, options, has, &none);
	osc_coap_writer_init(&i, inner, sizeof(inner));
	osc_split_inner(&i, options, has, response);
	CHECK(!o.full && !i.full);
	CHECK(osc_merge_check(osc_slice(inner, i.len), NULL) == OSC_OK);
	osc_coap_writer_init(&m, merged, sizeof(merged));
	osc_merge(&m, osc_slice(outer, o.len), osc_slice(inner, i.len), has & ~OSC_OUTER_OPTIONS,
	    response ? &piv : NULL);
	CHECK(!m.full && osc_slice_equal(osc_slice(merged, m.len), options));
}

static void
test_split_merge_identity(void)
{
	static uint8_t options[8192];
	size_t len;

	chance_start(7);
	for (int round = 0; round < 20000; round++) {
		len = random_options(options, sizeof(options), round % 2 == 0);
		CHECK(osc_split_check(osc_slice(options, len), NULL) == OSC_OK);
		check_identity(osc_slice(options, len), round % 2 != 0);
	}
}

int
main(void)
{
	RUN(test_merge_check);
	RUN(test_merge_request);
	RUN(test_merge_edhoc);
	RUN(test_merge_many);
	RUN(test_merge_observe);
	RUN(test_split_merge_identity);
	return unit_end();
}
