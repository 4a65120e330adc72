/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "contexts.h"
#include "session/diagnose.h"

#define GET "44015d1f00003974b3747631"
#define CONTENT "64455d1f00003974ff48656c6c6f"

/* A message, as the receiver has it. */
struct received {
	uint8_t bytes[512];
	struct osc_unprotection message;
};

/* Protected by `sender`: a request with number 20, or the answer to one. */
static void
receive(struct received *to, const struct osc_params *sender, const char *plain,
    const struct osc_exchange *request, bool has_piv)
{
	struct osc_protection protection = {
	    .request = request, .has_piv = has_piv, .seq = 20, .kid_context = true};
	struct side side;
	size_t len = 0;

	side_make(&side, sender);
	CHECK(protect(&protection, &side.context, unhex(plain), to->bytes, sizeof(to->bytes),
		  &len) == OSC_OK);
	CHECK(osc_unprotect_decode(&to->message, osc_slice(to->bytes, len), NULL) == OSC_OK);
	free(side.memory);
}

static struct osc_params
mirrored(const struct osc_params *params)
{
	struct osc_params out = *params;

	out.sender_id = params->recipient_id;
	out.recipient_id = params->sender_id;
	return out;
}

static struct osc_diagnosis
diagnose_request(const struct osc_params *own, const struct osc_params *sender)
{
	struct osc_evidence evidence = {.params = own, .side = OSC_SIDE_PEER};
	struct osc_diagnosis diagnosis;
	struct received received;
	size_t effort = OSC_DIAGNOSE_EFFORT;

	receive(&received, sender, GET, NULL, true);
	evidence.message = &received.message;
	CHECK(osc_diagnose(&diagnosis, &evidence, &effort) == OSC_OK);
	CHECK(diagnosis.tried && diagnosis.complete && effort < OSC_DIAGNOSE_EFFORT);
	return diagnosis;
}

/* From each algorithm and hash to each other: 36 x 36. */
static void
test_algorithms_and_hashes(void)
{
	struct osc_params client = params_of_rfc(2), server, sender;
	struct osc_diagnosis found;

	for (unsigned own = 0; own < 36; own++)
		for (unsigned other = 0; other < 36; other++) {
			client.alg = osc_alg_at(own / 3);
			client.hash = (enum osc_hash)(own % 3);
			server = mirrored(&client);
			sender = client;
			sender.alg = osc_alg_at(other / 3);
			sender.hash = (enum osc_hash)(other % 3);
			found = diagnose_request(&server, &sender);
			CHECK(found.verifies && found.ids == OSC_CHANGE_NONE &&
			    found.salt == OSC_CHANGE_NONE && found.secret == OSC_CHANGE_NONE &&
			    found.id_context == OSC_CHANGE_NONE);
			CHECK(found.alg == (own / 3 == other / 3 ? NULL : sender.alg));
			CHECK(found.hash_differs == (own % 3 != other % 3));
			CHECK(found.hash == sender.hash);
		}
}

static void
test_spellings(void)
{
	static const struct {
		const char *own, *peer; /* of secret and salt */
		enum osc_change change;
	} cases[] = {
	    {"0a0b0c0d0e0f", "306130623063306430653066", OSC_CHANGE_TEXT}, /* 0a0b0c0d0e0f */
	    {"0a0b0c0d0e0f", "304130423043304430453046", OSC_CHANGE_TEXT}, /* 0A0B0C0D0E0F */
	    {"306130623063", "0a0b0c", OSC_CHANGE_BYTES},
	    {"304130623063", "0a0b0c", OSC_CHANGE_BYTES},
	};
	struct osc_params client = params_of_rfc(1), server, sender;
	struct osc_diagnosis found;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		client.master_salt = unhex(cases[i].own);
		server = mirrored(&client);
		sender = client;
		sender.master_salt = unhex(cases[i].peer);
		found = diagnose_request(&server, &sender);
		CHECK(found.verifies && found.salt == cases[i].change);
		CHECK(found.secret == OSC_CHANGE_NONE);
		client = sender = params_of_rfc(1);
		client.master_secret = unhex(cases[i].own);
		server = mirrored(&client);
		sender.master_secret = unhex(cases[i].peer);
		found = diagnose_request(&server, &sender);
		CHECK(found.verifies && found.secret == cases[i].change);
		CHECK(found.salt == OSC_CHANGE_NONE);
	}
}

/* Secrets as long as they may be: nothing is written too far. */
static void
test_long_secrets(void)
{
	static uint8_t digits[OSC_SECRET_MAX];
	struct osc_params client = params_of_rfc(1), server, sender;
	struct osc_diagnosis found;

	memset(digits, '7', sizeof(digits));
	for (size_t len = 1; len <= OSC_SECRET_MAX; len += len < 120 ? 17 : 1) {
		uint8_t *copy = copy_exactly(osc_slice(digits, len));

		client.master_secret = client.master_salt = osc_slice(copy, len);
		server = mirrored(&client);
		sender = client;
		sender.master_secret = osc_slice(copy, len < 16 ? len : 16);
		sender.hash = OSC_SHA512;
		found = diagnose_request(&server, &sender);
		CHECK(found.verifies && found.hash_differs);
		CHECK(found.secret == (len > 16 ? OSC_CHANGE_CUT : OSC_CHANGE_NONE));
		sender.master_salt = unhex("00ff");
		CHECK(!diagnose_request(&server, &sender).verifies);
		free(copy);
	}
}

/* All of a response: swapped roles, with and without Partial IV, and what it answers. */
static void
test_responses(void)
{
	struct osc_params client = params_of_rfc(1), server = mirrored(&client), sender;
	struct osc_evidence evidence = {.params = &client, .side = OSC_SIDE_PEER};
	struct received requests[3], response;
	const struct osc_unprotection *list[3];
	struct osc_exchange exchange;
	struct osc_diagnosis found;
	size_t effort;

	for (unsigned i = 0; i < 3; i++) {
		receive(&requests[i], &client, GET, NULL, true);
		requests[i].message.option.piv.bytes[0] = (uint8_t)i;
		requests[i].message.option.piv.seq = i;
		list[i] = &requests[i].message;
	}
	evidence.requests = list;
	evidence.n_requests = 3;
	evidence.n_tried = 1;
	evidence.message = &response.message;
	for (unsigned k = 0; k < 24; k++) {
		bool swapped = k % 2 == 1, no_salt = k / 2 % 2 == 1, piv = k / 4 % 2 == 1;
		unsigned answered = k / 8;
		unsigned mistakes =
		    (swapped ? 1U : 0) + (no_salt ? 1U : 0) + (answered > 0 ? 1U : 0);

		sender = swapped ? client : server;
		/* The nonce of the request is made with its kid, whoever answers (5.2). */
		if (swapped && !piv)
			sender.recipient_id = client.sender_id;
		if (no_salt)
			sender.master_salt = osc_slice(NULL, 0);
		osc_unprotect_exchange(&exchange, list[answered]);
		receive(&response, &sender, CONTENT, &exchange, piv);
		effort = OSC_DIAGNOSE_EFFORT;
		CHECK(osc_diagnose(&found, &evidence, &effort) == OSC_OK);
		CHECK(found.tried && found.complete);
		CHECK(found.verifies == (mistakes <= 2));
		if (!found.verifies)
			continue;
		CHECK(found.ids == (swapped ? OSC_CHANGE_SWAPPED : OSC_CHANGE_NONE));
		CHECK(found.salt == (no_salt ? OSC_CHANGE_ABSENT : OSC_CHANGE_NONE));
		CHECK(found.request == (answered > 0 ? list[answered] : NULL));
	}
}

/* What cannot be: IDs that are too long for an algorithm, or for all; a text that is
 * nothing but a tag; no effort left. */
static void
test_limits(void)
{
	struct osc_params client = params_of_rfc(1), server = mirrored(&client);
	struct osc_evidence evidence = {.params = &server, .side = OSC_SIDE_PEER};
	struct osc_diagnosis found;
	struct received received;
	size_t effort = 0;

	receive(&received, &client, GET, NULL, true);
	evidence.message = &received.message;
	received.message.outer.payload.len = 8;
	effort = OSC_DIAGNOSE_EFFORT;
	CHECK(osc_diagnose(&found, &evidence, &effort) == OSC_OK);
	CHECK(found.tried && found.complete && !found.verifies);
	received.message.option.kid = unhex("0102030405060708");
	CHECK(osc_diagnose(&found, &evidence, &effort) == OSC_OK);
	CHECK(found.tried && found.complete && !found.verifies);
	received.message.option.kid = unhex("01020304050607");
	effort = 5000;
	CHECK(osc_diagnose(&found, &evidence, &effort) == OSC_OK);
	CHECK(found.tried && !found.complete && !found.verifies && effort < 5000);
	effort = 0;
	CHECK(osc_diagnose(&found, &evidence, &effort) == OSC_OK);
	CHECK(found.tried && !found.complete && !found.verifies && effort == 0);
}

int
main(void)
{
	RUN(test_algorithms_and_hashes);
	RUN(test_spellings);
	RUN(test_long_secrets);
	RUN(test_responses);
	RUN(test_limits);
	return unit_end();
}
