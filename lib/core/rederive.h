/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_CORE_REDERIVE_H
#define OSC_CORE_REDERIVE_H

#include "core/aead.h"
#include "core/coap.h"
#include "core/context.h"
#include "core/unprotect.h"

OSC_C_BEGIN

/*
 * Deriving the keys anew (Appendix B.2), in two round trips:
 *
 *     request #1   under KDF(R1), kid context wrap(R1)
 *     response #1  under KDF(R2 || ID1), kid context wrap(R2): 4.01, and nothing else
 *     request #2   under KDF(R2 || R3), kid context wrap(R2 || R3)
 *     response #2  and all later under KDF(R2 || R3)
 *
 * KDF(X) is a Security Context with the ID Context X. ID1 is R1; or, where the server has
 * begun, the ID Context that the client's request was protected with, empty if there was none.
 */

#define OSC_REDERIVE_NONCE 8     /* bytes in R1, S2 and R3 as they are made here */
#define OSC_REDERIVE_PART_MAX 64 /* bytes in R1, R2 or R3 of a peer, at most; at least 1 */
#define OSC_REDERIVE_ID_MAX ((size_t)2 * OSC_REDERIVE_PART_MAX) /* bytes in R2 || R3 */
#define OSC_REDERIVE_WRAPPED_MAX (OSC_REDERIVE_ID_MAX + 2)
#define OSC_REDERIVE_KEY 32 /* bytes in K_HMAC (B.2.1) */
#define OSC_REDERIVE_MAC 8  /* bytes in the truncated HMAC */
#define OSC_REDERIVE_R2 (OSC_REDERIVE_NONCE + OSC_REDERIVE_MAC)

/*
 * osc_rederive_wrap - X as a CBOR byte string with the shortest head
 *
 * out  OSC_REDERIVE_WRAPPED_MAX bytes
 * x    at most OSC_REDERIVE_ID_MAX bytes
 *
 * Returns the number of bytes written.
 */
size_t osc_rederive_wrap(uint8_t out[OSC_AT_LEAST(OSC_REDERIVE_WRAPPED_MAX)], struct osc_slice x);

/*
 * osc_rederive_unwrap - X, if a kid context is exactly one CBOR byte string that holds it
 *
 * False for what is absent, has a longer head than it needs, or has bytes behind it; and for X
 * that is empty or longer than OSC_REDERIVE_ID_MAX bytes.
 */
bool osc_rederive_unwrap(struct osc_slice *x, struct osc_slice kid_context);

/*
 * osc_rederive_r2_make - R2 = S2 || HMAC-SHA-256(K, S2), truncated (B.2.1)
 *
 * out  s2.len + OSC_REDERIVE_MAC bytes
 */
void osc_rederive_r2_make(
    uint8_t *out, const uint8_t key[OSC_AT_LEAST(OSC_REDERIVE_KEY)], struct osc_slice s2);

/* osc_rederive_r2_check - does an ID Context begin with an R2 of this key, and is there an R3
 * behind it? In constant time. */
bool osc_rederive_r2_check(
    const uint8_t key[OSC_AT_LEAST(OSC_REDERIVE_KEY)], struct osc_slice id_context);

/*
 * osc_rederive_join - the context of request #1 and response #1 together
 *
 * The half of who asks comes from the first context, that of who answers from the second. So
 * request #1 verifies in it, and a response #1 without Partial IV has the nonce of request #1
 * as it was, with the Common IV of the first context, under the key of the second.
 *
 * asker  who sent request #1
 * r2     wrapped, as the kid context of response #1 has it; borrowed
 *
 * The keys of both are borrowed.
 */
void osc_rederive_join(struct osc_context *joined, const struct osc_context *first,
    const struct osc_context *second, enum osc_side asker, struct osc_slice r2);

/* Bytes in the longest response #1: header, token, option with the kid context, marker, tag. */
#define OSC_REDERIVE_ANSWER_MAX 128

/*
 * osc_rederive_answer - lay response #1 out, to be sealed under the key of the second context
 *
 * Its plaintext is 4.01 and nothing else, ever: should an R2 come twice, then key, nonce and
 * plaintext are the same. It has no Partial IV.
 *
 * out       OSC_REDERIVE_ANSWER_MAX bytes
 * header    type, Message ID and token of the message
 * joined    from osc_rederive_join, of the side that answers; R2 has at most
 *           OSC_REDERIVE_PART_MAX bytes
 * exchange  of request #1
 *
 * Returns its length.
 */
size_t osc_rederive_answer(uint8_t out[OSC_AT_LEAST(OSC_REDERIVE_ANSWER_MAX)],
    const struct osc_coap *header, const struct osc_context *joined,
    const struct osc_exchange *exchange, struct osc_aead_job *job);

/* osc_rederive_is_answer - is this the inner text of a response #1? */
bool osc_rederive_is_answer(struct osc_slice text);

OSC_C_END

#endif
