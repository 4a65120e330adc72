/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "message/intake.h"
#include "message/readers.h"

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
	osc_buffer_free(&frame->datagrams);
	osc_buffer_free(&frame->notes);
	osc_json_scratch_free(&frame->scratch);
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
	*first = frame->first;
	return frame->any ? OSC_OK : OSC_EEMPTY;
}

static void
set_pointers(struct osc_frame *frame, struct osc_item *items, size_t n)
{
	const uint8_t *from =
	    frame->format == OSC_FORMAT_JSON ? frame->datagrams.ptr : frame->buffer.ptr;

	for (size_t i = 0; i < n; i++) {
		if (items[i].in.len > 0)
			items[i].in.ptr = from + items[i].at;
		if (items[i].meta.len > 0)
			items[i].meta.ptr = frame->buffer.ptr + items[i].meta_at;
		if (items[i].note_at > 0)
			items[i].note = (const char *)frame->notes.ptr + items[i].note_at;
	}
}

enum osc_err
osc_frame_read(struct osc_frame *frame, struct osc_item *items, size_t max, size_t *n,
    struct osc_detail *detail)
{
	struct osc_intake intake = {.frame = frame, .items = items, .max = max, .detail = detail};
	enum osc_err err;

	osc_intake_compact(&intake);
	switch (frame->format) {
	case OSC_FORMAT_HEX:
		err = osc_read_hex(&intake);
		break;
	case OSC_FORMAT_JSON:
		err = osc_read_json(&intake);
		break;
	case OSC_FORMAT_CBORSEQ:
		err = osc_read_cborseq(&intake);
		break;
	default:
		err = osc_read_raw(&intake);
		break;
	}
	set_pointers(frame, items, intake.n);
	*n = intake.n;
	return err;
}

/* Only for bytes that no input of the format in use starts with. */
bool
osc_frame_suggest(const struct osc_frame *frame, const char **name)
{
	uint8_t first = frame->first;
	bool digit = first >= '0' && first <= '9', raw = first >= 0x40 && first <= 0x7f;
	enum osc_format format = frame->format;

	if (!frame->any)
		return false;
	if (first == '{')
		format = OSC_FORMAT_JSON;
	else if (format != OSC_FORMAT_HEX && (digit || first == '#'))
		format = OSC_FORMAT_HEX;
	else if (raw && (format == OSC_FORMAT_HEX || (format == OSC_FORMAT_JSON && first != '[')))
		/* Also 'A' to 'F': hex of a message starts with '4' to '7', or "0x". */
		format = OSC_FORMAT_RAW;
	if (format == frame->format)
		return false;
	*name = osc_format_name(format);
	return true;
}
