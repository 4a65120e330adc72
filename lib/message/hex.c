/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "base/ascii.h"
#include "message/hex.h"
#include "message/intake.h"

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

/* The value of a digit, and one more than that of any for what is none. Messages are no secret:
 * a table is much faster than comparing. */
#define NONE 16
static const uint8_t values[256] = {
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    0,
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    8,
    9,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    10,
    11,
    12,
    13,
    14,
    15,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    10,
    11,
    12,
    13,
    14,
    15,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
};

/* Digits and nothing else, which most lines are: up to what is not a pair of them. */
static size_t
decode_pairs(uint8_t *out, struct osc_slice hex)
{
	size_t n = 0;
	unsigned high, low;

	for (; 2 * n + 1 < hex.len; n++) {
		high = values[hex.ptr[2 * n]];
		low = values[hex.ptr[2 * n + 1]];
		if ((high | low) >= NONE)
			break;
		out[n] = (uint8_t)(high << 4 | low);
	}
	return n;
}

enum osc_err
osc_hex_decode(uint8_t *out, size_t *out_len, struct osc_slice hex, struct osc_where *where)
{
	size_t n = decode_pairs(out, hex), at = 2 * n;
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
		out[n++] = (uint8_t)((unsigned)high << 4 | (unsigned)low);
		at += 2;
	}
	*out_len = n;
	return OSC_OK;
}

/* Each byte as two digits. */
static const char pairs[] = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
			    "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"
			    "404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f"
			    "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f"
			    "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"
			    "a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebf"
			    "c0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedf"
			    "e0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff";

struct reading {
	bool skipping; /* in the rest of a line that was too long */
	/* The message before, and how many bytes it had. */
	uint64_t last;
	size_t last_len;
};

/* What to do if the message of a line is none. Those who write hex cut it into lines: what
 * was cut off is no message, and what it was cut off from should not have been taken for one. */
static const char *
advise(
    const struct osc_item *item, const struct reading *reading, struct osc_slice head, size_t len)
{
	bool behind = reading->last != 0 && reading->last + 1 == item->number;

	if (behind && (reading->last_len == 30 || reading->last_len == 16))
		return reading->last_len == 30
		    ? "the line before has 30 bytes, as xxd -p cuts them: if this is the rest of that "
		      "message, join them with tr -d '\\n'"
		    : "the line before has 16 bytes, as od and xxd cut them: if this is the rest of "
		      "that message, join them with tr -d '\\n'";
	if (item->err == OSC_EHEX && item->where.offset == len + 1)
		return "an odd number of digits: each byte has two";
	/* The offsets of a dump are hex, too; no message begins with 0. */
	return item->err == OSC_EHEX || head.ptr[0] == '0' ? osc_looks_like(head, OSC_FORMAT_HEX)
							   : NULL;
}

/* What a line holds, if it is not blank and no comment. Of a line that is too long only the
 * beginning counts, since the rest may not be there yet. Bytes are decoded in place: text
 * never gets shorter than the bytes it stands for. */
static void
read_line(struct osc_intake *intake, uint8_t *start, size_t len)
{
	size_t looked_at = len < OSC_LINE_MAX ? len : OSC_LINE_MAX, i = 0;
	struct reading *reading = intake->frame->state;
	uint8_t head[OSC_LOOKS_MAX];
	struct osc_item *item;

	intake->frame->number++;
	while (i < looked_at && (start[i] == ' ' || start[i] == '\t' || start[i] == '\r'))
		i++;
	if (i == len || (i < looked_at && start[i] == '#'))
		return;
	if (len > OSC_LINE_MAX) {
		(void)osc_intake_add(intake, 0, 0, OSC_ELONG);
		return;
	}
	osc_copy(head, start, len < sizeof(head) ? len : sizeof(head));
	item = osc_intake_add(intake, (size_t)(start - intake->frame->buffer.ptr), len, OSC_OK);
	item->err = osc_hex_decode(start, &item->in.len, osc_slice(start, len), &item->where);
	item->hint =
	    advise(item, reading, osc_slice(head, len < sizeof(head) ? len : sizeof(head)), len);
	reading->last = item->number;
	reading->last_len = item->in.len;
	intake->bytes += item->in.len;
}

/* Take one line off the buffer; false if there is no whole line. */
static bool
take_line(struct osc_intake *intake)
{
	struct osc_frame *frame = intake->frame;
	struct reading *reading = frame->state;
	size_t left = frame->buffer.len - frame->at, len;
	uint8_t *start, *end;

	if (left == 0)
		return false;
	start = frame->buffer.ptr + frame->at;
	end = memchr(start, '\n', left);
	if (end == NULL && !frame->ended)
		return false;
	len = end != NULL ? (size_t)(end - start) : left;
	frame->at += end != NULL ? len + 1 : len;
	if (!reading->skipping)
		read_line(intake, start, len);
	reading->skipping = false;
	return true;
}

/* The rest of a line that is too long already is dropped as it comes. */
static bool
drop_long_line(struct osc_intake *intake)
{
	struct osc_frame *frame = intake->frame;
	struct reading *reading = frame->state;
	size_t left = frame->buffer.len - frame->at;
	bool first = !reading->skipping;

	if (first && left <= OSC_LINE_MAX)
		return false;
	if (first)
		read_line(intake, frame->buffer.ptr + frame->at, left);
	reading->skipping = true;
	osc_buffer_cut(&frame->buffer, frame->at);
	return first;
}

static enum osc_err
read_hex(struct osc_intake *intake)
{
	bool done = false;
	enum osc_err err = OSC_OK;

	while (err == OSC_OK && !done && !osc_intake_full(intake))
		if (!take_line(intake) && !drop_long_line(intake)) {
			/* Comments without end must not fill the memory. */
			if (intake->n == 0)
				osc_intake_compact(intake);
			err = osc_intake_more(intake, &done);
		}
	return err;
}

static bool
begins(uint8_t first)
{
	return osc_is_digit(first) || first == '#';
}

static enum osc_err
write_hex(struct osc_buffer *out, struct osc_slice message, const struct osc_about *about)
{
	uint8_t *to = osc_buffer_reserve(out, 2 * message.len + 1);

	(void)about;
	if (to == NULL)
		return OSC_ENOMEM;
	for (size_t i = 0; i < message.len; i++, to += 2)
		memcpy(to, pairs + (size_t)2 * message.ptr[i], 2);
	*to = '\n';
	out->len += 2 * message.len + 1;
	return OSC_OK;
}

static enum osc_err
write_refused(struct osc_buffer *out, int status, const char *words)
{
	osc_buffer_print(out, "# %d %s\n", status, words);
	return OSC_OK;
}

const struct osc_format_row osc_format_hex = {
    .name = "hex",
    .boundaries = true,
    .begins = begins,
    .read = read_hex,
    .state_size = sizeof(struct reading),
    .write = write_hex,
    .write_refused = write_refused,
};
