/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "core/coap.h"
#include "message/hex.h"
#include "message/json.h"
#include "message/names.h"
#include "message/utf8.h"

/* A line on its way. The error is sticky. */
struct line {
	struct osc_buffer *out;
	bool full;    /* no memory */
	bool compact; /* no names and nothing nicer than hex: the line was too long */
};

static uint8_t *
room(struct line *line, size_t len)
{
	uint8_t *to = line->full ? NULL : osc_buffer_reserve(line->out, len);

	line->full = to == NULL;
	return to;
}

static void
put_bytes(struct line *line, const void *bytes, size_t len)
{
	uint8_t *to = room(line, len);

	if (to == NULL)
		return;
	osc_copy(to, bytes, len);
	line->out->len += len;
}

static void
put(struct line *line, const char *text)
{
	put_bytes(line, text, strlen(text));
}

static void
put_uint(struct line *line, uint64_t value)
{
	char digits[20];
	size_t at = sizeof(digits);

	do
		digits[--at] = (char)('0' + value % 10);
	while ((value /= 10) > 0);
	put_bytes(line, digits + at, sizeof(digits) - at);
}

static void
put_hex(struct line *line, struct osc_slice bytes)
{
	char *to = (char *)room(line, 2 * bytes.len + 2);

	if (to == NULL)
		return;
	to[0] = '"';
	osc_hex_encode(to + 1, bytes);
	to[1 + 2 * bytes.len] = '"';
	line->out->len += 2 * bytes.len + 2;
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
	to[4] = (uint8_t)('0' + (c >> 4));
	to[5] = (uint8_t) "0123456789abcdef"[c & 0x0f];
	return 6;
}

/* Any text; what is not UTF-8 becomes U+FFFD. */
static void
put_string(struct line *line, struct osc_slice text)
{
	uint8_t *start = room(line, 6 * text.len + 2), *to = start;
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
	line->out->len += (size_t)(to - start);
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

/* ",VALUE]", or "]" for an empty option. */
static void
put_value(struct line *line, const struct osc_option_name *known, struct osc_slice value)
{
	enum osc_value_format format = known != NULL ? known->format : OSC_VALUE_OPAQUE;

	if (value.len == 0 && (format == OSC_VALUE_EMPTY || line->compact)) {
		put(line, "]");
	} else if (format == OSC_VALUE_UINT && is_uint(value)) {
		put(line, ",");
		put_uint(line, uint_of(value));
		put(line, "]");
	} else if (format == OSC_VALUE_STRING && osc_utf8_is_clean(value)) {
		put(line, ",");
		put_string(line, value);
		put(line, "]");
	} else {
		put(line, ",{\"hex\":");
		put_hex(line, value);
		put(line, "}]");
	}
}

static void
put_options(struct line *line, struct osc_slice rest)
{
	struct osc_option option = {0};
	const struct osc_option_name *known;
	const char *comma = "";

	put(line, ",\"options\":[");
	while (osc_option_next(&rest, &option) && !line->full) {
		known = line->compact ? NULL : osc_option_by_number(option.number);
		put(line, comma);
		put(line, known != NULL ? "[\"" : "[");
		if (known != NULL)
			put(line, known->name);
		else
			put_uint(line, option.number);
		if (known != NULL)
			put(line, "\"");
		put_value(line, known, option.value);
		comma = ",";
	}
	put(line, "]");
}

static void
put_message(struct line *line, const struct osc_coap *coap)
{
	static const char *const types[] = {"CON", "NON", "ACK", "RST"};
	char code[OSC_CODE_TEXT];

	put(line, "{\"type\":\"");
	put(line, types[coap->type & 3]);
	put(line, "\",\"code\":\"");
	put(line, osc_code_print(code, coap->code));
	put(line, "\",\"mid\":");
	put_uint(line, coap->mid);
	put(line, ",\"token_hex\":");
	put_hex(line, coap->token);
	put_options(line, coap->options);
	if (osc_utf8_is_clean(coap->payload)) {
		put(line, ",\"payload\":");
		put_string(line, coap->payload);
	}
	put(line, ",\"payload_hex\":");
	put_hex(line, coap->payload);
}

static void
put_maybe_hex(struct line *line, const char *key, struct osc_slice bytes)
{
	put(line, key);
	if (osc_is_present(bytes))
		put_hex(line, bytes);
	else
		put(line, "null");
}

static void
put_about(struct line *line, const struct osc_about *about)
{
	if (about == NULL || !about->protected) {
		put(line, ",\"oscore\":null");
		return;
	}
	put_maybe_hex(line, ",\"oscore\":{\"kid_hex\":", about->kid);
	put_maybe_hex(line, ",\"kid-context_hex\":", about->kid_context);
	put_maybe_hex(line, ",\"partial-iv_hex\":", about->piv);
	put(line, ",\"sender-id_hex\":");
	put_hex(line, about->sender_id);
	put(line, ",\"context\":");
	if (about->context != NULL)
		put_string(
		    line, osc_slice((const uint8_t *)about->context, strlen(about->context)));
	else
		put(line, "null");
	put(line, "}");
}

/* A message is one line; between the tokens of JSON a line break is a blank. */
static void
put_meta(struct line *line, struct osc_slice meta)
{
	uint8_t *to;

	if (meta.len == 0)
		return;
	put(line, ",\"meta\":");
	to = room(line, meta.len);
	if (to == NULL)
		return;
	for (size_t i = 0; i < meta.len; i++)
		to[i] = meta.ptr[i] == '\n' || meta.ptr[i] == '\r' ? ' ' : meta.ptr[i];
	line->out->len += meta.len;
}

enum osc_err
osc_json_encode(struct osc_buffer *out, struct osc_slice datagram, const struct osc_about *about,
    struct osc_slice meta)
{
	struct line line = {.out = out};
	size_t before = out->len;
	struct osc_coap coap;
	enum osc_err err = osc_coap_decode(&coap, datagram, NULL);

	if (err != OSC_OK)
		return err;
	put_message(&line, &coap);
	if (!line.full && out->len - before > OSC_JSON_TEXT_MAX / 8 * 7) {
		/* Tens of thousands of options; it must be possible to read the line again. */
		out->len = before;
		line.compact = true;
		put_message(&line, &coap);
	}
	put_about(&line, about);
	put_meta(&line, meta);
	put(&line, "}\n");
	if (line.full)
		out->len = before;
	return line.full ? OSC_ENOMEM : OSC_OK;
}

enum osc_err
osc_json_encode_refused(struct osc_buffer *out, int status, const char *words)
{
	struct line line = {.out = out};
	size_t before = out->len;

	put(&line, "{\"error\":");
	put_uint(&line, (uint64_t)status);
	put(&line, ",\"message\":");
	put_string(&line, osc_slice((const uint8_t *)words, strlen(words)));
	put(&line, "}\n");
	if (line.full)
		out->len = before;
	return line.full ? OSC_ENOMEM : OSC_OK;
}
