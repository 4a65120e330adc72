/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_STORE_READING_H
#define OSC_STORE_READING_H

#include "base/jsonload.h"
#include "store/sequence.h"

/*
 * The values in sequence.json, one by one. All return OSC_OK or OSC_ESTATE with
 * label and reason in the detail.
 */

struct osc_reading {
	const struct osc_json *json;
	const struct osc_sequence *sequence; /* dialect, IDs, size of the window */
	struct osc_detail *detail;
	char label[64];   /* what is being read, for people */
	const char *part; /* of it; NULL: the whole */
};

/* The bits of a window as they stand in the file, counted from `first`. */
struct osc_raw {
	uint64_t first;
	uint64_t bits[OSC_WINDOW_WORDS];
};

/* osc_reading_label - name what is read next: "key", or "key" of "id" if id is not NULL */
void osc_reading_label(struct osc_reading *r, const char *key, const char *id);

/* osc_reading_fail - OSC_ESTATE: the label and why */
enum osc_err osc_reading_fail(struct osc_reading *r, const char *why);

/* osc_reading_word - is the value this string? */
bool osc_reading_word(const struct json_t *value, const char *word);

/* osc_reading_unsigned - an integer of 64 bits */
enum osc_err osc_reading_unsigned(struct osc_reading *r, const struct json_t *value, uint64_t *out);

/* osc_reading_next - the next number: 2^40 and more means exhausted, and is kept */
enum osc_err osc_reading_next(
    struct osc_reading *r, const struct json_t *value, struct osc_side *side);

/* osc_reading_received - a window of the pair dialect: index and bits */
enum osc_err osc_reading_received(
    struct osc_reading *r, struct json_t *value, struct osc_window *window, struct osc_raw *raw);

/* osc_reading_seen - a window of the role dialect: a list; all below its first number is seen */
enum osc_err osc_reading_seen(struct osc_reading *r, const struct json_t *value,
    struct osc_window *window, struct osc_raw *raw);

/*
 * osc_reading_answered - which of the requests in the window were answered
 *
 * value  NULL: every one may have been
 * seen   the window as it stands in the file
 */
enum osc_err osc_reading_answered(struct osc_reading *r, struct json_t *value,
    struct osc_window *window, const struct osc_raw *seen);

/* osc_reading_echo - an outstanding challenge; without meaning while the window is known */
enum osc_err osc_reading_echo(
    struct osc_reading *r, const struct json_t *value, struct osc_state *state);

#endif
