/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_TESTS_ARRIVALS_H
#define OSC_TESTS_ARRIVALS_H

/* What peers and attackers send, step by step. */

#include "verdict.h"

#define GROUP_MAX 16

static struct {
	struct arrival list[GROUP_MAX];
	size_t n;
} arrivals;

static inline struct arrival *
new_arrival(const struct sent *origin)
{
	struct arrival *arrival = &arrivals.list[arrivals.n++];

	arrival->origin = origin;
	arrival->exact = origin != NULL;
	if (origin != NULL)
		memcpy(arrival->bytes, origin->bytes, origin->len);
	arrival->len = origin != NULL ? origin->len : 0;
	return arrival;
}

static inline struct sent *
new_sent(size_t place, bool request)
{
	struct sent *sent = &memory.sent[memory.n_sent++];

	memset(sent, 0, sizeof(*sent));
	sent->place = place;
	sent->request = request;
	return sent;
}

static inline struct osc_slice
choose_token(uint8_t how)
{
	static const uint8_t token[] = {1, 2, 3, 4, 5, 6, 7, 8};
	static const size_t lengths[] = {0, 1, 4, 8};

	return osc_slice(token, lengths[how & 3]);
}

/* The number of the next request: above all that were used, or among or below them. */
static inline uint64_t
choose_number(const struct model *model, bool above)
{
	uint8_t how = script_next();
	uint64_t back = how & 0x3f;

	/* Whoever was challenged since goes on above. */
	if (how < 0x40 || above)
		return model->top + (how & 0x3f);
	if (how < 0x80)
		return model->top > back ? model->top - back - 1 : 0;
	return model->top + (how == 0xff ? UINT64_C(1) << 32 : (uint64_t)(how & 0x7f) << 8);
}

static inline struct osc_slice
write_text(struct sent *sent, uint8_t *out, size_t cap)
{
	uint8_t serial = (uint8_t)(sent - memory.sent);
	struct osc_coap_writer w;

	osc_coap_writer_init(&w, out, cap);
	osc_coap_put_byte(
	    &w, !sent->request || sent->inner == OSC_EINNERCODE ? OSC_CODE_CONTENT : OSC_CODE_POST);
	if (sent->inner == OSC_EINNEROPT)
		osc_coap_put_option(&w, OSC_OPT_URI_HOST, slice_of("host"));
	if (sent->observe)
		osc_coap_put_option(&w, OSC_OPT_OBSERVE, osc_slice(NULL, 0));
	if (sent->has_echo)
		osc_coap_put_option(&w, OSC_OPT_ECHO, osc_slice(sent->echo, sizeof(sent->echo)));
	if (sent->inner == OSC_EINNER)
		osc_coap_put_byte(&w, 0xe0); /* an option that is cut off */
	else
		osc_coap_put_payload(&w, osc_slice(&serial, 1));
	MUST(!w.full);
	return osc_slice(out, w.len);
}

#define LEADING_ZERO 0x80
#define NON 0x01
#define KID_CONTEXT 0x02
#define ECHO 0x04
#define OBSERVE 0x08

static inline void
send_request(void)
{
	static const enum osc_err inners[] = {
	    OSC_OK, OSC_OK, OSC_OK, OSC_OK, OSC_OK, OSC_EINNER, OSC_EINNERCODE, OSC_EINNEROPT};
	uint8_t where = script_next(), flags = script_next();
	size_t place = where % PLACES;
	const struct osc_context *context = &places[place].keys.client.context;
	struct model *model = &memory.models[place];
	struct sent *sent = new_sent(place, true);
	struct letter letter = {.code = OSC_CODE_POST, .mid = (uint16_t)memory.n_sent};
	uint8_t text[LETTER_MAX];

	sent->seq = choose_number(model, (flags & ECHO) != 0);
	sent->inner = inners[flags >> 4 & 7];
	sent->observe = (flags & OBSERVE) != 0;
	sent->has_echo = (flags & ECHO) != 0;
	memcpy(sent->echo, model->echo, sizeof(sent->echo));
	model->top = sent->seq >= model->top ? sent->seq + 1 : model->top;
	letter.type = (flags & NON) != 0 ? OSC_COAP_NON : OSC_COAP_CON;
	letter.token = choose_token(where >> 4);
	osc_piv_encode(&letter.option.piv, sent->seq);
	if ((where & LEADING_ZERO) != 0 && letter.option.piv.len < OSC_PIV_MAX) {
		memmove(
		    letter.option.piv.bytes + 1, letter.option.piv.bytes, letter.option.piv.len++);
		letter.option.piv.bytes[0] = 0;
	}
	letter.option.kid = osc_present(context->sender_id.bytes, context->sender_id.len);
	letter.option.kid_context = (flags & KID_CONTEXT) != 0 ? context->id_context : OSC_ABSENT;
	letter.text = write_text(sent, text, sizeof(text));
	sent->len = letter_seal(sent->bytes, &letter, context, &sent->exchange);
	(void)new_arrival(sent);
}

/* Put another kid context into a message, or take it out. */
static inline void
change_kid_context(struct arrival *arrival, struct osc_slice kid_context)
{
	struct osc_unprotection message;
	struct osc_coap_writer w;
	uint8_t value[OSC_OPTION_MAX], out[LETTER_MAX];

	if (osc_unprotect_decode(&message, osc_slice(arrival->bytes, arrival->len), NULL) != OSC_OK)
		return;
	message.option.kid_context = kid_context;
	osc_coap_writer_init(&w, out, sizeof(out));
	osc_coap_put_header(
	    &w, message.outer.type, message.outer.code, message.outer.mid, message.outer.token);
	osc_coap_put_option(
	    &w, OSC_OPT_OSCORE, osc_slice(value, osc_oscore_option_encode(value, &message.option)));
	osc_coap_put_payload(&w, message.outer.payload);
	if (w.full)
		return;
	memcpy(arrival->bytes, out, w.len);
	arrival->len = w.len;
}

/* Something is sent again, by whoever has recorded it. */
static inline void
send_again(void)
{
	uint8_t which = script_next(), how = script_next(), what = script_next();
	const struct osc_slice changed[] = {
	    OSC_ABSENT, osc_present(NULL, 0), slice_of("\xaa"), slice_of("\xbb")};
	struct arrival *arrival;

	if (memory.n_sent == 0)
		return;
	arrival = new_arrival(&memory.sent[memory.n_sent - 1 - which % memory.n_sent]);
	if (how == 0)
		return;
	arrival->exact = false;
	if (how == 0xff)
		change_kid_context(arrival, changed[what & 3]);
	else if (how == 0xfe)
		arrival->len -= what % arrival->len;
	else
		arrival->bytes[how % arrival->len] ^= what;
}

static inline void
send_garbage(void)
{
	struct arrival *arrival = new_arrival(NULL);

	arrival->len = script_next() & 0x3f;
	for (size_t i = 0; i < arrival->len; i++)
		arrival->bytes[i] = script_next();
}

/* The response of a peer to a request of this side. */
static inline void
respond(void)
{
	uint8_t which = script_next(), flags = script_next(), text[LETTER_MAX];
	struct letter letter = {.type = OSC_COAP_NON, .code = OSC_CODE_CHANGED};
	const struct osc_context *context;
	struct osc_unprotection request;
	const struct own *own;
	struct sent *sent;

	if (memory.n_own == 0)
		return;
	own = &memory.own[memory.n_own - 1 - which % memory.n_own];
	context = &places[own->place].keys.client.context;
	sent = new_sent(own->place, false);
	sent->observe = (flags & OBSERVE) != 0;
	sent->exchange = own->exchange;
	MUST(osc_unprotect_decode(&request, osc_slice(own->bytes, own->len), NULL) == OSC_OK);
	letter.token = request.outer.token;
	letter.option.kid = letter.option.kid_context = OSC_ABSENT;
	if ((flags & 1) != 0)
		letter.option.kid = osc_present(context->sender_id.bytes, context->sender_id.len);
	if ((flags & 2) != 0)
		letter.option.kid_context = context->id_context;
	if ((flags & 4) != 0)
		osc_piv_encode(&letter.option.piv, memory.models[own->place].top++);
	letter.text = write_text(sent, text, sizeof(text));
	sent->len = letter_seal(sent->bytes, &letter, context, &sent->exchange);
	(void)new_arrival(sent);
}

#endif
