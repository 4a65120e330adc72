/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_SESSION_SESSION_H
#define OSC_SESSION_SESSION_H

#include "core/protect.h"
#include "message/frame.h"
#include "session/contexts.h"
#include "session/receipts.h"
#include "session/search.h"
#include "store/commit.h"

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
	const char *directory; /* of the context; with many: the directory that holds them; for
				  osc_session_peek NULL: there is none, nothing is verified */
	bool many;             /* pick the context by kid and kid context (-C) */
	enum osc_role role;
	/* What responses are bound to: asked for once, when the first response needs it. Calls
	 * osc_receipts_add for each request. NULL: there are none. */
	osc_receipts_source *requests;
	void *requests_arg;
	bool moved;            /* the directory was moved, not copied */
	bool keep_going;       /* a refused message does not end the run */
	bool any_token;        /* bind to the request whatever the response's token */
	bool new_piv;          /* protect: a Partial IV in every response */
	bool no_kid_context;   /* protect: no ID Context in requests */
	bool dry_run;          /* protect: use up nothing, seal nothing */
	bool rederive;         /* protect: make request #1 (B.2) */
	struct osc_slice echo; /* protect: the Echo that requests get (B.1.2); or absent */
	bool explain;          /* the derivation will be shown, and mistakes looked for */
	bool error_reply;      /* unprotect: make the answer to a refused request */
};

/* What a message is where keys are derived anew (B.2). */
enum osc_step {
	OSC_STEP_NONE,       /* nothing of that: it is under the keys in use */
	OSC_STEP_REQUEST_1,  /* the peer begins */
	OSC_STEP_LOST,       /* it is answered as if it did, since the state is lost */
	OSC_STEP_RESPONSE_1, /* of the peer, to the request #1 of this side */
	OSC_STEP_BEGUN,      /* the same to an ordinary request: the peer has begun */
	OSC_STEP_STALE,      /* the same to a request #1 of before */
	OSC_STEP_REQUEST_2,  /* the peer goes on with keys that come into use by it */
	OSC_STEP_CONFIRM,    /* the peer uses the keys that this side has gone on with */
};

/* Under which keys a message is, if they are not those of the settings (B.2). */
struct osc_derived {
	struct osc_slice id; /* their ID Context */
	struct osc_slice
	    first;   /* of a response #1: that of its request, absent if there was none */
	bool answer; /* it is a response #1 */
	uint8_t bytes[];
};

/* A message on its way through a group, and what is known of it when it is settled. */
struct osc_work {
	bool outgoing;        /* this side protects it */
	bool passed_over;     /* an Empty Acknowledgement: not refused, and no output */
	bool unverified;      /* an OSCORE message that was only looked at, without a context */
	bool bound;           /* the exchange is known */
	bool reply_protected; /* error_reply: under the endpoint */
	enum osc_step step;   /* that it has taken */
	enum osc_side side;   /* who protected it */
	struct osc_endpoint *endpoint; /* its context; NULL if none was found */
	struct osc_receipt *receipts;  /* of a response: the requests it may belong to */
	size_t n_receipts;
	struct osc_unprotection message; /* what was received */
	struct osc_tried tried;          /* received, among many: the contexts that fit */
	struct osc_detail *detail;       /* refused for what is wrong with its context; or NULL */
	struct osc_derived *derived;     /* explain: its keys; NULL: those of the settings */
	struct osc_slice reply;          /* error_reply: the answer; empty if there is none */

	/* From here on nothing is cleared. */
	struct osc_exchange exchange;  /* bound: kid and Partial IV of the request */
	struct osc_protection sending; /* outgoing: what is protected, and how */
	size_t out_at;                 /* outgoing, without error: where it is in what leaves */
	struct osc_layout layout;      /* and what is where in it */
	struct osc_oscore_option reply_option; /* reply_protected: its OSCORE option */
};

/* osc_work_option - the OSCORE option of the message that was received, or is sent */
static inline const struct osc_oscore_option *
osc_work_option(const struct osc_work *work)
{
	return work->outgoing ? &work->layout.option : &work->message.option;
}

#define OSC_BATCH ((size_t)64) /* messages that are sealed or opened at once */

struct osc_session {
	struct osc_session_options options;
	bool opened;                  /* `one` is in use */
	bool moved;                   /* the move of `one` is noted */
	struct osc_endpoint one;      /* CONTEXT */
	struct osc_contexts contexts; /* with many */
	struct osc_receipts receipts;
	bool have_receipts;
	struct osc_peeked *peeked;       /* the requests seen by osc_session_peek */
	struct osc_work *work;           /* one per message of the group */
	struct osc_aead_job *jobs;       /* OSC_BATCH, or as many as there are messages */
	struct osc_receiving *receiving; /* those on their way in at once */
	struct osc_endpoint **held;      /* whose lock the group under way holds */
	struct osc_commit *commits;      /* what becomes of their states */
	size_t n_held;
	size_t work_cap, work_n;   /* works that there is room for; that are clear, or in use */
	struct osc_state first;    /* of request #1, for as long as it is made */
	struct osc_buffer edited;  /* plain messages that had to be written anew */
	struct osc_buffer out;     /* the messages that leave */
	struct osc_buffer replies; /* the error replies that leave */
	struct osc_buffer texts;   /* inner texts of those that are opened at once */
	struct osc_buffer scratch; /* that of another one, on its way */
};

/* osc_session_init - nothing is opened yet; the strings are borrowed */
void osc_session_init(struct osc_session *session, const struct osc_session_options *options);

/*
 * osc_session_open - load the context, or see that the directory of contexts is there
 *
 * To be called once, before a message is waited for: settings and secret are read and the
 * keys derived; no state is read, no lock taken. Returns OSC_OK, or what osc_store_open
 * returns, with the detail: OSC_ENOROLE if the directory serves both roles and none was
 * given; not with any_role.
 */
enum osc_err osc_session_open(
    struct osc_session *session, bool any_role, struct osc_detail *detail);

/*
 * How a group is processed by osc_session_protect (send.h), osc_session_unprotect (receive.h)
 * and osc_session_peek (peek.h).
 *
 * items  n messages, as osc_frame_read gives them. Items that have err set are
 *        left alone. Afterwards each has err set, or out, or was passed over.
 * done   receives how many items, from the first, are settled: those without
 *        err may leave the process now, the state they need is durable.
 *
 * Returns OSC_OK: *done is n, or ends behind the first refused item (unless
 * keep_going), or is less because the group was too much at once: call again
 * with the rest. Any other value ends the run: it concerns item number *done
 * (or all, if that is 0), the ones before are settled. Among many contexts, what is wrong
 * with one refuses its messages only (status 1 or 7, with a detail in the work). With
 * dry_run nothing is written and no item gets out.
 *
 * The items' out, and the works, are valid until the next group or
 * osc_session_close.
 */

/* osc_session_work - what is known of item i of the last group; i below *done */
static inline const struct osc_work *
osc_session_work(const struct osc_session *session, size_t i)
{
	return &session->work[i];
}

/* osc_session_unwarned - a context whose warnings have not been asked for yet; NULL
 * if there is none. Each is returned once. */
const struct osc_endpoint *osc_session_unwarned(struct osc_session *session);

/* osc_session_close - unlock, wipe, free; the session may be all zero */
void osc_session_close(struct osc_session *session);

#endif
