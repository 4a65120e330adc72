/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_CORE_WINDOW_H
#define OSC_CORE_WINDOW_H

#include "core/oscore.h"

OSC_C_BEGIN

#define OSC_WINDOW_DEFAULT 32 /* numbers (3.2.2) */
#define OSC_WINDOW_MAX 4096   /* numbers in the largest window */
#define OSC_WINDOW_WORDS (OSC_WINDOW_MAX / 64)

/*
 * The replay window of a Recipient Context (7.4), and beside each number
 * whether a response to it went out: that decides if the next response may use
 * the nonce of the request (5.2, 8.3).
 *
 * Bit k, 0 <= k < size, stands for the number index + k. All numbers below
 * index count as seen, and as answered.
 */
struct osc_window {
	bool known;     /* false: the window is lost (7.5), every number is suspect */
	uint32_t size;  /* numbers, 1..OSC_WINDOW_MAX */
	uint64_t index; /* 0..OSC_SEQ_MAX + 1 */
	uint64_t seen[OSC_WINDOW_WORDS];
	uint64_t answered[OSC_WINDOW_WORDS]; /* a subset of seen */
};

/*
 * osc_window_init - an empty window in which all numbers below index are seen
 *
 * size  1..OSC_WINDOW_MAX
 */
void osc_window_init(struct osc_window *window, uint32_t size, uint64_t index);

/* osc_window_lose - forget everything: nothing is accepted any more (7.5) */
void osc_window_lose(struct osc_window *window);

/*
 * osc_window_check - could a message with this sequence number be new? (7.4)
 *
 * seq  the Partial IV as a number, 0..OSC_SEQ_MAX
 *
 * Returns OSC_OK, OSC_EREPLAY if seq was accepted before or lies below the
 * window, or OSC_EWINDOWLOST. Changes nothing: only a verified tag may change
 * a window.
 */
enum osc_err osc_window_check(const struct osc_window *window, uint64_t seq);

/*
 * osc_window_commit - validate again and strike the number out (7.4)
 *
 * To be called as soon as the tag has verified. Returns what osc_window_check
 * would, and changes the window only with OSC_OK. A number above the window
 * moves it up.
 */
enum osc_err osc_window_commit(struct osc_window *window, uint64_t seq);

/*
 * osc_window_unanswered - may a response to request seq use the request's nonce?
 *
 * True only if the request was accepted, is still in the window, and no
 * response to it went out before (5.2, 8.3). A response that may not gets a
 * Partial IV of its own.
 */
bool osc_window_unanswered(const struct osc_window *window, uint64_t seq);

/*
 * osc_window_answer - note that a response to request seq goes out
 *
 * Every response is noted, also one with its own Partial IV. Nothing happens
 * for a request that the window does not hold.
 */
void osc_window_answer(struct osc_window *window, uint64_t seq);

/*
 * osc_window_set - mark number index + k while a window is read from a file
 *
 * k  any: a bit beyond the size raises the index until it fits, and a number
 *    that was seen never becomes valid again. Call it with rising k.
 *
 * first is the index that k counts from, since window->index may have moved.
 */
void osc_window_set(struct osc_window *window, uint64_t first, uint64_t k);

/* osc_window_seen, osc_window_answered - the bit of index + k; false for k >= size */
bool osc_window_seen(const struct osc_window *window, uint32_t k);
bool osc_window_answered(const struct osc_window *window, uint32_t k);

/* osc_window_end - the number above the highest one that was seen; 0: none was. Of a window
 * that is known. */
uint64_t osc_window_end(const struct osc_window *window);

/* osc_window_mark - set the answered bit of index + k if its seen bit is set */
void osc_window_mark(struct osc_window *window, uint32_t k);

OSC_C_END

#endif
