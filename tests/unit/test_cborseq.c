/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "core/oscore.h"
#include "helper.h"
#include "message/cborseq.h"

static struct osc_cborseq_item item;

static enum osc_cborseq
look(const char *digits)
{
	static uint8_t *block;
	struct osc_slice in = unhex(digits);

	free(block);
	block = copy_exactly(in);
	osc_cborseq_decode(&item, osc_slice(block, in.len));
	return item.what;
}

static void
test_cborseq_messages(void)
{
	CHECK(look("4440010002") == OSC_CBORSEQ_MESSAGE && same(item.message, "40010002") &&
	    item.used == 5);
	CHECK(look("40") == OSC_CBORSEQ_MESSAGE && item.message.len == 0 && item.used == 1);
	/* Longer heads than needed are CBOR too. */
	CHECK(look("5802abcd") == OSC_CBORSEQ_MESSAGE && same(item.message, "abcd") &&
	    item.used == 4);
	CHECK(look("590002abcd") == OSC_CBORSEQ_MESSAGE && same(item.message, "abcd") &&
	    item.used == 5);
	CHECK(look("5a00000002abcd") == OSC_CBORSEQ_MESSAGE && item.used == 7);
	CHECK(look("5b0000000000000002abcd") == OSC_CBORSEQ_MESSAGE && item.used == 11);
	/* The first item only. */
	CHECK(look("41aa42bbcc") == OSC_CBORSEQ_MESSAGE && same(item.message, "aa") &&
	    item.used == 2);
}

static void
test_cborseq_more(void)
{
	static const char *const cut[] = {"", "41", "4201", "58", "5802ab", "59", "5900",
	    "590002ab", "5a000000", "5b00000000000000", "18", "63", "6361", "fb00", "f8", "98",
	    "b900", "d8"};

	for (size_t i = 0; i < sizeof(cut) / sizeof(cut[0]); i++)
		CHECK(look(cut[i]) == OSC_CBORSEQ_MORE);
}

/* Refused by the head: nobody may make us wait for the rest. */
static void
test_cborseq_long(void)
{
	CHECK(look("59ffff") == OSC_CBORSEQ_MORE);
	CHECK(look("5a00010000") == OSC_CBORSEQ_LONG && item.used == 5 + 65536);
	CHECK(look("5affffffff") == OSC_CBORSEQ_LONG && item.used == UINT64_C(0x100000004));
	CHECK(look("5b0000000000010000") == OSC_CBORSEQ_LONG && item.used == 9 + 65536);
	CHECK(look("5bffffffffffffffff") == OSC_CBORSEQ_LONG && item.used == UINT64_MAX);
	CHECK(look("5bfffffffffffffff6") == OSC_CBORSEQ_LONG && item.used == UINT64_MAX);
	CHECK(look("5bfffffffffffffff5") == OSC_CBORSEQ_LONG && item.used == UINT64_MAX - 1);
	CHECK(look("7bffffffffffffffff") == OSC_CBORSEQ_OTHER && item.used == UINT64_MAX);
	CHECK(look("7a00010000") == OSC_CBORSEQ_OTHER && item.used == 5 + 65536);
}

static void
test_cborseq_other(void)
{
	CHECK(look("05") == OSC_CBORSEQ_OTHER && item.used == 1);
	CHECK(look("1818") == OSC_CBORSEQ_OTHER && item.used == 2);
	CHECK(look("190100") == OSC_CBORSEQ_OTHER && item.used == 3);
	CHECK(look("1b0000000000000001") == OSC_CBORSEQ_OTHER && item.used == 9);
	CHECK(look("20") == OSC_CBORSEQ_OTHER && look("3a00000000") == OSC_CBORSEQ_OTHER);
	CHECK(look("6161") == OSC_CBORSEQ_OTHER && item.used == 2);
	CHECK(look("f6") == OSC_CBORSEQ_OTHER && look("f4") == OSC_CBORSEQ_OTHER);
	CHECK(look("f93c00") == OSC_CBORSEQ_OTHER && item.used == 3);
	/* Counts that a size_t need not hold */
	CHECK(look("9b0000000100000000") == OSC_CBORSEQ_OTHER && item.used == 9 &&
	    item.inside == UINT64_C(0x100000000));
	CHECK(look("bb0000000100000001") == OSC_CBORSEQ_OTHER && item.used == 9 &&
	    item.inside == UINT64_C(0x200000002));
	CHECK(look("9bfffffffffffffffe") == OSC_CBORSEQ_OTHER && item.inside == UINT64_MAX - 1);
	CHECK(look("bb7fffffffffffffff") == OSC_CBORSEQ_OTHER && item.inside == UINT64_MAX - 1);
	/* Simple values without a name */
	CHECK(look("e0") == OSC_CBORSEQ_OTHER && item.used == 1);
	CHECK(look("f3") == OSC_CBORSEQ_OTHER && item.used == 1);
	CHECK(look("f820") == OSC_CBORSEQ_OTHER && item.used == 2);
	CHECK(look("f8ff") == OSC_CBORSEQ_OTHER && item.used == 2);
}

static void
test_cborseq_broken(void)
{
	/* Reserved heads, simple values in the wrong form, more pairs than can be counted */
	static const char *const bad[] = {"5c", "5d", "5e", "1c", "7e", "9c", "bd", "dc", "fc",
	    "f81f", "f800", "bb8000000000000000", "bbffffffffffffffff", "9bffffffffffffffff"};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK(look(bad[i]) == OSC_CBORSEQ_BROKEN);
}

/* Passes what it is given, item by item; the bytes of the first whole one, or 0. */
static size_t
pass(const char *digits)
{
	struct osc_cborseq_nest nest = {0};
	struct osc_slice in = unhex(digits);
	size_t at = 0;

	do {
		osc_cborseq_decode(&item, osc_slice(in.ptr + at, in.len - at));
		if (!osc_cborseq_pass(&nest, &item))
			return 0;
		at += (size_t)item.used;
	} while (nest.depth > 0);
	return at;
}

static void
test_cborseq_pass(void)
{
	static const char *const whole[] = {"05", "4401020304", "80", "8141aa", "9f41aaff", "9fff",
	    "a0", "a141aa41bb", "bfff", "bf0102ff", "5f41aaff", "7f6161ff", "5fff", "c041aa",
	    "d81841aa", "c1c2c305", "c641aa", "cc05", "d401", "8180", "828081f6", "9f9f9fffffff",
	    "a1809f8105ff", "c09fff", "9fc081c0f4ff", "98020102", "bb000000000000000105f7"};
	static const char *const cut[] = {"81", "82f6", "9f", "9f05", "c0", "a105", "bf", "5f41aa",
	    "819f05", "ff", "81ff", "c0ff", "9f81ffff", "a1ff", "815c", "9ff81fff"};
	char deep[2 * OSC_CBORSEQ_DEPTH + 5];

	for (size_t i = 0; i < sizeof(whole) / sizeof(whole[0]); i++)
		CHECK(pass(whole[i]) == strlen(whole[i]) / 2);
	for (size_t i = 0; i < sizeof(cut) / sizeof(cut[0]); i++)
		CHECK(pass(cut[i]) == 0);
	for (size_t i = 0; i < OSC_CBORSEQ_DEPTH + 1; i++)
		memcpy(deep + 2 * i, "81", 3);
	memcpy(deep + 2 * OSC_CBORSEQ_DEPTH, "05", 3);
	CHECK(pass(deep) == OSC_CBORSEQ_DEPTH + 1);
	memcpy(deep + 2 * OSC_CBORSEQ_DEPTH, "8105", 5);
	CHECK(pass(deep) == 0);
}

static void
test_cborseq_write(void)
{
	static uint8_t bytes[OSC_MESSAGE_MAX];
	static const size_t lengths[] = {0, 1, 23, 24, 255, 256, 65535};
	struct osc_buffer out = {0};

	CHECK(osc_cborseq_encode(&out, unhex("40010002")) == OSC_OK);
	CHECK(osc_cborseq_encode_status(&out, 6) == OSC_OK);
	CHECK(same(osc_slice(out.ptr, out.len), "444001000206"));
	chance_start(1);
	chance_bytes(bytes, sizeof(bytes));
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		out.len = 0;
		CHECK(osc_cborseq_encode(&out, osc_slice(bytes, lengths[i])) == OSC_OK);
		osc_cborseq_decode(&item, osc_slice(out.ptr, out.len));
		CHECK(item.what == OSC_CBORSEQ_MESSAGE && item.used == out.len);
		CHECK(osc_slice_equal(item.message, osc_slice(bytes, lengths[i])));
		/* The shortest head. */
		CHECK(out.len - lengths[i] == (lengths[i] < 24 ? 1U : lengths[i] < 256 ? 2U : 3U));
	}
	osc_buffer_free(&out);
}

int
main(void)
{
	RUN(test_cborseq_messages);
	RUN(test_cborseq_more);
	RUN(test_cborseq_long);
	RUN(test_cborseq_other);
	RUN(test_cborseq_broken);
	RUN(test_cborseq_pass);
	RUN(test_cborseq_write);
	return unit_end();
}
