/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "delivery.h"
#include "explain.h"
#include "input.h"
#include "progress.h"
#include "refusal.h"
#include "stream.h"
#include "words.h"

#define SHORT_TAG 8
#define PROTECTED_MAX (UINT64_C(1) << 20)
#define FAILED_MAX (UINT64_C(1) << 14)

/*
 * How much one key may be used (draft-ietf-core-oscore-key-limits): with a tag of
 * 8 bytes, a forgery becomes too likely beyond these numbers. They are warned
 * about, once in a run each; nothing is refused, and nothing is kept.
 */
struct limits {
	uint64_t failed;       /* messages whose tag did not verify, in this run */
	bool protected_warned; /* that too many were protected has been said */
};

#define STATUS_FAILED 9 /* --fail: everything verified, and an answer is an error */

struct stream {
	const struct stream_options *options;
	const char *name; /* of the input */
	struct osc_frame frame;
	struct osc_session session;
	struct delivery delivery;
	size_t max; /* messages in a group */
	struct osc_item *items;
	struct explain explain;
	struct progress progress;
	struct limits limits;
	struct osc_detail detail;
	int status;        /* that of the first refused message, or of the error at the end */
	uint64_t total;    /* messages read, but for those that were passed over */
	bool warned;       /* of a value that is hardly meant */
	bool acknowledged; /* there were such */
	bool remarked;     /* that nothing is verified has been said */
	bool failed;       /* a verified answer is an error */
};

/* A message that is settled: warn if it goes too far. */
static void
watch_limits(struct limits *limits, const struct osc_item *item, const struct osc_work *work)
{
	const struct osc_endpoint *endpoint = work->endpoint;
	const char *where = endpoint != NULL ? endpoint->path : NULL;

	if (endpoint != NULL && endpoint->context.alg->tag_len != SHORT_TAG)
		return;
	/* Only protecting knows a number of its own; it counts what went out with
	 * this key, but for the responses that took the nonce of their request. */
	if (item->err == OSC_OK && work->outgoing && work->sending.seq >= PROTECTED_MAX &&
	    !limits->protected_warned) {
		cli_warn(where,
		    "over 2^20 messages protected with a key of an 8-byte tag: make a new context");
		limits->protected_warned = true;
	}
	/* Where several contexts fit none is to blame: the run is counted. */
	if (item->err == OSC_ETAG && ++limits->failed == FAILED_MAX)
		cli_warn(where,
		    "2^14 messages failed verification in this run, with an 8-byte tag: make a new "
		    "context");
}

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
	if (stream->session.opened && osc_endpoint_rederives(&stream->session.one))
		osc_detail_hint(&stream->detail, "add --rederive, to derive the keys anew");
	(void)snprintf(
	    where, sizeof(where), "%s:%llu", stream->name, (unsigned long long)item->number);
	end_with(stream, err, where);
}

/* A message that is refused: the words, and what stands for it. */
OSC_RARE static enum osc_err
hand_back(struct stream *stream, const struct osc_item *item, const struct osc_work *work)
{
	char buffer[WORDS_MAX];
	const char *words = buffer;
	struct refusal refusal;
	struct osc_item told;

	if (work->detail != NULL) {
		cli_fail(item->err, work->detail, stream->options->session.directory);
		(void)snprintf(buffer, sizeof(buffer), "%s%s%s", work->detail->path,
		    work->detail->path[0] != '\0' ? ": " : "", work->detail->text);
	} else {
		told = refusal_tell(&refusal, item, work);
		input_refused(stream->name, &stream->frame, &told, stream->options->request,
		    stream->options->session.explain);
		refusal_hint_tried(item, work);
		/* What was refused before stays what it was, however often it is read. */
		words = osc_err_is_before(item->err) && item->note != NULL
		    ? item->note
		    : words_with(buffer, told.err, &told.where, told.note);
	}
	if (stream->status == 0)
		stream->status = osc_err_status(item->err);
	return delivery_refused(&stream->delivery, item, work, words, &stream->detail);
}

static bool
ends_observation(const struct osc_work *work)
{
	struct osc_slice value;

	return work->outgoing && work->receipts != NULL && work->receipts->registration &&
	    !osc_option_find(work->sending.plain.options, OSC_OPT_OBSERVE, &value);
}

OSC_RARE static void
say_error(const struct stream *stream, const struct osc_item *item, unsigned code)
{
	char where[512];

	(void)snprintf(
	    where, sizeof(where), "%s:%llu", stream->name, (unsigned long long)item->number);
	cli_say(where, "the answer is an error: %u.%02u", code >> 5, code & 31U);
}

/* What to say of a message that went through: it was not verified; it is an error, which the
 * payload alone does not tell. */
static void
remark(struct stream *stream, const struct osc_item *item, const struct osc_work *work)
{
	unsigned code;

	if (work->unverified && !stream->remarked) {
		cli_hint("nothing was verified: these are the outer messages; name a CONTEXT");
		stream->remarked = true;
	}
	if (work->step == OSC_STEP_RESPONSE_1 || work->step == OSC_STEP_BEGUN)
		cli_hint("the peer asks to derive the keys anew: protect the request again");
	if (ends_observation(work))
		cli_hint("%s:%llu: a response without Observe to a registration: it ends the "
			 "observation",
		    stream->name, (unsigned long long)item->number);
	if (work->outgoing || work->endpoint == NULL || item->out.len < OSC_COAP_HEADER)
		return;
	code = item->out.ptr[1];
	if (code >> 5 != 4 && code >> 5 != 5)
		return;
	stream->failed = true;
	if (!stream->options->fail && stream->options->to == OSC_FORMAT_PAYLOAD)
		say_error(stream, item, code);
}

/* It does not count as a message: where nothing else comes, the input was empty. */
static void
pass_over(struct stream *stream, const struct osc_item *item)
{
	cli_hint("%s:%llu: an Empty acknowledgement: the response comes separately", stream->name,
	    (unsigned long long)item->number);
	stream->total--;
	stream->acknowledged = true;
}

static void
end_empty(struct stream *stream)
{
	if (stream->acknowledged)
		(void)osc_detail_set(
		    &stream->detail, OSC_EEMPTY, NULL, "no response, but an Empty acknowledgement");
	end_with(stream, OSC_EEMPTY, stream->name);
}

/* Of a mistake that a whole stream may have, once is enough. */
OSC_RARE static void
warn(struct stream *stream, const struct osc_item *item)
{
	char where[512];

	if (stream->warned)
		return;
	(void)snprintf(
	    where, sizeof(where), "%s:%llu", stream->name, (unsigned long long)item->number);
	cli_warn(where, "%s", item->warning);
	stream->warned = true;
}

/* Report and frame what the session has settled. */
static enum osc_err
hand_over(struct stream *stream, const struct osc_item *items, size_t done)
{
	enum osc_err err = OSC_OK;

	for (size_t i = 0; i < done && err == OSC_OK; i++) {
		const struct osc_work *work = osc_session_work(&stream->session, i);

		if (items[i].warning != NULL)
			warn(stream, &items[i]);
		if (work->passed_over) {
			pass_over(stream, &items[i]);
			continue;
		}
		err = items[i].err == OSC_OK
		    ? delivery_message(&stream->delivery, &items[i], work, &stream->detail)
		    : hand_back(stream, &items[i], work);
		watch_limits(&stream->limits, &items[i], work);
		if (items[i].err == OSC_OK)
			remark(stream, &items[i], work);
		if (stream->explain.on)
			explain_settled(&stream->explain, &stream->session, i, &items[i]);
	}
	return err == OSC_OK ? delivery_flush(&stream->delivery, &stream->detail) : err;
}

static void
end_output(struct stream *stream, enum osc_err err)
{
	stream->status = 0;
	end_with(stream, err, stream->delivery.where);
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
		end_output(stream, written);
		return false;
	}
	if (err != OSC_OK) {
		stream->detail = ending;
		end_before(stream, err, &items[*done]);
		return false;
	}
	return stream->status == 0 || stream->options->session.keep_going;
}

/* One group; false when the run ends. */
static bool
run_group(struct stream *stream, stream_process *process, size_t n)
{
	enum osc_err err = delivery_open(&stream->delivery, &stream->detail);
	size_t done = 0;

	if (err != OSC_OK) {
		end_with(stream, err, stream->delivery.where);
		return false;
	}
	for (size_t from = 0; from < n; from += done)
		if (!run_part(stream, process, stream->items + from, n - from, &done))
			return false;
	return true;
}

/* A move is accepted even if there is no message; false when the run ends. */
static bool
move_alone(struct stream *stream, stream_process *process)
{
	struct osc_detail before = stream->detail;
	size_t done;

	if (!stream->options->session.moved)
		return true;
	if (!run_part(stream, process, stream->items, 0, &done))
		return false;
	stream->detail = before;
	return true;
}

static void
run_groups(struct stream *stream, stream_process *process)
{
	enum osc_err err;
	size_t n;

	for (;;) {
		err =
		    osc_frame_read(&stream->frame, stream->items, stream->max, &n, &stream->detail);
		if (stream->total == 0 && n == 0 && !move_alone(stream, process))
			return;
		if (err == OSC_OK && n == 0) {
			if (stream->total == 0)
				end_empty(stream);
			return;
		}
		if (err == OSC_OK)
			err = delivery_next(&stream->delivery, &stream->detail);
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

/* One at a time where each has a way of its own, and where there is but one. */
static size_t
group_max(const struct stream *stream)
{
	bool one_in =
	    !osc_format_has_boundaries(stream->options->from) && !stream->frame.packet.is_packet;

	return one_in || delivery_alone(&stream->delivery) ? 1 : OSC_GROUP_ITEMS;
}

int
stream_run(const struct stream_options *options, stream_process *process)
{
	struct stream stream = {.options = options};
	enum osc_err err;
	int fd;

	delivery_init(&stream.delivery, options);
	err = delivery_check(&stream.delivery, &stream.detail);
	if (err != OSC_OK) {
		end_with(&stream, err, stream.delivery.where);
		return stream.status;
	}
	fd = input_open(options->file, &stream.name);
	if (fd < 0)
		return 1;
	osc_frame_init(&stream.frame, fd, options->from);
	stream.max = group_max(&stream);
	if (stream.max > 1) {
		osc_io_widen(fd);
		if (stream.delivery.output.path == NULL)
			osc_io_widen(STDOUT_FILENO);
	}
	stream.items = malloc(stream.max * sizeof(*stream.items));
	osc_session_init(&stream.session, &options->session);
	explain_init(&stream.explain, options->session.explain, options->show_secrets, stream.name);
	err = stream.items == NULL ? OSC_ENOMEM : OSC_OK;
	/* What is wrong with the context is said before input is waited for. */
	if (err == OSC_OK)
		err = osc_session_open(&stream.session, options->peek, &stream.detail);
	if (err != OSC_OK) {
		end_with(&stream, err, NULL);
	} else {
		memset(&stream.detail, 0, sizeof(stream.detail));
		progress_start(&stream.progress, fd,
		    stream.delivery.output.path == NULL && isatty(STDOUT_FILENO));
		run_groups(&stream, process);
		progress_end(&stream.progress);
	}
	err = delivery_close(&stream.delivery, stream.total > 0, &stream.detail);
	if (err != OSC_OK)
		end_output(&stream, err);
	if (stream.status == 0 && options->fail && stream.failed)
		stream.status = STATUS_FAILED;
	osc_session_close(&stream.session);
	explain_free(&stream.explain);
	osc_frame_free(&stream.frame);
	free(stream.items);
	if (fd != STDIN_FILENO)
		(void)close(fd);
	return stream.status;
}
