/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_SESSION_SESSION_H
#define OSC_SESSION_SESSION_H

#include "message/frame.h"
#include "session/contexts.h"
#include "session/receipts.h"

/*
 * The only place where the core and the store meet, because the order of the
 * two is itself the security property:
 *
 *     send:     take numbers (durable) -> protect -> hand out ciphertext
 *     receive:  check window -> open -> commit in memory -> merge -> make
 *               durable -> hand out plaintext
 *
 * Both work on groups of messages with one durable step for each context
 * touched; a single message is a group of one.
 */

struct osc_session_options {
	const char *directory; /* of the context; with many: the directory that holds them */
	bool many;             /* pick the context by kid and kid context (-C) */
	enum osc_role role;
	const char *request;   /* file of protected requests; NULL: none */
	bool moved;            /* the directory was moved, not copied */
	bool keep_going;       /* a refused message does not end the run */
	bool any_token;        /* bind to the request whatever the response's token */
	bool new_piv;          /* protect: a Partial IV in every response */
	bool no_kid_context;   /* protect: no ID Context in requests */
	bool dry_run;          /* protect: use up nothing, seal nothing */
	struct osc_slice echo; /* protect: the Echo that requests get (B.1.2); or absent */
	bool explain;          /* the derivation will be shown, and mistakes looked for */
	bool error_reply;      /* unprotect: make the answer to a refused request */
};

/* What else is known of a message when it is settled. */
struct osc_report {
	const struct osc_endpoint *endpoint; /* its context; NULL if none was found */
	enum osc_side side;                  /* who protected it */
	struct osc_option_value option;      /* its OSCORE option */
	bool bound;                          /* the exchange is known */
	struct osc_exchange exchange;        /* kid and Partial IV of the request */
	const struct osc_coap *plain;        /* protect: what was protected */
	uint64_t seq;           /* protect: the Sender Sequence Number before the message */
	struct osc_slice reply; /* error_reply: the answer; empty if there is none */
	const struct osc_endpoint *reply_endpoint; /* if that is protected: its context */
	struct osc_option_value reply_option;      /* and its OSCORE option */
};

struct osc_session {
	struct osc_session_options options;
	bool opened;                  /* endpoint is in use */
	struct osc_endpoint one;      /* CONTEXT */
	struct osc_contexts contexts; /* with many */
	struct osc_receipts receipts;
	bool have_receipts;
	struct osc_peeked *peeked; /* the requests seen by osc_session_peek */
	struct osc_work *work;     /* one per message of the group */
	struct osc_aead_job *jobs;
	struct osc_endpoint **held; /* whose lock the group under way holds */
	size_t n_held;
	size_t work_cap;
	struct osc_buffer edited;  /* plain messages that had to be written anew */
	struct osc_buffer out;     /* the messages that leave */
	struct osc_buffer replies; /* the error replies that leave */
	struct osc_buffer scratch; /* inner texts on their way */
};

/* osc_session_init - nothing is opened yet; the strings are borrowed */
void osc_session_init(struct osc_session *session, const struct osc_session_options *options);

/*
 * osc_session_check_role - is the role missing? (status 2 must not depend on a message)
 *
 * Looks at settings.json alone, unless that says yes. Returns OSC_OK, or OSC_ENOROLE with
 * the detail. All other errors of the directory wait for the first message.
 */
enum osc_err osc_session_check_role(struct osc_session *session, struct osc_detail *detail);

/*
 * osc_session_protect, osc_session_unprotect - process a group
 *
 * items  n messages, as osc_frame_read gives them. Items that have err set are
 *        left alone. Afterwards each has err set, or out.
 * done   receives how many items, from the first, are settled: those without
 *        err may leave the process now, the state they need is durable.
 *
 * Returns OSC_OK: *done is n, or ends behind the first refused item (unless
 * keep_going), or is less because the group was too much at once: call again
 * with the rest. Any other value ends the run: it concerns item number *done
 * (or all, if that is 0), the ones before are settled. With dry_run nothing is
 * written and no item gets out.
 *
 * The items' out, and the reports, are valid until the next group or
 * osc_session_close.
 */
enum osc_err osc_session_protect(struct osc_session *session, struct osc_item *items, size_t n,
    size_t *done, struct osc_detail *detail);
enum osc_err osc_session_unprotect(struct osc_session *session, struct osc_item *items, size_t n,
    size_t *done, struct osc_detail *detail);

/*
 * osc_session_peek - look at a group of messages of both directions, and use nothing up
 *
 * Reads settings and secret only: no state, no lock, no replay check. Requests
 * are matched by kid to either side, responses by token to the latest request
 * of the run with that token. A message that is not protected passes as it is.
 * Else as osc_session_unprotect.
 */
enum osc_err osc_session_peek(struct osc_session *session, struct osc_item *items, size_t n,
    size_t *done, struct osc_detail *detail);

/* osc_session_report - what is known of item i of the last group; i below *done */
const struct osc_report *osc_session_report(const struct osc_session *session, size_t i);

/* osc_session_unwarned - a context whose warnings have not been asked for yet; NULL
 * if there is none. Each is returned once. */
const struct osc_endpoint *osc_session_unwarned(struct osc_session *session);

/* osc_session_close - unlock, wipe, free; the session may be all zero */
void osc_session_close(struct osc_session *session);

#endif
