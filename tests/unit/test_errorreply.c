/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "base/secret.h"
#include "contexts.h"
#include "dir.h"
#include "session/errorreply.h"

/* The server's directory of RFC 8613, C.1; both sides are in `both`. */
#define SETTINGS                                                                                   \
	"{\"sender-id_hex\": \"01\", \"recipient-id_hex\": \"\", \"algorithm\": 10,"               \
	" \"secret_hex\": \"0102030405060708090a0b0c0d0e0f10\","                                   \
	" \"salt_hex\": \"9e7ca92223786340\"}"

static struct pair both;
static struct osc_endpoint endpoint;
static uint8_t out[OSC_REPLY_MAX];

/* reply - what is made for a message that is refused with err; empty for none */
static struct osc_slice
reply(struct osc_work *work, const char *message, enum osc_err err)
{
	memset(work, 0, sizeof(*work));
	(void)osc_unprotect_decode(&work->message, unhex(message), NULL);
	if (work->message.is_request && osc_is_present(work->message.option.kid))
		osc_unprotect_exchange(&work->exchange, &work->message);
	work->endpoint = &endpoint;
	memset(out, 0xa5, sizeof(out));
	CHECK(osc_errorreply_write(work, err, out) == OSC_OK);
	return work->reply;
}

static struct osc_state *
state(void)
{
	return osc_store_state(endpoint.store);
}

#define CON_REQUEST "42025d1faabb920914ff00112233445566778899"
#define NON_REQUEST "52025d1faabb920914ff00112233445566778899"

static void
test_reply_plain(void)
{
	static const struct {
		enum osc_err err;
		uint8_t code;
		const char *text;
	} cases[] = {
	    {OSC_EFLAGS, 0x82, "Failed to decode COSE"},
	    {OSC_EOSCORE, 0x82, "Failed to decode COSE"},
	    {OSC_ENOPIV, 0x82, "Failed to decode COSE"},
	    {OSC_ENOKID, 0x82, "Failed to decode COSE"},
	    {OSC_ENOPAYLOAD, 0x82, "Failed to decode COSE"},
	    {OSC_EKID, 0x81, "Security context not found"},
	    {OSC_EKIDCONTEXT, 0x81, "Security context not found"},
	    {OSC_EREPLAY, 0x81, "Replay detected"},
	    {OSC_ETAG, 0x80, "Decryption failed"},
	};
	uint64_t next = state()->next;
	struct osc_slice value;
	struct osc_coap coap;
	struct osc_work work;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (int non = 0; non < 2; non++) {
			CHECK(!osc_errorreply_protected(cases[i].err));
			CHECK(osc_coap_decode(&coap,
				  reply(&work, non ? NON_REQUEST : CON_REQUEST, cases[i].err),
				  NULL) == OSC_OK);
			CHECK(coap.type == (non ? OSC_COAP_NON : OSC_COAP_ACK));
			CHECK(coap.code == cases[i].code && (non || coap.mid == 0x5d1f));
			CHECK(same(coap.token, "aabb"));
			CHECK(same(coap.options, "d001"));
			CHECK(osc_option_find(coap.options, 14, &value) && value.len == 0);
			CHECK(osc_slice_equal(coap.payload, slice_of(cases[i].text)));
			CHECK(!work.reply_protected);
		}
	CHECK(state()->next == next);
}

static void
test_reply_none(void)
{
	static const enum osc_err errors[] = {OSC_EIO, OSC_EBUSY, OSC_ENOTOSCORE, OSC_ELONG,
	    OSC_EHEADER, OSC_EVERSION, OSC_ETKL, OSC_ECODE, OSC_EOPTION, OSC_EMARKER, OSC_EHEX,
	    OSC_EJSON, OSC_EMESSAGE, OSC_ECBOR, OSC_ECONTEXT, OSC_EROLE, OSC_ESTATE, OSC_ECOPY,
	    OSC_EEXHAUSTED, OSC_ENOCID, OSC_ENOREQUEST, OSC_EANSWERED, OSC_ENOTIFYPIV,
	    OSC_ENOTIFYOLD};
	static const enum osc_err answered[] = {OSC_EFLAGS, OSC_EKID, OSC_EREPLAY, OSC_ETAG,
	    OSC_EINNER, OSC_EWINDOWLOST, OSC_ENOPAYLOAD};
	struct osc_work work;

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		CHECK(!osc_errorreply_protected(errors[i]));
		CHECK(reply(&work, CON_REQUEST, errors[i]).len == 0);
	}
	/* nothing is made for responses */
	for (size_t i = 0; i < sizeof(answered) / sizeof(answered[0]); i++)
		CHECK(reply(&work, "62445d1faabb90ff00112233445566778899", answered[i]).len == 0);
	CHECK(state()->echo_len == 0 && state()->next == 7);
}

/* What the client reads in a protected reply. */
static struct osc_slice
read_reply(struct osc_work *work, struct osc_slice message)
{
	static uint8_t plain[OSC_REPLY_MAX];
	size_t len = 0;

	CHECK(unprotect(&both.client.context, message, &work->exchange, plain, &len) == OSC_OK);
	return osc_slice(plain, len);
}

static void
test_reply_inner(void)
{
	static const enum osc_err errors[] = {OSC_EINNER, OSC_EINNERCODE, OSC_EINNEROPT};
	struct osc_slice message;
	struct osc_work work;

	for (size_t i = 0; i < 3; i++) {
		CHECK(osc_errorreply_protected(errors[i]));
		CHECK(osc_window_commit(&state()->window, 20 + i) == OSC_OK);
		message = reply(&work,
		    i == 0       ? CON_REQUEST
			: i == 1 ? "42025d1faabb920915ff00112233445566778899"
				 : "42025d1faabb920916ff00112233445566778899",
		    errors[i]);
		CHECK(work.reply_protected && message.ptr[0] == 0x62 && message.ptr[1] == 0x44);
		CHECK(state()->next == 8 + i);
		CHECK(same(read_reply(&work, message), "62825d1faabb"));
		/* its nonce is not there for another response any more */
		CHECK(!osc_window_unanswered(&state()->window, 20 + i));
	}
}

static void
test_reply_challenge(void)
{
	uint8_t echo[8];
	struct osc_slice message, plain;
	struct osc_work work;

	CHECK(osc_errorreply_protected(OSC_EWINDOWLOST));
	state()->next = 300;
	osc_window_lose(&state()->window);
	for (unsigned i = 0; i < 3; i++) {
		message = reply(&work, i == 2 ? NON_REQUEST : CON_REQUEST, OSC_EWINDOWLOST);
		plain = read_reply(&work, message);
		CHECK(state()->echo_len == 8 && state()->next == 301 + i);
		CHECK(plain.len == 6 + 2 + 8 && plain.ptr[1] == 0x81);
		CHECK(same(osc_slice(plain.ptr + 4, 4), "aabbd8ef"));
		CHECK(memcmp(plain.ptr + 8, state()->echo, 8) == 0);
		CHECK(i == 0 || memcmp(echo, state()->echo, 8) == 0);
		memcpy(echo, state()->echo, 8);
	}
	CHECK(!state()->window.known);
}

static void
test_reply_exhausted(void)
{
	struct osc_work work;

	state()->next = OSC_SEQ_MAX;
	state()->echo_len = 0;
	CHECK(reply(&work, CON_REQUEST, OSC_EWINDOWLOST).len > 0);
	CHECK(state()->next == OSC_SEQ_MAX + 1);
	state()->echo_len = 0;
	CHECK(reply(&work, CON_REQUEST, OSC_EWINDOWLOST).len == 0);
	CHECK(!work.reply_protected && state()->echo_len == 0 && state()->next == OSC_SEQ_MAX + 1);
	/* a plain one needs no number */
	CHECK(reply(&work, CON_REQUEST, OSC_ETAG).len > 0);
}

static void
test_reply_tokens(void)
{
	struct osc_work work;

	CHECK(same(reply(&work, "40025d1f920914ff00112233445566778899", OSC_ETAG),
	    "60805d1fd001ff44656372797074696f6e206661696c6564"));
	CHECK(same(reply(&work, "48025d1f0102030405060708920914ff00112233445566778899", OSC_ETAG),
	    "68805d1f0102030405060708d001ff44656372797074696f6e206661696c6564"));
}

int
main(void)
{
	struct osc_params params = params_of_rfc(1);

	osc_secret_init();
	dir_make();
	dir_write("settings.json", SETTINGS);
	pair_make(&both, &params);
	if (osc_endpoint_open(&endpoint, dir_path, OSC_ROLE_NONE, 0, NULL) != OSC_OK ||
	    osc_endpoint_look(&endpoint, NULL) != OSC_OK)
		return EXIT_FAILURE;
	state()->next = 7;
	RUN(test_reply_plain);
	RUN(test_reply_none);
	RUN(test_reply_inner);
	RUN(test_reply_challenge);
	RUN(test_reply_exhausted);
	RUN(test_reply_tokens);
	osc_endpoint_close(&endpoint);
	pair_free(&both);
	dir_remove();
	return unit_end();
}
