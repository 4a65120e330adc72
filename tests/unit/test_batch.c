/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "batch.h"

/* Mixed lengths, keys and algorithms, side by side, are what each is alone. */
static void
test_batch_mixed(void)
{
	static uint8_t source[16384];
	struct batch batch;

	chance_start(13);
	for (int round = 0; round < 4000; round++) {
		chance_bytes(source, sizeof(source));
		batch_make(&batch, osc_slice(source, sizeof(source)));
		CHECK(batch_seal(&batch));
		CHECK(batch_open(&batch));
		batch_free(&batch);
	}
}

int
main(void)
{
	RUN(test_batch_mixed);
	return unit_end();
}
