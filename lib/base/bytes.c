/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "base/secret.h"

#define FIRST_CAPACITY 4096

void
osc_buffer_cut(struct osc_buffer *buffer, size_t len)
{
	buffer->len = len;
	buffer->full = false;
}

uint8_t *
osc_buffer_grow(struct osc_buffer *buffer, size_t more)
{
	size_t cap = buffer->cap > 0 ? buffer->cap : FIRST_CAPACITY;
	uint8_t *ptr = NULL;

	assert(buffer->ptr != NULL || buffer->len == 0);
	if (more <= SIZE_MAX / 2 - buffer->len) {
		while (cap < buffer->len + more)
			cap *= 2;
		/* Not realloc: it would leave a copy of the old contents behind. */
		ptr = malloc(cap);
	}
	if (ptr == NULL) {
		buffer->full = true;
		return NULL;
	}
	osc_copy(ptr, buffer->ptr, buffer->len);
	osc_wipe(buffer->ptr, buffer->high);
	free(buffer->ptr);
	buffer->ptr = ptr;
	buffer->cap = cap;
	buffer->high = buffer->len + more;
	return buffer->ptr + buffer->len;
}

bool
osc_buffer_start(struct osc_buffer *buffer, size_t cap)
{
	if (buffer->ptr != NULL)
		return true;
	buffer->ptr = malloc(cap);
	buffer->full = buffer->ptr == NULL;
	buffer->cap = buffer->full ? 0 : cap;
	return !buffer->full;
}

void
osc_buffer_put(struct osc_buffer *buffer, struct osc_slice bytes)
{
	uint8_t *to = osc_buffer_reserve(buffer, bytes.len);

	if (to == NULL)
		return;
	osc_copy(to, bytes.ptr, bytes.len);
	buffer->len += bytes.len;
}

void
osc_buffer_hex(struct osc_buffer *buffer, struct osc_slice bytes)
{
	uint8_t *to = osc_buffer_reserve(buffer, 2 * bytes.len);

	if (to == NULL)
		return;
	osc_hex_encode((char *)to, bytes);
	buffer->len += 2 * bytes.len;
}

void
osc_buffer_number(struct osc_buffer *buffer, uint64_t number)
{
	uint8_t digits[20], *first = digits + sizeof(digits);

	do
		*--first = (uint8_t)('0' + number % 10);
	while ((number /= 10) > 0);
	osc_buffer_put(buffer, osc_slice(first, (size_t)(digits + sizeof(digits) - first)));
}

void
osc_buffer_vprint(struct osc_buffer *buffer, const char *fmt, va_list args)
{
	va_list again;
	uint8_t *to;
	int len;

	va_copy(again, args);
	len = vsnprintf(NULL, 0, fmt, args);
	/* One byte more: vsnprintf ends with a NUL that is not part of the text. */
	to = osc_buffer_reserve(buffer, len < 0 ? SIZE_MAX : (size_t)len + 1);
	if (to != NULL) {
		(void)vsnprintf((char *)to, (size_t)len + 1, fmt, again);
		buffer->len += (size_t)len;
	}
	va_end(again);
}

void
osc_buffer_print(struct osc_buffer *buffer, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	osc_buffer_vprint(buffer, fmt, args);
	va_end(args);
}

void
osc_buffer_free(struct osc_buffer *buffer)
{
	osc_wipe(buffer->ptr, buffer->high);
	free(buffer->ptr);
	memset(buffer, 0, sizeof(*buffer));
}

void *
osc_duplicate(const void *from, size_t len)
{
	void *copy = malloc(len);

	if (copy != NULL)
		memcpy(copy, from, len);
	return copy;
}

/* Both digits of a byte at once: 6 added to one above 9 carries out of its four bits. */
void
osc_hex_encode(char *out, struct osc_slice in)
{
	unsigned byte, pair;

	for (size_t i = 0; i < in.len; i++) {
		byte = in.ptr[i];
		pair = (byte >> 4 | byte << 8) & 0x0f0f;
		pair += 0x3030 + ((pair + 0x0606) >> 4 & 0x0101) * ('a' - '0' - 10);
		*out++ = (char)pair;
		*out++ = (char)(pair >> 8);
	}
}
