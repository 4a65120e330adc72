/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_BASE_HASH_H
#define OSC_BASE_HASH_H

#include "base/bytes.h"

OSC_C_BEGIN

/* For hash tables: SipHash, so that nobody outside can make values that share a chain. */

struct osc_siphash_key {
	uint8_t bytes[16];
};

/* osc_siphash_key - a new key, one for each table; false if the system has no randomness */
bool osc_siphash_key(struct osc_siphash_key *key);

uint64_t osc_siphash(const struct osc_siphash_key *key, struct osc_slice bytes);

OSC_C_END

#endif
