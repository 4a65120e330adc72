/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "message/hex.h"

static int
digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static bool
is_separator(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == ':' || c == '-';
}

static enum osc_err
fail(struct osc_where *where, size_t at)
{
	if (where != NULL)
		where->offset = (uint32_t)at + 1;
	return OSC_EHEX;
}

enum osc_err
osc_hex_decode(uint8_t *out, size_t *out_len, struct osc_slice hex, struct osc_where *where)
{
	size_t at = 0, n = 0;
	int high, low;

	while (at < hex.len) {
		if (is_separator(hex.ptr[at])) {
			at++;
			continue;
		}
		if (hex.len - at >= 2 && hex.ptr[at] == '0' && (hex.ptr[at + 1] | 0x20) == 'x') {
			at += 2;
			if (at == hex.len || digit(hex.ptr[at]) < 0)
				return fail(where, at);
		}
		high = digit(hex.ptr[at]);
		if (high < 0)
			return fail(where, at);
		low = at + 1 < hex.len ? digit(hex.ptr[at + 1]) : -1;
		if (low < 0)
			return fail(where, at + 1);
		out[n++] = (uint8_t)(high << 4 | low);
		at += 2;
	}
	*out_len = n;
	return OSC_OK;
}

void
osc_hex_encode(char *out, struct osc_slice in)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < in.len; i++) {
		out[2 * i] = digits[in.ptr[i] >> 4];
		out[2 * i + 1] = digits[in.ptr[i] & 0x0f];
	}
}
