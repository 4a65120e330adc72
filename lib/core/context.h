/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_CORE_CONTEXT_H
#define OSC_CORE_CONTEXT_H

#include "core/aead.h"
#include "core/cose.h"
#include "core/kdf.h"
#include "core/oscore.h"

OSC_C_BEGIN

/*
 * The Security Context of one side (3.1) without what changes: everything that
 * can be made once is made once.
 */
struct osc_context {
	const struct osc_alg *alg;
	struct osc_id sender_id;
	struct osc_id recipient_id;
	struct osc_slice id_context; /* or absent; borrowed from the parameters */
	/* What the kid context of a message may be as well, by enum osc_side, and whether
	 * requests carry that: the ID Context, wrapped (B.2); or absent. Borrowed. */
	struct osc_slice wrapped[2];
	bool wraps;
	struct osc_aead_key *sender_key;
	struct osc_aead_key *recipient_key;
	uint8_t sender_nonce[OSC_NONCE_MAX];    /* for Partial IV 0 of this side */
	uint8_t recipient_nonce[OSC_NONCE_MAX]; /* for Partial IV 0 of the peer */
	struct osc_aad sender_aad;    /* of requests of this side, and of their responses */
	struct osc_aad recipient_aad; /* of requests of the peer, likewise */
};

/* osc_context_size - bytes of memory for the two expanded keys of osc_context_derive */
size_t osc_context_size(const struct osc_alg *alg);

/* osc_derive_key, osc_derive_common_iv - one output parameter (3.2.1)
 * scratch  OSC_INFO_MAX + the length of the ID Context, in bytes */
void osc_derive_key(uint8_t out[OSC_AT_LEAST(OSC_KEY_MAX)], const struct osc_params *params,
    const struct osc_id *id, uint8_t *scratch);
void osc_derive_common_iv(
    uint8_t out[OSC_AT_LEAST(OSC_NONCE_MAX)], const struct osc_params *params, uint8_t *scratch);

/*
 * osc_context_derive - derive keys and Common IV (3.2.1)
 *
 * memory   osc_context_size bytes of secret memory, aligned for any type;
 *          the context is usable as long as it is
 * params   IDs at most osc_alg_id_max(alg) bytes; the ID Context is borrowed
 * scratch  OSC_INFO_MAX + the length of the ID Context, in bytes
 */
void osc_context_derive(
    struct osc_context *context, void *memory, const struct osc_params *params, uint8_t *scratch);

/*
 * osc_context_aad - the AAD of a request and its responses (5.4)
 *
 * out  OSC_AAD_MAX bytes
 *
 * Returns its length. Little is to be done for a request of one of the two sides.
 */
size_t osc_context_aad(uint8_t out[OSC_AT_LEAST(OSC_AAD_MAX)], const struct osc_context *context,
    const struct osc_exchange *request);

OSC_C_END

#endif
