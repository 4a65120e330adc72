/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "base/secret.h"
#include "session/group.h"

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
			err = OSC_ENOREQUEST;
		if (err != OSC_OK)
			osc_group_refuse(group, i, err);
	}
}

/* Of the requests with the response's token, those that this side has sent come
 * to count; returns the verdict over the first if there is none. */
static enum osc_err
check_receipts(struct osc_session *session, struct osc_work *work)
{
	enum osc_err verdict, first = OSC_OK;
	bool any = false;

	for (size_t k = 0; k < work->n_receipts; k++) {
		if (osc_buffer_reserve(&session->scratch, work->receipts[k].datagram.len) == NULL)
			return OSC_ENOMEM;
		verdict = osc_receipt_check(
		    &work->receipts[k], &session->context, OSC_SIDE_OWN, session->scratch.ptr);
		any = any || verdict == OSC_OK;
		if (k == 0)
			first = verdict;
	}
	return any ? OSC_OK : first;
}

/* Is the message for this context, and what is a response bound to? */
static void
match(struct osc_group *group)
{
	struct osc_session *session = group->session;
	struct osc_work *work;
	enum osc_err err;

	for (size_t i = 0; i < group->n; i++) {
		work = &session->work[i];
		if (group->items[i].err != OSC_OK)
			continue;
		err = osc_unprotect_match(&work->message, &session->context, OSC_SIDE_PEER);
		if (err == OSC_OK && work->message.is_request) {
			osc_unprotect_exchange(&work->exchange, &work->message);
			continue;
		}
		if (err == OSC_OK) {
			osc_group_receipts(group, i, work->message.outer.token);
			if (i >= group->n || group->items[i].err != OSC_OK)
				continue;
			err = check_receipts(session, work);
		}
		if (err == OSC_ENOMEM)
			osc_group_cut(group, i, err);
		else if (err != OSC_OK)
			osc_group_refuse(group, i, err);
	}
}

static bool
needs_lock(const struct osc_group *group)
{
	/* A response changes no state. */
	for (size_t i = 0; i < group->n; i++)
		if (group->items[i].err == OSC_OK && group->session->work[i].message.is_request)
			return true;
	return false;
}

/* The first request that a response may belong to, from number k on. */
static struct osc_receipt *
next_receipt(const struct osc_work *work, size_t *k)
{
	for (; *k < work->n_receipts; (*k)++)
		if (work->receipts[*k].verdict == OSC_OK)
			return &work->receipts[(*k)++];
	return NULL;
}

/* Open all that the window does not refuse already. A lost window refuses later:
 * a forged message must stay a forged message. */
static void
open_all(struct osc_group *group)
{
	struct osc_session *session = group->session;
	const struct osc_window *window = &osc_store_state(session->store)->window;
	uint8_t *to = session->scratch.ptr;
	struct osc_work *work;
	size_t jobs = 0, k;

	for (size_t i = 0; i < group->n; i++) {
		work = &session->work[i];
		if (group->items[i].err != OSC_OK)
			continue;
		if (work->message.is_request &&
		    osc_window_check(window, work->exchange.piv.seq) == OSC_EREPLAY) {
			osc_group_refuse(group, i, OSC_EREPLAY);
			continue;
		}
		k = 0;
		work->job = &session->jobs[jobs++];
		osc_unprotect_prepare(&work->message, &session->context, OSC_SIDE_PEER,
		    work->message.is_request ? &work->exchange : &next_receipt(work, &k)->exchange,
		    to, work->job);
		to += work->message.outer.payload.len;
	}
	session->scratch.len = (size_t)(to - session->scratch.ptr);
	osc_aead_open(session->context.recipient_key, session->jobs, jobs);
}

/* The request under which the tag of a response verifies. */
static struct osc_receipt *
find_receipt(struct osc_session *session, struct osc_work *work)
{
	size_t k = 0;
	struct osc_receipt *receipt = next_receipt(work, &k);
	uint8_t *to = work->job->out;

	while (!work->job->ok && (receipt = next_receipt(work, &k)) != NULL) {
		osc_unprotect_prepare(&work->message, &session->context, OSC_SIDE_PEER,
		    &receipt->exchange, to, work->job);
		osc_aead_open(session->context.recipient_key, work->job, 1);
	}
	return work->job->ok ? receipt : NULL;
}

/* What becomes of one opened message: the tag, the window, the inner text, in
 * this order (8.2 step 6). */
static enum osc_err
settle(struct osc_session *session, struct osc_work *work, struct osc_item *item)
{
	struct osc_receipt *receipt = NULL;
	struct osc_slice text, value;
	struct osc_inner inner;
	enum osc_err err;
	size_t len;
	uint8_t *out;

	if (!work->message.is_request)
		receipt = find_receipt(session, work);
	if (!work->job->ok)
		return OSC_ETAG;
	if (work->message.is_request) {
		err = osc_window_commit(
		    &osc_store_state(session->store)->window, work->exchange.piv.seq);
		if (err != OSC_OK)
			return err;
	}
	text = osc_slice(work->job->out, work->job->in_len - session->context.alg->tag_len);
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

static void
settle_all(struct osc_group *group)
{
	enum osc_err err;

	/* Messages behind the end of the run were opened, but never struck out. */
	for (size_t i = 0; i < group->n; i++) {
		if (group->items[i].err != OSC_OK)
			continue;
		err = settle(group->session, &group->session->work[i], &group->items[i]);
		if (err != OSC_OK)
			osc_group_refuse(group, i, err);
	}
}

/* Room for all texts at once: the buffers must not move under the jobs. */
static enum osc_err
reserve(struct osc_group *group)
{
	size_t room = 0;

	for (size_t i = 0; i < group->n; i++)
		if (group->items[i].err == OSC_OK)
			room += group->items[i].in.len;
	if (osc_buffer_reserve(&group->session->out, room) == NULL ||
	    osc_buffer_reserve(&group->session->scratch, room) == NULL)
		return osc_detail_set(group->detail, OSC_ENOMEM, NULL, "no memory");
	return OSC_OK;
}

/* With the lock held if there is a request: open, strike out, make durable. */
static enum osc_err
verify(struct osc_group *group, size_t *done)
{
	struct osc_session *session = group->session;
	bool lock = needs_lock(group);
	enum osc_err err = reserve(group);

	if (err != OSC_OK)
		return err;
	if (lock && !osc_group_begin(group))
		return OSC_OK;
	open_all(group);
	settle_all(group);
	osc_wipe(session->scratch.ptr, session->scratch.len);
	if (lock)
		err = osc_group_commit(group, done);
	if (err != OSC_OK)
		osc_wipe(session->out.ptr, session->out.len);
	return err;
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
	decode(&group);
	osc_group_open(&group);
	if (osc_group_first(&group) < group.n)
		match(&group);
	if (osc_group_first(&group) < group.n) {
		err = verify(&group, done);
		if (err != OSC_OK)
			return err;
	}
	*done = group.n;
	return group.end;
}
