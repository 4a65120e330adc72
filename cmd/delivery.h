/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_CMD_DELIVERY_H
#define OSC_CMD_DELIVERY_H

#include "output.h"
#include "stream.h"

/*
 * What leaves a stream: the messages that went through, what stands for those that
 * were refused, and the error replies, framed and written in large pieces.
 */
struct delivery {
	const struct stream_options *options;
	struct output output;
	struct output replies; /* FILE of --error-reply */
	struct osc_buffer framed, framed_replies;
	bool tells;        /* more of a message than its bytes */
	bool passed;       /* a message went through */
	bool replied;      /* an error reply was made */
	const char *where; /* of the last error */
	/* An error reply could not be written: said when all messages are out. */
	enum osc_err late;
	struct osc_detail late_detail;
};

/* delivery_init - nothing is opened yet; the options are borrowed */
void delivery_init(struct delivery *delivery, const struct stream_options *options);

/* Each returns OSC_OK, or an error with the detail, about delivery->where. */

/* delivery_check - as output_check */
enum osc_err delivery_check(struct delivery *delivery, struct osc_detail *detail);

/* delivery_next - is there room for another message, or has the only one gone out? */
enum osc_err delivery_next(const struct delivery *delivery, struct osc_detail *detail);

/* delivery_open - open what messages may be written to, before anything is used up for them */
enum osc_err delivery_open(struct delivery *delivery, struct osc_detail *detail);

/* delivery_alone - is only one message, or one error reply, possible in all? A second one
 * must not even be processed. */
bool delivery_alone(const struct delivery *delivery);

/* delivery_message - a message that went through */
enum osc_err delivery_message(struct delivery *delivery, const struct osc_item *item,
    const struct osc_work *work, struct osc_detail *detail);

/* delivery_refused - what stands for a message that is refused, and the answer to it */
enum osc_err delivery_refused(struct delivery *delivery, const struct osc_item *item,
    const struct osc_work *work, const char *words, struct osc_detail *detail);

/* delivery_flush - write what is framed so far */
enum osc_err delivery_flush(struct delivery *delivery, struct osc_detail *detail);

/* delivery_close - the outputs get their names, or vanish; any: a message was read */
enum osc_err delivery_close(struct delivery *delivery, bool any, struct osc_detail *detail);

#endif
