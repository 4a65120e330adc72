/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <stdlib.h>

#include "base/secret.h"
#include "session/group.h"

void
osc_session_init(struct osc_session *session, const struct osc_session_options *options)
{
	memset(session, 0, sizeof(*session));
	session->options = *options;
}

void
osc_session_close(struct osc_session *session)
{
	osc_store_close(&session->store);
	osc_receipts_free(&session->receipts);
	osc_buffer_free(&session->out);
	osc_buffer_free(&session->scratch);
	free(session->work);
	free(session->jobs);
	session->work = NULL;
	session->jobs = NULL;
	session->work_cap = 0;
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
	session->out.len = session->scratch.len = 0;
	if (session->work_cap < n) {
		free(session->work);
		free(session->jobs);
		session->work = calloc(n, sizeof(*session->work));
		session->jobs = calloc(n, sizeof(*session->jobs));
		session->work_cap = n;
		if (session->work == NULL || session->jobs == NULL) {
			session->work_cap = 0;
			return osc_detail_set(detail, OSC_ENOMEM, NULL, "no memory");
		}
	}
	memset(session->work, 0, n * sizeof(*session->work));
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

/* Derive the keys. The info structure holds no secret, only its length varies. */
static enum osc_err
derive(struct osc_session *session, struct osc_detail *detail)
{
	const struct osc_params *params = osc_store_params(session->store);
	void *memory = osc_secret_alloc(osc_context_size(params->alg));
	uint8_t *scratch = malloc(OSC_INFO_MAX + params->id_context.len);
	enum osc_err err = OSC_OK;

	if (memory == NULL || scratch == NULL)
		err = osc_detail_set(detail, OSC_ENOMEM, NULL, "no memory");
	else
		osc_context_derive(&session->context, memory, params, scratch);
	free(scratch);
	return err;
}

/* A moved directory is accepted once, and marked at once, whatever becomes of the
 * messages: the next run must not need --moved again. */
static enum osc_err
settle_move(struct osc_session *session, struct osc_detail *detail)
{
	enum osc_err err;

	if (!session->options.moved || session->options.dry_run)
		return OSC_OK;
	err = osc_store_begin(session->store, detail);
	if (err == OSC_OK)
		err = osc_store_commit(session->store, detail);
	osc_store_end(session->store);
	return err;
}

void
osc_group_open(struct osc_group *group)
{
	struct osc_session *session = group->session;
	const struct osc_session_options *options = &session->options;
	size_t first = osc_group_first(group);
	enum osc_err err;

	if (session->store != NULL || (first == group->n && !options->moved))
		return;
	err = osc_store_open(&session->store, options->directory, options->role,
	    options->moved ? OSC_STORE_MOVED : 0, group->detail);
	if (err == OSC_OK)
		err = derive(session, group->detail);
	if (err == OSC_OK)
		err = settle_move(session, group->detail);
	if (err != OSC_OK) {
		osc_store_close(&session->store);
		osc_group_cut(group, first, err);
	}
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

bool
osc_group_begin(struct osc_group *group)
{
	enum osc_err err = osc_store_begin(group->session->store, group->detail);

	if (err != OSC_OK)
		osc_group_cut(group, osc_group_first(group), err);
	return err == OSC_OK;
}

enum osc_err
osc_group_commit(struct osc_group *group, size_t *done)
{
	enum osc_err err = osc_store_commit(group->session->store, group->detail);

	osc_store_end(group->session->store);
	if (err != OSC_OK)
		*done = 0;
	return err;
}
