/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "base/secret.h"
#include "core/rewrite.h"
#include "session/errorreply.h"
#include "session/rederive.h"

#define OPTION_MAX_AGE 14

/* The longest plain answer: header, token, Echo or Max-Age, text. */
#define PLAIN_MAX 80

struct answer {
	uint8_t code;
	const char *text;
};

/* The codes and texts of 7.4 and 8.2; no code: no answer. */
static struct answer
answer_to(enum osc_err err)
{
	static const struct answer bad_option = {OSC_CODE(4, 2), "Failed to decode COSE"};
	static const struct answer not_found = {OSC_CODE(4, 1), "Security context not found"};
	static const struct answer replayed = {OSC_CODE(4, 1), "Replay detected"};
	static const struct answer failed = {OSC_CODE(4, 0), "Decryption failed"};
	static const struct answer inner = {OSC_CODE(4, 2), ""};
	static const struct answer challenge = {OSC_CODE(4, 1), ""};
	static const struct answer none = {0, ""};

	switch (err) {
	case OSC_EFLAGS:
	case OSC_EGROUP:
	case OSC_EEXTFLAGS:
	case OSC_EOSCORE:
	case OSC_ENOPIV:
	case OSC_ENOKID:
	case OSC_ENOPAYLOAD:
		return bad_option;
	case OSC_EKID:
	case OSC_EKIDOWN:
	case OSC_EKIDROLE:
	case OSC_EKIDCONTEXT:
		return not_found;
	case OSC_EREPLAY:
		return replayed;
	case OSC_ETAG:
		return failed;
	case OSC_EINNER:
	case OSC_EINNERCODE:
	case OSC_EINNEROPT:
		return inner;
	case OSC_EWINDOWLOST:
	case OSC_EREDERIVE:
	case OSC_ELOST:
		return challenge;
	default:
		return none;
	}
}

bool
osc_errorreply_protected(enum osc_err err)
{
	return answer_to(err).code != 0 && answer_to(err).text[0] == '\0';
}

/* A piggybacked response to a Confirmable request; else a message of its own, which
 * needs a Message ID of its own (RFC 7252, 5.2). */
bool
osc_errorreply_header(struct osc_coap *header, const struct osc_coap *request)
{
	memset(header, 0, sizeof(*header));
	header->type = request->type == OSC_COAP_CON ? OSC_COAP_ACK : OSC_COAP_NON;
	header->mid = request->mid;
	header->token = request->token;
	return header->type == OSC_COAP_ACK || osc_random(&header->mid, sizeof(header->mid));
}

static bool
put_header(struct osc_coap_writer *w, const struct osc_coap *request, uint8_t code)
{
	struct osc_coap header;

	if (!osc_errorreply_header(&header, request))
		return false;
	osc_coap_put_header(w, header.type, code, header.mid, header.token);
	return true;
}

/* Outer Max-Age 0: the answer must not be cached (4.1.3.1). */
static enum osc_err
write_plain(struct osc_work *work, const struct answer *answer, uint8_t *out)
{
	struct osc_coap_writer w;

	osc_coap_writer_init(&w, out, OSC_REPLY_MAX);
	if (!put_header(&w, &work->message.outer, answer->code))
		return OSC_EIO;
	osc_coap_put_option(&w, OPTION_MAX_AGE, osc_slice(NULL, 0));
	osc_coap_put_payload(&w, osc_slice((const uint8_t *)answer->text, strlen(answer->text)));
	work->reply = osc_slice(out, w.len);
	return OSC_OK;
}

/* One challenge for all requests until one comes back, so that a retransmission
 * does not take the answer to the first away (B.1.2). */
static bool
make_echo(struct osc_state *state)
{
	if (state->echo_len == 0 && osc_random(state->echo, sizeof(state->echo)))
		state->echo_len = sizeof(state->echo);
	return state->echo_len > 0;
}

static enum osc_err
write_protected(struct osc_work *work, enum osc_err err, const struct answer *answer, uint8_t *out)
{
	struct osc_state *state = osc_store_state(work->endpoint->store);
	struct osc_protection protection = {
	    .request = &work->exchange, .has_piv = true, .seq = state->next};
	uint8_t plain[PLAIN_MAX];
	struct osc_coap_writer w;
	struct osc_aead_job job;
	size_t len;

	if (state->next > OSC_SEQ_MAX)
		return OSC_OK;
	osc_coap_writer_init(&w, plain, sizeof(plain));
	if (!put_header(&w, &work->message.outer, answer->code))
		return OSC_EIO;
	if (err == OSC_EWINDOWLOST) {
		if (!make_echo(state))
			return OSC_EIO;
		osc_coap_put_option(&w, OSC_OPT_ECHO, osc_slice(state->echo, sizeof(state->echo)));
	}
	if (osc_coap_decode(&protection.plain, osc_slice(plain, w.len), NULL) != OSC_OK ||
	    osc_protect_write(
		&protection, work->endpoint->active, out, OSC_REPLY_MAX, &len, &job) != OSC_OK)
		return OSC_EIO; /* cannot happen: it is short and well formed */
	state->next++;
	osc_window_answer(&state->window, work->exchange.piv.seq);
	osc_aead_seal(&job, 1);
	work->reply = osc_slice(out, len);
	work->reply_protected = true;
	osc_protect_option(&work->reply_option, &protection, work->endpoint->active);
	return OSC_OK;
}

enum osc_err
osc_errorreply_write(struct osc_work *work, enum osc_err err, uint8_t *out)
{
	struct answer answer = answer_to(err);

	if (answer.code == 0 || !work->message.is_request)
		return OSC_OK;
	if (err == OSC_EREDERIVE || err == OSC_ELOST)
		return osc_rederive_challenge(work, out);
	if (osc_errorreply_protected(err))
		return write_protected(work, err, &answer, out);
	return write_plain(work, &answer, out);
}
