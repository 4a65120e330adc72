/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_SESSION_SESSION_H
#define OSC_SESSION_SESSION_H

#include "message/frame.h"
#include "session/receipts.h"
#include "store/store.h"

/*
 * The only place where the core and the store meet, because the order of the
 * two is itself the security property:
 *
 *     send:     take numbers (durable) -> protect -> hand out ciphertext
 *     receive:  check window -> open -> commit in memory -> merge -> make
 *               durable -> hand out plaintext
 *
 * Both work on groups of messages with one durable step; a single message is a
 * group of one.
 */

struct osc_session_options {
	const char *directory;
	enum osc_role role;
	const char *request; /* file of protected requests; NULL: none */
	bool moved;          /* the directory was moved, not copied */
	bool keep_going;     /* a refused message does not end the run */
	bool any_token;      /* bind to the request whatever the response's token */
	bool new_piv;        /* protect: a Partial IV in every response */
	bool no_kid_context; /* protect: no ID Context in requests */
	bool dry_run;        /* protect: use up nothing, seal nothing */
};

struct osc_session {
	struct osc_session_options options;
	struct osc_store *store; /* NULL until the first message that needs it */
	struct osc_context context;
	struct osc_receipts receipts;
	bool have_receipts;
	struct osc_work *work; /* one per message of the group */
	struct osc_aead_job *jobs;
	size_t work_cap;
	struct osc_buffer out;     /* the messages that leave */
	struct osc_buffer scratch; /* inner texts on their way */
};

/* osc_session_init - nothing is opened yet; the strings are borrowed */
void osc_session_init(struct osc_session *session, const struct osc_session_options *options);

/*
 * osc_session_protect, osc_session_unprotect - process a group
 *
 * items  n messages, as osc_frame_read gives them. Items that have err set are
 *        left alone. Afterwards each has err set, or out.
 * done   receives how many items, from the first, are settled: those without
 *        err may leave the process now, the state they need is durable.
 *
 * Returns OSC_OK; *done is n, or, unless keep_going, ends behind the first
 * refused item. Any other value ends the run: it concerns item number *done
 * (or all, if that is 0), the ones before are settled. With dry_run nothing is
 * written and no item gets out.
 *
 * The items' out is valid until the next group or osc_session_close.
 */
enum osc_err osc_session_protect(struct osc_session *session, struct osc_item *items, size_t n,
    size_t *done, struct osc_detail *detail);
enum osc_err osc_session_unprotect(struct osc_session *session, struct osc_item *items, size_t n,
    size_t *done, struct osc_detail *detail);

/* osc_session_close - unlock, wipe, free; the session may be all zero */
void osc_session_close(struct osc_session *session);

#endif
