/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "base/ascii.h"
#include "message/hex.h"

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

static int
digit(struct osc_slice hex, size_t at)
{
	return at < hex.len ? osc_hex_value(hex.ptr[at]) : -1;
}

enum osc_err
osc_hex_decode(uint8_t *out, size_t *out_len, struct osc_slice hex, struct osc_where *where)
{
	size_t at = 0, n = 0;
	int high, low;

	while (at < hex.len) {
		high = digit(hex, at);
		low = digit(hex, at + 1);
		if (high < 0 || low < 0) {
			if (is_separator(hex.ptr[at])) {
				at++;
				continue;
			}
			if (high == 0 && at + 1 < hex.len && (hex.ptr[at + 1] | 0x20) == 'x') {
				at += 2;
				high = digit(hex, at);
				low = digit(hex, at + 1);
			}
			if (high < 0 || low < 0)
				return fail(where, high < 0 ? at : at + 1);
		}
		out[n++] = (uint8_t)(high << 4 | low);
		at += 2;
	}
	*out_len = n;
	return OSC_OK;
}
