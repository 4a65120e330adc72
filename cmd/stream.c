/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "explain.h"
#include "input.h"
#include "limits.h"
#include "output.h"
#include "progress.h"
#include "stream.h"
#include "words.h"

#define WRITE_SIZE ((size_t)1024 * 1024) /* of output, in one piece */

struct stream {
	const struct stream_options *options;
	const char *name; /* of the input */
	struct osc_frame frame;
	struct osc_session session;
	struct output output;
	struct output replies;    /* FILE of --error-reply */
	struct osc_buffer framed; /* the group's output */
	struct osc_buffer framed_replies;
	struct osc_item *items;
	struct explain explain;
	struct progress progress;
	struct limits limits;
	struct osc_detail detail;
	int status;     /* that of the first refused message, or of the error at the end */
	uint64_t total; /* messages read */
	bool passed;    /* a message went through */
	bool replied;   /* an error reply was made */
	bool io_failed; /* the output is not complete */
};

static void
end_with(struct stream *stream, enum osc_err err, const char *where)
{
	cli_fail(err, &stream->detail, where);
	if (stream->status == 0)
		stream->status = osc_err_status(err);
}

/* The error of a run that ended before an item. Running out of numbers
 * is about a message, the rest about the context. */
static void
end_before(struct stream *stream, enum osc_err err, const struct osc_item *item)
{
	char where[512];

	if (err != OSC_EEXHAUSTED) {
		end_with(stream, err, stream->options->session.directory);
		return;
	}
	memset(&stream->detail, 0, sizeof(stream->detail));
	(void)snprintf(
	    where, sizeof(where), "%s:%llu", stream->name, (unsigned long long)item->number);
	end_with(stream, err, where);
}

/* Write what is framed: packets one by one, the rest in large pieces. */
static enum osc_err
deliver(struct stream *stream, struct output *output, struct osc_buffer *framed, size_t least)
{
	enum osc_err err;

	if (framed->len == 0 || (framed->len < least && !output->packets))
		return OSC_OK;
	err = output_write(output, framed->ptr, framed->len, &stream->detail);
	osc_buffer_cut(framed, 0);
	return err;
}

/* What JSON tells about the context of a message. */
static struct osc_about
about(const struct osc_report *report)
{
	const struct osc_endpoint *endpoint = report->endpoint;
	struct osc_about out = {0};

	if (endpoint == NULL)
		return out;
	out.protected = true;
	out.has_kid = report->option.has_kid;
	out.kid = report->option.kid;
	out.has_kid_context = report->option.has_kid_context;
	out.kid_context = report->option.kid_context;
	out.piv = osc_slice(report->option.piv.bytes, report->option.piv.len);
	out.sender_id =
	    osc_id_slice(report->side == OSC_SIDE_OWN ? &endpoint->context.sender_id
						      : &endpoint->context.recipient_id);
	out.context = endpoint->path;
	return out;
}

/* A message that went through. */
static enum osc_err
hand_out(struct stream *stream, const struct osc_item *item, const struct osc_report *report)
{
	struct osc_about what = about(report);

	stream->passed = true;
	if (stream->options->session.dry_run)
		return OSC_OK;
	return osc_frame_write(&stream->framed, stream->options->to, item->out, &what, item->meta);
}

/* A message that is refused: the words, what stands for it, and the answer to it. */
static enum osc_err
hand_back(struct stream *stream, const struct osc_item *item, const struct osc_report *report)
{
	const struct stream_options *options = stream->options;
	enum osc_format format = options->to == OSC_FORMAT_PAYLOAD ? OSC_FORMAT_RAW : options->to;
	char buffer[WORDS_MAX];
	enum osc_err err = OSC_OK;

	input_refused(stream->name, &stream->frame, item, options->session.request);
	if (stream->status == 0)
		stream->status = osc_err_status(item->err);
	if (options->session.keep_going && !options->session.dry_run)
		err = osc_frame_write_refused(&stream->framed, options->to, item->err,
		    words_with(buffer, item->err, &item->where, item->note));
	if (err != OSC_OK || report->reply.len == 0)
		return err;
	stream->replied = true;
	err = osc_frame_write(
	    &stream->framed_replies, format, report->reply, NULL, osc_slice(NULL, 0));
	return err == OSC_OK
	    ? deliver(stream, &stream->replies, &stream->framed_replies, WRITE_SIZE)
	    : err;
}

/* Report and frame what the session has settled. */
static enum osc_err
hand_over(struct stream *stream, const struct osc_item *items, size_t done)
{
	enum osc_err err = OSC_OK;

	osc_buffer_cut(&stream->framed, 0);
	osc_buffer_cut(&stream->framed_replies, 0);
	for (size_t i = 0; i < done && err == OSC_OK; i++) {
		const struct osc_report *report = osc_session_report(&stream->session, i);

		err = deliver(stream, &stream->output, &stream->framed, WRITE_SIZE);
		if (err == OSC_OK)
			err = items[i].err == OSC_OK ? hand_out(stream, &items[i], report)
						     : hand_back(stream, &items[i], report);
		limits_watch(&stream->limits, &items[i], report);
		explain_settled(&stream->explain, &stream->session, i, &items[i]);
	}
	if (err == OSC_OK)
		err = deliver(stream, &stream->output, &stream->framed, 0);
	if (err == OSC_OK)
		err = deliver(stream, &stream->replies, &stream->framed_replies, 0);
	return err;
}

/* As much of a group as the session takes at once; false when the run ends. */
static bool
run_part(
    struct stream *stream, stream_process *process, struct osc_item *items, size_t n, size_t *done)
{
	const struct osc_endpoint *endpoint;
	struct osc_detail ending;
	enum osc_err err, written;

	err = process(&stream->session, items, n, done, &stream->detail);
	while ((endpoint = osc_session_unwarned(&stream->session)) != NULL)
		cli_warn_store(endpoint->store, endpoint->path);
	/* The error that ends the run is said behind those of the messages before. */
	ending = stream->detail;
	memset(&stream->detail, 0, sizeof(stream->detail));
	written = hand_over(stream, items, *done);
	if (written != OSC_OK) {
		stream->io_failed = true;
		stream->status = 0;
		end_with(stream, written, stream->output.name);
		return false;
	}
	if (err != OSC_OK) {
		stream->detail = ending;
		end_before(stream, err, &items[*done]);
		return false;
	}
	return stream->status == 0 || stream->options->session.keep_going;
}

/* What messages may be written to is open before anything is used up for them. */
static enum osc_err
open_outputs(struct stream *stream)
{
	enum osc_err err = OSC_OK;

	if (!stream->options->session.dry_run)
		err = output_open(&stream->output, &stream->detail);
	if (err == OSC_OK && stream->options->reply != NULL)
		err = output_open(&stream->replies, &stream->detail);
	return err;
}

/* One group; false when the run ends. */
static bool
run_group(struct stream *stream, stream_process *process, size_t n)
{
	enum osc_err err = open_outputs(stream);
	size_t done = 0;

	if (err != OSC_OK) {
		end_with(stream, err, stream->output.name);
		return false;
	}
	for (size_t from = 0; from < n; from += done)
		if (!run_part(stream, process, stream->items + from, n - from, &done))
			return false;
	return true;
}

static enum osc_err
refuse_second(struct stream *stream)
{
	const char *name = osc_format_name(stream->options->to);

	(void)osc_detail_set(&stream->detail, OSC_ESECOND, NULL,
	    "%s output holds one message, and there are more", name);
	return OSC_ESECOND;
}

static void
run_groups(struct stream *stream, stream_process *process)
{
	/* Without boundaries the second message must not even be processed. */
	bool one = !osc_format_has_boundaries(stream->options->to) && !stream->output.packets &&
	    !stream->options->session.dry_run;
	bool one_reply = stream->options->reply != NULL &&
	    !osc_format_has_boundaries(stream->options->to) && !stream->replies.packets;
	size_t max = one || one_reply ? 1 : OSC_GROUP_ITEMS, n;
	enum osc_err err;

	for (;;) {
		err = osc_frame_read(&stream->frame, stream->items, max, &n, &stream->detail);
		if (err == OSC_OK && n == 0) {
			if (stream->total == 0)
				end_with(stream, OSC_EEMPTY, stream->name);
			return;
		}
		if (err == OSC_OK && ((stream->passed && one) || (stream->replied && one_reply)))
			err = refuse_second(stream);
		if (err != OSC_OK) {
			end_with(stream, err, stream->name);
			return;
		}
		stream->total += n;
		if (!run_group(stream, process, n))
			return;
		progress_show(&stream->progress, stream->total);
	}
}

/* The outputs get their names, or vanish. */
static void
close_outputs(struct stream *stream)
{
	enum osc_err err =
	    output_close(&stream->output, stream->passed && !stream->io_failed, &stream->detail);
	const char *name = stream->output.name;

	if (err == OSC_OK) {
		err = output_close(
		    &stream->replies, stream->replied && !stream->io_failed, &stream->detail);
		name = stream->replies.name;
	} else {
		(void)output_close(&stream->replies, false, NULL);
	}
	/* An answer to an earlier request must not be taken for one to this. */
	if (stream->total > 0 && !stream->replied)
		output_remove(&stream->replies);
	if (err != OSC_OK) {
		stream->status = 0;
		end_with(stream, err, name);
	}
}

int
stream_run(const struct stream_options *options, stream_process *process)
{
	struct stream stream = {.options = options};
	enum osc_err err;
	int fd;

	output_init(&stream.output, options->output);
	output_init(&stream.replies, options->reply);
	err = options->session.dry_run ? OSC_OK
				       : output_check(&stream.output, options->to, &stream.detail);
	if (err != OSC_OK) {
		end_with(&stream, err, stream.output.name);
		return stream.status;
	}
	fd = input_open(options->file, &stream.name);
	if (fd < 0)
		return 1;
	stream.items = calloc(OSC_GROUP_ITEMS, sizeof(*stream.items));
	osc_frame_init(&stream.frame, fd, options->from);
	osc_session_init(&stream.session, &options->session);
	explain_init(&stream.explain, options->explain, options->show_secrets, stream.name);
	err = stream.items == NULL        ? OSC_ENOMEM
	    : process == osc_session_peek ? OSC_OK
					  : osc_session_check_role(&stream.session, &stream.detail);
	if (err != OSC_OK) {
		end_with(&stream, err, NULL);
	} else {
		memset(&stream.detail, 0, sizeof(stream.detail));
		progress_start(&stream.progress, fd);
		run_groups(&stream, process);
		progress_end(&stream.progress);
	}
	close_outputs(&stream);
	osc_session_close(&stream.session);
	explain_free(&stream.explain);
	osc_frame_free(&stream.frame);
	osc_buffer_free(&stream.framed);
	osc_buffer_free(&stream.framed_replies);
	free(stream.items);
	if (fd != STDIN_FILENO)
		(void)close(fd);
	return stream.status;
}
