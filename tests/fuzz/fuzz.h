/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_TESTS_FUZZ_H
#define OSC_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* MUST - what has to hold for every input; the fuzzer keeps the input that breaks it */
#define MUST(cond) fuzz_must((cond), __FILE__, __LINE__, #cond)

static inline void
fuzz_must(int ok, const char *file, int line, const char *what)
{
	if (ok)
		return;
	(void)fprintf(stderr, "%s:%d: not true: %s\n", file, line, what);
	abort();
}

/* What libFuzzer calls. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
