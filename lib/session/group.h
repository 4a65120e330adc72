/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_SESSION_GROUP_H
#define OSC_SESSION_GROUP_H

#include "core/protect.h"
#include "session/session.h"

/* What protecting and unprotecting a group have in common. Private to session. */

/* A message between its passes. */
struct osc_work {
	struct osc_coap plain;           /* protect */
	struct osc_unprotection message; /* unprotect */
	struct osc_receipt *receipts;    /* of a response: the requests it may belong to */
	size_t n_receipts;
	struct osc_exchange exchange; /* of a request to unprotect */
	struct osc_aead_job *job;
	size_t out_len; /* protect: bytes of the message that the job completes */
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

/* osc_group_init - also makes room for one osc_work and one job per item;
 * OSC_ENOMEM if there is none */
enum osc_err osc_group_init(struct osc_group *group, struct osc_session *session,
    struct osc_item *items, size_t n, struct osc_detail *detail);

/* osc_group_refuse - refuse item i; without keep_going the group ends behind it */
void osc_group_refuse(struct osc_group *group, size_t i, enum osc_err err);

/* osc_group_cut - the run ends before item i */
void osc_group_cut(struct osc_group *group, size_t i, enum osc_err err);

/* osc_group_first - the first item that is not refused; group->n if there is none */
size_t osc_group_first(const struct osc_group *group);

/* osc_group_open - open store and context, once a message needs them; cuts the
 * group if that fails */
void osc_group_open(struct osc_group *group);

/* osc_group_receipts - the requests that the response item i may belong to, into
 * its work; refuses the item or cuts the group if there is none */
void osc_group_receipts(struct osc_group *group, size_t i, struct osc_slice token);

/* osc_group_begin - take the lock; if that fails the group is cut before its
 * first good item, and false returned */
bool osc_group_begin(struct osc_group *group);

/* osc_group_commit - make the state durable and unlock. If that fails nothing
 * of the group may leave: *done is 0. */
enum osc_err osc_group_commit(struct osc_group *group, size_t *done);

#endif
