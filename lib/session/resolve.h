/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_SESSION_RESOLVE_H
#define OSC_SESSION_RESOLVE_H

#include "session/group.h"

/* Which context a received message is for, and which request a response. Private
 * to session. */

/*
 * osc_resolve - give each good item its endpoint and what binds it
 *
 * Opens contexts as they are needed. Refuses items that fit no context or
 * request; cuts the group at an error of a context that fits.
 */
void osc_resolve(struct osc_group *group);

/* osc_resolve_candidates - the contexts that a request may be for, among many; else as
 * osc_contexts_find */
enum osc_err osc_resolve_candidates(
    struct osc_session *session, const struct osc_work *work, struct osc_detail *detail);

/* osc_resolve_receipt - the next request that the response may belong to and that
 * this side has sent; NULL behind the last. *at starts as 0. */
struct osc_receipt *osc_resolve_receipt(const struct osc_work *work, size_t *at);

#endif
