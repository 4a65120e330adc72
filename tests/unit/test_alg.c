/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "core/alg.h"
#include "helper.h"

/* From the COSE registry and RFC 9053, 4.1 to 4.3. */
static const struct {
	const char *name, *other_case;
	int cose;
	unsigned key_len, nonce_len, tag_len;
} registry[] = {
    {"A128GCM", "a128gcm", 1, 16, 12, 16},
    {"A192GCM", "a192gcm", 2, 24, 12, 16},
    {"A256GCM", "A256gcm", 3, 32, 12, 16},
    {"AES-CCM-16-64-128", "aes-ccm-16-64-128", 10, 16, 13, 8},
    {"AES-CCM-16-64-256", "aes-CCM-16-64-256", 11, 32, 13, 8},
    {"AES-CCM-64-64-128", "aes-ccm-64-64-128", 12, 16, 7, 8},
    {"AES-CCM-64-64-256", "aes-ccm-64-64-256", 13, 32, 7, 8},
    {"ChaCha20/Poly1305", "CHACHA20/POLY1305", 24, 32, 12, 16},
    {"AES-CCM-16-128-128", "aes-ccm-16-128-128", 30, 16, 13, 16},
    {"AES-CCM-16-128-256", "aes-ccm-16-128-256", 31, 32, 13, 16},
    {"AES-CCM-64-128-128", "aes-ccm-64-128-128", 32, 16, 7, 16},
    {"AES-CCM-64-128-256", "aes-ccm-64-128-256", 33, 32, 7, 16},
};

#define N_ALGS (sizeof(registry) / sizeof(registry[0]))

static void
test_alg_registry(void)
{
	const struct osc_alg *alg;

	for (size_t i = 0; i < N_ALGS; i++) {
		alg = osc_alg_by_number(registry[i].cose);
		CHECK(alg != NULL);
		if (alg == NULL)
			continue;
		CHECK(strcmp(alg->name, registry[i].name) == 0);
		CHECK(alg->cose == registry[i].cose);
		CHECK(alg->key_len == registry[i].key_len);
		CHECK(alg->nonce_len == registry[i].nonce_len);
		CHECK(alg->tag_len == registry[i].tag_len);
		CHECK(osc_alg_id_max(alg) == registry[i].nonce_len - 6);
		CHECK(osc_alg_by_name(slice_of(registry[i].name)) == alg);
		CHECK(osc_alg_by_name(slice_of(registry[i].other_case)) == alg);
		CHECK(osc_alg_at(i) == alg);
	}
	CHECK(osc_alg_at(N_ALGS) == NULL);
	CHECK(osc_alg_at(SIZE_MAX) == NULL);
}

static void
test_alg_unknown(void)
{
	static const int64_t numbers[] = {0, -1, 4, 9, 14, 15, 23, 25, 29, 34,
	    10 + (INT64_C(1) << 32), 266, INT64_MIN, INT64_MAX};
	static const char *const names[] = {"", "A", "A128GC", "A128GCM ", " A128GCM",
	    "AES-CCM-16-64-12", "AES-CCM-16-64-1288", "AES_CCM_16_64_128", "10",
	    "ChaCha20-Poly1305"};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		CHECK(osc_alg_by_number(numbers[i]) == NULL);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		CHECK(osc_alg_by_name(slice_of(names[i])) == NULL);
	CHECK(osc_alg_by_name(osc_slice(NULL, 0)) == NULL);
	/* A NUL does not end a name. */
	CHECK(osc_alg_by_name(osc_slice((const uint8_t *)"A128GCM\0x", 9)) == NULL);
	CHECK(osc_alg_by_name(osc_slice((const uint8_t *)"A128GCM", 8)) == NULL);
}

static void
test_alg_default(void)
{
	CHECK(strcmp(osc_alg_by_number(OSC_ALG_DEFAULT)->name, "AES-CCM-16-64-128") == 0);
}

static void
test_alg_hashes(void)
{
	static const char *const names[] = {"sha256", "sha384", "sha512"};
	static const enum osc_hash hashes[] = {OSC_SHA256, OSC_SHA384, OSC_SHA512};
	static const char *const unknown[] = {
	    "", "sha", "sha-256", "sha2560", "sha1", "sha256 ", "5"};
	enum osc_hash hash;

	for (size_t i = 0; i < 3; i++) {
		hash = hashes[(i + 1) % 3];
		CHECK(osc_hash_by_name(&hash, slice_of(names[i])) && hash == hashes[i]);
		CHECK(strcmp(osc_hash_name(hashes[i]), names[i]) == 0);
	}
	CHECK(osc_hash_by_name(&hash, slice_of("SHA384")) && hash == OSC_SHA384);
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
		CHECK(!osc_hash_by_name(&hash, slice_of(unknown[i])));
	CHECK(!osc_hash_by_name(&hash, osc_slice(NULL, 0)));
	CHECK(hash == OSC_SHA384);
}

int
main(void)
{
	RUN(test_alg_registry);
	RUN(test_alg_unknown);
	RUN(test_alg_default);
	RUN(test_alg_hashes);
	return unit_end();
}
