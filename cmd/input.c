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

/* Text in a raw message is no message, even if it could be one. */
static const char *
hint_about_input(const struct osc_frame *frame, const struct osc_item *item)
{
	switch (item->err) {
	case OSC_ETAG:
	case OSC_EKID:
		return item->hint;
	case OSC_EHEX:
		return item->hint != NULL ? item->hint : osc_frame_suggest(frame);
	case OSC_EJSON:
	case OSC_EMESSAGE:
	case OSC_ECBOR:
	case OSC_ELONG:
		return osc_frame_suggest(frame);
	default:
		break;
	}
	if (frame->format == OSC_FORMAT_RAW &&
	    (osc_err_status(item->err) == 5 || item->err == OSC_ENOTOSCORE))
		return osc_frame_suggest(frame);
	/* Of text that was cut the second byte is a code 3.xx, which only a response could have. */
	return (item->err >= OSC_EHEADER && item->err <= OSC_EMARKER) || item->err == OSC_ERESPONSE
	    ? item->hint
	    : NULL;
}

void
input_refused(const char *name, const struct osc_frame *frame, const struct osc_item *item,
    const char *request_file, bool explained)
{
	char buffer[WORDS_MAX], where[512], clear[WORDS_MAX];
	const char *words = words_with(buffer, item->err, &item->where, item->note);
	const char *hint = hint_about_input(frame, item);
	struct osc_coap coap;

	(void)snprintf(where, sizeof(where), "%s:%llu", name, (unsigned long long)item->number);
	if (item->err == OSC_ENOTOSCORE && osc_coap_decode(&coap, item->in, NULL) == OSC_OK &&
	    osc_code_is_response(coap.code)) {
		describe_unprotected(clear, sizeof(clear), &coap);
		words = clear;
	}
	cli_say(words_about_request(item->err) ? request_file : where, "%s", words);
	if (hint == NULL)
		hint = words_hint_about(item->err, item->in);
	if (hint != NULL && !(explained && hint == words_hint(OSC_ETAG)))
		cli_hint("%s", hint);
}
