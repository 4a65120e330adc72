/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <unistd.h>

#include "fuzz.h"
#include "message/cborseq.h"
#include "message/frame.h"

/*
 * CBOR sequences, as a whole and through the frame, which has to find the same
 * messages. A message is written again and found again.
 */

static void
written_again(struct osc_slice message)
{
	static struct osc_buffer out;
	struct osc_slice back;
	uint64_t used;

	out.len = 0;
	MUST(osc_cborseq_encode(&out, message) == OSC_OK);
	MUST(osc_cborseq_decode(osc_slice(out.ptr, out.len), &back, &used) == OSC_CBORSEQ_MESSAGE);
	MUST(used == out.len && osc_slice_equal(back, message));
}

/* The next item by osc_cborseq_decode alone; false at the end of the input. */
static bool
next(struct osc_slice *rest, struct osc_slice *message, enum osc_err *err)
{
	enum osc_cborseq what;
	uint64_t used = 0;

	if (rest->len == 0)
		return false;
	what = osc_cborseq_decode(*rest, message, &used);
	*err = what == OSC_CBORSEQ_MESSAGE ? OSC_OK
	    : what == OSC_CBORSEQ_LONG     ? OSC_ELONG
					   : OSC_ECBOR;
	if (what == OSC_CBORSEQ_MESSAGE || what == OSC_CBORSEQ_OTHER)
		MUST(used > 0 && used <= rest->len);
	else if (what == OSC_CBORSEQ_LONG)
		MUST(used > 65535);
	else
		used = rest->len;
	if (what == OSC_CBORSEQ_MESSAGE) {
		MUST(message->len <= 65535 && message->ptr > rest->ptr);
		MUST(message->ptr + message->len == rest->ptr + used);
	}
	used = used < rest->len ? used : rest->len;
	rest->ptr += used;
	rest->len -= (size_t)used;
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct osc_item items[OSC_GROUP_ITEMS];
	struct osc_slice rest = osc_slice(data, size), message;
	struct osc_frame frame;
	uint64_t number = 0;
	enum osc_err err;
	int ends[2];
	size_t n = 1;

	/* What a pipe takes without a reader. */
	if (size > 4096)
		return 0;
	if (pipe(ends) != 0)
		abort();
	MUST(write(ends[1], data, size) == (ssize_t)size);
	(void)close(ends[1]);
	osc_frame_init(&frame, ends[0], OSC_FORMAT_CBORSEQ);
	while (n > 0) {
		MUST(osc_frame_read(&frame, items, 3, &n, NULL) == OSC_OK);
		for (size_t i = 0; i < n; i++) {
			MUST(next(&rest, &message, &err));
			MUST(items[i].number == ++number && items[i].err == err);
			if (err != OSC_OK)
				continue;
			MUST(osc_slice_equal(items[i].in, message));
			written_again(message);
		}
	}
	MUST(rest.len == 0);
	osc_frame_free(&frame);
	(void)close(ends[0]);
	return 0;
}
