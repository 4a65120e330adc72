/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "cli.h"
#include "core/coap.h"
#include "input.h"
#include "words.h"

int
input_open(const char *file, const char **name)
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
		(unsigned)coap->code >> 5, coap->code & 31U);

	for (size_t i = 0; i < len; i++)
		if (coap->payload.ptr[i] < 0x20 || coap->payload.ptr[i] > 0x7e)
			len = 0;
	if (len > 0)
		(void)snprintf(
		    to + n, size - (size_t)n, ": %.*s", (int)len, (const char *)coap->payload.ptr);
}

/* Can the wrong format be the reason? Not if it could be read in the one given. */
static bool
is_misread(const struct osc_frame *frame, enum osc_err err)
{
	switch (err) {
	case OSC_EHEX:
	case OSC_EJSON:
	case OSC_EMESSAGE:
	case OSC_ECBOR:
	case OSC_ELONG:
		return true;
	default:
		return frame->format == OSC_FORMAT_RAW && osc_err_status(err) == 5;
	}
}

void
input_refused(const char *name, const struct osc_frame *frame, const struct osc_item *item,
    const char *request_file, bool explained)
{
	char buffer[WORDS_MAX], where[512], clear[WORDS_MAX];
	const char *words = words_with(buffer, item->err, &item->where, item->note);
	const char *format, *hint = words_hint_about(item->err, item->in);
	struct osc_coap coap;

	(void)snprintf(where, sizeof(where), "%s:%llu", name, (unsigned long long)item->number);
	if (item->err == OSC_ENOTOSCORE && osc_coap_decode(&coap, item->in, NULL) == OSC_OK &&
	    osc_code_is_response(coap.code)) {
		describe_unprotected(clear, sizeof(clear), &coap);
		words = clear;
	}
	cli_say(words_about_request(item->err) ? request_file : where, "%s", words);
	if (is_misread(frame, item->err) && osc_frame_suggest(frame, &format))
		cli_hint("the input looks like %s%s: add '-f %s'", format,
		    strcmp(format, "hex") == 0 ? " text" : "", format);
	else if (hint != NULL && !(explained && hint == words_hint(OSC_ETAG)))
		cli_hint("%s", hint);
}
