/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_TESTS_ORACLE_H
#define OSC_TESTS_ORACLE_H

/* A server with many contexts as its peers know it: what they have sent, and what has
 * become of it. */

#include "session/endpoint.h"
#include "world.h"

#define STEPS_MAX 24
#define NUMBERS 1024   /* of this side, in a run */
#define STATE_MAX 1024 /* bytes in sequence.json */
#define SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* Two of them have one kid and one ID Context. */
static struct place places[] = {
    {.name = "01", .own = "00", .peer = "01", .secret = 1, .algorithm = 10, .window = 32},
    {.name = "01@aa",
	.own = "00",
	.peer = "01",
	.id_context = "aa",
	.secret = 2,
	.algorithm = 10,
	.window = 1},
    {.name = "next",
	.own = "02",
	.peer = "01",
	.id_context = "aa",
	.secret = 3,
	.algorithm = 10,
	.window = 5,
	.neutral = true},
    {.name = "_@_",
	.own = "01",
	.peer = "",
	.id_context = "",
	.secret = 4,
	.algorithm = 24,
	.window = 64},
    {.name = "short", .own = "0203", .peer = "0405", .secret = 5, .algorithm = 1, .window = 4},
};

#define PLACES SIZE(places)

/* What a peer has sent. */
struct sent {
	size_t place;
	bool request;
	uint64_t seq;
	enum osc_err inner; /* what is wrong inside */
	bool observe, has_echo;
	uint8_t echo[8];
	struct osc_exchange exchange; /* of the request */
	uint8_t bytes[LETTER_MAX];
	size_t len;
};

/* A number of a peer that counts as used: its message was accepted, or refused for its inside. */
struct struck {
	const struct sent *sent;
	size_t place;
	uint64_t seq;
	bool accepted;
	bool unanswered; /* a response may have the nonce of the request */
	bool nonce_used; /* and has it */
};

/* A context as the peer knows it. */
struct model {
	uint64_t top;    /* above all numbers that it has used */
	bool lost;       /* the window */
	bool challenged; /* echo is what a challenge held */
	uint8_t echo[8];
	uint64_t low;       /* all below are seen */
	bool used[NUMBERS]; /* the Partial IVs of this side */

	/* The file, as the program that runs had left it earlier; as it was left last. */
	char kept[STATE_MAX], newest[STATE_MAX];
	bool back;     /* the earlier one has been put in the place of the last one */
	bool replaced; /* by way of another directory */
};

/* A request of this side. */
struct own {
	size_t place;
	struct osc_exchange exchange;
	uint8_t bytes[LETTER_MAX];
	size_t len;
};

static struct {
	struct model models[PLACES];
	struct sent sent[STEPS_MAX];
	size_t n_sent;
	struct struck struck[STEPS_MAX];
	size_t n_struck;
	struct own own[STEPS_MAX];
	size_t n_own;
	bool replies; /* refused requests are to be answered */
	bool vague;   /* a commit has failed: what the disk holds is not known */
} memory;

static inline size_t
place_of(const struct osc_endpoint *endpoint)
{
	const char *name;

	MUST(endpoint != NULL);
	name = strrchr(endpoint->path, '/') + 1;
	for (size_t i = 0; i < PLACES; i++)
		if (strcmp(places[i].name, name) == 0)
			return i;
	MUST(false);
	return 0;
}

static inline struct struck *
find_struck(size_t place, uint64_t seq)
{
	for (size_t i = 0; i < memory.n_struck; i++)
		if (memory.struck[i].place == place && memory.struck[i].seq == seq)
			return &memory.struck[i];
	return NULL;
}

static inline bool
seen(size_t place, uint64_t seq)
{
	return seq < memory.models[place].low || find_struck(place, seq) != NULL;
}

/* A request has verified, and its number counts as used from here on; if it was refused, and
 * the commit failed, perhaps not. */
static inline void
strike(const struct sent *sent, bool accepted)
{
	struct struck *struck = find_struck(sent->place, sent->seq);
	struct model *model = &memory.models[sent->place];
	uint64_t window = places[sent->place].window, seq = sent->seq;

	if (struck != NULL) {
		MUST(memory.vague && !struck->accepted);
		struck->accepted = accepted;
		return;
	}
	memory.struck[memory.n_struck++] = (struct struck){.sent = sent,
	    .place = sent->place,
	    .seq = seq,
	    .accepted = accepted,
	    .unanswered = !model->lost};
	if (model->lost) {
		/* An Echo has come back: all below are seen, and this one is answered (B.1.2). */
		model->lost = model->challenged = false;
		model->low = seq;
	}
	MUST(memory.vague || seq >= model->low);
	if (seq >= window && seq - window + 1 > model->low)
		model->low = seq - window + 1;
}

/* What has to become of a request that arrives as it was sent. */
static inline enum osc_err
foretell(const struct sent *sent)
{
	const struct model *model = &memory.models[sent->place];

	if (model->back)
		return OSC_EBACK;
	if (!model->lost)
		return seen(sent->place, sent->seq) ? OSC_EREPLAY : sent->inner;
	if (!model->challenged || !sent->has_echo || sent->inner == OSC_EINNER ||
	    memcmp(sent->echo, model->echo, sizeof(model->echo)) != 0)
		return OSC_EWINDOWLOST;
	return sent->inner;
}

static inline void
use_number(size_t place, const struct osc_piv *piv)
{
	MUST(piv->len > 0 && piv->seq < NUMBERS);
	MUST(!memory.models[place].used[piv->seq]);
	memory.models[place].used[piv->seq] = true;
}

/* The peer opens a response to one of its requests. Returns the plain message. */
static inline struct osc_coap
open_response(size_t place, struct osc_slice datagram, const struct osc_exchange *request)
{
	static uint8_t plain[1024];
	struct osc_exchange exchange = *request;
	struct osc_coap coap;
	size_t len;

	MUST(datagram.len <= sizeof(plain));
	MUST(unprotect(&places[place].keys.client.context, datagram, &exchange, plain, &len) ==
	    OSC_OK);
	MUST(osc_coap_decode(&coap, osc_slice(plain, len), NULL) == OSC_OK);
	return coap;
}

#endif
