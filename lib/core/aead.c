/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <assert.h>
#include <nettle/aes.h>
#include <nettle/gcm.h>
#include <nettle/memops.h>
#include <sodium/crypto_aead_chacha20poly1305.h>

#include "base/secret.h"
#include "core/aead.h"
#include "core/ccm.h"

/* A key expanded for its cipher; only the first two members are always there,
 * the union is cut to what the algorithm needs (osc_aead_key_size). */
struct osc_aead_key {
	const struct osc_alg *alg;
	osc_block_cipher *encrypt;
	union {
		union {
			struct aes128_ctx aes128;
			struct aes256_ctx aes256;
		} ccm;
		struct {
			struct gcm_key table;
			union {
				struct aes128_ctx aes128;
				struct aes192_ctx aes192;
				struct aes256_ctx aes256;
			} cipher;
		} gcm;
		uint8_t chacha20[crypto_aead_chacha20poly1305_ietf_KEYBYTES];
	} u;
};

/* nettle's block functions take their own context type; these take any. */
static void
encrypt_aes128(const void *ctx, size_t len, uint8_t *dst, const uint8_t *src)
{
	aes128_encrypt(ctx, len, dst, src);
}

static void
encrypt_aes192(const void *ctx, size_t len, uint8_t *dst, const uint8_t *src)
{
	aes192_encrypt(ctx, len, dst, src);
}

static void
encrypt_aes256(const void *ctx, size_t len, uint8_t *dst, const uint8_t *src)
{
	aes256_encrypt(ctx, len, dst, src);
}

/* An expanded key of AES. */
static size_t
cipher_size(const struct osc_alg *alg)
{
	switch (alg->key_len) {
	case AES128_KEY_SIZE:
		return sizeof(struct aes128_ctx);
	case AES192_KEY_SIZE:
		return sizeof(struct aes192_ctx);
	default:
		return sizeof(struct aes256_ctx);
	}
}

size_t
osc_aead_key_size(const struct osc_alg *alg)
{
	const struct osc_aead_key *key = NULL;

	switch (alg->kind) {
	case OSC_AES_CCM:
		return offsetof(struct osc_aead_key, u) + cipher_size(alg);
	case OSC_CHACHA20_POLY1305:
		return offsetof(struct osc_aead_key, u) + sizeof(key->u.chacha20);
	case OSC_AES_GCM:
	default:
		return offsetof(struct osc_aead_key, u.gcm.cipher) + cipher_size(alg);
	}
}

static void
expand_aes(osc_block_cipher **encrypt, void *ctx, const uint8_t *bytes, size_t len)
{
	switch (len) {
	case AES128_KEY_SIZE:
		*encrypt = encrypt_aes128;
		aes128_set_encrypt_key(ctx, bytes);
		break;
	case AES192_KEY_SIZE:
		*encrypt = encrypt_aes192;
		aes192_set_encrypt_key(ctx, bytes);
		break;
	default:
		*encrypt = encrypt_aes256;
		aes256_set_encrypt_key(ctx, bytes);
		break;
	}
}

void
osc_aead_key_init(struct osc_aead_key *key, const struct osc_alg *alg, const uint8_t *bytes)
{
	key->alg = alg;
	key->encrypt = NULL;
	switch (alg->kind) {
	case OSC_AES_CCM:
		expand_aes(&key->encrypt, &key->u.ccm, bytes, alg->key_len);
		break;
	case OSC_AES_GCM:
		expand_aes(&key->encrypt, &key->u.gcm.cipher, bytes, alg->key_len);
		gcm_set_key(&key->u.gcm.table, &key->u.gcm.cipher, key->encrypt);
		break;
	case OSC_CHACHA20_POLY1305:
		osc_copy(key->u.chacha20, bytes, sizeof(key->u.chacha20));
		break;
	}
}

struct osc_slice
osc_aead_key_bytes(const struct osc_aead_key *key)
{
	return osc_slice((const uint8_t *)key, osc_aead_key_size(key->alg));
}

static void
gcm_start(const struct osc_aead_key *key, const struct osc_aead_job *job, struct gcm_ctx *gcm)
{
	gcm_set_iv(gcm, &key->u.gcm.table, key->alg->nonce_len, job->nonce);
	gcm_update(gcm, &key->u.gcm.table, job->aad_len, job->aad);
}

static void
seal_gcm(const struct osc_aead_key *key, const struct osc_aead_job *job)
{
	struct gcm_ctx gcm;

	gcm_start(key, job, &gcm);
	gcm_encrypt(&gcm, &key->u.gcm.table, &key->u.gcm.cipher, key->encrypt, job->in_len,
	    job->out, job->in);
	gcm_digest(&gcm, &key->u.gcm.table, &key->u.gcm.cipher, key->encrypt, key->alg->tag_len,
	    job->out + job->in_len);
	osc_wipe(&gcm, sizeof(gcm));
}

/* Of CCM, those that come behind one another go side by side. */
static void
add_lane(struct osc_ccm_lane *lane, struct osc_aead_job *job)
{
	lane->encrypt = job->key->encrypt;
	lane->key = &job->key->u.ccm;
	lane->nonce_len = job->key->alg->nonce_len;
	lane->tag_len = job->key->alg->tag_len;
	lane->job = job;
}

void
osc_aead_seal(struct osc_aead_job *jobs, size_t n)
{
	OSC_UNSET struct osc_ccm_lane lanes[OSC_CCM_LANES];
	const struct osc_aead_key *key;
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		key = jobs[i].key;
		assert(jobs[i].in == jobs[i].out && jobs[i].in_len <= OSC_MESSAGE_MAX);
		switch (key->alg->kind) {
		case OSC_AES_CCM:
			add_lane(&lanes[k++], &jobs[i]);
			break;
		case OSC_AES_GCM:
			seal_gcm(key, &jobs[i]);
			break;
		case OSC_CHACHA20_POLY1305:
			(void)crypto_aead_chacha20poly1305_ietf_encrypt(jobs[i].out, NULL,
			    jobs[i].in, jobs[i].in_len, jobs[i].aad, jobs[i].aad_len, NULL,
			    jobs[i].nonce, key->u.chacha20);
			break;
		}
		if (k == OSC_CCM_LANES) {
			osc_ccm_seal(lanes, k);
			k = 0;
		}
	}
	if (k > 0)
		osc_ccm_seal(lanes, k);
}

static bool
open_gcm(const struct osc_aead_key *key, const struct osc_aead_job *job, size_t text_len)
{
	uint8_t tag[GCM_DIGEST_SIZE];
	struct gcm_ctx gcm;

	gcm_start(key, job, &gcm);
	gcm_decrypt(
	    &gcm, &key->u.gcm.table, &key->u.gcm.cipher, key->encrypt, text_len, job->out, job->in);
	gcm_digest(
	    &gcm, &key->u.gcm.table, &key->u.gcm.cipher, key->encrypt, key->alg->tag_len, tag);
	osc_wipe(&gcm, sizeof(gcm));
	return memeql_sec(tag, job->in + text_len, key->alg->tag_len) != 0;
}

static bool
open_chacha(const struct osc_aead_key *key, const struct osc_aead_job *job)
{
	return crypto_aead_chacha20poly1305_ietf_decrypt(job->out, NULL, NULL, job->in, job->in_len,
		   job->aad, job->aad_len, job->nonce, key->u.chacha20) == 0;
}

static void
open_all(struct osc_aead_job *jobs, size_t n)
{
	OSC_UNSET struct osc_ccm_lane lanes[OSC_CCM_LANES];
	const struct osc_aead_key *key;
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		key = jobs[i].key;
		jobs[i].ok = false;
		if (jobs[i].in_len <= key->alg->tag_len)
			continue;
		switch (key->alg->kind) {
		case OSC_AES_CCM:
			add_lane(&lanes[k++], &jobs[i]);
			break;
		case OSC_AES_GCM:
			jobs[i].ok = open_gcm(key, &jobs[i], jobs[i].in_len - key->alg->tag_len);
			break;
		case OSC_CHACHA20_POLY1305:
			jobs[i].ok = open_chacha(key, &jobs[i]);
			break;
		}
		if (k == OSC_CCM_LANES) {
			osc_ccm_open(lanes, k);
			k = 0;
		}
	}
	if (k > 0)
		osc_ccm_open(lanes, k);
}

void
osc_aead_open(struct osc_aead_job *jobs, size_t n)
{
	size_t tag_len;

	open_all(jobs, n);
	/* What was decrypted before it was verified must not stay. */
	for (size_t i = 0; i < n; i++) {
		tag_len = jobs[i].key->alg->tag_len;
		if (!jobs[i].ok && jobs[i].in_len > tag_len)
			osc_wipe(jobs[i].out, jobs[i].in_len - tag_len);
	}
}
