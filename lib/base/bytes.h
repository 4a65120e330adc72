/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_BASE_BYTES_H
#define OSC_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Borrowed, constant bytes. ptr may be NULL if len is 0. */
struct osc_slice {
	const uint8_t *ptr;
	size_t len;
};

static inline struct osc_slice
osc_slice(const uint8_t *ptr, size_t len)
{
	struct osc_slice s = {ptr, len};

	return s;
}

/* Not constant-time: for identifiers, never for keys or tags. */
static inline bool
osc_slice_equal(struct osc_slice a, struct osc_slice b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* memcpy that allows NULL with length 0. */
static inline void
osc_copy(uint8_t *to, const uint8_t *from, size_t len)
{
	if (len > 0)
		memcpy(to, from, len);
}

/* A growing buffer; all zero is empty. Write behind len, into what was reserved, and
 * raise len. */
struct osc_buffer {
	uint8_t *ptr;
	size_t len;
	size_t cap;
	size_t high; /* no byte from here on was ever reserved: what has to be wiped */
};

/*
 * osc_buffer_reserve - make room for `more` bytes behind len
 *
 * Grows by doubling and never shrinks; old contents are wiped. Pointers into the
 * buffer are void afterwards. Returns the place to write to, NULL if there is no
 * memory (the buffer is unchanged).
 */
uint8_t *osc_buffer_reserve(struct osc_buffer *buffer, size_t more);

/* osc_buffer_cut - keep the first len bytes; len is not above buffer->len */
void osc_buffer_cut(struct osc_buffer *buffer, size_t len);

/* osc_buffer_free - wipe, free and empty */
void osc_buffer_free(struct osc_buffer *buffer);

#endif
