/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_STORE_BIGNUM_H
#define OSC_STORE_BIGNUM_H

#include "core/window.h"

/* A replay window as the decimal number that it is in sequence.json. */

/* Decimal digits of 2^4096 - 1, and the terminating NUL. */
#define OSC_BIGNUM_SIZE 1235

/*
 * osc_bignum_parse - decimal digits to bits
 *
 * digits  decimal digits and nothing else
 *
 * Returns false if the number needs more than OSC_WINDOW_MAX bits.
 */
bool osc_bignum_parse(uint64_t words[static OSC_WINDOW_WORDS], struct osc_slice digits);

/* osc_bignum_format - bits to decimal digits, NUL-terminated; returns their number */
size_t osc_bignum_format(
    char out[static OSC_BIGNUM_SIZE], const uint64_t words[static OSC_WINDOW_WORDS]);

#endif
