/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_SESSION_SEARCH_H
#define OSC_SESSION_SEARCH_H

#include "session/contexts.h"

/*
 * The contexts that a message may be for (RFC 8613, 8.2 step 2).
 *
 * DIRECTORY/KID or DIRECTORY/KID@KIDCONTEXT, as oscore-cid prints it, comes first if it fits,
 * and costs no look at another one; so does the one in which a message with this kid and kid
 * context verified last, as long as no directory came or went. Behind it come all others that
 * fit, those that were used last first.
 */
#define OSC_SEARCH_ATTEMPTS 8 /* for one message, while contexts change under us */

struct osc_search {
	struct osc_contexts *contexts;
	const struct osc_wanted *wanted;
	struct osc_endpoint **found; /* in their order; on the heap */
	size_t n, cap, at;
	uint64_t serial;
	bool begun;
	bool named;       /* the named one fits */
	bool recalled;    /* the one in which a message like it verified last was looked for */
	bool listed;      /* the others are in the list */
	enum osc_err err; /* of a context that fits, and could not be loaded */
	struct osc_detail detail;
};

/* The contexts that a message was tried with, for who tells about it. */
#define OSC_TRIED_SHOWN 4
struct osc_tried {
	const struct osc_endpoint *shown[OSC_TRIED_SHOWN]; /* the first of them; valid until the
							      next group */
	size_t n;                                          /* of them all */
};

void osc_search_init(
    struct osc_search *search, struct osc_contexts *contexts, const struct osc_wanted *wanted);

/*
 * osc_search_next - the next candidate; NULL behind the last
 *
 * Behind the last, osc_search_verdict is what to say if none of them verified the message:
 * OSC_ETAG if there were any, OSC_EKID or OSC_EKIDCONTEXT if there was none, OSC_EKIDROLE if
 * one would fit with a role, or the error of one that fits and cannot be loaded (with the
 * detail in the search): OSC_ETWIN if two use the same Recipient Key, OSC_ENOMEM, and
 * whatever osc_endpoint_open returns.
 */
struct osc_endpoint *osc_search_next(struct osc_search *search);
enum osc_err osc_search_verdict(const struct osc_search *search);

/* osc_search_tried - which candidates were returned so far, but for those that are gone */
struct osc_tried osc_search_tried(const struct osc_search *search);

/* osc_search_again - begin anew, after a context was dropped */
void osc_search_again(struct osc_search *search);

/*
 * osc_search_renew - drop the candidates whose files are not those that were loaded
 *
 * Once for each in a group, since none of them verified the message. True if there was one:
 * then osc_search_again.
 */
bool osc_search_renew(struct osc_search *search);

void osc_search_free(struct osc_search *search);

#endif
