/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_MESSAGE_UTF8_H
#define OSC_MESSAGE_UTF8_H

#include "base/bytes.h"

/* osc_utf8_decode_long - of osc_utf8_decode, which sees to ASCII first */
size_t osc_utf8_decode_long(struct osc_slice text, uint32_t *point);

/*
 * osc_utf8_decode - the character that a text begins with
 *
 * Returns how many bytes it has; 0 if the text is empty or does not begin with
 * well-formed UTF-8 (RFC 3629: nothing overlong, no surrogates).
 */
static inline size_t
osc_utf8_decode(struct osc_slice text, uint32_t *point)
{
	if (text.len == 0 || text.ptr[0] >= 0x80)
		return osc_utf8_decode_long(text, point);
	*point = text.ptr[0];
	return 1;
}

/*
 * osc_utf8_is_clean - is this text that can be shown as it is?
 *
 * Well-formed UTF-8 without characters that change what people see: no
 * controls (C0 but for tab, newline and carriage return, DEL, C1), no
 * bidirectional controls, no line or paragraph separator. Empty text is clean.
 */
bool osc_utf8_is_clean(struct osc_slice text);

#endif
