/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <cbor.h>

#include "core/oscore.h"
#include "message/cborseq.h"

#define HEAD_MAX 9 /* bytes in the longest head */

#define MAJOR_BYTES 2
#define MAJOR_TEXT 3

/* What libcbor found. An item that no function below takes has no end of its own
 * here: arrays, maps, tags, strings in pieces. */
struct found {
	enum osc_cborseq what;
	struct osc_slice bytes;
};

static void
found_bytes(void *context, cbor_data data, size_t len)
{
	struct found *found = context;

	found->what = OSC_CBORSEQ_MESSAGE;
	found->bytes = osc_slice(data, len);
}

static void
found_other(void *context)
{
	((struct found *)context)->what = OSC_CBORSEQ_OTHER;
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

enum osc_cborseq
osc_cborseq_decode(struct osc_slice in, struct osc_slice *message, uint64_t *used)
{
	const struct cbor_callbacks table = callbacks();
	struct found found = {.what = OSC_CBORSEQ_BROKEN};
	struct cbor_decoder_result result;
	unsigned major;
	uint64_t len;
	size_t head;

	if (in.len == 0)
		return OSC_CBORSEQ_MORE;
	if (string_length(in, &major, &head, &len) && len > OSC_MESSAGE_MAX) {
		*used = len > UINT64_MAX - head ? UINT64_MAX : head + len;
		return major == MAJOR_BYTES ? OSC_CBORSEQ_LONG : OSC_CBORSEQ_BROKEN;
	}
	result = cbor_stream_decode(in.ptr, in.len, &table, &found);
	if (result.status == CBOR_DECODER_NEDATA)
		return OSC_CBORSEQ_MORE;
	if (result.status != CBOR_DECODER_FINISHED)
		return OSC_CBORSEQ_BROKEN;
	*message = found.bytes;
	*used = result.read;
	return found.what;
}

enum osc_err
osc_cborseq_encode(struct osc_buffer *out, struct osc_slice message)
{
	uint8_t *to = osc_buffer_reserve(out, HEAD_MAX + message.len);
	size_t n;

	if (to == NULL)
		return OSC_ENOMEM;
	n = cbor_encode_bytestring_start(message.len, to, HEAD_MAX);
	osc_copy(to + n, message.ptr, message.len);
	out->len += n + message.len;
	return OSC_OK;
}

enum osc_err
osc_cborseq_encode_status(struct osc_buffer *out, int status)
{
	uint8_t *to = osc_buffer_reserve(out, HEAD_MAX);

	if (to == NULL)
		return OSC_ENOMEM;
	out->len += cbor_encode_uint((uint64_t)status, to, HEAD_MAX);
	return OSC_OK;
}
