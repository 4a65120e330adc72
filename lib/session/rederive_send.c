/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "base/secret.h"
#include "session/rederive.h"
#include "store/rederived.h"

/* Its request was verified before the lock was held. */
static enum osc_err
check_response(struct osc_session *session, struct osc_work *work, struct osc_detail *detail)
{
	struct osc_endpoint *endpoint = work->endpoint;
	enum osc_err err = osc_rederive_check_lost(endpoint, detail);

	if (err != OSC_OK)
		return err;
	if (osc_buffer_reserve(&session->scratch, work->receipts->datagram.len) == NULL)
		return OSC_ENOMEM;
	return osc_receipt_check(work->receipts, endpoint->active, endpoint->serial, OSC_SIDE_PEER,
	    session->scratch.ptr);
}

/* R1 is new, so its key is, and needs no number that is kept. A run of before is given up. */
static enum osc_err
begin_run(struct osc_session *session, struct osc_endpoint *endpoint, struct osc_detail *detail)
{
	struct osc_rederived *rederived = osc_store_rederived(endpoint->store);
	uint8_t r1[OSC_REDERIVE_NONCE];
	struct osc_keys *keys;

	if (!osc_random(r1, sizeof(r1)))
		return osc_detail_set(
		    detail, OSC_EIO, NULL, "no random numbers are to be had from the system");
	memcpy(rederived->r1, r1, sizeof(r1));
	rederived->r1_len = sizeof(r1);
	memset(&rederived->pending, 0, sizeof(rederived->pending));
	keys = osc_endpoint_keys(endpoint, osc_slice(rederived->r1, rederived->r1_len));
	if (keys == NULL)
		return OSC_ENOMEM;
	memset(&session->first, 0, sizeof(session->first));
	osc_window_init(&session->first.window, 1, 0);
	osc_store_use(endpoint->store, &session->first);
	osc_endpoint_activate(endpoint, keys, true);
	return OSC_OK;
}

/* The keys that requests are protected with. */
static enum osc_err
choose_keys(struct osc_session *session, struct osc_endpoint *endpoint, struct osc_detail *detail)
{
	struct osc_rederived *rederived = osc_store_rederived(endpoint->store);
	struct osc_keys *keys;
	enum osc_err err;

	if (session->options.rederive)
		return begin_run(session, endpoint, detail);
	err = osc_store_lost(endpoint->store, detail);
	if (err != OSC_OK) {
		osc_detail_hint(detail, "add --rederive, to derive the keys anew");
		return err;
	}
	if (rederived->pending.there) {
		keys = osc_endpoint_keys(endpoint, osc_epoch_id(&rederived->pending));
		if (keys == NULL)
			return OSC_ENOMEM;
		osc_store_use(endpoint->store, &rederived->pending.state);
		osc_endpoint_activate(endpoint, keys, true);
		return OSC_OK;
	}
	if (!osc_rederive_unusable(endpoint) || rederived->r1_len == 0)
		return OSC_OK;
	(void)osc_detail_set(detail, OSC_ESTATE, endpoint->path,
	    "no keys are in use: the answer that derives them anew has not come");
	osc_detail_hint(detail, "unprotect the answer first, or add --rederive to ask again");
	return OSC_ESTATE;
}

enum osc_err
osc_rederive_send(struct osc_group *group, size_t i, struct osc_detail *detail)
{
	struct osc_session *session = group->session;
	struct osc_work *work = &session->work[i];
	enum osc_err err = OSC_OK;

	if (work->receipts != NULL) {
		err = check_response(session, work, detail);
	} else if (!group->keys_chosen) {
		err = choose_keys(session, work->endpoint, detail);
		group->keys_chosen = true;
	}
	if (err == OSC_OK && session->options.explain)
		osc_rederive_note(work);
	if (err == OSC_OK && session->options.rederive)
		osc_group_cut(group, i + 1, OSC_OK);
	return err;
}
