/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_TESTS_BATCH_H
#define OSC_TESTS_BATCH_H

/*
 * Messages that are sealed and opened side by side, against nettle's and libsodium's calls for
 * one message. What the messages are is read from bytes: of chance, or of a fuzzer.
 */

#include <nettle/ccm.h>
#include <nettle/gcm.h>
#include <sodium/crypto_aead_chacha20poly1305.h>

#include "contexts.h"

#define BATCH_JOBS 40
#define BATCH_KEYS 5
#define BATCH_TEXT 1100 /* bytes in the longest text: more than the key stream made at once */

/* A key as it was before it was expanded, too. */
struct batch_key {
	const struct osc_alg *alg;
	uint8_t bytes[OSC_KEY_MAX];
	struct osc_aead_key *key;
};

struct batch {
	struct osc_slice source;
	struct batch_key keys[BATCH_KEYS];
	struct osc_aead_job jobs[BATCH_JOBS];
	const struct batch_key *of[BATCH_JOBS];
	uint8_t *sealed[BATCH_JOBS]; /* each in a block of its size */
	uint8_t *opened[BATCH_JOBS];
	uint8_t *text[BATCH_JOBS];
	size_t len[BATCH_JOBS];
	bool forged[BATCH_JOBS];
	size_t n;
};

/* The next byte of the source; 0 behind its end. */
static inline uint8_t
batch_byte(struct batch *batch)
{
	if (batch->source.len == 0)
		return 0;
	batch->source.len--;
	return *batch->source.ptr++;
}

static inline void
batch_bytes(struct batch *batch, uint8_t *out, size_t len)
{
	for (size_t i = 0; i < len; i++)
		out[i] = batch_byte(batch);
}

/* Lengths around those of blocks; now and then a long one. */
static inline size_t
batch_len(struct batch *batch)
{
	unsigned byte = batch_byte(batch);

	return byte < 240 ? 1 + byte % 67 : 1 + (byte - 239U) * 68U + batch_byte(batch) % 8U;
}

static inline void
batch_job(struct batch *batch, size_t i)
{
	struct osc_aead_job *job = &batch->jobs[i];
	const struct batch_key *key = &batch->keys[batch_byte(batch) % BATCH_KEYS];
	size_t len = batch_len(batch);

	batch->of[i] = key;
	batch->len[i] = len;
	batch->sealed[i] = malloc(len + key->alg->tag_len);
	batch->opened[i] = malloc(len);
	batch->text[i] = malloc(len);
	if (batch->sealed[i] == NULL || batch->opened[i] == NULL || batch->text[i] == NULL)
		abort();
	batch_bytes(batch, batch->text[i], len);
	memcpy(batch->sealed[i], batch->text[i], len);
	job->key = key->key;
	batch_bytes(batch, job->nonce, sizeof(job->nonce));
	job->aad_len = batch_byte(batch) % (OSC_AAD_MAX + 1);
	batch_bytes(batch, job->aad, job->aad_len);
	job->in = job->out = batch->sealed[i];
	job->in_len = len;
	batch->forged[i] = batch_byte(batch) % 8 == 1;
}

static inline void
batch_make(struct batch *batch, struct osc_slice source)
{
	memset(batch, 0, sizeof(*batch));
	batch->source = source;
	for (size_t i = 0; i < BATCH_KEYS; i++) {
		batch->keys[i].alg = osc_alg_at(batch_byte(batch) % 12);
		batch_bytes(batch, batch->keys[i].bytes, OSC_KEY_MAX);
		batch->keys[i].key = key_new(batch->keys[i].alg, batch->keys[i].bytes);
	}
	batch->n = batch_byte(batch) % (BATCH_JOBS + 1);
	for (size_t i = 0; i < batch->n; i++)
		batch_job(batch, i);
}

static inline void
batch_free(struct batch *batch)
{
	for (size_t i = 0; i < BATCH_KEYS; i++)
		free(batch->keys[i].key);
	for (size_t i = 0; i < batch->n; i++) {
		free(batch->sealed[i]);
		free(batch->opened[i]);
		free(batch->text[i]);
	}
}

/* Seal one text with the calls of the libraries. */
static inline void
batch_seal_alone(const struct batch *batch, size_t i, uint8_t *out)
{
	const struct osc_alg *alg = batch->of[i]->alg;
	const struct osc_aead_job *job = &batch->jobs[i];
	const uint8_t *key = batch->of[i]->bytes;
	size_t len = batch->len[i], sealed = len + alg->tag_len;
	struct ccm_aes128_ctx ccm128;
	struct ccm_aes256_ctx ccm256;
	struct gcm_aes256_ctx gcm256;
	struct gcm_aes192_ctx gcm192;
	struct gcm_aes128_ctx gcm128;

#define CCM(bits)                                                                                  \
	ccm_aes##bits##_set_key(&ccm##bits, key);                                                  \
	ccm_aes##bits##_encrypt_message(&ccm##bits, alg->nonce_len, job->nonce, job->aad_len,      \
	    job->aad, alg->tag_len, sealed, out, batch->text[i])
#define GCM(bits)                                                                                  \
	gcm_aes##bits##_set_key(&gcm##bits, key);                                                  \
	gcm_aes##bits##_set_iv(&gcm##bits, alg->nonce_len, job->nonce);                            \
	gcm_aes##bits##_update(&gcm##bits, job->aad_len, job->aad);                                \
	gcm_aes##bits##_encrypt(&gcm##bits, len, out, batch->text[i]);                             \
	gcm_aes##bits##_digest(&gcm##bits, alg->tag_len, out + len)

	if (alg->kind == OSC_CHACHA20_POLY1305) {
		(void)crypto_aead_chacha20poly1305_ietf_encrypt(
		    out, NULL, batch->text[i], len, job->aad, job->aad_len, NULL, job->nonce, key);
	} else if (alg->kind == OSC_AES_CCM && alg->key_len == 16) {
		CCM(128);
	} else if (alg->kind == OSC_AES_CCM) {
		CCM(256);
	} else if (alg->key_len == 16) {
		GCM(128);
	} else if (alg->key_len == 24) {
		GCM(192);
	} else {
		GCM(256);
	}
#undef CCM
#undef GCM
}

/* Are all sealed as they would be alone? */
static inline bool
batch_seal(struct batch *batch)
{
	uint8_t alone[BATCH_TEXT + 64 + TAG_MAX] = {0};
	bool same = true;

	osc_aead_seal(batch->jobs, batch->n);
	for (size_t i = 0; i < batch->n; i++) {
		batch_seal_alone(batch, i, alone);
		same = same &&
		    memcmp(alone, batch->sealed[i], batch->len[i] + batch->of[i]->alg->tag_len) ==
			0;
	}
	return same;
}

/* One bit changed, of text, tag or AAD. */
static inline void
batch_forge(struct batch *batch, size_t i)
{
	size_t in_len = batch->jobs[i].in_len;
	size_t at = (i * 7 + in_len * 3) % (in_len + batch->jobs[i].aad_len);
	uint8_t bit = (uint8_t)(1U << i % 8);

	if (at < in_len)
		batch->sealed[i][at] ^= bit;
	else
		batch->jobs[i].aad[at - in_len] ^= bit;
}

/* Are the genuine ones opened to what they were, and is nothing left of the forged ones? */
static inline bool
batch_open(struct batch *batch)
{
	bool good = true;

	for (size_t i = 0; i < batch->n; i++) {
		batch->jobs[i].in_len = batch->len[i] + batch->of[i]->alg->tag_len;
		batch->jobs[i].out = batch->opened[i];
		memset(batch->opened[i], 0xa5, batch->len[i]);
		if (batch->forged[i])
			batch_forge(batch, i);
	}
	osc_aead_open(batch->jobs, batch->n);
	for (size_t i = 0; i < batch->n; i++) {
		good = good && batch->jobs[i].ok == !batch->forged[i];
		if (batch->forged[i])
			memset(batch->text[i], 0, batch->len[i]);
		good = good && memcmp(batch->opened[i], batch->text[i], batch->len[i]) == 0;
	}
	return good;
}

#endif
