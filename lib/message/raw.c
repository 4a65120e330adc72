/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "base/io.h"
#include "core/coap.h"
#include "message/intake.h"
#include "message/raw.h"

/* All of the buffer that was not given out. */
static void
add_datagram(struct osc_intake *intake)
{
	struct osc_frame *frame = intake->frame;
	size_t len = frame->buffer.len - frame->at;

	frame->number++;
	intake->bytes += len;
	(void)osc_intake_add(intake, frame->at, len, len > OSC_MESSAGE_MAX ? OSC_ELONG : OSC_OK);
	frame->at = frame->buffer.len;
}

#define FIRST_READ ((size_t)2048) /* of room for twice that: most messages, and their end */

/* One message, up to the end. Memory is touched for what there is, not for the longest. */
static enum osc_err
read_one(struct osc_intake *intake)
{
	struct osc_frame *frame = intake->frame;
	struct osc_buffer *buffer = &frame->buffer;
	enum osc_err err;
	size_t want;

	if (frame->number > 0)
		return OSC_OK;
	while (!frame->ended && buffer->len <= OSC_MESSAGE_MAX) {
		want = buffer->len < FIRST_READ ? FIRST_READ : buffer->len;
		if (want > OSC_MESSAGE_MAX + 1 - buffer->len)
			want = OSC_MESSAGE_MAX + 1 - buffer->len;
		err = osc_intake_fill(intake, want);
		if (err != OSC_OK)
			return err;
	}
	if (buffer->len > 0)
		add_datagram(intake);
	return OSC_OK;
}

/* One message per packet. The system drops what is beyond the length asked for. */
static enum osc_err
read_packets(struct osc_intake *intake)
{
	struct osc_frame *frame = intake->frame;
	enum osc_err err;

	/* osc_frame_peek has taken it off the socket. */
	if (frame->buffer.len > 0)
		add_datagram(intake);
	while (!osc_intake_full(intake) && !frame->ended) {
		if (intake->n > 0 && !osc_io_readable(frame->fd))
			break;
		err = osc_intake_fill(intake, OSC_MESSAGE_MAX + 1);
		if (err != OSC_OK)
			return intake->n > 0 ? OSC_OK : err;
		if (frame->ended && frame->packet.empty_is_end)
			break;
		frame->ended = false;
		add_datagram(intake);
	}
	return OSC_OK;
}

static enum osc_err
read_raw(struct osc_intake *intake)
{
	if (intake->frame->packet.is_packet)
		return read_packets(intake);
	return read_one(intake);
}

/* Version 1; a brace would be a token of 11 bytes. */
static bool
begins(uint8_t first)
{
	return first >= 0x40 && first <= 0x7f && first != '{';
}

static enum osc_err
write_raw(struct osc_buffer *out, struct osc_slice message, const struct osc_about *about)
{
	(void)about;
	/* Mostly the only one: no page for it. */
	(void)osc_buffer_start(out, message.len + 1);
	osc_buffer_put(out, message);
	return OSC_OK;
}

const struct osc_format_row osc_format_raw = {
    .name = "raw",
    .binary = true,
    .begins = begins,
    .read = read_raw,
    .write = write_raw,
};

static enum osc_err
write_payload(struct osc_buffer *out, struct osc_slice message, const struct osc_about *about)
{
	struct osc_coap coap;
	enum osc_err err = osc_coap_decode(&coap, message, NULL);

	(void)about;
	if (err == OSC_OK)
		osc_buffer_put(out, coap.payload);
	return err;
}

const struct osc_format_row osc_format_payload = {
    .name = "payload",
    .write = write_payload,
};
