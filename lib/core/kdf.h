/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_CORE_KDF_H
#define OSC_CORE_KDF_H

#include "core/alg.h"
#include "core/oscore.h"

OSC_C_BEGIN

/* The input parameters of a Security Context (3.2), from the view of one side. The bytes
 * are borrowed. */
struct osc_params {
	const struct osc_alg *alg;
	enum osc_hash hash;
	struct osc_slice master_secret; /* 1..OSC_SECRET_MAX bytes */
	struct osc_slice master_salt;   /* 0..OSC_SECRET_MAX bytes */
	struct osc_slice id_context;    /* any length, or absent */
	struct osc_id sender_id;
	struct osc_id recipient_id;
};

/* osc_params_mirror - the same from the view of the other side */
static inline struct osc_params
osc_params_mirror(const struct osc_params *params)
{
	struct osc_params other = *params;

	other.sender_id = params->recipient_id;
	other.recipient_id = params->sender_id;
	return other;
}

#define OSC_PRK_SIZE 32

/* The largest info structure without its ID Context, in bytes. */
#define OSC_INFO_MAX 40

/*
 * osc_kdf_info - the info structure of one derivation (3.2.1)
 *
 * out   cap bytes; OSC_INFO_MAX + the length of the ID Context is enough
 * id    Sender ID, Recipient ID, or empty for the Common IV
 * type  "Key" or "IV"
 *
 * Returns the number of bytes written, 0 if they do not fit.
 */
size_t osc_kdf_info(uint8_t *out, size_t cap, const struct osc_params *params, struct osc_slice id,
    const char *type);

/*
 * osc_kdf_derive - one output parameter: HKDF(Master Salt, Master Secret, info, L) (3.2.1)
 *
 * out   out_len bytes, at most OSC_KEY_MAX
 * info  from osc_kdf_info
 */
void osc_kdf_derive(
    uint8_t *out, size_t out_len, const struct osc_params *params, struct osc_slice info);

/*
 * osc_kdf_expand - HKDF-Expand with SHA-256 (RFC 5869, 2.3)
 *
 * prk  a pseudorandom key of 32 bytes
 * out  out_len bytes, at most OSC_KEY_MAX
 */
void osc_kdf_expand(uint8_t *out, size_t out_len, const uint8_t prk[OSC_AT_LEAST(OSC_PRK_SIZE)],
    struct osc_slice info);

#define OSC_HMAC_SIZE 32

/* osc_kdf_hmac - HMAC-SHA-256 with a key of OSC_HMAC_SIZE bytes */
void osc_kdf_hmac(uint8_t out[OSC_AT_LEAST(OSC_HMAC_SIZE)],
    const uint8_t key[OSC_AT_LEAST(OSC_HMAC_SIZE)], struct osc_slice data);

/* the version of nettle in use: major << 8 | minor */
unsigned osc_nettle_version(void);

OSC_C_END

#endif
