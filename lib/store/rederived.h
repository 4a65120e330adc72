/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_STORE_REDERIVED_H
#define OSC_STORE_REDERIVED_H

#include "base/jsonload.h"
#include "core/rederive.h"
#include "store/store.h"

/*
 * The object "rederived" of sequence.json: what a directory keeps whose keys may be derived
 * anew (RFC 8613, B.2). Beside numbers in it, those that other programs know say that they
 * are exhausted and lost, so that nobody goes on under the keys of before.
 */

/* One set of keys that were derived anew, and its state. */
struct osc_epoch {
	bool there;
	bool base; /* the ID Context is that of the settings */
	uint8_t id_len;
	uint8_t id[OSC_REDERIVE_ID_MAX]; /* else: R2 || R3 */
	struct osc_state state;
};

struct osc_rederived {
	struct osc_epoch current; /* in use, instead of what the settings say */
	struct osc_epoch pending; /* this side may send under it; the peer has not answered yet */
	uint8_t r1_len;           /* a request #1 is out; 0: none */
	uint8_t r1[OSC_REDERIVE_PART_MAX];
	bool has_key; /* responses #1 are out */
	uint8_t key[OSC_REDERIVE_KEY];
	uint64_t made; /* when the key was, in seconds since 1970 */
};

/* osc_epoch_id - its ID Context; not of the base */
struct osc_slice osc_epoch_id(const struct osc_epoch *epoch);

/* osc_epoch_same - do both belong to the same keys? False if one is not there. */
bool osc_epoch_same(const struct osc_epoch *a, const struct osc_epoch *b);

/* osc_rederived_sending - the state of the keys of the next request: those that are pending, else
 * those in use; of any store whose state was read */
const struct osc_state *osc_rederived_sending(struct osc_store *store);

/* osc_rederived_empty - is there nothing to be kept? */
bool osc_rederived_empty(const struct osc_rederived *rederived);

/* osc_rederived_equal - no difference that a file would show */
bool osc_rederived_equal(const struct osc_rederived *a, const struct osc_rederived *b);

/* osc_rederived_follows - as osc_state_follows, for each set of keys that both know */
bool osc_rederived_follows(const struct osc_rederived *before, const struct osc_rederived *after);

/* osc_rederived_format - the object, as it stands in the file */
void osc_rederived_format(const struct osc_rederived *rederived, struct osc_buffer *text);

/*
 * osc_rederived_parse - the object "rederived" of a file; without one all is zero
 *
 * outer  the state that stands beside it, in the form that other programs know
 *
 * Whatever is not understood is OSC_ESTATE with key and reason in the detail. Returns OSC_OK,
 * OSC_ESTATE.
 */
enum osc_err osc_rederived_parse(struct osc_rederived *rederived, const struct osc_json *json,
    const struct osc_state *outer, struct osc_detail *detail);

#endif
