/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_BASE_JSONSCAN_H
#define OSC_BASE_JSONSCAN_H

#include "base/bytes.h"
#include "base/error.h"

/* What jsonload does before it calls jansson. */

/* An integer that is not below this stands for digits in the text: their place is what it
 * exceeds this by. */
#define OSC_JSON_ASIDE INT64_C(1000000000000000000)

/*
 * osc_json_scan - check the depth, and make a text that jansson reads exactly
 *
 * out  receives the text: large integers are put aside, -0 is made a float;
 *      stays empty if the text is good as it is
 *
 * Returns OSC_OK, bad if objects and arrays are nested too deeply, or OSC_ENOMEM.
 */
enum osc_err osc_json_scan(struct osc_buffer *out, struct osc_slice text, unsigned depth_max,
    enum osc_err bad, struct osc_detail *detail);

/* osc_json_digits - how many decimal digits a text begins with */
size_t osc_json_digits(struct osc_slice text);

#endif
