/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <assert.h>
#include <nettle/hkdf.h>
#include <nettle/hmac.h>
#include <nettle/version.h>

#include "base/secret.h"
#include "core/cborw.h"
#include "core/kdf.h"

size_t
osc_kdf_info(uint8_t *out, size_t cap, const struct osc_params *params, struct osc_slice id,
    const char *type)
{
	struct osc_cborw w;
	size_t len = type[0] == 'K' ? params->alg->key_len : params->alg->nonce_len;

	osc_cborw_init(&w, out, cap);
	osc_cborw_array(&w, 5);
	osc_cborw_bytes(&w, id);
	if (osc_is_present(params->id_context))
		osc_cborw_bytes(&w, params->id_context);
	else
		osc_cborw_null(&w);
	osc_cborw_int(&w, params->alg->cose);
	osc_cborw_text(&w, type);
	osc_cborw_int(&w, (int64_t)len);
	return w.full ? 0 : w.len;
}

/* HMAC over any hash of nettle, in the form that its HKDF takes. */
union hash_state {
	struct sha256_ctx sha256;
	struct sha512_ctx sha512;
};

struct hmac {
	const struct nettle_hash *hash;
	union hash_state outer, inner, state;
};

static void
hmac_start(struct hmac *hmac, struct osc_slice key)
{
	hmac_set_key(&hmac->outer, &hmac->inner, &hmac->state, hmac->hash, key.len, key.ptr);
}

static void
hmac_more(void *ctx, size_t len, const uint8_t *data)
{
	struct hmac *hmac = ctx;

	hmac_update(&hmac->state, hmac->hash, len, data);
}

static void
hmac_end(void *ctx, size_t len, uint8_t *digest)
{
	struct hmac *hmac = ctx;

	hmac_digest(&hmac->outer, &hmac->inner, &hmac->state, hmac->hash, len, digest);
}

static const struct nettle_hash *
nettle_hash_of(enum osc_hash hash)
{
	switch (hash) {
	case OSC_SHA384:
		return &nettle_sha384;
	case OSC_SHA512:
		return &nettle_sha512;
	case OSC_SHA256:
	default:
		return &nettle_sha256;
	}
}

void
osc_kdf_derive(uint8_t *out, size_t out_len, const struct osc_params *params, struct osc_slice info)
{
	struct hmac hmac = {.hash = nettle_hash_of(params->hash)};
	size_t size = hmac.hash->digest_size;
	uint8_t prk[SHA512_DIGEST_SIZE];

	assert(out_len <= OSC_KEY_MAX);
	/* An empty salt and one of zeros are the same HMAC key (3.2.1). */
	hmac_start(&hmac, params->master_salt);
	hkdf_extract(&hmac, hmac_more, hmac_end, size, params->master_secret.len,
	    params->master_secret.ptr, prk);
	hmac_start(&hmac, osc_slice(prk, size));
	hkdf_expand(&hmac, hmac_more, hmac_end, size, info.len, info.ptr, out_len, out);
	osc_wipe(prk, sizeof(prk));
	osc_wipe(&hmac, sizeof(hmac));
}

void
osc_kdf_expand(
    uint8_t *out, size_t out_len, const uint8_t prk[static OSC_PRK_SIZE], struct osc_slice info)
{
	struct hmac hmac = {.hash = &nettle_sha256};

	assert(out_len <= OSC_KEY_MAX);
	hmac_start(&hmac, osc_slice(prk, OSC_PRK_SIZE));
	hkdf_expand(
	    &hmac, hmac_more, hmac_end, SHA256_DIGEST_SIZE, info.len, info.ptr, out_len, out);
	osc_wipe(&hmac, sizeof(hmac));
}

void
osc_kdf_hmac(uint8_t out[static OSC_HMAC_SIZE], const uint8_t key[static OSC_HMAC_SIZE],
    struct osc_slice data)
{
	struct hmac hmac = {.hash = &nettle_sha256};

	hmac_start(&hmac, osc_slice(key, OSC_HMAC_SIZE));
	hmac_more(&hmac, data.len, data.ptr);
	hmac_end(&hmac, OSC_HMAC_SIZE, out);
	osc_wipe(&hmac, sizeof(hmac));
}

unsigned
osc_nettle_version(void)
{
	return (unsigned)nettle_version_major() << 8 | (unsigned)nettle_version_minor();
}
