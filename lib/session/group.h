/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_SESSION_GROUP_H
#define OSC_SESSION_GROUP_H

#include "core/protect.h"
#include "session/session.h"

/* What the ways through a group have in common. Private to session. */

/* A group on its way. Items from n on are not looked at: a refused message or
 * an error that ends the run has cut them off. */
struct osc_group {
	struct osc_session *session;
	struct osc_item *items;
	size_t n;
	enum osc_err end; /* the error that ended the run at item n */
	struct osc_detail *detail;
	size_t cleared; /* bytes of a work: not a constant, for which the compiler has slow means */
	bool begun;     /* outgoing: the one context was looked at */
	bool keys_chosen; /* outgoing: those that requests are protected with (B.2) */
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

/* osc_works_free - what the works of the last group own */
void osc_works_free(struct osc_session *session);

/* osc_group_clear - of osc_group_work: the next work */
void osc_group_clear(struct osc_group *group);

/* osc_group_work - the work of item i; zero at first, as far as it is cleared. They are asked for
 * in order */
static inline struct osc_work *
osc_group_work(struct osc_group *group, size_t i)
{
	while (i >= group->session->work_n)
		osc_group_clear(group);
	return &group->session->work[i];
}

/*
 * osc_group_refuse - refuse item i; without keep_going the group ends behind it
 *
 * detail  what is wrong, for errors of status 1 and 7; may be empty
 *
 * Such an error ends the run before the item if there is only one context, and so does
 * OSC_ENOMEM; of many contexts it refuses the messages of the one.
 */
void osc_group_refuse(
    struct osc_group *group, size_t i, enum osc_err err, const struct osc_detail *detail);

/* osc_group_cut - the group ends before item i; with OSC_OK only for now */
void osc_group_cut(struct osc_group *group, size_t i, enum osc_err err);

/* osc_group_first - the first item that is not refused; group->n if there is none */
size_t osc_group_first(const struct osc_group *group);

/* osc_group_move - note, once, that the one context was moved, if that is said: whatever
 * becomes of the messages. Cuts the group if that fails. */
void osc_group_move(struct osc_group *group);

/* osc_group_look - once before the first use of the one context: its state, and whether it is
 * a copy. Cuts the group before item i if that fails. */
enum osc_err osc_group_look(struct osc_group *group, size_t i);

/* osc_group_load_receipts - ask for the requests, once; an error has cut the group before item i */
enum osc_err osc_group_load_receipts(struct osc_group *group, size_t i);

/*
 * osc_group_receipts - the requests that the response item i may belong to, into its work
 *
 * Returns OSC_OK, OSC_ETOKEN if there is none, or an error that has cut the group before item i.
 */
enum osc_err osc_group_receipts(struct osc_group *group, size_t i, struct osc_slice token);

/*
 * osc_group_lock - hold the lock of a context
 *
 * The first lock is waited for; who holds one never waits for another. Returns OSC_OK,
 * OSC_EBUSY, or the error of osc_store_begin.
 */
enum osc_err osc_group_lock(
    struct osc_group *group, struct osc_endpoint *endpoint, struct osc_detail *detail);

/*
 * osc_group_put_off - if other contexts are held an error of status 1 may be for them only:
 * by their descriptors, or since their lock was not to be waited for. Then the group is cut
 * before item i, which is taken up again when nothing is held.
 */
void osc_group_put_off(struct osc_group *group, size_t i, enum osc_err err);

/*
 * osc_group_commit - make the state of all contexts held durable, and unlock them
 *
 * If one fails nothing that it allowed may leave: the group is cut before its first item, and
 * the contexts that come later in the group are left as they were; or, among many that go on,
 * its items are refused. What will not leave is wiped.
 */
void osc_group_commit(struct osc_group *group);

/* osc_group_reserve - room in a buffer; cuts the whole group if there is no memory */
bool osc_group_reserve(struct osc_group *group, struct osc_buffer *buffer, size_t room);

/* osc_group_end - what the caller learns */
enum osc_err osc_group_end(struct osc_group *group, size_t *done);

/* osc_work_receipt - the next request that a response may belong to and that this side has
 * sent, in the context of the work; NULL behind the last. *at starts as 0. */
struct osc_receipt *osc_work_receipt(const struct osc_work *work, size_t *at);

/* osc_work_wanted - what a context must have for a received message */
struct osc_wanted osc_work_wanted(const struct osc_work *work, enum osc_role role);

#endif
