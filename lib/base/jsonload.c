/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <jansson.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdlib.h>

#include "base/ascii.h"
#include "base/jsonload.h"
#include "base/secret.h"

/*
 * What jansson makes of a text lies in a few blocks, which are wiped and freed at once: for a
 * message that is much less work than to free value by value.
 */
struct osc_json_block {
	_Alignas(max_align_t) struct osc_json_block *next; /* made before this one */
	size_t size, used;                                 /* behind this head */
};

#define ALIGNED _Alignof(max_align_t)
#define FIRST_SIZE (250 * ALIGNED) /* doubled for each further one */

static struct osc_json_block *latest; /* in parse */
static jmp_buf no_memory;

static void *allocate(size_t size);

/* jansson does not look whether there was memory for the next character of a string or number: it
 * drops it and goes on, or stumbles over its absence. So it is left where there is none. */
static void *
allocate_more(size_t size)
{
	size_t room = latest != NULL ? 2 * latest->size : FIRST_SIZE;
	struct osc_json_block *block = NULL;

	while (room < size && room <= SIZE_MAX / 4)
		room *= 2;
	if (room >= size)
		block = malloc(sizeof(*block) + room);
	if (block == NULL)
		longjmp(no_memory, 1);
	*block = (struct osc_json_block){.next = latest, .size = room};
	latest = block;
	return allocate(size);
}

static void *
allocate(size_t size)
{
	struct osc_json_block *block = latest;
	uint8_t *ptr;

	if (block == NULL || size > block->size - block->used)
		return allocate_more(size);
	ptr = (uint8_t *)(block + 1) + block->used;
	block->used += (size + ALIGNED - 1) / ALIGNED * ALIGNED;
	return ptr;
}

static void
release(void *ptr)
{
	(void)ptr;
}

/* Let jansson allocate as above. */
static void
setup(void)
{
	static bool seeded;
	size_t seed;

	json_set_alloc_funcs(allocate, release);
	/* Else jansson opens a device for it, and a child would inherit that. */
	if (!seeded && osc_random(&seed, sizeof(seed)))
		json_object_seed(seed | 1);
	seeded = true;
}

/* jansson's own words quote the text, which may be a secret. */
static const char *
reason(enum json_error_code code)
{
	switch (code) {
	case json_error_invalid_utf8:
		return "invalid UTF-8";
	case json_error_premature_end_of_input:
		return "the text ends too early";
	case json_error_end_of_input_expected:
		return "something follows the object";
	case json_error_duplicate_key:
		return "a key is given twice";
	case json_error_null_byte_in_key:
		return "a key holds a NUL";
	case json_error_numeric_overflow:
		return "a number is out of range";
	default:
		return "not JSON";
	}
}

static enum osc_err
parse(struct osc_json *json, struct osc_slice text, enum osc_err bad, struct osc_detail *detail)
{
	json_error_t error;

	latest = NULL;
	if (setjmp(no_memory) != 0) {
		json->blocks = latest;
		return OSC_ENOMEM;
	}
	json->root = json_loadb(
	    (const char *)text.ptr, text.len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
	json->blocks = latest;
	if (json->root == NULL)
		return osc_detail_set(detail, bad, NULL, "line %d, column %d: %s", error.line,
		    error.column, reason(json_error_code(&error)));
	if (!json_is_object(json->root))
		return osc_detail_set(detail, bad, NULL, "not a JSON object");
	return OSC_OK;
}

enum osc_err
osc_json_load(
    struct osc_json *json, struct osc_slice text, enum osc_err bad, struct osc_detail *detail)
{
	struct osc_json_scan scan = {0};

	return osc_json_load_scanned(json, text, &scan, OSC_JSON_DEPTH, bad, detail);
}

enum osc_err
osc_json_load_scanned(struct osc_json *json, struct osc_slice text, struct osc_json_scan *scan,
    size_t depth_max, enum osc_err bad, struct osc_detail *detail)
{
	struct osc_buffer exact = {0};
	enum osc_err err = OSC_OK;
	size_t blank = 0;

	*json = (struct osc_json){.text = text};
	setup();
	while (blank < text.len && osc_is_blank(text.ptr[blank]))
		blank++;
	if (blank == text.len)
		return osc_detail_set(detail, bad, NULL, "empty");
	if (text.len >= 3 && memcmp(text.ptr, "\xef\xbb\xbf", 3) == 0)
		return osc_detail_set(detail, bad, NULL, "begins with a byte order mark");
	while (scan->at < text.len)
		(void)osc_json_scan(scan, text, depth_max);
	if (scan->deep)
		return osc_json_fail_at(text, scan->too_deep, bad, "nested too deeply", detail);
	if (scan->inexact)
		err = osc_json_exact(&exact, text);
	if (err == OSC_OK && exact.len > 0)
		text = osc_buffer_slice(&exact);
	if (err == OSC_OK)
		err = parse(json, text, bad, detail);
	if (err != OSC_OK)
		osc_json_free(json);
	osc_buffer_free(&exact);
	return err;
}

void
osc_json_free(struct osc_json *json)
{
	struct osc_json_block *block;

	while ((block = json->blocks) != NULL) {
		json->blocks = block->next;
		osc_wipe(block, sizeof(*block) + block->used);
		free(block);
	}
	json->root = NULL;
}

struct json_t *
osc_json_member(struct json_t *object, const char *key)
{
	return json_object_get(object, key);
}

bool
osc_json_next(struct json_t *object, void **iter, const char **key, struct json_t **value)
{
	*iter = *iter == NULL ? json_object_iter(object) : json_object_iter_next(object, *iter);
	if (*iter == NULL)
		return false;
	*key = json_object_iter_key(*iter);
	*value = json_object_iter_value(*iter);
	return true;
}

bool
osc_json_is_object(const struct json_t *value)
{
	return json_is_object(value);
}

bool
osc_json_is_array(const struct json_t *value)
{
	return json_is_array(value);
}

bool
osc_json_is_null(const struct json_t *value)
{
	return json_is_null(value);
}

bool
osc_json_bool(const struct json_t *value, bool *out)
{
	if (!json_is_boolean(value))
		return false;
	*out = json_is_true(value);
	return true;
}

bool
osc_json_string(const struct json_t *value, struct osc_slice *out)
{
	if (!json_is_string(value))
		return false;
	*out = osc_slice((const uint8_t *)json_string_value(value), json_string_length(value));
	return true;
}

size_t
osc_json_length(const struct json_t *array)
{
	return json_array_size(array);
}

struct json_t *
osc_json_at(const struct json_t *array, size_t i)
{
	return json_array_get(array, i);
}

bool
osc_integer_parse(struct osc_integer *out, struct osc_slice text)
{
	bool negative = text.len > 0 && text.ptr[0] == '-';
	struct osc_slice digits = {text.ptr + (negative ? 1 : 0), text.len - (negative ? 1 : 0)};
	uint64_t value = 0, digit;
	bool wide = false;

	if (digits.len == 0 || osc_json_digits(digits) != digits.len ||
	    (digits.ptr[0] == '0' && (digits.len > 1 || negative)))
		return false;
	for (size_t i = 0; i < digits.len && !wide; i++) {
		digit = (uint64_t)(digits.ptr[i] - '0');
		wide = value > (UINT64_MAX - digit) / 10;
		value = value * 10 + digit;
	}
	*out = (struct osc_integer){negative, wide, wide ? 0 : value, digits};
	return true;
}

bool
osc_json_integer(const struct osc_json *json, const struct json_t *value, struct osc_integer *out)
{
	json_int_t number;
	struct osc_slice digits;

	if (!json_is_integer(value))
		return false;
	number = json_integer_value(value);
	if (number > -OSC_JSON_ASIDE && number < OSC_JSON_ASIDE) {
		*out = (struct osc_integer){
		    .negative = number < 0, .value = (uint64_t)(number < 0 ? -number : number)};
		return true;
	}
	digits = json->text;
	digits.ptr += (size_t)((number < 0 ? -number : number) - OSC_JSON_ASIDE);
	digits.len -= (size_t)(digits.ptr - json->text.ptr);
	digits.len = osc_json_digits(digits);
	if (!osc_integer_parse(out, digits))
		return false;
	out->negative = number < 0;
	return true;
}

const char *
osc_jansson_version(void)
{
	return jansson_version_str();
}
