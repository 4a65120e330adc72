/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_TESTS_OUTGOING_H
#define OSC_TESTS_OUTGOING_H

/* What this side sends: each message by a program of its own. */

#include "arrivals.h"
#include "foreign.h"
#include "session/send.h"

/* No run ends early in this world, unless fsync fails. */
static inline bool
went_well(enum osc_err err, const struct osc_detail *detail)
{
	if (err != OSC_OK && err != OSC_EIO)
		(void)fprintf(stderr, "%d: %s: %s\n", (int)err, detail->path, detail->text);
	MUST(err == OSC_OK || (err == OSC_EIO && memory.vague));
	return err == OSC_OK;
}

#define NEW_PIV 0x01
#define MANY 0x06 /* the program looks for the context of the request */

/* The request that a response is for. */
static inline enum osc_err
one_request(void *arg, struct osc_receipts *receipts, struct osc_detail *detail)
{
	const struct sent *sent = arg;

	return osc_receipts_add(receipts, osc_slice(sent->bytes, sent->len), detail);
}

/* The message of a program of its own; empty if it fails. */
static inline struct osc_slice
protect_one(size_t place, const struct sent *request, uint8_t flags, struct osc_slice plain)
{
	static struct sent bound;
	static uint8_t out[1024];
	struct osc_session_options options = {
	    .directory = world_path("many/%s", places[place].name),
	    .role = OSC_ROLE_SERVER,
	    .requests = request != NULL ? one_request : NULL,
	    .requests_arg = &bound,
	    .new_piv = (flags & NEW_PIV) != 0,
	};
	struct osc_item item = {.in = plain};
	struct osc_detail detail = {0};
	struct osc_session session;
	size_t done, len = 0;

	memory.models[place].kept[0] = '\0';
	if (request != NULL) {
		bound = *request;
		options.many = (flags & MANY) == MANY;
		options.directory = options.many ? world_many : options.directory;
	}
	osc_session_init(&session, &options);
	MUST(osc_session_open(&session, false, &detail) == OSC_OK);
	if (went_well(osc_session_protect(&session, &item, 1, &done, &detail), &detail)) {
		MUST(done == 1 && item.err == OSC_OK && item.out.len <= sizeof(out));
		len = item.out.len;
		memcpy(out, item.out.ptr, len);
	}
	osc_session_close(&session);
	return osc_slice(out, len);
}

static inline struct osc_slice
write_plain(uint8_t *out, size_t cap, uint8_t code, struct osc_slice token, bool observe)
{
	struct osc_coap_writer w;

	osc_coap_writer_init(&w, out, cap);
	osc_coap_put_header(&w, OSC_COAP_NON, code, (uint16_t)memory.n_own, token);
	if (observe)
		osc_coap_put_option(&w, OSC_OPT_OBSERVE, osc_slice(NULL, 0));
	osc_coap_put_payload(&w, slice_of("plain"));
	return osc_slice(out, w.len);
}

/* A response to a request that has got in. */
static inline void
answer(void)
{
	uint8_t which = script_next(), flags = script_next(), plain[64];
	struct osc_unprotection request, message;
	struct osc_slice out;
	struct struck *struck;
	bool free, observe = (flags & OBSERVE) != 0, new_piv = (flags & NEW_PIV) != 0;

	if (memory.n_struck == 0)
		return;
	struck = &memory.struck[memory.n_struck - 1 - which % memory.n_struck];
	if (memory.models[struck->place].back)
		return;
	MUST(osc_unprotect_decode(
		 &request, osc_slice(struck->sent->bytes, struck->sent->len), NULL) == OSC_OK);
	out = write_plain(plain, sizeof(plain), OSC_CODE_CONTENT, request.outer.token, observe);
	out = protect_one(struck->place, struck->sent, flags, out);
	if (out.len == 0)
		return;
	MUST(osc_unprotect_decode(&message, out, NULL) == OSC_OK);
	free = struck->unanswered && !memory.models[struck->place].lost &&
	    struck->seq >= memory.models[struck->place].low;
	MUST(memory.vague || (message.option.piv.len == 0) == (free && !observe && !new_piv));
	if (message.option.piv.len > 0) {
		use_number(struck->place, &message.option.piv);
	} else {
		MUST(!struck->nonce_used);
		struck->nonce_used = true;
	}
	struck->unanswered = false;
	MUST(osc_slice_equal(
	    open_response(struck->place, out, &struck->sent->exchange).payload, slice_of("plain")));
}

/* A request of this side, which gets a number of its own. */
static inline void
send_own(void)
{
	uint8_t where = script_next(), plain[64], opened[1024];
	struct own *own = &memory.own[memory.n_own];
	struct osc_unprotection message;
	struct osc_slice out;
	size_t len;

	own->place = where % PLACES;
	if (memory.models[own->place].back)
		return;
	out = write_plain(
	    plain, sizeof(plain), OSC_CODE_POST, choose_token(where >> 4), (where & 0x80) != 0);
	out = protect_one(own->place, NULL, 0, out);
	if (out.len == 0)
		return;
	MUST(osc_unprotect_decode(&message, out, NULL) == OSC_OK);
	use_number(own->place, &message.option.piv);
	MUST(unprotect(&places[own->place].keys.client.context, out, &own->exchange, opened,
		 &len) == OSC_OK);
	MUST(out.len <= sizeof(own->bytes));
	memcpy(own->bytes, out.ptr, out.len);
	own->len = out.len;
	memory.n_own++;
}

#endif
