/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_SESSION_RECEIPTS_H
#define OSC_SESSION_RECEIPTS_H

#include "core/context.h"
#include "core/unprotect.h"

/*
 * The protected requests that responses are bound to (8: the association of
 * Token, Security Context and Partial IV). The request is the receipt: both
 * sides have it anyway, and kid and Partial IV are in it.
 */

/* One request of the file. */
struct osc_receipt {
	struct osc_slice datagram;
	struct osc_unprotection message;
	uint64_t checked; /* the serial number of the context that the verdict is for; 0: none */
	enum osc_err verdict;
	struct osc_exchange exchange;
	bool observe;      /* the request has an Observe option inside */
	bool registration; /* and it is 0 */
	/* The first one in the list with its ciphertext: the same request, whatever header it
	 * has been given, so that all of them have one nonce, and their answers in common. */
	struct osc_receipt *same;

	/* What was accepted in this run (7.4, 7.4.1); of the first one. */
	bool answered;   /* a response that is no notification */
	bool nonce_used; /* one without Partial IV, which took the nonce of the request */
	bool notified;   /* one with: newest is the Notification Number */
	uint64_t newest;
};

struct osc_receipts {
	struct osc_buffer data;    /* the datagrams, one behind the other */
	struct osc_buffer lengths; /* of each: a size_t; only while they are added */
	struct osc_receipt *list;  /* sorted by token, then by bytes; no two are identical */
	size_t n;
};

/*
 * osc_receipts_source - where the requests come from
 *
 * Calls osc_receipts_add for each of them. Returns OSC_OK, or an error with the detail.
 */
typedef enum osc_err osc_receipts_source(
    void *arg, struct osc_receipts *receipts, struct osc_detail *detail);

/*
 * osc_receipts_add - one more request; its bytes are copied
 *
 * Returns OSC_OK, OSC_ERECEIPT if it is no OSCORE request or if there are too many, or
 * OSC_ENOMEM. The words of the detail say which; its path is left alone.
 */
enum osc_err osc_receipts_add(
    struct osc_receipts *receipts, struct osc_slice datagram, struct osc_detail *detail);

/* osc_receipts_sort - when all are added: find the same ones; OSC_OK or OSC_ENOMEM */
enum osc_err osc_receipts_sort(struct osc_receipts *receipts);

/*
 * osc_receipts_find - the requests with a token
 *
 * Returns the first of *n neighbours in the list; NULL if there is none.
 */
struct osc_receipt *osc_receipts_find(
    struct osc_receipts *receipts, struct osc_slice token, size_t *n);

/*
 * osc_receipt_check - verify a request, once for a context
 *
 * serial   of the context: a verdict holds for it alone
 * side     who must have protected it
 * scratch  as many bytes as the ciphertext has; wiped before return
 *
 * Returns OSC_OK; OSC_EREQUEST if it was not protected with this context;
 * OSC_EREQUESTOWN or OSC_EREQUESTPEER if the wrong side protected it.
 */
enum osc_err osc_receipt_check(struct osc_receipt *receipt, const struct osc_context *context,
    uint64_t serial, enum osc_side side, uint8_t *scratch);

/*
 * osc_receipt_accept - is a verified response in order, in this run? (7.4, 7.4.1, 8.4.2)
 *
 * observe  the response has an Observe option inside
 * piv      its Partial IV; of length 0 if there is none
 *
 * Returns OSC_OK and remembers it, or OSC_EOBSERVE, OSC_EANSWERED,
 * OSC_ENOTIFYPIV, OSC_ENOTIFYOLD.
 */
enum osc_err osc_receipt_accept(
    struct osc_receipt *receipt, bool observe, const struct osc_piv *piv);

void osc_receipts_free(struct osc_receipts *receipts);

#endif
