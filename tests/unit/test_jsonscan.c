/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "base/jsonscan.h"
#include "unit.h"

static struct osc_slice
slice_of(const char *text)
{
	return osc_slice((const uint8_t *)text, strlen(text));
}

static struct osc_json_scan
scan_of(const char *text, size_t depth_max)
{
	struct osc_json_scan scan = {0};

	(void)osc_json_scan(&scan, slice_of(text), depth_max);
	return scan;
}

/* In all but the numbers: one at a cut may be looked at closer without need. */
static bool
is_same(const struct osc_json_scan *a, const struct osc_json_scan *b)
{
	return a->at == b->at && a->depth == b->depth && a->in_string == b->in_string &&
	    a->deep == b->deep && a->too_deep == b->too_deep && a->colons == b->colons &&
	    a->ends == b->ends && memcmp(a->colon, b->colon, sizeof(a->colon)) == 0 &&
	    memcmp(a->end, b->end, sizeof(a->end)) == 0;
}

/* What is found does not depend on where the text was cut. */
static bool
is_cut_anywhere(const char *text, size_t end)
{
	struct osc_json_scan whole = scan_of(text, 3), scan;

	if (whole.at != end)
		return false;
	for (size_t cut = 0; cut < end; cut++) {
		scan = (struct osc_json_scan){0};
		if (osc_json_scan(&scan, osc_slice((const uint8_t *)text, cut), 3) ||
		    scan.at != cut || !osc_json_scan(&scan, slice_of(text), 3) ||
		    !is_same(&scan, &whole) || (whole.inexact && !scan.inexact))
			return false;
	}
	return true;
}

static void
test_jsonscan_ends(void)
{
	CHECK(is_cut_anywhere("{} {", 2));
	CHECK(is_cut_anywhere("[[1,2],{\"a\":[3]}]x", 17));
	CHECK(is_cut_anywhere("\"a\\\"b\\\\\"\"", 8));
	CHECK(is_cut_anywhere("{\"\\\\\\\\\\\"}\\\\\":\"{[\",\"b\":-12345678901234567890}{", 44));
	CHECK(is_cut_anywhere("{\"a\":{\"b\":{\"c\":{\"d\":1}}}},", 25));
	CHECK(scan_of("{\"a\":\"}", 3).at == 7 && scan_of("{\"a\":\"}", 3).in_string);
	CHECK(scan_of("1 ]", 3).at == 3);
}

static void
test_jsonscan_depth(void)
{
	CHECK(!scan_of("{\"a\":[[1]]}", 3).deep);
	CHECK(scan_of("{\"a\":[[1]]}", 2).deep);
	CHECK(scan_of("{\"a\":[[1],[2]]}", 2).too_deep == 6);
	CHECK(!scan_of("{\"a\":[\"[[[[\"]}", 2).deep);
}

static void
test_jsonscan_numbers(void)
{
	CHECK(!scan_of("{\"12345678901234567890\":\"-0\",\"a\":123456789012345678}", 3).inexact);
	CHECK(scan_of("{\"a\":1234567890123456789}", 3).inexact);
	CHECK(scan_of("{\"a\":-0}", 3).inexact);
	CHECK(scan_of("[1234567890123456789", 3).inexact);
}

static bool
member_is(const char *text, size_t index, const char *wanted)
{
	struct osc_json_scan scan = scan_of(text, 8);

	return osc_slice_equal(
	    osc_json_scan_member(&scan, slice_of(text), index), slice_of(wanted));
}

static void
test_jsonscan_members(void)
{
	const char *text = " {\"a,:\" : [1,{\"x\":2}] , \"b\":\"}\\\",\",\n\"c\":{} }";
	const char *many =
	    "{\"a\":0,\"b\":1,\"c\":2,\"d\":3,\"e\":4,\"f\":5,\"g\":6,\"h\":7,\"i\":8,"
	    "\"j\":9,\"k\":10,\"l\":11,\"m\":12,\"n\":13,\"o\":14,\"p\":15,\"q\":16}";

	CHECK(member_is(text, 0, "[1,{\"x\":2}]"));
	CHECK(member_is(text, 1, "\"}\\\",\""));
	CHECK(member_is(text, 2, "{}"));
	CHECK(member_is(many, 15, "15"));
	CHECK(scan_of(many, 8).colons == OSC_JSON_MEMBERS);
}

int
main(void)
{
	RUN(test_jsonscan_ends);
	RUN(test_jsonscan_depth);
	RUN(test_jsonscan_numbers);
	RUN(test_jsonscan_members);
	return unit_end();
}
