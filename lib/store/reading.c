/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <stdio.h>

#include "base/secret.h"
#include "store/bignum.h"
#include "store/reading.h"

static bool
bit(const uint64_t *words, uint64_t k)
{
	return k < OSC_WINDOW_MAX && (words[k / 64] >> (k % 64) & 1) != 0;
}

enum osc_err
osc_reading_fail(struct osc_reading *r, const char *why)
{
	if (r->part != NULL)
		return osc_detail_set(
		    r->detail, OSC_ESTATE, NULL, "\"%s\" in %s %s", r->part, r->label, why);
	return osc_detail_set(r->detail, OSC_ESTATE, NULL, "%s %s", r->label, why);
}

void
osc_reading_label(struct osc_reading *r, const char *key, const char *id)
{
	if (id == NULL)
		(void)snprintf(r->label, sizeof(r->label), "\"%s\"", key);
	else
		(void)snprintf(r->label, sizeof(r->label), "\"%s\" of \"%s\"", key, id);
}

/* The role dialect may have its numbers in strings. */
static enum osc_err
read_integer(struct osc_reading *r, const struct json_t *value, struct osc_integer *out)
{
	struct osc_slice text;

	if (osc_json_integer(r->json, value, out))
		return OSC_OK;
	if (r->sequence->dialect == OSC_DIALECT_ROLE && osc_json_string(value, &text) &&
	    osc_integer_parse(out, text))
		return OSC_OK;
	return osc_reading_fail(r, "is not a plain integer");
}

enum osc_err
osc_reading_unsigned(struct osc_reading *r, const struct json_t *value, uint64_t *out)
{
	struct osc_integer number;
	enum osc_err err = read_integer(r, value, &number);

	if (err != OSC_OK)
		return err;
	if (number.negative)
		return osc_reading_fail(r, "is negative");
	if (number.wide)
		return osc_reading_fail(r, "does not fit in 64 bits");
	*out = number.value;
	return OSC_OK;
}

enum osc_err
osc_reading_next(struct osc_reading *r, const struct json_t *value, struct osc_side *side)
{
	enum osc_err err = osc_reading_unsigned(r, value, &side->floor);

	if (err != OSC_OK)
		return err;
	side->has_next = true;
	side->state.next = side->floor > OSC_SEQ_MAX ? OSC_SEQ_MAX + 1 : side->floor;
	return OSC_OK;
}

static enum osc_err
read_bitfield(struct osc_reading *r, const struct json_t *value, uint64_t *words)
{
	struct osc_integer number;
	enum osc_err err = read_integer(r, value, &number);

	if (err != OSC_OK)
		return err;
	if (number.negative)
		return osc_reading_fail(r, "is negative");
	memset(words, 0, OSC_WINDOW_WORDS * sizeof(*words));
	if (number.digits.len == 0)
		words[0] = number.value;
	else if (!osc_bignum_parse(words, number.digits))
		return osc_reading_fail(r, "has more than 4096 bits");
	return OSC_OK;
}

/* {"index": ..., "bitfield": ...} */
static enum osc_err
read_raw(struct osc_reading *r, struct json_t *value, struct osc_raw *raw)
{
	struct json_t *index = osc_json_member(value, "index");
	struct json_t *bitfield = osc_json_member(value, "bitfield");
	struct osc_reading inner = *r;
	enum osc_err err;

	if (!osc_json_is_object(value) || index == NULL || bitfield == NULL)
		return osc_reading_fail(r, "is no object with \"index\" and \"bitfield\"");
	inner.part = "index";
	err = osc_reading_unsigned(&inner, index, &raw->first);
	if (err == OSC_OK && raw->first > OSC_SEQ_MAX + 1)
		err = osc_reading_fail(&inner, "is beyond 2^40");
	if (err != OSC_OK)
		return err;
	inner.part = "bitfield";
	return read_bitfield(&inner, bitfield, raw->bits);
}

bool
osc_reading_word(const struct json_t *value, const char *word)
{
	struct osc_slice text;

	return osc_json_string(value, &text) &&
	    osc_slice_equal(text, osc_slice((const uint8_t *)word, strlen(word)));
}

/* Number first + k was seen. */
static enum osc_err
strike(struct osc_reading *r, struct osc_window *window, uint64_t first, uint64_t k)
{
	if (first + k > OSC_SEQ_MAX)
		return osc_reading_fail(r, "holds a number beyond 2^40-1");
	osc_window_set(window, first, k);
	return OSC_OK;
}

/* Pair dialect. */
enum osc_err
osc_reading_received(
    struct osc_reading *r, struct json_t *value, struct osc_window *window, struct osc_raw *raw)
{
	enum osc_err err;

	if (osc_json_is_object(value) && osc_json_is_null(osc_json_member(value, "index")) &&
	    osc_json_is_null(osc_json_member(value, "bitfield"))) {
		osc_window_lose(window);
		return OSC_OK;
	}
	err = read_raw(r, value, raw);
	if (err != OSC_OK)
		return err;
	osc_window_init(window, r->sequence->window, raw->first);
	for (uint64_t k = 0; k < OSC_WINDOW_MAX && err == OSC_OK; k++)
		if (raw->bits[k / 64] == 0)
			k |= 63; /* nothing in this word */
		else if (bit(raw->bits, k))
			err = strike(r, window, raw->first, k);
	return err;
}

/* Role dialect: a list with rising numbers; all below the first are seen too. */
enum osc_err
osc_reading_seen(struct osc_reading *r, const struct json_t *value, struct osc_window *window,
    struct osc_raw *raw)
{
	struct osc_integer number;
	enum osc_err err = OSC_OK;
	int64_t last = -1, seq;
	uint64_t k;

	if (!osc_json_is_array(value))
		return osc_reading_fail(r, "is no list");
	memset(raw, 0, sizeof(*raw));
	osc_window_init(window, r->sequence->window, 0);
	for (size_t i = 0; i < osc_json_length(value) && err == OSC_OK; i++) {
		err = read_integer(r, osc_json_at(value, i), &number);
		if (err != OSC_OK)
			return err;
		if (number.negative && (number.wide || number.value != 1))
			return osc_reading_fail(r, "holds a number below -1");
		if (number.wide || number.value > OSC_SEQ_MAX)
			return osc_reading_fail(r, "holds a number beyond 2^40-1");
		seq = number.negative ? -1 : (int64_t)number.value;
		if (i > 0 && seq <= last)
			return osc_reading_fail(r, "is not in rising order");
		last = seq;
		if (i == 0) {
			raw->first = (uint64_t)(seq + 1);
			osc_window_init(window, r->sequence->window, raw->first);
			continue;
		}
		k = (uint64_t)seq - raw->first;
		if (k < OSC_WINDOW_MAX)
			raw->bits[k / 64] |= UINT64_C(1) << (k % 64);
		err = strike(r, window, raw->first, k);
	}
	return err;
}

/*
 * What another program wrote last has no answers, or stale ones; it may have
 * answered each request. Compared is what stands in the file: the window may
 * have been moved since, if it was made smaller.
 */
enum osc_err
osc_reading_answered(struct osc_reading *r, struct json_t *value, struct osc_window *window,
    const struct osc_raw *seen)
{
	struct osc_raw answered = {0};
	bool copy = value == NULL;
	enum osc_err err;

	if (!copy) {
		err = read_raw(r, value, &answered);
		if (err != OSC_OK)
			return err;
		copy = answered.first != seen->first;
		for (size_t i = 0; i < OSC_WINDOW_WORDS; i++)
			copy = copy || (answered.bits[i] & ~seen->bits[i]) != 0;
	}
	for (uint32_t k = 0; k < window->size; k++)
		if (copy || bit(answered.bits, window->index + k - seen->first))
			osc_window_mark(window, k);
	return OSC_OK;
}

enum osc_err
osc_reading_echo(struct osc_reading *r, const struct json_t *value, struct osc_state *state)
{
	struct osc_slice text;
	size_t len;

	if (!osc_json_string(value, &text) ||
	    !osc_secret_hex(
		state->echo, sizeof(state->echo), &len, (const char *)text.ptr, text.len) ||
	    len != sizeof(state->echo))
		return osc_reading_fail(r, "is not 16 hex digits");
	state->echo_len = (uint8_t)len;
	return OSC_OK;
}
