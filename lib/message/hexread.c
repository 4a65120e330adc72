/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "message/readers.h"
#include "message/hex.h"

/* What a line holds, if it is not blank and no comment. Of a line that is too long only the
 * beginning counts, since the rest may not be there yet. Bytes are decoded in place: text
 * never gets shorter than the bytes it stands for. */
static void
read_line(struct osc_intake *intake, uint8_t *start, size_t len)
{
	size_t looked_at = len < OSC_LINE_MAX ? len : OSC_LINE_MAX, i = 0;
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
	item = osc_intake_add(intake, (size_t)(start - intake->frame->buffer.ptr), len, OSC_OK);
	item->err = osc_hex_decode(start, &item->in.len, osc_slice(start, len), &item->where);
	intake->bytes += item->in.len;
}

/* Take one line off the buffer; false if there is no whole line. */
static bool
take_line(struct osc_intake *intake)
{
	struct osc_frame *frame = intake->frame;
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
	if (!frame->skipping)
		read_line(intake, start, len);
	frame->skipping = false;
	return true;
}

/* The rest of a line that is too long already is dropped as it comes. */
static bool
drop_long_line(struct osc_intake *intake)
{
	struct osc_frame *frame = intake->frame;
	size_t left = frame->buffer.len - frame->at;
	bool first = !frame->skipping;

	if (first && left <= OSC_LINE_MAX)
		return false;
	if (first)
		read_line(intake, frame->buffer.ptr + frame->at, left);
	frame->skipping = true;
	osc_buffer_cut(&frame->buffer, frame->at);
	return first;
}

enum osc_err
osc_read_hex(struct osc_intake *intake)
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
