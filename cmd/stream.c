/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "cli.h"
#include "core/coap.h"
#include "output.h"
#include "stream.h"
#include "words.h"

struct stream {
	const struct stream_options *options;
	const char *name; /* of the input */
	struct osc_frame frame;
	struct osc_session session;
	struct output output;
	struct osc_buffer framed; /* the group's output */
	struct osc_item *items;
	struct osc_detail detail;
	int status;     /* that of the first refused message, or of the error at the end */
	bool any;       /* there was a message */
	bool passed;    /* a message went through */
	bool io_failed; /* the output is not complete */
	bool warned;    /* the context's warnings have been said */
};

int
stream_open_input(const char *file, const char **name)
{
	int fd;

	*name = "<stdin>";
	if (file == NULL || strcmp(file, "-") == 0)
		return STDIN_FILENO;
	*name = file;
	fd = osc_io_open_read(file);
	if (fd < 0)
		cli_say(file, "open: %s", strerror(errno));
	return fd;
}

/* What came in the clear instead of a protected response: the most frequent
 * real failure. Shown only as far as it is plain text. */
static void
describe_unprotected(char *to, size_t size, const struct osc_coap *coap)
{
	size_t len = coap->payload.len < 64 ? coap->payload.len : 64;
	int n =
	    snprintf(to, size, "not a protected message: %u.%02u in the clear, not authenticated",
		coap->code >> 5, coap->code & 31U);

	for (size_t i = 0; i < len; i++)
		if (coap->payload.ptr[i] < 0x20 || coap->payload.ptr[i] > 0x7e)
			len = 0;
	if (len > 0)
		(void)snprintf(
		    to + n, size - (size_t)n, ": %.*s", (int)len, (const char *)coap->payload.ptr);
}

void
stream_refused(const char *name, const struct osc_frame *frame, const struct osc_item *item,
    const char *request_file)
{
	char buffer[WORDS_MAX], where[512], clear[WORDS_MAX];
	const char *words = words_for(buffer, item->err, &item->where);
	const char *format;
	struct osc_coap coap;

	(void)snprintf(where, sizeof(where), "%s:%llu", name, (unsigned long long)item->number);
	if (item->err == OSC_ENOTOSCORE && osc_coap_decode(&coap, item->in, NULL) == OSC_OK &&
	    osc_code_is_response(coap.code)) {
		describe_unprotected(clear, sizeof(clear), &coap);
		words = clear;
	}
	cli_say(words_about_request(item->err) ? request_file : where, "%s", words);
	if (osc_err_status(item->err) == 5 && osc_frame_suggest(frame, &format))
		cli_hint("the input looks like %s%s: add '-f %s'", format,
		    strcmp(format, "hex") == 0 ? " text" : "", format);
	else if (words_hint(item->err) != NULL)
		cli_hint("%s", words_hint(item->err));
}

static void
end_with(struct stream *stream, enum osc_err err, const char *where)
{
	cli_fail(err, &stream->detail, where);
	if (stream->status == 0)
		stream->status = osc_err_status(err);
}

/* Report and frame what the session has settled. */
static enum osc_err
hand_over(struct stream *stream, size_t done)
{
	const struct stream_options *options = stream->options;
	char buffer[WORDS_MAX];
	enum osc_err err = OSC_OK;

	stream->framed.len = 0;
	for (size_t i = 0; i < done && err == OSC_OK; i++) {
		const struct osc_item *item = &stream->items[i];

		if (item->err == OSC_OK) {
			if (!options->session.dry_run)
				err = osc_frame_write(&stream->framed, options->to, item->out);
			stream->passed = true;
			continue;
		}
		stream_refused(stream->name, &stream->frame, item, options->session.request);
		if (stream->status == 0)
			stream->status = osc_err_status(item->err);
		if (options->session.keep_going && !options->session.dry_run)
			err = osc_frame_write_refused(&stream->framed, options->to, item->err,
			    words_for(buffer, item->err, &item->where));
	}
	if (err == OSC_OK && stream->framed.len > 0)
		err = output_write(
		    &stream->output, stream->framed.ptr, stream->framed.len, &stream->detail);
	return err;
}

/* One group; false when the run ends. */
static bool
run_group(struct stream *stream, stream_process *process, size_t n)
{
	size_t done = 0;
	enum osc_err err = OSC_OK, written;

	if (!stream->options->session.dry_run)
		err = output_open(&stream->output, &stream->detail);
	if (err != OSC_OK) {
		end_with(stream, err, stream->output.name);
		return false;
	}
	err = process(&stream->session, stream->items, n, &done, &stream->detail);
	if (stream->session.store != NULL && !stream->warned) {
		stream->warned = true;
		cli_warn_store(stream->session.store, stream->options->session.directory);
	}
	if (err != OSC_OK && done == 0) {
		end_with(stream, err, stream->options->session.directory);
		return false;
	}
	/* The error that ends the run is said behind those of the messages before. */
	struct osc_detail ending = stream->detail;
	memset(&stream->detail, 0, sizeof(stream->detail));
	written = hand_over(stream, done);
	if (written != OSC_OK) {
		stream->io_failed = true;
		stream->status = 0;
		end_with(stream, written, stream->output.name);
		return false;
	}
	if (err != OSC_OK) {
		stream->detail = ending;
		end_with(stream, err, stream->options->session.directory);
		return false;
	}
	return stream->status == 0 || stream->options->session.keep_going;
}

static void
run_groups(struct stream *stream, stream_process *process)
{
	/* Raw output has no boundaries: its second message must not be processed. */
	size_t max = stream->options->to == OSC_FORMAT_RAW ? 1 : OSC_GROUP_ITEMS, n;
	enum osc_err err;

	for (;;) {
		err = osc_frame_read(&stream->frame, stream->items, max, &n, &stream->detail);
		if (err == OSC_OK && n == 0) {
			if (!stream->any)
				end_with(stream, OSC_EEMPTY, stream->name);
			return;
		}
		if (err == OSC_OK && stream->any && stream->options->to == OSC_FORMAT_RAW)
			err = OSC_ESECOND;
		if (err != OSC_OK) {
			end_with(stream, err, stream->name);
			return;
		}
		stream->any = true;
		if (!run_group(stream, process, n))
			return;
	}
}

static bool
refuse_terminal(const struct stream_options *options)
{
	return options->to == OSC_FORMAT_RAW && options->output == NULL &&
	    !options->session.dry_run && isatty(STDOUT_FILENO);
}

int
stream_run(const struct stream_options *options, stream_process *process)
{
	struct stream stream = {.options = options};
	enum osc_err err;
	int fd;

	output_init(&stream.output, options->output);
	if (refuse_terminal(options)) {
		end_with(&stream, OSC_ETERMINAL, stream.output.name);
		return stream.status;
	}
	fd = stream_open_input(options->file, &stream.name);
	if (fd < 0)
		return 1;
	stream.items = calloc(OSC_GROUP_ITEMS, sizeof(*stream.items));
	osc_frame_init(&stream.frame, fd, options->from);
	osc_session_init(&stream.session, &options->session);
	if (stream.items == NULL)
		end_with(&stream, OSC_ENOMEM, NULL);
	else
		run_groups(&stream, process);
	err = output_close(&stream.output, stream.passed && !stream.io_failed, &stream.detail);
	if (err != OSC_OK) {
		stream.status = 0;
		end_with(&stream, err, stream.output.name);
	}
	osc_session_close(&stream.session);
	osc_frame_free(&stream.frame);
	osc_buffer_free(&stream.framed);
	free(stream.items);
	if (fd != STDIN_FILENO)
		(void)close(fd);
	return stream.status;
}
