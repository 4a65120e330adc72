/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "../unit/contexts.h"
#include "fuzz.h"

/*
 * The inside of OSCORE messages. No fuzzer guesses a tag, so the harness seals
 * the text that it is given: byte 0 says what kind of message, byte 1 how many
 * bytes of outer options follow, the rest is the inner text.
 */

#define RESPONSE 0x01
#define OWN_PIV 0x02
#define KID_CONTEXT 0x04
#define ROOM ((size_t)8192)

static struct pair pair;
static struct osc_exchange request;
static uint8_t datagram[ROOM], text[ROOM], plain[ROOM], again[2 * ROOM + OSC_PROTECT_EXTRA];

static void
start(void)
{
	struct osc_params params;

	if (pair.client.memory != NULL)
		return;
	params = params_of_rfc(3);
	pair_make(&pair, &params);
	osc_piv_encode(&request.piv, 0x010203);
}

/* The outer options as they are, with the OSCORE option among them. A second OSCORE option
 * may come along. */
static void
put_options(struct osc_coap_writer *w, struct osc_slice options, struct osc_slice oscore)
{
	struct osc_option option = {0};
	bool written = false;

	while (osc_option_next(&options, &option)) {
		if (!written && option.number > OSC_OPT_OSCORE) {
			osc_coap_put_option(w, OSC_OPT_OSCORE, oscore);
			written = true;
		}
		osc_coap_put_option(w, option.number, option.value);
	}
	if (!written)
		osc_coap_put_option(w, OSC_OPT_OSCORE, oscore);
}

/* Seal a text as the peer of `to` would. Returns the length of the datagram. */
static size_t
seal(uint8_t kind, struct osc_slice options, struct osc_slice inner, bool *twice)
{
	bool response = (kind & RESPONSE) != 0;
	const struct osc_context *from = response ? &pair.server.context : &pair.client.context;
	struct osc_protection protection = {
	    .request = response ? &request : NULL,
	    .has_piv = !response || (kind & OWN_PIV) != 0,
	    .seq = 0x010203,
	    .kid_context = (kind & KID_CONTEXT) != 0,
	};
	uint8_t value[OSC_OPTION_MAX];
	struct osc_unprotection message;
	struct osc_oscore_option option;
	struct osc_coap_writer w;
	struct osc_aead_job job;
	struct osc_slice found;
	size_t at;

	*twice = osc_option_find(options, OSC_OPT_OSCORE, &found);
	osc_protect_option(&option, &protection, from);
	osc_coap_writer_init(&w, datagram, sizeof(datagram) - TAG_MAX);
	osc_coap_put_header(&w, OSC_COAP_CON, response ? OSC_CODE_CHANGED : OSC_CODE_POST, 0x5d1f,
	    osc_slice((const uint8_t *)"token", 5));
	put_options(&w, options, osc_slice(value, osc_oscore_option_encode(value, &option)));
	osc_coap_put_payload(&w, inner);
	MUST(!w.full);
	at = w.len - inner.len;
	/* Nonce and AAD as for opening what this side has sent. */
	MUST(osc_unprotect_decode(&message, osc_slice(datagram, w.len), NULL) ==
	    (*twice ? OSC_EOSCORE : OSC_OK));
	if (*twice)
		return w.len;
	if (!response)
		osc_unprotect_exchange(&request, &message);
	osc_unprotect_prepare(&message, from, OSC_SIDE_OWN, &request, text, &job);
	job.in = job.out = datagram + at;
	osc_aead_seal(&job, 1);
	return w.len + from->alg->tag_len;
}

/* Where the options of the plain message must come from: class U from outside, all others from
 * inside, and EDHOC from inside if it is there. */
struct sources {
	struct osc_slice rest[2]; /* outside, inside */
	struct osc_option last[2];
	bool edhoc_inside, observed;
};

static bool
is_class_u(uint32_t number)
{
	return number == 3 || number == 7 || number == 21 || number == 35 || number == 39;
}

/* The next option of a source that has to be in the plain message. */
static bool
next_due(struct sources *sources, int inside, bool response)
{
	struct osc_option *option = &sources->last[inside];

	while (osc_option_next(&sources->rest[inside], option)) {
		if (!inside && is_class_u(option->number) &&
		    !(option->number == 21 && sources->edhoc_inside))
			return true;
		if (!inside)
			continue;
		MUST(!is_class_u(option->number) || option->number == 21);
		if (option->number != 6 || !response || !sources->observed) {
			sources->observed = sources->observed || option->number == 6;
			return true;
		}
	}
	return false;
}

static void
check_options(
    struct osc_slice options, struct osc_slice outside, struct osc_slice inside, bool response)
{
	struct sources sources = {.rest = {outside, inside}};
	struct osc_option option = {0};
	struct osc_slice value;
	int from;

	sources.edhoc_inside = osc_option_find(inside, 21, &value);
	while (osc_option_next(&options, &option)) {
		from = !is_class_u(option.number) || (option.number == 21 && sources.edhoc_inside);
		MUST(next_due(&sources, from, response));
		MUST(sources.last[from].number == option.number);
		MUST((option.number == 6 && response) ||
		    osc_slice_equal(sources.last[from].value, option.value));
	}
	MUST(!next_due(&sources, 0, response) && !next_due(&sources, 1, response));
}

/* What was unprotected, protected again, comes back the same. */
static void
check_again(bool response, bool own_piv, struct osc_slice message)
{
	struct osc_protection protection = {.request = response ? &request : NULL,
	    .has_piv = !response || own_piv,
	    .seq = 0x010203};
	const struct osc_context *from = response ? &pair.server.context : &pair.client.context;
	const struct osc_context *to = response ? &pair.client.context : &pair.server.context;
	size_t cap = 2 * message.len + OSC_PROTECT_EXTRA, len = 0, back_len = 0;
	enum osc_err err = protect(&protection, from, message, again, cap, &len);

	MUST(err == OSC_OK && len <= cap);
	MUST(unprotect(to, osc_slice(again, len), &request, text, &back_len) == OSC_OK);
	MUST(osc_slice_equal(osc_slice(text, back_len), message));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct osc_slice options = {0}, payload, inner, inside;
	const struct osc_context *to;
	struct osc_coap coap;
	size_t outer_len, len, plain_len = 0;
	bool response, twice;
	enum osc_err err;

	if (size < 3 || size > 3000)
		return 0;
	start();
	response = (data[0] & RESPONSE) != 0;
	to = response ? &pair.client.context : &pair.server.context;
	outer_len = data[1] < size - 3 ? data[1] : size - 3;
	if (osc_coap_split_body(&options, &payload, osc_slice(data + 2, outer_len), NULL) != OSC_OK)
		options = osc_slice(NULL, 0);
	inner = osc_slice(data + 2 + outer_len, size - 2 - outer_len);
	len = seal(data[0], options, inner, &twice);
	err = unprotect(to, osc_slice(datagram, len), &request, plain, &plain_len);
	if (twice || err != OSC_OK) {
		MUST(twice ? err == OSC_EOSCORE
			   : err == OSC_EINNER || err == OSC_EINNERCODE || err == OSC_EINNEROPT);
		return 0;
	}
	MUST(plain_len <= len);
	MUST(osc_coap_decode(&coap, osc_slice(plain, plain_len), NULL) == OSC_OK);
	MUST(coap.code == inner.ptr[0] && coap.mid == 0x5d1f && coap.token.len == 5);
	MUST(osc_coap_split_body(
		 &inside, &payload, osc_slice(inner.ptr + 1, inner.len - 1), NULL) == OSC_OK);
	MUST(osc_slice_equal(coap.payload, payload));
	check_options(coap.options, options, inside, response);
	check_again(response, (data[0] & OWN_PIV) != 0, osc_slice(plain, plain_len));
	return 0;
}
