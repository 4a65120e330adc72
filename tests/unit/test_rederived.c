/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "base/secret.h"
#include "store/high.h"
#include "with_sequence.h"

/* The object "rederived" of sequence.json. */

#define BESIDE(object)                                                                             \
	"{\"next-to-send\": 1099511627776, \"received\": \"unknown\", \"rederived\": " object "}"
#define IN_USE(object) PAIR("7", RECEIVED("0", "5") ", \"rederived\": " object)
#define NUMBERS "\"next-to-send\": 3, " RECEIVED("0", "1") ", " ANSWERED("0", "1")
#define KEY "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static const char whole[] = "{\"next-to-send\": 1099511627776, \"received\": \"unknown\", "
			    "\"own-id_hex\": \"01\", \"inode\": 5, \"rederived\": "
			    "{\"id-context_hex\": \"0a0b\", " NUMBERS ", "
			    "\"pending\": {\"id-context_hex\": \"0a0c\", \"next-to-send\": 1, "
			    "\"received\": \"unknown\"}, \"r1_hex\": \"77\", "
			    "\"hmac-key_hex\": \"" KEY "\", \"hmac-made\": 1790000000}}\n";

static void
test_rederived_whole(void)
{
	const struct osc_rederived *r;

	start(OSC_DIALECT_PAIR, 32);
	CHECK(osc_sequence_rederive(&sequence) == OSC_OK);
	r = sequence.rederived;
	CHECK(parse(whole) == OSC_OK);
	CHECK(r->current.there && !r->current.base && r->current.id_len == 2);
	CHECK(r->current.state.next == 3 && osc_window_seen(&r->current.state.window, 0));
	CHECK(r->pending.there && r->pending.state.next == 1 && !r->pending.state.window.known);
	CHECK(r->r1_len == 1 && r->r1[0] == 0x77);
	CHECK(r->has_key && r->key[31] == 0x1f && r->made == 1790000000);
	CHECK(formats_as(whole));
	CHECK(survives());
	/* The next text has nothing of it. */
	CHECK(parse(PAIR("7", RECEIVED("0", "5"))) == OSC_OK);
	CHECK(osc_rederived_empty(r));
	osc_sequence_free(&sequence);
}

static void
test_rederived_parts(void)
{
	const struct osc_rederived *r;

	start(OSC_DIALECT_PAIR, 32);
	CHECK(osc_sequence_rederive(&sequence) == OSC_OK);
	r = sequence.rederived;
	CHECK(parse(IN_USE("{}")) == OSC_OK && osc_rederived_empty(r));
	CHECK(parse(IN_USE("{\"r1_hex\": \"0011\"}")) == OSC_OK && r->r1_len == 2);
	CHECK(sequence.mine.state.next == 7);
	CHECK(parse(BESIDE("{\"id-context_hex\": null, " NUMBERS "}")) == OSC_OK);
	CHECK(r->current.there && r->current.base);
	CHECK(survives());
	CHECK(parse(BESIDE("{\"id-context_hex\": null, \"next-to-send\": 3, \"received\": "
			   "\"unknown\", \"echo_hex\": \"0001020304050607\"}")) == OSC_OK);
	CHECK(r->current.state.echo_len == 8);
	CHECK(survives());
	CHECK(parse(BESIDE("{\"pending\": {\"id-context_hex\": \"00\", " NUMBERS "}}")) == OSC_OK);
	CHECK(!r->current.there && r->pending.there);
	osc_sequence_free(&sequence);

	start(OSC_DIALECT_ROLE, 32);
	CHECK(osc_sequence_rederive(&sequence) == OSC_OK);
	r = sequence.rederived;
	CHECK(parse("{\"used\": {\"01\": 1099511627776, \"\": 0}, \"seen\": {\"\": \"unknown\", "
		    "\"01\": []}, \"rederived\": {\"id-context_hex\": \"aa\", " NUMBERS
		    "}}") == OSC_OK);
	CHECK(r->current.state.next == 3);
	CHECK(survives());
	osc_sequence_free(&sequence);
}

static void
test_rederived_refused(void)
{
	static const struct {
		const char *text, *why;
	} wrong[] = {
	    {IN_USE("3"), "is no object"},
	    {IN_USE("{\"r1\": \"00\"}"), "not known"},
	    {IN_USE("{\"r1_hex\": \"\"}"), "\"r1_hex\" in \"rederived\" is not hex"},
	    {IN_USE("{\"r1_hex\": \"0\"}"), "is not hex"},
	    {IN_USE("{\"r1_hex\": 5}"), "is not hex"},
	    {IN_USE("{\"hmac-key_hex\": \"00\", \"hmac-made\": 1}"), "64 hex digits"},
	    {IN_USE("{\"hmac-key_hex\": \"0\", \"hmac-made\": 1}"), "is not hex"},
	    {IN_USE("{\"hmac-key_hex\": \"" KEY "\"}"), "\"hmac-made\" in"},
	    {IN_USE("{\"hmac-made\": 1}"), "goes with"},
	    {IN_USE("{\"hmac-key_hex\": \"" KEY "\", \"hmac-made\": -1}"), "is not a time"},
	    {IN_USE("{\"hmac-key_hex\": \"" KEY "\", \"hmac-made\": 1.5}"), "is not a time"},
	    {IN_USE("{\"hmac-key_hex\": \"" KEY "\", \"hmac-made\": 18446744073709551616}"),
		"is not a time"},
	    {IN_USE("{\"id-context_hex\": \"aa\", " NUMBERS "}"), "in use"},
	    {PAIR("1099511627776",
		 RECEIVED("0", "5") ", \"rederived\": {\"id-context_hex\": "
				    "\"aa\", " NUMBERS "}"),
		"in use"},
	    {IN_USE("{\"pending\": {\"id-context_hex\": \"aa\", " NUMBERS "}}"), "in use"},
	    {IN_USE("{" NUMBERS "}"), "is without"},
	    {BESIDE("{\"id-context_hex\": \"aa\"}"), "is missing"},
	    {BESIDE("{\"id-context_hex\": \"\", " NUMBERS "}"), "is not hex"},
	    {BESIDE("{\"id-context_hex\": \"aa\", \"next-to-send\": -1, \"received\": 1}"),
		"negative"},
	    {BESIDE("{\"pending\": 1}"), "is no object with"},
	    {BESIDE("{\"pending\": {" NUMBERS "}}"), "is no object with"},
	    {BESIDE("{\"pending\": {\"id-context_hex\": null, " NUMBERS "}}"), "no ID Context"},
	    {BESIDE("{\"pending\": {\"id-context_hex\": \"aa\", \"r1_hex\": \"00\", " NUMBERS "}}"),
		"not known"},
	    {BESIDE("{\"id-context_hex\": \"aa\", " NUMBERS
		    ", \"pending\": {\"id-context_hex\": \"aa\", " NUMBERS "}}"),
		"is the one in use"},
	};

	start(OSC_DIALECT_PAIR, 32);
	CHECK(osc_sequence_rederive(&sequence) == OSC_OK);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		CHECK(refused(wrong[i].text, wrong[i].why));
	osc_sequence_free(&sequence);
}

static void
test_rederived_follows(void)
{
	struct osc_rederived before, after;

	start(OSC_DIALECT_PAIR, 32);
	CHECK(osc_sequence_rederive(&sequence) == OSC_OK);
	CHECK(parse(whole) == OSC_OK);
	before = after = *sequence.rederived;
	CHECK(osc_rederived_equal(&before, &after) && osc_rederived_follows(&before, &after));
	after.current.state.next--;
	CHECK(!osc_rederived_equal(&before, &after) && !osc_rederived_follows(&before, &after));
	after = before;
	after.pending.state.next--;
	CHECK(!osc_rederived_follows(&before, &after));
	/* What was pending comes into use. */
	after.current = before.pending;
	after.pending.there = false;
	CHECK(osc_rederived_follows(&before, &after));
	after.current.state.next--;
	CHECK(!osc_rederived_follows(&before, &after));
	after = before;
	after.r1[0]++;
	CHECK(!osc_rederived_equal(&before, &after));
	after = before;
	after.made++;
	CHECK(!osc_rederived_equal(&before, &after));
	after = before;
	after.key[31]++;
	CHECK(!osc_rederived_equal(&before, &after));
	osc_sequence_free(&sequence);
}

/* Keys of before do not come back, nor does a state of theirs. */
static void
test_rederived_high(void)
{
	struct osc_high high = {0};
	struct osc_state outer;
	struct osc_rederived old, now;

	start(OSC_DIALECT_PAIR, 32);
	CHECK(osc_sequence_rederive(&sequence) == OSC_OK);
	CHECK(parse(whole) == OSC_OK);
	outer = sequence.mine.state;
	old = now = *sequence.rederived;
	CHECK(osc_high_admit(&high, &outer, &old) == OSC_OK);
	now.current.state.next = 9;
	CHECK(osc_high_admit(&high, &outer, &now) == OSC_OK);
	CHECK(osc_high_admit(&high, &outer, &old) == OSC_EBACK);
	now.current.id[0]++;
	now.current.state.next = 0;
	CHECK(osc_high_admit(&high, &outer, &now) == OSC_OK);
	old.current.state.next = 100;
	CHECK(osc_high_admit(&high, &outer, &old) == OSC_EBACK);
	/* Given up, it may be gone; and the base does not come back. */
	now.pending.there = false;
	CHECK(osc_high_admit(&high, &outer, &now) == OSC_OK);
	outer.next = 5;
	CHECK(osc_high_admit(&high, &outer, &now) == OSC_EBACK);
	osc_high_free(&high);
	osc_sequence_free(&sequence);
}

/* What has come into use is not pending again, under whatever keys; and what is refused leaves
 * nothing behind. */
static void
test_rederived_high_pending(void)
{
	struct osc_high high = {0}, heir = {0};
	struct osc_state outer;
	struct osc_rederived old, now;

	start(OSC_DIALECT_PAIR, 32);
	CHECK(osc_sequence_rederive(&sequence) == OSC_OK);
	CHECK(parse(whole) == OSC_OK);
	outer = sequence.mine.state;
	old = now = *sequence.rederived;
	now.current = now.pending;
	now.current.state.next += 2;
	now.pending.there = false;
	CHECK(osc_high_admit(&high, &outer, &now) == OSC_OK);
	CHECK(osc_high_admit(&high, &outer, &old) == OSC_EBACK);
	CHECK(osc_high_admit(&high, &outer, &now) == OSC_OK);
	CHECK(osc_high_inherit(&heir, &high) == OSC_OK);
	CHECK(osc_high_admit(&heir, &outer, &old) == OSC_EBACK);
	CHECK(osc_high_admit(&heir, &outer, &now) == OSC_OK);
	osc_high_free(&heir);
	osc_high_free(&high);
	/* Nor is it lower when it comes into use. */
	old.pending.state.next += 9;
	CHECK(osc_high_admit(&high, &outer, &old) == OSC_OK);
	CHECK(osc_high_admit(&high, &outer, &now) == OSC_EBACK);
	osc_high_free(&high);
	osc_sequence_free(&sequence);
}

static void
test_rederived_lose(void)
{
	start(OSC_DIALECT_PAIR, 32);
	CHECK(osc_sequence_rederive(&sequence) == OSC_OK);
	CHECK(parse(whole) == OSC_OK);
	osc_sequence_lose(&sequence);
	CHECK(sequence.mine.state.next == OSC_SEQ_MAX + 1);
	CHECK(!sequence.mine.state.window.known && osc_rederived_empty(sequence.rederived));
	osc_sequence_mark(&sequence, NULL);
	CHECK(formats_as("{\"next-to-send\": 1099511627776, \"received\": \"unknown\", "
			 "\"own-id_hex\": \"01\"}\n"));
	osc_sequence_free(&sequence);
}

/* Nor do keys that are pending, or a state of theirs, while those in use stay what they are. */
static void
test_rederived_high_pending_back(void)
{
	struct osc_high high = {0};
	struct osc_state outer;
	struct osc_rederived old, now;

	start(OSC_DIALECT_PAIR, 32);
	CHECK(osc_sequence_rederive(&sequence) == OSC_OK);
	CHECK(parse(whole) == OSC_OK);
	outer = sequence.mine.state;
	old = now = *sequence.rederived;
	now.pending.state.next += 2;
	CHECK(osc_high_admit(&high, &outer, &now) == OSC_OK);
	CHECK(osc_high_admit(&high, &outer, &old) == OSC_EBACK);
	now.pending.id[0]++;
	now.pending.state.next = 0;
	CHECK(osc_high_admit(&high, &outer, &now) == OSC_OK);
	old.pending.state.next = 100;
	CHECK(osc_high_admit(&high, &outer, &old) == OSC_EBACK);
	CHECK(osc_high_admit(&high, &outer, &now) == OSC_OK);
	osc_high_free(&high);
	osc_sequence_free(&sequence);
}

int
main(void)
{
	osc_secret_init();
	RUN(test_rederived_whole);
	RUN(test_rederived_parts);
	RUN(test_rederived_refused);
	RUN(test_rederived_follows);
	RUN(test_rederived_high);
	RUN(test_rederived_high_pending);
	RUN(test_rederived_high_pending_back);
	RUN(test_rederived_lose);
	return unit_end();
}
