/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "core/rederive.h"
#include "fuzz.h"

/*
 * A kid context of RFC 8613, B.2: whatever is taken for a wrapped byte string is the one way
 * to wrap it, and no R2 is believed but that of the key.
 */

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t key[OSC_REDERIVE_KEY] = {1};
	uint8_t again[OSC_REDERIVE_WRAPPED_MAX], made[OSC_REDERIVE_R2];
	struct osc_slice in = osc_slice(data, size), x, back;
	bool valid;

	if (!osc_rederive_unwrap(&x, in))
		return 0;
	MUST(x.len >= 1 && x.len <= OSC_REDERIVE_ID_MAX);
	MUST(osc_slice_equal(osc_slice(again, osc_rederive_wrap(again, x)), in));
	MUST(!osc_rederive_unwrap(&back, osc_slice(data, size - 1)));
	valid = osc_rederive_r2_check(key, x);
	if (x.len <= OSC_REDERIVE_R2) {
		MUST(!valid);
		return 0;
	}
	osc_rederive_r2_make(made, key, osc_slice(x.ptr, OSC_REDERIVE_NONCE));
	MUST(valid == (memcmp(made, x.ptr, sizeof(made)) == 0));
	return 0;
}
