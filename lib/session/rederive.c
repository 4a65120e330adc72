/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <stdlib.h>
#include <time.h>

#include "base/secret.h"
#include "session/errorreply.h"
#include "session/rederive.h"
#include "store/rederived.h"
#include "store/settings.h"

/* How long an answer to a message may be under way (RFC 7252, 4.8.2): no run lasts longer. */
#define EXCHANGE_LIFETIME 247

static struct osc_rederived *
rederived_of(const struct osc_endpoint *endpoint)
{
	return osc_store_rederived(endpoint->store);
}

/* The ID Context in use; absent if there is none in the settings. */
static struct osc_slice
id_in_use(const struct osc_endpoint *endpoint)
{
	const struct osc_epoch *current = &rederived_of(endpoint)->current;

	return current->there && !current->base ? osc_epoch_id(current)
						: osc_store_params(endpoint->store)->id_context;
}

bool
osc_rederive_unusable(const struct osc_endpoint *endpoint)
{
	const struct osc_state *state = osc_store_state(endpoint->store);

	return !rederived_of(endpoint)->current.there && state->next > OSC_SEQ_MAX &&
	    !state->window.known;
}

/* Whatever other programs know of the state: they cannot go on with it. */
static void
close_base(struct osc_endpoint *endpoint)
{
	struct osc_state *base;

	osc_store_use(endpoint->store, NULL);
	base = osc_store_base(endpoint->store);
	base->next = OSC_SEQ_MAX + 1;
	base->echo_len = 0;
	osc_window_lose(&base->window);
}

static void
start_epoch(struct osc_epoch *epoch, const struct osc_endpoint *endpoint, struct osc_slice id)
{
	memset(epoch, 0, sizeof(*epoch));
	epoch->there = true;
	epoch->id_len = (uint8_t)id.len;
	osc_copy(epoch->id, id.ptr, id.len);
	osc_window_init(&epoch->state.window, osc_store_settings(endpoint->store)->window, 0);
}

static void
add(struct osc_attempts *attempts, enum osc_step step, const struct osc_slice *id,
    struct osc_slice r2)
{
	struct osc_attempt *attempt = &attempts->list[attempts->n];

	if (attempts->n == OSC_ATTEMPTS_MAX)
		return;
	attempts->n++;
	attempt->step = step;
	attempt->base = id == NULL;
	attempt->id = id != NULL ? *id : OSC_ABSENT;
	attempt->r2 = r2;
}

/* An attempt with the keys in use, or with those of the settings if they are. */
static void
add_in_use(struct osc_attempts *attempts, const struct osc_endpoint *endpoint, enum osc_step step,
    struct osc_slice r2)
{
	const struct osc_epoch *current = &rederived_of(endpoint)->current;
	struct osc_slice id = osc_epoch_id(current);

	add(attempts, step, current->there && !current->base ? &id : NULL, r2);
}

/* Is this the kid context of a message under an ID Context? It may be wrapped. */
static bool
is_of(struct osc_slice kid_context, struct osc_slice id)
{
	struct osc_slice x;

	return !osc_is_present(kid_context) || osc_slice_same(kid_context, id) ||
	    (osc_is_present(id) && osc_rederive_unwrap(&x, kid_context) && osc_slice_equal(x, id));
}

/* The order is that of the ordinary way, of request #2, and of request #1. */
static void
plan_request(
    struct osc_attempts *attempts, const struct osc_work *work, struct osc_endpoint *endpoint)
{
	const struct osc_rederived *rederived = rederived_of(endpoint);
	struct osc_slice kid_context = work->message.option.kid_context, x, pending;
	bool lost = osc_rederive_unusable(endpoint), wrapped = osc_rederive_unwrap(&x, kid_context);

	pending = osc_epoch_id(&rederived->pending);
	if (!lost && is_of(kid_context, id_in_use(endpoint)))
		add_in_use(attempts, endpoint, OSC_STEP_NONE, OSC_ABSENT);
	if (rederived->pending.there && is_of(kid_context, pending))
		add(attempts, OSC_STEP_CONFIRM, &pending, OSC_ABSENT);
	if (attempts->n > 0 && !lost)
		return;
	if (wrapped && rederived->has_key && osc_rederive_r2_check(rederived->key, x))
		add(attempts, OSC_STEP_REQUEST_2, &x, OSC_ABSENT);
	else if (wrapped)
		add(attempts, lost ? OSC_STEP_LOST : OSC_STEP_REQUEST_1, &x, OSC_ABSENT);
	/* What is not wrapped may look as if it were. */
	if (lost)
		add(attempts, OSC_STEP_LOST, osc_is_present(kid_context) ? &kid_context : NULL,
		    OSC_ABSENT);
	attempts->verdict = OSC_EKIDCONTEXT;
}

/* Has this side sent one of the requests under an ID Context, by its kid context? */
static bool
asked_under(const struct osc_work *work, struct osc_slice id)
{
	for (size_t k = 0; k < work->n_receipts; k++)
		if (is_of(work->receipts[k].message.option.kid_context, id))
			return true;
	return false;
}

/* A response #1: to the request #1 that is out; to a request under the keys in use or under
 * pending ones, if the server has begun; or to a request #1 of before. */
static void
plan_answer(struct osc_attempts *attempts, const struct osc_work *work,
    struct osc_endpoint *endpoint, struct osc_slice r2)
{
	const struct osc_rederived *rederived = rederived_of(endpoint);
	struct osc_slice r1 = osc_slice(rederived->r1, rederived->r1_len), x,
			 pending = osc_epoch_id(&rederived->pending);

	if (r1.len > 0 && asked_under(work, r1))
		add(attempts, OSC_STEP_RESPONSE_1, &r1, r2);
	if (rederived->pending.there && asked_under(work, pending))
		add(attempts, OSC_STEP_BEGUN, &pending, r2);
	if (asked_under(work, id_in_use(endpoint)))
		add_in_use(attempts, endpoint, OSC_STEP_BEGUN, r2);
	for (size_t k = 0; k < work->n_receipts; k++)
		if (osc_rederive_unwrap(&x, work->receipts[k].message.option.kid_context) &&
		    !osc_slice_equal(x, r1))
			add(attempts, OSC_STEP_STALE, &x, r2);
	attempts->verdict = OSC_EREQUEST;
}

static void
plan_response(
    struct osc_attempts *attempts, const struct osc_work *work, struct osc_endpoint *endpoint)
{
	const struct osc_rederived *rederived = rederived_of(endpoint);
	struct osc_slice kid_context = work->message.option.kid_context, r2,
			 pending = osc_epoch_id(&rederived->pending);
	bool known = is_of(kid_context, id_in_use(endpoint)) ||
	    (rederived->pending.there && is_of(kid_context, pending));

	if (!known && osc_rederive_unwrap(&r2, kid_context) && r2.len <= OSC_REDERIVE_PART_MAX) {
		plan_answer(attempts, work, endpoint, r2);
		return;
	}
	if (rederived->pending.there && asked_under(work, pending))
		add(attempts, OSC_STEP_CONFIRM, &pending, OSC_ABSENT);
	add_in_use(attempts, endpoint, OSC_STEP_NONE, OSC_ABSENT);
}

enum osc_err
osc_rederive_check_lost(const struct osc_endpoint *endpoint, struct osc_detail *detail)
{
	enum osc_err err = osc_store_lost(endpoint->store, detail);

	if (err != OSC_OK)
		osc_detail_hint(
		    detail, "to derive the keys anew, protect a request with --rederive");
	return err;
}

/* The state, locked; of one of many contexts as it is there: a message that is not for it must
 * not lock it. */
static enum osc_err
look(struct osc_group *group, struct osc_endpoint *endpoint, struct osc_detail *detail)
{
	enum osc_err err;

	if (endpoint->held || !group->session->options.many)
		return osc_group_lock(group, endpoint, detail);
	err = osc_endpoint_look(endpoint, detail);
	osc_store_rest(endpoint->store);
	return err;
}

enum osc_err
osc_rederive_plan(struct osc_attempts *attempts, struct osc_group *group, size_t i,
    struct osc_endpoint *endpoint, struct osc_detail *detail)
{
	struct osc_work *work = &group->session->work[i];
	struct osc_slice kid = work->message.option.kid;
	bool is_request = work->message.is_request;
	enum osc_err err = OSC_OK;

	memset(attempts, 0, sizeof(*attempts));
	/* Nobody may be waited for while the lock is held. */
	if (!is_request)
		err = osc_group_receipts(group, i, work->message.outer.token);
	if (err == OSC_OK)
		err = look(group, endpoint, detail);
	if (err == OSC_OK)
		err = osc_endpoint_choose(endpoint);
	if (err == OSC_OK && !is_request)
		err = osc_rederive_check_lost(endpoint, detail);
	if (err != OSC_OK)
		return err;
	if (osc_is_present(kid) &&
	    !osc_slice_equal(kid, osc_id_slice(&endpoint->context.recipient_id)))
		add_in_use(attempts, endpoint, OSC_STEP_NONE, OSC_ABSENT); /* it will not match */
	else if (is_request)
		plan_request(attempts, work, endpoint);
	else
		plan_response(attempts, work, endpoint);
	return OSC_OK;
}

struct osc_keys *
osc_rederive_second(struct osc_endpoint *endpoint, struct osc_slice r2, struct osc_slice id)
{
	struct osc_buffer both = {0};
	struct osc_keys *keys = NULL;

	osc_buffer_put(&both, r2);
	osc_buffer_put(&both, id);
	if (!both.full)
		keys = osc_endpoint_keys(endpoint, osc_buffer_slice(&both));
	osc_buffer_free(&both);
	return keys;
}

static struct osc_slice
id_of(const struct osc_attempt *attempt, const struct osc_endpoint *endpoint)
{
	return attempt->base ? osc_store_params(endpoint->store)->id_context : attempt->id;
}

enum osc_err
osc_rederive_next(
    struct osc_attempts *attempts, const struct osc_work *work, struct osc_endpoint *endpoint)
{
	const struct osc_attempt *attempt = &attempts->list[attempts->at];
	struct osc_rederived *rederived = rederived_of(endpoint);
	struct osc_keys *keys = NULL, *second;

	if (attempts->at == attempts->n)
		return attempts->verdict;
	if (!attempt->base) {
		keys = osc_endpoint_keys(endpoint, attempt->id);
		if (keys == NULL)
			return OSC_ENOMEM;
	}
	osc_store_use(
	    endpoint->store, attempt->step == OSC_STEP_CONFIRM ? &rederived->pending.state : NULL);
	osc_endpoint_activate(endpoint, keys, false);
	if (!osc_is_present(attempt->r2))
		return OSC_OK;
	second = osc_rederive_second(endpoint, attempt->r2, id_of(attempt, endpoint));
	if (second == NULL)
		return OSC_ENOMEM;
	osc_endpoint_join(endpoint, keys, second, OSC_SIDE_OWN, work->message.option.kid_context);
	return OSC_OK;
}

bool
osc_rederive_failed(struct osc_attempts *attempts, enum osc_err err)
{
	if (attempts->at == 0)
		attempts->verdict = err;
	attempts->at++;
	return err != OSC_ENOMEM && attempts->at < attempts->n;
}

/* Request #2: the one rename that it is accepted in takes the key away that would let it in
 * again (B.2.1). */
static void
accept_request(struct osc_endpoint *endpoint, struct osc_slice id)
{
	struct osc_rederived *rederived = rederived_of(endpoint);

	close_base(endpoint);
	start_epoch(&rederived->current, endpoint, id);
	rederived->has_key = false;
	osc_wipe(rederived->key, sizeof(rederived->key));
}

static void
confirm(struct osc_endpoint *endpoint)
{
	struct osc_rederived *rederived = rederived_of(endpoint);

	close_base(endpoint);
	rederived->current = rederived->pending;
	memset(&rederived->pending, 0, sizeof(rederived->pending));
}

static bool
begins_with(const struct osc_epoch *epoch, struct osc_slice r2)
{
	return epoch->there && epoch->id_len >= r2.len && memcmp(epoch->id, r2.ptr, r2.len) == 0;
}

/* Response #1: the client's R3 makes the keys new, whatever became of the message before. */
static enum osc_err
accept_answer(struct osc_endpoint *endpoint, const struct osc_attempt *attempt,
    struct osc_slice text, struct osc_detail *detail)
{
	struct osc_rederived *rederived = rederived_of(endpoint);
	uint8_t id[OSC_REDERIVE_ID_MAX];
	size_t len = attempt->r2.len;

	if (attempt->step == OSC_STEP_STALE ||
	    (attempt->step == OSC_STEP_BEGUN &&
		(begins_with(&rederived->pending, attempt->r2) ||
		    begins_with(&rederived->current, attempt->r2))))
		return OSC_ESTALE;
	if (!osc_rederive_is_answer(text))
		return OSC_EANSWER1;
	osc_copy(id, attempt->r2.ptr, len);
	if (!osc_random(id + len, OSC_REDERIVE_NONCE))
		return osc_detail_set(
		    detail, OSC_EIO, NULL, "no random numbers are to be had from the system");
	osc_store_use(endpoint->store, NULL);
	/* The keys in use stay for the answers to what was sent with them. */
	if (!rederived->current.there && !osc_rederive_unusable(endpoint)) {
		memset(&rederived->current, 0, sizeof(rederived->current));
		rederived->current.there = rederived->current.base = true;
		rederived->current.state = *osc_store_base(endpoint->store);
	}
	close_base(endpoint);
	start_epoch(&rederived->pending, endpoint, osc_slice(id, len + OSC_REDERIVE_NONCE));
	rederived->r1_len = 0;
	osc_store_use(endpoint->store, NULL);
	return OSC_OK;
}

enum osc_err
osc_rederive_settle(const struct osc_attempt *attempt, struct osc_group *group, size_t i,
    struct osc_slice text, struct osc_detail *detail)
{
	struct osc_work *work = &group->session->work[i];
	struct osc_endpoint *endpoint = work->endpoint;
	enum osc_err err = OSC_OK;

	work->step = attempt->step;
	osc_group_cut(group, i + 1, OSC_OK);
	switch (attempt->step) {
	case OSC_STEP_REQUEST_1:
		return OSC_EREDERIVE;
	case OSC_STEP_LOST:
		return OSC_ELOST;
	case OSC_STEP_REQUEST_2:
		accept_request(endpoint, attempt->id);
		break;
	case OSC_STEP_CONFIRM:
		confirm(endpoint);
		break;
	case OSC_STEP_RESPONSE_1:
	case OSC_STEP_BEGUN:
	case OSC_STEP_STALE:
	case OSC_STEP_NONE:
	default:
		err = accept_answer(endpoint, attempt, text, detail);
	}
	osc_store_use(endpoint->store, NULL);
	return err;
}

/* One key for all runs, until one of them is completed or none can be any more. */
static bool
make_key(struct osc_rederived *rederived)
{
	uint64_t now = (uint64_t)time(NULL);
	uint8_t key[OSC_REDERIVE_KEY];

	if (rederived->has_key && rederived->made <= now &&
	    now - rederived->made <= EXCHANGE_LIFETIME)
		return true;
	if (!osc_random(key, sizeof(key)))
		return false;
	memcpy(rederived->key, key, sizeof(key));
	osc_wipe(key, sizeof(key));
	rederived->has_key = true;
	rederived->made = now;
	return true;
}

enum osc_err
osc_rederive_challenge(struct osc_work *work, uint8_t *out)
{
	struct osc_endpoint *endpoint = work->endpoint;
	const struct osc_context *first = endpoint->active;
	struct osc_rederived *rederived = rederived_of(endpoint);
	uint8_t r2[OSC_REDERIVE_R2], wrapped[OSC_REDERIVE_WRAPPED_MAX];
	struct osc_unprotection reply;
	struct osc_context joined;
	struct osc_coap header;
	struct osc_keys *second;
	struct osc_aead_job job;
	size_t len;

	/* Without random numbers nothing changes. */
	if (!osc_errorreply_header(&header, &work->message.outer) ||
	    !osc_random(r2, OSC_REDERIVE_NONCE) || !make_key(rederived))
		return OSC_EIO;
	osc_rederive_r2_make(r2, rederived->key, osc_slice(r2, OSC_REDERIVE_NONCE));
	second = osc_rederive_second(endpoint, osc_slice(r2, sizeof(r2)), first->id_context);
	if (second == NULL)
		return OSC_ENOMEM;
	len = osc_rederive_wrap(wrapped, osc_slice(r2, sizeof(r2)));
	osc_rederive_join(&joined, first, &second->context, OSC_SIDE_PEER, osc_slice(wrapped, len));
	len = osc_rederive_answer(out, &header, &joined, &work->exchange, &job);
	osc_aead_seal(&job, 1);
	work->reply = osc_slice(out, len);
	work->reply_protected = true;
	if (osc_unprotect_decode(&reply, work->reply, NULL) == OSC_OK)
		work->reply_option = reply.option;
	return OSC_OK;
}

void
osc_rederive_note(struct osc_work *work)
{
	const struct osc_endpoint *endpoint = work->endpoint;
	const struct osc_context *active = endpoint->active;
	bool answer = endpoint->joined;
	struct osc_slice first = active->id_context, r2 = OSC_ABSENT;
	struct osc_derived *derived;

	if (active == &endpoint->context || work->derived != NULL)
		return;
	if (answer)
		(void)osc_rederive_unwrap(&r2, work->message.option.kid_context);
	derived = malloc(sizeof(*derived) + r2.len + first.len);
	if (derived == NULL)
		return;
	osc_copy(derived->bytes, r2.ptr, r2.len);
	osc_copy(derived->bytes + r2.len, first.ptr, first.len);
	derived->id = osc_slice(derived->bytes, r2.len + first.len);
	derived->first =
	    osc_is_present(first) ? osc_slice(derived->bytes + r2.len, first.len) : OSC_ABSENT;
	derived->answer = answer;
	work->derived = derived;
}
