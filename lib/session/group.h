/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_SESSION_GROUP_H
#define OSC_SESSION_GROUP_H

#include "core/protect.h"
#include "session/session.h"

/* What the ways through a group have in common. Private to session. */

/* A message between its passes. */
struct osc_work {
	struct osc_coap plain;           /* protect */
	struct osc_unprotection message; /* unprotect */
	struct osc_endpoint *endpoint;
	struct osc_receipt *receipts; /* of a response: the requests it may belong to */
	size_t n_receipts;
	struct osc_aead_job *job;
	struct osc_aead_job reply_job; /* of a protected error reply */
	bool seal_reply;
	struct osc_report report;
};

/* A group on its way. Items from n on are not looked at: a refused message or
 * an error that ends the run has cut them off. */
struct osc_group {
	struct osc_session *session;
	struct osc_item *items;
	size_t n;
	enum osc_err end; /* the error that ended the run at item n */
	struct osc_detail *detail;
};

/* osc_session_flags - enum osc_store_flag for the contexts of a session */
static inline unsigned
osc_session_flags(const struct osc_session_options *options)
{
	return (options->moved ? OSC_STORE_MOVED : 0U) |
	    (options->explain ? OSC_STORE_KEEP_SECRET : 0U);
}

/* osc_group_init - also makes room for one osc_work and one job per item;
 * OSC_ENOMEM if there is none */
enum osc_err osc_group_init(struct osc_group *group, struct osc_session *session,
    struct osc_item *items, size_t n, struct osc_detail *detail);

/* osc_group_refuse - refuse item i; without keep_going the group ends behind it */
void osc_group_refuse(struct osc_group *group, size_t i, enum osc_err err);

/* osc_group_cut - the group ends before item i; with OSC_OK only for now */
void osc_group_cut(struct osc_group *group, size_t i, enum osc_err err);

/* osc_group_first - the first item that is not refused; group->n if there is none */
size_t osc_group_first(const struct osc_group *group);

/* osc_group_good - is there an item that is not refused? */
bool osc_group_good(const struct osc_group *group);

/* osc_group_open - open the one context, once a message needs it, and make it that
 * of all items; cuts the group if that fails */
void osc_group_open(struct osc_group *group);

/* osc_group_receipts - the requests that the response item i may belong to, into
 * its work; refuses the item or cuts the group if there is none */
void osc_group_receipts(struct osc_group *group, size_t i, struct osc_slice token);

/*
 * osc_group_lock - hold the lock of item i's context
 *
 * The first lock is waited for. Who holds one never waits for another: the group
 * is cut before item i, to be taken up again. It is also cut by an error.
 */
void osc_group_lock(struct osc_group *group, size_t i);

/* osc_group_commit - make the state of all contexts held durable, and unlock them.
 * If one fails the group is cut before its first item, and the contexts that come
 * later in the group are left as they were. */
void osc_group_commit(struct osc_group *group);

/* osc_group_reserve - room in a buffer; cuts the whole group if there is no memory */
bool osc_group_reserve(struct osc_group *group, struct osc_buffer *buffer, size_t room);

/* osc_group_end - what the caller learns */
enum osc_err osc_group_end(const struct osc_group *group, size_t *done);

#endif
