/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <stdlib.h>

#include "base/secret.h"
#include "session/peek.h"

static uint32_t *
chain_of(struct osc_peeked *peeked, struct osc_slice token)
{
	return &peeked->chains[osc_siphash(&peeked->siphash, token) % OSC_PEEKED_MAX];
}

static struct osc_slice
token_of(const struct osc_peeked_request *request)
{
	return osc_slice(request->token, request->token_len);
}

/* The oldest makes room; nothing is behind it in its chain. */
static void
forget(struct osc_peeked *peeked, const struct osc_peeked_request *request)
{
	if (request->before != 0)
		peeked->ring[request->before - 1].behind = 0;
	else
		*chain_of(peeked, token_of(request)) = 0;
}

static void
remember(struct osc_peeked *peeked, const struct osc_work *work)
{
	struct osc_slice token = work->message.outer.token;
	uint32_t position = (uint32_t)(peeked->count % OSC_PEEKED_MAX) + 1, *chain;
	struct osc_peeked_request *request = &peeked->ring[position - 1];

	if (peeked->count++ >= OSC_PEEKED_MAX)
		forget(peeked, request);
	request->token_len = (uint8_t)token.len;
	osc_copy(request->token, token.ptr, token.len);
	request->side = work->side;
	request->exchange = work->exchange;
	chain = chain_of(peeked, token);
	request->before = 0;
	request->behind = *chain;
	if (*chain != 0)
		peeked->ring[*chain - 1].before = position;
	*chain = position;
}

/* A token that is used again stands for the later request. */
static const struct osc_peeked_request *
recall(struct osc_peeked *peeked, struct osc_slice token)
{
	const struct osc_peeked_request *request;

	for (uint32_t at = *chain_of(peeked, token); at != 0; at = request->behind) {
		request = &peeked->ring[at - 1];
		if (osc_slice_equal(token_of(request), token))
			return request;
	}
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
	enum osc_err err;

	work->side = OSC_SIDE_PEER;
	if (work->message.is_request) {
		err = osc_unprotect_match(&work->message, context, OSC_SIDE_PEER);
		if (err == OSC_EKID) {
			work->side = OSC_SIDE_OWN;
			err = osc_unprotect_match(&work->message, context, OSC_SIDE_OWN);
		}
		if (err == OSC_OK)
			osc_unprotect_exchange(&work->exchange, &work->message);
	} else {
		request = recall(peeked, work->message.outer.token);
		if (request == NULL)
			return OSC_ENOEARLIER;
		work->side = other(request->side);
		work->exchange = request->exchange;
		err = osc_unprotect_match(&work->message, context, work->side);
	}
	work->bound = err == OSC_OK;
	return err;
}

static enum osc_err
peek_one(struct osc_session *session, struct osc_work *work, struct osc_item *item)
{
	struct osc_inner inner;
	enum osc_err err = match(session->peeked, work);
	uint8_t *out = session->out.ptr + session->out.len;
	struct osc_slice text;
	size_t len;

	if (err == OSC_OK)
		err = osc_unprotect_open(&work->message, &work->endpoint->context, work->side,
		    &work->exchange, session->scratch.ptr, &text);
	if (err != OSC_OK)
		return err;
	if (work->message.is_request)
		remember(session->peeked, work);
	err = osc_inner_decode(&inner, text, work->message.is_request, &item->where);
	if (err == OSC_OK) {
		len = osc_unprotect_write(out, item->in.len, &work->message, &inner);
		session->out.len += len;
		item->out = osc_slice(out, len);
	}
	osc_wipe(session->scratch.ptr, text.len);
	return err;
}

/* The good messages need a context, those that are not protected do not. */
static void
peek_all(struct osc_group *group)
{
	struct osc_session *session = group->session;
	const struct osc_detail none = {0};
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
			work->endpoint = &session->one;
			err = peek_one(session, work, item);
		}
		if (err != OSC_OK)
			osc_group_refuse(group, i, err, &none);
	}
}

static enum osc_err
make_peeked(struct osc_peeked **peeked, struct osc_detail *detail)
{
	*peeked = calloc(1, sizeof(**peeked));
	if (*peeked == NULL)
		return osc_detail_set(detail, OSC_ENOMEM, NULL, "no memory");
	if (osc_siphash_key(&(*peeked)->siphash))
		return OSC_OK;
	osc_peeked_free(*peeked);
	*peeked = NULL;
	return osc_detail_set(
	    detail, OSC_EIO, NULL, "no random numbers are to be had from the system");
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
	if (session->peeked == NULL) {
		err = make_peeked(&session->peeked, detail);
		if (err != OSC_OK)
			return err;
	}
	for (size_t i = 0; i < n; i++) {
		room += items[i].in.len;
		longest = items[i].in.len > longest ? items[i].in.len : longest;
	}
	if (osc_group_reserve(&group, &session->out, room) &&
	    osc_group_reserve(&group, &session->scratch, longest))
		peek_all(&group);
	return osc_group_end(&group, done);
}
