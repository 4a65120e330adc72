/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <errno.h>

#include "base/io.h"
#include "message/intake.h"

#define CLEARED ((size_t)8) /* items at once */

enum osc_err
osc_intake_fill(struct osc_intake *intake, size_t len)
{
	struct osc_frame *frame = intake->frame;
	struct osc_buffer *buffer = &frame->buffer;
	size_t high = buffer->high;
	uint8_t *to = osc_buffer_reserve(buffer, len);
	ssize_t n;

	if (to == NULL)
		return OSC_ENOMEM;
	do
		n = osc_io_read(frame->fd, to, len);
	while (n < 0 && frame->packet.is_packet && osc_packet_passing(errno));
	/* Only what was read has to be wiped: not all of the room, page by page. */
	if (n >= 0)
		buffer->high = high > buffer->len + (size_t)n ? high : buffer->len + (size_t)n;
	if (n < 0)
		return osc_detail_errno(intake->detail, OSC_EIO, NULL, "read");
	if (n == 0)
		frame->ended = true;
	else if (!frame->any) {
		frame->head_len = (size_t)n < sizeof(frame->head) ? (size_t)n : sizeof(frame->head);
		memcpy(frame->head, to, frame->head_len);
	}
	frame->any = frame->any || n > 0;
	buffer->len += (size_t)n;
	return OSC_OK;
}

void
osc_intake_compact(struct osc_intake *intake)
{
	struct osc_frame *frame = intake->frame;
	struct osc_buffer *buffer = &frame->buffer;

	/* What is left moves when it is the smaller part: no byte is moved often. */
	if (frame->at > 0 && frame->at >= buffer->len - frame->at) {
		memmove(buffer->ptr, buffer->ptr + frame->at, buffer->len - frame->at);
		osc_buffer_cut(buffer, buffer->len - frame->at);
		frame->at = 0;
	}
	intake->began = frame->at;
}

enum osc_err
osc_intake_more(struct osc_intake *intake, bool *done)
{
	enum osc_err err = OSC_OK;

	*done = intake->frame->ended || (intake->n > 0 && !osc_io_readable(intake->frame->fd));
	if (!*done)
		err = osc_intake_fill(intake, OSC_CHUNK);
	if (err != OSC_OK && intake->n > 0) {
		*done = true;
		err = OSC_OK;
	}
	return err;
}

/* A few at once: they stay in the cache until they are filled. */
void
osc_intake_clear(struct osc_intake *intake)
{
	size_t n = intake->max - intake->n;

	n = n < CLEARED ? n : CLEARED;
	memset(intake->items + intake->n, 0, n * sizeof(*intake->items));
	intake->clear = n;
}

void
osc_intake_end(struct osc_intake *intake)
{
	intake->frame->ended = true;
	intake->frame->at = intake->frame->buffer.len;
}
