/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "core/coap.h"
#include "message/json.h"
#include "message/jsonwrite.h"
#include "message/names.h"
#include "message/utf8.h"

static void
put_uint(struct osc_buffer *out, uint64_t value)
{
	uint8_t digits[20];
	size_t at = sizeof(digits);

	do
		digits[--at] = (uint8_t)('0' + value % 10);
	while ((value /= 10) > 0);
	osc_buffer_put(out, osc_slice(digits + at, sizeof(digits) - at));
}

static void
put_hex(struct osc_buffer *out, struct osc_slice bytes)
{
	osc_buffer_text(out, "\"");
	osc_buffer_hex(out, bytes);
	osc_buffer_text(out, "\"");
}

/* How a byte of ASCII stands in a string, if not as it is; returns its length. */
static size_t
escape(uint8_t *to, uint8_t c)
{
	static const char letters[] = "\"\\\b\f\n\r\t", written[] = "\"\\bfnrt";
	const char *letter = c != '\0' ? strchr(letters, c) : NULL;

	to[0] = '\\';
	if (letter != NULL) {
		to[1] = (uint8_t)written[letter - letters];
		return 2;
	}
	memcpy(to + 1, "u00", 3);
	osc_hex_encode((char *)to + 4, osc_slice(&c, 1));
	return 6;
}

/* Any text; what is not UTF-8 becomes U+FFFD. */
static void
put_string(struct osc_buffer *out, struct osc_slice text)
{
	uint8_t *start = osc_buffer_reserve(out, 6 * text.len + 2), *to = start;
	uint32_t point;
	size_t n;

	if (to == NULL)
		return;
	*to++ = '"';
	while (text.len > 0) {
		n = osc_utf8_decode(text, &point);
		if (n == 1 && (point < 0x20 || point == 0x7f || point == '"' || point == '\\')) {
			to += escape(to, text.ptr[0]);
		} else if (n > 0) {
			memcpy(to, text.ptr, n);
			to += n;
		} else {
			memcpy(to, "\xef\xbf\xbd", 3);
			to += 3;
			n = 1;
		}
		text.ptr += n;
		text.len -= n;
	}
	*to++ = '"';
	out->len += (size_t)(to - start);
}

/* An unsigned integer in its shortest form, which a number would give back. */
static bool
is_uint(struct osc_slice bytes)
{
	return bytes.len <= 8 && (bytes.len == 0 || bytes.ptr[0] != 0);
}

static uint64_t
uint_of(struct osc_slice bytes)
{
	uint64_t value = 0;

	for (size_t i = 0; i < bytes.len; i++)
		value = value << 8 | bytes.ptr[i];
	return value;
}

/* ",VALUE]", or "]" for an empty option. compact: no names and nothing nicer than hex. */
static void
put_value(struct osc_buffer *out, const struct osc_option_name *known, struct osc_slice value,
    bool compact)
{
	enum osc_value_format format = known != NULL ? known->format : OSC_VALUE_OPAQUE;

	if (value.len == 0 && (format == OSC_VALUE_EMPTY || compact)) {
		osc_buffer_text(out, "]");
	} else if (format == OSC_VALUE_UINT && is_uint(value)) {
		osc_buffer_text(out, ",");
		put_uint(out, uint_of(value));
		osc_buffer_text(out, "]");
	} else if (format == OSC_VALUE_STRING && osc_utf8_is_clean(value)) {
		osc_buffer_text(out, ",");
		put_string(out, value);
		osc_buffer_text(out, "]");
	} else {
		osc_buffer_text(out, ",{\"hex\":");
		put_hex(out, value);
		osc_buffer_text(out, "}]");
	}
}

static void
put_options(struct osc_buffer *out, struct osc_slice rest, bool compact)
{
	struct osc_option option = {0};
	const struct osc_option_name *known;
	const char *comma = "";

	osc_buffer_text(out, ",\"options\":[");
	while (osc_option_next(&rest, &option) && !out->full) {
		known = compact ? NULL : osc_option_by_number(option.number);
		osc_buffer_text(out, comma);
		osc_buffer_text(out, known != NULL ? "[\"" : "[");
		if (known != NULL)
			osc_buffer_text(out, known->name);
		else
			put_uint(out, option.number);
		if (known != NULL)
			osc_buffer_text(out, "\"");
		put_value(out, known, option.value, compact);
		comma = ",";
	}
	osc_buffer_text(out, "]");
}

static void
put_message(struct osc_buffer *out, const struct osc_coap *coap, bool compact)
{
	static const char *const types[] = {"CON", "NON", "ACK", "RST"};
	char code[OSC_CODE_TEXT];

	osc_buffer_text(out, "{\"type\":\"");
	osc_buffer_text(out, types[coap->type & 3]);
	osc_buffer_text(out, "\",\"code\":\"");
	osc_buffer_text(out, osc_code_print(code, coap->code));
	osc_buffer_text(out, "\",\"mid\":");
	put_uint(out, coap->mid);
	osc_buffer_text(out, ",\"token_hex\":");
	put_hex(out, coap->token);
	put_options(out, coap->options, compact);
	if (osc_utf8_is_clean(coap->payload)) {
		osc_buffer_text(out, ",\"payload\":");
		put_string(out, coap->payload);
	}
	osc_buffer_text(out, ",\"payload_hex\":");
	put_hex(out, coap->payload);
}

static void
put_maybe_hex(struct osc_buffer *out, const char *key, struct osc_slice bytes)
{
	osc_buffer_text(out, key);
	if (osc_is_present(bytes))
		put_hex(out, bytes);
	else
		osc_buffer_text(out, "null");
}

static void
put_about(struct osc_buffer *out, const struct osc_about *about)
{
	if (about == NULL || !about->protected) {
		osc_buffer_text(out, ",\"oscore\":null");
		return;
	}
	put_maybe_hex(out, ",\"oscore\":{\"kid_hex\":", about->kid);
	put_maybe_hex(out, ",\"kid-context_hex\":", about->kid_context);
	put_maybe_hex(out, ",\"partial-iv_hex\":", about->piv);
	put_maybe_hex(out, ",\"sender-id_hex\":", about->sender_id);
	osc_buffer_text(out, ",\"context\":");
	if (about->context != NULL)
		put_string(out, osc_slice((const uint8_t *)about->context, strlen(about->context)));
	else
		osc_buffer_text(out, "null");
	osc_buffer_text(out, "}");
}

/* A message is one line; between the tokens of JSON a line break is a blank. */
static void
put_meta(struct osc_buffer *out, struct osc_slice meta)
{
	size_t at;

	if (meta.len == 0)
		return;
	osc_buffer_text(out, ",\"meta\":");
	at = out->len;
	osc_buffer_put(out, meta);
	for (; at < out->len; at++)
		if (out->ptr[at] == '\n' || out->ptr[at] == '\r')
			out->ptr[at] = ' ';
}

enum osc_err
osc_json_encode(struct osc_buffer *out, struct osc_slice datagram, const struct osc_about *about)
{
	size_t before = out->len;
	struct osc_coap coap;
	enum osc_err err = osc_coap_decode(&coap, datagram, NULL);

	if (err != OSC_OK)
		return err;
	put_message(out, &coap, false);
	if (!out->full && out->len - before > OSC_JSON_TEXT_MAX / 8 * 7) {
		/* Tens of thousands of options; it must be possible to read the line again. */
		osc_buffer_cut(out, before);
		put_message(out, &coap, true);
	}
	put_about(out, about);
	if (about != NULL)
		put_meta(out, about->meta);
	osc_buffer_text(out, "}\n");
	return out->full ? OSC_ENOMEM : OSC_OK;
}

enum osc_err
osc_json_encode_refused(struct osc_buffer *out, int status, const char *words)
{
	osc_buffer_text(out, "{\"error\":");
	put_uint(out, (uint64_t)status);
	osc_buffer_text(out, ",\"message\":");
	put_string(out, osc_slice((const uint8_t *)words, strlen(words)));
	osc_buffer_text(out, "}\n");
	return out->full ? OSC_ENOMEM : OSC_OK;
}
