/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "base/ascii.h"
#include "core/alg.h"

static const struct osc_alg algs[] = {
    {"A128GCM", 1, OSC_AES_GCM, 16, 12, 16},
    {"A192GCM", 2, OSC_AES_GCM, 24, 12, 16},
    {"A256GCM", 3, OSC_AES_GCM, 32, 12, 16},
    {"AES-CCM-16-64-128", 10, OSC_AES_CCM, 16, 13, 8},
    {"AES-CCM-16-64-256", 11, OSC_AES_CCM, 32, 13, 8},
    {"AES-CCM-64-64-128", 12, OSC_AES_CCM, 16, 7, 8},
    {"AES-CCM-64-64-256", 13, OSC_AES_CCM, 32, 7, 8},
    {"ChaCha20/Poly1305", 24, OSC_CHACHA20_POLY1305, 32, 12, 16},
    {"AES-CCM-16-128-128", 30, OSC_AES_CCM, 16, 13, 16},
    {"AES-CCM-16-128-256", 31, OSC_AES_CCM, 32, 13, 16},
    {"AES-CCM-64-128-128", 32, OSC_AES_CCM, 16, 7, 16},
    {"AES-CCM-64-128-256", 33, OSC_AES_CCM, 32, 7, 16},
};

static const char *const hashes[] = {
    [OSC_SHA256] = "sha256",
    [OSC_SHA384] = "sha384",
    [OSC_SHA512] = "sha512",
};

const struct osc_alg *
osc_alg_at(size_t i)
{
	return i < sizeof(algs) / sizeof(algs[0]) ? &algs[i] : NULL;
}

const struct osc_alg *
osc_alg_by_number(int64_t cose)
{
	const struct osc_alg *alg;

	for (size_t i = 0; (alg = osc_alg_at(i)) != NULL; i++)
		if (alg->cose == cose)
			return alg;
	return NULL;
}

const struct osc_alg *
osc_alg_by_name(struct osc_slice name)
{
	const struct osc_alg *alg;

	for (size_t i = 0; (alg = osc_alg_at(i)) != NULL; i++)
		if (osc_same_word(name, alg->name))
			return alg;
	return NULL;
}

size_t
osc_alg_id_max(const struct osc_alg *alg)
{
	return alg->nonce_len - 6U;
}

bool
osc_hash_by_name(enum osc_hash *hash, struct osc_slice name)
{
	for (size_t i = 0; i < sizeof(hashes) / sizeof(hashes[0]); i++)
		if (osc_same_word(name, hashes[i])) {
			*hash = (enum osc_hash)i;
			return true;
		}
	return false;
}

const char *
osc_hash_name(enum osc_hash hash)
{
	return hashes[hash];
}
