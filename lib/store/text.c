/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <stdarg.h>
#include <stdio.h>

#include "store/text.h"

void
osc_text_put(struct osc_text *text, const char *fmt, ...)
{
	va_list args, again;
	uint8_t *to;
	int len;

	va_start(args, fmt);
	va_copy(again, args);
	len = vsnprintf(NULL, 0, fmt, args);
	/* One byte more: vsnprintf ends with a NUL that is not part of the text. */
	to = len < 0 || text->full ? NULL : osc_buffer_reserve(&text->buffer, (size_t)len + 1);
	if (to == NULL)
		text->full = true;
	else {
		(void)vsnprintf((char *)to, (size_t)len + 1, fmt, again);
		text->buffer.len += (size_t)len;
	}
	va_end(again);
	va_end(args);
}

/* 0-9 and a-f by arithmetic: the bytes may be a secret. */
static uint8_t
hex_digit(unsigned nibble)
{
	return (uint8_t)('0' + nibble + (((9U - nibble) >> 8) & ('a' - '0' - 10)));
}

void
osc_text_hex(struct osc_text *text, struct osc_slice bytes)
{
	uint8_t *to = text->full ? NULL : osc_buffer_reserve(&text->buffer, 2 * bytes.len + 1);

	if (to == NULL) {
		text->full = true;
		return;
	}
	for (size_t i = 0; i < bytes.len; i++) {
		*to++ = hex_digit(bytes.ptr[i] >> 4);
		*to++ = hex_digit(bytes.ptr[i] & 0x0f);
	}
	text->buffer.len += 2 * bytes.len;
}

struct osc_slice
osc_text_slice(const struct osc_text *text)
{
	return osc_slice(text->buffer.ptr, text->buffer.len);
}

void
osc_text_free(struct osc_text *text)
{
	osc_buffer_free(&text->buffer);
	text->full = false;
}
