/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_SESSION_PEEK_H
#define OSC_SESSION_PEEK_H

#include "session/group.h"

/* The requests of a conversation that is looked at, by token. Private to session. */

/* Memory must not grow with the stream: of each set of tokens the latest few. */
#define OSC_PEEKED_SETS 16384
#define OSC_PEEKED_WAYS 4

struct osc_peeked_request {
	bool used;
	uint8_t token_len;
	uint8_t token[OSC_TOKEN_MAX];
	enum osc_side side; /* who sent it */
	struct osc_exchange exchange;
};

struct osc_peeked {
	/* In each set the latest first. */
	struct osc_peeked_request sets[OSC_PEEKED_SETS][OSC_PEEKED_WAYS];
};

void osc_peeked_free(struct osc_peeked *peeked);

#endif
