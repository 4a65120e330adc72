/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_MESSAGE_CBORSEQ_H
#define OSC_MESSAGE_CBORSEQ_H

#include "message/format.h"

/* A CBOR sequence (RFC 8742) of byte strings of definite length, a message each. */

extern const struct osc_format_row osc_format_cborseq;

enum osc_cborseq {
	OSC_CBORSEQ_MESSAGE, /* a byte string */
	OSC_CBORSEQ_MORE,    /* the item is not complete */
	OSC_CBORSEQ_LONG,    /* a byte string that is longer than any message */
	OSC_CBORSEQ_OTHER,   /* an item that is no byte string, or the head of one */
	OSC_CBORSEQ_BREAK,   /* the end of what was begun without saying how long it is */
	OSC_CBORSEQ_BROKEN,  /* no CBOR */
};

/* An item, or the head of one that holds others: array, map, tag, string in pieces. */
struct osc_cborseq_item {
	enum osc_cborseq what;
	struct osc_slice message; /* of MESSAGE */
	/* Bytes; of a string that is not there yet it may exceed the input: LONG and OTHER.
	 * UINT64_MAX is "that or more". 0 for MORE and BROKEN. */
	uint64_t used;
	uint64_t inside; /* so many items belong to it, or, if it is */
	bool open;       /* all up to a break */
};

/* osc_cborseq_decode - look at the first item of a sequence; nothing is allocated */
void osc_cborseq_decode(struct osc_cborseq_item *item, struct osc_slice in);

#define OSC_CBORSEQ_DEPTH 64

/* In how many items are we, and how many more does each hold? All zero is in none. */
struct osc_cborseq_nest {
	size_t depth;
	uint64_t left[OSC_CBORSEQ_DEPTH];
};

/*
 * osc_cborseq_pass - go past an item that osc_cborseq_decode has found
 *
 * False if it is not CBOR that this item is where it is, or if it is too deep.
 */
bool osc_cborseq_pass(struct osc_cborseq_nest *nest, const struct osc_cborseq_item *item);

/* osc_cborseq_encode - append a message; OSC_OK or OSC_ENOMEM */
enum osc_err osc_cborseq_encode(struct osc_buffer *out, struct osc_slice message);

/* osc_cborseq_encode_status - append an exit status as an unsigned integer */
enum osc_err osc_cborseq_encode_status(struct osc_buffer *out, int status);

#endif
