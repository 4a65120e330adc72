/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_CORE_CCM_H
#define OSC_CORE_CCM_H

#include "core/aead.h"

OSC_C_BEGIN

/*
 * CCM (RFC 3610; NIST SP 800-38C) of several messages side by side.
 *
 * The MAC of one message is a chain: each block waits for the one before, and the time of a
 * small message is that of waiting. Several chains at once fill it. Messages may have different
 * lengths, parameters and keys; blocks that are neighbours under one key are one call of the
 * cipher.
 */

/* osc_block_cipher - encrypt whole blocks of 16 bytes, each by itself; out may be in */
typedef void osc_block_cipher(const void *key, size_t len, uint8_t *out, const uint8_t *in);

#define OSC_CCM_BLOCK 16 /* bytes */

/* Messages at once; more are not faster. */
#define OSC_CCM_LANES 16

/* One of them: what the caller says, and what it comes to. */
struct osc_ccm_lane {
	osc_block_cipher *encrypt;
	const void *key;
	uint8_t nonce_len; /* 7..13 bytes */
	uint8_t tag_len;   /* 8 or 16 bytes */
	struct osc_aead_job *job;

	size_t len;        /* of the text */
	size_t aad_blocks; /* with the length of the AAD */
	size_t blocks;     /* and those of the text; the last one may be part of one */
	uint64_t nonce[2]; /* in a block that is zero otherwise */
};

/* osc_ccm_seal - as osc_aead_seal, for up to OSC_CCM_LANES messages; changes their order */
void osc_ccm_seal(struct osc_ccm_lane *lanes, size_t n);

/*
 * osc_ccm_open - as osc_aead_open; the texts are longer than 0
 *
 * Sets ok of each job, and leaves the text of one that is not in its place.
 */
void osc_ccm_open(struct osc_ccm_lane *lanes, size_t n);

OSC_C_END

#endif
