/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "base/ascii.h"
#include "base/jsonload.h"
#include "base/jsonscan.h"

/* What a byte outside of strings is. */
enum kind { OTHER, QUOTE, OPEN, CLOSE, COLON, COMMA, NUMBER };

static const uint8_t kinds[256] = {
    ['"'] = QUOTE,
    ['{'] = OPEN,
    ['['] = OPEN,
    ['}'] = CLOSE,
    [']'] = CLOSE,
    [':'] = COLON,
    [','] = COMMA,
    ['-'] = NUMBER,
    ['0'] = NUMBER,
    ['1'] = NUMBER,
    ['2'] = NUMBER,
    ['3'] = NUMBER,
    ['4'] = NUMBER,
    ['5'] = NUMBER,
    ['6'] = NUMBER,
    ['7'] = NUMBER,
    ['8'] = NUMBER,
    ['9'] = NUMBER,
};

/*
 * jansson refuses integers of more than 64 bits and reads -0 as 0. So an integer of LARGE or more
 * digits is replaced by OSC_JSON_ASIDE + its place in the text, which is an integer
 * that no text can hold otherwise, and as wide as the original with spaces
 * behind it, so that columns stay what they were; -0 becomes a float.
 */
#define LARGE 19

/* Backslashes escape each other. Before them is a quote at least: that which begins the string. */
static bool
is_escaped(const uint8_t *quote)
{
	const uint8_t *first = quote;

	while (first[-1] == '\\')
		first--;
	return (quote - first) % 2 != 0;
}

/* Returns where it goes on: behind the quote that ends the string, or at the end of the text. */
static size_t
pass_string(struct osc_json_scan *scan, struct osc_slice text, size_t at)
{
	const uint8_t *quote;

	do {
		quote = memchr(text.ptr + at, '"', text.len - at);
		if (quote == NULL) {
			scan->in_string = true;
			return text.len;
		}
		at = (size_t)(quote - text.ptr) + 1;
	} while (is_escaped(quote));
	scan->in_string = false;
	return at;
}

/* osc_json_exact looks closer. */
static size_t
pass_number(struct osc_json_scan *scan, struct osc_slice text, size_t at)
{
	size_t start = at;

	while (at < text.len && kinds[text.ptr[at]] == NUMBER)
		at++;
	if (text.ptr[start] == '-' || at - start >= LARGE || at == text.len)
		scan->inexact = true;
	return at;
}

static void
enter(struct osc_json_scan *scan, size_t at, size_t depth_max)
{
	scan->depth++;
	if (scan->depth > depth_max && !scan->deep) {
		scan->deep = true;
		scan->too_deep = at;
	}
}

static void
end_member(struct osc_json_scan *scan, size_t at)
{
	if (scan->depth == 1 && scan->ends < OSC_JSON_MEMBERS)
		scan->end[scan->ends++] = at;
}

bool
osc_json_scan(struct osc_json_scan *scan, struct osc_slice text, size_t depth_max)
{
	size_t at = scan->at;
	bool ended = false;

	if (scan->in_string) {
		at = pass_string(scan, text, at);
		ended = scan->depth == 0 && !scan->in_string;
	}
	while (at < text.len && !ended)
		switch (kinds[text.ptr[at++]]) {
		case QUOTE:
			at = pass_string(scan, text, at);
			ended = scan->depth == 0 && !scan->in_string;
			break;
		case OPEN:
			enter(scan, at - 1, depth_max);
			break;
		case CLOSE:
			end_member(scan, at - 1);
			scan->depth -= scan->depth > 0 ? 1 : 0;
			ended = scan->depth == 0;
			break;
		case COLON:
			if (scan->depth == 1 && scan->colons < OSC_JSON_MEMBERS)
				scan->colon[scan->colons++] = at - 1;
			break;
		case COMMA:
			end_member(scan, at - 1);
			break;
		case NUMBER:
			at = pass_number(scan, text, at - 1);
			break;
		default:
			break;
		}
	scan->at = at;
	return ended;
}

struct osc_slice
osc_json_scan_member(const struct osc_json_scan *scan, struct osc_slice text, size_t index)
{
	size_t at = scan->colon[index] + 1, end = scan->end[index];

	while (at < end && osc_is_blank(text.ptr[at]))
		at++;
	while (end > at && osc_is_blank(text.ptr[end - 1]))
		end--;
	return osc_slice(text.ptr + at, end - at);
}

enum osc_err
osc_json_fail_at(
    struct osc_slice text, size_t at, enum osc_err bad, const char *why, struct osc_detail *detail)
{
	size_t line = 1, column = 1;

	for (size_t i = 0; i < at; i++) {
		if (text.ptr[i] == '\n') {
			line++;
			column = 1;
		} else if ((text.ptr[i] & 0xc0) != 0x80)
			column++;
	}
	return osc_detail_set(detail, bad, NULL, "line %zu, column %zu: %s", line, column, why);
}

struct exact {
	struct osc_slice text;
	size_t at;
	size_t kept; /* what is before this is in out, or nothing is */
	struct osc_buffer *out;
};

/* Copy what was left as it is: up to `to`. */
static void
put_kept(struct exact *exact, size_t to)
{
	osc_buffer_put(exact->out, osc_slice(exact->text.ptr + exact->kept, to - exact->kept));
	exact->kept = to;
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
put_number(struct exact *exact)
{
	const uint8_t *p = exact->text.ptr + exact->at;
	size_t start = exact->at, len = 0, sign, left = exact->text.len - exact->at;

	while (len < left &&
	    (osc_is_digit(p[len]) || (p[len] != '\0' && strchr("+-.eE", p[len]) != NULL)))
		len++;
	sign = p[0] == '-' ? 1 : 0;
	exact->at += len;
	if (len == 2 && memcmp(p, "-0", 2) == 0) {
		put_kept(exact, exact->at);
		osc_buffer_text(exact->out, ".0");
	} else if (is_large(p, sign, len)) {
		put_kept(exact, start + sign);
		osc_buffer_number(exact->out, OSC_JSON_ASIDE + (uint64_t)start + (uint64_t)sign);
		for (size_t i = sign + LARGE; i < len; i++)
			osc_buffer_text(exact->out, " ");
		exact->kept = exact->at;
	}
}

enum osc_err
osc_json_exact(struct osc_buffer *out, struct osc_slice text)
{
	struct exact exact = {.text = text, .out = out};
	bool in_string = false;
	uint8_t c;

	(void)osc_buffer_start(out, text.len + 1);
	while (exact.at < text.len) {
		c = text.ptr[exact.at];
		if (!in_string && (c == '-' || osc_is_digit(c))) {
			put_number(&exact);
			continue;
		}
		if (c == '"')
			in_string = !in_string;
		exact.at += in_string && c == '\\' ? 2 : 1;
	}
	if (exact.kept > 0)
		put_kept(&exact, text.len);
	return out->full ? OSC_ENOMEM : OSC_OK;
}
