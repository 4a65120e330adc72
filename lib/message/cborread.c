/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "message/cborseq.h"
#include "message/readers.h"

/* The rest of a string that is too long is dropped as it comes. */
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

/* Take one item off the buffer; false if there is no whole one. */
static bool
take_item(struct osc_intake *intake)
{
	struct osc_frame *frame = intake->frame;
	struct osc_slice message = {NULL, 0};
	enum osc_cborseq what;
	uint64_t used = 0;
	size_t left;

	drop(frame);
	left = frame->buffer.len - frame->at;
	if (left == 0)
		return false;
	what = osc_cborseq_decode(osc_slice(frame->buffer.ptr + frame->at, left), &message, &used);
	if (what == OSC_CBORSEQ_MORE && !frame->ended)
		return false;
	frame->number++;
	intake->bytes += message.len;
	if (what == OSC_CBORSEQ_MESSAGE) {
		(void)osc_intake_add(
		    intake, (size_t)(message.ptr - frame->buffer.ptr), message.len, OSC_OK);
		frame->at += (size_t)used;
		return true;
	}
	(void)osc_intake_add(intake, 0, 0, what == OSC_CBORSEQ_LONG ? OSC_ELONG : OSC_ECBOR);
	if (what == OSC_CBORSEQ_LONG || what == OSC_CBORSEQ_OTHER)
		frame->skip = used;
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
		if (!take_item(intake))
			err = osc_intake_more(intake, &done);
	return err;
}
