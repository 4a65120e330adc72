/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_SESSION_ERRORREPLY_H
#define OSC_SESSION_ERRORREPLY_H

#include "session/group.h"

/* The answers to refused requests (RFC 8613, 7.4, 8.2, 8.3, B.1.2). Private to
 * session. */

/* Bytes that the reply to one message takes at most, plain or protected. */
#define OSC_REPLY_MAX 512

/*
 * osc_errorreply_protected - must the answer to this error be protected?
 *
 * Then it needs a number of its own, and the lock is held: osc_errorreply_write
 * takes it in the state.
 */
bool osc_errorreply_protected(enum osc_err err);

/* osc_errorreply_header - type, Message ID and token of the answer to a request; false if there
 * are no random numbers */
bool osc_errorreply_header(struct osc_coap *header, const struct osc_coap *request);

/*
 * osc_errorreply_write - the answer to a refused request, if there is to be one
 *
 * out  OSC_REPLY_MAX bytes
 *
 * A protected answer takes a number in the state, so it may leave when that is durable. Sets
 * work->reply; leaves it empty for errors without an answer, for
 * responses, and when no number is left. Returns OSC_OK, or OSC_EIO without
 * random numbers.
 */
enum osc_err osc_errorreply_write(struct osc_work *work, enum osc_err err, uint8_t *out);

#endif
