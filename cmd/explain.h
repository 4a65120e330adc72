/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_CMD_EXPLAIN_H
#define OSC_CMD_EXPLAIN_H

#include "session/session.h"

/*
 * -v: how a message came about, in the words and order of RFC 8613, Appendix C.
 * The values are computed again with the steps of the core; they are not taken
 * from where the message was made.
 */
struct explain {
	bool on;
	const char *name; /* of the input */
	/* Lines "Name: value", bytes in lower-case hex with 0x and their number behind, until it
	 * is time to write them. They may hold secrets. */
	struct osc_buffer lines;
	bool show_secrets;
	struct osc_buffer context; /* the directory whose keys have been explained */
	size_t effort;             /* what the diagnosis may still spend in this run */
};

/* explain_init - name: of the input, for the lines that say which message it is */
void explain_init(struct explain *explain, bool on, bool show_secrets, const char *name);

/*
 * explain_settled - what there is to say about item i of the session's last group
 *
 * To be called for settled items only: what a group has used up is durable then.
 * A refused message is not explained, but if its tag does not match, nonce and
 * AAD are, and the usual mistakes are tried; no plaintext is shown of it.
 */
void explain_settled(
    struct explain *explain, struct osc_session *session, size_t i, const struct osc_item *item);

void explain_free(struct explain *explain);

#endif
