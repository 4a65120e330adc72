/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "base/ascii.h"
#include "message/intake.h"
#include "message/json.h"
#include "message/jsonstream.h"
#include "message/jsonwrite.h"

/* Where the parts of an item begin, as long as the buffers may move: the datagram, in the
 * buffer the text of "meta", and note and warning, from 1. */
struct parts {
	size_t datagram, meta, note, warning;
};

struct reading {
	/* Of the group */
	struct osc_buffer datagrams;
	struct osc_buffer notes;
	struct osc_buffer parts;         /* of struct parts */
	struct osc_json_scratch scratch; /* with the scan of the value that begins at frame->at */
};

/* Between values; blanks do not pile up in the buffer. */
static void
skip_blanks(struct osc_frame *frame)
{
	const struct reading *reading = frame->state;
	struct osc_buffer *buffer = &frame->buffer;
	size_t before = frame->at;

	if (reading->scratch.scan.at > 0)
		return;
	while (frame->at < buffer->len && osc_is_blank(buffer->ptr[frame->at]))
		frame->at++;
	if (frame->at == buffer->len)
		frame->at = buffer->len = before;
}

/* A number or word ends before a blank or the next value. */
static size_t
find_word_end(struct osc_json_scan *scan, struct osc_slice text)
{
	size_t i;

	for (i = scan->at; i < text.len; i++)
		if (i > 0 &&
		    (osc_is_blank(text.ptr[i]) ||
			(text.ptr[i] != '\0' && strchr("{}[]\",:", text.ptr[i]) != NULL)))
			return i;
	scan->at = i;
	return 0;
}

/* The length of the next value; 0: more has to be read. */
static size_t
find_value(struct osc_frame *frame)
{
	struct reading *reading = frame->state;
	struct osc_json_scan *scan = &reading->scratch.scan;
	struct osc_slice text;
	size_t len = 0;

	skip_blanks(frame);
	if (frame->at == frame->buffer.len)
		return 0;
	text = osc_slice(frame->buffer.ptr + frame->at, frame->buffer.len - frame->at);
	if (memchr("{[\"", text.ptr[0], 3) == NULL)
		len = find_word_end(scan, text);
	else if (osc_json_scan(scan, text, OSC_JSON_MESSAGE_DEPTH))
		len = scan->at;
	/* What is longer than any object is a value of that length and one. */
	if (len > OSC_JSON_TEXT_MAX || (len == 0 && text.len > OSC_JSON_TEXT_MAX))
		return OSC_JSON_TEXT_MAX + 1;
	return len == 0 && frame->ended ? text.len : len;
}

static enum osc_err
decode(
    struct reading *reading, struct osc_slice text, struct osc_slice *meta, struct osc_detail *why)
{
	enum osc_err err;

	if (text.len > OSC_JSON_TEXT_MAX)
		return osc_detail_set(why, OSC_EJSON, NULL, "an object of more than 1 MiB");
	if (text.ptr[0] != '{') {
		err = osc_json_check(text);
		if (err == OSC_ENOMEM)
			return err;
		return osc_detail_set(
		    why, err == OSC_OK ? OSC_EMESSAGE : err, NULL, "not a JSON object");
	}
	return osc_json_decode(&reading->datagrams, text, meta, &reading->scratch, why);
}

/* Make an item of the value of this length. */
static enum osc_err
take_value(struct osc_intake *intake, size_t len)
{
	struct osc_frame *frame = intake->frame;
	struct reading *reading = frame->state;
	struct osc_slice text = osc_slice(frame->buffer.ptr + frame->at, len), meta = {NULL, 0};
	struct parts parts = {.datagram = reading->datagrams.len};
	struct osc_detail why = {0};
	enum osc_err err = decode(reading, text, &meta, &why);
	struct osc_item *item;

	memset(&reading->scratch.scan, 0, sizeof(reading->scratch.scan));
	if (osc_err_status(err) == 1 && !osc_err_is_before(err))
		return osc_detail_set(intake->detail, err, NULL, "%s", why.text);
	if (meta.len > 0)
		parts.meta = (size_t)(meta.ptr - frame->buffer.ptr);
	if (err != OSC_OK && why.text[0] != '\0') {
		parts.note = reading->notes.len + 1;
		osc_buffer_put(
		    &reading->notes, osc_slice((const uint8_t *)why.text, strlen(why.text) + 1));
	}
	if (err == OSC_OK && why.hint[0] != '\0') {
		parts.warning = reading->notes.len + 1;
		osc_buffer_put(
		    &reading->notes, osc_slice((const uint8_t *)why.hint, strlen(why.hint) + 1));
	}
	osc_buffer_put(&reading->parts, osc_slice((const uint8_t *)&parts, sizeof(parts)));
	if (reading->notes.full || reading->parts.full)
		return OSC_ENOMEM;
	frame->number++;
	item = osc_intake_add(intake, 0, reading->datagrams.len - parts.datagram, err);
	item->meta.len = meta.len;
	item->no_type = reading->scratch.no_type;
	item->no_mid = reading->scratch.no_mid;
	item->no_token = reading->scratch.no_token;
	intake->bytes += len;
	frame->at += len <= OSC_JSON_TEXT_MAX ? len : 0;
	if (err == OSC_EJSON)
		osc_intake_end(intake);
	return OSC_OK;
}

static void
set_pointers(struct osc_intake *intake)
{
	const struct reading *reading = intake->frame->state;
	const struct parts *parts = (const void *)reading->parts.ptr;
	struct osc_item *item;

	for (size_t i = 0; i < intake->n; i++, parts++) {
		item = &intake->items[i];
		if (item->in.len > 0)
			item->in.ptr = reading->datagrams.ptr + parts->datagram;
		if (item->meta.len > 0)
			item->meta.ptr = intake->frame->buffer.ptr + parts->meta;
		if (parts->note > 0)
			item->note = (const char *)reading->notes.ptr + parts->note - 1;
		if (parts->warning > 0)
			item->warning = (const char *)reading->notes.ptr + parts->warning - 1;
	}
}

static enum osc_err
read_json(struct osc_intake *intake)
{
	struct reading *reading = intake->frame->state;
	bool done = false;
	enum osc_err err = OSC_OK;
	size_t len;

	osc_buffer_cut(&reading->datagrams, 0);
	osc_buffer_cut(&reading->notes, 0);
	osc_buffer_cut(&reading->parts, 0);
	while (err == OSC_OK && !done && !osc_intake_full(intake)) {
		len = find_value(intake->frame);
		err = len > 0 ? take_value(intake, len) : osc_intake_more(intake, &done);
	}
	set_pointers(intake);
	/* What came before is good; the next read fails again. */
	return intake->n > 0 ? OSC_OK : err;
}

static void
free_reading(void *state)
{
	struct reading *reading = state;

	osc_buffer_free(&reading->datagrams);
	osc_buffer_free(&reading->notes);
	osc_buffer_free(&reading->parts);
	osc_json_scratch_free(&reading->scratch);
}

/* An array is JSON too, if no message. */
static bool
begins(uint8_t first)
{
	return first == '{' || first == '[';
}

const struct osc_format_row osc_format_json = {
    .name = "json",
    .tells = true,
    .boundaries = true,
    .begins = begins,
    .read = read_json,
    .state_size = sizeof(struct reading),
    .free = free_reading,
    .write = osc_json_encode,
    .write_refused = osc_json_encode_refused,
};
