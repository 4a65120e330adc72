/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "base/secret.h"
#include "session/resolve.h"

struct osc_receipt *
osc_resolve_receipt(const struct osc_work *work, size_t *at)
{
	while (*at < work->n_receipts)
		if (work->receipts[(*at)++].verdict == OSC_OK)
			return &work->receipts[*at - 1];
	return NULL;
}

/* Does a request verify in this context? Only to choose between contexts: the
 * verdict over the message is made later, in its order. */
static bool
verifies(struct osc_session *session, const struct osc_unprotection *message,
    const struct osc_endpoint *endpoint)
{
	struct osc_exchange exchange;
	struct osc_aead_job job;

	osc_unprotect_exchange(&exchange, message);
	osc_unprotect_prepare(
	    message, &endpoint->context, OSC_SIDE_PEER, &exchange, session->scratch.ptr, &job);
	osc_aead_open(endpoint->context.recipient_key, &job, 1);
	osc_wipe(session->scratch.ptr, message->outer.payload.len);
	return job.ok;
}

/* Among several contexts the tag decides (3.3). */
static enum osc_err
choose(struct osc_group *group, struct osc_work *work)
{
	const struct osc_contexts *contexts = &group->session->contexts;

	work->endpoint = contexts->found[0];
	if (contexts->n_found == 1)
		return OSC_OK;
	if (!work->message.is_request)
		return OSC_ENOCID;
	if (!osc_group_reserve(group, &group->session->scratch, work->message.outer.payload.len))
		return OSC_ENOMEM;
	for (size_t k = 0; k < contexts->n_found; k++)
		if (verifies(group->session, &work->message, contexts->found[k])) {
			work->endpoint = contexts->found[k];
			return OSC_OK;
		}
	return OSC_ETAG;
}

enum osc_err
osc_resolve_candidates(
    struct osc_session *session, const struct osc_work *work, struct osc_detail *detail)
{
	const struct osc_option_value *option = &work->message.option;
	struct osc_wanted wanted = {
	    .kid = option->kid,
	    .kid_context = option->kid_context,
	    .role = session->contexts.role,
	};

	return osc_contexts_find(&session->contexts, &wanted, detail);
}

/* The context of item i among many. */
static void
find_endpoint(struct osc_group *group, size_t i)
{
	struct osc_work *work = &group->session->work[i];
	enum osc_err err;

	if (!osc_is_present(work->message.option.kid)) {
		osc_group_refuse(group, i, OSC_ENOCID);
		return;
	}
	if (i > 0 && osc_contexts_full(&group->session->contexts)) {
		osc_group_cut(group, i, OSC_OK);
		return;
	}
	err = osc_resolve_candidates(group->session, work, group->detail);
	if (err == OSC_OK)
		err = choose(group, work);
	/* A move is accepted for the contexts that the run gets to, and for no others. */
	if (err == OSC_OK && group->session->options.moved && !work->endpoint->settled && i > 0) {
		osc_group_cut(group, i, OSC_OK);
		return;
	}
	/* Before any lock is held: settling a move waits for its own. */
	if (err == OSC_OK)
		err = osc_endpoint_settle(
		    work->endpoint, group->session->options.moved, false, group->detail);
	if (err == OSC_ENOMEM || osc_err_status(err) == 7 || osc_err_status(err) == 1)
		osc_group_cut(group, i, err);
	else if (err != OSC_OK)
		osc_group_refuse(group, i, err);
}

/* A verdict belongs to one context, and is needed until the end of the group: a
 * response that needs it for another context waits for the next group. */
static bool
may_check(
    const struct osc_group *group, struct osc_receipt *receipt, const struct osc_endpoint *endpoint)
{
	uint64_t serial = group->session->contexts.group;

	if (!group->session->options.many)
		return true;
	if (receipt->group == serial)
		return receipt->checked == &endpoint->context;
	receipt->group = serial;
	receipt->checked = NULL; /* contexts come and go, and their memory is used again */
	return true;
}

/* Of the requests with the response's token, those that this side has sent come
 * to count; returns the verdict over the first if there is none. */
static enum osc_err
check_receipts(struct osc_group *group, size_t i)
{
	struct osc_buffer *scratch = &group->session->scratch;
	struct osc_work *work = &group->session->work[i];
	enum osc_err verdict, first = OSC_OK;
	struct osc_receipt *receipt;
	bool any = false;

	for (size_t k = 0; k < work->n_receipts; k++) {
		receipt = &work->receipts[k];
		if (!osc_group_reserve(group, scratch, receipt->datagram.len))
			return OSC_ENOMEM;
		if (!may_check(group, receipt, work->endpoint)) {
			osc_group_cut(group, i, OSC_OK);
			return OSC_OK;
		}
		verdict = osc_receipt_check(
		    receipt, &work->endpoint->context, OSC_SIDE_OWN, scratch->ptr);
		any = any || verdict == OSC_OK;
		if (k == 0)
			first = verdict;
	}
	return any ? OSC_OK : first;
}

/* Is the message for this context, and what is it bound to? */
static void
match(struct osc_group *group, size_t i)
{
	struct osc_work *work = &group->session->work[i];
	struct osc_report *report = &work->report;
	enum osc_err err;

	err = osc_unprotect_match(&work->message, &work->endpoint->context, OSC_SIDE_PEER);
	if (err == OSC_EKID &&
	    osc_unprotect_match(&work->message, &work->endpoint->context, OSC_SIDE_OWN) == OSC_OK)
		err = OSC_EKIDOWN;
	if (err != OSC_OK) {
		osc_group_refuse(group, i, err);
		return;
	}
	report->endpoint = work->endpoint;
	report->side = OSC_SIDE_PEER;
	report->option = work->message.option;
	report->bound = true;
	if (work->message.is_request) {
		osc_unprotect_exchange(&report->exchange, &work->message);
		return;
	}
	osc_group_receipts(group, i, work->message.outer.token);
	if (i >= group->n || group->items[i].err != OSC_OK)
		return;
	err = check_receipts(group, i);
	if (i < group->n && err != OSC_OK && err != OSC_ENOMEM)
		osc_group_refuse(group, i, err);
}

void
osc_resolve(struct osc_group *group)
{
	bool many = group->session->options.many;

	if (!many)
		osc_group_open(group);
	for (size_t i = 0; i < group->n; i++) {
		if (many && group->items[i].err == OSC_OK)
			find_endpoint(group, i);
		if (i < group->n && group->items[i].err == OSC_OK)
			match(group, i);
	}
}
