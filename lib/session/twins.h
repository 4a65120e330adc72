/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_SESSION_TWINS_H
#define OSC_SESSION_TWINS_H

#include "session/contexts.h"

/*
 * One key must not belong to two directories. Each would have a window of its own, and a message
 * could get in once by each; or each would take the same numbers. Also of a directory whose
 * context was closed since.
 */

/*
 * osc_twins_recipient - has another one the Recipient Key of this one, which is being loaded?
 *
 * hash  of the key
 *
 * Then the other one knows its twin. Returns OSC_OK, OSC_ETWIN with the detail, or OSC_ENOMEM.
 */
enum osc_err osc_twins_recipient(struct osc_contexts *contexts, struct osc_endpoint *endpoint,
    const uint8_t *hash, struct osc_detail *detail);

/* osc_twins_remain - has the twin of this one still its Recipient Key? */
bool osc_twins_remain(const struct osc_contexts *contexts, const struct osc_endpoint *endpoint);

/*
 * osc_twins_sender - may this one be the one that takes numbers for its Sender Key?
 *
 * hash  of the key
 *
 * Returns OSC_OK; OSC_ETWIN with the detail if another one is; OSC_EBACK with the detail if its
 * state is behind one that is not there any more; or OSC_ENOMEM.
 */
enum osc_err osc_twins_sender(struct osc_contexts *contexts, const struct osc_endpoint *endpoint,
    const uint8_t *hash, struct osc_detail *detail);

#endif
