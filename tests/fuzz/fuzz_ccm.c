/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "../unit/batch.h"
#include "fuzz.h"

/* Messages sealed and opened side by side: the same bytes as each alone, by the libraries. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct batch batch;

	batch_make(&batch, osc_slice(data, size));
	MUST(batch_seal(&batch));
	MUST(batch_open(&batch));
	batch_free(&batch);
	return 0;
}
