/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_CORE_UNPROTECT_H
#define OSC_CORE_UNPROTECT_H

#include "core/aead.h"
#include "core/coap.h"
#include "core/context.h"
#include "core/option.h"

OSC_C_BEGIN

/*
 * Verifying a message (8.2, 8.4) in steps, so that the caller can put the
 * replay window between them:
 *
 *     osc_unprotect_decode    format of CoAP and of the OSCORE option
 *     osc_unprotect_match     is it for this context?
 *     (osc_window_check)
 *     osc_unprotect_open      nonce and AAD, then decrypt and verify the tag
 *     (osc_window_commit)
 *     osc_inner_decode        format of the inner message
 *     osc_unprotect_write     the plain message
 */

/* A received OSCORE message, taken apart. */
struct osc_unprotection {
	bool is_request;
	struct osc_coap outer; /* outer.payload is the ciphertext */
	struct osc_oscore_option option;
};

/*
 * osc_unprotect_decode - take an OSCORE message apart (8.2 step 2)
 *
 * Returns OSC_OK, OSC_ENOTOSCORE, the errors of osc_coap_decode, osc_coap_check_type and
 * osc_oscore_option_decode, OSC_ENOPIV or OSC_ENOKID for an incomplete request (5),
 * or OSC_ENOPAYLOAD.
 */
enum osc_err osc_unprotect_decode(
    struct osc_unprotection *message, struct osc_slice datagram, struct osc_where *where);

/*
 * osc_unprotect_match - does kid, and kid context if present, belong to the context? (8.2, 5.1)
 *
 * side  OSC_SIDE_OWN looks for a message of this side
 *
 * A response needs neither; what it has must fit: a kid context the ID Context, or what the
 * context has wrapped. Returns OSC_OK, OSC_EKID or
 * OSC_EKIDCONTEXT.
 */
enum osc_err osc_unprotect_match(
    const struct osc_unprotection *message, const struct osc_context *context, enum osc_side side);

/* osc_unprotect_exchange - what binds the responses to this request; only after
 * osc_unprotect_match */
void osc_unprotect_exchange(struct osc_exchange *exchange, const struct osc_unprotection *request);

/* osc_unprotect_key - the key that the side protects with */
const struct osc_aead_key *osc_unprotect_key(const struct osc_context *context, enum osc_side side);

/*
 * osc_unprotect_prepare - nonce and AAD (5.2, 5.4)
 *
 * request  for a response: what binds it; for a request: from osc_unprotect_exchange
 * out      receives the inner text when the job is opened; as many bytes as the
 *          ciphertext has
 */
void osc_unprotect_prepare(const struct osc_unprotection *message,
    const struct osc_context *context, enum osc_side side, const struct osc_exchange *request,
    uint8_t *out, struct osc_aead_job *job);

/*
 * osc_unprotect_open - verify a message and decrypt it (8.2 steps 4 to 6, 8.4 steps 3 to 5)
 *
 * As osc_unprotect_prepare, and opens it. The inner text is in out,
 * at most as long as the ciphertext; when the tag does not verify nothing of it stays there.
 * Returns OSC_OK or OSC_ETAG.
 */
enum osc_err osc_unprotect_open(const struct osc_unprotection *message,
    const struct osc_context *context, enum osc_side side, const struct osc_exchange *request,
    uint8_t *out, struct osc_slice *text);

/* The inner message (5.3). The slices point into the text. */
struct osc_inner {
	uint8_t code;
	uint64_t has; /* as in struct osc_coap */
	struct osc_slice options;
	struct osc_slice payload;
};

/*
 * osc_inner_decode - take a verified inner text apart and check it
 *
 * Returns OSC_OK, OSC_EINNERCODE if the code is not of the outer message's
 * kind, OSC_EINNER, or OSC_EINNEROPT. where counts in the inner text.
 */
enum osc_err osc_inner_decode(
    struct osc_inner *inner, struct osc_slice text, bool is_request, struct osc_where *where);

/*
 * osc_unprotect_write - write the plain message (8.2 step 7, 8.4 step 6)
 *
 * out  as many bytes as the OSCORE message has
 *
 * Returns the number of bytes written.
 */
size_t osc_unprotect_write(uint8_t *out, size_t cap, const struct osc_unprotection *message,
    const struct osc_inner *inner);

OSC_C_END

#endif
