/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_SESSION_REDERIVE_H
#define OSC_SESSION_REDERIVE_H

#include "session/group.h"

/*
 * Deriving the keys anew (RFC 8613, B.2): which keys of a directory a message is under, and
 * what becomes of its state. Private to session; core/rederive.h has the messages.
 *
 * A step is in the state before anything of it leaves; the group ends with it, so that what
 * comes behind is looked at under the keys of then.
 */

/* What a received message is, and under which keys. */
struct osc_attempt {
	enum osc_step step;
	bool base;           /* the ID Context is that of the settings */
	struct osc_slice id; /* else the ID Context; of a response #1: that of its request #1 */
	struct osc_slice r2; /* of a response #1 */
};

#define OSC_ATTEMPTS_MAX 6

/* What a received message may be, the likeliest first. */
struct osc_attempts {
	struct osc_attempt list[OSC_ATTEMPTS_MAX];
	size_t n, at;
	enum osc_err verdict; /* of the first that failed; or why there is none */
};

/*
 * osc_rederive_plan - what may message i be, with this directory?
 *
 * Locks the one context. One of many is looked at without the lock: once the message has
 * verified it must be locked, and all be done again.
 *
 * Returns OSC_OK, or the error of osc_group_lock, osc_endpoint_look or osc_group_receipts; with
 * the detail where it is one of the context.
 */
enum osc_err osc_rederive_plan(struct osc_attempts *attempts, struct osc_group *group, size_t i,
    struct osc_endpoint *endpoint, struct osc_detail *detail);

/*
 * osc_rederive_next - activate the keys of the next attempt
 *
 * Returns OSC_OK, OSC_ENOMEM, or behind the last one the verdict.
 */
enum osc_err osc_rederive_next(
    struct osc_attempts *attempts, const struct osc_work *work, struct osc_endpoint *endpoint);

/* osc_rederive_failed - the attempt under way did not verify; is there another? */
bool osc_rederive_failed(struct osc_attempts *attempts, enum osc_err err);

/*
 * osc_rederive_settle - the attempt has verified: take the step
 *
 * text  the inner text
 *
 * Returns OSC_OK if the message goes its ordinary way now, under the state in use; or why it is
 * refused: OSC_EREDERIVE and OSC_ELOST, to be answered by osc_rederive_challenge; OSC_ESTALE,
 * OSC_EANSWER1; OSC_EIO with the detail.
 */
enum osc_err osc_rederive_settle(const struct osc_attempt *attempt, struct osc_group *group,
    size_t i, struct osc_slice text, struct osc_detail *detail);

/*
 * osc_rederive_challenge - response #1 to the request of this work, which has verified
 *
 * out  OSC_REPLY_MAX bytes
 *
 * It may leave when the state is durable. Returns OSC_OK, OSC_EIO without random numbers, or
 * OSC_ENOMEM.
 */
enum osc_err osc_rederive_challenge(struct osc_work *work, uint8_t *out);

/* osc_rederive_second - the keys under R2 || ID Context (or nothing behind R2, if it is absent);
 * NULL: no memory */
struct osc_keys *osc_rederive_second(
    struct osc_endpoint *endpoint, struct osc_slice r2, struct osc_slice id);

/*
 * osc_rederive_note - remember under which keys a message is, to be explained
 *
 * work  its keys are the active ones; nothing is remembered if there is no memory
 */
void osc_rederive_note(struct osc_work *work);

/* osc_rederive_unusable - neither number nor window: nothing can be sent or received with the
 * keys of the settings, and no others are in use */
bool osc_rederive_unusable(const struct osc_endpoint *endpoint);

/* osc_rederive_check_lost - as osc_store_lost, with the hint what to do */
enum osc_err osc_rederive_check_lost(
    const struct osc_endpoint *endpoint, struct osc_detail *detail);

/*
 * osc_rederive_send - message i is bound, and its context locked: which keys is it protected
 * with?
 *
 * Refuses a response whose request is under other keys than those in use now; takes the step of
 * request #1, behind which the group ends. The keys for requests are chosen once in a group.
 * Returns OSC_OK; OSC_ENOMEM, OSC_EIO or what osc_store_lost returns, with the detail;
 * OSC_ESTATE; or what osc_receipt_check returns.
 */
enum osc_err osc_rederive_send(struct osc_group *group, size_t i, struct osc_detail *detail);

#endif
