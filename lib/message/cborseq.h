/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_MESSAGE_CBORSEQ_H
#define OSC_MESSAGE_CBORSEQ_H

#include "base/bytes.h"
#include "base/error.h"

/* A CBOR sequence (RFC 8742) of byte strings of definite length, a message each. */

enum osc_cborseq {
	OSC_CBORSEQ_MESSAGE, /* a byte string */
	OSC_CBORSEQ_MORE,    /* the first item is not complete */
	OSC_CBORSEQ_LONG,    /* a byte string that is longer than any message */
	OSC_CBORSEQ_OTHER,   /* some item that is no byte string; it can be skipped */
	OSC_CBORSEQ_BROKEN,  /* no CBOR, or an item whose end is not easily found */
};

/*
 * osc_cborseq_decode - look at the first item of a sequence
 *
 * message  receives the byte string
 * used     receives the length of the item; it may exceed in.len for OSC_CBORSEQ_LONG,
 *          which is found out before the string is there; UINT64_MAX is "more than that"
 *
 * Both are set for MESSAGE, LONG and OTHER only. Nothing is allocated.
 */
enum osc_cborseq osc_cborseq_decode(struct osc_slice in, struct osc_slice *message, uint64_t *used);

/* osc_cborseq_encode - append a message; OSC_OK or OSC_ENOMEM */
enum osc_err osc_cborseq_encode(struct osc_buffer *out, struct osc_slice message);

/* osc_cborseq_encode_status - append an exit status as an unsigned integer */
enum osc_err osc_cborseq_encode_status(struct osc_buffer *out, int status);

#endif
