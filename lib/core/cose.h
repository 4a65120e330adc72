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
OSC_INLINE void
osc_nonce_make(uint8_t out[OSC_AT_LEAST(OSC_NONCE_MAX)], const struct osc_alg *alg,
    const uint8_t base[OSC_AT_LEAST(OSC_NONCE_MAX)], uint64_t seq)
{
	uint8_t *end = out + alg->nonce_len;

	memcpy(out, base, OSC_NONCE_MAX);
	osc_store32(end - 4, osc_load32(end - 4) ^ __builtin_bswap32((uint32_t)seq));
	end[-OSC_PIV_MAX] ^= (uint8_t)(seq >> 32);
}

/* Bytes in the longest aad_array (5.4): array, version, [alg], kid, piv, h''. */
#define OSC_AAD_ARRAY_MAX 24

/* osc_aad_array - the aad_array of a request and its responses (5.4); returns its length */
size_t osc_aad_array(uint8_t out[OSC_AT_LEAST(OSC_AAD_ARRAY_MAX)], const struct osc_alg *alg,
    const struct osc_exchange *exchange);

#define OSC_AAD_ARRAY_AT 12 /* in the Enc_structure, behind array, "Encrypt0", h'' and a head */
#define OSC_AAD_BYTES 0x40  /* the head of a byte string that has nothing in it */

/* Bytes in the longest Enc_structure: array, "Encrypt0", h'', and the aad_array as a string. */
#define OSC_ENC_STRUCTURE_MAX (1 + 9 + 1 + 1 + OSC_AAD_ARRAY_MAX)

/* The Enc_structure that the AEAD takes as AAD (5.4), but for the Partial IV: that is all in
 * which the messages to which requests with one kid belong differ. */
struct osc_aad {
	uint8_t bytes[OSC_ENC_STRUCTURE_MAX]; /* up to the kid; zero behind it */
	uint8_t len;
};

/* osc_aad_init - kid: of the request */
void osc_aad_init(struct osc_aad *aad, const struct osc_alg *alg, const struct osc_id *kid);

/*
 * osc_aad_put - the whole of it
 *
 * out  OSC_AAD_MAX of core/aead.h is enough
 * piv  of the request
 *
 * Returns its length.
 */
OSC_INLINE size_t
osc_aad_put(uint8_t out[OSC_AT_LEAST(OSC_ENC_STRUCTURE_MAX)], const struct osc_aad *aad,
    const struct osc_piv *piv)
{
	size_t len = aad->len;

	memcpy(out, aad->bytes, OSC_ENC_STRUCTURE_MAX);
	/* The heads of strings of up to 23 bytes are one byte with the length in it. */
	out[OSC_AAD_ARRAY_AT - 1] =
	    (uint8_t)(OSC_AAD_BYTES + len - OSC_AAD_ARRAY_AT + 2 + piv->len);
	out[len++] = (uint8_t)(OSC_AAD_BYTES + piv->len);
	/* There is room for the longest one. */
	memcpy(out + len, piv->bytes, OSC_PIV_MAX);
	len += piv->len;
	out[len++] = OSC_AAD_BYTES;
	return len;
}

/* osc_aad_make - the same at once; cap is OSC_ENC_STRUCTURE_MAX at least */
size_t osc_aad_make(
    uint8_t *out, size_t cap, const struct osc_alg *alg, const struct osc_exchange *exchange);

OSC_C_END

#endif
