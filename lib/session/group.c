/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <stdlib.h>

#include "base/secret.h"
#include "session/group.h"

/* Contexts that a group may hold at once: two descriptors each. */
#define HELD_MAX 128

static enum osc_err
no_memory(struct osc_detail *detail)
{
	return osc_detail_set(detail, OSC_ENOMEM, NULL, "no memory");
}

void
osc_works_free(struct osc_session *session)
{
	/* Where nothing of many contexts goes wrong, and nothing is explained, there is none. */
	if (session->options.many || session->options.explain)
		for (size_t i = 0; i < session->work_n; i++) {
			free(session->work[i].detail);
			free(session->work[i].derived);
		}
	session->work_n = 0;
}

/* What the group before has left. */
static void
clear(struct osc_session *session)
{
	osc_buffer_cut(&session->edited, 0);
	osc_buffer_cut(&session->out, 0);
	osc_buffer_cut(&session->replies, 0);
	osc_buffer_cut(&session->scratch, 0);
	osc_works_free(session);
}

enum osc_err
osc_group_init(struct osc_group *group, struct osc_session *session, struct osc_item *items,
    size_t n, struct osc_detail *detail)
{
	group->session = session;
	group->items = items;
	group->n = n;
	group->end = OSC_OK;
	group->detail = detail;
	group->begun = group->keys_chosen = false;
	group->cleared = offsetof(struct osc_work, exchange);
	clear(session);
	if (session->held == NULL)
		session->held = calloc(HELD_MAX, sizeof(struct osc_endpoint *));
	if (session->commits == NULL)
		session->commits =
		    calloc(session->options.many ? HELD_MAX : 1, sizeof(*session->commits));
	if (session->work_cap < n || session->held == NULL || session->commits == NULL) {
		free(session->work);
		free(session->jobs);
		session->work = calloc(n, sizeof(*session->work));
		session->jobs = calloc(n < OSC_BATCH ? n : OSC_BATCH, sizeof(*session->jobs));
		session->work_cap = n;
		if (session->work == NULL || session->jobs == NULL || session->held == NULL ||
		    session->commits == NULL) {
			session->work_cap = 0;
			return no_memory(detail);
		}
	}
	if (session->options.many)
		osc_contexts_next_group(&session->contexts);
	return OSC_OK;
}

void
osc_group_clear(struct osc_group *group)
{
	struct osc_session *session = group->session;

	memset(&session->work[session->work_n++], 0, group->cleared);
}

/* An error of a context, not of the message. */
static bool
is_of_context(enum osc_err err)
{
	return (osc_err_status(err) == 1 || osc_err_status(err) == 7) && !osc_err_is_before(err);
}

/* What is wrong with the context of an item, until the next group. */
static bool
keep_detail(struct osc_work *work, const struct osc_detail *detail)
{
	free(work->detail);
	work->detail = osc_duplicate(detail, sizeof(*detail));
	return work->detail != NULL;
}

void
osc_group_refuse(
    struct osc_group *group, size_t i, enum osc_err err, const struct osc_detail *detail)
{
	const struct osc_session_options *options = &group->session->options;

	if (is_of_context(err) && err != OSC_ENOMEM && options->many &&
	    !keep_detail(&group->session->work[i], detail))
		err = OSC_ENOMEM;
	if (err == OSC_ENOMEM || (is_of_context(err) && !options->many)) {
		*group->detail = *detail;
		osc_group_cut(group, i, err);
		return;
	}
	group->items[i].err = err;
	if (!options->keep_going)
		osc_group_cut(group, i + 1, OSC_OK);
}

void
osc_group_cut(struct osc_group *group, size_t i, enum osc_err err)
{
	group->n = i;
	group->end = err;
}

size_t
osc_group_first(const struct osc_group *group)
{
	size_t i = 0;

	while (i < group->n && group->items[i].err != OSC_OK)
		i++;
	return i;
}

void
osc_group_move(struct osc_group *group)
{
	struct osc_session *session = group->session;
	enum osc_err err;

	if (!session->options.moved || session->options.many || session->moved ||
	    session->options.dry_run)
		return;
	err = osc_store_begin(session->one.store, group->detail);
	if (err == OSC_OK)
		err = osc_commit_one(session->one.store, group->detail);
	osc_store_end(session->one.store);
	session->moved = session->one.looked = err == OSC_OK;
	if (err != OSC_OK)
		osc_group_cut(group, osc_group_first(group), err);
}

enum osc_err
osc_group_look(struct osc_group *group, size_t i)
{
	enum osc_err err = osc_endpoint_look(&group->session->one, group->detail);

	if (err != OSC_OK)
		osc_group_cut(group, i, err);
	return err;
}

/* They are asked for with the first response: in a pipeline the program that writes the
 * file starts at the same time. */
static enum osc_err
load_receipts(struct osc_session *session, struct osc_detail *detail)
{
	enum osc_err err;

	if (session->have_receipts)
		return OSC_OK;
	err = session->options.requests(session->options.requests_arg, &session->receipts, detail);
	if (err == OSC_OK)
		err = osc_receipts_sort(&session->receipts);
	if (err == OSC_ENOMEM)
		return no_memory(detail);
	session->have_receipts = err == OSC_OK;
	return err;
}

enum osc_err
osc_group_load_receipts(struct osc_group *group, size_t i)
{
	struct osc_session *session = group->session;
	enum osc_err err = load_receipts(session, group->detail);

	if (err == OSC_OK && session->options.any_token && session->receipts.n != 1)
		err = OSC_ERECEIPTS;
	if (err != OSC_OK)
		osc_group_cut(group, i, err);
	return err;
}

enum osc_err
osc_group_receipts(struct osc_group *group, size_t i, struct osc_slice token)
{
	struct osc_session *session = group->session;
	struct osc_work *work = &session->work[i];
	enum osc_err err = osc_group_load_receipts(group, i);

	if (err != OSC_OK)
		return err;
	if (session->options.any_token) {
		work->receipts = session->receipts.list;
		work->n_receipts = 1;
	} else {
		work->receipts = osc_receipts_find(&session->receipts, token, &work->n_receipts);
	}
	return work->receipts != NULL ? OSC_OK : OSC_ETOKEN;
}

struct osc_receipt *
osc_work_receipt(const struct osc_work *work, size_t *at)
{
	struct osc_receipt *receipt;

	while (*at < work->n_receipts) {
		receipt = &work->receipts[(*at)++];
		if (receipt->verdict == OSC_OK && receipt->checked == work->endpoint->serial)
			return receipt;
	}
	return NULL;
}

struct osc_wanted
osc_work_wanted(const struct osc_work *work, enum osc_role role)
{
	return (struct osc_wanted){
	    .kid = work->message.option.kid,
	    .kid_context = work->message.option.kid_context,
	    .role = role,
	};
}

enum osc_err
osc_group_lock(struct osc_group *group, struct osc_endpoint *endpoint, struct osc_detail *detail)
{
	struct osc_session *session = group->session;
	bool alone = session->n_held == 0;
	enum osc_err err;

	if (endpoint->held)
		return OSC_OK;
	if (session->n_held == HELD_MAX)
		return OSC_EBUSY;
	err = alone ? osc_store_begin(endpoint->store, detail)
		    : osc_store_try_begin(endpoint->store, detail);
	if (err == OSC_OK) {
		endpoint->held = endpoint->looked = true;
		session->held[session->n_held++] = endpoint;
		osc_endpoint_forget(endpoint);
		err = osc_endpoint_choose(endpoint);
	} else if (session->options.many) {
		osc_contexts_rest(&session->contexts, endpoint);
	}
	return err;
}

void
osc_group_put_off(struct osc_group *group, size_t i, enum osc_err err)
{
	if (err != OSC_ENOMEM && osc_err_status(err) == 1 && group->session->n_held > 0)
		osc_group_cut(group, i, OSC_OK);
}

/* A plain text that will not leave must not stay, either. */
static void
drop_out(struct osc_group *group, size_t i)
{
	struct osc_item *item = &group->items[i];

	if (item->out.len > 0)
		osc_wipe(group->session->out.ptr + (item->out.ptr - group->session->out.ptr),
		    item->out.len);
	item->out = osc_slice(NULL, 0);
}

/* Nothing that the state of a context would have allowed leaves. */
static void
refuse_all_of(struct osc_group *group, const struct osc_endpoint *endpoint, enum osc_err err,
    const struct osc_detail *detail)
{
	struct osc_work *work;

	for (size_t i = 0; i < group->n; i++) {
		work = &group->session->work[i];
		if (work->endpoint != endpoint)
			continue;
		drop_out(group, i);
		if (work->reply_protected)
			work->reply = osc_slice(NULL, 0);
		if (group->items[i].err == OSC_OK)
			osc_group_refuse(group, i, err, detail);
	}
}

static size_t
first_of(const struct osc_group *group, const struct osc_endpoint *endpoint)
{
	size_t i = 0;

	while (i < group->n && group->session->work[i].endpoint != endpoint)
		i++;
	return i;
}

/*
 * What became of one context. The group may have been cut already, by an error that still
 * stands if this one does not: what goes well must leave its detail alone. False if the run
 * ends with it.
 */
static bool
commit_one(
    struct osc_group *group, const struct osc_endpoint *endpoint, const struct osc_commit *commit)
{
	const struct osc_session_options *options = &group->session->options;

	if (commit->err == OSC_OK)
		return true;
	if (options->many && options->keep_going && commit->err != OSC_ENOMEM) {
		refuse_all_of(group, endpoint, commit->err, &commit->detail);
		return true;
	}
	for (size_t i = first_of(group, endpoint); i < group->n; i++)
		drop_out(group, i);
	*group->detail = commit->detail;
	osc_group_cut(group, first_of(group, endpoint), commit->err);
	return false;
}

void
osc_group_commit(struct osc_group *group)
{
	struct osc_session *session = group->session;
	const struct osc_session_options *options = &session->options;
	struct osc_endpoint *endpoint;
	bool goes_on = true;

	for (size_t k = 0; k < session->n_held; k++)
		session->commits[k] = (struct osc_commit){.store = session->held[k]->store};
	/* They were locked in the order of their first messages: after a failure
	 * nothing of the others will leave, so nothing of them is used up. */
	osc_commit_all(session->commits, session->n_held, options->many && options->keep_going);
	for (size_t k = 0; k < session->n_held; k++) {
		endpoint = session->held[k];
		goes_on = goes_on && commit_one(group, endpoint, &session->commits[k]);
		osc_store_end(endpoint->store);
		endpoint->held = false;
		if (options->many)
			osc_contexts_rest(&session->contexts, endpoint);
	}
	session->n_held = 0;
}

bool
osc_group_reserve(struct osc_group *group, struct osc_buffer *buffer, size_t room)
{
	if (osc_buffer_reserve(buffer, room) != NULL)
		return true;
	osc_group_cut(group, 0, no_memory(group->detail));
	return false;
}

enum osc_err
osc_group_end(struct osc_group *group, size_t *done)
{
	if (group->n > 0)
		(void)osc_group_work(group, group->n - 1);
	*done = group->n;
	return group->end;
}
