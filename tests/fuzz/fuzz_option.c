/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "core/option.h"
#include "fuzz.h"

/* The value of an OSCORE option: what is accepted is encoded to the same bytes. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t out[OSC_OPTION_MAX];
	struct osc_oscore_option value;
	struct osc_where where = {0};
	enum osc_err err = osc_oscore_option_decode(&value, osc_slice(data, size), &where);

	if (err != OSC_OK) {
		MUST(err == OSC_EFLAGS || err == OSC_EGROUP || err == OSC_EEXTFLAGS ||
		    err == OSC_EOSCORE);
		MUST(where.option == OSC_OPT_OSCORE && where.offset <= size);
		return 0;
	}
	MUST(size <= OSC_OPTION_MAX);
	MUST(value.piv.len <= OSC_PIV_MAX && value.piv.seq <= OSC_SEQ_MAX);
	MUST(osc_is_present(value.kid) || value.kid.len == 0);
	MUST(osc_is_present(value.kid_context) || value.kid_context.len == 0);
	MUST(osc_oscore_option_size(&value) == size);
	MUST(osc_oscore_option_encode(out, &value) == size);
	MUST(osc_slice_equal(osc_slice(out, size), osc_slice(data, size)));
	return 0;
}
