/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "core/window.h"

static bool
bit_get(const uint64_t *words, uint64_t k)
{
	return (words[k / 64] >> (k % 64) & 1) != 0;
}

static void
bit_set(uint64_t *words, uint64_t k)
{
	words[k / 64] |= UINT64_C(1) << (k % 64);
}

/* Shift the first n words towards bit 0. A shift of a word by its whole width is undefined in
 * C, so words and bits are moved apart. */
static void
bits_shift(uint64_t *words, uint64_t n, uint64_t by)
{
	uint64_t skip = by / 64, bits = by % 64, i;

	for (i = 0; i + skip < n; i++) {
		words[i] = words[i + skip] >> bits;
		if (bits > 0 && i + skip + 1 < n)
			words[i] |= words[i + skip + 1] << (64 - bits);
	}
	for (; i < n; i++)
		words[i] = 0;
}

/* Move the window up until bit k is its last one; returns where bit k is then. */
static uint64_t
make_room(struct osc_window *window, uint64_t k)
{
	uint64_t by, words;

	if (k < window->size)
		return k;
	by = k - window->size + 1;
	/* No bit beyond the size is ever set. */
	words = (window->size + 63) / 64;
	bits_shift(window->seen, words, by);
	bits_shift(window->answered, words, by);
	window->index += by;
	return k - by;
}

void
osc_window_init(struct osc_window *window, uint32_t size, uint64_t index)
{
	memset(window, 0, sizeof(*window));
	window->known = true;
	window->size = size;
	window->index = index;
}

void
osc_window_lose(struct osc_window *window)
{
	osc_window_init(window, window->size, 0);
	window->known = false;
}

enum osc_err
osc_window_check(const struct osc_window *window, uint64_t seq)
{
	if (!window->known)
		return OSC_EWINDOWLOST;
	if (seq < window->index)
		return OSC_EREPLAY;
	if (seq - window->index < window->size && bit_get(window->seen, seq - window->index))
		return OSC_EREPLAY;
	return OSC_OK;
}

enum osc_err
osc_window_commit(struct osc_window *window, uint64_t seq)
{
	enum osc_err err = osc_window_check(window, seq);

	if (err == OSC_OK)
		bit_set(window->seen, make_room(window, seq - window->index));
	return err;
}

/* Is the request in the window and accepted? */
static bool
holds(const struct osc_window *window, uint64_t seq)
{
	return window->known && seq >= window->index && seq - window->index < window->size &&
	    bit_get(window->seen, seq - window->index);
}

bool
osc_window_unanswered(const struct osc_window *window, uint64_t seq)
{
	return holds(window, seq) && !bit_get(window->answered, seq - window->index);
}

void
osc_window_answer(struct osc_window *window, uint64_t seq)
{
	if (holds(window, seq))
		bit_set(window->answered, seq - window->index);
}

void
osc_window_set(struct osc_window *window, uint64_t first, uint64_t k)
{
	uint64_t seq = first + k;

	/* What has fallen out below counts as seen already. */
	if (seq >= window->index)
		bit_set(window->seen, make_room(window, seq - window->index));
}

bool
osc_window_seen(const struct osc_window *window, uint32_t k)
{
	return k < window->size && bit_get(window->seen, k);
}

bool
osc_window_answered(const struct osc_window *window, uint32_t k)
{
	return k < window->size && bit_get(window->answered, k);
}

void
osc_window_mark(struct osc_window *window, uint32_t k)
{
	if (osc_window_seen(window, k))
		bit_set(window->answered, k);
}

uint64_t
osc_window_end(const struct osc_window *window)
{
	uint32_t k = window->size;

	while (k > 0 && !osc_window_seen(window, k - 1))
		k--;
	return window->index + k;
}
