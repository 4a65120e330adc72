/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "contexts.h"

/* Seal and open one text; both must give what is known. */
static void
check_answer(int cose, struct osc_slice key_bytes, struct osc_slice nonce, struct osc_slice aad,
    struct osc_slice text, const char *sealed)
{
	const struct osc_alg *alg = osc_alg_by_number(cose);
	struct osc_aead_key *key = key_new(alg, key_bytes.ptr);
	struct osc_aead_job job = {.key = key, .aad_len = aad.len, .in_len = text.len};
	size_t sealed_len = text.len + alg->tag_len;
	uint8_t *out = malloc(sealed_len), *opened = malloc(text.len);

	CHECK(key_bytes.len == alg->key_len && nonce.len == alg->nonce_len);
	CHECK(aad.len <= OSC_AAD_MAX);
	osc_copy(job.nonce, nonce.ptr, nonce.len);
	osc_copy(job.aad, aad.ptr, aad.len);
	osc_copy(out, text.ptr, text.len);
	job.in = job.out = out;
	osc_aead_seal(&job, 1);
	CHECK(same(osc_slice(out, sealed_len), sealed));

	job.in = out;
	job.in_len = sealed_len;
	job.out = opened;
	osc_aead_open(&job, 1);
	CHECK(job.ok && osc_slice_equal(osc_slice(opened, text.len), text));
	free(out);
	free(opened);
	free(key);
}

/* RFC 3610, 8, packet vector 1: CCM with M = 8, L = 2. */
static void
test_aead_rfc3610(void)
{
	check_answer(10, unhex("c0c1c2c3c4c5c6c7c8c9cacbcccdcecf"),
	    unhex("00000003020100a0a1a2a3a4a5"), unhex("0001020304050607"),
	    unhex("08090a0b0c0d0e0f101112131415161718191a1b1c1d1e"),
	    "588c979a61c663d2f066d0c2c0f989806d5f6b61dac38417e8d12cfdf926e0");
}

/* McGrew and Viega, "The Galois/Counter Mode of Operation", test cases 4, 10 and 16. */
static void
test_aead_gcm(void)
{
	static const char key[] =
	    "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308";
	static const char *const sealed[] = {
	    "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c"
	    "7d8f6a5aac84aa051ba30b396a0aac973d58e0915bc94fbc3221a5db94fae95ae7121a47",
	    "3980ca0b3c00e841eb06fac4872a2757859e1ceaa6efd984628593b40ca1e19c7d773d00c144c525"
	    "ac619d18c84a3f4718e2448b2fe324d9ccda27102519498e80f1478f37ba55bd6d27618c",
	    "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3d"
	    "a7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b",
	};
	struct osc_slice text =
	    unhex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
		  "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39");
	struct osc_slice aad = unhex("feedfacedeadbeeffeedfacedeadbeefabaddad2");

	for (int cose = 1; cose <= 3; cose++)
		check_answer(cose, osc_slice(unhex(key).ptr, 8U + 8U * (unsigned)cose),
		    unhex("cafebabefacedbaddecaf888"), aad, text, sealed[cose - 1]);
}

/* RFC 8439, 2.8.2. */
static void
test_aead_rfc8439(void)
{
	check_answer(24, unhex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"),
	    unhex("070000004041424344454647"), unhex("50515253c0c1c2c3c4c5c6c7"),
	    slice_of("Ladies and Gentlemen of the class of '99: If I could offer you only one tip "
		     "for the future, sunscreen would be it."),
	    "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d6"
	    "3dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36"
	    "92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc"
	    "3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd0600691");
}

/*
 * Every AEAD once: computed with the cryptography package of Python (OpenSSL), AESCCM, AESGCM
 * and ChaCha20Poly1305: key 40 41 42..., nonce 10 11 12..., AAD of 21 bytes 20 21 22..., text of
 * 37 bytes 7 * i + 1.
 */
static const struct {
	int cose;
	const char *sealed;
} computed[] = {
    {1,
	"681fa32394bc5a3ae0111023b9fa159dfe0f0bf0c5a5359ca9a574dbe046aad278219da9717403f2"
	"8cf53cc1f8395d67a843277987"},
    {2,
	"8790a44e440e27fc4eb56bf4f559888d2c3e70d9c6234ce84028d98ba0234c8fc1efbf52877d7195"
	"e3ee17494358839fb6c9f109ab"},
    {3,
	"783232c74bb53f1197e6911ebea46cdc746ffb4f8b85d1a9d1de7e6f1ea5610a021cfd0d9173af0d"
	"e12c64c834e6408f08086da497"},
    {10,
	"48b870982785cb227b01aff3073ce6241ba9b0aa1765e151150b08acbfcd22979345d10c59a25b60"
	"7c9b356626"},
    {11,
	"617b508a7c709ac9e7dd164590059c315d239b21363ea3c574d0ae2ca05d1b99bd3df0d8f393440d"
	"79187f2a10"},
    {12,
	"504b2c6ef950980b4871c3ca4560be91ed7f7238e2cb5e46f8e9b6810bbd43cc37e7829e40902125"
	"2b1b2efce7"},
    {13,
	"ab988541cf84323152ccf8658efc5a626c24746a1f714bc496388a853b3f730dc794939fb8ce23ab"
	"767c21da7a"},
    {24,
	"166931551d15db46b12da6c4b17038ff8b016627b6920b7eb99650c662b06308ebd98be8bcd9f37b"
	"4e44bee1d62fb5ffa492ddf49d"},
    {30,
	"48b870982785cb227b01aff3073ce6241ba9b0aa1765e151150b08acbfcd22979345d10c596688e8"
	"f9316a38d22776f6156dc66013"},
    {31,
	"617b508a7c709ac9e7dd164590059c315d239b21363ea3c574d0ae2ca05d1b99bd3df0d8f30a25d9"
	"958b99d5f859e7008c69969300"},
    {32,
	"504b2c6ef950980b4871c3ca4560be91ed7f7238e2cb5e46f8e9b6810bbd43cc37e7829e40424654"
	"90f283ea20ef3fcac2e22a6a59"},
    {33,
	"ab988541cf84323152ccf8658efc5a626c24746a1f714bc496388a853b3f730dc794939fb858e362"
	"634133b36a6faa75cddfeac43d"},
};

static void
count_up(uint8_t *out, size_t len, unsigned first, unsigned step)
{
	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)(first + step * i);
}

static void
test_aead_all(void)
{
	uint8_t key[OSC_KEY_MAX], nonce[OSC_NONCE_MAX], aad[21], text[37];
	const struct osc_alg *alg;

	count_up(key, sizeof(key), 0x40, 1);
	count_up(nonce, sizeof(nonce), 0x10, 1);
	count_up(aad, sizeof(aad), 0x20, 1);
	count_up(text, sizeof(text), 1, 7);
	for (size_t i = 0; i < sizeof(computed) / sizeof(computed[0]); i++) {
		alg = osc_alg_by_number(computed[i].cose);
		check_answer(alg->cose, osc_slice(key, alg->key_len),
		    osc_slice(nonce, alg->nonce_len), osc_slice(aad, sizeof(aad)),
		    osc_slice(text, sizeof(text)), computed[i].sealed);
	}
	CHECK(sizeof(computed) / sizeof(computed[0]) == 12);
}

int
main(void)
{
	RUN(test_aead_rfc3610);
	RUN(test_aead_gcm);
	RUN(test_aead_rfc8439);
	RUN(test_aead_all);
	return unit_end();
}
