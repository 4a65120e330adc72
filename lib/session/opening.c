/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <stdlib.h>

#include "base/secret.h"
#include "session/opening.h"

struct osc_receiving *
osc_receiving_batch(struct osc_session *session)
{
	if (session->receiving == NULL)
		session->receiving = calloc(OSC_BATCH, sizeof(*session->receiving));
	return session->receiving;
}

enum osc_err
osc_receiving_decode(struct osc_receiving *r)
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
	return OSC_OK;
}

/* Guessed texts are wiped together. */
static void
forget_text(struct osc_receiving *r)
{
	if (r->text.len > 0 && r->text.ptr == r->session->scratch.ptr)
		osc_wipe(r->session->scratch.ptr, r->text.len);
	r->text = osc_slice(NULL, 0);
}

enum osc_err
osc_receiving_match(struct osc_receiving *r, struct osc_endpoint *endpoint)
{
	struct osc_work *work = r->work;
	enum osc_err err;

	/* What another context has made of it says nothing here. */
	forget_text(r);
	r->receipt = NULL;
	if (r->matched == endpoint && work->endpoint == endpoint)
		return OSC_OK;
	r->matched = NULL;
	work->endpoint = endpoint;
	work->side = OSC_SIDE_PEER;
	work->bound = false;
	err = osc_unprotect_match(&work->message, endpoint->active, OSC_SIDE_PEER);
	if (err == OSC_EKID &&
	    osc_unprotect_match(&work->message, endpoint->active, OSC_SIDE_OWN) == OSC_OK)
		err = OSC_EKIDOWN;
	if (err == OSC_OK && work->message.is_request) {
		osc_unprotect_exchange(&work->exchange, &work->message);
		work->bound = true;
	}
	if (err == OSC_OK)
		r->matched = endpoint;
	return err;
}

static enum osc_err
open_message(struct osc_receiving *r, const struct osc_exchange *request)
{
	const struct osc_work *work = r->work;
	const struct osc_context *context = work->endpoint->active;
	struct osc_buffer *scratch = &r->session->scratch;

	if (r->guess != NULL && r->guessed == work->endpoint && r->guessed_request == request) {
		r->text = osc_slice(
		    r->guess->out, r->guess->ok ? r->guess->in_len - context->alg->tag_len : 0);
		return r->guess->ok ? OSC_OK : OSC_ETAG;
	}
	osc_buffer_cut(scratch, 0);
	if (osc_buffer_reserve(scratch, work->message.outer.payload.len) == NULL)
		return OSC_ENOMEM;
	return osc_unprotect_open(
	    &work->message, context, OSC_SIDE_PEER, request, scratch->ptr, &r->text);
}

enum osc_err
osc_receiving_check_receipts(struct osc_receiving *r)
{
	struct osc_endpoint *endpoint = r->work->endpoint;
	enum osc_err err, first = OSC_OK;
	struct osc_receipt *receipt;
	bool any = false;

	for (size_t k = 0; k < r->work->n_receipts; k++) {
		receipt = &r->work->receipts[k];
		if (osc_buffer_reserve(&r->session->scratch, receipt->datagram.len) == NULL)
			return OSC_ENOMEM;
		err = osc_receipt_check(receipt, endpoint->active, endpoint->serial, OSC_SIDE_OWN,
		    r->session->scratch.ptr);
		any = any || err == OSC_OK;
		first = k == 0 ? err : first;
	}
	return any ? OSC_OK : first;
}

/* Of these, the one under which the tag of a response verifies. If none does, the first one
 * binds it. */
static enum osc_err
open_response(struct osc_receiving *r)
{
	struct osc_work *work = r->work;
	enum osc_err err = osc_receiving_check_receipts(r);
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

enum osc_err
osc_receiving_open(struct osc_receiving *r)
{
	enum osc_err err;

	if (r->work->message.is_request)
		return open_message(r, &r->work->exchange);
	err = osc_group_receipts(r->group, r->i, r->work->message.outer.token);
	return err == OSC_OK ? open_response(r) : err;
}
