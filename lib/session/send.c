/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "base/secret.h"
#include "core/rewrite.h"
#include "session/rederive.h"
#include "session/search.h"
#include "session/send.h"

static size_t
room_to_edit(const struct osc_group *group, const struct osc_item *item)
{
	return OSC_REWRITE_ROOM(item->in.len, group->session->options.echo.len);
}

/* Room for all messages that will be written anew: none must move another. */
static bool
reserve_edited(struct osc_group *group)
{
	size_t room = 0;

	for (size_t i = 0; i < group->n; i++)
		room += room_to_edit(group, &group->items[i]);
	return osc_buffer_reserve(&group->session->edited, room) != NULL;
}

/* A request with Proxy-Uri, or that gets an Echo, is written anew. */
static enum osc_err
edit(struct osc_group *group, struct osc_coap *plain, struct osc_item *item)
{
	struct osc_session *session = group->session;
	struct osc_slice echo = session->options.echo;
	size_t len;

	if (!osc_code_is_request(plain->code) || !osc_rewrite_needed(plain, echo))
		return OSC_OK;
	if (session->edited.len == 0 && !reserve_edited(group))
		return OSC_ENOMEM;
	len = osc_rewrite(session->edited.ptr + session->edited.len, plain, echo, &item->where);
	if (len == 0)
		return OSC_EPROXYURI;
	session->edited.len += len;
	return osc_coap_decode(
	    plain, osc_slice(session->edited.ptr + session->edited.len - len, len), &item->where);
}

/* Everything that can be said without a context. */
static enum osc_err
decode(struct osc_group *group, struct osc_coap *plain, struct osc_item *item)
{
	const struct osc_session_options *options = &group->session->options;
	enum osc_err err = osc_coap_decode(plain, item->in, &item->where);

	if (err == OSC_OK)
		err = edit(group, plain, item);
	if (err == OSC_OK)
		err = osc_protect_check(plain, &item->where);
	if (err != OSC_OK)
		return err;
	if (osc_code_is_response(plain->code) && options->requests == NULL)
		return OSC_ERESPONSE;
	if (osc_code_is_request(plain->code) && options->requests != NULL)
		return OSC_EISREQUEST;
	return OSC_OK;
}

/* Was the request of a response protected by the peer, with this context? */
static enum osc_err
check_request(struct osc_session *session, struct osc_work *work, struct osc_endpoint *endpoint)
{
	if (osc_buffer_reserve(&session->scratch, work->receipts->datagram.len) == NULL)
		return OSC_ENOMEM;
	work->endpoint = endpoint;
	return osc_receipt_check(work->receipts, endpoint->active, endpoint->serial, OSC_SIDE_PEER,
	    session->scratch.ptr);
}

/* Where keys may be derived anew the state says which are in use. */
static enum osc_err
look_for_keys(struct osc_endpoint *endpoint, struct osc_detail *detail)
{
	enum osc_err err;

	if (!osc_endpoint_rederives(endpoint) || endpoint->held)
		return OSC_OK;
	err = osc_endpoint_look(endpoint, detail);
	osc_store_rest(endpoint->store);
	return err;
}

/* The context under which the request verifies, locked; OSC_EGONE if its directory is not what
 * was loaded any more. */
static enum osc_err
bind_among(struct osc_group *group, size_t i, struct osc_search *search)
{
	struct osc_session *session = group->session;
	struct osc_work *work = &session->work[i];
	enum osc_err err, first = OSC_OK;
	struct osc_endpoint *endpoint;

	while ((endpoint = osc_search_next(search)) != NULL) {
		work->endpoint = endpoint;
		err = look_for_keys(endpoint, &search->detail);
		if (err == OSC_OK)
			err = check_request(session, work, endpoint);
		if (err == OSC_ENOMEM || err == OSC_EGONE)
			return err;
		first = first == OSC_OK ? err : first;
		if (err != OSC_OK)
			continue;
		err =
		    osc_contexts_use(&session->contexts, endpoint, search->wanted, &search->detail);
		if (err == OSC_OK)
			err = session->options.dry_run
			    ? osc_contexts_glance(&session->contexts, endpoint, &search->detail)
			    : osc_group_lock(group, endpoint, &search->detail);
		return err;
	}
	work->endpoint = NULL;
	err = osc_search_verdict(search);
	return err == OSC_ETAG ? first : err;
}

static enum osc_err
find_context(struct osc_group *group, size_t i, struct osc_detail *detail)
{
	struct osc_contexts *contexts = &group->session->contexts;
	struct osc_work *work = &group->session->work[i];
	const struct osc_oscore_option *option = &work->receipts->message.option;
	struct osc_wanted wanted = {
	    .kid = option->kid, .kid_context = option->kid_context, .role = contexts->role};
	struct osc_search search;
	enum osc_err err = OSC_EGONE;

	osc_search_init(&search, contexts, &wanted);
	for (int k = 0; k < OSC_SEARCH_ATTEMPTS; k++) {
		err = bind_among(group, i, &search);
		if (err == OSC_EGONE || err == OSC_ESETTINGS) {
			if (osc_contexts_drop(contexts, work->endpoint) != OSC_OK)
				err = OSC_ENOMEM;
			work->endpoint = NULL;
		} else if (err == OSC_OK || err == OSC_ENOMEM || !osc_search_renew(&search)) {
			break;
		}
		osc_search_again(&search);
	}
	*detail = search.detail;
	osc_search_free(&search);
	osc_group_put_off(group, i, err);
	return err;
}

/* Write a message again with the header that it has now. */
static enum osc_err
write_header(struct osc_group *group, size_t i)
{
	struct osc_buffer *edited = &group->session->edited;
	struct osc_coap *plain = &group->session->work[i].sending.plain;
	struct osc_item *item = &group->items[i];
	struct osc_coap_writer w;

	if (edited->len == 0 && !reserve_edited(group))
		return OSC_ENOMEM;
	osc_coap_writer_init(&w, edited->ptr + edited->len, room_to_edit(group, item));
	osc_coap_put_header(&w, plain->type, plain->code, plain->mid, plain->token);
	/* One that was put off is there already. */
	if (plain->body.len > 0)
		memmove(w.out + w.len, plain->body.ptr, plain->body.len);
	item->in = osc_slice(w.out, w.len + plain->body.len);
	edited->len += item->in.len;
	return osc_coap_decode(plain, item->in, &item->where);
}

/* What a response does not say it takes from the request, if there is only one (RFC 7252,
 * 5.2): piggybacked for a Confirmable one; else with a Message ID of its own. */
static enum osc_err
complete(struct osc_group *group, size_t i)
{
	const struct osc_receipts *receipts = &group->session->receipts;
	const struct osc_item *item = &group->items[i];
	struct osc_coap *plain = &group->session->work[i].sending.plain;
	const struct osc_coap *request;
	enum osc_err err;

	if (!item->no_type && !item->no_mid && !item->no_token)
		return OSC_OK;
	err = osc_group_load_receipts(group, i);
	if (err != OSC_OK || receipts->n != 1)
		return err;
	request = &receipts->list->message.outer;
	if (item->no_type)
		plain->type = request->type == OSC_COAP_CON ? OSC_COAP_ACK : OSC_COAP_NON;
	if (item->no_mid && plain->type == OSC_COAP_ACK)
		plain->mid = request->mid;
	if (item->no_token)
		plain->token = request->token;
	return write_header(group, i);
}

/* An Acknowledgement is for the Confirmable message with its Message ID (RFC 7252, 4.2). */
static bool
acknowledges_another(const struct osc_coap *plain, const struct osc_coap *request)
{
	return plain->type == OSC_COAP_ACK &&
	    (request->type != OSC_COAP_CON || request->mid != plain->mid);
}

/* Bind a response to the one request that the peer sent with its token. */
static enum osc_err
bind_one(struct osc_group *group, size_t i, struct osc_detail *detail)
{
	struct osc_session *session = group->session;
	struct osc_work *work = &session->work[i];
	enum osc_err err = complete(group, i);

	if (err == OSC_OK)
		err = osc_group_receipts(group, i, work->sending.plain.token);
	if (err != OSC_OK)
		return err;
	if (work->n_receipts > 1)
		return OSC_EAMBIGUOUS;
	if (acknowledges_another(&work->sending.plain, &work->receipts->message.outer))
		return OSC_EACKMID;
	return session->options.many ? find_context(group, i, detail)
				     : check_request(session, work, &session->one);
}

/* To a context: the one, or that of the request to which a response belongs. */
static enum osc_err
bind(struct osc_group *group, size_t i, struct osc_detail *detail)
{
	if (!group->session->options.many)
		group->session->work[i].endpoint = &group->session->one;
	return group->session->options.requests != NULL ? bind_one(group, i, detail) : OSC_OK;
}

/* What the message will have: the number that it gets, or the nonce of its request. */
static void
choose_nonce(
    const struct osc_session_options *options, struct osc_work *work, const struct osc_state *state)
{
	struct osc_protection *sending = &work->sending;

	sending->kid_context = !options->no_kid_context;
	sending->has_piv = true;
	sending->seq = state->next;
	sending->request = NULL;
	if (work->receipts == NULL)
		return;
	sending->request = &work->receipts->exchange;
	/* One nonce, one text: the request's nonce only for the first response to a request that
	 * this context has accepted (5.2); and never for a notification, so that its place in the
	 * order shows (4.1.3.5.2 lets the first one go without). */
	sending->has_piv = options->new_piv || osc_coap_has(&sending->plain, OSC_OPT_OBSERVE) ||
	    !osc_window_unanswered(&state->window, sending->request->piv.seq);
}

static void
report(struct osc_work *work)
{
	work->side = OSC_SIDE_OWN;
	work->bound = true;
	if (work->sending.request != NULL) {
		work->exchange = *work->sending.request;
	} else {
		work->exchange.kid = work->endpoint->active->sender_id;
		osc_piv_encode(&work->exchange.piv, work->sending.seq);
	}
}

/* Lay one message out with the number or the nonce that it gets, and take that. */
static enum osc_err
write_one(struct osc_group *group, size_t i, struct osc_detail *detail)
{
	struct osc_session *session = group->session;
	struct osc_work *work = &session->work[i];
	const struct osc_context *context = work->endpoint->active;
	struct osc_state *state = osc_store_state(work->endpoint->store);
	struct osc_protection *sending = &work->sending;
	size_t room = osc_protect_room(&sending->plain, context);
	uint8_t *out = osc_buffer_reserve(&session->out, room);
	enum osc_err err = OSC_OK;

	if (out == NULL)
		return osc_detail_set(detail, OSC_ENOMEM, NULL, "no memory");
	/* No more messages at all, with the request's nonce neither (7.2.1). */
	if (state->next > OSC_SEQ_MAX)
		return OSC_EEXHAUSTED;
	choose_nonce(&session->options, work, state);
	if (sending->has_piv && session->options.many)
		err = osc_contexts_number(&session->contexts, work->endpoint, detail);
	if (err == OSC_OK)
		err = osc_protect_layout(sending, context, out, room, &work->layout);
	if (err != OSC_OK)
		return err;
	if (sending->has_piv)
		state->next++;
	if (sending->request != NULL)
		osc_window_answer(&state->window, sending->request->piv.seq);
	report(work);
	work->out_at = session->out.len;
	session->out.len += work->layout.len;
	group->items[i].out.len = work->layout.len;
	return OSC_OK;
}

/* The lock of the one context; among many each was locked when it was found. */
static void
lock(struct osc_group *group, size_t i)
{
	struct osc_session *session = group->session;
	enum osc_err err;

	if (session->options.dry_run || session->options.many || session->one.held)
		return;
	err = osc_group_lock(group, &session->one, group->detail);
	if (err != OSC_OK)
		osc_group_cut(group, i, err);
}

/* Once, before the first message that can be protected. */
static void
begin(struct osc_group *group, size_t i)
{
	group->begun = true;
	osc_group_move(group);
	if (i < group->n && !group->session->options.many)
		(void)osc_group_look(group, i);
}

/* Everything but to seal it. What ends the run has cut the group. */
static enum osc_err
send_one(struct osc_group *group, size_t i, struct osc_detail *detail)
{
	struct osc_item *item = &group->items[i];
	struct osc_work *work = osc_group_work(group, i);
	enum osc_err err = item->err;

	work->outgoing = true;
	if (err == OSC_OK)
		err = decode(group, &work->sending.plain, item);
	if (err != OSC_OK)
		return err;
	if (!group->begun)
		begin(group, i);
	if (i < group->n)
		err = bind(group, i, detail);
	if (err == OSC_OK && i < group->n)
		lock(group, i);
	if (err == OSC_OK && i < group->n && osc_endpoint_rederives(work->endpoint))
		err = osc_rederive_send(group, i, detail);
	return err == OSC_OK && i < group->n ? write_one(group, i, detail) : err;
}

/* In input order, before anything is sealed. */
static void
send_all(struct osc_group *group)
{
	struct osc_detail detail = {0};
	enum osc_err err;

	for (size_t i = 0; i < group->n; i++) {
		err = send_one(group, i, &detail);
		if (err == OSC_OK || i >= group->n)
			continue;
		if (err == OSC_ENOMEM)
			(void)osc_detail_set(&detail, err, NULL, "no memory");
		if (err == OSC_EEXHAUSTED && !group->session->options.many)
			osc_group_cut(group, i, err);
		else
			osc_group_refuse(group, i, err, &detail);
		detail.text[0] = detail.path[0] = detail.hint[0] = '\0';
	}
}

/* Where they are is known when all are there. */
static void
place_all(struct osc_group *group)
{
	for (size_t i = 0; i < group->n; i++)
		if (group->items[i].err == OSC_OK)
			group->items[i].out.ptr =
			    group->session->out.ptr + group->session->work[i].out_at;
}

/* What is left when all that it needs is durable. */
static void
seal_all(struct osc_group *group)
{
	struct osc_aead_job *jobs = group->session->jobs;
	const struct osc_work *work;
	size_t n = 0;

	for (size_t i = 0; i < group->n; i++) {
		if (group->items[i].err != OSC_OK)
			continue;
		work = &group->session->work[i];
		osc_protect_prepare(&jobs[n++], work->endpoint->active, work->sending.request,
		    &work->layout, group->session->out.ptr + work->out_at);
		if (n == OSC_BATCH) {
			osc_aead_seal(jobs, n);
			n = 0;
		}
	}
	osc_aead_seal(jobs, n);
}

/* A dry run leaves nothing but what the reports say. */
static void
drop_all(struct osc_group *group)
{
	osc_wipe(group->session->out.ptr, group->session->out.len);
	for (size_t i = 0; i < group->n; i++)
		group->items[i].out = osc_slice(NULL, 0);
}

/* The order is that of RFC 8613, 8.1 and 8.3, and the state is durable before anything is
 * sealed. */
enum osc_err
osc_session_protect(struct osc_session *session, struct osc_item *items, size_t n, size_t *done,
    struct osc_detail *detail)
{
	struct osc_group group;
	enum osc_err err;

	*done = 0;
	err = osc_group_init(&group, session, items, n, detail);
	if (err != OSC_OK)
		return err;
	send_all(&group);
	if (!group.begun)
		osc_group_move(&group);
	if (session->options.dry_run)
		drop_all(&group);
	else
		place_all(&group);
	osc_group_commit(&group);
	if (!session->options.dry_run)
		seal_all(&group);
	return osc_group_end(&group, done);
}
