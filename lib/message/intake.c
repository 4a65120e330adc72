/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <errno.h>

#include "base/io.h"
#include "message/intake.h"

#define TEXT_MAX (4 * OSC_GROUP_BYTES) /* of the input in one group */

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

	if (frame->at == 0)
		return;
	memmove(buffer->ptr, buffer->ptr + frame->at, buffer->len - frame->at);
	osc_buffer_cut(buffer, buffer->len - frame->at);
	frame->at = 0;
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

bool
osc_intake_full(const struct osc_intake *intake)
{
	/* Comments and the like count too, once there is something to give out. */
	return intake->n == intake->max || intake->bytes >= OSC_GROUP_BYTES ||
	    (intake->n > 0 && intake->frame->at >= TEXT_MAX);
}

struct osc_item *
osc_intake_add(struct osc_intake *intake, size_t at, size_t len, enum osc_err err)
{
	struct osc_item *item = &intake->items[intake->n++];

	memset(item, 0, sizeof(*item));
	/* The buffer may still move: pointers are set when the group is complete. */
	item->at = at;
	item->in.len = len;
	item->number = intake->frame->number;
	item->err = err;
	return item;
}

void
osc_intake_end(struct osc_intake *intake)
{
	intake->frame->ended = true;
	intake->frame->at = intake->frame->buffer.len;
}
