/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_BASE_JSONSCAN_H
#define OSC_BASE_JSONSCAN_H

#include "base/bytes.h"
#include "base/error.h"

OSC_C_BEGIN

/* JSON text before jansson reads it. */

/* A place in JSON text: in how many objects and arrays, and in a string? All zero is in
 * none. */
struct osc_json_place {
	size_t depth;
	bool in_string, escaped;
};

/* osc_json_pass - go past a byte */
static inline void
osc_json_pass(struct osc_json_place *place, uint8_t c)
{
	if (place->escaped)
		place->escaped = false;
	else if (place->in_string && c == '\\')
		place->escaped = true;
	else if (c == '"')
		place->in_string = !place->in_string;
	else if (!place->in_string && (c == '{' || c == '['))
		place->depth++;
	else if (!place->in_string && (c == '}' || c == ']') && place->depth > 0)
		place->depth--;
}

/* osc_json_find - the first of some characters, from `at` on, that is not in a string nor
 * deeper in objects and arrays; text.len if there is none */
size_t osc_json_find(struct osc_slice text, size_t at, const char *chars);

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

OSC_C_END

#endif
