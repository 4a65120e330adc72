/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "contexts.h"

static enum osc_err
decode(struct osc_unprotection *message, const char *digits)
{
	return osc_unprotect_decode(message, unhex(digits), NULL);
}

static void
test_unprotect_decode(void)
{
	struct osc_unprotection message;

	CHECK(decode(&message, "40020001920914ff00") == OSC_OK && message.is_request);
	CHECK(message.option.piv.seq == 20 && osc_is_present(message.option.kid));
	CHECK(same(message.outer.payload, "00"));
	CHECK(decode(&message, "4044000190ff00") == OSC_OK && !message.is_request);
	CHECK(message.option.piv.len == 0 && !osc_is_present(message.option.kid));
	/* the outer code is not looked at but for its class */
	CHECK(decode(&message, "40010001920914ff00") == OSC_OK);
	CHECK(decode(&message, "40840001920114ff00") == OSC_OK && !message.is_request);
}

static void
test_unprotect_malformed(void)
{
	static const struct {
		const char *message;
		enum osc_err err;
	} cases[] = {
	    {"40000001", OSC_ENOTOSCORE},
	    {"70000001", OSC_ENOTOSCORE},
	    {"40020001", OSC_ENOTOSCORE},
	    {"40020001820914ff00", OSC_ENOTOSCORE},   /* option 8 */
	    {"40020001a20914ff00", OSC_ENOTOSCORE},   /* option 10 */
	    {"40020001d2fc0914ff00", OSC_ENOTOSCORE}, /* option 265 */
	    {"400200", OSC_EHEADER},
	    {"80020001920914ff00", OSC_EVERSION},
	    {"49020001920914ff00", OSC_ETKL},
	    {"40c00001920914ff00", OSC_ECODE},
	    {"40020001940914ff", OSC_EOPTION},
	    {"40020001920914ff", OSC_EMARKER},
	    {"40020001922914ff00", OSC_EGROUP},
	    {"40020001920614ff00", OSC_EOSCORE},
	    {"400200019100ff00", OSC_EOSCORE},
	    {"40020001920914"
	     "020914"
	     "ff00",
		OSC_EOSCORE}, /* twice */
	    {"40020001920914"
	     "00"
	     "ff00",
		OSC_EOSCORE},
	    {"4002000190ff00", OSC_ENOPIV},
	    {"400200019108ff00", OSC_ENOPIV},
	    {"40020001920114ff00", OSC_ENOKID},
	    {"40020001920914", OSC_ENOPAYLOAD},
	    {"4044000190", OSC_ENOPAYLOAD},
	    {"40440001920110"
	     "b161",
		OSC_ENOPAYLOAD},
	};
	struct osc_unprotection message;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		CHECK(decode(&message, cases[i].message) == cases[i].err);
}

/* kid and kid context, if they are there, are those of the context: nothing shorter, longer,
 * or empty for absent. */
static void
test_unprotect_match(void)
{
	static const struct {
		const char *option;
		enum osc_err peer, own;
	} cases[] = {
	    /* the client's IDs: own empty, peer 01; ID Context 37cbf3210017a2d3 */
	    {"091401", OSC_OK, OSC_EKID},
	    {"0914", OSC_EKID, OSC_OK},
	    {"091400", OSC_EKID, OSC_EKID},
	    {"09140100", OSC_EKID, OSC_EKID},
	    {"09140101010101010101010101", OSC_EKID, OSC_EKID},
	    {"19140837cbf3210017a2d301", OSC_OK, OSC_EKID},
	    {"19140837cbf3210017a2d3", OSC_EKID, OSC_OK},
	    {"19140737cbf3210017a201", OSC_EKIDCONTEXT, OSC_EKID},
	    {"19140937cbf3210017a2d30001", OSC_EKIDCONTEXT, OSC_EKID},
	    {"19140837cbf3210017a2d401", OSC_EKIDCONTEXT, OSC_EKID},
	    {"19140001", OSC_EKIDCONTEXT, OSC_EKID},
	};
	struct osc_params params = params_of_rfc(3);
	struct osc_unprotection message = {.is_request = true};
	struct pair pair;

	pair_make(&pair, &params);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CHECK(osc_oscore_option_decode(&message.option, unhex(cases[i].option), NULL) ==
		    OSC_OK);
		CHECK(osc_unprotect_match(&message, &pair.client.context, OSC_SIDE_PEER) ==
		    cases[i].peer);
		CHECK(osc_unprotect_match(&message, &pair.client.context, OSC_SIDE_OWN) ==
		    cases[i].own);
	}
	/* A response needs neither. */
	memset(&message, 0, sizeof(message));
	CHECK(osc_unprotect_match(&message, &pair.client.context, OSC_SIDE_PEER) == OSC_OK);
	CHECK(osc_unprotect_match(&message, &pair.client.context, OSC_SIDE_OWN) == OSC_OK);
	pair_free(&pair);

	/* No ID Context fits no kid context, an empty one neither; an empty one fits itself. */
	CHECK(osc_oscore_option_decode(&message.option, unhex("19140001"), NULL) == OSC_OK);
	params = params_of_rfc(1);
	pair_make(&pair, &params);
	CHECK(
	    osc_unprotect_match(&message, &pair.client.context, OSC_SIDE_PEER) == OSC_EKIDCONTEXT);
	pair_free(&pair);
	params.id_context = osc_present(NULL, 0);
	pair_make(&pair, &params);
	CHECK(osc_unprotect_match(&message, &pair.client.context, OSC_SIDE_PEER) == OSC_OK);
	pair_free(&pair);
}

static void
test_unprotect_keys(void)
{
	struct osc_params params = params_of_rfc(1);
	struct pair pair;

	pair_make(&pair, &params);
	CHECK(osc_unprotect_key(&pair.client.context, OSC_SIDE_PEER) ==
	    pair.client.context.recipient_key);
	CHECK(osc_unprotect_key(&pair.client.context, OSC_SIDE_OWN) ==
	    pair.client.context.sender_key);
	pair_free(&pair);
}

/* Each side can open what it has sent itself, with the key and nonce of its own: so a request
 * serves as its receipt. */
static void
test_unprotect_own(void)
{
	static const char *const sent[] = {
	    "44025d1f00003974396c6f63616c686f7374620914ff612f1092f1776f1c1668b3825e", /* C.4 */
	    "64445d1f0000397490ffdbaad1e9a7e7b2a813d3c31524378303cdafae119106",       /* C.7 */
	    "64445d1f00003974920100ff4d4c13669384b67354b2b6175ff4b8658c666a6cf88e",   /* C.8 */
	};
	static const char *const texts[] = {
	    "01b3747631", "45ff48656c6c6f20576f726c6421", "45ff48656c6c6f20576f726c6421"};
	struct osc_params params = params_of_rfc(1);
	struct osc_unprotection message;
	const struct osc_context *context;
	struct osc_exchange request = {0};
	struct osc_aead_job job;
	uint8_t text[64];
	struct pair pair;

	pair_make(&pair, &params);
	for (size_t i = 0; i < 3; i++) {
		context = i == 0 ? &pair.client.context : &pair.server.context;
		CHECK(decode(&message, sent[i]) == OSC_OK);
		CHECK(osc_unprotect_match(&message, context, OSC_SIDE_OWN) == OSC_OK);
		if (message.is_request)
			osc_unprotect_exchange(&request, &message);
		osc_unprotect_prepare(&message, context, OSC_SIDE_OWN, &request, text, &job);
		osc_aead_open(&job, 1);
		CHECK(job.ok && same(osc_slice(text, job.in_len - 8), texts[i]));
	}
	pair_free(&pair);
}

/* A response is bound to the kid and the Partial IV of its request, byte for byte. */
static void
test_unprotect_binding(void)
{
	static const char *const responses[] = {
	    "64445d1f0000397490ffdbaad1e9a7e7b2a813d3c31524378303cdafae119106",
	    "64445d1f00003974920100ff4d4c13669384b67354b2b6175ff4b8658c666a6cf88e"};
	struct osc_params params = params_of_rfc(1);
	struct osc_exchange right = {.piv = {.seq = 20, .len = 1, .bytes = {20}}}, wrong;
	uint8_t out[64];
	struct pair pair;
	size_t len = 0;

	pair_make(&pair, &params);
	for (size_t i = 0; i < 2; i++) {
		CHECK(unprotect(&pair.client.context, unhex(responses[i]), &right, out, &len) ==
		    OSC_OK);
		wrong = right;
		osc_piv_encode(&wrong.piv, 21);
		CHECK(unprotect(&pair.client.context, unhex(responses[i]), &wrong, out, &len) ==
		    OSC_ETAG);
		wrong = right;
		wrong.piv.len = 2;
		wrong.piv.bytes[0] = 0;
		wrong.piv.bytes[1] = 20;
		CHECK(unprotect(&pair.client.context, unhex(responses[i]), &wrong, out, &len) ==
		    OSC_ETAG);
		wrong = right;
		wrong.kid = id_of("00");
		CHECK(unprotect(&pair.client.context, unhex(responses[i]), &wrong, out, &len) ==
		    OSC_ETAG);
	}
	pair_free(&pair);
}

static void
test_inner_decode(void)
{
	static const struct {
		const char *text;
		enum osc_err request, response;
		unsigned offset;
	} cases[] = {
	    {"01", OSC_OK, OSC_EINNERCODE, 0},
	    {"1f", OSC_OK, OSC_EINNERCODE, 0},
	    {"45", OSC_EINNERCODE, OSC_OK, 0},
	    {"bf", OSC_EINNERCODE, OSC_OK, 0},
	    {"00", OSC_EINNERCODE, OSC_EINNERCODE, 0},
	    {"20", OSC_EINNERCODE, OSC_EINNERCODE, 0},
	    {"3f", OSC_EINNERCODE, OSC_EINNERCODE, 0},
	    {"c0", OSC_EINNERCODE, OSC_EINNERCODE, 0},
	    {"ff", OSC_EINNERCODE, OSC_EINNERCODE, 0},
	    {"01b161ff70", OSC_OK, OSC_EINNERCODE, 0},
	    {"01b261", OSC_EINNER, OSC_EINNERCODE, 1},
	    {"01b161ff", OSC_EINNER, OSC_EINNERCODE, 3},
	    {"01ff", OSC_EINNER, OSC_EINNERCODE, 1},
	    {"45b161f0", OSC_EINNERCODE, OSC_EINNER, 3},
	    {"0190", OSC_EINNEROPT, OSC_EINNERCODE, 0},
	    {"013161", OSC_EINNEROPT, OSC_EINNERCODE, 0},
	    {"017161", OSC_EINNEROPT, OSC_EINNERCODE, 0},
	    {"01d11661", OSC_EINNEROPT, OSC_EINNERCODE, 0},
	    {"45d11a61", OSC_EINNERCODE, OSC_EINNEROPT, 0},
	    {"01d008", OSC_OK, OSC_EINNERCODE, 0},
	};
	struct osc_where where;
	struct osc_inner inner;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (int request = 0; request <= 1; request++) {
			memset(&where, 0, sizeof(where));
			CHECK(osc_inner_decode(&inner, unhex(cases[i].text), request, &where) ==
			    (request ? cases[i].request : cases[i].response));
			CHECK(where.offset == 0 || where.offset == cases[i].offset);
		}
	CHECK(osc_inner_decode(&inner, unhex("01b161ff7071"), true, NULL) == OSC_OK);
	CHECK(inner.code == 1 && same(inner.options, "b161") && same(inner.payload, "7071"));
}

/* The inner code counts, the outer one is discarded; header and token stay. */
static void
test_unprotect_write(void)
{
	struct osc_unprotection message;
	struct osc_inner inner;
	uint8_t out[64];
	size_t len = 0;

	CHECK(decode(&message,
		  "5205abcd7879"
		  "3161"
		  "2162"
		  "60"
		  "00"
		  "ff0000000000") != OSC_OK);
	CHECK(decode(&message,
		  "5205abcd7879"
		  "3161"
		  "3162"
		  "320914"
		  "2163"
		  "ff000000000000") == OSC_OK);
	CHECK(osc_inner_decode(&inner, unhex("02b170ff71"), true, NULL) == OSC_OK);
	len = osc_unprotect_write(out, sizeof(out), &message, &inner);
	CHECK(same(osc_slice(out, len),
	    "5202abcd7879"
	    "3161"
	    "8170"
	    "ff71"));
}

int
main(void)
{
	RUN(test_unprotect_decode);
	RUN(test_unprotect_malformed);
	RUN(test_unprotect_match);
	RUN(test_unprotect_keys);
	RUN(test_unprotect_own);
	RUN(test_unprotect_binding);
	RUN(test_inner_decode);
	RUN(test_unprotect_write);
	return unit_end();
}
