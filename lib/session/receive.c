/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "base/secret.h"
#include "session/errorreply.h"
#include "session/group.h"
#include "session/resolve.h"

/* CoAP, OSCORE option: everything that can be said without a context. */
static void
decode(struct osc_group *group)
{
	struct osc_item *item;
	struct osc_unprotection *message;
	enum osc_err err;

	for (size_t i = 0; i < group->n; i++) {
		item = &group->items[i];
		message = &group->session->work[i].message;
		err = item->err;
		if (err == OSC_OK)
			err = osc_unprotect_decode(message, item->in, &item->where);
		if (err == OSC_OK && !message->is_request &&
		    group->session->options.request == NULL)
			err = group->session->options.many && !osc_is_present(message->option.kid)
			    ? OSC_ENOCID
			    : OSC_ENOREQUEST;
		if (err != OSC_OK)
			osc_group_refuse(group, i, err);
	}
}

/* Requests strike numbers out; a response changes no state. */
static bool
lock_all(struct osc_group *group)
{
	bool any = false;

	for (size_t i = 0; i < group->n; i++) {
		if (group->items[i].err != OSC_OK || !group->session->work[i].message.is_request)
			continue;
		osc_group_lock(group, i);
		any = true;
	}
	return any;
}

/* Open all that the window does not refuse already. A lost window refuses later:
 * a forged message must stay a forged message. */
static void
open_all(struct osc_group *group)
{
	struct osc_session *session = group->session;
	const struct osc_endpoint *endpoint = NULL;
	uint8_t *to = session->scratch.ptr + session->scratch.len;
	struct osc_work *work;
	size_t from = 0, jobs = 0, at;

	for (size_t i = 0; i < group->n; i++) {
		work = &session->work[i];
		at = 0;
		if (group->items[i].err != OSC_OK)
			continue;
		if (work->message.is_request &&
		    osc_window_check(&osc_store_state(work->endpoint->store)->window,
			work->report.exchange.piv.seq) == OSC_EREPLAY) {
			osc_group_refuse(group, i, OSC_EREPLAY);
			continue;
		}
		/* Jobs of one key go together. */
		if (endpoint != NULL && endpoint != work->endpoint) {
			osc_aead_open(
			    endpoint->context.recipient_key, session->jobs + from, jobs - from);
			from = jobs;
		}
		endpoint = work->endpoint;
		work->job = &session->jobs[jobs++];
		osc_unprotect_prepare(&work->message, &endpoint->context, OSC_SIDE_PEER,
		    work->message.is_request ? &work->report.exchange
					     : &osc_resolve_receipt(work, &at)->exchange,
		    to, work->job);
		to += work->message.outer.payload.len;
	}
	session->scratch.len = (size_t)(to - session->scratch.ptr);
	if (jobs > from)
		osc_aead_open(endpoint->context.recipient_key, session->jobs + from, jobs - from);
}

/* The request under which the tag of a response verifies. */
static struct osc_receipt *
find_receipt(struct osc_work *work)
{
	size_t at = 0;
	struct osc_receipt *receipt = osc_resolve_receipt(work, &at);
	uint8_t *to = work->job->out;

	work->report.exchange = receipt->exchange; /* tried first, if none is the right one */
	while (!work->job->ok) {
		receipt = osc_resolve_receipt(work, &at);
		if (receipt == NULL)
			return NULL;
		osc_unprotect_prepare(&work->message, &work->endpoint->context, OSC_SIDE_PEER,
		    &receipt->exchange, to, work->job);
		osc_aead_open(work->endpoint->context.recipient_key, work->job, 1);
	}
	work->report.exchange = receipt->exchange;
	return receipt;
}

/* Strike a verified request out. A lost window opens with the Echo of its
 * challenge, and with nothing else (B.1.2): from then on this number, and all
 * below, count as seen and answered. */
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

/* What becomes of one opened message: the tag, the window, the inner text, in
 * this order (8.2 step 6). */
static enum osc_err
settle(struct osc_session *session, struct osc_work *work, struct osc_item *item)
{
	struct osc_receipt *receipt = NULL;
	struct osc_slice text, value;
	struct osc_inner inner = {0};
	enum osc_err err = OSC_OK;
	size_t len;
	uint8_t *out;

	if (!work->message.is_request)
		receipt = find_receipt(work);
	else if (osc_window_check(&osc_store_state(work->endpoint->store)->window,
		     work->report.exchange.piv.seq) == OSC_EREPLAY)
		return OSC_EREPLAY; /* since an earlier message of the group */
	if (!work->job->ok)
		return OSC_ETAG;
	text = osc_slice(work->job->out, work->job->in_len - work->endpoint->context.alg->tag_len);
	if (work->message.is_request)
		err = strike(
		    osc_store_state(work->endpoint->store), work->report.exchange.piv.seq, text);
	if (err == OSC_OK)
		err = osc_inner_decode(&inner, text, work->message.is_request, &item->where);
	if (err == OSC_OK && receipt != NULL)
		err = osc_receipt_accept(receipt,
		    osc_option_find(inner.options, OSC_OPT_OBSERVE, &value),
		    &work->message.option.piv);
	if (err != OSC_OK)
		return err;
	out = session->out.ptr + session->out.len; /* reserved by the caller */
	len = osc_unprotect_write(out, item->in.len, &work->message, &inner);
	session->out.len += len;
	item->out = osc_slice(out, len);
	return OSC_OK;
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
	replies->len += work->report.reply.len;
	if (err != OSC_OK)
		return osc_detail_set(
		    group->detail, err, NULL, "no random numbers are to be had from the system");
	return OSC_OK;
}

static void
settle_all(struct osc_group *group)
{
	enum osc_err err;

	/* Messages behind the end of the run were opened, but never struck out. */
	for (size_t i = 0; i < group->n; i++) {
		struct osc_item *item = &group->items[i];

		if (item->err == OSC_OK) {
			err = settle(group->session, &group->session->work[i], item);
			if (err != OSC_OK)
				osc_group_refuse(group, i, err);
		}
		err = reply(group, i);
		if (err != OSC_OK)
			osc_group_cut(group, i, err);
	}
}

static void
seal_replies(struct osc_group *group)
{
	struct osc_work *work;

	for (size_t i = 0; i < group->n; i++) {
		work = &group->session->work[i];
		if (work->seal_reply)
			osc_aead_seal(work->endpoint->context.sender_key, &work->reply_job, 1);
	}
}

/* Room for all texts at once: the buffers must not move under the jobs. */
static bool
reserve(struct osc_group *group)
{
	struct osc_session *session = group->session;
	size_t room = 0;

	for (size_t i = 0; i < group->n; i++)
		if (group->items[i].err == OSC_OK)
			room += group->items[i].in.len;
	return osc_group_reserve(group, &session->out, room) &&
	    osc_group_reserve(group, &session->scratch, room) &&
	    (!session->options.error_reply ||
		osc_group_reserve(group, &session->replies, group->n * OSC_REPLY_MAX));
}

enum osc_err
osc_session_unprotect(struct osc_session *session, struct osc_item *items, size_t n, size_t *done,
    struct osc_detail *detail)
{
	struct osc_group group;
	bool locked = false;
	enum osc_err err;

	*done = 0;
	err = osc_group_init(&group, session, items, n, detail);
	if (err != OSC_OK)
		return err;
	decode(&group);
	osc_resolve(&group);
	if (!reserve(&group))
		return osc_group_end(&group, done);
	if (osc_group_good(&group))
		locked = lock_all(&group);
	open_all(&group);
	settle_all(&group);
	osc_wipe(session->scratch.ptr, session->scratch.len);
	if (locked)
		osc_group_commit(&group);
	seal_replies(&group);
	return osc_group_end(&group, done);
}
