/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <stdio.h>

#include "base/io.h"
#include "message/frame.h"
#include "message/hex.h"

#define CHUNK ((size_t)65536)
#define MESSAGE_MAX ((size_t)65535)

static const char *const names[] = {[OSC_FORMAT_RAW] = "raw", [OSC_FORMAT_HEX] = "hex"};

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

void
osc_frame_init(struct osc_frame *frame, int fd, enum osc_format format)
{
	memset(frame, 0, sizeof(*frame));
	frame->fd = fd;
	frame->format = format;
}

void
osc_frame_free(struct osc_frame *frame)
{
	osc_buffer_free(&frame->buffer);
}

/* Read once, up to len bytes. */
static enum osc_err
fill(struct osc_frame *frame, size_t len, struct osc_detail *detail)
{
	uint8_t *to = osc_buffer_reserve(&frame->buffer, len);
	ssize_t n;

	if (to == NULL)
		return osc_detail_set(detail, OSC_ENOMEM, NULL, "no memory");
	n = osc_io_read(frame->fd, to, len);
	if (n < 0)
		return osc_detail_errno(detail, OSC_EIO, NULL, "read");
	if (n == 0)
		frame->ended = true;
	else if (!frame->any)
		frame->first = to[0];
	frame->any = frame->any || n > 0;
	frame->buffer.len += (size_t)n;
	return OSC_OK;
}

enum osc_err
osc_frame_peek(struct osc_frame *frame, uint8_t *first, struct osc_detail *detail)
{
	enum osc_err err = OSC_OK;

	if (!frame->any && !frame->ended)
		err = fill(frame, CHUNK, detail);
	if (err != OSC_OK)
		return err;
	*first = frame->first;
	return frame->any ? OSC_OK : OSC_EEMPTY;
}

static void
give(struct osc_frame *frame, struct osc_item *item, size_t at, size_t len, enum osc_err err)
{
	memset(item, 0, sizeof(*item));
	/* The buffer may still move: in.ptr is set when the group is complete. */
	item->at = at;
	item->in.len = len;
	item->number = frame->number;
	item->err = err;
}

static enum osc_err
read_raw(struct osc_frame *frame, struct osc_item *items, size_t *n, struct osc_detail *detail)
{
	struct osc_buffer *buffer = &frame->buffer;
	enum osc_err err;

	if (frame->number > 0)
		return OSC_OK;
	while (!frame->ended && buffer->len <= MESSAGE_MAX) {
		err = fill(frame, MESSAGE_MAX + 1 - buffer->len, detail);
		if (err != OSC_OK)
			return err;
	}
	if (buffer->len == 0)
		return OSC_OK;
	frame->number = 1;
	give(frame, items, 0, buffer->len, buffer->len > MESSAGE_MAX ? OSC_ELONG : OSC_OK);
	*n = 1;
	return OSC_OK;
}

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
take_line(struct osc_frame *frame, struct osc_item *items, size_t *n)
{
	uint8_t *start = frame->buffer.ptr + frame->at;
	size_t left = frame->buffer.len - frame->at, len;
	uint8_t *end = left > 0 ? memchr(start, '\n', left) : NULL;
	struct osc_item *item = &items[*n];

	if (end == NULL && (!frame->ended || left == 0))
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
	give(frame, item, (size_t)(start - frame->buffer.ptr), len, OSC_OK);
	if (len > OSC_LINE_MAX)
		item->err = OSC_ELONG;
	else
		item->err =
		    osc_hex_decode(start, &item->in.len, osc_slice(start, len), &item->where);
	(*n)++;
	return true;
}

/* The rest of a line that is too long already is dropped as it comes. */
static void
drop_long_line(struct osc_frame *frame, struct osc_item *items, size_t *n)
{
	if (!frame->skipping) {
		frame->number++;
		frame->skipping = true;
		give(frame, &items[(*n)++], 0, 0, OSC_ELONG);
	}
	frame->buffer.len = frame->at;
}

static enum osc_err
read_lines(struct osc_frame *frame, struct osc_item *items, size_t max, size_t *n,
    struct osc_detail *detail)
{
	size_t bytes = 0, before;
	enum osc_err err;

	while (*n < max && bytes < OSC_GROUP_BYTES) {
		before = *n;
		if (take_line(frame, items, n)) {
			if (*n > before)
				bytes += items[before].in.len;
			continue;
		}
		if (frame->ended)
			break;
		if (frame->skipping || frame->buffer.len - frame->at > OSC_LINE_MAX) {
			drop_long_line(frame, items, n);
			if (*n > before)
				continue;
		}
		if (*n > 0 && !osc_io_readable(frame->fd))
			break;
		err = fill(frame, CHUNK, detail);
		if (err != OSC_OK)
			/* What came before is good; the next read fails again. */
			return *n > 0 ? OSC_OK : err;
	}
	return OSC_OK;
}

enum osc_err
osc_frame_read(struct osc_frame *frame, struct osc_item *items, size_t max, size_t *n,
    struct osc_detail *detail)
{
	struct osc_buffer *buffer = &frame->buffer;
	enum osc_err err;

	*n = 0;
	if (frame->at > 0) {
		memmove(buffer->ptr, buffer->ptr + frame->at, buffer->len - frame->at);
		buffer->len -= frame->at;
		frame->at = 0;
	}
	if (frame->format == OSC_FORMAT_RAW)
		err = read_raw(frame, items, n, detail);
	else
		err = read_lines(frame, items, max, n, detail);
	for (size_t i = 0; i < *n; i++)
		items[i].in.ptr = buffer->ptr + items[i].at;
	return err;
}

enum osc_format
osc_format_detect(uint8_t first)
{
	return first >= 0x40 && first <= 0x7f ? OSC_FORMAT_RAW : OSC_FORMAT_HEX;
}

bool
osc_frame_suggest(const struct osc_frame *frame, const char **name)
{
	if (!frame->any)
		return false;
	/* Only bytes that no message of the other format starts with. */
	if (frame->format == OSC_FORMAT_RAW &&
	    ((frame->first >= '0' && frame->first <= '9') || frame->first == '#'))
		*name = names[OSC_FORMAT_HEX];
	else if (frame->format == OSC_FORMAT_HEX && frame->first >= 0x40 && frame->first <= 0x7f &&
	    strchr("abcdefABCDEF{", frame->first) == NULL)
		*name = names[OSC_FORMAT_RAW];
	else
		return false;
	return true;
}

enum osc_err
osc_frame_write(struct osc_buffer *out, enum osc_format format, struct osc_slice message)
{
	uint8_t *to;

	if (format == OSC_FORMAT_RAW) {
		to = osc_buffer_reserve(out, message.len);
		if (to == NULL)
			return OSC_ENOMEM;
		osc_copy(to, message.ptr, message.len);
		out->len += message.len;
		return OSC_OK;
	}
	to = osc_buffer_reserve(out, 2 * message.len + 1);
	if (to == NULL)
		return OSC_ENOMEM;
	osc_hex_encode((char *)to, message);
	to[2 * message.len] = '\n';
	out->len += 2 * message.len + 1;
	return OSC_OK;
}

enum osc_err
osc_frame_write_refused(
    struct osc_buffer *out, enum osc_format format, enum osc_err err, const char *words)
{
	size_t room = strlen(words) + 16;
	char *to;
	int n;

	if (format == OSC_FORMAT_RAW)
		return OSC_OK;
	to = (char *)osc_buffer_reserve(out, room);
	if (to == NULL)
		return OSC_ENOMEM;
	n = snprintf(to, room, "# %d %s\n", osc_err_status(err), words);
	out->len += (size_t)n;
	return OSC_OK;
}
