/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <stdlib.h>

#include "session/group.h"

static enum osc_err
no_memory(struct osc_detail *detail)
{
	return osc_detail_set(detail, OSC_ENOMEM, NULL, "no memory");
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
	osc_buffer_cut(&session->edited, 0);
	osc_buffer_cut(&session->out, 0);
	osc_buffer_cut(&session->replies, 0);
	osc_buffer_cut(&session->scratch, 0);
	if (session->work_cap < n) {
		free(session->work);
		free(session->jobs);
		free(session->held);
		session->work = calloc(n, sizeof(*session->work));
		session->jobs = calloc(n, sizeof(*session->jobs));
		session->held = calloc(n, sizeof(struct osc_endpoint *));
		session->work_cap = n;
		if (session->work == NULL || session->jobs == NULL || session->held == NULL) {
			session->work_cap = 0;
			return no_memory(detail);
		}
	}
	if (n > 0)
		memset(session->work, 0, n * sizeof(*session->work));
	if (session->options.many)
		osc_contexts_next_group(&session->contexts);
	return OSC_OK;
}

void
osc_group_refuse(struct osc_group *group, size_t i, enum osc_err err)
{
	group->items[i].err = err;
	if (!group->session->options.keep_going)
		group->n = i + 1;
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

bool
osc_group_good(const struct osc_group *group)
{
	return osc_group_first(group) < group->n;
}

void
osc_group_open(struct osc_group *group)
{
	struct osc_session *session = group->session;
	const struct osc_session_options *options = &session->options;
	size_t first = osc_group_first(group);
	enum osc_err err = OSC_OK;

	if (first == group->n && !options->moved)
		return;
	if (!session->opened)
		err = osc_endpoint_open(&session->one, options->directory, options->role,
		    osc_session_flags(options), group->detail);
	session->opened = err == OSC_OK;
	if (err == OSC_OK)
		err = osc_endpoint_settle(
		    &session->one, options->moved, options->dry_run, group->detail);
	if (err != OSC_OK)
		osc_group_cut(group, first, err);
	for (size_t i = 0; i < group->n; i++)
		session->work[i].endpoint = &session->one;
}

/* The file is opened with the first response: in a pipeline the program that
 * writes it starts at the same time. */
static enum osc_err
load_receipts(struct osc_session *session, struct osc_detail *detail)
{
	enum osc_err err;

	if (session->have_receipts)
		return OSC_OK;
	err = osc_receipts_load(&session->receipts, session->options.request, detail);
	session->have_receipts = err == OSC_OK;
	return err;
}

void
osc_group_receipts(struct osc_group *group, size_t i, struct osc_slice token)
{
	struct osc_session *session = group->session;
	struct osc_work *work = &session->work[i];
	enum osc_err err = load_receipts(session, group->detail);

	if (err == OSC_OK && session->options.any_token) {
		if (session->receipts.n != 1)
			err = OSC_ERECEIPTS;
		work->receipts = session->receipts.list;
		work->n_receipts = session->receipts.n;
	} else if (err == OSC_OK) {
		work->receipts = osc_receipts_find(&session->receipts, token, &work->n_receipts);
	}
	if (err != OSC_OK)
		osc_group_cut(group, i, err);
	else if (work->receipts == NULL)
		osc_group_refuse(group, i, OSC_ETOKEN);
}

/* The group may have been cut already, by an error that still stands if this one
 * does not: what goes well must leave its detail alone. */
static void
end_earlier(struct osc_group *group, size_t i, enum osc_err err, const struct osc_detail *detail)
{
	*group->detail = *detail;
	osc_group_cut(group, i, err);
}

void
osc_group_lock(struct osc_group *group, size_t i)
{
	struct osc_session *session = group->session;
	struct osc_endpoint *endpoint = session->work[i].endpoint;
	bool alone = session->n_held == 0;
	struct osc_detail detail = {0};
	enum osc_err err;

	if (endpoint->held)
		return;
	err = alone ? osc_store_begin(endpoint->store, &detail)
		    : osc_store_try_begin(endpoint->store, &detail);
	if (err == OSC_OK) {
		endpoint->held = true;
		session->held[session->n_held++] = endpoint;
	} else {
		end_earlier(group, i, err == OSC_EBUSY && !alone ? OSC_OK : err, &detail);
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

void
osc_group_commit(struct osc_group *group)
{
	struct osc_session *session = group->session;
	struct osc_endpoint *endpoint;
	struct osc_detail detail = {0};
	enum osc_err err = OSC_OK;

	/* They were locked in the order of their first messages: after a failure
	 * nothing of the others will leave, so nothing of them is used up. */
	for (size_t k = 0; k < session->n_held; k++) {
		endpoint = session->held[k];
		if (err == OSC_OK) {
			err = osc_store_commit(endpoint->store, &detail);
			if (err != OSC_OK)
				end_earlier(group, first_of(group, endpoint), err, &detail);
		}
		osc_store_end(endpoint->store);
		endpoint->held = false;
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
osc_group_end(const struct osc_group *group, size_t *done)
{
	*done = group->n;
	return group->end;
}
