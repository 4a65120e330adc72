/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "store/bignum.h"

/* Limbs of 32 bits: products and remainders fit in what C has. */
#define LIMBS ((size_t)OSC_WINDOW_WORDS * 2)
#define CHUNK 9 /* decimal digits that fit in a limb */
#define CHUNK_BASE 1000000000U

static bool
multiply_add(uint32_t *limbs, uint32_t factor, uint32_t carry)
{
	uint64_t wide;

	for (size_t i = 0; i < LIMBS; i++) {
		wide = (uint64_t)limbs[i] * factor + carry;
		limbs[i] = (uint32_t)wide;
		carry = (uint32_t)(wide >> 32);
	}
	return carry == 0;
}

/* Returns the remainder; *used is the number of limbs up to the highest that is not zero. */
static uint32_t
divide(uint32_t *limbs, size_t *used, uint32_t divisor)
{
	uint64_t wide, rest = 0;

	for (size_t i = *used; i-- > 0;) {
		wide = rest << 32 | limbs[i];
		limbs[i] = (uint32_t)(wide / divisor);
		rest = wide % divisor;
	}
	while (*used > 0 && limbs[*used - 1] == 0)
		--*used;
	return (uint32_t)rest;
}

bool
osc_bignum_parse(uint64_t words[static OSC_WINDOW_WORDS], struct osc_slice digits)
{
	uint32_t limbs[LIMBS] = {0};
	uint32_t chunk = 0, factor = 1;

	if (digits.len >= OSC_BIGNUM_SIZE)
		return false;
	for (size_t i = 0; i < digits.len; i++) {
		chunk = chunk * 10 + (uint32_t)(digits.ptr[i] - '0');
		factor *= 10;
		if (factor == CHUNK_BASE || i + 1 == digits.len) {
			if (!multiply_add(limbs, factor, chunk))
				return false;
			chunk = 0;
			factor = 1;
		}
	}
	for (size_t i = 0; i < OSC_WINDOW_WORDS; i++)
		words[i] = (uint64_t)limbs[2 * i + 1] << 32 | limbs[2 * i];
	return true;
}

size_t
osc_bignum_format(char out[static OSC_BIGNUM_SIZE], const uint64_t words[static OSC_WINDOW_WORDS])
{
	uint32_t limbs[LIMBS], chunk;
	size_t used = LIMBS, at = OSC_BIGNUM_SIZE - 1, len;

	for (size_t i = 0; i < OSC_WINDOW_WORDS; i++) {
		limbs[2 * i] = (uint32_t)words[i];
		limbs[2 * i + 1] = (uint32_t)(words[i] >> 32);
	}
	while (used > 0 && limbs[used - 1] == 0)
		used--;
	out[at] = '\0';
	do {
		chunk = divide(limbs, &used, CHUNK_BASE);
		for (int i = 0; i < CHUNK && (used > 0 || chunk > 0 || i == 0); i++) {
			out[--at] = (char)('0' + chunk % 10);
			chunk /= 10;
		}
	} while (used > 0);
	len = OSC_BIGNUM_SIZE - 1 - at;
	memmove(out, out + at, len + 1);
	return len;
}
