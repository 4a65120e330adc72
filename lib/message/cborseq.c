/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <cbor.h>

#include "core/oscore.h"
#include "message/cborseq.h"

#define HEAD_MAX 9 /* bytes in the longest head */

#define MAJOR_BYTES 2
#define MAJOR_TEXT 3

#define OPEN UINT64_MAX /* in a nest: up to a break */

/* What libcbor found: it calls one of these. What none of them takes is broken. */
static void
found_bytes(void *context, cbor_data data, size_t len)
{
	struct osc_cborseq_item *item = context;

	item->what = OSC_CBORSEQ_MESSAGE;
	item->message = osc_slice(data, len);
}

static void
found_other(void *context)
{
	((struct osc_cborseq_item *)context)->what = OSC_CBORSEQ_OTHER;
}

static void
found_break(void *context)
{
	((struct osc_cborseq_item *)context)->what = OSC_CBORSEQ_BREAK;
}

static void
found_open(void *context)
{
	found_other(context);
	((struct osc_cborseq_item *)context)->open = true;
}

static void
found_array(void *context, size_t n)
{
	if (n >= OPEN)
		return;
	found_other(context);
	((struct osc_cborseq_item *)context)->inside = n;
}

static void
found_map(void *context, size_t n)
{
	if (n <= OPEN / 2)
		found_array(context, 2 * n);
}

static void
found_tag(void *context, uint64_t tag)
{
	(void)tag;
	found_array(context, 1);
}

static void
found_text(void *context, cbor_data data, size_t len)
{
	(void)data;
	(void)len;
	found_other(context);
}

static void
found_8(void *context, uint8_t value)
{
	(void)value;
	found_other(context);
}

static void
found_16(void *context, uint16_t value)
{
	(void)value;
	found_other(context);
}

static void
found_32(void *context, uint32_t value)
{
	(void)value;
	found_other(context);
}

static void
found_64(void *context, uint64_t value)
{
	(void)value;
	found_other(context);
}

static void
found_float(void *context, float value)
{
	(void)value;
	found_other(context);
}

static void
found_double(void *context, double value)
{
	(void)value;
	found_other(context);
}

static void
found_bool(void *context, bool value)
{
	(void)value;
	found_other(context);
}

static struct cbor_callbacks
callbacks(void)
{
	struct cbor_callbacks c = cbor_empty_callbacks;

	c.byte_string = found_bytes;
	c.string = found_text;
	c.uint8 = c.negint8 = found_8;
	c.uint16 = c.negint16 = found_16;
	c.uint32 = c.negint32 = found_32;
	c.uint64 = c.negint64 = found_64;
	c.float2 = c.float4 = found_float;
	c.float8 = found_double;
	c.boolean = found_bool;
	c.null = c.undefined = found_other;
	c.array_start = found_array;
	c.map_start = found_map;
	c.tag = found_tag;
	c.byte_string_start = c.string_start = found_open;
	c.indef_array_start = c.indef_map_start = found_open;
	c.indef_break = found_break;
	return c;
}

/* libcbor adds the length in a head to what it has read, which wraps near 2^64.
 * So the length of a string is looked at first. False: no complete head of a string
 * of definite length. */
static bool
string_length(struct osc_slice in, unsigned *major, size_t *head, uint64_t *len)
{
	unsigned info = in.ptr[0] & 0x1f;
	size_t more;

	*major = in.ptr[0] >> 5;
	if ((*major != MAJOR_BYTES && *major != MAJOR_TEXT) || info > 27)
		return false;
	more = info < 24 ? 0 : (size_t)1 << (info - 24);
	if (in.len < 1 + more)
		return false;
	*head = 1 + more;
	*len = info < 24 ? info : 0;
	for (size_t i = 1; i <= more; i++)
		*len = *len << 8 | in.ptr[i];
	return true;
}

/* libcbor has no words for simple values without a name (RFC 8949, 3.3). */
static bool
is_simple(struct osc_slice in)
{
	return (in.ptr[0] >= 0xe0 && in.ptr[0] < 0xf4) ||
	    (in.len > 1 && in.ptr[0] == 0xf8 && in.ptr[1] >= 32);
}

void
osc_cborseq_decode(struct osc_cborseq_item *item, struct osc_slice in)
{
	const struct cbor_callbacks table = callbacks();
	struct cbor_decoder_result result;
	unsigned major;
	uint64_t len;
	size_t head;

	memset(item, 0, sizeof(*item));
	item->what = OSC_CBORSEQ_MORE;
	if (in.len == 0 || (in.len == 1 && in.ptr[0] == 0xf8))
		return;
	if (string_length(in, &major, &head, &len) && len > OSC_MESSAGE_MAX) {
		item->used = len > UINT64_MAX - head ? UINT64_MAX : head + len;
		item->what = major == MAJOR_BYTES ? OSC_CBORSEQ_LONG : OSC_CBORSEQ_OTHER;
		return;
	}
	if (is_simple(in)) {
		item->used = in.ptr[0] == 0xf8 ? 2 : 1;
		item->what = OSC_CBORSEQ_OTHER;
		return;
	}
	item->what = OSC_CBORSEQ_BROKEN;
	result = cbor_stream_decode(in.ptr, in.len, &table, item);
	if (result.status == CBOR_DECODER_NEDATA)
		item->what = OSC_CBORSEQ_MORE;
	else if (result.status != CBOR_DECODER_FINISHED)
		item->what = OSC_CBORSEQ_BROKEN;
	else if (item->what != OSC_CBORSEQ_BROKEN)
		item->used = result.read;
}

bool
osc_cborseq_pass(struct osc_cborseq_nest *nest, const struct osc_cborseq_item *item)
{
	size_t *depth = &nest->depth;

	if (item->what == OSC_CBORSEQ_MORE || item->what == OSC_CBORSEQ_BROKEN)
		return false;
	if (item->open || item->inside > 0) {
		if (*depth == OSC_CBORSEQ_DEPTH)
			return false;
		nest->left[(*depth)++] = item->open ? OPEN : item->inside;
		return true;
	}
	if (item->what == OSC_CBORSEQ_BREAK) {
		if (*depth == 0 || nest->left[*depth - 1] != OPEN)
			return false;
		(*depth)--;
	}
	/* It is complete; so is each that it was the last one of. */
	while (*depth > 0 && nest->left[*depth - 1] != OPEN && --nest->left[*depth - 1] == 0)
		(*depth)--;
	return true;
}

enum osc_err
osc_cborseq_encode(struct osc_buffer *out, struct osc_slice message)
{
	uint8_t head[HEAD_MAX];

	osc_buffer_put(
	    out, osc_slice(head, cbor_encode_bytestring_start(message.len, head, sizeof(head))));
	osc_buffer_put(out, message);
	return out->full ? OSC_ENOMEM : OSC_OK;
}

enum osc_err
osc_cborseq_encode_status(struct osc_buffer *out, int status)
{
	uint8_t head[HEAD_MAX];

	osc_buffer_put(
	    out, osc_slice(head, cbor_encode_uint((uint64_t)status, head, sizeof(head))));
	return out->full ? OSC_ENOMEM : OSC_OK;
}
