/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <inttypes.h>

#include "base/ascii.h"
#include "base/jsonload.h"
#include "base/jsonscan.h"

/*
 * jansson refuses integers of more than 64 bits and reads -0 as 0. So a pass
 * over the text outside of strings goes first: an integer of LARGE or more
 * digits is replaced by OSC_JSON_ASIDE + its place in the text, which is an integer
 * that no text can hold otherwise, and as wide as the original with spaces
 * behind it, so that columns stay what they were; -0 becomes a float.
 */
#define LARGE 19

struct scan {
	struct osc_slice text;
	size_t at;
	size_t kept; /* what is before this is in out, or nothing is */
	struct osc_buffer *out;
};

/* Copy what was left as it is: up to `to`. */
static void
put_kept(struct scan *scan, size_t to)
{
	osc_buffer_put(scan->out, osc_slice(scan->text.ptr + scan->kept, to - scan->kept));
	scan->kept = to;
}

size_t
osc_json_find(struct osc_slice text, size_t at, const char *chars)
{
	struct osc_json_place place = {0};

	for (; at < text.len; at++) {
		if (place.depth == 0 && !place.in_string &&
		    memchr(chars, text.ptr[at], strlen(chars)) != NULL)
			break;
		osc_json_pass(&place, text.ptr[at]);
	}
	return at;
}

size_t
osc_json_digits(struct osc_slice text)
{
	size_t n = 0;

	while (n < text.len && osc_is_digit(text.ptr[n]))
		n++;
	return n;
}

/* Does a number of this length have to be replaced? */
static bool
is_large(const uint8_t *p, size_t sign, size_t len)
{
	return len - sign >= LARGE && p[sign] != '0' &&
	    osc_json_digits(osc_slice(p + sign, len - sign)) == len - sign;
}

static void
scan_number(struct scan *scan)
{
	const uint8_t *p = scan->text.ptr + scan->at;
	size_t start = scan->at, len = 0, sign, left = scan->text.len - scan->at;

	while (len < left &&
	    (osc_is_digit(p[len]) || (p[len] != '\0' && strchr("+-.eE", p[len]) != NULL)))
		len++;
	sign = p[0] == '-' ? 1 : 0;
	scan->at += len;
	if (len == 2 && memcmp(p, "-0", 2) == 0) {
		put_kept(scan, scan->at);
		osc_buffer_text(scan->out, ".0");
	} else if (is_large(p, sign, len)) {
		put_kept(scan, start + sign);
		osc_buffer_print(
		    scan->out, "%" PRIu64, OSC_JSON_ASIDE + (uint64_t)start + (uint64_t)sign);
		for (size_t i = sign + LARGE; i < len; i++)
			osc_buffer_text(scan->out, " ");
		scan->kept = scan->at;
	}
}

static enum osc_err
fail_at(struct scan *scan, enum osc_err bad, const char *why, struct osc_detail *detail)
{
	size_t line = 1, column = 1;

	for (size_t i = 0; i < scan->at; i++) {
		if (scan->text.ptr[i] == '\n') {
			line++;
			column = 1;
		} else if ((scan->text.ptr[i] & 0xc0) != 0x80)
			column++;
	}
	return osc_detail_set(detail, bad, NULL, "line %zu, column %zu: %s", line, column, why);
}

/* The depth is checked here, before jansson recurses. */
enum osc_err
osc_json_scan(struct osc_buffer *out, struct osc_slice text, unsigned depth_max, enum osc_err bad,
    struct osc_detail *detail)
{
	struct scan scan = {.text = text, .out = out};
	struct osc_json_place place = {0};
	uint8_t c;

	while (scan.at < text.len) {
		c = text.ptr[scan.at];
		if (!place.in_string && (c == '-' || osc_is_digit(c))) {
			scan_number(&scan);
			continue;
		}
		osc_json_pass(&place, c);
		if (place.depth > depth_max)
			return fail_at(&scan, bad, "nested too deeply", detail);
		scan.at++;
	}
	if (scan.kept > 0)
		put_kept(&scan, text.len);
	return out->full ? OSC_ENOMEM : OSC_OK;
}
