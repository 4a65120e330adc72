/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "with_sequence.h"

static void
test_sequence_role(void)
{
	const struct osc_window *w;

	start(OSC_DIALECT_ROLE, 32);
	CHECK(formats_as("{\n  \"used\": {\"01\": 0, \"\": 0},\n"
			 "  \"seen\": {\"\": [-1], \"01\": [-1]},\n"
			 "  \"answered\": {\"\": {\"index\": 0, \"bitfield\": 0}, "
			 "\"01\": {\"index\": 0, \"bitfield\": 0}}\n}\n"));
	CHECK(
	    parse(
		"{\"used\": {\"01\": \"20\", \"\": 3}, \"seen\": {\"\": [\"-1\", 4], \"01\": [19]},"
		"\"answered\": {\"01\": {\"index\": 20, \"bitfield\": 0}}, \"inode\": 5}") ==
	    OSC_OK);
	CHECK(sequence.mine.state.next == 20 && sequence.other->state.next == 3);
	w = &sequence.mine.state.window;
	CHECK(w->index == 0 && osc_window_check(w, 4) == OSC_EREPLAY);
	CHECK(osc_window_check(w, 3) == OSC_OK && osc_window_answered(w, 4));
	CHECK(sequence.other->state.window.index == 20);
	CHECK(survives());
	CHECK(parse("{\"used\": {\"01\": 1}, \"seen\": {\"\": []}}") == OSC_OK);
	CHECK(sequence.mine.state.window.index == 0 && sequence.mine.state.window.known);
	/* A list as aiocoap keeps it may have any gaps. */
	CHECK(parse("{\"used\": {\"01\": 1}, \"seen\": {\"\": [-1, 5, 100, 1099511627775]}}") ==
	    OSC_OK);
	CHECK(sequence.mine.state.window.index == OSC_SEQ_MAX - 31);
	CHECK(osc_window_check(&sequence.mine.state.window, OSC_SEQ_MAX) == OSC_EREPLAY);
	CHECK(osc_window_check(&sequence.mine.state.window, OSC_SEQ_MAX - 1) == OSC_OK);
	/* what was answered goes with the first of them, and not as far */
	CHECK(parse("{\"used\": {\"01\": 1}, \"seen\": {\"\": [0, 5, 5000]}, \"answered\": {\"\": "
		    "{\"index\": 1, \"bitfield\": 16}}}") == OSC_OK);
	CHECK(osc_window_check(w, 5000) == OSC_EREPLAY && osc_window_check(w, 4999) == OSC_OK);
	osc_sequence_free(&sequence);
}

#define USED "\"used\": {\"01\": 1, \"\": 2}"

static void
test_sequence_role_refused(void)
{
	start(OSC_DIALECT_ROLE, 32);
	CHECK(refused("{" USED ", \"seen\": {\"\": []}, \"received\": 0}", "other dialect"));
	CHECK(refused("{" USED ", \"seen\": {\"\": []}, \"next-to-send\": 0}", "other dialect"));
	/* whose numbers they are stands beside each */
	CHECK(parse("{" USED ", \"seen\": {\"\": []}, \"own-id_hex\": \"07\"}") == OSC_OK);
	CHECK(refused("{" USED "}", "\"seen\" is missing"));
	CHECK(refused(
	    "{\"used\": {\"\": 1}, \"seen\": {\"\": []}}", "\"used\" of \"01\" is missing"));
	CHECK(strstr(detail.hint, "one side only") != NULL);
	CHECK(refused("{" USED ", \"seen\": {\"01\": []}}", "\"seen\" of \"\" is missing"));
	CHECK(refused(
	    "{\"used\": {\"01\": 1, \"ff\": 1}, \"seen\": {\"\": []}}", "neither of the two"));
	CHECK(refused("{" USED ", \"seen\": {\"\": [], \"0\": []}}", "neither of the two"));
	CHECK(refused("{" USED ", \"seen\": {\"\": []}, \"answered\": {\"02\": 1}}", "neither of"));
	CHECK(refused("{" USED ", \"seen\": {\"\": []}, \"echo_hex\": \"x\"}", "is no object"));
	CHECK(refused("{" USED ", \"seen\": {\"\": [-2, 4]}}", "below -1"));
	CHECK(refused("{" USED ", \"seen\": {\"\": [-18446744073709551617]}}", "below -1"));
	CHECK(refused("{" USED ", \"seen\": {\"\": [4, 4]}}", "rising order"));
	CHECK(refused("{" USED ", \"seen\": {\"\": [4, 2]}}", "rising order"));
	CHECK(refused("{" USED ", \"seen\": {\"\": [4, -1]}}", "rising order"));
	CHECK(refused("{" USED ", \"seen\": {\"\": [1099511627776]}}", "beyond 2^40-1"));
	CHECK(refused("{" USED ", \"seen\": {\"\": [99999999999999999999]}}", "beyond 2^40-1"));
	CHECK(refused("{" USED ", \"seen\": {\"\": [1.5]}}", "not a plain integer"));
	CHECK(refused("{" USED ", \"seen\": {\"\": [\"4x\"]}}", "not a plain integer"));
	CHECK(refused("{" USED ", \"seen\": {\"\": 4}}", "is no list"));
	CHECK(refused(
	    "{" USED ", \"seen\": {\"\": [], \"01\": {}}}", "\"seen\" of \"01\" is no list"));
	CHECK(refused("{\"used\": [], \"seen\": {}}", "\"used\" is no object"));
	CHECK(refused("{\"used\": {\"01\": -1}, \"seen\": {\"\": []}}", "is negative"));
	CHECK(refused("{" USED ", \"seen\": {\"\": []}, \"next-to-send\": 1}", "other dialect"));
	CHECK(refused("{" USED ", \"seen\": {\"\": []}, \"inode\": -1}", "\"inode\" is negative"));
	CHECK(refused(
	    "{" USED ", \"seen\": {\"\": []}, \"btime\": \"x\"}", "\"btime\" is not a plain"));
	osc_sequence_free(&sequence);
}

/* What the other side has is kept as it is, and what it has not is not made up. */
static void
test_sequence_other_side(void)
{
	start(OSC_DIALECT_ROLE, 32);
	CHECK(parse("{\"used\": {\"01\": 1}, \"seen\": {\"\": [3]}}") == OSC_OK);
	CHECK(formats_as("{\n  \"used\": {\"01\": 1},\n  \"seen\": {\"\": [3]},\n"
			 "  \"answered\": {\"\": {\"index\": 4, \"bitfield\": 0}}\n}\n"));
	CHECK(
	    parse("{\"used\": {\"01\": 1, \"\": 1099511627799}, \"seen\": {\"\": [3]}}") == OSC_OK);
	CHECK(formats_as(
	    "{\n  \"used\": {\"01\": 1, \"\": 1099511627799},\n  \"seen\": {\"\": [3]},\n"
	    "  \"answered\": {\"\": {\"index\": 4, \"bitfield\": 0}}\n}\n"));
	CHECK(parse("{\"used\": {\"01\": 1, \"\": 5}, \"seen\": {\"\": [3], \"01\": [7, 9]},"
		    "\"answered\": {\"01\": {\"index\": 8, \"bitfield\": 0}}}") == OSC_OK);
	sequence.mine.state.next = 2;
	CHECK(formats_as("{\n  \"used\": {\"01\": 2, \"\": 5},\n"
			 "  \"seen\": {\"\": [3], \"01\": [7, 9]},\n"
			 "  \"answered\": {\"\": {\"index\": 4, \"bitfield\": 0}, "
			 "\"01\": {\"index\": 8, \"bitfield\": 0}}\n}\n"));
	osc_sequence_free(&sequence);
}

int
main(void)
{
	osc_secret_init();
	RUN(test_sequence_role);
	RUN(test_sequence_role_refused);
	RUN(test_sequence_other_side);
	return unit_end();
}
