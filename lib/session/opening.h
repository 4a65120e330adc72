/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_SESSION_OPENING_H
#define OSC_SESSION_OPENING_H

#include "session/rederive.h"

/* How a message that comes in is taken apart and opened. Private to session. */

/*
 * One message on its way in. Many are opened side by side before they are judged, each in the
 * context and with the request that will most likely be the right ones: that is all that is
 * taken from a guess.
 */
struct osc_receiving {
	struct osc_group *group;
	struct osc_session *session;
	size_t i;
	struct osc_work *work;
	enum osc_err decoded;               /* what osc_unprotect_decode has said, and the like */
	const struct osc_aead_job *guess;   /* opened already; NULL: there is none */
	const struct osc_endpoint *guessed; /* in this context */
	const struct osc_exchange *guessed_request;
	const struct osc_endpoint *matched; /* the context that it was compared with last fits */
	struct osc_slice text;              /* the inner text, once the tag has verified */
	struct osc_receipt *receipt;        /* of a response: the request that it belongs to */
	struct osc_attempt attempt;         /* which keys it is under (B.2) */
	struct osc_detail *detail;          /* of an error of its context; of all of them */
};

/* osc_receiving_batch - room for OSC_BATCH of them, kept in the session; NULL: no memory */
struct osc_receiving *osc_receiving_batch(struct osc_session *session);

/*
 * osc_receiving_decode - everything that can be said without a context (8.2 and 8.4, steps 1
 * and 2)
 *
 * Returns OSC_OK, what osc_unprotect_decode returns, OSC_ERESET, OSC_ENOCID or OSC_ENOREQUEST.
 */
enum osc_err osc_receiving_decode(struct osc_receiving *r);

/* osc_receiving_match - is the message for this context? As osc_unprotect_match, or
 * OSC_EKIDOWN */
enum osc_err osc_receiving_match(struct osc_receiving *r, struct osc_endpoint *endpoint);

/* osc_receiving_check_receipts - which of the requests with its token has this side sent?
 * OSC_OK, the verdict over the first one if it has sent none, or OSC_ENOMEM */
enum osc_err osc_receiving_check_receipts(struct osc_receiving *r);

/*
 * osc_receiving_open - verify it and decrypt it, in the context that it matches
 *
 * Its text is in r->text; when the tag does not verify, nothing of it stays. Returns OSC_OK,
 * OSC_ETAG, OSC_ENOMEM, or for a response the errors of osc_group_receipts and
 * osc_receiving_check_receipts.
 */
enum osc_err osc_receiving_open(struct osc_receiving *r);

#endif
