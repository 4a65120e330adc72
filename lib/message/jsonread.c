/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <stdarg.h>
#include <stdio.h>

#include "message/hex.h"
#include "message/jsonread.h"

bool
osc_json_refuse(struct osc_json_reading *r, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(r->detail->text, sizeof(r->detail->text), fmt, args);
	va_end(args);
	r->err = OSC_EMESSAGE;
	return false;
}

bool
osc_json_fail(struct osc_json_reading *r, enum osc_err err, const char *words)
{
	r->err = osc_detail_set(r->detail, err, NULL, "%s", words);
	return false;
}

const char *
osc_json_quote(char quoted[static OSC_QUOTED_MAX], struct osc_slice text)
{
	size_t room = OSC_QUOTED_MAX - sizeof("..."), len = text.len < room ? text.len : room;
	uint8_t c;

	for (size_t i = 0; i < len; i++) {
		c = text.ptr[i];
		if (c < 0x20 || c > 0x7e || c == '"' || c == '\\')
			c = '?';
		quoted[i] = (char)c;
	}
	memcpy(quoted + len, len < text.len ? "..." : "", len < text.len ? 4 : 1);
	return quoted;
}

bool
osc_json_take_hex(struct osc_json_reading *r, const char *key, const struct json_t *value,
    struct osc_slice *bytes)
{
	struct osc_buffer *scratch = &r->scratch->value;
	struct osc_where where = {0};
	struct osc_slice hex;
	uint8_t *to;
	size_t len;

	if (!osc_json_string(value, &hex))
		return osc_json_refuse(r, "%s: not a string of hex digits", key);
	to = osc_buffer_reserve(scratch, hex.len / 2);
	if (to == NULL)
		return osc_json_fail(r, OSC_ENOMEM, "");
	if (osc_hex_decode(to, &len, hex, &where) != OSC_OK)
		return osc_json_refuse(
		    r, "%s: not hex at character %u of the value", key, where.offset);
	/* Separators are for lines of hex, not for values that programs write. */
	if (2 * len != hex.len)
		return osc_json_refuse(r, "%s: something between the hex digits", key);
	*bytes = osc_slice(to, len);
	return true;
}
