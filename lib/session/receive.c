/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <assert.h>

#include "base/secret.h"
#include "core/rewrite.h"
#include "session/errorreply.h"
#include "session/opening.h"
#include "session/rederive.h"
#include "session/receive.h"
#include "session/search.h"

/* What was received before is refused at no cost: in the one context. Among many the tag says
 * first which it is. */
static enum osc_err
check_window(const struct osc_receiving *r)
{
	if (!r->work->message.is_request || r->session->options.many ||
	    osc_window_check(&osc_store_state(r->work->endpoint->store)->window,
		r->work->exchange.piv.seq) != OSC_EREPLAY)
		return OSC_OK;
	return OSC_EREPLAY;
}

/* Where keys may be derived anew, the message is under one of several (B.2). Only what is
 * under keys that are in use, or come into use, may have been received before. */
static enum osc_err
open_under(struct osc_receiving *r, struct osc_endpoint *endpoint)
{
	struct osc_attempts attempts;
	const struct osc_attempt *attempt;
	enum osc_err err;

	r->attempt.step = OSC_STEP_NONE;
	err = osc_rederive_plan(&attempts, r->group, r->i, endpoint, r->detail);

	r->work->endpoint = endpoint;
	if (err != OSC_OK)
		return err;
	do {
		attempt = &attempts.list[attempts.at];
		r->matched = NULL;
		err = osc_rederive_next(&attempts, r->work, endpoint);
		if (err == OSC_OK)
			err = osc_receiving_match(r, endpoint);
		if (err == OSC_OK &&
		    (attempt->step == OSC_STEP_NONE || attempt->step == OSC_STEP_CONFIRM))
			err = check_window(r);
		if (err == OSC_OK)
			err = osc_receiving_open(r);
		if (err == OSC_OK)
			r->attempt = *attempt;
	} while (err != OSC_OK && osc_rederive_failed(&attempts, err));
	if (r->session->options.explain)
		osc_rederive_note(r->work);
	if (err == OSC_OK || err == OSC_ENOMEM)
		return err;
	/* What was derived for a forged message must not stay. */
	osc_endpoint_forget(endpoint);
	err = osc_endpoint_choose(endpoint);
	return err == OSC_OK ? attempts.verdict : err;
}

/* The one context: its window refuses what was received before, at no cost; a lost one
 * refuses later, since a forged message must stay a forged message. */
static enum osc_err
receive_in_one(struct osc_receiving *r)
{
	struct osc_endpoint *endpoint = &r->session->one;
	enum osc_err err = osc_group_look(r->group, r->i);

	if (err == OSC_OK && osc_endpoint_rederives(endpoint))
		return open_under(r, endpoint);
	if (err == OSC_OK)
		err = osc_receiving_match(r, endpoint);
	if (err == OSC_OK && r->work->message.is_request)
		err = osc_group_lock(r->group, endpoint, r->detail);
	if (err == OSC_OK)
		err = check_window(r);
	return err == OSC_OK ? osc_receiving_open(r) : err;
}

/* A message has verified in this one of many contexts: only now it may be used. A request
 * needs the lock, and so does the first message if a move is to be noted. Where keys may be
 * derived anew each does: and those in use may be others when it is held. */
static enum osc_err
admit(struct osc_receiving *r, const struct osc_wanted *wanted)
{
	struct osc_endpoint *endpoint = r->work->endpoint;
	bool again = osc_endpoint_rederives(endpoint) && !endpoint->held;
	bool lock = again || r->work->message.is_request ||
	    (r->session->options.moved && !endpoint->looked);
	enum osc_err err = osc_contexts_use(&r->session->contexts, endpoint, wanted, r->detail);

	if (err == OSC_OK)
		err = lock ? osc_group_lock(r->group, endpoint, r->detail)
			   : osc_contexts_glance(&r->session->contexts, endpoint, r->detail);
	return err == OSC_OK && again ? open_under(r, endpoint) : err;
}

static enum osc_err
open_candidate(struct osc_receiving *r, struct osc_endpoint *endpoint)
{
	enum osc_err err;

	if (osc_endpoint_rederives(endpoint))
		return open_under(r, endpoint);
	err = osc_receiving_match(r, endpoint);
	return err == OSC_OK ? osc_receiving_open(r) : err;
}

/* The candidates one by one, until the tag verifies (3.3). OSC_EGONE if it does in one whose
 * directory is not what was loaded any more. */
static enum osc_err
open_among(struct osc_receiving *r, struct osc_search *search)
{
	struct osc_endpoint *endpoint;
	enum osc_err err, first = OSC_OK, unusable = OSC_OK;
	size_t tried = 0;

	while ((endpoint = osc_search_next(search)) != NULL) {
		err = open_candidate(r, endpoint);
		if (err == OSC_OK)
			return admit(r, search->wanted);
		if (err == OSC_ENOMEM || err == OSC_EGONE || err == OSC_ESETTINGS ||
		    r->i >= r->group->n)
			return err;
		if (osc_err_status(err) == 1 || osc_err_status(err) == 7)
			unusable = err;
		first = tried++ == 0 ? err : first;
	}
	if (unusable != OSC_OK)
		return unusable;
	/* Where several fit, none is to blame. */
	if (tried != 1) {
		r->work->endpoint = NULL;
		r->work->bound = false;
	}
	err = osc_search_verdict(search);
	return err == OSC_ETAG ? first : err;
}

static enum osc_err
receive_among(struct osc_receiving *r)
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
	if (err != OSC_OK && r->detail->text[0] == '\0')
		*r->detail = search.detail;
	r->work->tried = osc_search_tried(&search);
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
take_inner(struct osc_receiving *r)
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
receive_one(struct osc_receiving *r)
{
	enum osc_err err = r->decoded;

	if (err == OSC_OK)
		err = r->session->options.many ? receive_among(r) : receive_in_one(r);
	assert(err != OSC_OK || r->work->endpoint != NULL);
	/* What will be refused takes no step. */
	if (err == OSC_OK && r->attempt.step != OSC_STEP_NONE && r->receipt != NULL &&
	    r->receipt->same->answered)
		err = OSC_EANSWERED;
	if (err == OSC_OK && r->attempt.step != OSC_STEP_NONE)
		err = osc_rederive_settle(&r->attempt, r->group, r->i, r->text, r->detail);
	if (err == OSC_OK && r->work->message.is_request)
		err = strike(
		    osc_store_state(r->work->endpoint->store), r->work->exchange.piv.seq, r->text);
	if (err == OSC_OK)
		err = take_inner(r);
	if (r->text.ptr == r->session->scratch.ptr)
		osc_wipe(r->session->scratch.ptr, r->text.len);
	return err;
}

/* Make the answer to a refused request. */
OSC_RARE static enum osc_err
reply(struct osc_group *group, size_t i)
{
	struct osc_session *session = group->session;
	struct osc_buffer *replies = &session->replies;
	struct osc_work *work = &session->work[i];
	bool protect = osc_errorreply_protected(group->items[i].err);
	struct osc_detail detail = {0};
	enum osc_err err = OSC_OK;

	/* A protected answer only while its context is held. */
	if (protect && (work->endpoint == NULL || !work->endpoint->held))
		return OSC_OK;
	if (protect && session->options.many)
		err = osc_contexts_number(&session->contexts, work->endpoint, &detail);
	if (err != OSC_OK) {
		osc_group_refuse(group, i, err, &detail);
		return OSC_OK;
	}
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

/*
 * What a message is opened with before it is its turn: nothing is asked for, locked or noted,
 * and nothing is lost if it is wrong. False if there is nothing to go by.
 */
static bool
guess(struct osc_receiving *r)
{
	struct osc_session *session = r->session;
	struct osc_work *work = r->work;
	struct osc_endpoint *endpoint = &session->one;

	if (session->options.many) {
		struct osc_wanted wanted = osc_work_wanted(work, session->contexts.role);

		endpoint = osc_contexts_recent(&session->contexts, &wanted);
	}
	if (endpoint == NULL || osc_endpoint_rederives(endpoint) ||
	    osc_receiving_match(r, endpoint) != OSC_OK)
		return false;
	r->guessed = endpoint;
	r->guessed_request = &work->exchange;
	if (work->message.is_request)
		return true;
	if (!session->have_receipts ||
	    osc_group_receipts(r->group, r->i, work->message.outer.token) != OSC_OK ||
	    work->n_receipts != 1 || osc_receiving_check_receipts(r) != OSC_OK)
		return false;
	r->guessed_request = &work->receipts->exchange;
	return true;
}

/* Take a message apart, and lay it down to be opened with others: its text gets a place in
 * `texts`. */
static void
arrive(struct osc_receiving *r, struct osc_aead_job *jobs, size_t *n, struct osc_buffer *texts)
{
	const struct osc_item *item = &r->group->items[r->i];
	const struct osc_unprotection *message = &r->work->message;

	if (item->err == OSC_OK && is_acknowledgement(r->session, item))
		r->work->passed_over = true;
	r->decoded =
	    item->err == OSC_OK && !r->work->passed_over ? osc_receiving_decode(r) : item->err;
	if (r->decoded != OSC_OK || r->work->passed_over || !guess(r))
		return;
	osc_unprotect_prepare(message, &r->guessed->context, OSC_SIDE_PEER, r->guessed_request,
	    texts->ptr + texts->len, &jobs[*n]);
	texts->len += message->outer.payload.len;
	r->guess = &jobs[(*n)++];
}

/* Each by itself, in order. False if the group has ended before or behind it. */
static bool
settle(struct osc_receiving *r)
{
	struct osc_group *group = r->group;
	size_t i = r->i;
	enum osc_err err;

	if (r->work->passed_over)
		return true;
	err = receive_one(r);
	if (i >= group->n)
		return false;
	if (err != OSC_OK)
		osc_group_refuse(group, i, err, r->detail);
	r->detail->text[0] = r->detail->path[0] = r->detail->hint[0] = '\0';
	if (err != OSC_OK && i < group->n && group->session->options.error_reply) {
		err = reply(group, i);
		if (err != OSC_OK)
			osc_group_cut(group, i, err);
	}
	return i + 1 < group->n;
}

/* Member by member: of the attempt only the step counts yet. */
static void
begin(struct osc_receiving *r, struct osc_group *group, size_t i, struct osc_detail *detail)
{
	r->group = group;
	r->session = group->session;
	r->i = i;
	r->work = osc_group_work(group, i);
	r->decoded = OSC_OK;
	r->guess = NULL;
	r->guessed = NULL;
	r->guessed_request = NULL;
	r->matched = NULL;
	r->text = osc_slice(NULL, 0);
	r->receipt = NULL;
	r->attempt.step = OSC_STEP_NONE;
	r->detail = detail;
}

/* As many as are opened at once. What is behind the end of the group is not judged. */
static void
receive_some(struct osc_group *group, size_t from, size_t n)
{
	struct osc_session *session = group->session;
	struct osc_buffer *texts = &session->texts;
	struct osc_receiving *batch = session->receiving;
	struct osc_detail detail = {0};
	size_t jobs = 0, k;

	osc_buffer_cut(texts, 0);
	for (k = 0; k < n; k++) {
		begin(&batch[k], group, from + k, &detail);
		arrive(&batch[k], session->jobs, &jobs, texts);
	}
	osc_aead_open(session->jobs, jobs);
	for (k = 0; k < n && settle(&batch[k]); k++)
		;
	osc_wipe(texts->ptr, texts->len);
}

static void
receive_all(struct osc_group *group)
{
	size_t n;

	for (size_t from = 0; from < group->n; from += n) {
		n = group->n - from < OSC_BATCH ? group->n - from : OSC_BATCH;
		receive_some(group, from, n);
	}
}

/* Room for all texts at once: the buffers must not move under the items. */
static bool
reserve(struct osc_group *group)
{
	struct osc_session *session = group->session;
	size_t room = 0, most = 0, some = 0;

	for (size_t i = 0; i < group->n; i++) {
		room += group->items[i].in.len;
		some = i % OSC_BATCH == 0 ? 0 : some;
		some += group->items[i].in.len;
		most = some > most ? some : most;
	}
	if (osc_receiving_batch(session) == NULL) {
		osc_group_cut(
		    group, 0, osc_detail_set(group->detail, OSC_ENOMEM, NULL, "no memory"));
		return false;
	}
	return osc_group_reserve(group, &session->out, room) &&
	    osc_group_reserve(group, &session->texts, most) &&
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
