/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_STORE_HIGH_H
#define OSC_STORE_HIGH_H

#include "store/rederived.h"

/*
 * What a process has seen of a context and committed to it: whoever puts an old state back,
 * with or without our mark in it, must not make this process use a number twice or accept a
 * request twice.
 */

/* Sets of keys, in the order in which they came into use. */
struct osc_epochs {
	struct osc_epoch *list; /* on the heap */
	size_t n, cap;
};

/* A state without its challenge, in as much memory as its window needs. */
struct osc_packed;

struct osc_high {
	struct osc_packed *state; /* of the keys of the settings, on the heap; NULL: nothing yet */
	struct osc_epochs currents, pendings;
};

/* osc_packed_make - on the heap; NULL if there is no memory */
struct osc_packed *osc_packed_make(const struct osc_state *state);

/* osc_packed_state - the state that was packed; none is one of no number and no window */
struct osc_state osc_packed_state(const struct osc_packed *packed);

/* osc_high_raise - the state may not fall behind this one; OSC_OK or OSC_ENOMEM */
enum osc_err osc_high_raise(struct osc_high *high, const struct osc_state *state);

/*
 * osc_high_admit - may this be the state now?
 *
 * rederived  NULL where keys are not derived anew
 *
 * It may if it follows what was seen, and if keys that were derived anew are the latest, or
 * were never seen; then that is remembered. Keys that were in use are not pending again.
 * Returns OSC_OK, OSC_EBACK or OSC_ENOMEM.
 */
enum osc_err osc_high_admit(
    struct osc_high *high, const struct osc_state *state, const struct osc_rederived *rederived);

/* osc_high_inherit - the keys that another one has seen, into one that has seen none yet; OSC_OK
 * or OSC_ENOMEM */
enum osc_err osc_high_inherit(struct osc_high *high, const struct osc_high *from);

void osc_high_free(struct osc_high *high);

#endif
