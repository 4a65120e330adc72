/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <stdlib.h>

#include "base/secret.h"
#include "session/peek.h"

static struct osc_peeked_request *
set_of(struct osc_peeked *peeked, struct osc_slice token)
{
	uint32_t h = UINT32_C(2166136261); /* FNV-1a */

	for (size_t i = 0; i < token.len; i++)
		h = (h ^ token.ptr[i]) * UINT32_C(16777619);
	return peeked->sets[(h ^ h >> 16) % OSC_PEEKED_SETS];
}

static bool
has_token(const struct osc_peeked_request *request, struct osc_slice token)
{
	return request->used &&
	    osc_slice_equal(osc_slice(request->token, request->token_len), token);
}

/* A token that is used again stands for the later request. */
static void
remember(struct osc_peeked *peeked, const struct osc_work *work)
{
	struct osc_slice token = work->message.outer.token;
	struct osc_peeked_request *set = set_of(peeked, token);
	size_t at = 0;

	while (at < OSC_PEEKED_WAYS - 1 && !has_token(&set[at], token))
		at++;
	memmove(&set[1], &set[0], at * sizeof(*set));
	set[0].used = true;
	set[0].token_len = (uint8_t)token.len;
	osc_copy(set[0].token, token.ptr, token.len);
	set[0].side = work->report.side;
	set[0].exchange = work->report.exchange;
}

static const struct osc_peeked_request *
recall(struct osc_peeked *peeked, struct osc_slice token)
{
	const struct osc_peeked_request *set = set_of(peeked, token);

	for (size_t i = 0; i < OSC_PEEKED_WAYS; i++)
		if (has_token(&set[i], token))
			return &set[i];
	return NULL;
}

void
osc_peeked_free(struct osc_peeked *peeked)
{
	free(peeked);
}

static enum osc_side
other(enum osc_side side)
{
	return side == OSC_SIDE_OWN ? OSC_SIDE_PEER : OSC_SIDE_OWN;
}

/* Who protected the message, and what binds it? */
static enum osc_err
match(struct osc_peeked *peeked, struct osc_work *work)
{
	const struct osc_context *context = &work->endpoint->context;
	const struct osc_peeked_request *request;
	struct osc_report *report = &work->report;
	enum osc_err err;

	report->endpoint = work->endpoint;
	report->option = work->message.option;
	report->side = OSC_SIDE_PEER;
	if (work->message.is_request) {
		err = osc_unprotect_match(&work->message, context, OSC_SIDE_PEER);
		if (err == OSC_EKID) {
			report->side = OSC_SIDE_OWN;
			err = osc_unprotect_match(&work->message, context, OSC_SIDE_OWN);
		}
		if (err == OSC_OK)
			osc_unprotect_exchange(&report->exchange, &work->message);
	} else {
		request = recall(peeked, work->message.outer.token);
		if (request == NULL)
			return OSC_ENOEARLIER;
		report->side = other(request->side);
		report->exchange = request->exchange;
		err = osc_unprotect_match(&work->message, context, report->side);
	}
	report->bound = err == OSC_OK;
	return err;
}

static enum osc_err
peek_one(struct osc_session *session, struct osc_work *work, struct osc_item *item)
{
	const struct osc_context *context = &work->endpoint->context;
	struct osc_aead_job job;
	struct osc_inner inner;
	enum osc_err err = match(session->peeked, work);
	uint8_t *out = session->out.ptr + session->out.len;
	struct osc_slice text;
	size_t len;

	if (err != OSC_OK)
		return err;
	osc_unprotect_prepare(&work->message, context, work->report.side, &work->report.exchange,
	    session->scratch.ptr, &job);
	osc_aead_open(osc_unprotect_key(context, work->report.side), &job, 1);
	if (!job.ok)
		return OSC_ETAG;
	if (work->message.is_request)
		remember(session->peeked, work);
	text = osc_slice(job.out, job.in_len - context->alg->tag_len);
	err = osc_inner_decode(&inner, text, work->message.is_request, &item->where);
	if (err == OSC_OK) {
		len = osc_unprotect_write(out, item->in.len, &work->message, &inner);
		session->out.len += len;
		item->out = osc_slice(out, len);
	}
	osc_wipe(session->scratch.ptr, text.len);
	return err;
}

/* The first group opens the context; any side of it will do. */
static enum osc_err
open_context(struct osc_session *session, struct osc_detail *detail)
{
	const struct osc_session_options *options = &session->options;
	enum osc_err err = OSC_OK;

	if (session->opened)
		return OSC_OK;
	err = osc_endpoint_open(
	    &session->one, options->directory, options->role, OSC_STORE_STATIC, detail);
	if (err == OSC_ENOROLE)
		err = osc_endpoint_open(
		    &session->one, options->directory, OSC_ROLE_CLIENT, OSC_STORE_STATIC, detail);
	session->opened = err == OSC_OK;
	return err;
}

/* The good messages need a context, those that are not protected do not. */
static void
peek_all(struct osc_group *group)
{
	struct osc_session *session = group->session;
	struct osc_item *item;
	struct osc_work *work;
	enum osc_err err;

	for (size_t i = 0; i < group->n; i++) {
		item = &group->items[i];
		work = &session->work[i];
		err = item->err;
		if (err == OSC_OK)
			err = osc_unprotect_decode(&work->message, item->in, &item->where);
		if (err == OSC_ENOTOSCORE) {
			item->out = item->in;
			continue;
		}
		if (err == OSC_OK) {
			err = open_context(session, group->detail);
			if (err != OSC_OK) {
				osc_group_cut(group, i, err);
				return;
			}
			work->endpoint = &session->one;
			err = peek_one(session, work, item);
		}
		if (err != OSC_OK)
			osc_group_refuse(group, i, err);
	}
}

enum osc_err
osc_session_peek(struct osc_session *session, struct osc_item *items, size_t n, size_t *done,
    struct osc_detail *detail)
{
	struct osc_group group;
	size_t room = 0, longest = 0;
	enum osc_err err;

	*done = 0;
	err = osc_group_init(&group, session, items, n, detail);
	if (err != OSC_OK)
		return err;
	if (session->peeked == NULL)
		session->peeked = calloc(1, sizeof(*session->peeked));
	if (session->peeked == NULL)
		return osc_detail_set(detail, OSC_ENOMEM, NULL, "no memory");
	for (size_t i = 0; i < n; i++) {
		room += items[i].in.len;
		longest = items[i].in.len > longest ? items[i].in.len : longest;
	}
	if (osc_group_reserve(&group, &session->out, room) &&
	    osc_group_reserve(&group, &session->scratch, longest))
		peek_all(&group);
	return osc_group_end(&group, done);
}
