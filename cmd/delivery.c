/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "delivery.h"

#define WRITE_SIZE ((size_t)1024 * 1024) /* of output, in one piece */

void
delivery_init(struct delivery *delivery, const struct stream_options *options)
{
	memset(delivery, 0, sizeof(*delivery));
	delivery->options = options;
	output_init(&delivery->output, options->output);
	if (options->reply != NULL)
		output_init(&delivery->replies, options->reply);
	delivery->where = delivery->output.name;
	delivery->tells = osc_format_tells(options->to);
}

enum osc_err
delivery_check(struct delivery *delivery, struct osc_detail *detail)
{
	if (delivery->options->session.dry_run)
		return OSC_OK;
	return output_check(&delivery->output, delivery->options->to, detail);
}

enum osc_err
delivery_open(struct delivery *delivery, struct osc_detail *detail)
{
	enum osc_err err = OSC_OK;

	if (!delivery->options->session.dry_run)
		err = output_open(&delivery->output, detail);
	if (err == OSC_OK && delivery->options->reply != NULL) {
		delivery->where = delivery->replies.name;
		err = output_open(&delivery->replies, detail);
	}
	return err;
}

static bool
one_message(const struct delivery *delivery)
{
	return !osc_format_has_boundaries(delivery->options->to) && !delivery->output.packets &&
	    !delivery->options->session.dry_run;
}

static bool
one_reply(const struct delivery *delivery)
{
	return delivery->options->reply != NULL &&
	    !osc_format_has_boundaries(delivery->options->from) && !delivery->replies.packets;
}

bool
delivery_alone(const struct delivery *delivery)
{
	return one_message(delivery) || one_reply(delivery);
}

enum osc_err
delivery_next(const struct delivery *delivery, struct osc_detail *detail)
{
	if (delivery->passed && one_message(delivery))
		return osc_detail_set(detail, OSC_ESECOND, NULL,
		    "%s output holds one message, and there are more",
		    osc_format_name(delivery->options->to));
	if (!delivery->replied || !one_reply(delivery))
		return OSC_OK;
	(void)osc_detail_set(detail, OSC_ESECOND, NULL,
	    "the file of --error-reply holds one raw message, and there are more");
	osc_detail_hint(detail, "only on a packet socket raw replies stay apart");
	return OSC_ESECOND;
}

static enum osc_err
write_all(struct delivery *delivery, struct output *output, struct osc_buffer *framed,
    struct osc_detail *detail)
{
	enum osc_err err;

	delivery->where = output->name;
	err = output_write(output, framed->ptr, framed->len, detail);
	output->failed = output->failed || err != OSC_OK;
	osc_buffer_cut(framed, 0);
	return err;
}

/* Write what is framed: packets one by one, the rest in large pieces. */
static inline enum osc_err
write_out(struct delivery *delivery, struct output *output, struct osc_buffer *framed, size_t least,
    struct osc_detail *detail)
{
	if (framed->len == 0 || (framed->len < least && !output->packets))
		return OSC_OK;
	return write_all(delivery, output, framed, detail);
}

/* What JSON tells about the context of a message. */
static struct osc_about
about(
    const struct osc_endpoint *endpoint, enum osc_side side, const struct osc_oscore_option *option)
{
	struct osc_about out = {
	    .protected = true,
	    .kid = option->kid,
	    .kid_context = option->kid_context,
	    .piv = osc_piv_slice(&option->piv),
	};

	if (endpoint == NULL)
		return out;
	out.sender_id = osc_id_slice(
	    side == OSC_SIDE_OWN ? &endpoint->context.sender_id : &endpoint->context.recipient_id);
	out.context = endpoint->path;
	return out;
}

/* In a format that says more of a message than its bytes. */
static enum osc_err
write_told(struct delivery *delivery, const struct osc_item *item, const struct osc_work *work)
{
	struct osc_about what = {0};

	if (work->endpoint != NULL || work->unverified)
		what = about(work->endpoint, work->side, osc_work_option(work));
	what.meta = item->meta;
	return osc_frame_write(&delivery->framed, delivery->options->to, item->out, &what);
}

enum osc_err
delivery_message(struct delivery *delivery, const struct osc_item *item,
    const struct osc_work *work, struct osc_detail *detail)
{
	enum osc_err err;

	delivery->passed = true;
	if (delivery->options->session.dry_run)
		return OSC_OK;
	err = delivery->tells
	    ? write_told(delivery, item, work)
	    : osc_frame_write(&delivery->framed, delivery->options->to, item->out, NULL);
	return err == OSC_OK
	    ? write_out(delivery, &delivery->output, &delivery->framed, WRITE_SIZE, detail)
	    : err;
}

static enum osc_err
write_reply(struct delivery *delivery, const struct osc_work *work, struct osc_detail *detail)
{
	enum osc_format format = delivery->options->from; /* it goes where the request came from */
	struct osc_about what = {0};
	enum osc_err err;

	if (work->reply_protected)
		what = about(work->endpoint, OSC_SIDE_OWN, &work->reply_option);
	delivery->replied = true;
	if (delivery->replies.failed)
		return OSC_OK;
	err = osc_frame_write(&delivery->framed_replies, format, work->reply, &what);
	return err == OSC_OK
	    ? write_out(delivery, &delivery->replies, &delivery->framed_replies, WRITE_SIZE, detail)
	    : err;
}

/* What goes wrong with the replies must not take the messages along: they are used up. */
static void
fail_late(struct delivery *delivery, enum osc_err err, const struct osc_detail *detail)
{
	if (err == OSC_OK)
		return;
	delivery->replies.failed = true;
	delivery->late = err;
	delivery->late_detail = *detail;
}

enum osc_err
delivery_refused(struct delivery *delivery, const struct osc_item *item,
    const struct osc_work *work, const char *words, struct osc_detail *detail)
{
	const struct osc_session_options *options = &delivery->options->session;
	struct osc_detail late = {0};
	enum osc_err err = OSC_OK;

	if (work->reply.len > 0)
		fail_late(delivery, write_reply(delivery, work, &late), &late);
	if (options->keep_going && !options->dry_run)
		err = osc_frame_write_refused(
		    &delivery->framed, delivery->options->to, item->err, words);
	return err == OSC_OK
	    ? write_out(delivery, &delivery->output, &delivery->framed, WRITE_SIZE, detail)
	    : err;
}

static void
flush_replies(struct delivery *delivery)
{
	struct osc_detail late = {0};

	if (!delivery->replies.failed)
		fail_late(delivery,
		    write_out(delivery, &delivery->replies, &delivery->framed_replies, 0, &late),
		    &late);
}

enum osc_err
delivery_flush(struct delivery *delivery, struct osc_detail *detail)
{
	enum osc_err err = write_out(delivery, &delivery->output, &delivery->framed, 0, detail);

	if (err != OSC_OK)
		return err;
	flush_replies(delivery);
	if (delivery->late == OSC_OK)
		return OSC_OK;
	delivery->where = delivery->replies.name;
	*detail = delivery->late_detail;
	return delivery->late;
}

static enum osc_err
close_one(struct delivery *delivery, struct output *output, bool keep, struct osc_detail *detail)
{
	delivery->where = output->name;
	return output_close(output, keep && !output->failed, detail);
}

enum osc_err
delivery_close(struct delivery *delivery, bool any, struct osc_detail *detail)
{
	enum osc_err err;
	bool answered;

	/* The answers go out even if the output has failed: their requests are used up. */
	if (delivery->replied)
		flush_replies(delivery);
	answered = delivery->replied && !delivery->replies.failed;
	/* An answer to an earlier request must not be taken for one to this. */
	if (any && !answered)
		output_remove(&delivery->replies);
	err = close_one(delivery, &delivery->output, delivery->passed, detail);
	if (err == OSC_OK)
		err = close_one(delivery, &delivery->replies, answered, detail);
	else
		(void)output_close(&delivery->replies, answered, NULL);
	osc_buffer_free(&delivery->framed);
	osc_buffer_free(&delivery->framed_replies);
	return err;
}
