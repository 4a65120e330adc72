/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <nettle/ccm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/*
 * What one call of nettle's CCM costs, in nanoseconds of processor time: 16 bytes of text, 22 of
 * AAD, the key expanded before. The median of several rounds.
 */

#define ROUNDS 12
#define CALLS 40000

static double
now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int
compare(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

int
main(void)
{
	uint8_t key[16] = {1}, nonce[13] = {2}, aad[22] = {3}, text[16] = {4}, out[16 + 8];
	struct ccm_aes128_ctx ccm;
	double begin, spent[ROUNDS];

	ccm_aes128_set_key(&ccm, key);
	for (int round = 0; round < ROUNDS; round++) {
		begin = now();
		for (int i = 0; i < CALLS; i++) {
			memcpy(nonce + 9, &i, 4);
			ccm_aes128_encrypt_message(&ccm, sizeof(nonce), nonce, sizeof(aad), aad, 8,
			    sizeof(out), out, text);
			text[0] ^= out[0];
		}
		spent[round] = (now() - begin) / CALLS;
	}
	qsort(spent, ROUNDS, sizeof(spent[0]), compare);
	(void)printf("%.1f\n", spent[ROUNDS / 2]);
	return 0;
}
