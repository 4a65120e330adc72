/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "with_sequence.h"
#include "store/bignum.h"

/* A window of any width goes out and in without a change. */
static void
test_sequence_wide(void)
{
	static const uint32_t sizes[] = {1, 31, 32, 63, 64, 65, 127, 128, 129, 1000, 4095, 4096};
	struct osc_window *window;
	uint32_t random = 7;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		for (int dialect = OSC_DIALECT_PAIR; dialect <= OSC_DIALECT_ROLE; dialect++) {
			start((enum osc_dialect)dialect, sizes[i]);
			window = &sequence.mine.state.window;
			osc_window_init(window, sizes[i], 1000);
			CHECK(survives());
			CHECK(osc_window_commit(window, 1000 + sizes[i] - 1) == OSC_OK);
			CHECK(survives());
			for (uint32_t k = 0; k < sizes[i]; k++) {
				random = random * 1664525 + 1013904223;
				if (random >> 31 != 0)
					(void)osc_window_commit(window, 1000 + k);
				if (random >> 30 == 3)
					osc_window_answer(window, 1000 + k);
			}
			CHECK(survives());
			for (uint32_t k = 0; k < sizes[i]; k++)
				osc_window_commit(window, 1000 + k);
			CHECK(survives());
			osc_sequence_free(&sequence);
		}
	}
}

static void
test_sequence_too_wide(void)
{
	uint64_t words[OSC_WINDOW_WORDS];
	char digits[OSC_BIGNUM_SIZE], text[2000];

	start(OSC_DIALECT_PAIR, 32);
	memset(words, 0xff, sizeof(words));
	osc_bignum_format(digits, words);
	(void)snprintf(text, sizeof(text), PAIR("1", RECEIVED("5", "%s")), digits);
	CHECK(parse(text) == OSC_OK);
	CHECK(sequence.mine.state.window.index == 5 + 4096 - 32);
	CHECK(osc_window_check(&sequence.mine.state.window, 5 + 4096) == OSC_OK);
	CHECK(osc_window_check(&sequence.mine.state.window, 5 + 4095) == OSC_EREPLAY);
	digits[OSC_BIGNUM_SIZE - 2] = '6';
	(void)snprintf(text, sizeof(text), PAIR("1", RECEIVED("5", "%s")), digits);
	CHECK(refused(text, "\"bitfield\" in \"received\" has more than 4096 bits"));
	osc_sequence_free(&sequence);
}

/* A window that the user made smaller: the index goes up, nothing seen becomes valid. */
static void
test_sequence_shrink(void)
{
	const struct osc_window *w;

	start(OSC_DIALECT_PAIR, 4);
	w = &sequence.mine.state.window;
	/* 10, 12, 17 seen; 10 and 17 answered */
	CHECK(parse(PAIR("1", RECEIVED("10", "133") "," ANSWERED("10", "129"))) == OSC_OK);
	CHECK(w->index == 14);
	for (uint64_t n = 0; n < 14; n++)
		CHECK(osc_window_check(w, n) == OSC_EREPLAY);
	CHECK(osc_window_check(w, 14) == OSC_OK && osc_window_check(w, 16) == OSC_OK);
	CHECK(osc_window_check(w, 17) == OSC_EREPLAY && osc_window_answered(w, 3));
	CHECK(survives());
	/* 17 not answered stays so; an answer that was not seen below the new index spoils it. */
	CHECK(parse(PAIR("1", RECEIVED("10", "133") "," ANSWERED("10", "1"))) == OSC_OK);
	CHECK(!osc_window_answered(w, 3));
	CHECK(parse(PAIR("1", RECEIVED("10", "133") "," ANSWERED("10", "2"))) == OSC_OK);
	CHECK(osc_window_answered(w, 3));
	osc_sequence_free(&sequence);
	start(OSC_DIALECT_ROLE, 4);
	CHECK(parse("{\"used\": {\"01\": 1}, \"seen\": {\"\": [9, 10, 12, 17]},"
		    "\"answered\": {\"\": {\"index\": 10, \"bitfield\": 1}}}") == OSC_OK);
	w = &sequence.mine.state.window;
	CHECK(w->index == 14 && osc_window_seen(w, 3) && !osc_window_answered(w, 3));
	osc_sequence_free(&sequence);
}

static void
test_sequence_answered(void)
{
	const struct osc_window *w;

	start(OSC_DIALECT_PAIR, 32);
	w = &sequence.mine.state.window;
	/* Absent, another index, a bit that received lacks: all that was seen was answered. */
	CHECK(parse(PAIR("1", RECEIVED("9", "7"))) == OSC_OK);
	CHECK(osc_window_answered(w, 0) && osc_window_answered(w, 2));
	CHECK(parse(PAIR("1", RECEIVED("9", "7") "," ANSWERED("8", "1"))) == OSC_OK);
	CHECK(osc_window_answered(w, 0) && osc_window_answered(w, 2));
	CHECK(parse(PAIR("1", RECEIVED("9", "7") "," ANSWERED("9", "8"))) == OSC_OK);
	CHECK(osc_window_answered(w, 0) && osc_window_answered(w, 2));
	CHECK(!osc_window_answered(w, 3));
	CHECK(parse(PAIR("1", RECEIVED("9", "7") "," ANSWERED("9", "0"))) == OSC_OK);
	CHECK(!osc_window_answered(w, 0) && !osc_window_answered(w, 2));
	CHECK(refused(PAIR("1", RECEIVED("9", "7") ", \"answered\": \"unknown\""), "\"answered\""));
	CHECK(refused(PAIR("1", RECEIVED("9", "7") "," ANSWERED("9", "-1")), "in \"answered\""));
	CHECK(refused(PAIR("1", RECEIVED("9", "7") "," ANSWERED("null", "null")), "\"answered\""));
	osc_sequence_free(&sequence);
}

static void
test_sequence_window_ends(void)
{
	start(OSC_DIALECT_PAIR, 32);
	CHECK(parse(PAIR("1", RECEIVED("1099511627776", "0"))) == OSC_OK);
	CHECK(osc_window_check(&sequence.mine.state.window, OSC_SEQ_MAX) == OSC_EREPLAY);
	CHECK(survives());
	CHECK(parse(PAIR("1", RECEIVED("1099511627775", "1"))) == OSC_OK && survives());
	CHECK(refused(PAIR("1", RECEIVED("1099511627777", "0")), "is beyond 2^40"));
	CHECK(refused(PAIR("1", RECEIVED("1099511627775", "2")), "beyond 2^40-1"));
	CHECK(refused(PAIR("1", RECEIVED("1099511627776", "1")), "beyond 2^40-1"));
	CHECK(refused(PAIR("1", RECEIVED("-5", "0")), "\"index\" in \"received\" is negative"));
	CHECK(refused(PAIR("1", RECEIVED("0.5", "0")), "not a plain integer"));
	CHECK(refused(PAIR("1", RECEIVED("0", "-1")), "\"bitfield\" in \"received\" is negative"));
	CHECK(refused(PAIR("1", RECEIVED("0", "\"1\"")), "not a plain integer"));
	CHECK(refused(PAIR("1", RECEIVED("0", "1.0")), "not a plain integer"));
	CHECK(refused(PAIR("1", RECEIVED("0", "-18446744073709551616")), "is negative"));
	osc_sequence_free(&sequence);
}

int
main(void)
{
	osc_secret_init();
	RUN(test_sequence_wide);
	RUN(test_sequence_too_wide);
	RUN(test_sequence_shrink);
	RUN(test_sequence_answered);
	RUN(test_sequence_window_ends);
	return unit_end();
}
