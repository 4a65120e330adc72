/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_BASE_BYTES_H
#define OSC_BASE_BYTES_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/error.h"

OSC_C_BEGIN

/*
 * Borrowed, constant bytes.
 *
 * A value that may be absent (kid, kid context, ID Context, Echo) is so if ptr is NULL; one
 * that is there but empty has another ptr, and len 0. Of a value that is always there ptr
 * may be NULL if len is 0.
 */
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

#define OSC_ABSENT osc_slice(NULL, 0)

/* osc_present - a value that is there, though it may be empty and ptr NULL then */
static inline struct osc_slice
osc_present(const uint8_t *ptr, size_t len)
{
	return osc_slice(ptr != NULL ? ptr : (const uint8_t *)"", len);
}

static inline bool
osc_is_present(struct osc_slice s)
{
	return s.ptr != NULL;
}

/* Not constant-time: for identifiers, never for keys or tags. */
static inline bool
osc_slice_equal(struct osc_slice a, struct osc_slice b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* osc_slice_same - likewise, but what is absent is the same as nothing that is there */
static inline bool
osc_slice_same(struct osc_slice a, struct osc_slice b)
{
	return osc_is_present(a) == osc_is_present(b) && osc_slice_equal(a, b);
}

/* memcpy that allows NULL with length 0. */
static inline void
osc_copy(uint8_t *to, const uint8_t *from, size_t len)
{
	if (len > 0)
		memcpy(to, from, len);
}

/* osc_load64, osc_store64 - eight bytes as a number, the first one being the lowest */
OSC_INLINE uint64_t
osc_load64(const uint8_t *from)
{
	uint64_t number;

	memcpy(&number, from, sizeof(number));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	number = __builtin_bswap64(number);
#endif
	return number;
}

OSC_INLINE void
osc_store64(uint8_t *to, uint64_t number)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	number = __builtin_bswap64(number);
#endif
	memcpy(to, &number, sizeof(number));
}

OSC_INLINE uint32_t
osc_load32(const uint8_t *from)
{
	uint32_t number;

	memcpy(&number, from, sizeof(number));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	number = __builtin_bswap32(number);
#endif
	return number;
}

OSC_INLINE void
osc_store32(uint8_t *to, uint32_t number)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	number = __builtin_bswap32(number);
#endif
	memcpy(to, &number, sizeof(number));
}

/* osc_load_short - up to eight bytes, with zeros behind them; none behind is read */
OSC_INLINE uint64_t
osc_load_short(const uint8_t *from, size_t len)
{
	if (len >= 8)
		return osc_load64(from);
	if (len >= 4)
		return osc_load32(from) | (uint64_t)osc_load32(from + len - 4) << 8 * (len - 4);
	if (len == 0)
		return 0;
	return from[0] | (uint64_t)from[len / 2] << 8 * (len / 2) |
	    (uint64_t)from[len - 1] << 8 * (len - 1);
}

/* osc_store_short - the lowest bytes of a number, up to eight; none behind is written */
OSC_INLINE void
osc_store_short(uint8_t *to, uint64_t number, size_t len)
{
	if (len >= 8) {
		osc_store64(to, number);
	} else if (len >= 4) {
		osc_store32(to, (uint32_t)number);
		osc_store32(to + len - 4, (uint32_t)(number >> 8 * (len - 4)));
	} else if (len > 0) {
		to[0] = (uint8_t)number;
		to[len / 2] = (uint8_t)(number >> 8 * (len / 2));
		to[len - 1] = (uint8_t)(number >> 8 * (len - 1));
	}
}

/* osc_copy_few - as osc_copy, for what has rarely more than 16 bytes; they do not overlap */
OSC_INLINE void
osc_copy_few(uint8_t *to, const uint8_t *from, size_t len)
{
	uint64_t first, last;

	if (len > 16) {
		memcpy(to, from, len);
	} else if (len > 8) {
		first = osc_load64(from);
		last = osc_load64(from + len - 8);
		osc_store64(to, first);
		osc_store64(to + len - 8, last);
	} else {
		osc_store_short(to, osc_load_short(from, len), len);
	}
}

/* A growing buffer; all zero is empty. Append to it; or write behind len, into what was
 * reserved, and raise len. */
struct osc_buffer {
	uint8_t *ptr;
	size_t len;
	size_t cap;
	size_t high; /* no byte from here on was ever reserved: what has to be wiped */
	bool full;   /* there was no memory for something: the contents have a gap */
};

/* osc_buffer_grow - of osc_buffer_reserve, which looks whether there is room first */
uint8_t *osc_buffer_grow(struct osc_buffer *buffer, size_t more);

/*
 * osc_buffer_reserve - make room for `more` bytes behind len
 *
 * Grows by doubling and never shrinks; old contents are wiped. Pointers into the
 * buffer are void afterwards. Returns the place to write to, NULL if there is no
 * memory (the buffer is `full`, and otherwise unchanged).
 */
static inline uint8_t *
osc_buffer_reserve(struct osc_buffer *buffer, size_t more)
{
	if (buffer->ptr == NULL || more > buffer->cap - buffer->len)
		return osc_buffer_grow(buffer, more);
	if (buffer->high < buffer->len + more)
		buffer->high = buffer->len + more;
	return buffer->ptr + buffer->len;
}

/*
 * osc_buffer_start - give an empty buffer room for cap bytes, at least 1, and for no more: it
 * would begin with a page. One that has room stays as it is. False if there is no memory; it
 * is `full` then.
 */
bool osc_buffer_start(struct osc_buffer *buffer, size_t cap);

/*
 * osc_buffer_put, osc_buffer_text, osc_buffer_hex, osc_buffer_number, osc_buffer_print - append
 * bytes, a text, bytes as osc_hex_encode writes them, decimal digits, what printf would write
 *
 * What there is no memory for is left out: look at `full` once, at the end. Where every run of
 * a program comes by, not printf: it takes longer than all else that is done to write a state.
 */
void osc_buffer_put(struct osc_buffer *buffer, struct osc_slice bytes);
void osc_buffer_hex(struct osc_buffer *buffer, struct osc_slice bytes);
void osc_buffer_number(struct osc_buffer *buffer, uint64_t number);
void osc_buffer_print(struct osc_buffer *buffer, const char *fmt, ...) OSC_PRINTF(2, 3);
void osc_buffer_vprint(struct osc_buffer *buffer, const char *fmt, va_list args) OSC_PRINTF(2, 0);

static inline void
osc_buffer_text(struct osc_buffer *buffer, const char *text)
{
	osc_buffer_put(buffer, osc_slice((const uint8_t *)text, strlen(text)));
}

/* osc_buffer_slice - the contents; void when the buffer grows */
static inline struct osc_slice
osc_buffer_slice(const struct osc_buffer *buffer)
{
	return osc_slice(buffer->ptr, buffer->len);
}

/* osc_buffer_cut - keep the first len bytes, which have no gap; len is not above
 * buffer->len */
void osc_buffer_cut(struct osc_buffer *buffer, size_t len);

/* osc_buffer_free - wipe, free and empty */
void osc_buffer_free(struct osc_buffer *buffer);

/* osc_duplicate - a copy of len bytes, at least one, for free(); NULL: no memory */
void *osc_duplicate(const void *from, size_t len);

/*
 * osc_hex_encode - bytes as hex: lower case, no separators, no NUL
 *
 * out  2 * in.len bytes; not the place of the bytes
 *
 * Without branches and table look-ups: the bytes may be a secret.
 */
void osc_hex_encode(char *out, struct osc_slice in);

OSC_C_END

#endif
