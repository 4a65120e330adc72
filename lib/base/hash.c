/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <sodium.h>

#include "base/hash.h"
#include "base/secret.h"

bool
osc_siphash_key(struct osc_siphash_key *key)
{
	_Static_assert(sizeof(key->bytes) == crypto_shorthash_KEYBYTES, "the key of SipHash");
	return osc_random(key->bytes, sizeof(key->bytes));
}

uint64_t
osc_siphash(const struct osc_siphash_key *key, struct osc_slice bytes)
{
	uint8_t hash[crypto_shorthash_BYTES];
	uint64_t value;

	(void)crypto_shorthash(hash, bytes.ptr, bytes.len, key->bytes);
	memcpy(&value, hash, sizeof(value));
	return value;
}
