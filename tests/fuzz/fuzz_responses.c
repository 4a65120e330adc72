/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "session/receive.h"
#include "world.h"

/*
 * Responses to many requests, which lie in one file. The input says which requests there
 * are, many with the same token, some of them not of this side; then, step by step, what
 * the peer responds to which, and what is sent again, changed or not. The oracle knows
 * which request each response belongs to:
 *
 *     what is accepted is what the peer sent, and it is bound to the request it was for;
 *     of a request, one response that is no notification is accepted, one without Partial
 *     IV, and notifications whose Partial IVs rise;
 *     a response that nothing speaks against is accepted.
 */

#define REQUESTS_MAX 24
#define RESPONSES_MAX 48
#define GROUP_MAX 16

static struct place place = {.name = "one",
    .own = "01",
    .peer = "",
    .id_context = "aa",
    .secret = 1,
    .algorithm = 10,
    .window = 32};

struct request {
	struct request *first; /* of those that differ in the header only; it has what is below */
	bool own;              /* else this side has never sent it */
	bool observe, registration;
	struct osc_exchange exchange;
	uint8_t bytes[LETTER_MAX];
	size_t len;

	/* What was accepted for it. */
	bool any, answered, nonce_used, notified;
	uint64_t newest;
};

struct response {
	struct request *request;
	bool observe, good;
	struct osc_piv piv;
	uint8_t bytes[LETTER_MAX];
	size_t len;
};

struct arrival {
	const struct response *origin;
	bool exact;
	uint8_t bytes[LETTER_MAX];
	size_t len;
};

static struct {
	struct request requests[REQUESTS_MAX];
	size_t n_requests;
	struct response responses[RESPONSES_MAX];
	size_t n_responses;
	struct arrival arrivals[GROUP_MAX];
	size_t n_arrivals;
	struct osc_session session;
	uint64_t seq; /* of the peer */
} run;

static struct osc_slice
choose_token(uint8_t how)
{
	static const uint8_t token[] = {1, 2, 3, 4, 5, 6, 7, 8};
	static const size_t lengths[] = {1, 1, 0, 8};

	return osc_slice(token, lengths[how & 3]);
}

/* The value of Observe in a request; absent: none. */
static struct osc_slice
choose_observe(uint8_t how)
{
	static const uint8_t values[] = {0, 1};

	if ((how & 3) < 2)
		return osc_slice(values, how & 3);
	return (how & 3) == 2 ? osc_slice(values + 1, 1) : OSC_ABSENT;
}

static struct osc_slice
token_of(const uint8_t *datagram)
{
	return osc_slice(datagram + OSC_COAP_HEADER, datagram[0] & 0x0f);
}

/* The one before again, with another Message ID, and perhaps another token. */
static void
repeat_request(struct request *request, struct osc_slice token)
{
	size_t from = OSC_COAP_HEADER + token_of(request[-1].bytes).len;

	*request = request[-1];
	request->len = OSC_COAP_HEADER + token.len + request[-1].len - from;
	MUST(request->len <= LETTER_MAX);
	request->bytes[0] = (uint8_t)((request->bytes[0] & 0xf0) | token.len);
	request->bytes[2]++;
	osc_copy(request->bytes + OSC_COAP_HEADER, token.ptr, token.len);
	osc_copy(request->bytes + OSC_COAP_HEADER + token.len, request[-1].bytes + from,
	    request[-1].len - from);
}

/* Each has a number of its own. */
static void
make_request(void)
{
	uint8_t how = script_next(), about = script_next(), text[16];
	struct request *request = &run.requests[run.n_requests++];
	const struct pair *keys = &place.keys;
	const struct osc_context *from = &keys->server.context;
	struct letter letter = {.type = OSC_COAP_CON, .code = OSC_CODE_POST, .mid = how};
	struct osc_slice observe = choose_observe(about);
	struct osc_coap_writer w;

	if ((how & 8) != 0 && run.n_requests > 1) {
		repeat_request(request, choose_token(how));
		return;
	}
	request->first = request;
	request->own = (how & 0x30) != 0x30;
	if (!request->own)
		from = &keys->client.context;
	request->observe = osc_is_present(observe);
	request->registration = request->observe && (observe.len == 0 || observe.ptr[0] == 0);
	osc_coap_writer_init(&w, text, sizeof(text));
	osc_coap_put_byte(&w, OSC_CODE_POST);
	if (request->observe)
		osc_coap_put_option(&w, OSC_OPT_OBSERVE, observe);
	letter.token = choose_token(how);
	letter.text = osc_slice(text, w.len);
	osc_piv_encode(
	    &letter.option.piv, run.n_requests | (uint64_t)(about >> 2) << (8 + (how >> 6) * 8));
	letter.option.kid = osc_present(from->sender_id.bytes, from->sender_id.len);
	letter.option.kid_context = (how & 4) != 0 ? from->id_context : OSC_ABSENT;
	request->len = letter_seal(request->bytes, &letter, from, &request->exchange);
}

static enum osc_err
all_requests(void *arg, struct osc_receipts *receipts, struct osc_detail *detail)
{
	enum osc_err err = OSC_OK;

	(void)arg;
	for (size_t i = 0; i < run.n_requests && err == OSC_OK; i++)
		err = osc_receipts_add(
		    receipts, osc_slice(run.requests[i].bytes, run.requests[i].len), detail);
	return err;
}

/* Whether a response is in order that verifies and is well formed (7.4, 7.4.1, 8.4.2). */
static bool
in_order(const struct response *response)
{
	const struct request *request = response->request;

	if (response->observe && !request->observe)
		return false;
	if (response->piv.len == 0 && request->nonce_used)
		return false;
	if (!response->observe || !request->registration)
		return !request->answered;
	return response->piv.len == 0 || !request->notified || response->piv.seq > request->newest;
}

static void
check_accepted(
    const struct arrival *arrival, const struct osc_item *item, const struct osc_work *work)
{
	const struct response *response = arrival->origin;
	struct request *request = response->request;
	struct osc_coap plain;

	MUST(response->good && request->own && in_order(response));
	MUST(work->bound && work->side == OSC_SIDE_PEER);
	MUST(work->exchange.piv.seq == request->exchange.piv.seq);
	MUST(osc_coap_decode(&plain, item->out, NULL) == OSC_OK);
	MUST(osc_slice_equal(plain.token, token_of(response->bytes)));
	MUST(plain.payload.len == 1 && plain.payload.ptr[0] == (uint8_t)(response - run.responses));
	if (!response->observe || !request->registration)
		request->answered = true;
	else if (response->piv.len > 0)
		request->newest = response->piv.seq;
	request->notified = request->notified ||
	    (request->registration && response->observe && response->piv.len > 0);
	request->nonce_used = request->nonce_used || response->piv.len == 0;
}

static void
settle(const struct arrival *arrival, const struct osc_item *item, const struct osc_work *work)
{
	const struct response *response = arrival->origin;
	bool due = arrival->exact && response->good && response->request->own && in_order(response);
	int status = osc_err_status(item->err);

	MUST(status == 0 || (status >= 3 && status <= 6));
	MUST(!due || item->err == OSC_OK);
	/* What is no response any more is judged as a request, and its number may be that of one:
	 * this peer counts them apart. */
	if (item->err == OSC_OK && !osc_code_is_request(arrival->bytes[1]))
		check_accepted(arrival, item, work);
}

static void
process(void)
{
	struct osc_item items[GROUP_MAX] = {0};
	struct osc_detail detail = {0};
	size_t n = run.n_arrivals, done;

	for (size_t i = 0; i < n; i++)
		items[i].in = osc_slice(run.arrivals[i].bytes, run.arrivals[i].len);
	for (size_t from = 0; from < n; from += done) {
		MUST(osc_session_unprotect(&run.session, items + from, n - from, &done, &detail) ==
		    OSC_OK);
		MUST(done > 0 && done <= n - from);
		for (size_t i = 0; i < done; i++)
			settle(&run.arrivals[from + i], &items[from + i],
			    osc_session_work(&run.session, i));
	}
	run.n_arrivals = 0;
}

static struct arrival *
new_arrival(const struct response *origin)
{
	struct arrival *arrival;

	if (run.n_arrivals == GROUP_MAX)
		process();
	arrival = &run.arrivals[run.n_arrivals++];
	arrival->origin = origin;
	arrival->exact = true;
	arrival->len = origin->len;
	memcpy(arrival->bytes, origin->bytes, origin->len);
	return arrival;
}

#define OWN_PIV 0x01
#define OBSERVE 0x02
#define KID 0x04
#define KID_CONTEXT 0x08
#define BAD 0x10
#define BACK 0x20

static void
respond(void)
{
	uint8_t which = script_next(), flags = script_next(), text[16];
	const struct osc_context *context = &place.keys.client.context;
	const struct request *under = &run.requests[which % run.n_requests];
	struct response *response = &run.responses[run.n_responses];
	uint8_t serial = (uint8_t)run.n_responses;
	struct letter letter = {.type = OSC_COAP_NON, .code = OSC_CODE_CHANGED, .mid = serial};
	struct osc_exchange exchange;
	struct osc_coap_writer w;

	if (run.n_responses == RESPONSES_MAX)
		return;
	run.n_responses++;
	memset(response, 0, sizeof(*response));
	response->request = under->first;
	response->observe = (flags & OBSERVE) != 0;
	response->good = (flags & BAD) == 0;
	if ((flags & OWN_PIV) != 0)
		osc_piv_encode(&response->piv, (flags & BACK) != 0 ? run.seq / 2 : run.seq++);
	osc_coap_writer_init(&w, text, sizeof(text));
	osc_coap_put_byte(&w, response->good ? OSC_CODE_CONTENT : OSC_CODE_POST);
	if (response->observe)
		osc_coap_put_option(&w, OSC_OPT_OBSERVE, osc_slice(NULL, 0));
	osc_coap_put_payload(&w, osc_slice(&serial, 1));
	letter.token = token_of(under->bytes);
	letter.text = osc_slice(text, w.len);
	letter.option.piv = response->piv;
	letter.option.kid = letter.option.kid_context = OSC_ABSENT;
	if ((flags & KID) != 0)
		letter.option.kid = osc_present(context->sender_id.bytes, context->sender_id.len);
	if ((flags & KID_CONTEXT) != 0)
		letter.option.kid_context = context->id_context;
	exchange = response->request->exchange;
	response->len = letter_seal(response->bytes, &letter, context, &exchange);
	(void)new_arrival(response);
}

static void
respond_again(void)
{
	uint8_t which = script_next(), how = script_next(), what = script_next();
	struct arrival *arrival;

	if (run.n_responses == 0)
		return;
	arrival = new_arrival(&run.responses[run.n_responses - 1 - which % run.n_responses]);
	if (how == 0)
		return;
	arrival->exact = what == 0;
	arrival->bytes[how % arrival->len] ^= what;
}

static void
begin(void)
{
	static char directory[128];
	struct osc_session_options options = {
	    .directory = directory, .requests = all_requests, .keep_going = true};
	struct osc_detail detail = {0};

	(void)snprintf(directory, sizeof(directory), "%s/%s", world_many, place.name);
	osc_session_init(&run.session, &options);
	MUST(osc_session_open(&run.session, false, &detail) == OSC_OK);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const steps[])(void) = {respond, respond, respond_again, process};
	static bool ready;
	size_t n;

	if (!ready) {
		osc_secret_init();
		world_make(&place, 1);
		ready = true;
	}
	memset(&run, 0, sizeof(run));
	script = osc_slice(data, size);
	n = script_next() % REQUESTS_MAX + 1;
	while (run.n_requests < n)
		make_request();
	begin();
	while (script.len > 0)
		steps[script_next() % 4]();
	process();
	osc_session_close(&run.session);
	return 0;
}
