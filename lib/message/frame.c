/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <stdlib.h>

#include "base/secret.h"
#include "message/intake.h"

void
osc_frame_init(struct osc_frame *frame, int fd, enum osc_format format)
{
	memset(frame, 0, sizeof(*frame));
	frame->fd = fd;
	frame->format = format;
	frame->packet = osc_packet_look(fd);
}

void
osc_frame_free(struct osc_frame *frame)
{
	osc_buffer_free(&frame->buffer);
	osc_wipe(frame->head, sizeof(frame->head));
	if (frame->state != NULL && osc_format_row(frame->format)->free != NULL)
		osc_format_row(frame->format)->free(frame->state);
	free(frame->state);
	frame->state = NULL;
}

enum osc_err
osc_frame_peek(struct osc_frame *frame, uint8_t *first, struct osc_detail *detail)
{
	struct osc_intake intake = {.frame = frame, .detail = detail};
	enum osc_err err = OSC_OK;

	if (!frame->any && !frame->ended)
		err = osc_intake_fill(&intake, OSC_CHUNK);
	if (err != OSC_OK)
		return err;
	*first = frame->head[0];
	return frame->any ? OSC_OK : OSC_EEMPTY;
}

enum osc_err
osc_frame_detect(struct osc_frame *frame, struct osc_detail *detail)
{
	uint8_t first;
	enum osc_err err = osc_frame_peek(frame, &first, detail);

	if (err == OSC_OK)
		frame->format = osc_format_detect(first);
	return err;
}

enum osc_err
osc_frame_read(struct osc_frame *frame, struct osc_item *items, size_t max, size_t *n,
    struct osc_detail *detail)
{
	const struct osc_format_row *row = osc_format_row(frame->format);
	struct osc_intake intake = {.frame = frame, .items = items, .max = max, .detail = detail};
	enum osc_err err;

	*n = 0;
	if (frame->state == NULL && row->state_size > 0) {
		frame->state = calloc(1, row->state_size);
		if (frame->state == NULL)
			return OSC_ENOMEM;
	}
	osc_intake_compact(&intake);
	err = row->read(&intake);
	*n = intake.n;
	for (size_t i = 0; i < intake.n; i++)
		if (items[i].in.ptr == NULL && items[i].in.len > 0)
			items[i].in.ptr = frame->buffer.ptr + items[i].at;
	return err;
}

const char *
osc_frame_suggest(const struct osc_frame *frame)
{
	return osc_looks_like(osc_slice(frame->head, frame->head_len), frame->format);
}

/* What was written is complete, or not there. */
static enum osc_err
finish(struct osc_buffer *out, size_t before, enum osc_err err)
{
	if (err == OSC_OK && !out->full)
		return OSC_OK;
	err = out->full ? OSC_ENOMEM : err;
	osc_buffer_cut(out, before);
	return err;
}

enum osc_err
osc_frame_write(struct osc_buffer *out, enum osc_format format, struct osc_slice message,
    const struct osc_about *about)
{
	size_t before = out->len;

	return finish(out, before, osc_format_row(format)->write(out, message, about));
}

enum osc_err
osc_frame_write_refused(
    struct osc_buffer *out, enum osc_format format, enum osc_err err, const char *words)
{
	const struct osc_format_row *row = osc_format_row(format);
	size_t before = out->len;

	if (row->write_refused == NULL)
		return OSC_OK;
	return finish(out, before, row->write_refused(out, osc_err_status(err), words));
}
