/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "message/readers.h"
#include "message/hex.h"

static bool
is_blank_or_comment(struct osc_slice line)
{
	size_t i = 0;

	while (i < line.len && (line.ptr[i] == ' ' || line.ptr[i] == '\t' || line.ptr[i] == '\r'))
		i++;
	return i == line.len || line.ptr[i] == '#';
}

/* Take one line off the buffer; false if there is no whole line. Bytes are
 * decoded in place: text never gets shorter than the bytes it stands for. */
static bool
take_line(struct osc_intake *intake)
{
	struct osc_frame *frame = intake->frame;
	size_t left = frame->buffer.len - frame->at, len;
	uint8_t *start, *end;
	struct osc_item *item;

	if (left == 0)
		return false;
	start = frame->buffer.ptr + frame->at;
	end = memchr(start, '\n', left);
	if (end == NULL && !frame->ended)
		return false;
	len = end != NULL ? (size_t)(end - start) : left;
	frame->at += end != NULL ? len + 1 : len;
	if (frame->skipping) {
		frame->skipping = false;
		return true;
	}
	frame->number++;
	if (is_blank_or_comment(osc_slice(start, len)))
		return true;
	item = osc_intake_add(intake, (size_t)(start - frame->buffer.ptr), len, OSC_OK);
	if (len > OSC_LINE_MAX)
		item->err = OSC_ELONG;
	else
		item->err =
		    osc_hex_decode(start, &item->in.len, osc_slice(start, len), &item->where);
	intake->bytes += item->in.len;
	return true;
}

/* The rest of a line that is too long already is dropped as it comes. */
static bool
drop_long_line(struct osc_intake *intake)
{
	struct osc_frame *frame = intake->frame;
	bool first = !frame->skipping;

	if (!frame->skipping && frame->buffer.len - frame->at <= OSC_LINE_MAX)
		return false;
	if (first) {
		frame->number++;
		frame->skipping = true;
		(void)osc_intake_add(intake, 0, 0, OSC_ELONG);
	}
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
