/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_SESSION_PEEK_H
#define OSC_SESSION_PEEK_H

#include "base/hash.h"
#include "session/group.h"

/* The requests of a conversation that is looked at, by token. Private to session. */

/* Memory must not grow with the stream: so many are remembered, the latest ones. */
#define OSC_PEEKED_MAX 65536

/* Requests with its token that a response is tried with. */
#define OSC_PEEKED_TRIES 64

struct osc_peeked_request {
	/* In its chain, later requests before earlier ones: positions, from 1; 0 for none. */
	uint32_t before, behind;
	uint8_t token_len;
	uint8_t token[OSC_TOKEN_MAX];
	enum osc_side side; /* who sent it */
	struct osc_exchange exchange;
	struct osc_endpoint
	    *endpoint; /* in which it verified; contexts are not dropped while looking */
};

/* A ring, and a hash table with chains over it. A chain begins with the latest. */
struct osc_peeked {
	struct osc_siphash_key siphash;
	uint64_t count; /* of all requests so far */
	uint32_t chains[OSC_PEEKED_MAX];
	struct osc_peeked_request ring[OSC_PEEKED_MAX];
};

void osc_peeked_free(struct osc_peeked *peeked);

#endif
