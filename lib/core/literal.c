/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "base/ascii.h"
#include "core/literal.h"

#define GROUPS 8 /* of 16 bits */

/* Four numbers from 0 to 255 without leading zeros, to the end of the text. */
static bool
is_ipv4(struct osc_slice text)
{
	size_t i = 0, digits;
	unsigned number;

	for (int part = 0; part < 4; part++) {
		if (part > 0 && (i == text.len || text.ptr[i++] != '.'))
			return false;
		number = 0;
		for (digits = 0; digits < 3 && i < text.len && osc_is_digit(text.ptr[i]); digits++)
			number = number * 10 + (unsigned)(text.ptr[i++] - '0');
		if (digits == 0 || number > 255 || (digits > 1 && text.ptr[i - digits] == '0'))
			return false;
	}
	return i == text.len;
}

/* Groups with colons between them; "::" once stands for one or more of zero. */
static bool
is_ipv6(struct osc_slice text)
{
	size_t i = 0, from;
	unsigned groups = 0;
	bool gap = false;

	while (i < text.len) {
		if (text.len - i >= 2 && text.ptr[i] == ':' && text.ptr[i + 1] == ':' && !gap) {
			gap = true;
			i += 2;
			continue;
		}
		/* Behind a group, but not behind the gap, a colon comes first. */
		if (groups > 0 && text.ptr[i - 1] != ':' && text.ptr[i++] != ':')
			return false;
		from = i;
		while (i < text.len && osc_hex_value(text.ptr[i]) >= 0)
			i++;
		if (i < text.len && text.ptr[i] == '.') {
			groups += 2;
			return is_ipv4(osc_slice(text.ptr + from, text.len - from)) &&
			    (gap ? groups < GROUPS : groups == GROUPS);
		}
		if (i == from || i - from > 4)
			return false;
		groups++;
	}
	return gap ? groups < GROUPS : groups == GROUPS;
}

/* "v", hex digits, a dot, and more than nothing. */
static bool
is_future(struct osc_slice text)
{
	size_t i = 1;

	while (i < text.len && osc_hex_value(text.ptr[i]) >= 0)
		i++;
	if (i == 1 || text.len - i < 2 || text.ptr[i] != '.')
		return false;
	for (i++; i < text.len; i++)
		if (osc_hex_value(text.ptr[i]) < 0 &&
		    ((text.ptr[i] | 0x20) < 'a' || (text.ptr[i] | 0x20) > 'z') &&
		    (text.ptr[i] == '\0' || strchr("-._~!$&'()*+,;=:", text.ptr[i]) == NULL))
			return false;
	return true;
}

bool
osc_literal_check(struct osc_slice text)
{
	if (text.len > 0 && (text.ptr[0] | 0x20) == 'v')
		return is_future(text);
	return is_ipv6(text);
}
