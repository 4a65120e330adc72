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
	const struct osc_context *checked; /* under which the members below are known */
	enum osc_err verdict;
	uint64_t group; /* with many contexts: the group that the verdict is for */
	struct osc_exchange exchange;
	bool observe;      /* the request has an Observe option inside */
	bool registration; /* and it is 0 */

	/* What was accepted in this run (7.4, 7.4.1). */
	bool answered;   /* a response that is no notification */
	bool nonce_used; /* one without Partial IV, which took the nonce of the request */
	bool notified;   /* one with: newest is the Notification Number */
	uint64_t newest;
};

struct osc_receipts {
	struct osc_buffer data;
	struct osc_receipt *list; /* sorted by token, then by bytes; no two are identical */
	size_t n;
};

/*
 * osc_receipts_load - read a file of requests: raw, hex lines or JSON
 *
 * path  "-" is standard input
 *
 * Returns OSC_OK, OSC_EEMPTY, OSC_EIO, OSC_ENOMEM, or OSC_ERECEIPT for
 * something that is no OSCORE request; the detail says where.
 */
enum osc_err osc_receipts_load(
    struct osc_receipts *receipts, const char *path, struct osc_detail *detail);

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
 * side     who must have protected it
 * scratch  as many bytes as the ciphertext has; wiped before return
 *
 * Returns OSC_OK; OSC_EREQUEST if it was not protected with this context;
 * OSC_EREQUESTOWN or OSC_EREQUESTPEER if the wrong side protected it.
 */
enum osc_err osc_receipt_check(struct osc_receipt *receipt, const struct osc_context *context,
    enum osc_side side, uint8_t *scratch);

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
