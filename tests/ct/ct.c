/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <valgrind/memcheck.h>

#include "base/secret.h"
#include "core/context.h"

/*
 * Does the time depend on keys? The Master Secret is marked undefined, so that
 * valgrind follows everything that comes from it and reports each branch and
 * each address that depends on it (run by tests/ct/run, with the few places that
 * are allowed). Key derivation, sealing and opening with every algorithm and hash.
 *
 * With an argument it makes such a branch on purpose: the test of the test.
 */

#define TAG_MAX 16 /* bytes in the longest tag */

static const struct osc_exchange exchange = {
    .kid = {1, {0x01}}, .piv = {.seq = 20, .len = 1, .bytes = {0x14}}};

static void
fail(const char *what, const struct osc_alg *alg)
{
	(void)fprintf(stderr, "%s: %s\n", alg->name, what);
	exit(EXIT_FAILURE);
}

static void
seal_and_open(const struct osc_context *context)
{
	static const uint8_t plain[] = "\x01\xb3tv1 a text that is longer than two blocks of AES";
	uint8_t sealed[sizeof(plain) + TAG_MAX], opened[sizeof(sealed)];
	struct osc_aead_job job = {
	    .key = context->sender_key, .in = sealed, .in_len = sizeof(plain), .out = sealed};

	memcpy(sealed, plain, sizeof(plain));
	memcpy(job.nonce, context->sender_nonce, sizeof(job.nonce));
	memcpy(job.aad, &exchange, 16);
	job.aad_len = 16;
	osc_aead_seal(&job, 1);
	/* What goes out is public. */
	(void)VALGRIND_MAKE_MEM_DEFINED(sealed, sizeof(sealed));
	job.in_len = sizeof(plain) + context->alg->tag_len;
	job.out = opened;
	for (int forged = 0; forged <= 1; forged++) {
		sealed[3] ^= (uint8_t)forged;
		osc_aead_open(&job, 1);
		/* Accept or reject is public too, and the one branch that depends on it. */
		(void)VALGRIND_MAKE_MEM_DEFINED(&job.ok, sizeof(job.ok));
		if (job.ok == (forged != 0))
			fail("sealed and not opened, or forged and accepted", context->alg);
	}
}

static void
derive(const struct osc_alg *alg, enum osc_hash hash, uint8_t *secret, size_t len)
{
	struct osc_params params = {
	    .alg = alg,
	    .hash = hash,
	    .master_secret = {secret, len},
	    .sender_id = {1, {0x01}},
	    .recipient_id = {0, {0}},
	};
	void *memory = osc_secret_alloc(osc_context_size(alg));
	uint8_t scratch[OSC_INFO_MAX];
	struct osc_context context;

	if (memory == NULL)
		fail("no memory", alg);
	osc_context_derive(&context, memory, &params, scratch);
	/* Nonces are no secret: they differ, that is all (5.2). */
	(void)VALGRIND_MAKE_MEM_DEFINED(context.sender_nonce, sizeof(context.sender_nonce));
	seal_and_open(&context);
	osc_secret_free(memory, osc_context_size(alg));
}

/* The hex digits of a secret. That they are digits is no secret. */
static void
read_hex(void)
{
	char hex[] = "746865204d617374657220536563726574";
	uint8_t bytes[sizeof(hex) / 2];
	size_t len = 0;
	bool ok;

	(void)VALGRIND_MAKE_MEM_UNDEFINED(hex, sizeof(hex) - 1);
	ok = osc_secret_hex(bytes, sizeof(bytes), &len, hex, sizeof(hex) - 1);
	(void)VALGRIND_MAKE_MEM_DEFINED(&ok, sizeof(ok));
	(void)VALGRIND_MAKE_MEM_DEFINED(&len, sizeof(len));
	if (!ok || len != sizeof(bytes))
		exit(EXIT_FAILURE);
}

int
main(int argc, char **argv)
{
	uint8_t secret[32] = "the Master Secret of this test";
	const struct osc_alg *alg;

	(void)argv;
	if (!RUNNING_ON_VALGRIND || !osc_sodium_start())
		return EXIT_FAILURE;
	osc_secret_init();
	read_hex();
	(void)VALGRIND_MAKE_MEM_UNDEFINED(secret, sizeof(secret));
	for (size_t i = 0; (alg = osc_alg_at(i)) != NULL; i++)
		for (int hash = OSC_SHA256; hash <= OSC_SHA512; hash++)
			derive(alg, (enum osc_hash)hash, secret, sizeof(secret));
	if (argc > 1 && secret[0] == 't')
		(void)puts("a branch that depends on the secret");
	return EXIT_SUCCESS;
}
