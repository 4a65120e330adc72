/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_MESSAGE_INTAKE_H
#define OSC_MESSAGE_INTAKE_H

#include "core/oscore.h"
#include "message/frame.h"

/* A group of messages while it is read: what the readers of the formats share. Private to
 * the frame. */

#define OSC_CHUNK ((size_t)65536)                 /* bytes asked for in one read */
#define OSC_INTAKE_TEXT_MAX (4 * OSC_GROUP_BYTES) /* of the input in one group */

/* The group that is being put together. */
struct osc_intake {
	struct osc_frame *frame;
	struct osc_item *items;
	size_t max, n;
	size_t began; /* where in the buffer the group begins */
	size_t clear; /* items behind the n, all zero */
	size_t bytes; /* of the input, against OSC_GROUP_BYTES */
	struct osc_detail *detail;
};

/* osc_intake_fill - read once, up to len bytes; the end of the input is noted in the
 * frame. OSC_OK, OSC_EIO or OSC_ENOMEM. */
enum osc_err osc_intake_fill(struct osc_intake *intake, size_t len);

/* osc_intake_compact - drop the bytes of the buffer that were given out, if that pays; only while
 * the group is empty */
void osc_intake_compact(struct osc_intake *intake);

/* osc_intake_more - osc_intake_fill for a stream. *done: the group is complete, because
 * the input has ended, or would block, or has failed behind good messages: then the
 * next read fails again. */
enum osc_err osc_intake_more(struct osc_intake *intake, bool *done);

/* osc_intake_full - no more into this group */
static inline bool
osc_intake_full(const struct osc_intake *intake)
{
	/* Comments and the like count too, once there is something to give out. */
	return intake->n == intake->max || intake->bytes >= OSC_GROUP_BYTES ||
	    (intake->n > 0 && intake->frame->at - intake->began >= OSC_INTAKE_TEXT_MAX);
}

/* osc_intake_clear - of osc_intake_add: those that come next are all zero */
void osc_intake_clear(struct osc_intake *intake);

/* osc_intake_add - the next item, with these bytes of the buffer; a reader that has the
 * datagram elsewhere sets in.ptr when the group is complete */
static inline struct osc_item *
osc_intake_add(struct osc_intake *intake, size_t at, size_t len, enum osc_err err)
{
	struct osc_item *item = &intake->items[intake->n];

	if (intake->clear == 0)
		osc_intake_clear(intake);
	intake->clear--;
	intake->n++;
	/* The buffer may still move: pointers are set when the group is complete. */
	item->at = at;
	item->in.len = len;
	item->number = intake->frame->number;
	item->err = err;
	return item;
}

/* osc_intake_end - nothing behind this can be read: the input has ended */
void osc_intake_end(struct osc_intake *intake);

#endif
