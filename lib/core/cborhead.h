/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_CORE_CBORHEAD_H
#define OSC_CORE_CBORHEAD_H

#include "core/oscore.h"

OSC_C_BEGIN

#define OSC_CBOR_HEAD_MAX 9 /* bytes in the longest head */

/* Major types (RFC 8949, 3.1) */
enum osc_cbor_major {
	OSC_CBOR_POSITIVE,
	OSC_CBOR_NEGATIVE,
	OSC_CBOR_BYTES,
	OSC_CBOR_TEXT,
	OSC_CBOR_ARRAY,
	OSC_CBOR_MAP,
	OSC_CBOR_TAG,
	OSC_CBOR_SIMPLE,
};

/* What an item begins with (RFC 8949, 3). */
struct osc_cbor_head {
	enum osc_cbor_major major;
	size_t len;        /* bytes, with those of the argument */
	bool indefinite;   /* additional information 31 */
	uint64_t argument; /* 0 if indefinite */
};

enum osc_cbor_status {
	OSC_CBOR_HEAD,   /* it is there */
	OSC_CBOR_MORE,   /* it is cut off */
	OSC_CBOR_BROKEN, /* not well-formed */
};

/* osc_cbor_head_decode - the head that some bytes begin with */
enum osc_cbor_status osc_cbor_head_decode_long(struct osc_cbor_head *head, struct osc_slice in);

static inline enum osc_cbor_status
osc_cbor_head_decode(struct osc_cbor_head *head, struct osc_slice in)
{
	uint8_t first;

	if (in.len == 0 || (in.ptr[0] & 0x1f) >= 24)
		return osc_cbor_head_decode_long(head, in);
	first = in.ptr[0];
	head->major = (enum osc_cbor_major)(first >> 5);
	head->len = 1;
	head->indefinite = false;
	head->argument = first & 0x1fU;
	return OSC_CBOR_HEAD;
}

/* osc_cbor_head_encode - the shortest head that says this, of up to OSC_CBOR_HEAD_MAX bytes;
 * returns its length */
size_t osc_cbor_head_encode_long(
    uint8_t out[OSC_AT_LEAST(OSC_CBOR_HEAD_MAX)], enum osc_cbor_major major, uint64_t argument);

static inline size_t
osc_cbor_head_encode(
    uint8_t out[OSC_AT_LEAST(OSC_CBOR_HEAD_MAX)], enum osc_cbor_major major, uint64_t argument)
{
	if (argument >= 24)
		return osc_cbor_head_encode_long(out, major, argument);
	out[0] = (uint8_t)((unsigned)major << 5 | argument);
	return 1;
}

OSC_C_END

#endif
