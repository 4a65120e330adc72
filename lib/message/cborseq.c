/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "core/cborhead.h"
#include "message/cborseq.h"
#include "message/intake.h"

#define OPEN UINT64_MAX /* in a nest: up to a break */

/* What is longer than any message is judged by its head. */
static void
decode_string(struct osc_cborseq_item *item, const struct osc_cbor_head *head, struct osc_slice in)
{
	bool is_long = head->argument > OSC_MESSAGE_MAX;

	item->used =
	    head->argument > UINT64_MAX - head->len ? UINT64_MAX : head->len + head->argument;
	if (!is_long && item->used > in.len) {
		item->what = OSC_CBORSEQ_MORE;
	} else if (head->major == OSC_CBOR_BYTES && is_long) {
		item->what = OSC_CBORSEQ_LONG;
	} else if (head->major == OSC_CBOR_BYTES) {
		item->what = OSC_CBORSEQ_MESSAGE;
		item->message = osc_slice(in.ptr + head->len, (size_t)head->argument);
	}
}

void
osc_cborseq_decode(struct osc_cborseq_item *item, struct osc_slice in)
{
	static const enum osc_cborseq status[] = {[OSC_CBOR_HEAD] = OSC_CBORSEQ_OTHER,
	    [OSC_CBOR_MORE] = OSC_CBORSEQ_MORE,
	    [OSC_CBOR_BROKEN] = OSC_CBORSEQ_BROKEN};
	struct osc_cbor_head head = {0};
	uint64_t each;

	memset(item, 0, sizeof(*item));
	item->what = status[osc_cbor_head_decode(&head, in)];
	if (item->what != OSC_CBORSEQ_OTHER)
		return;
	item->used = head.len;
	item->open = head.indefinite && head.major != OSC_CBOR_SIMPLE;
	switch (head.major) {
	case OSC_CBOR_BYTES:
	case OSC_CBOR_TEXT:
		if (!head.indefinite)
			decode_string(item, &head, in);
		break;
	case OSC_CBOR_ARRAY:
	case OSC_CBOR_MAP:
		each = head.major == OSC_CBOR_MAP ? 2 : 1;
		if (head.argument <= (OPEN - 1) / each)
			item->inside = each * head.argument;
		else /* more than can be counted */
			item->what = OSC_CBORSEQ_BROKEN;
		break;
	case OSC_CBOR_TAG:
		item->inside = 1;
		break;
	case OSC_CBOR_SIMPLE:
		if (head.indefinite)
			item->what = OSC_CBORSEQ_BREAK;
		else if (head.len == 2 && head.argument < 32) /* has a shorter form (3.3) */
			item->what = OSC_CBORSEQ_BROKEN;
		break;
	case OSC_CBOR_POSITIVE:
	case OSC_CBOR_NEGATIVE:
		break;
	}
	if (item->what == OSC_CBORSEQ_MORE || item->what == OSC_CBORSEQ_BROKEN)
		item->used = 0;
}

bool
osc_cborseq_pass(struct osc_cborseq_nest *nest, const struct osc_cborseq_item *item)
{
	size_t *depth = &nest->depth;

	if (item->what == OSC_CBORSEQ_MORE || item->what == OSC_CBORSEQ_BROKEN)
		return false;
	if (item->open || item->inside > 0) {
		if (*depth == OSC_CBORSEQ_DEPTH)
			return false;
		nest->left[(*depth)++] = item->open ? OPEN : item->inside;
		return true;
	}
	if (item->what == OSC_CBORSEQ_BREAK) {
		if (*depth == 0 || nest->left[*depth - 1] != OPEN)
			return false;
		(*depth)--;
	}
	/* It is complete; so is each that it was the last one of. */
	while (*depth > 0 && nest->left[*depth - 1] != OPEN && --nest->left[*depth - 1] == 0)
		(*depth)--;
	return true;
}

enum osc_err
osc_cborseq_encode(struct osc_buffer *out, struct osc_slice message)
{
	uint8_t *to = osc_buffer_reserve(out, OSC_CBOR_HEAD_MAX + message.len);
	size_t len;

	if (to == NULL)
		return OSC_ENOMEM;
	len = osc_cbor_head_encode(to, OSC_CBOR_BYTES, message.len);
	osc_copy(to + len, message.ptr, message.len);
	out->len += len + message.len;
	return OSC_OK;
}

enum osc_err
osc_cborseq_encode_status(struct osc_buffer *out, int status)
{
	uint8_t *to = osc_buffer_reserve(out, OSC_CBOR_HEAD_MAX);

	if (to == NULL)
		return OSC_ENOMEM;
	out->len += osc_cbor_head_encode(to, OSC_CBOR_POSITIVE, (uint64_t)status);
	return OSC_OK;
}

struct reading {
	/* In the middle of an item that is not wanted. */
	uint64_t skip; /* bytes of a string, still to come */
	struct osc_cborseq_nest nest;
};

/* The rest of a string that is not wanted is dropped as it comes. */
static void
drop(struct osc_frame *frame)
{
	struct reading *reading = frame->state;
	size_t left = frame->buffer.len - frame->at;
	size_t n = reading->skip < left ? (size_t)reading->skip : left;

	frame->at += n;
	reading->skip -= n;
	if (reading->skip > 0)
		frame->at = frame->buffer.len = frame->buffer.len - n;
}

/* What nearly every item is: a message that is there as a whole. */
static bool
take_message(struct osc_intake *intake, size_t left)
{
	struct osc_frame *frame = intake->frame;
	struct osc_cbor_head head;
	size_t len;

	if (osc_cbor_head_decode(&head, osc_slice(frame->buffer.ptr + frame->at, left)) !=
		OSC_CBOR_HEAD ||
	    head.major != OSC_CBOR_BYTES || head.indefinite || head.argument > OSC_MESSAGE_MAX ||
	    head.argument > left - head.len)
		return false;
	len = (size_t)head.argument;
	frame->number++;
	intake->bytes += len;
	(void)osc_intake_add(intake, frame->at + head.len, len, OSC_OK);
	frame->at += head.len + len;
	return true;
}

/* What the group gets of an item that is in no other, and is no whole message. */
static void
add_item(struct osc_intake *intake, const struct osc_cborseq_item *item)
{
	enum osc_err err = item->what == OSC_CBORSEQ_LONG ? OSC_ELONG : OSC_ECBOR;

	intake->frame->number++;
	(void)osc_intake_add(intake, 0, 0, err);
}

/* Take one item off the buffer, or the head of one; false if there is no whole one. */
static bool
take_item(struct osc_intake *intake)
{
	struct osc_frame *frame = intake->frame;
	struct reading *reading = frame->state;
	struct osc_cborseq_item item;
	size_t left;

	if (reading->skip > 0)
		drop(frame);
	left = frame->buffer.len - frame->at;
	if (left == 0)
		return false;
	if (reading->nest.depth == 0 && take_message(intake, left))
		return true;
	osc_cborseq_decode(&item, osc_slice(frame->buffer.ptr + frame->at, left));
	if (item.what == OSC_CBORSEQ_MORE && !frame->ended)
		return false;
	if (reading->nest.depth == 0)
		add_item(intake, &item);
	if (osc_cborseq_pass(&reading->nest, &item))
		reading->skip = item.used;
	else
		osc_intake_end(intake);
	return true;
}

static enum osc_err
read_cborseq(struct osc_intake *intake)
{
	bool done = false;
	enum osc_err err = OSC_OK;

	while (err == OSC_OK && !done && !osc_intake_full(intake))
		if (!take_item(intake)) {
			/* An item without end must not fill the memory. */
			if (intake->n == 0)
				osc_intake_compact(intake);
			err = osc_intake_more(intake, &done);
		}
	return err;
}

/* With a string: text is refused, but does not look like another format. */
static bool
begins(uint8_t first)
{
	return first >= 0x40 && first <= 0x7f && first != '{';
}

static enum osc_err
write_cborseq(struct osc_buffer *out, struct osc_slice message, const struct osc_about *about)
{
	(void)about;
	return osc_cborseq_encode(out, message);
}

static enum osc_err
write_refused(struct osc_buffer *out, int status, const char *words)
{
	(void)words;
	return osc_cborseq_encode_status(out, status);
}

const struct osc_format_row osc_format_cborseq = {
    .name = "cborseq",
    .boundaries = true,
    .binary = true,
    .begins = begins,
    .read = read_cborseq,
    .state_size = sizeof(struct reading),
    .write = write_cborseq,
    .write_refused = write_refused,
};
