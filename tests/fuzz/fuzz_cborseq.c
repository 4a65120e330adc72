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
	struct osc_cborseq_item item;

	out.len = 0;
	MUST(osc_cborseq_encode(&out, message) == OSC_OK);
	osc_cborseq_decode(&item, osc_slice(out.ptr, out.len));
	MUST(item.what == OSC_CBORSEQ_MESSAGE && item.used == out.len);
	MUST(osc_slice_equal(item.message, message));
}

static void
check(const struct osc_cborseq_item *item, struct osc_slice in)
{
	bool none = item->what == OSC_CBORSEQ_MORE || item->what == OSC_CBORSEQ_BROKEN;

	MUST(none == (item->used == 0));
	if (item->what == OSC_CBORSEQ_LONG)
		MUST(item->used > 65535);
	if (item->open || item->inside > 0 || item->what == OSC_CBORSEQ_BREAK)
		MUST(item->used <= in.len && (!item->open || item->inside == 0));
	if (item->what == OSC_CBORSEQ_MESSAGE) {
		MUST(item->message.len <= 65535 && item->message.ptr > in.ptr);
		MUST(item->message.ptr + item->message.len == in.ptr + item->used);
	}
}

/* Go past one item and all that is in it. */
static void
pass(struct osc_slice *rest, struct osc_cborseq_item *item)
{
	struct osc_cborseq_nest nest = {0};
	struct osc_cborseq_item inner = *item;
	size_t n;

	for (;;) {
		if (!osc_cborseq_pass(&nest, &inner))
			inner.used = rest->len;
		n = inner.used < rest->len ? (size_t)inner.used : rest->len;
		*rest = osc_slice(rest->ptr + n, rest->len - n);
		if (nest.depth == 0 || rest->len == 0)
			return;
		osc_cborseq_decode(&inner, *rest);
		check(&inner, *rest);
	}
}

/* The next item by osc_cborseq_decode alone; false at the end of the input. */
static bool
next(struct osc_slice *rest, struct osc_slice *message, enum osc_err *err)
{
	struct osc_cborseq_item item;

	if (rest->len == 0)
		return false;
	osc_cborseq_decode(&item, *rest);
	check(&item, *rest);
	*message = item.message;
	*err = item.what == OSC_CBORSEQ_MESSAGE ? OSC_OK
	    : item.what == OSC_CBORSEQ_LONG     ? OSC_ELONG
						: OSC_ECBOR;
	pass(rest, &item);
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
