/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <unistd.h>

#include "base/secret.h"
#include "core/coap.h"
#include "fuzz.h"
#include "message/frame.h"
#include "message/json.h"
#include "message/jsonwrite.h"

/*
 * JSON to datagrams and back. Input that is a message is written as JSON and read
 * again, and is the same then; input that is a datagram likewise. What a stream of
 * the input gives is what its parts give.
 */

static struct osc_json_scratch scratch;

static void
survives(struct osc_slice datagram)
{
	static struct osc_buffer line, back;
	struct osc_detail detail;
	struct osc_slice meta;
	struct osc_coap coap;

	/* "message_hex" may be any bytes. */
	if (osc_coap_decode(&coap, datagram, NULL) != OSC_OK)
		return;
	line.len = back.len = 0;
	MUST(osc_json_encode(&line, datagram, NULL) == OSC_OK);
	MUST(line.len <= OSC_JSON_TEXT_MAX && line.ptr[line.len - 1] == '\n');
	MUST(memchr(line.ptr, '\n', line.len) == line.ptr + line.len - 1);
	MUST(osc_json_decode(&back, osc_slice(line.ptr, line.len), &meta, &scratch, &detail) ==
	    OSC_OK);
	MUST(meta.len == 0 && osc_slice_equal(osc_slice(back.ptr, back.len), datagram));
}

static void
one_object(struct osc_slice text)
{
	static struct osc_buffer out;
	struct osc_detail detail;
	struct osc_slice meta;
	enum osc_err err;

	out.len = 0;
	err = osc_json_decode(&out, text, &meta, &scratch, &detail);
	if (err != OSC_OK) {
		MUST(out.len == 0 && meta.len == 0);
		MUST(err == OSC_EJSON || err == OSC_EMESSAGE || err == OSC_ELONG ||
		    osc_err_is_before(err));
		MUST(err == OSC_ELONG || osc_err_is_before(err) || detail.text[0] != '\0');
		return;
	}
	survives(osc_slice(out.ptr, out.len));
	if (meta.len == 0)
		return;
	MUST(meta.ptr > text.ptr && meta.ptr + meta.len < text.ptr + text.len);
	MUST(osc_json_check(meta) == OSC_OK);
}

static void
stream(struct osc_slice text)
{
	static struct osc_item items[OSC_GROUP_ITEMS];
	struct osc_frame frame;
	uint64_t number = 0;
	bool ended = false;
	int ends[2];
	size_t n = 1;

	if (pipe(ends) != 0)
		abort();
	MUST(write(ends[1], text.ptr, text.len) == (ssize_t)text.len);
	(void)close(ends[1]);
	osc_frame_init(&frame, ends[0], OSC_FORMAT_JSON);
	while (n > 0) {
		MUST(osc_frame_read(&frame, items, 3, &n, NULL) == OSC_OK);
		MUST(n == 0 || !ended);
		for (size_t i = 0; i < n; i++) {
			MUST(items[i].number == ++number);
			ended = items[i].err == OSC_EJSON;
			MUST(!ended || i + 1 == n);
			MUST(osc_err_is_before(items[i].err) ||
			    (items[i].note != NULL) ==
				(items[i].err == OSC_EJSON || items[i].err == OSC_EMESSAGE));
			if (items[i].err == OSC_OK)
				survives(items[i].in);
			if (items[i].meta.len > 0)
				MUST(osc_json_check(items[i].meta) == OSC_OK);
		}
	}
	osc_frame_free(&frame);
	(void)close(ends[0]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct osc_slice in = osc_slice(data, size);
	struct osc_coap coap;

	/* What a pipe takes without a reader. */
	if (size > 4096)
		return 0;
	osc_secret_init();
	one_object(in);
	stream(in);
	if (osc_coap_decode(&coap, in, NULL) == OSC_OK)
		survives(in);
	return 0;
}
