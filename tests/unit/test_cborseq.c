/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "core/oscore.h"
#include "helper.h"
#include "message/cborseq.h"

static struct osc_slice message;
static uint64_t used;

static enum osc_cborseq
look(const char *digits)
{
	static uint8_t *block;
	struct osc_slice in = unhex(digits);

	free(block);
	block = copy_exactly(in);
	message = osc_slice(NULL, 0);
	used = 0;
	return osc_cborseq_decode(osc_slice(block, in.len), &message, &used);
}

static void
test_cborseq_messages(void)
{
	CHECK(look("4440010002") == OSC_CBORSEQ_MESSAGE && same(message, "40010002") && used == 5);
	CHECK(look("40") == OSC_CBORSEQ_MESSAGE && message.len == 0 && used == 1);
	/* Longer heads than needed are CBOR too. */
	CHECK(look("5802abcd") == OSC_CBORSEQ_MESSAGE && same(message, "abcd") && used == 4);
	CHECK(look("590002abcd") == OSC_CBORSEQ_MESSAGE && same(message, "abcd") && used == 5);
	CHECK(look("5a00000002abcd") == OSC_CBORSEQ_MESSAGE && used == 7);
	CHECK(look("5b0000000000000002abcd") == OSC_CBORSEQ_MESSAGE && used == 11);
	/* The first item only. */
	CHECK(look("41aa42bbcc") == OSC_CBORSEQ_MESSAGE && same(message, "aa") && used == 2);
}

static void
test_cborseq_more(void)
{
	static const char *const cut[] = {"", "41", "4201", "58", "5802ab", "59", "5900",
	    "590002ab", "5a000000", "5b00000000000000", "18", "63", "6361", "fb00"};

	for (size_t i = 0; i < sizeof(cut) / sizeof(cut[0]); i++)
		CHECK(look(cut[i]) == OSC_CBORSEQ_MORE);
}

/* Refused by the head: nobody may make us wait for the rest. */
static void
test_cborseq_long(void)
{
	CHECK(look("59ffff") == OSC_CBORSEQ_MORE);
	CHECK(look("5a00010000") == OSC_CBORSEQ_LONG && used == 5 + 65536);
	CHECK(look("5affffffff") == OSC_CBORSEQ_LONG && used == UINT64_C(0x100000004));
	CHECK(look("5b0000000000010000") == OSC_CBORSEQ_LONG && used == 9 + 65536);
	CHECK(look("5bffffffffffffffff") == OSC_CBORSEQ_LONG && used == UINT64_MAX);
	CHECK(look("5bfffffffffffffff6") == OSC_CBORSEQ_LONG && used == UINT64_MAX);
	CHECK(look("5bfffffffffffffff5") == OSC_CBORSEQ_LONG && used == UINT64_MAX - 1);
	CHECK(look("7bffffffffffffffff") == OSC_CBORSEQ_BROKEN);
	CHECK(look("7a00010000") == OSC_CBORSEQ_BROKEN);
}

static void
test_cborseq_other(void)
{
	CHECK(look("05") == OSC_CBORSEQ_OTHER && used == 1);
	CHECK(look("1818") == OSC_CBORSEQ_OTHER && used == 2);
	CHECK(look("190100") == OSC_CBORSEQ_OTHER && used == 3);
	CHECK(look("1b0000000000000001") == OSC_CBORSEQ_OTHER && used == 9);
	CHECK(look("20") == OSC_CBORSEQ_OTHER && look("3a00000000") == OSC_CBORSEQ_OTHER);
	CHECK(look("6161") == OSC_CBORSEQ_OTHER && used == 2);
	CHECK(look("f6") == OSC_CBORSEQ_OTHER && look("f4") == OSC_CBORSEQ_OTHER);
	CHECK(look("f93c00") == OSC_CBORSEQ_OTHER && used == 3);
}

static void
test_cborseq_broken(void)
{
	/* In pieces, arrays, maps, tags, a break, reserved heads, unassigned simple values */
	static const char *const bad[] = {"5f41aaff", "7f6161ff", "80", "8141aa", "9f41aaff", "a0",
	    "a141aa41bb", "bf", "c041aa", "d81841aa", "ff", "5c", "5d", "5e", "1c", "7e", "e0",
	    "f820"};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK(look(bad[i]) == OSC_CBORSEQ_BROKEN);
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
		CHECK(osc_cborseq_decode(osc_slice(out.ptr, out.len), &message, &used) ==
		    OSC_CBORSEQ_MESSAGE);
		CHECK(used == out.len && osc_slice_equal(message, osc_slice(bytes, lengths[i])));
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
	RUN(test_cborseq_write);
	return unit_end();
}
