/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "base/secret.h"
#include "contexts.h"
#include "dir.h"
#include "session/peek.h"

/* The client's directory of RFC 8613, C.1; both sides are in `both`. */
#define SETTINGS                                                                                   \
	"{\"sender-id_hex\": \"\", \"recipient-id_hex\": \"01\", \"algorithm\": 10,"               \
	" \"secret_hex\": \"0102030405060708090a0b0c0d0e0f10\","                                   \
	" \"salt_hex\": \"9e7ca92223786340\"}"

static struct pair both;
static struct osc_session session;

static void
start(void)
{
	struct osc_session_options options = {.directory = dir_path};

	osc_session_close(&session);
	osc_session_init(&session, &options);
	CHECK(osc_session_open(&session, true, NULL) == OSC_OK);
}

/* plain - a message with a token and one byte of payload */
static struct osc_slice
plain(uint8_t *out, uint8_t code, struct osc_slice token, uint8_t payload)
{
	struct osc_coap_writer w;

	osc_coap_writer_init(&w, out, 64);
	osc_coap_put_header(&w, OSC_COAP_NON, code, 1, token);
	osc_coap_put_payload(&w, osc_slice(&payload, 1));
	return osc_slice(out, w.len);
}

/* ask - a protected request of a side; *exchange is what binds responses to it */
static struct osc_slice
ask(uint8_t *out, bool of_client, struct osc_slice token, uint64_t seq,
    struct osc_exchange *exchange)
{
	struct osc_protection protection = {.has_piv = true, .seq = seq};
	const struct osc_context *from = of_client ? &both.client.context : &both.server.context;
	uint8_t text[64];
	size_t len = 0;

	CHECK(protect(&protection, from, plain(text, 1, token, 'q'), out, 256, &len) == OSC_OK);
	memset(exchange, 0, sizeof(*exchange));
	exchange->kid = from->sender_id;
	osc_piv_encode(&exchange->piv, seq);
	return osc_slice(out, len);
}

static struct osc_slice
answer(uint8_t *out, bool of_client, struct osc_slice token, const struct osc_exchange *exchange)
{
	struct osc_protection protection = {.request = exchange};
	const struct osc_context *from = of_client ? &both.client.context : &both.server.context;
	uint8_t text[64];
	size_t len = 0;

	CHECK(protect(&protection, from, plain(text, 0x45, token, 'a'), out, 256, &len) == OSC_OK);
	return osc_slice(out, len);
}

/* look - at one message; returns its verdict */
static enum osc_err
look(struct osc_slice message, struct osc_slice *out)
{
	struct osc_item item = {.in = message};
	size_t done = 0;
	enum osc_err err = osc_session_peek(&session, &item, 1, &done, NULL);

	if (err == OSC_OK) {
		CHECK(done == 1);
		err = item.err;
	}
	CHECK((err == OSC_OK) == (item.out.len > 0));
	if (out != NULL)
		*out = item.out;
	return err;
}

static void
test_peek_directions(void)
{
	uint8_t message[256];
	struct osc_exchange first, second;
	struct osc_slice token = unhex("aa"), other = unhex("bb"), out;

	start();
	CHECK(look(ask(message, true, token, 0, &first), &out) == OSC_OK);
	CHECK(same(out, "51010001aaff71"));
	CHECK(osc_session_work(&session, 0)->side == OSC_SIDE_OWN);
	CHECK(look(ask(message, false, other, 0, &second), NULL) == OSC_OK);
	CHECK(osc_session_work(&session, 0)->side == OSC_SIDE_PEER);
	CHECK(look(answer(message, true, other, &second), &out) == OSC_OK);
	CHECK(same(out, "51450001bbff61"));
	CHECK(osc_session_work(&session, 0)->side == OSC_SIDE_OWN);
	CHECK(look(answer(message, false, token, &first), NULL) == OSC_OK);
	CHECK(osc_session_work(&session, 0)->side == OSC_SIDE_PEER);
	/* nobody answers his own request */
	CHECK(look(answer(message, true, token, &first), NULL) == OSC_ETAG);
	/* the directory is as it was */
	CHECK(dir_count() == 1);
}

static void
test_peek_tokens(void)
{
	static const char *const tokens[] = {"", "00", "0000", "01", "0100", "0102030405060708"};
	const size_t count = sizeof(tokens) / sizeof(tokens[0]);
	struct osc_exchange exchanges[8], none = {0};
	uint8_t message[256];

	start();
	for (size_t i = 0; i < count; i++) {
		CHECK(
		    look(answer(message, false, unhex(tokens[i]), &none), NULL) == OSC_ENOEARLIER);
		CHECK(look(ask(message, true, unhex(tokens[i]), i, &exchanges[i]), NULL) == OSC_OK);
	}
	for (size_t i = 0; i < count; i++)
		CHECK(
		    look(answer(message, false, unhex(tokens[i]), &exchanges[i]), NULL) == OSC_OK);
}

static void
test_peek_latest(void)
{
	struct osc_exchange first, second;
	uint8_t message[256], forged[256];
	struct osc_slice token = unhex("aa"), request;

	start();
	(void)look(ask(message, true, token, 0, &first), NULL);
	CHECK(look(ask(message, true, token, 1, &second), NULL) == OSC_OK);
	CHECK(look(answer(message, false, token, &second), NULL) == OSC_OK);
	CHECK(look(answer(message, false, token, &first), NULL) == OSC_OK);
	/* a request that does not verify is none */
	request = ask(forged, true, token, 2, &first);
	forged[request.len - 1] ^= 1;
	CHECK(look(request, NULL) == OSC_ETAG);
	CHECK(look(answer(message, false, token, &second), NULL) == OSC_OK);
	/* and the other side may use the same token */
	CHECK(look(ask(message, false, token, 0, &first), NULL) == OSC_OK);
	CHECK(look(answer(message, true, token, &first), NULL) == OSC_OK);
}

static void
test_peek_plain(void)
{
	struct osc_slice out;

	start();
	CHECK(look(unhex("40010001"), &out) == OSC_OK && same(out, "40010001"));
	CHECK(look(unhex("70000001"), &out) == OSC_OK && same(out, "70000001"));
	CHECK(osc_session_work(&session, 0)->endpoint == NULL);
	CHECK(look(unhex("400100"), NULL) == OSC_EHEADER);
	CHECK(look(unhex("40020001912000ff00"), NULL) != OSC_OK);
}

/* Memory is bounded: of very many tokens the latest are known. */
static void
test_peek_many(void)
{
	struct osc_exchange exchange, latest = {0};
	uint8_t message[256], token[4];

	start();
	for (uint32_t i = 0; i < 100000; i++) {
		for (unsigned k = 0; k < 4; k++)
			token[k] = (uint8_t)(i >> (8 * k));
		CHECK(look(ask(message, true, osc_slice(token, 4), i, &exchange), NULL) == OSC_OK);
		latest = exchange;
	}
	CHECK(look(answer(message, false, osc_slice(token, 4), &latest), NULL) == OSC_OK);
	memset(token, 0, 4);
	osc_piv_encode(&exchange.piv, 0);
	CHECK(look(answer(message, false, osc_slice(token, 4), &exchange), NULL) != OSC_ETAG);
}

int
main(void)
{
	struct osc_params params = params_of_rfc(1);

	osc_secret_init();
	dir_make();
	dir_write("settings.json", SETTINGS);
	pair_make(&both, &params);
	RUN(test_peek_directions);
	RUN(test_peek_tokens);
	RUN(test_peek_latest);
	RUN(test_peek_plain);
	RUN(test_peek_many);
	osc_session_close(&session);
	pair_free(&both);
	dir_remove();
	return unit_end();
}
