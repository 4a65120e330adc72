/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "message/utf8.h"

/* The bytes that follow the first one, and the smallest character that needs them. */
static size_t
lead(uint8_t c, uint32_t *point, uint32_t *least)
{
	if (c >= 0xc2 && c <= 0xdf) {
		*point = c & 0x1f;
		*least = 0x80;
		return 1;
	}
	if (c >= 0xe0 && c <= 0xef) {
		*point = c & 0x0f;
		*least = 0x800;
		return 2;
	}
	if (c >= 0xf0 && c <= 0xf4) {
		*point = c & 0x07;
		*least = 0x10000;
		return 3;
	}
	return SIZE_MAX;
}

size_t
osc_utf8_decode_long(struct osc_slice text, uint32_t *point)
{
	uint32_t least;
	size_t more;

	if (text.len == 0)
		return 0;
	more = lead(text.ptr[0], point, &least);
	if (more >= text.len)
		return 0;
	for (size_t i = 1; i <= more; i++) {
		if ((text.ptr[i] & 0xc0) != 0x80)
			return 0;
		*point = *point << 6 | (text.ptr[i] & 0x3f);
	}
	if (*point < least || *point > 0x10ffff || (*point >= 0xd800 && *point <= 0xdfff))
		return 0;
	return more + 1;
}

static bool
is_shown(uint32_t point)
{
	if (point >= 0x20 && point < 0x7f)
		return true;
	if (point < 0x20)
		return point == '\t' || point == '\n' || point == '\r';
	if (point >= 0x7f && point <= 0x9f)
		return false;
	/* Unicode's Bidi_Control, and the two separators. */
	return point != 0x061c && point != 0x200e && point != 0x200f &&
	    !(point >= 0x2028 && point <= 0x202e) && !(point >= 0x2066 && point <= 0x2069);
}

bool
osc_utf8_is_clean(struct osc_slice text)
{
	uint32_t point;
	size_t n;

	while (text.len > 0) {
		n = osc_utf8_decode(text, &point);
		if (n == 0 || !is_shown(point))
			return false;
		text.ptr += n;
		text.len -= n;
	}
	return true;
}
