/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <stdlib.h>

#include "base/hash.h"
#include "base/secret.h"
#include "session/group.h"
#include "session/peek.h"
#include "session/rederive.h"
#include "session/search.h"

/* The requests of a conversation that is looked at, by token. */
struct osc_peeked_request {
	/* In its chain, later requests before earlier ones: positions, from 1; 0 for none. */
	uint32_t before, behind;
	uint8_t token_len;
	uint8_t token[OSC_TOKEN_MAX];
	enum osc_side side; /* who sent it */
	struct osc_exchange exchange;
	struct osc_endpoint *endpoint; /* in which it verified; NULL if that is gone */
	struct osc_keys *keys;         /* under which; NULL: those of the settings */
};

/* A ring, and a hash table with chains over it. A chain begins with the latest. */
struct osc_peeked {
	struct osc_siphash_key siphash;
	uint64_t count; /* of all requests so far */
	uint32_t chains[OSC_PEEKED_MAX];
	struct osc_peeked_request ring[OSC_PEEKED_MAX];
};

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
remember(struct osc_peeked *peeked, const struct osc_work *work, struct osc_keys *keys)
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
	request->endpoint = work->endpoint;
	request->keys = keys;
	chain = chain_of(peeked, token);
	request->before = 0;
	request->behind = *chain;
	if (*chain != 0)
		peeked->ring[*chain - 1].before = position;
	*chain = position;
}

static bool
is_there(const struct osc_peeked_request *request)
{
	return request->endpoint != NULL && !request->endpoint->gone;
}

/* The request before `after` with this token; NULL: the latest. */
static const struct osc_peeked_request *
recall(struct osc_peeked *peeked, struct osc_slice token, const struct osc_peeked_request *after)
{
	const struct osc_peeked_request *request;

	for (uint32_t at = after != NULL ? after->behind : *chain_of(peeked, token); at != 0;
	     at = request->behind) {
		request = &peeked->ring[at - 1];
		if (osc_slice_equal(token_of(request), token) && is_there(request))
			return request;
	}
	return NULL;
}

/* Before the contexts that are gone are freed. */
static void
forget_gone(struct osc_peeked *peeked)
{
	for (size_t i = 0; i < OSC_PEEKED_MAX; i++)
		if (!is_there(&peeked->ring[i]))
			peeked->ring[i].endpoint = NULL;
}

/* A response is under the context of its request. */
static void
keep_all(const struct osc_peeked *peeked, const struct osc_contexts *contexts)
{
	for (size_t i = 0; i < OSC_PEEKED_MAX; i++)
		if (peeked->ring[i].endpoint != NULL)
			osc_contexts_keep(contexts, peeked->ring[i].endpoint);
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

/* One message that is looked at. */
struct looking {
	struct osc_session *session;
	struct osc_work *work;
	struct osc_slice text;
	struct osc_keys *keys; /* of a request, if they are not those of the settings */
	struct osc_detail detail;
};

/* Does it verify in this context as a message of this side? */
static enum osc_err
open_as(struct looking *l, struct osc_endpoint *endpoint, enum osc_side side)
{
	struct osc_work *work = l->work;
	enum osc_err err = osc_unprotect_match(&work->message, endpoint->active, side);

	work->endpoint = endpoint;
	work->side = side;
	if (err == OSC_OK && work->message.is_request)
		osc_unprotect_exchange(&work->exchange, &work->message);
	work->bound = err == OSC_OK;
	return err == OSC_OK ? osc_unprotect_open(&work->message, endpoint->active, side,
				   &work->exchange, l->session->scratch.ptr, &l->text)
			     : err;
}

/* By its kid a request is of either side. */
static enum osc_err
open_request(struct looking *l, struct osc_endpoint *endpoint)
{
	enum osc_err err = open_as(l, endpoint, OSC_SIDE_PEER);

	return err == OSC_EKID ? open_as(l, endpoint, OSC_SIDE_OWN) : err;
}

/* Under these keys; they stay if it verifies. */
static enum osc_err
open_under(struct looking *l, struct osc_endpoint *endpoint, struct osc_keys *keys)
{
	enum osc_err err;

	if (keys == NULL)
		return OSC_ENOMEM;
	osc_endpoint_activate(endpoint, keys, false);
	err = open_request(l, endpoint);
	if (err == OSC_OK) {
		keys->kept = true;
		l->keys = keys;
	} else {
		osc_endpoint_drop(endpoint, keys);
	}
	return err;
}

/* Where keys are derived anew the kid context says which, wrapped or as it is; without one
 * they are any of those that were seen (B.2). */
static enum osc_err
open_request_anew(struct looking *l, struct osc_endpoint *endpoint)
{
	struct osc_slice kid_context = l->work->message.option.kid_context, x;
	enum osc_err err, first;

	osc_endpoint_activate(endpoint, NULL, false);
	err = first = open_request(l, endpoint);
	if (err == OSC_OK || err == OSC_EKID || !osc_endpoint_rederives(endpoint))
		return err;
	if (osc_rederive_unwrap(&x, kid_context))
		err = open_under(l, endpoint, osc_endpoint_keys(endpoint, x));
	if (err != OSC_OK && err != OSC_ENOMEM && osc_is_present(kid_context))
		err = open_under(l, endpoint, osc_endpoint_keys(endpoint, kid_context));
	if (!osc_is_present(kid_context))
		for (struct osc_keys *keys = endpoint->derived; keys != NULL && err != OSC_OK;
		     keys = keys->next)
			err = open_under(l, endpoint, keys);
	return err == OSC_OK || err == OSC_ENOMEM ? err : first;
}

static enum osc_err
open_request_among(struct looking *l)
{
	struct osc_contexts *contexts = &l->session->contexts;
	struct osc_wanted wanted = osc_work_wanted(l->work, contexts->role);
	struct osc_endpoint *endpoint;
	struct osc_search search;
	enum osc_err err = OSC_ETAG;
	size_t tried = 0;

	wanted.both = true;
	osc_search_init(&search, contexts, &wanted);
	while (err != OSC_OK && (endpoint = osc_search_next(&search)) != NULL) {
		err = open_request_anew(l, endpoint);
		tried++;
	}
	/* Only for the order of the next search: two with one key do no harm here. */
	if (err == OSC_OK)
		(void)osc_contexts_use(contexts, endpoint, &wanted, NULL);
	if (err != OSC_OK && tried != 1) {
		l->work->endpoint = NULL;
		l->work->bound = false;
	}
	if (err != OSC_OK) {
		err = osc_search_verdict(&search);
		l->detail = search.detail;
		l->work->tried = osc_search_tried(&search);
	}
	osc_search_free(&search);
	return err;
}

/* Under the keys of its request; or it is a response #1, and R2 is in its kid context (B.2). */
static enum osc_err
open_answer(struct looking *l, const struct osc_peeked_request *request)
{
	struct osc_endpoint *endpoint = request->endpoint;
	struct osc_slice kid_context = l->work->message.option.kid_context, r2;
	struct osc_keys *second = NULL;
	enum osc_err err;

	osc_endpoint_activate(endpoint, request->keys, false);
	err = open_as(l, endpoint, other(request->side));
	if (err != OSC_EKIDCONTEXT || !osc_endpoint_rederives(endpoint) ||
	    !osc_rederive_unwrap(&r2, kid_context))
		return err;
	second = osc_rederive_second(endpoint, r2, endpoint->active->id_context);
	if (second == NULL)
		return OSC_ENOMEM;
	osc_endpoint_join(endpoint, request->keys, second, request->side, kid_context);
	l->work->exchange = request->exchange;
	err = open_as(l, endpoint, other(request->side));
	if (l->session->options.explain)
		osc_rederive_note(l->work);
	osc_endpoint_drop(endpoint, second);
	return err;
}

/* The latest request with its token, or, as long as the tag does not verify, one before: a
 * token is used again for a cancellation, by the other side, or since it is empty. If none
 * verifies, the latest binds it. */
static enum osc_err
open_response(struct looking *l)
{
	struct osc_slice token = l->work->message.outer.token;
	const struct osc_peeked_request *request = NULL, *latest = NULL;
	enum osc_err err = OSC_ENOEARLIER, first = OSC_ENOEARLIER;

	for (int tries = 0; err != OSC_OK && tries < OSC_PEEKED_TRIES; tries++) {
		request = recall(l->session->peeked, token, request);
		if (request == NULL)
			break;
		l->work->exchange = request->exchange;
		err = open_answer(l, request);
		if (latest == NULL) {
			latest = request;
			first = err;
		}
	}
	if (err == OSC_OK || latest == NULL)
		return err;
	l->work->exchange = latest->exchange;
	l->work->endpoint = latest->endpoint;
	l->work->side = other(latest->side);
	return first;
}

static enum osc_err
peek_one(struct looking *l, struct osc_item *item)
{
	struct osc_session *session = l->session;
	struct osc_work *work = l->work;
	uint8_t *out = session->out.ptr + session->out.len;
	struct osc_inner inner;
	enum osc_err err;

	if (!work->message.is_request)
		err = open_response(l);
	else if (session->options.many)
		err = open_request_among(l);
	else
		err = open_request_anew(l, &session->one);
	if (work->endpoint != NULL && session->options.explain)
		osc_rederive_note(work);
	if (err != OSC_OK)
		return err;
	if (work->message.is_request)
		remember(session->peeked, work, l->keys);
	err = osc_inner_decode(&inner, l->text, work->message.is_request, &item->where);
	if (err == OSC_OK) {
		item->out =
		    osc_slice(out, osc_unprotect_write(out, item->in.len, &work->message, &inner));
		session->out.len += item->out.len;
	}
	osc_wipe(session->scratch.ptr, l->text.len);
	return err;
}

/* What is not protected passes as it is, and so does everything without a context. */
static void
peek_all(struct osc_group *group)
{
	struct osc_session *session = group->session;
	struct osc_item *item;
	enum osc_err err;

	for (size_t i = 0; i < group->n; i++) {
		struct looking l = {.session = session, .work = osc_group_work(group, i)};

		item = &group->items[i];
		err = item->err;
		if (err == OSC_OK)
			err = osc_unprotect_decode(&l.work->message, item->in, &item->where);
		if (err == OSC_ENOTOSCORE ||
		    (err == OSC_OK && session->options.directory == NULL)) {
			l.work->unverified = err == OSC_OK;
			item->out = item->in;
			continue;
		}
		if (err == OSC_OK)
			err = peek_one(&l, item);
		if (err != OSC_OK)
			osc_group_refuse(group, i, err, &l.detail);
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
	if (session->peeked != NULL && session->contexts.n_gone > 0)
		forget_gone(session->peeked);
	if (session->peeked != NULL && osc_contexts_full(&session->contexts))
		keep_all(session->peeked, &session->contexts);
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
