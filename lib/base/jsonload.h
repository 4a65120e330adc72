/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_BASE_JSONLOAD_H
#define OSC_BASE_JSONLOAD_H

#include "base/bytes.h"
#include "base/error.h"
#include "base/jsonscan.h"

OSC_C_BEGIN

/*
 * Strict JSON: one object, nothing behind it, no key twice (also when one of
 * them is escaped), valid UTF-8, no byte order mark, no deep nesting; integers
 * of any size exactly. Values are wiped when they are freed.
 */

struct json_t; /* jansson's; only jsonload.c looks into it */

#define OSC_JSON_DEPTH 8 /* objects and arrays inside each other */

struct osc_json {
	struct json_t *root;           /* the object */
	struct osc_slice text;         /* as it was loaded; holds the digits of large integers */
	struct osc_json_block *blocks; /* of memory, private to jsonload.c */
};

/*
 * osc_json_load - parse a text
 *
 * text  stays the caller's and must outlive *json
 * bad   what to return for a text that is not as above
 *
 * Returns OSC_OK, bad with line, column and reason in the detail (never a
 * piece of the text), or OSC_ENOMEM. After an error *json is empty.
 */
enum osc_err osc_json_load(
    struct osc_json *json, struct osc_slice text, enum osc_err bad, struct osc_detail *detail);

/* osc_json_load_scanned - the same with another depth than OSC_JSON_DEPTH, for a text that was
 * scanned up to some place with that depth_max; the rest is scanned now */
enum osc_err osc_json_load_scanned(struct osc_json *json, struct osc_slice text,
    struct osc_json_scan *scan, size_t depth_max, enum osc_err bad, struct osc_detail *detail);

/* osc_json_free - wipe and free; *json may be empty (all zero) */
void osc_json_free(struct osc_json *json);

/* osc_json_member - the value of a key; NULL if there is none or it is no object */
struct json_t *osc_json_member(struct json_t *object, const char *key);

/*
 * osc_json_next - walk the members of an object
 *
 * iter  NULL before the first call
 *
 * Returns false at the end. The key lives as long as the object.
 */
bool osc_json_next(struct json_t *object, void **iter, const char **key, struct json_t **value);

/* What a value is. The getters return false, and change nothing, for another type. */
bool osc_json_is_object(const struct json_t *value);
bool osc_json_is_array(const struct json_t *value);
bool osc_json_is_null(const struct json_t *value);
bool osc_json_bool(const struct json_t *value, bool *out);
bool osc_json_string(const struct json_t *value, struct osc_slice *out);

/* osc_json_length, osc_json_at - the elements of an array */
size_t osc_json_length(const struct json_t *array);
struct json_t *osc_json_at(const struct json_t *array, size_t i);

/* An integer of any size. */
struct osc_integer {
	bool negative;
	bool wide;               /* does not fit in 64 bits: only the digits tell */
	uint64_t value;          /* without the sign; 0 if wide */
	struct osc_slice digits; /* without the sign; may be empty if not wide */
};

/*
 * osc_json_integer - a plain integer
 *
 * False for everything else, also for 1.0, 1e3 and -0.
 */
bool osc_json_integer(
    const struct osc_json *json, const struct json_t *value, struct osc_integer *out);

/*
 * osc_integer_parse - a plain integer from a text: an optional minus, digits without leading zero
 *
 * Returns false for anything else. The digits point into the text.
 */
bool osc_integer_parse(struct osc_integer *out, struct osc_slice text);

/* the version of jansson in use, as "2.14" */
const char *osc_jansson_version(void);

OSC_C_END

#endif
