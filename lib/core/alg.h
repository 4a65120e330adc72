/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_CORE_ALG_H
#define OSC_CORE_ALG_H

#include "core/oscore.h"

OSC_C_BEGIN

/* The twelve COSE AEADs (RFC 9053, 4): how they are computed. */
enum osc_aead_kind { OSC_AES_CCM, OSC_AES_GCM, OSC_CHACHA20_POLY1305 };

struct osc_alg {
	const char *name; /* as in the COSE registry */
	int cose;         /* number in the COSE registry, 1..33 */
	enum osc_aead_kind kind;
	uint8_t key_len;   /* bytes, 16, 24 or 32 */
	uint8_t nonce_len; /* bytes, 7, 12 or 13 */
	uint8_t tag_len;   /* bytes, 8 or 16 */
};

/* The default (3.2). */
#define OSC_ALG_DEFAULT 10 /* AES-CCM-16-64-128 */

/* osc_alg_by_number, osc_alg_by_name - look an AEAD up; NULL if it is none of ours.
 * Names are compared without regard to case. */
const struct osc_alg *osc_alg_by_number(int64_t cose);
const struct osc_alg *osc_alg_by_name(struct osc_slice name);

/* osc_alg_at - the AEADs in the order of their COSE numbers; NULL behind the last */
const struct osc_alg *osc_alg_at(size_t i);

/* osc_alg_id_max - bytes in the longest Sender ID with this AEAD: nonce - 6 (3.3) */
size_t osc_alg_id_max(const struct osc_alg *alg);

/* The hash of the HKDF (COSE direct+HKDF, RFC 9053, 5.1; SHA-384 has no COSE number). */
enum osc_hash { OSC_SHA256, OSC_SHA384, OSC_SHA512 };

/* osc_hash_by_name - "sha256", "sha384" or "sha512", in any case; false for others */
bool osc_hash_by_name(enum osc_hash *hash, struct osc_slice name);
const char *osc_hash_name(enum osc_hash hash);

OSC_C_END

#endif
