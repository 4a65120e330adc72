/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <errno.h>

#include "base/io.h"
#include "message/framing.h"

static const char *const names[] = {
    [OSC_FORMAT_RAW] = "raw",
    [OSC_FORMAT_HEX] = "hex",
    [OSC_FORMAT_JSON] = "json",
    [OSC_FORMAT_CBORSEQ] = "cborseq",
    [OSC_FORMAT_PAYLOAD] = "payload",
};

bool
osc_format_by_name(enum osc_format *format, const char *name)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(name, names[i]) == 0) {
			*format = (enum osc_format)i;
			return true;
		}
	return false;
}

const char *
osc_format_name(enum osc_format format)
{
	return names[format];
}

bool
osc_format_has_boundaries(enum osc_format format)
{
	return format != OSC_FORMAT_RAW && format != OSC_FORMAT_PAYLOAD;
}

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
osc_intake_fill(struct osc_intake *intake, size_t len)
{
	struct osc_frame *frame = intake->frame;
	struct osc_buffer *buffer = &frame->buffer;
	size_t high = buffer->high;
	uint8_t *to = osc_buffer_reserve(buffer, len);
	ssize_t n;

	if (to == NULL)
		return osc_detail_set(intake->detail, OSC_ENOMEM, NULL, "no memory");
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
	else if (!frame->any)
		frame->first = to[0];
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
	return intake->n == intake->max || intake->bytes >= OSC_GROUP_BYTES;
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
	intake->frame->scanned = 0;
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

enum osc_format
osc_format_detect(uint8_t first)
{
	if (first == '{')
		return OSC_FORMAT_JSON;
	return first >= 0x40 && first <= 0x7f ? OSC_FORMAT_RAW : OSC_FORMAT_HEX;
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
	*name = names[format];
	return true;
}
