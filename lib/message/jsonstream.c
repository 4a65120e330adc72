/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "base/ascii.h"
#include "message/readers.h"

/* Between values; blanks do not pile up in the buffer. */
static void
skip_blanks(struct osc_frame *frame)
{
	struct osc_buffer *buffer = &frame->buffer;
	size_t before = frame->at;

	if (frame->scanned > 0)
		return;
	while (frame->at < buffer->len && osc_is_blank(buffer->ptr[frame->at]))
		frame->at++;
	if (frame->at == buffer->len)
		frame->at = buffer->len = before;
}

/* An object, array or string: up to the bracket or quote that closes the first one.
 * Goes on where it stopped; returns the length, 0 if the end is not there. */
static size_t
find_end(struct osc_frame *frame)
{
	const uint8_t *p = frame->buffer.ptr + frame->at;
	size_t left = frame->buffer.len - frame->at, i;

	for (i = frame->scanned; i < left; i++) {
		osc_json_pass(&frame->place, p[i]);
		if (frame->place.depth == 0 && !frame->place.in_string)
			return i + 1;
	}
	frame->scanned = i;
	return 0;
}

/* A number or word ends before a blank or the next value. */
static size_t
find_word_end(struct osc_frame *frame)
{
	const uint8_t *p = frame->buffer.ptr + frame->at;
	size_t left = frame->buffer.len - frame->at, i;

	for (i = frame->scanned; i < left; i++)
		if (i > 0 &&
		    (osc_is_blank(p[i]) || (p[i] != '\0' && strchr("{}[]\",:", p[i]) != NULL)))
			return i;
	frame->scanned = i;
	return 0;
}

/* The length of the next value; 0: more has to be read. */
static size_t
find_value(struct osc_frame *frame)
{
	size_t left, len;
	uint8_t first;

	skip_blanks(frame);
	left = frame->buffer.len - frame->at;
	if (left == 0)
		return 0;
	first = frame->buffer.ptr[frame->at];
	if (first == '{' || first == '[' || first == '"')
		len = find_end(frame);
	else
		len = find_word_end(frame);
	/* What is longer than any object is a value of that length and one. */
	if (len > OSC_JSON_TEXT_MAX || (len == 0 && left > OSC_JSON_TEXT_MAX))
		return OSC_JSON_TEXT_MAX + 1;
	return len == 0 && frame->ended ? left : len;
}

static enum osc_err
add_note(struct osc_intake *intake, struct osc_item *item, const char *words)
{
	struct osc_buffer *notes = &intake->frame->notes;

	/* Place 0 stands for no note. */
	if (notes->len == 0)
		osc_buffer_put(notes, osc_slice((const uint8_t *)"", 1));
	item->note_at = words[0] != '\0' ? notes->len : 0;
	osc_buffer_put(notes, osc_slice((const uint8_t *)words, strlen(words) + 1));
	if (notes->full)
		return OSC_ENOMEM;
	return OSC_OK;
}

static enum osc_err
decode(struct osc_intake *intake, struct osc_slice text, struct osc_slice *meta,
    struct osc_detail *why)
{
	struct osc_frame *frame = intake->frame;

	if (text.len > OSC_JSON_TEXT_MAX)
		return osc_detail_set(why, OSC_EJSON, NULL, "an object of more than 1 MiB");
	if (text.ptr[0] != '{')
		return osc_detail_set(why, osc_json_is_value(text) ? OSC_EMESSAGE : OSC_EJSON, NULL,
		    "not a JSON object");
	return osc_json_decode(&frame->datagrams, text, meta, &frame->scratch, why);
}

/* Make an item of the value of this length. */
static enum osc_err
take_value(struct osc_intake *intake, size_t len)
{
	struct osc_frame *frame = intake->frame;
	struct osc_slice text = osc_slice(frame->buffer.ptr + frame->at, len), meta = {NULL, 0};
	size_t start = frame->datagrams.len;
	struct osc_detail why = {0};
	enum osc_err err = decode(intake, text, &meta, &why);
	struct osc_item *item;

	frame->scanned = 0;
	memset(&frame->place, 0, sizeof(frame->place));
	if (osc_err_status(err) == 1)
		return osc_detail_set(intake->detail, err, NULL, "%s", why.text);
	frame->number++;
	item = osc_intake_add(intake, start, frame->datagrams.len - start, err);
	item->meta.len = meta.len;
	if (meta.len > 0)
		item->meta_at = (size_t)(meta.ptr - frame->buffer.ptr);
	intake->bytes += len;
	frame->at += len <= OSC_JSON_TEXT_MAX ? len : 0;
	if (err == OSC_EJSON)
		osc_intake_end(intake);
	return err != OSC_OK ? add_note(intake, item, why.text) : OSC_OK;
}

enum osc_err
osc_read_json(struct osc_intake *intake)
{
	bool done = false;
	enum osc_err err = OSC_OK;
	size_t len;

	osc_buffer_cut(&intake->frame->datagrams, 0);
	osc_buffer_cut(&intake->frame->notes, 0);
	while (err == OSC_OK && !done && !osc_intake_full(intake)) {
		len = find_value(intake->frame);
		if (len == 0) {
			err = osc_intake_more(intake, &done);
			continue;
		}
		err = take_value(intake, len);
		if (err != OSC_OK && intake->n > 0)
			/* What came before is good; the next read fails again. */
			return OSC_OK;
	}
	return err;
}
