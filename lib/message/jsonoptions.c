/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <stdio.h>
#include <stdlib.h>

#include "message/jsonoptions.h"
#include "message/names.h"

/* Each has at least one byte in a datagram, so more make it too long. */
#define OPTIONS_MAX OSC_MESSAGE_MAX

/* An option of the text. Its place in the list keeps the order of equals. */
struct entry {
	uint32_t number;
	uint32_t index;
	const struct json_t *hex; /* NULL: the bytes are `text`, or `uint` */
	struct osc_slice text;
	uint8_t uint_len;
	uint8_t uint[8];
};

static bool
refuse_name(struct osc_json_reading *r, size_t i, struct osc_slice name)
{
	const char *nearest = osc_option_nearest(name);
	char quoted[OSC_QUOTED_MAX];

	(void)osc_json_quote(quoted, name);
	if (nearest != NULL)
		return osc_json_refuse(r,
		    "options[%zu]: \"%s\" is not an option; did you mean \"%s\"?", i, quoted,
		    nearest);
	return osc_json_refuse(
	    r, "options[%zu]: \"%s\" is not the name of an option; a number would do", i, quoted);
}

/* named  becomes what the option is, if it is said by its name */
static bool
take_number(struct osc_json_reading *r, size_t i, const struct json_t *value, struct entry *entry,
    const struct osc_option_name **named)
{
	struct osc_integer number;
	struct osc_slice name;

	*named = NULL;
	if (osc_json_string(value, &name)) {
		*named = osc_option_by_name(name);
		if (*named == NULL)
			return refuse_name(r, i, name);
		entry->number = (*named)->number;
		return true;
	}
	if (!osc_json_integer(&r->json, value, &number))
		return osc_json_refuse(
		    r, "options[%zu]: begins with neither a name nor a number", i);
	if (number.negative || number.wide || number.value > UINT16_MAX)
		return osc_json_refuse(r, "options[%zu]: a number not from 0 to 65535", i);
	entry->number = (uint32_t)number.value;
	return true;
}

/* The shortest form (RFC 7252, 3.2). */
static void
put_uint(struct entry *entry, uint64_t value)
{
	for (int shift = 56; shift >= 0; shift -= 8)
		if (value >> shift != 0)
			entry->uint[entry->uint_len++] = (uint8_t)(value >> shift);
	entry->text = osc_slice(NULL, 0);
}

/* By the type of the JSON value, never by what is in it. */
static bool
take_value(struct osc_json_reading *r, size_t i, struct json_t *value, struct entry *entry)
{
	struct osc_integer number;

	if (osc_json_string(value, &entry->text))
		return true;
	if (osc_json_integer(&r->json, value, &number)) {
		if (number.negative)
			return osc_json_refuse(r, "options[%zu]: a negative value", i);
		if (number.wide)
			return osc_json_refuse(
			    r, "options[%zu]: a value over 64 bits; write it as {\"hex\":...}", i);
		put_uint(entry, number.value);
		return true;
	}
	if (osc_json_is_object(value)) {
		void *iter = NULL;
		const char *key;
		struct json_t *member;

		entry->hex = osc_json_member(value, "hex");
		if (entry->hex == NULL || !osc_json_next(value, &iter, &key, &member) ||
		    osc_json_next(value, &iter, &key, &member))
			return osc_json_refuse(
			    r, "options[%zu]: an object that is not {\"hex\":...}", i);
		return true;
	}
	return osc_json_refuse(
	    r, "options[%zu]: the value is no string, integer or {\"hex\":...}", i);
}

/* What is a value of the option, but hardly the one that was meant. Who says the option by its
 * number knows what he does. */
static void
warn_value(struct osc_json_reading *r, size_t i, const struct osc_option_name *known,
    struct json_t *value, const struct entry *entry)
{
	struct osc_integer number;
	struct osc_slice text;
	bool is_text = osc_json_string(value, &text);

	if (r->detail->hint[0] != '\0')
		return;
	if (is_text && known->format == OSC_VALUE_UINT)
		osc_detail_hint(
		    r->detail, "options[%zu]: text for %s, which is an integer", i, known->name);
	else if (!is_text && known->format == OSC_VALUE_STRING &&
	    osc_json_integer(&r->json, value, &number))
		osc_detail_hint(
		    r->detail, "options[%zu]: an integer for %s, which is text", i, known->name);
	else if (is_text && entry->number == OSC_OPT_URI_PATH &&
	    memchr(entry->text.ptr, '/', entry->text.len) != NULL)
		osc_detail_hint(r->detail,
		    "options[%zu]: a '/' in one Uri-Path: each segment is an option, or say \"uri\"",
		    i);
	else if (is_text && entry->number == OSC_OPT_URI_QUERY &&
	    memchr(entry->text.ptr, '&', entry->text.len) != NULL)
		osc_detail_hint(r->detail,
		    "options[%zu]: an '&' in one Uri-Query: each argument is an option, or say \"uri\"",
		    i);
}

static bool
take_option(struct osc_json_reading *r, size_t i, const struct json_t *option, struct entry *entry)
{
	const struct osc_option_name *named;
	size_t elements = osc_json_length(option);
	struct json_t *value;

	if (!osc_json_is_array(option) || elements < 1 || elements > 2)
		return osc_json_refuse(r, "options[%zu]: not an array of a name and a value", i);
	*entry = (struct entry){.index = (uint32_t)i};
	if (!take_number(r, i, osc_json_at(option, 0), entry, &named))
		return false;
	if (elements == 1)
		return true;
	value = osc_json_at(option, 1);
	if (!take_value(r, i, value, entry))
		return false;
	if (named != NULL)
		warn_value(r, i, named, value, entry);
	return true;
}

bool
osc_json_take_options(struct osc_json_reading *r, struct json_t *value)
{
	size_t n = osc_json_length(value);
	struct entry *entry;

	if (osc_json_is_object(value))
		return osc_json_refuse(r,
		    "options: not an array but an object, which has no order: write [[NAME,VALUE],...]");
	if (!osc_json_is_array(value))
		return osc_json_refuse(r, "options: not an array");
	if (n > OPTIONS_MAX)
		return osc_json_fail(r, OSC_ELONG, "");
	entry = (void *)osc_buffer_reserve(&r->scratch->options, n * sizeof(*entry));
	if (entry == NULL)
		return osc_json_fail(r, OSC_ENOMEM, "");
	r->scratch->options.len = n * sizeof(*entry);
	for (size_t i = 0; i < n; i++)
		if (!take_option(r, i, osc_json_at(value, i), &entry[i]))
			return false;
	return true;
}

bool
osc_json_add_option(struct osc_json_reading *r, uint32_t number, struct osc_slice value)
{
	struct osc_buffer *options = &r->scratch->options;
	struct entry entry = {
	    .number = number,
	    .index = (uint32_t)(options->len / sizeof(entry)),
	    .text = value,
	};

	osc_buffer_put(options, osc_slice((const uint8_t *)&entry, sizeof(entry)));
	return !options->full || osc_json_fail(r, OSC_ENOMEM, "");
}

bool
osc_json_has_option(const struct osc_json_reading *r, uint32_t number)
{
	const struct entry *entries = (const void *)r->scratch->options.ptr;

	for (size_t i = 0; i < r->scratch->options.len / sizeof(*entries); i++)
		if (entries[i].number == number)
			return true;
	return false;
}

static int
compare(const void *a, const void *b)
{
	const struct entry *left = a, *right = b;

	if (left->number != right->number)
		return left->number < right->number ? -1 : 1;
	return left->index < right->index ? -1 : left->index > right->index;
}

static void
sort(struct entry *entries, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (entries[i].number < entries[i - 1].number) {
			qsort(entries, n, sizeof(*entries), compare);
			return;
		}
}

static bool
entry_bytes(struct osc_json_reading *r, const struct entry *entry, struct osc_slice *bytes)
{
	char key[sizeof("options[65535]") + 8];

	if (entry->hex != NULL) {
		if (osc_json_take_hex(r, "", entry->hex, bytes))
			return true;
		/* To write the name takes longer than to decode: only what is refused has one. */
		(void)snprintf(key, sizeof(key), "options[%u]", entry->index & 0xffffU);
		return osc_json_take_hex(r, key, entry->hex, bytes);
	}
	*bytes = entry->uint_len > 0 ? osc_slice(entry->uint, entry->uint_len) : entry->text;
	return true;
}

bool
osc_json_put_options(struct osc_json_reading *r, struct osc_coap_writer *w)
{
	struct entry *entries = (void *)r->scratch->options.ptr;
	size_t n = r->scratch->options.len / sizeof(*entries);
	struct osc_slice bytes;

	sort(entries, n);
	for (size_t i = 0; i < n; i++) {
		if (!entry_bytes(r, &entries[i], &bytes))
			return false;
		if (bytes.len > OSC_MESSAGE_MAX)
			return osc_json_fail(r, OSC_ELONG, "");
		osc_coap_put_option(w, entries[i].number, bytes);
	}
	return true;
}
