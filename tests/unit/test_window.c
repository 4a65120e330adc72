/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "core/window.h"
#include "helper.h"

/*
 * The oracle remembers every number it has seen, in a hash set, and knows the
 * window only as "below highest - size + 1 nothing is new".
 */
#define SLOTS ((size_t)1 << 16)

struct oracle {
	uint64_t keys[SLOTS]; /* number + 1; 0: free */
	bool answered[SLOTS];
	uint64_t *order; /* all numbers in the order of their arrival */
	size_t n;
	uint64_t floor;
	uint32_t size;
};

static struct oracle oracle;
static uint64_t order[SLOTS];

static void
oracle_start(uint32_t size, uint64_t floor)
{
	memset(&oracle, 0, sizeof(oracle));
	oracle.order = order;
	oracle.size = size;
	oracle.floor = floor;
}

static size_t
slot_of(uint64_t seq)
{
	size_t slot = (size_t)(seq * UINT64_C(0x9e3779b97f4a7c15) >> 40) % SLOTS;

	while (oracle.keys[slot] != 0 && oracle.keys[slot] != seq + 1)
		slot = (slot + 1) % SLOTS;
	return slot;
}

static bool
was_seen(uint64_t seq)
{
	return oracle.keys[slot_of(seq)] != 0;
}

static bool
is_new(uint64_t seq)
{
	return seq >= oracle.floor && !was_seen(seq);
}

static void
remember(uint64_t seq)
{
	size_t slot = slot_of(seq);

	oracle.keys[slot] = seq + 1;
	oracle.answered[slot] = false;
	oracle.order[oracle.n++] = seq;
	if (seq + 1 > oracle.size && seq + 1 - oracle.size > oracle.floor)
		oracle.floor = seq + 1 - oracle.size;
}

static bool
may_use_nonce(uint64_t seq)
{
	return seq >= oracle.floor && was_seen(seq) && !oracle.answered[slot_of(seq)];
}

/* A number for the next step, seen from the highest so far: near, at the edges of
 * the window and of the words, far, and again. */
static uint64_t
next_number(uint64_t highest, uint32_t size)
{
	static const uint64_t jumps[] = {0, 1, 1, 1, 2, 63, 64, 65, 127, 128, 129};
	uint64_t seq, back = chance(2 * (uint64_t)size + 2);

	switch (chance(12)) {
	case 0:
		seq = highest + size - 1;
		break;
	case 1:
		seq = highest + size;
		break;
	case 2:
		seq = highest + size + 1;
		break;
	case 3:
		seq = chance(64) == 0 ? highest + (UINT64_C(1) << 32) : highest + 1;
		break;
	case 4:
	case 5:
	case 6:
		seq = highest + jumps[chance(sizeof(jumps) / sizeof(jumps[0]))];
		break;
	case 7:
		seq = oracle.n > 0 ? oracle.order[chance(oracle.n)] : 0;
		break;
	default:
		seq = highest > back ? highest - back : back;
		break;
	}
	return seq > OSC_SEQ_MAX ? OSC_SEQ_MAX - chance(size + 1U) : seq;
}

static void
compare_bits(const struct osc_window *window)
{
	for (uint32_t k = 0; k < window->size; k++) {
		uint64_t seq = window->index + k;

		CHECK(osc_window_seen(window, k) == was_seen(seq));
		CHECK(osc_window_answered(window, k) ==
		    (was_seen(seq) && oracle.answered[slot_of(seq)]));
	}
	CHECK(!osc_window_seen(window, window->size));
	CHECK(!osc_window_answered(window, window->size));
	CHECK(!osc_window_seen(window, UINT32_MAX));
}

static void
walk(uint32_t size, uint64_t start, size_t steps)
{
	struct osc_window window, before;
	uint64_t highest = start, seq;
	enum osc_err want;

	osc_window_init(&window, size, start);
	oracle_start(size, start);
	for (size_t step = 0; step < steps; step++) {
		seq = next_number(highest, size);
		want = is_new(seq) ? OSC_OK : OSC_EREPLAY;
		before = window;
		CHECK(osc_window_check(&window, seq) == want);
		CHECK(memcmp(&before, &window, sizeof(window)) == 0);
		if (chance(8) == 0)
			continue;
		CHECK(osc_window_commit(&window, seq) == want);
		if (want == OSC_OK)
			remember(seq);
		else
			CHECK(memcmp(&before, &window, sizeof(window)) == 0);
		CHECK(osc_window_check(&window, seq) == OSC_EREPLAY);
		highest = seq > highest ? seq : highest;

		seq = chance(3) == 0 ? next_number(highest, size) : seq;
		CHECK(osc_window_unanswered(&window, seq) == may_use_nonce(seq));
		if (chance(2) == 0) {
			osc_window_answer(&window, seq);
			if (was_seen(seq))
				oracle.answered[slot_of(seq)] = true;
			CHECK(!osc_window_unanswered(&window, seq));
		}
		if (step % 512 == 0)
			compare_bits(&window);
	}
	compare_bits(&window);
	for (size_t i = 0; i < oracle.n; i++)
		CHECK(osc_window_check(&window, oracle.order[i]) == OSC_EREPLAY);
}

static void
test_window_walks(void)
{
	static const uint32_t sizes[] = {
	    1, 2, 8, 31, 32, 33, 63, 64, 65, 127, 128, 1000, 4095, 4096};
	static const uint64_t starts[] = {0, 1, 100, UINT64_C(1) << 32, OSC_SEQ_MAX - 20000};

	chance_start(4);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		for (size_t k = 0; k < sizeof(starts) / sizeof(starts[0]); k++)
			walk(sizes[i], starts[k], 4000);
}

static void
test_window_first_numbers(void)
{
	struct osc_window window;

	osc_window_init(&window, OSC_WINDOW_DEFAULT, 0);
	CHECK(window.known && window.size == 32 && window.index == 0);
	CHECK(osc_window_commit(&window, 0) == OSC_OK);
	CHECK(osc_window_commit(&window, 0) == OSC_EREPLAY);
	CHECK(osc_window_commit(&window, 31) == OSC_OK && window.index == 0);
	CHECK(osc_window_commit(&window, 32) == OSC_OK && window.index == 1);
	CHECK(osc_window_commit(&window, 1) == OSC_OK);
	CHECK(osc_window_commit(&window, 0) == OSC_EREPLAY);
	CHECK(osc_window_commit(&window, 20) == OSC_OK);
	CHECK(osc_window_commit(&window, 15) == OSC_OK);
	CHECK(osc_window_commit(&window, 20) == OSC_EREPLAY);
}

static void
test_window_last_numbers(void)
{
	struct osc_window window;

	osc_window_init(&window, 1, 0);
	CHECK(osc_window_commit(&window, OSC_SEQ_MAX) == OSC_OK && window.index == OSC_SEQ_MAX);
	CHECK(osc_window_commit(&window, OSC_SEQ_MAX) == OSC_EREPLAY);
	CHECK(osc_window_commit(&window, OSC_SEQ_MAX - 1) == OSC_EREPLAY);

	osc_window_init(&window, OSC_WINDOW_MAX, OSC_SEQ_MAX + 1);
	CHECK(osc_window_check(&window, OSC_SEQ_MAX) == OSC_EREPLAY);
	CHECK(osc_window_check(&window, 0) == OSC_EREPLAY);
	CHECK(!osc_window_unanswered(&window, OSC_SEQ_MAX));
}

static void
test_window_lost(void)
{
	struct osc_window window;

	osc_window_init(&window, 64, 5);
	CHECK(osc_window_commit(&window, 7) == OSC_OK);
	osc_window_lose(&window);
	CHECK(!window.known && window.size == 64);
	for (uint64_t seq = 0; seq < 100; seq++) {
		CHECK(osc_window_check(&window, seq) == OSC_EWINDOWLOST);
		CHECK(osc_window_commit(&window, seq) == OSC_EWINDOWLOST);
		CHECK(!osc_window_unanswered(&window, seq));
		osc_window_answer(&window, seq);
	}
	for (uint32_t k = 0; k < 64; k++)
		CHECK(!osc_window_seen(&window, k) && !osc_window_answered(&window, k));
	CHECK(osc_window_check(&window, OSC_SEQ_MAX) == OSC_EWINDOWLOST);
}

/* The nonce of a request is free once: after it was accepted, before an answer, and while
 * the window holds it (5.2, 8.3). */
static void
test_window_answers(void)
{
	struct osc_window window;

	osc_window_init(&window, 8, 0);
	CHECK(!osc_window_unanswered(&window, 3));
	osc_window_answer(&window, 3);
	CHECK(osc_window_commit(&window, 3) == OSC_OK);
	CHECK(osc_window_unanswered(&window, 3));
	osc_window_answer(&window, 3);
	CHECK(!osc_window_unanswered(&window, 3));
	CHECK(osc_window_answered(&window, 3) && osc_window_seen(&window, 3));

	CHECK(osc_window_commit(&window, 5) == OSC_OK);
	CHECK(osc_window_commit(&window, 12) == OSC_OK && window.index == 5);
	CHECK(osc_window_unanswered(&window, 5) && osc_window_unanswered(&window, 12));
	CHECK(osc_window_commit(&window, 13) == OSC_OK && window.index == 6);
	CHECK(!osc_window_unanswered(&window, 5));
	osc_window_answer(&window, 5);
	CHECK(!osc_window_unanswered(&window, 6) && !osc_window_unanswered(&window, 14));
	CHECK(osc_window_unanswered(&window, 12) && osc_window_unanswered(&window, 13));
}

/* A window read from a file: bits by osc_window_set, with rising k. What was set is never new,
 * whatever the size is; the highest bit is the end of the window; the size does not change. */
static void
test_window_set(void)
{
	static const uint32_t sizes[] = {1, 2, 31, 32, 33, 64, 65, 4096};
	static uint64_t bits[400];
	struct osc_window window;
	uint64_t first, k, last;
	size_t n;

	chance_start(5);
	for (int round = 0; round < 600; round++) {
		uint32_t size = sizes[chance(8)];

		first = chance(4) == 0 ? UINT64_C(1) << 39 : chance(1000);
		osc_window_init(&window, size, first);
		n = 0;
		for (k = chance(3); n < 400; k += 1 + chance(1 + 3 * (uint64_t)size / 8)) {
			bits[n++] = k;
			osc_window_set(&window, first, k);
		}
		last = first + bits[n - 1];
		CHECK(window.size == size && window.known);
		CHECK(window.index == (last >= first + size ? last - size + 1 : first));
		for (size_t i = 0; i < n; i++)
			CHECK(osc_window_check(&window, first + bits[i]) == OSC_EREPLAY);
		for (uint32_t i = 0, b = 0; i < size; i++) {
			while (b < n && first + bits[b] < window.index + i)
				b++;
			CHECK(osc_window_seen(&window, i) ==
			    (b < n && first + bits[b] == window.index + i));
		}
		CHECK(osc_window_check(&window, last + 1) == OSC_OK);
		CHECK(first == 0 || osc_window_check(&window, first - 1) == OSC_EREPLAY);
	}
}

/* The answered bits of a file: only where a bit of the window is. */
static void
test_window_mark(void)
{
	struct osc_window window;

	osc_window_init(&window, 32, 100);
	osc_window_set(&window, 100, 0);
	osc_window_set(&window, 100, 31);
	osc_window_mark(&window, 0);
	osc_window_mark(&window, 1);
	osc_window_mark(&window, 32);
	osc_window_mark(&window, UINT32_MAX);
	CHECK(osc_window_answered(&window, 0) && !osc_window_unanswered(&window, 100));
	CHECK(!osc_window_answered(&window, 1) && !osc_window_answered(&window, 32));
	CHECK(osc_window_unanswered(&window, 131) && !osc_window_answered(&window, 31));
	/* Number 101 was marked without having been seen: that must leave no trace. */
	CHECK(osc_window_commit(&window, 101) == OSC_OK && osc_window_unanswered(&window, 101));
}

int
main(void)
{
	RUN(test_window_first_numbers);
	RUN(test_window_last_numbers);
	RUN(test_window_lost);
	RUN(test_window_answers);
	RUN(test_window_set);
	RUN(test_window_mark);
	RUN(test_window_walks);
	return unit_end();
}
