/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "fuzz_import.h"

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t size)
{
	fuzz_import(&osc_foreign_wireshark, in, size);
	return 0;
}
