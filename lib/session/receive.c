/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <assert.h>

#include "base/secret.h"
#include "core/rewrite.h"
#include "session/errorreply.h"
#include "session/group.h"
#include "session/receive.h"
#include "session/search.h"

/* One message on its way in. */
struct receiving {
	struct osc_group *group;
	struct osc_session *session;
	size_t i;
	struct osc_work *work;
	struct osc_slice text;       /* the inner text, once the tag has verified */
	struct osc_receipt *receipt; /* of a response: the request that it belongs to */
	struct osc_detail detail;    /* of an error of its context */
};

/* CoAP, OSCORE option: everything that can be said without a context (8.2 and 8.4, steps 1
 * and 2). */
static enum osc_err
decode(struct receiving *r)
{
	const struct osc_session_options *options = &r->session->options;
	struct osc_unprotection *message = &r->work->message;
	struct osc_item *item = &r->group->items[r->i];
	enum osc_err err = osc_unprotect_decode(message, item->in, &item->where);

	if (err == OSC_ENOTOSCORE && message->outer.code == OSC_CODE_EMPTY &&
	    message->outer.type == OSC_COAP_RST)
		return OSC_ERESET;
	if (err != OSC_OK)
		return err;
	if (options->many && !osc_is_present(message->option.kid))
		return OSC_ENOCID;
	if (!message->is_request && options->requests == NULL)
		return OSC_ENOREQUEST;
	osc_buffer_cut(&r->session->scratch, 0);
	return osc_buffer_reserve(&r->session->scratch, message->outer.payload.len) != NULL
	    ? OSC_OK
	    : OSC_ENOMEM;
}

/* Is the message for this context? */
static enum osc_err
match(struct receiving *r, struct osc_endpoint *endpoint)
{
	struct osc_work *work = r->work;
	enum osc_err err;

	/* What another context has made of it says nothing here. */
	osc_wipe(r->session->scratch.ptr, r->text.len);
	r->text = osc_slice(NULL, 0);
	r->receipt = NULL;
	work->endpoint = endpoint;
	work->side = OSC_SIDE_PEER;
	work->bound = false;
	err = osc_unprotect_match(&work->message, &endpoint->context, OSC_SIDE_PEER);
	if (err == OSC_EKID &&
	    osc_unprotect_match(&work->message, &endpoint->context, OSC_SIDE_OWN) == OSC_OK)
		err = OSC_EKIDOWN;
	if (err == OSC_OK && work->message.is_request) {
		osc_unprotect_exchange(&work->exchange, &work->message);
		work->bound = true;
	}
	return err;
}

static enum osc_err
open_message(struct receiving *r, const struct osc_exchange *request)
{
	return osc_unprotect_open(&r->work->message, &r->work->endpoint->context, OSC_SIDE_PEER,
	    request, r->session->scratch.ptr, &r->text);
}

/* Which of the requests with its token has this side sent? The verdict over the first one if
 * it has sent none. */
static enum osc_err
check_receipts(struct receiving *r)
{
	struct osc_endpoint *endpoint = r->work->endpoint;
	enum osc_err err, first = OSC_OK;
	struct osc_receipt *receipt;
	bool any = false;

	for (size_t k = 0; k < r->work->n_receipts; k++) {
		receipt = &r->work->receipts[k];
		if (osc_buffer_reserve(&r->session->scratch, receipt->datagram.len) == NULL)
			return OSC_ENOMEM;
		err = osc_receipt_check(receipt, &endpoint->context, endpoint->serial, OSC_SIDE_OWN,
		    r->session->scratch.ptr);
		any = any || err == OSC_OK;
		first = k == 0 ? err : first;
	}
	return any ? OSC_OK : first;
}

/* Of these, the one under which the tag of a response verifies. If none does, the first one
 * binds it. */
static enum osc_err
open_response(struct receiving *r)
{
	struct osc_work *work = r->work;
	enum osc_err err = check_receipts(r);
	struct osc_receipt *receipt;
	size_t at = 0;

	if (err != OSC_OK)
		return err;
	while (r->receipt == NULL && (receipt = osc_work_receipt(work, &at)) != NULL) {
		if (open_message(r, &receipt->exchange) == OSC_OK)
			r->receipt = receipt;
		if (r->receipt != NULL || !work->bound)
			work->exchange = receipt->exchange;
		work->bound = true;
	}
	return r->receipt != NULL ? OSC_OK : OSC_ETAG;
}

static enum osc_err
open_with(struct receiving *r)
{
	enum osc_err err;

	if (r->work->message.is_request)
		return open_message(r, &r->work->exchange);
	err = osc_group_receipts(r->group, r->i, r->work->message.outer.token);
	return err == OSC_OK ? open_response(r) : err;
}

/* The one context: its window refuses what was received before, at no cost; a lost one
 * refuses later, since a forged message must stay a forged message. */
static enum osc_err
receive_in_one(struct receiving *r)
{
	struct osc_endpoint *endpoint = &r->session->one;
	enum osc_err err = osc_group_look(r->group, r->i);

	if (err == OSC_OK)
		err = match(r, endpoint);
	if (err == OSC_OK && r->work->message.is_request) {
		err = osc_group_lock(r->group, endpoint, &r->detail);
		if (err == OSC_OK &&
		    osc_window_check(&osc_store_state(endpoint->store)->window,
			r->work->exchange.piv.seq) == OSC_EREPLAY)
			err = OSC_EREPLAY;
	}
	return err == OSC_OK ? open_with(r) : err;
}

/* A message has verified in this one of many contexts: only now it may be used. A request
 * needs the lock, and so does the first message if a move is to be noted. */
static enum osc_err
admit(struct receiving *r, const struct osc_wanted *wanted)
{
	struct osc_endpoint *endpoint = r->work->endpoint;
	bool lock = r->work->message.is_request || (r->session->options.moved && !endpoint->looked);
	enum osc_err err = osc_contexts_use(&r->session->contexts, endpoint, wanted, &r->detail);

	if (err == OSC_OK)
		err = lock ? osc_group_lock(r->group, endpoint, &r->detail)
			   : osc_contexts_glance(&r->session->contexts, endpoint, &r->detail);
	return err;
}

/* The candidates one by one, until the tag verifies (3.3). OSC_EGONE if it does in one whose
 * directory is not what was loaded any more. */
static enum osc_err
open_among(struct receiving *r, struct osc_search *search)
{
	struct osc_endpoint *endpoint;
	enum osc_err err, first = OSC_OK;
	size_t tried = 0;

	while ((endpoint = osc_search_next(search)) != NULL) {
		err = match(r, endpoint);
		if (err == OSC_OK)
			err = open_with(r);
		if (err == OSC_OK)
			return admit(r, search->wanted);
		if (err == OSC_ENOMEM || r->i >= r->group->n)
			return err;
		first = tried++ == 0 ? err : first;
	}
	/* Where several fit, none is to blame. */
	if (tried != 1) {
		r->work->endpoint = NULL;
		r->work->bound = false;
	}
	err = osc_search_verdict(search);
	return err == OSC_ETAG ? first : err;
}

static enum osc_err
receive_among(struct receiving *r)
{
	struct osc_contexts *contexts = &r->session->contexts;
	struct osc_wanted wanted = osc_work_wanted(r->work, contexts->role);
	struct osc_search search;
	enum osc_err err = OSC_EGONE;
	bool again = true;

	osc_search_init(&search, contexts, &wanted);
	for (int k = 0; again && k < OSC_SEARCH_ATTEMPTS; k++) {
		err = open_among(r, &search);
		if (err == OSC_EGONE || err == OSC_ESETTINGS) {
			if (osc_contexts_drop(contexts, r->work->endpoint) != OSC_OK)
				err = OSC_ENOMEM;
			else
				osc_search_again(&search);
			r->work->endpoint = NULL;
		} else {
			again = err != OSC_OK && err != OSC_ENOMEM && r->text.len == 0 &&
			    osc_search_renew(&search);
			if (again)
				osc_search_again(&search);
		}
	}
	if (err != OSC_OK && r->detail.text[0] == '\0')
		r->detail = search.detail;
	osc_search_free(&search);
	osc_group_put_off(r->group, r->i, err);
	return err;
}

/*
 * Strike a verified request out (8.2 step 6). A lost window opens with the Echo of its
 * challenge, and with nothing else (B.1.2): from then on this number, and all below, count
 * as seen and answered.
 */
static enum osc_err
strike(struct osc_state *state, uint64_t seq, struct osc_slice text)
{
	struct osc_slice options, payload, echo;

	if (state->window.known || state->echo_len == 0)
		return osc_window_commit(&state->window, seq);
	if (osc_coap_split_body(&options, &payload, osc_slice(text.ptr + 1, text.len - 1), NULL) !=
		OSC_OK ||
	    !osc_option_find(options, OSC_OPT_ECHO, &echo) ||
	    !osc_slice_equal(echo, osc_slice(state->echo, sizeof(state->echo))))
		return OSC_EWINDOWLOST;
	osc_window_init(&state->window, state->window.size, seq);
	state->echo_len = 0;
	(void)osc_window_commit(&state->window, seq);
	osc_window_answer(&state->window, seq);
	return OSC_OK;
}

/* What is inside, and the plain message (8.2 step 7, 8.4 step 6). */
static enum osc_err
take_inner(struct receiving *r)
{
	const struct osc_unprotection *message = &r->work->message;
	struct osc_item *item = &r->group->items[r->i];
	struct osc_buffer *to = &r->session->out; /* room was made by the caller */
	struct osc_slice value;
	struct osc_inner inner = {0};
	enum osc_err err = osc_inner_decode(&inner, r->text, message->is_request, &item->where);

	if (err == OSC_OK && r->receipt != NULL)
		err = osc_receipt_accept(r->receipt,
		    osc_option_find(inner.options, OSC_OPT_OBSERVE, &value), &message->option.piv);
	if (err != OSC_OK)
		return err;
	item->out.ptr = to->ptr + to->len;
	item->out.len = osc_unprotect_write(to->ptr + to->len, item->in.len, message, &inner);
	to->len += item->out.len;
	return OSC_OK;
}

/*
 * The order is that of RFC 8613, 8.2 and 8.4: format, context, replay window, tag, window
 * again and struck out, inner message. Among many contexts the tag chooses the context, so
 * it comes before the window. Whatever is said of the inner message, the number is used.
 */
static enum osc_err
receive_one(struct receiving *r)
{
	enum osc_err err = decode(r);

	if (err == OSC_OK)
		err = r->session->options.many ? receive_among(r) : receive_in_one(r);
	assert(err != OSC_OK || r->work->endpoint != NULL);
	if (err == OSC_OK && r->work->message.is_request)
		err = strike(
		    osc_store_state(r->work->endpoint->store), r->work->exchange.piv.seq, r->text);
	if (err == OSC_OK)
		err = take_inner(r);
	osc_wipe(r->session->scratch.ptr, r->text.len);
	return err;
}

/* Make the answer to a refused request, if that is asked for. */
static enum osc_err
reply(struct osc_group *group, size_t i)
{
	struct osc_buffer *replies = &group->session->replies;
	struct osc_work *work = &group->session->work[i];
	enum osc_err err;

	if (!group->session->options.error_reply || group->items[i].err == OSC_OK)
		return OSC_OK;
	/* A protected answer only while its context is held. */
	if (osc_errorreply_protected(group->items[i].err) &&
	    (work->endpoint == NULL || !work->endpoint->held))
		return OSC_OK;
	err = osc_errorreply_write(work, group->items[i].err, replies->ptr + replies->len);
	replies->len += work->reply.len;
	if (err != OSC_OK)
		return osc_detail_set(
		    group->detail, err, NULL, "no random numbers are to be had from the system");
	return OSC_OK;
}

/* The peer has got the request, and its response comes separately (RFC 7252, 5.2.2). */
static bool
is_acknowledgement(const struct osc_session *session, const struct osc_item *item)
{
	struct osc_coap coap;

	return session->options.requests != NULL && item->in.len == OSC_COAP_HEADER &&
	    osc_coap_decode(&coap, item->in, NULL) == OSC_OK && coap.code == OSC_CODE_EMPTY &&
	    coap.type == OSC_COAP_ACK;
}

/* Item by item: what is behind the end of the group was not looked at. */
static void
receive_all(struct osc_group *group)
{
	struct osc_session *session = group->session;
	enum osc_err err;

	for (size_t i = 0; i < group->n; i++) {
		struct receiving r = {
		    .group = group, .session = session, .i = i, .work = &session->work[i]};

		err = group->items[i].err;
		if (err == OSC_OK && is_acknowledgement(session, &group->items[i])) {
			r.work->passed_over = true;
			continue;
		}
		if (err == OSC_OK)
			err = receive_one(&r);
		if (i >= group->n)
			return;
		if (err != OSC_OK)
			osc_group_refuse(group, i, err, &r.detail);
		err = i < group->n ? reply(group, i) : OSC_OK;
		if (err != OSC_OK)
			osc_group_cut(group, i, err);
	}
}

/* Room for all texts at once: the buffers must not move under the items. */
static bool
reserve(struct osc_group *group)
{
	struct osc_session *session = group->session;
	size_t room = 0;

	for (size_t i = 0; i < group->n; i++)
		room += group->items[i].in.len;
	return osc_group_reserve(group, &session->out, room) &&
	    (!session->options.error_reply ||
		osc_group_reserve(group, &session->replies, group->n * OSC_REPLY_MAX));
}

enum osc_err
osc_session_unprotect(struct osc_session *session, struct osc_item *items, size_t n, size_t *done,
    struct osc_detail *detail)
{
	struct osc_group group;
	enum osc_err err;

	*done = 0;
	err = osc_group_init(&group, session, items, n, detail);
	if (err != OSC_OK)
		return err;
	osc_group_move(&group);
	if (reserve(&group))
		receive_all(&group);
	osc_group_commit(&group);
	return osc_group_end(&group, done);
}
