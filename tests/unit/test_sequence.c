/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "with_sequence.h"

#define OWN "\"own-id_hex\": \"01\", "
#define OWN_LAST ", \"own-id_hex\": \"01\""

static void
test_sequence_pair(void)
{
	start(OSC_DIALECT_PAIR, 32);
	CHECK(formats_as("{\"next-to-send\": 0, \"received\": {\"index\": 0, \"bitfield\": 0}, "
			 "\"answered\": {\"index\": 0, \"bitfield\": 0}" OWN_LAST "}\n"));
	CHECK(parse(PAIR("150",
		  RECEIVED("9", "2147483649") "," ANSWERED(
		      "9", "1") ", \"inode\": 131, \"btime\": 1790000000000000000")) == OSC_OK);
	CHECK(sequence.mine.state.next == 150);
	CHECK(osc_window_check(&sequence.mine.state.window, 9) == OSC_EREPLAY);
	CHECK(osc_window_check(&sequence.mine.state.window, 10) == OSC_OK);
	CHECK(osc_window_check(&sequence.mine.state.window, 40) == OSC_EREPLAY);
	CHECK(osc_window_answered(&sequence.mine.state.window, 0));
	CHECK(!osc_window_answered(&sequence.mine.state.window, 31));
	CHECK(sequence.has_inode && sequence.inode == 131);
	CHECK(sequence.has_btime && sequence.btime == UINT64_C(1790000000000000000));
	CHECK(formats_as("{\"next-to-send\": 150, "
			 "\"received\": {\"index\": 9, \"bitfield\": 2147483649}, "
			 "\"answered\": {\"index\": 9, \"bitfield\": 1}, " OWN
			 "\"inode\": 131, \"btime\": 1790000000000000000}\n"));
	CHECK(parse(PAIR("1",
		  RECEIVED("0", "0") ", \"inode\": 18446744073709551615, \"note\": []")) == OSC_OK);
	CHECK(sequence.inode == UINT64_MAX && !sequence.has_btime && survives());
	osc_sequence_free(&sequence);
}

static void
test_sequence_lost(void)
{
	start(OSC_DIALECT_PAIR, 32);
	CHECK(parse(PAIR("8", "\"received\": \"unknown\"")) == OSC_OK);
	CHECK(!sequence.mine.state.window.known && sequence.mine.state.window.size == 32);
	CHECK(formats_as("{\"next-to-send\": 8, \"received\": \"unknown\"" OWN_LAST "}\n"));
	CHECK(parse(PAIR("8", RECEIVED("0", "0"))) == OSC_OK);
	CHECK(sequence.mine.state.window.known);
	CHECK(parse(PAIR("8", RECEIVED("null", "null"))) == OSC_OK);
	CHECK(!sequence.mine.state.window.known);
	CHECK(refused(PAIR("8", RECEIVED("null", "0")), "\"index\" in \"received\""));
	CHECK(refused(PAIR("8", RECEIVED("0", "null")), "\"bitfield\" in \"received\""));
	CHECK(refused(PAIR("8", "\"received\": \"Unknown\""), "\"received\" is no object"));
	CHECK(refused(PAIR("8", "\"received\": \"unknown\\u0000\""), "\"received\" is no object"));
	CHECK(refused(PAIR("8", "\"received\": null"), "\"received\" is no object"));
	CHECK(refused(PAIR("8", "\"received\": {}"), "\"received\" is no object"));
	CHECK(refused(PAIR("8", "\"x\": 1"), "\"received\" is missing"));
	osc_sequence_free(&sequence);
}

static void
test_sequence_next(void)
{
	start(OSC_DIALECT_PAIR, 32);
	CHECK(parse(PAIR("1099511627775", RECEIVED("0", "0"))) == OSC_OK);
	CHECK(sequence.mine.state.next == OSC_SEQ_MAX);
	sequence.mine.state.next++;
	CHECK(formats_as("{\"next-to-send\": 1099511627776, "
			 "\"received\": {\"index\": 0, \"bitfield\": 0}, "
			 "\"answered\": {\"index\": 0, \"bitfield\": 0}" OWN_LAST "}\n"));
	CHECK(parse(PAIR("1099511627776", RECEIVED("0", "0"))) == OSC_OK);
	CHECK(sequence.mine.state.next == OSC_SEQ_MAX + 1);
	CHECK(parse(PAIR("1099511627780", RECEIVED("0", "0"))) == OSC_OK);
	CHECK(sequence.mine.state.next == OSC_SEQ_MAX + 1);
	CHECK(formats_as("{\"next-to-send\": 1099511627780, "
			 "\"received\": {\"index\": 0, \"bitfield\": 0}, "
			 "\"answered\": {\"index\": 0, \"bitfield\": 0}" OWN_LAST "}\n"));
	CHECK(parse(PAIR("18446744073709551615", RECEIVED("0", "0"))) == OSC_OK);
	CHECK(sequence.mine.state.next == OSC_SEQ_MAX + 1 && survives());
	CHECK(refused(PAIR("18446744073709551616", RECEIVED("0", "0")), "does not fit"));
	CHECK(refused(PAIR("18446744073709551621", RECEIVED("0", "0")), "does not fit"));
	CHECK(refused(PAIR("-1", RECEIVED("0", "0")), "\"next-to-send\" is negative"));
	CHECK(refused(PAIR("-0", RECEIVED("0", "0")), "\"next-to-send\" is not a plain integer"));
	CHECK(refused(PAIR("8.0", RECEIVED("0", "0")), "is not a plain integer"));
	CHECK(refused(PAIR("1e1", RECEIVED("0", "0")), "is not a plain integer"));
	CHECK(refused(PAIR("\"7\"", RECEIVED("0", "0")), "is not a plain integer"));
	CHECK(refused(PAIR("true", RECEIVED("0", "0")), "is not a plain integer"));
	CHECK(refused("{" RECEIVED("0", "0") "}", "\"next-to-send\" is missing"));
	CHECK(refused(PAIR("1", RECEIVED("0", "0") ",\"used\": {}"), "other dialect"));
	CHECK(refused("{\"used\": {\"01\": 1}, \"seen\": {\"\": []}}", "other dialect"));
	CHECK(refused(PAIR("1", RECEIVED("0", "0") ",\"seen\": {}"), "other dialect"));
	osc_sequence_free(&sequence);
}

/* The state says whose numbers it holds; what does not say it is taken as it is. */
static void
test_sequence_own_id(void)
{
	start(OSC_DIALECT_PAIR, 32);
	CHECK(parse(PAIR("8", RECEIVED("0", "0") ", \"own-id_hex\": \"01\"")) == OSC_OK);
	CHECK(parse(PAIR("9", RECEIVED("0", "0") ", \"own-id_hex\": \"\"")) == OSC_EOWNID);
	CHECK(parse(PAIR("9", RECEIVED("0", "0") ", \"own-id_hex\": 1")) == OSC_EOWNID);
	CHECK(strstr(detail.hint, "oscore-gen") != NULL && sequence.mine.state.next == 8);
	CHECK(parse(PAIR("9", RECEIVED("0", "0"))) == OSC_OK && survives());
	osc_sequence_free(&sequence);
}

static void
test_sequence_echo(void)
{
	start(OSC_DIALECT_PAIR, 32);
	CHECK(parse(PAIR("8", "\"received\": \"unknown\", \"echo_hex\": \"0102030405060708\"")) ==
	    OSC_OK);
	CHECK(sequence.mine.state.echo_len == 8 && sequence.mine.state.echo[7] == 8);
	CHECK(formats_as("{\"next-to-send\": 8, \"received\": \"unknown\", "
			 "\"echo_hex\": \"0102030405060708\"" OWN_LAST "}\n"));
	osc_window_init(&sequence.mine.state.window, 32, 5);
	CHECK(formats_as("{\"next-to-send\": 8, \"received\": {\"index\": 5, \"bitfield\": 0}, "
			 "\"answered\": {\"index\": 5, \"bitfield\": 0}" OWN_LAST "}\n"));
	CHECK(
	    parse(PAIR("8", RECEIVED("0", "0") ", \"echo_hex\": \"0102030405060708\"")) == OSC_OK);
	CHECK(sequence.mine.state.echo_len == 0);
	CHECK(
	    refused(PAIR("8", "\"received\": \"unknown\", \"echo_hex\": \"01\""), "\"echo_hex\""));
	CHECK(refused(PAIR("8", "\"received\": \"unknown\", \"echo_hex\": 1"), "\"echo_hex\""));
	CHECK(refused(PAIR("8", "\"received\": \"unknown\", \"echo_hex\": \"010203040506070x\""),
	    "is not 16 hex digits"));
	CHECK(refused(PAIR("8", "\"received\": \"unknown\", \"echo_hex\": \"010203040506070809\""),
	    "is not 16 hex digits"));
	osc_sequence_free(&sequence);
	start(OSC_DIALECT_ROLE, 32);
	CHECK(parse("{\"used\": {\"01\": 1, \"\": 2},"
		    "\"seen\": {\"\": \"unknown\", \"01\": \"unknown\"},"
		    "\"echo_hex\": {\"01\": \"1111111111111111\", \"\": \"2222222222222222\"}}") ==
	    OSC_OK);
	CHECK(sequence.mine.state.echo[0] == 0x22 && sequence.other->state.echo[0] == 0x11);
	CHECK(formats_as("{\n  \"used\": {\"01\": 1, \"\": 2},\n"
			 "  \"seen\": {\"\": \"unknown\", \"01\": \"unknown\"},\n"
			 "  \"echo_hex\": {\"\": \"2222222222222222\", "
			 "\"01\": \"1111111111111111\"}\n}\n"));
	osc_sequence_free(&sequence);
}

static void
test_sequence_malformed(void)
{
	start(OSC_DIALECT_PAIR, 32);
	CHECK(refused("", "empty"));
	CHECK(refused("[]", "not a JSON object"));
	CHECK(refused(PAIR("1", RECEIVED("0", "0") ",\"next-to-send\": 0"), "twice"));
	CHECK(refused(
	    PAIR("1", RECEIVED("0", "0")) PAIR("1", RECEIVED("0", "0")), "something follows"));
	osc_sequence_free(&sequence);
}

static void
test_sequence_mark(void)
{
	struct osc_stamp stamp = {.ino = 5, .has_btime = true, .btime = 7};

	start(OSC_DIALECT_PAIR, 32);
	CHECK(!osc_sequence_is_copy(&sequence, &stamp));
	osc_sequence_mark(&sequence, &stamp);
	CHECK(!osc_sequence_is_copy(&sequence, &stamp) && survives());
	stamp.ino = 6;
	CHECK(osc_sequence_is_copy(&sequence, &stamp));
	stamp.ino = 5;
	stamp.btime = 8;
	CHECK(osc_sequence_is_copy(&sequence, &stamp));
	stamp.has_btime = false;
	CHECK(osc_sequence_is_copy(&sequence, &stamp));
	osc_sequence_mark(&sequence, &stamp);
	CHECK(!sequence.has_btime && !osc_sequence_is_copy(&sequence, &stamp));
	osc_sequence_mark(&sequence, NULL);
	CHECK(!sequence.has_inode);
	osc_sequence_free(&sequence);
}

static void
test_sequence_follows(void)
{
	struct osc_state a, b;

	memset(&a, 0, sizeof(a));
	a.next = 5;
	osc_window_init(&a.window, 32, 10);
	osc_window_commit(&a.window, 12);
	osc_window_commit(&a.window, 20);
	osc_window_answer(&a.window, 20);
	b = a;
	CHECK(osc_state_equal(&a, &b) && osc_state_follows(&a, &b));
	b.next = 4;
	CHECK(!osc_state_equal(&a, &b) && !osc_state_follows(&a, &b));
	b.next = 6;
	CHECK(osc_state_follows(&a, &b));
	osc_window_commit(&b.window, 100);
	CHECK(osc_state_follows(&a, &b) && !osc_state_follows(&b, &a));
	b = a;
	b.window.answered[0] = 0;
	CHECK(!osc_state_follows(&a, &b));
	b.window.seen[0] = 0;
	CHECK(!osc_state_follows(&a, &b));
	/* the same numbers, but the one below them counts as new */
	osc_window_init(&b.window, 32, 9);
	osc_window_commit(&b.window, 12);
	osc_window_commit(&b.window, 20);
	osc_window_answer(&b.window, 20);
	CHECK(!osc_state_follows(&a, &b) && osc_state_follows(&b, &a));
	b = a;
	osc_window_lose(&b.window);
	CHECK(osc_state_follows(&a, &b) && osc_state_follows(&b, &a) && !osc_state_equal(&a, &b));
	a = b;
	a.echo_len = sizeof(a.echo);
	CHECK(!osc_state_equal(&a, &b));
	b = a;
	CHECK(osc_state_equal(&a, &b));
	b.echo[0] ^= 1;
	CHECK(!osc_state_equal(&a, &b));
}

int
main(void)
{
	osc_secret_init();
	RUN(test_sequence_pair);
	RUN(test_sequence_lost);
	RUN(test_sequence_next);
	RUN(test_sequence_own_id);
	RUN(test_sequence_echo);
	RUN(test_sequence_malformed);
	RUN(test_sequence_mark);
	RUN(test_sequence_follows);
	return unit_end();
}
