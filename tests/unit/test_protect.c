/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "contexts.h"

/* RFC 8613, C.4 to C.6: requests with Partial IV 20. */
static const struct {
	int section; /* of the context */
	const char *plain, *option, *protected;
} requests[] = {
    {1, "44015d1f00003974396c6f63616c686f737483747631", "0914",
	"44025d1f00003974396c6f63616c686f7374620914ff612f1092f1776f1c1668b3825e"},
    {2, "440171c30000b932396c6f63616c686f737483747631", "091400",
	"440271c30000b932396c6f63616c686f737463091400ff4ed339a5a379b0b8bc731fffb0"},
    {3, "44012f8eef9bbf7a396c6f63616c686f737483747631", "19140837cbf3210017a2d3",
	"44022f8eef9bbf7a396c6f63616c686f73746b19140837cbf3210017a2d3ff72cd7273fd331ac45cffbe55c3"},
};

static void
test_protect_rfc_requests(void)
{
	uint8_t out[512], value[OSC_OPTION_MAX];
	struct osc_oscore_option option;
	struct osc_exchange exchange = {0};
	struct osc_params params;
	struct pair pair;
	size_t len = 0;

	for (size_t i = 0; i < 3; i++) {
		struct osc_protection protection = {
		    .has_piv = true, .seq = 20, .kid_context = true};

		params = params_of_rfc(requests[i].section);
		pair_make(&pair, &params);
		CHECK(protect(&protection, &pair.client.context, unhex(requests[i].plain), out,
			  sizeof(out), &len) == OSC_OK);
		CHECK(same(osc_slice(out, len), requests[i].protected));
		osc_protect_option(&option, &protection, &pair.client.context);
		CHECK(same(osc_slice(value, osc_oscore_option_encode(value, &option)),
		    requests[i].option));
		CHECK(unprotect(&pair.server.context, unhex(requests[i].protected), &exchange, out,
			  &len) == OSC_OK);
		CHECK(same(osc_slice(out, len), requests[i].plain));
		CHECK(exchange.piv.seq == 20 && exchange.piv.len == 1);
		pair_free(&pair);
	}
}

/* C.7: the nonce of the request; C.8: a Partial IV of the server's own. */
static void
test_protect_rfc_responses(void)
{
	static const char plain[] = "64455d1f00003974ff48656c6c6f20576f726c6421";
	static const char *const protected[] = {
	    "64445d1f0000397490ffdbaad1e9a7e7b2a813d3c31524378303cdafae119106",
	    "64445d1f00003974920100ff4d4c13669384b67354b2b6175ff4b8658c666a6cf88e"};
	struct osc_params params = params_of_rfc(1);
	struct osc_exchange request = {0};
	uint8_t out[512];
	struct pair pair;
	size_t len = 0;

	pair_make(&pair, &params);
	CHECK(unprotect(&pair.server.context, unhex(requests[0].protected), &request, out, &len) ==
	    OSC_OK);
	for (int i = 0; i < 2; i++) {
		struct osc_protection protection = {.request = &request, .has_piv = i == 1};

		CHECK(protect(&protection, &pair.server.context, unhex(plain), out, sizeof(out),
			  &len) == OSC_OK);
		CHECK(same(osc_slice(out, len), protected[i]));
		CHECK(unprotect(&pair.client.context, unhex(protected[i]), &request, out, &len) ==
		    OSC_OK);
		CHECK(same(osc_slice(out, len), plain));
	}
	pair_free(&pair);
}

/* A request may leave its ID Context out; without one there is nothing to send. */
static void
test_protect_kid_context(void)
{
	struct osc_params params = params_of_rfc(3);
	struct osc_protection protection = {.has_piv = true, .seq = 20};
	struct osc_unprotection message;
	struct osc_exchange exchange = {0};
	uint8_t out[512], back[512];
	struct pair pair;
	size_t len = 0, back_len = 0;

	pair_make(&pair, &params);
	CHECK(protect(&protection, &pair.client.context, unhex(requests[2].plain), out, sizeof(out),
		  &len) == OSC_OK);
	CHECK(osc_unprotect_decode(&message, osc_slice(out, len), NULL) == OSC_OK);
	CHECK(!osc_is_present(message.option.kid_context));
	CHECK(unprotect(&pair.server.context, osc_slice(out, len), &exchange, back, &back_len) ==
	    OSC_OK);
	CHECK(same(osc_slice(back, back_len), requests[2].plain));
	pair_free(&pair);

	/* An empty ID Context is not an absent one. */
	params.id_context.len = 0;
	protection.kid_context = true;
	pair_make(&pair, &params);
	CHECK(protect(&protection, &pair.client.context, unhex(requests[2].plain), out, sizeof(out),
		  &len) == OSC_OK);
	CHECK(osc_unprotect_decode(&message, osc_slice(out, len), NULL) == OSC_OK);
	CHECK(osc_is_present(message.option.kid_context) && message.option.kid_context.len == 0);
	pair_free(&pair);
	params = params_of_rfc(1);
	pair_make(&pair, &params);
	CHECK(protect(&protection, &pair.client.context, unhex(requests[0].plain), out, sizeof(out),
		  &len) == OSC_OK);
	CHECK(same(osc_slice(out, len), requests[0].protected));
	pair_free(&pair);
}

/* The outer code hides the inner one, but for Observe (4.2, 4.1.3.5). */
static void
test_protect_outer_codes(void)
{
	static const struct {
		const char *plain;
		unsigned outer;
	} cases[] = {
	    {"40010000", OSC_CODE_POST},
	    {"40070000", OSC_CODE_POST},
	    {"4001000060", OSC_CODE_FETCH},
	    {"400100006101", OSC_CODE_FETCH},
	    {"40450000", OSC_CODE_CHANGED},
	    {"40840000", OSC_CODE_CHANGED},
	    {"40a00000", OSC_CODE_CHANGED},
	    {"404500006105", OSC_CODE_CONTENT},
	};
	struct osc_params params = params_of_rfc(1);
	struct osc_exchange request = {.piv = {.len = 1}};
	struct pair pair;
	uint8_t out[512];
	size_t len = 0;

	pair_make(&pair, &params);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct osc_protection protection = {.has_piv = true};

		if (unhex(cases[i].plain).ptr[1] >= 0x40)
			protection.request = &request;
		CHECK(protect(&protection, &pair.client.context, unhex(cases[i].plain), out,
			  sizeof(out), &len) == OSC_OK);
		CHECK(out[1] == cases[i].outer);
	}
	pair_free(&pair);
}

static void
test_protect_refused(void)
{
	struct osc_coap coap;
	struct osc_where where = {0};

	CHECK(osc_coap_decode(&coap, unhex("40000001"), NULL) == OSC_OK);
	CHECK(osc_protect_check(&coap, NULL) == OSC_EEMPTYMSG);
	CHECK(osc_coap_decode(&coap, unhex("4001000190"), NULL) == OSC_OK);
	CHECK(osc_protect_check(&coap, &where) == OSC_ENESTED && where.option == 9);
	CHECK(osc_coap_decode(&coap, unhex("40010001"), NULL) == OSC_OK);
	CHECK(osc_protect_check(&coap, NULL) == OSC_OK);
}

/* Random messages of all forms, with few that are small. */
static size_t
random_message(uint8_t *out, size_t cap, bool response, bool observe)
{
	static const uint32_t numbers[] = {
	    1, 3, 4, 6, 7, 8, 11, 12, 14, 15, 17, 20, 21, 23, 39, 60, 258, 292, 65000};
	static const size_t lengths[] = {0, 0, 1, 2, 12, 13, 14, 268, 269};
	static uint8_t bytes[300];
	struct osc_coap_writer w;
	uint8_t code = response ? OSC_CODE(2 + chance(4), chance(32)) : (uint8_t)(1 + chance(31));
	size_t number = 0;

	chance_bytes(bytes, 16);
	osc_coap_writer_init(&w, out, cap);
	/* Of a type that no peer ignores: CON or NON, for a response ACK too. */
	osc_coap_put_header(&w, (uint8_t)chance(response ? 3 : 2), code, (uint16_t)chance(65536),
	    osc_slice(bytes, pick(9)));
	for (size_t n = pick(20); n > 0; n--) {
		number += chance(2) == 0 ? 0 : pick(5);
		if (number >= sizeof(numbers) / sizeof(numbers[0]))
			break;
		if (numbers[number] == 6 && !observe)
			continue;
		osc_coap_put_option(&w, numbers[number], osc_slice(bytes, lengths[chance(9)]));
	}
	osc_coap_put_payload(&w, osc_slice(bytes, chance(3) == 0 ? 0 : pick(300)));
	CHECK(!w.full);
	return w.len;
}

struct exchange_run {
	struct pair pair;
	uint8_t plain[8192], out[2 * 8192 + OSC_PROTECT_EXTRA], back[8192];
};

/* A message there and back; the type, ID, token, options and payload are the same. */
static void
check_identity(struct exchange_run *run, bool response, struct osc_exchange *request)
{
	const struct osc_context *from =
	    response ? &run->pair.server.context : &run->pair.client.context;
	const struct osc_context *to =
	    response ? &run->pair.client.context : &run->pair.server.context;
	struct osc_protection protection = {.request = response ? request : NULL,
	    .has_piv = !response || chance(2) == 0,
	    .seq = chance(OSC_SEQ_MAX) >> chance(40),
	    .kid_context = chance(2) == 0};
	size_t n = random_message(run->plain, sizeof(run->plain), response, !response), len = 0,
	       back_len = 0;
	uint8_t *out = malloc(2 * n + OSC_PROTECT_EXTRA), *back;

	CHECK(protect(&protection, from, osc_slice(run->plain, n), out, 2 * n + OSC_PROTECT_EXTRA,
		  &len) == OSC_OK);
	CHECK(len <= 2 * n + OSC_PROTECT_EXTRA);
	back = malloc(len);
	CHECK(unprotect(to, osc_slice(out, len), request, back, &back_len) == OSC_OK);
	CHECK(osc_slice_equal(osc_slice(back, back_len), osc_slice(run->plain, n)));
	/* Nothing of it opens on the side that made it, nor with a bit changed. */
	CHECK(unprotect(from, osc_slice(out, len), &(struct osc_exchange){0}, back, &back_len) !=
	    OSC_OK);
	out[len - 1 - chance(from->alg->tag_len)] ^= (uint8_t)(1U << chance(8));
	CHECK(unprotect(to, osc_slice(out, len), request, back, &back_len) == OSC_ETAG);
	free(back);
	free(out);
}

static void
test_protect_identity(void)
{
	static struct exchange_run run;
	static uint8_t random[600];
	struct osc_exchange request = {0};
	const struct osc_alg *alg;

	chance_start(10);
	for (size_t round = 0; round < 240; round++) {
		struct osc_params params = {.hash = (enum osc_hash)chance(3)};

		alg = osc_alg_at(round % 12);
		chance_bytes(random, sizeof(random));
		params.alg = alg;
		params.master_secret = osc_slice(random, 1 + pick(255));
		params.master_salt = osc_slice(random + 255, pick(100));
		if (chance(2) == 0)
			params.id_context = osc_slice(random + 355, pick(200));
		params.sender_id.len = (uint8_t)chance(osc_alg_id_max(alg) + 1);
		params.recipient_id.len = (uint8_t)chance(osc_alg_id_max(alg) + 1);
		chance_bytes(params.sender_id.bytes, params.sender_id.len);
		chance_bytes(params.recipient_id.bytes, params.recipient_id.len);
		if (osc_slice_equal(
			osc_id_slice(&params.sender_id), osc_id_slice(&params.recipient_id)))
			continue;
		pair_make(&run.pair, &params);
		for (int i = 0; i < 10; i++) {
			check_identity(&run, false, &request);
			check_identity(&run, true, &request);
		}
		pair_free(&run.pair);
	}
}

int
main(void)
{
	RUN(test_protect_rfc_requests);
	RUN(test_protect_rfc_responses);
	RUN(test_protect_kid_context);
	RUN(test_protect_outer_codes);
	RUN(test_protect_refused);
	RUN(test_protect_identity);
	return unit_end();
}
