/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_CORE_COSE_H
#define OSC_CORE_COSE_H

#include "core/alg.h"
#include "core/oscore.h"

OSC_C_BEGIN

/*
 * osc_nonce_base - the nonce of one side for Partial IV 0 (5.2)
 *
 * out        alg->nonce_len bytes
 * id         ID_PIV: the Sender ID of the side that makes the Partial IVs
 * common_iv  alg->nonce_len bytes
 */
void osc_nonce_base(uint8_t out[OSC_AT_LEAST(OSC_NONCE_MAX)], const struct osc_alg *alg,
    const struct osc_id *id, const uint8_t *common_iv);

/* osc_nonce_make - the nonce for a Partial IV: its base with the number put in */
void osc_nonce_make(uint8_t out[OSC_AT_LEAST(OSC_NONCE_MAX)], const struct osc_alg *alg,
    const uint8_t *base, uint64_t seq);

/* Bytes in the longest aad_array (5.4): array, version, [alg], kid, piv, h''. */
#define OSC_AAD_ARRAY_MAX 24

/* osc_aad_array - the aad_array of a request and its responses (5.4); returns its length */
size_t osc_aad_array(uint8_t out[OSC_AT_LEAST(OSC_AAD_ARRAY_MAX)], const struct osc_alg *alg,
    const struct osc_exchange *exchange);

/*
 * osc_aad_make - the Enc_structure that the AEAD takes as AAD (5.4)
 *
 * out  cap bytes; OSC_AAD_MAX of core/aead.h is enough
 *
 * Returns its length.
 */
size_t osc_aad_make(
    uint8_t *out, size_t cap, const struct osc_alg *alg, const struct osc_exchange *exchange);

OSC_C_END

#endif
