/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_BASE_JSONSCAN_H
#define OSC_BASE_JSONSCAN_H

#include "base/bytes.h"
#include "base/error.h"

OSC_C_BEGIN

/* JSON text before jansson reads it: one pass finds all that is wanted of it. */

#define OSC_JSON_MEMBERS 16 /* of an object, whose places are remembered */

/* What was found so far; all zero before the first byte. */
struct osc_json_scan {
	size_t at;    /* looked at up to here */
	size_t depth; /* objects and arrays around this place */
	bool in_string;
	bool deep; /* nested too deeply, first at too_deep */
	size_t too_deep;
	bool inexact; /* there may be a number that jansson does not read exactly */
	/* Of the members of the outermost object: the colon, and the comma or bracket behind. */
	size_t colons, ends;
	size_t colon[OSC_JSON_MEMBERS], end[OSC_JSON_MEMBERS];
};

/*
 * osc_json_scan - go on from scan->at to the end of a value, or of the text
 *
 * text  from its first byte; what was looked at is as before, though it may have moved
 *
 * Returns true at the byte that closes an object, array or string which is in none: at is
 * behind it. The text need not be JSON.
 */
bool osc_json_scan(struct osc_json_scan *scan, struct osc_slice text, size_t depth_max);

/*
 * osc_json_scan_member - the value of member `index` of an object, in its text
 *
 * scan  of all of the text, which was parsed then
 * index below OSC_JSON_MEMBERS
 */
struct osc_slice osc_json_scan_member(
    const struct osc_json_scan *scan, struct osc_slice text, size_t index);

/* osc_json_fail_at - bad, with line and column of a place in the text */
enum osc_err osc_json_fail_at(
    struct osc_slice text, size_t at, enum osc_err bad, const char *why, struct osc_detail *detail);

/* An integer that is not below this stands for digits in the text: their place is what it
 * exceeds this by. */
#define OSC_JSON_ASIDE INT64_C(1000000000000000000)

/*
 * osc_json_exact - make a text that jansson reads exactly
 *
 * out  receives the text: large integers are put aside, -0 is made a float;
 *      stays empty if the text is good as it is
 *
 * Returns OSC_OK or OSC_ENOMEM.
 */
enum osc_err osc_json_exact(struct osc_buffer *out, struct osc_slice text);

/* osc_json_digits - how many decimal digits a text begins with */
size_t osc_json_digits(struct osc_slice text);

OSC_C_END

#endif
