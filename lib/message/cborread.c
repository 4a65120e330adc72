/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "message/readers.h"

/* The rest of a string that is not wanted is dropped as it comes. */
static void
drop(struct osc_frame *frame)
{
	size_t left = frame->buffer.len - frame->at;
	size_t n = frame->skip < left ? (size_t)frame->skip : left;

	frame->at += n;
	frame->skip -= n;
	if (frame->skip > 0)
		frame->at = frame->buffer.len = frame->buffer.len - n;
}

/* What the group gets of an item that is in no other. */
static void
add_item(struct osc_intake *intake, const struct osc_cborseq_item *item)
{
	size_t at = 0;
	enum osc_err err = OSC_ECBOR;

	if (item->what == OSC_CBORSEQ_MESSAGE) {
		at = (size_t)(item->message.ptr - intake->frame->buffer.ptr);
		err = OSC_OK;
	} else if (item->what == OSC_CBORSEQ_LONG) {
		err = OSC_ELONG;
	}
	intake->frame->number++;
	intake->bytes += item->message.len;
	(void)osc_intake_add(intake, at, item->message.len, err);
}

/* Take one item off the buffer, or the head of one; false if there is no whole one. */
static bool
take_item(struct osc_intake *intake)
{
	struct osc_frame *frame = intake->frame;
	struct osc_cborseq_item item;
	size_t left;

	drop(frame);
	left = frame->buffer.len - frame->at;
	if (left == 0)
		return false;
	osc_cborseq_decode(&item, osc_slice(frame->buffer.ptr + frame->at, left));
	if (item.what == OSC_CBORSEQ_MORE && !frame->ended)
		return false;
	if (frame->nest.depth == 0)
		add_item(intake, &item);
	if (osc_cborseq_pass(&frame->nest, &item))
		frame->skip = item.used;
	else
		osc_intake_end(intake);
	return true;
}

enum osc_err
osc_read_cborseq(struct osc_intake *intake)
{
	bool done = false;
	enum osc_err err = OSC_OK;

	while (err == OSC_OK && !done && !osc_intake_full(intake))
		if (!take_item(intake)) {
			/* An item without end must not fill the memory. */
			if (intake->n == 0)
				osc_intake_compact(intake);
			err = osc_intake_more(intake, &done);
		}
	return err;
}
