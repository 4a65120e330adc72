/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_TESTS_HELPER_H
#define OSC_TESTS_HELPER_H

/* What several test programs need: bytes written as hex, and repeatable chance. */

#include <stdint.h>

#include "base/bytes.h"
#include "unit.h"

/* unhex - bytes from hex digits; they stay where they are until the program ends */
static inline struct osc_slice
unhex(const char *digits)
{
	static uint8_t pool[64 * 1024];
	static size_t used;
	size_t len = strlen(digits) / 2;
	uint8_t *start = pool + used;
	char pair[3] = "";

	if (len > sizeof(pool) - used)
		abort();
	for (size_t i = 0; i < len; i++) {
		memcpy(pair, digits + 2 * i, 2);
		start[i] = (uint8_t)strtoul(pair, NULL, 16);
	}
	used += len;
	return osc_slice(start, len);
}

/* same - are these the bytes that the digits say? Shows them if not. */
static inline bool
same(struct osc_slice bytes, const char *digits)
{
	bool equal = osc_slice_equal(bytes, unhex(digits));

	if (!equal) {
		printf("# got ");
		for (size_t i = 0; i < bytes.len && i < 128; i++)
			printf("%02x", bytes.ptr[i]);
		printf("\n# not %.256s\n", digits);
	}
	return equal;
}

/* copy_exactly - the bytes in a block of their size, so that ASan sees a byte read too far */
static inline uint8_t *
copy_exactly(struct osc_slice bytes)
{
	uint8_t *block = malloc(bytes.len > 0 ? bytes.len : 1);

	if (block == NULL)
		abort();
	osc_copy(block, bytes.ptr, bytes.len);
	return block;
}

static inline struct osc_slice
slice_of(const char *text)
{
	return osc_slice((const uint8_t *)text, strlen(text));
}

static uint64_t chance_state;

/* chance_start - begin a property test; the same seed gives the same test */
static inline void
chance_start(uint64_t seed)
{
	printf("# seed %llu\n", (unsigned long long)seed);
	chance_state = seed;
}

/* chance - a number from 0 to below - 1 (SplitMix64) */
static inline uint64_t
chance(uint64_t below)
{
	uint64_t z = chance_state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return (z ^ z >> 31) % below;
}

/* pick - the same for sizes and indices */
static inline size_t
pick(size_t below)
{
	return (size_t)chance(below);
}

static inline void
chance_bytes(uint8_t *out, size_t len)
{
	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)chance(256);
}

#endif
