/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_SESSION_PEEK_H
#define OSC_SESSION_PEEK_H

#include "session/session.h"

/* Memory must not grow with the stream: so many are remembered, the latest ones. */
#define OSC_PEEKED_MAX 65536

/* Requests with its token that a response is tried with. */
#define OSC_PEEKED_TRIES 64

/*
 * osc_session_peek - look at a group of messages of both directions, and use nothing up
 *
 * Reads settings and secret only: no state, no lock, no replay check. Requests
 * are matched by kid to either side, of one context or of many; responses by token to the
 * requests of the run with that token, the latest first, until the tag verifies. A message
 * that is not protected passes as it is, and without a directory every message does.
 * Else as session.h says.
 */
enum osc_err osc_session_peek(struct osc_session *session, struct osc_item *items, size_t n,
    size_t *done, struct osc_detail *detail);

/* osc_peeked_free - the requests of a conversation; of osc_session_close */
void osc_peeked_free(struct osc_peeked *peeked);

#endif
