/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "base/secret.h"
#include "session/group.h"

/* Everything that can be said without a context. */
static void
decode(struct osc_group *group)
{
	const struct osc_session_options *options = &group->session->options;
	struct osc_item *item;
	struct osc_coap *plain;
	enum osc_err err;

	for (size_t i = 0; i < group->n; i++) {
		item = &group->items[i];
		plain = &group->session->work[i].plain;
		err = item->err;
		if (err == OSC_OK)
			err = osc_coap_decode(plain, item->in, &item->where);
		if (err == OSC_OK)
			err = osc_protect_check(plain, &item->where);
		if (err == OSC_OK && osc_code_is_response(plain->code) && options->request == NULL)
			err = OSC_ERESPONSE;
		if (err == OSC_OK && osc_code_is_request(plain->code) && options->request != NULL)
			err = OSC_EISREQUEST;
		if (err != OSC_OK)
			osc_group_refuse(group, i, err);
	}
}

/* Bind each response to the one request that the peer sent with its token. */
static void
bind(struct osc_group *group)
{
	struct osc_session *session = group->session;
	struct osc_work *work;
	enum osc_err err;

	for (size_t i = 0; i < group->n; i++) {
		work = &session->work[i];
		if (group->items[i].err != OSC_OK || session->options.request == NULL)
			continue;
		osc_group_receipts(group, i, work->plain.token);
		if (i >= group->n || group->items[i].err != OSC_OK)
			continue;
		if (work->n_receipts > 1)
			err = OSC_EAMBIGUOUS;
		else if (osc_buffer_reserve(&session->scratch, work->receipts->datagram.len) ==
		    NULL)
			err = OSC_ENOMEM;
		else
			err = osc_receipt_check(
			    work->receipts, &session->context, OSC_SIDE_PEER, session->scratch.ptr);
		if (err == OSC_ENOMEM)
			osc_group_cut(group, i, err);
		else if (err != OSC_OK)
			osc_group_refuse(group, i, err);
	}
}

/* Lay one message out with the number or the nonce that it gets, and take that. */
static enum osc_err
write_one(struct osc_session *session, struct osc_work *work, struct osc_state *state, uint8_t *out,
    size_t cap)
{
	const struct osc_session_options *options = &session->options;
	struct osc_protection protection = {
	    .plain = work->plain, .kid_context = !options->no_kid_context};
	enum osc_err err;

	protection.has_piv = true;
	protection.seq = state->next;
	if (work->receipts != NULL) {
		protection.request = &work->receipts->exchange;
		/* One nonce, one text: the request's nonce only for the first
		 * response to a request that this context has accepted (5.2). */
		protection.has_piv = options->new_piv ||
		    !osc_window_unanswered(&state->window, protection.request->piv.seq);
	}
	err =
	    osc_protect_write(&protection, &session->context, out, cap, &work->out_len, work->job);
	if (err != OSC_OK)
		return err;
	if (protection.has_piv)
		state->next++;
	if (protection.request != NULL)
		osc_window_answer(&state->window, protection.request->piv.seq);
	return OSC_OK;
}

/* In input order, before anything is sealed. Returns the number of jobs. */
static size_t
write_all(struct osc_group *group)
{
	struct osc_session *session = group->session;
	struct osc_state *state = osc_store_state(session->store);
	struct osc_item *item;
	struct osc_work *work;
	size_t room, jobs = 0;
	uint8_t *out;
	enum osc_err err;

	for (size_t i = 0; i < group->n; i++) {
		item = &group->items[i];
		work = &session->work[i];
		if (item->err != OSC_OK)
			continue;
		if (state->next > OSC_SEQ_MAX) {
			/* No more messages at all, with the request's nonce neither (7.2.1). */
			osc_group_cut(group, i, OSC_EEXHAUSTED);
			break;
		}
		room = 2 * item->in.len + OSC_PROTECT_EXTRA;
		out = session->out.ptr + session->out.len; /* reserved by the caller */
		work->job = &session->jobs[jobs];
		err = write_one(session, work, state, out, room);
		if (err != OSC_OK) {
			osc_group_refuse(group, i, err);
			continue;
		}
		jobs++;
		item->out = osc_slice(out, work->out_len);
		session->out.len += work->out_len;
	}
	return jobs;
}

/* Room for all messages at once: the buffer must not move under the jobs. */
static enum osc_err
reserve(struct osc_group *group)
{
	size_t room = 0;

	for (size_t i = 0; i < group->n; i++)
		if (group->items[i].err == OSC_OK)
			room += 2 * group->items[i].in.len + OSC_PROTECT_EXTRA;
	if (osc_buffer_reserve(&group->session->out, room) == NULL)
		return osc_detail_set(group->detail, OSC_ENOMEM, NULL, "no memory");
	return OSC_OK;
}

enum osc_err
osc_session_protect(struct osc_session *session, struct osc_item *items, size_t n, size_t *done,
    struct osc_detail *detail)
{
	struct osc_group group;
	size_t jobs = 0;
	enum osc_err err;

	*done = 0;
	err = osc_group_init(&group, session, items, n, detail);
	if (err != OSC_OK)
		return err;
	decode(&group);
	osc_group_open(&group);
	if (osc_group_first(&group) < group.n)
		bind(&group);
	if (osc_group_first(&group) < group.n) {
		err = reserve(&group);
		if (err != OSC_OK)
			return err;
		if (!session->options.dry_run)
			(void)osc_group_begin(&group);
	}
	if (osc_group_first(&group) < group.n) {
		jobs = write_all(&group);
		if (!session->options.dry_run) {
			err = osc_group_commit(&group, done);
			if (err != OSC_OK) {
				osc_wipe(session->out.ptr, session->out.len);
				return err;
			}
		}
	}
	if (session->options.dry_run) {
		osc_wipe(session->out.ptr, session->out.len);
		for (size_t i = 0; i < group.n; i++)
			items[i].out = osc_slice(NULL, 0);
	} else {
		osc_aead_seal(session->context.sender_key, session->jobs, jobs);
	}
	*done = group.n;
	return group.end;
}
