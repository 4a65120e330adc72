/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_SESSION_DIAGNOSE_H
#define OSC_SESSION_DIAGNOSE_H

#include "core/unprotect.h"
#include "session/session.h"

/*
 * Why does a message not verify? The usual mistakes are tried, one by one and in
 * pairs: parameters that differ between the sides in one of the ways in which
 * people get them wrong. Changes no state, and keeps nothing of a plaintext.
 */

/* What may be spent on diagnoses in a run, in bytes worked on: about a second. */
#define OSC_DIAGNOSE_EFFORT ((size_t)64 * 1024 * 1024)

/* What protected the message, if not what this side has. */
enum osc_change {
	OSC_CHANGE_NONE,
	OSC_CHANGE_SWAPPED,   /* IDs: this side's Sender ID where its Recipient ID should be */
	OSC_CHANGE_KID,       /* IDs: the kid in the message */
	OSC_CHANGE_ABSENT,    /* ID Context, Master Salt: none */
	OSC_CHANGE_EMPTY,     /* ID Context: of length 0 */
	OSC_CHANGE_MESSAGE,   /* ID Context: the kid context in the message */
	OSC_CHANGE_REDERIVED, /* ID Context: what the kid context holds, wrapped (B.2) */
	OSC_CHANGE_IGNORED,   /* ID Context: this side's, whatever the kid context says */
	OSC_CHANGE_TEXT,      /* Master Salt, Master Secret: its hex digits as text */
	OSC_CHANGE_BYTES,     /* Master Salt, Master Secret: it is hex digits; the bytes */
	OSC_CHANGE_CUT,       /* Master Secret: its first 16 bytes */
	OSC_CHANGE_TEXT_CUT,  /* two in one */
	OSC_CHANGE_BYTES_CUT,
};

struct osc_diagnosis {
	bool tried;    /* there was something to try */
	bool verifies; /* what follows is how; the last three are NULL or false for no change */
	bool complete; /* everything was tried that there is */
	enum osc_change ids, id_context, salt, secret;
	const struct osc_alg *alg;
	bool hash_differs;
	enum osc_hash hash;
	const struct osc_unprotection *request; /* the response belongs to this one */
	const struct osc_endpoint *endpoint;    /* of many; or NULL */
};

/* A message that does not verify, and what it should have verified with. */
struct osc_evidence {
	const struct osc_params *params;
	enum osc_side side; /* who should have protected it */
	const struct osc_unprotection *message;
	/* Of a response: the requests of which it may be the answer. */
	const struct osc_unprotection *const *requests;
	size_t n_requests;
	size_t n_tried; /* so many of them, from the first, were tried */
};

/*
 * osc_diagnose - find one mistake, or two, that explain why a message does not verify
 *
 * effort  what may still be spent; receives what is left
 *
 * The diagnosis points into the evidence. Returns OSC_OK, also if nothing was
 * found, or OSC_ENOMEM.
 */
enum osc_err osc_diagnose(
    struct osc_diagnosis *diagnosis, const struct osc_evidence *evidence, size_t *effort);

/*
 * osc_session_diagnose - the same for refused item i of the session's last group
 *
 * The session must have the option explain: without it the Master Secret is gone. Only
 * errors about tag, kid and kid context are looked into, those of the request file
 * (OSC_EREQUEST) too; of others tried is false. With many contexts all that fit are looked
 * into. params receives what the message was tried with. What is returned is valid until
 * the next group.
 */
enum osc_err osc_session_diagnose(struct osc_diagnosis *diagnosis, const struct osc_params **params,
    struct osc_session *session, size_t i, enum osc_err err, size_t *effort);

#endif
