/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "contexts.h"
#include "core/fingerprint.h"

/*
 * Computed with the hashlib module of Python 3.11, the keys and Common IVs being those that
 * RFC 8613, C.1 to C.3, prints:
 *
 *     sha256(b"oscore-tools fingerprint\0" + name + b"\0" + value).digest()[:8]
 */

static bool
is(struct osc_fingerprint fingerprint, const char *digits)
{
	return same(osc_slice(fingerprint.bytes, sizeof(fingerprint.bytes)), digits);
}

static void
test_fingerprint_rfc(void)
{
	static const struct {
		const char *salt, *common_iv, *sender_key, *recipient_key;
	} rfc[] = {
	    {"e2efbdedb605864e", "18d5e129300921a6", "e48f57da5555a3ec", "8c784ddde8e6ae13"},
	    {"f7084ee66381c625", "a819426aa1a6a3f6", "fd1013d9c969096c", "e90d17b80d7aab13"},
	    {"e2efbdedb605864e", "a327a80d980573a0", "178a3601ee8a16ed", "84df1e824c9aa87a"},
	};
	struct osc_fingerprints mine, peers;
	struct osc_params params, mirrored;
	uint8_t scratch[64];

	for (int section = 1; section <= 3; section++) {
		params = params_of_rfc(section);
		osc_fingerprints(&mine, &params, scratch);
		CHECK(is(mine.master_secret, "26f8b8007876da98"));
		CHECK(is(mine.master_salt, rfc[section - 1].salt));
		CHECK(is(mine.common_iv, rfc[section - 1].common_iv));
		CHECK(is(mine.sender_key, rfc[section - 1].sender_key));
		CHECK(is(mine.recipient_key, rfc[section - 1].recipient_key));
		/* what the peer reads out: the same, with the keys crosswise */
		mirrored = osc_params_mirror(&params);
		osc_fingerprints(&peers, &mirrored, scratch);
		CHECK(is(peers.master_secret, "26f8b8007876da98"));
		CHECK(is(peers.common_iv, rfc[section - 1].common_iv));
		CHECK(is(peers.sender_key, rfc[section - 1].recipient_key));
		CHECK(is(peers.recipient_key, rfc[section - 1].sender_key));
	}
}

/* Nothing, much, and where the name ends. */
static void
test_fingerprint_lengths(void)
{
	static const uint8_t zeros[300];

	CHECK(is(osc_fingerprint("", osc_slice(NULL, 0)), "797c2e562d4f7539"));
	CHECK(is(osc_fingerprint("Key", osc_slice(NULL, 0)), "cc91ab8e3e5072e3"));
	CHECK(is(osc_fingerprint("Ke", unhex("79")), "6bfc6f071db9bec0"));
	CHECK(is(osc_fingerprint("Key", osc_slice(zeros, sizeof(zeros))), "3d71165ac97f4b9b"));
}

/* Keys and IVs as long as another algorithm has them. */
static void
test_fingerprint_sizes(void)
{
	uint8_t secret[32], salt[16], scratch[64];
	struct osc_params params = {.alg = osc_alg_by_number(3),
	    .master_secret = osc_slice(secret, sizeof(secret)),
	    .master_salt = osc_slice(salt, sizeof(salt)),
	    .sender_id = id_of("010203040506")};
	struct osc_fingerprints out;

	for (size_t i = 0; i < sizeof(secret); i++)
		secret[i] = (uint8_t)i;
	for (size_t i = 0; i < sizeof(salt); i++)
		salt[i] = (uint8_t)(0xa0 + i);
	osc_fingerprints(&out, &params, scratch);
	/* of the key and the IV that test_kdf.c has for these parameters */
	CHECK(is(out.sender_key, "b4e38067b86146f7"));
	CHECK(is(out.common_iv, "8f06554c78a49239"));
}

int
main(void)
{
	RUN(test_fingerprint_rfc);
	RUN(test_fingerprint_lengths);
	RUN(test_fingerprint_sizes);
	return unit_end();
}
