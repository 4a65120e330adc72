/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_TESTS_VERDICT_H
#define OSC_TESTS_VERDICT_H

/* What the session says of a message: is it what the oracle expects? */

#include "oracle.h"
#include "session/session.h"

#define OPTION_MAX_AGE 14

/* A message as it arrives. */
struct arrival {
	const struct sent *origin; /* NULL: what nobody has sent */
	bool exact;                /* it is as it was sent */
	uint8_t bytes[LETTER_MAX];
	size_t len;
};

/* The code of the answer to a refused request (7.4, 8.2, B.1.2); 0: there is none. */
static inline uint8_t
answer_code(enum osc_err err, bool *protected)
{
	*protected = false;
	switch (err) {
	case OSC_EKID:
	case OSC_EKIDOWN:
	case OSC_EKIDCONTEXT:
	case OSC_EREPLAY:
		return OSC_CODE(4, 1);
	case OSC_ETAG:
		return OSC_CODE(4, 0);
	case OSC_EFLAGS:
	case OSC_EGROUP:
	case OSC_EEXTFLAGS:
	case OSC_EOSCORE:
	case OSC_ENOPIV:
	case OSC_ENOKID:
	case OSC_ENOPAYLOAD:
		return OSC_CODE(4, 2);
	case OSC_EINNER:
	case OSC_EINNERCODE:
	case OSC_EINNEROPT:
		*protected = true;
		return OSC_CODE(4, 2);
	case OSC_EWINDOWLOST:
		*protected = true;
		return OSC_CODE(4, 1);
	default:
		return 0;
	}
}

static inline void
check_challenge(size_t place, const struct osc_coap *plain)
{
	struct model *model = &memory.models[place];
	struct osc_slice echo;

	MUST(osc_option_find(plain->options, OSC_OPT_ECHO, &echo));
	MUST(echo.len == sizeof(model->echo));
	MUST(!model->challenged || memcmp(model->echo, echo.ptr, echo.len) == 0);
	memcpy(model->echo, echo.ptr, echo.len);
	model->challenged = true;
}

static inline void
check_protected_reply(const struct osc_work *work, enum osc_err err,
    const struct osc_unprotection *request, uint8_t code)
{
	size_t place = place_of(work->endpoint);
	struct osc_exchange exchange;
	struct struck *struck;
	struct osc_coap plain;

	osc_unprotect_exchange(&exchange, request);
	plain = open_response(place, work->reply, &exchange);
	MUST(plain.code == code && plain.payload.len == 0);
	use_number(place, &work->reply_option.piv);
	if (err == OSC_EWINDOWLOST)
		check_challenge(place, &plain);
	else
		MUST(plain.options.len == 0);
	struck = find_struck(place, exchange.piv.seq);
	if (struck != NULL)
		struck->unanswered = false;
}

/* Each refused request has its answer. */
static inline void
check_reply(const struct osc_item *item, const struct osc_work *work)
{
	struct osc_unprotection request = {0};
	struct osc_coap reply;
	struct osc_slice value;
	bool protected;
	uint8_t code = answer_code(item->err, &protected);

	(void)osc_unprotect_decode(&request, item->in, NULL);
	if (!memory.replies || code == 0 || !osc_code_is_request(request.outer.code) ||
	    request.outer.type > OSC_COAP_NON) {
		MUST(work->reply.len == 0);
		return;
	}
	/* Without its number on the disk it must not leave. */
	if (protected && memory.vague && work->reply.len == 0)
		return;
	MUST(osc_coap_decode(&reply, work->reply, NULL) == OSC_OK);
	MUST(osc_slice_equal(reply.token, request.outer.token));
	MUST(request.outer.type == OSC_COAP_CON
		? reply.type == OSC_COAP_ACK && reply.mid == request.outer.mid
		: reply.type == OSC_COAP_NON);
	if (protected) {
		check_protected_reply(work, item->err, &request, code);
		return;
	}
	MUST(reply.code == code && reply.payload.len > 0 && !work->reply_protected);
	MUST(osc_option_find(reply.options, OPTION_MAX_AGE, &value) && value.len == 0);
	MUST(!osc_option_find(reply.options, OSC_OPT_OSCORE, &value));
}

/* What came out is what was sent, by who is said to have sent it. */
static inline void
check_accepted(
    const struct arrival *arrival, const struct osc_item *item, const struct osc_work *work)
{
	const struct sent *sent = arrival->origin;
	struct osc_coap plain;

	MUST(sent != NULL);
	if (sent == NULL)
		return; /* never: for readers that do not know what MUST does */
	MUST(work->side == OSC_SIDE_PEER && work->bound);
	MUST(place_of(work->endpoint) == sent->place);
	MUST(work->exchange.piv.seq == sent->exchange.piv.seq);
	MUST(osc_coap_decode(&plain, item->out, NULL) == OSC_OK);
	MUST(plain.payload.len == 1 && plain.payload.ptr[0] == (uint8_t)(sent - memory.sent));
}

static inline void
settle(const struct arrival *arrival, const struct osc_item *item, const struct osc_work *work)
{
	const struct sent *sent = arrival->origin;
	bool protected;
	enum osc_err err = item->err;
	bool verified = err == OSC_OK || (answer_code(err, &protected) != 0 && protected);

	if (work->passed_over) {
		MUST(err == OSC_OK && item->out.len == 0 && item->in.len == OSC_COAP_HEADER);
		return;
	}
	if (err == OSC_OK)
		check_accepted(arrival, item, work);
	if (arrival->exact && sent->request && !memory.vague && err != foretell(sent)) {
		(void)fprintf(stderr, "%s, number %llu: %d, not %d\n", places[sent->place].name,
		    (unsigned long long)sent->seq, (int)err, (int)foretell(sent));
		MUST(false);
	}
	MUST(!verified || sent != NULL);
	if (verified && sent->request && err != OSC_EWINDOWLOST)
		strike(sent, err == OSC_OK);
	check_reply(item, work);
}

#endif
