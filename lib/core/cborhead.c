/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "core/cborhead.h"

enum osc_cbor_status
osc_cbor_head_decode_long(struct osc_cbor_head *head, struct osc_slice in)
{
	unsigned info;
	size_t more;

	if (in.len == 0)
		return OSC_CBOR_MORE;
	info = in.ptr[0] & 0x1f;
	head->major = in.ptr[0] >> 5;
	head->indefinite = info == 31;
	if ((info > 27 && !head->indefinite) ||
	    (head->indefinite && (head->major <= OSC_CBOR_NEGATIVE || head->major == OSC_CBOR_TAG)))
		return OSC_CBOR_BROKEN;
	more = info < 24 || head->indefinite ? 0 : (size_t)1 << (info - 24);
	if (in.len < 1 + more)
		return OSC_CBOR_MORE;
	head->len = 1 + more;
	head->argument = info < 24 ? info : 0;
	for (size_t i = 1; i <= more; i++)
		head->argument = head->argument << 8 | in.ptr[i];
	return OSC_CBOR_HEAD;
}

size_t
osc_cbor_head_encode_long(
    uint8_t out[static OSC_CBOR_HEAD_MAX], enum osc_cbor_major major, uint64_t argument)
{
	unsigned power = 0; /* of 2: so many bytes */
	size_t more;

	while (power < 3 && argument >> (8U << power) != 0)
		power++;
	more = (size_t)1 << power;
	out[0] = (uint8_t)((unsigned)major << 5 | (24U + power));
	for (size_t i = more; i > 0; i--, argument >>= 8)
		out[i] = (uint8_t)argument;
	return 1 + more;
}
