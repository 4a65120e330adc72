/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_BASE_ASCII_H
#define OSC_BASE_ASCII_H

#include "base/bytes.h"

OSC_C_BEGIN

/* Characters of texts that are ASCII whatever the locale. Not for secrets. */

static inline bool
osc_is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static inline bool
osc_is_alpha(uint8_t c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

/* osc_hex_value - 0 to 15, or -1 */
static inline int
osc_hex_value(uint8_t c)
{
	if (osc_is_digit(c))
		return c - '0';
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 : -1;
}

static inline uint8_t
osc_lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

/* osc_same_word - is a text this word, in any case of letters? */
static inline bool
osc_same_word(struct osc_slice text, const char *word)
{
	size_t i = 0;

	while (i < text.len && word[i] != '\0' &&
	    (text.ptr[i] == (uint8_t)word[i] ||
		osc_lower(text.ptr[i]) == osc_lower((uint8_t)word[i])))
		i++;
	return i == text.len && word[i] == '\0';
}

/* osc_is_blank - white space of JSON (RFC 8259, 2) */
static inline bool
osc_is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

OSC_C_END

#endif
