/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "base/io.h"
#include "message/readers.h"

static enum osc_err
add_datagram(struct osc_intake *intake, size_t at)
{
	size_t len = intake->frame->buffer.len - at;

	intake->frame->number++;
	intake->bytes += len;
	(void)osc_intake_add(intake, at, len, len > OSC_DATAGRAM_MAX ? OSC_ELONG : OSC_OK);
	return OSC_OK;
}

/* One message, up to the end. */
static enum osc_err
read_one(struct osc_intake *intake)
{
	struct osc_frame *frame = intake->frame;
	struct osc_buffer *buffer = &frame->buffer;
	enum osc_err err;

	if (frame->number > 0)
		return OSC_OK;
	while (!frame->ended && buffer->len <= OSC_DATAGRAM_MAX) {
		err = osc_intake_fill(intake, OSC_DATAGRAM_MAX + 1 - buffer->len);
		if (err != OSC_OK)
			return err;
	}
	return buffer->len > 0 ? add_datagram(intake, 0) : OSC_OK;
}

/* One message per packet. The system drops what is beyond the length asked for. */
static enum osc_err
read_packets(struct osc_intake *intake)
{
	struct osc_frame *frame = intake->frame;
	size_t before;
	enum osc_err err;

	osc_buffer_cut(&frame->buffer, 0);
	while (!osc_intake_full(intake) && !frame->ended) {
		if (intake->n > 0 && !osc_io_readable(frame->fd))
			break;
		before = frame->buffer.len;
		err = osc_intake_fill(intake, OSC_DATAGRAM_MAX + 1);
		if (err != OSC_OK)
			return intake->n > 0 ? OSC_OK : err;
		if (frame->ended && frame->packet.empty_is_end)
			break;
		frame->ended = false;
		(void)add_datagram(intake, before);
	}
	return OSC_OK;
}

enum osc_err
osc_read_raw(struct osc_intake *intake)
{
	if (intake->frame->packet.is_packet)
		return read_packets(intake);
	return read_one(intake);
}
