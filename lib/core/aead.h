/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_CORE_AEAD_H
#define OSC_CORE_AEAD_H

#include "core/alg.h"
#include "core/oscore.h"

OSC_C_BEGIN

/* An expanded key: large (a GCM key holds a 4 KiB table), secret, aligned. */
struct osc_aead_key;

/* osc_aead_key_size - bytes of an expanded key of this AEAD */
size_t osc_aead_key_size(const struct osc_alg *alg);

/*
 * osc_aead_key_init - expand a key
 *
 * key    osc_aead_key_size(alg) bytes in secret memory, aligned for any type
 * bytes  alg->key_len bytes
 *
 * The expanded key is wiped with the secret memory it lies in.
 */
void osc_aead_key_init(struct osc_aead_key *key, const struct osc_alg *alg, const uint8_t *bytes);

/* osc_aead_key_bytes - the expanded key as bytes, which are the same for the same key of the
 * same algorithm, and for no other, in one process; if it lies in memory that was zeroed
 * before osc_aead_key_init. A secret. */
struct osc_slice osc_aead_key_bytes(const struct osc_aead_key *key);

#define OSC_AAD_MAX 48  /* bytes in the longest AAD (5.4) */
#define OSC_AAD_ROOM 64 /* what is behind it may be read, but counts for nothing */

/* One message to seal or open. */
struct osc_aead_job {
	const struct osc_aead_key *key;
	uint8_t nonce[OSC_NONCE_MAX]; /* the nonce_len bytes of the algorithm */
	uint8_t aad[OSC_AAD_ROOM];
	size_t aad_len;
	const uint8_t *in; /* seal: equal to out */
	size_t in_len;     /* bytes, with the tag when opening */
	uint8_t *out;      /* seal: room for the tag behind in_len; open: in_len - tag_len bytes */
	bool ok;           /* open: the tag verified */
};

/*
 * osc_aead_seal - encrypt in place and append the tags (5.3)
 *
 * Never fails. The inner text must not exceed OSC_MESSAGE_MAX bytes, which is
 * what CCM with a nonce of 13 bytes can carry. Jobs may have different keys and algorithms;
 * many at once take much less time each than one.
 */
void osc_aead_seal(struct osc_aead_job *jobs, size_t n);

/*
 * osc_aead_open - verify and decrypt
 *
 * Sets ok of each job; where it is false, out has been wiped. An in_len that is
 * not above the length of the tag is a verification failure: a plaintext holds
 * a code at least (5.3). out must not overlap in.
 */
void osc_aead_open(struct osc_aead_job *jobs, size_t n);

OSC_C_END

#endif
