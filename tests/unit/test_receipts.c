/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "base/ascii.h"
#include "contexts.h"
#include "session/receipts.h"

/* RFC 8613, C.4, and the same request with a token of its own. */
#define C4 "44025d1f00003974396c6f63616c686f7374620914ff612f1092f1776f1c1668b3825e"
#define C4_TOKEN "42025d1f0001396c6f63616c686f7374620914ff612f1092f1776f1c1668b3825e"

/* load - the datagrams that lines of hex stand for */
static enum osc_err
load(struct osc_receipts *receipts, const char *text, size_t len, struct osc_detail *detail)
{
	uint8_t bytes[256];
	enum osc_err err = OSC_OK;
	size_t n;

	memset(receipts, 0, sizeof(*receipts));
	for (size_t at = 0; at < len && err == OSC_OK; at++) {
		for (n = 0; at < len && text[at] != '\n'; at += 2) {
			bytes[n++] = (uint8_t)(osc_hex_value((uint8_t)text[at]) * 16 +
			    osc_hex_value((uint8_t)text[at + 1]));
		}
		err = osc_receipts_add(receipts, osc_slice(bytes, n), detail);
	}
	if (err == OSC_OK)
		err = osc_receipts_sort(receipts);
	else
		osc_receipts_free(receipts);
	CHECK(err == OSC_OK || (receipts->n == 0 && receipts->list == NULL));
	return err;
}

static enum osc_err
load_text(struct osc_receipts *receipts, const char *text)
{
	return load(receipts, text, strlen(text), NULL);
}

static void
test_receipts_load(void)
{
	struct osc_receipts receipts;
	size_t n;

	CHECK(load_text(&receipts, C4) == OSC_OK && receipts.n == 1);
	CHECK(same(receipts.list[0].datagram, C4));
	CHECK(osc_receipts_find(&receipts, unhex("00003974"), &n) == receipts.list && n == 1);
	CHECK(osc_receipts_find(&receipts, unhex("00003975"), &n) == NULL && n == 0);
	CHECK(osc_receipts_find(&receipts, unhex(""), &n) == NULL);
	CHECK(osc_receipts_find(&receipts, unhex("0000397400"), &n) == NULL);
	osc_receipts_free(&receipts);

	/* Byte-identical requests count once. */
	CHECK(load_text(&receipts, C4 "\n" C4_TOKEN "\n" C4 "\n") == OSC_OK);
	CHECK(receipts.n == 2);
	CHECK(osc_receipts_find(&receipts, unhex("0001"), &n) != NULL && n == 1);
	osc_receipts_free(&receipts);
}

static void
test_receipts_refused(void)
{
	static const struct {
		const char *text;
		enum osc_err err;
	} cases[] = {
	    {"", OSC_OK},
	    {C4 "\n4401\n", OSC_ERECEIPT},
	    {C4 "\n44015d1f00003974b3747631\n", OSC_ERECEIPT}, /* not protected */
	    {"64445d1f0000397490ffdbaad1e9a7e7b2a813d3c31524378303cdafae119106\n",
		OSC_ERECEIPT}, /* a response */
	    {"70000001\n", OSC_ERECEIPT},
	};
	struct osc_receipts receipts;
	struct osc_detail detail = {0};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CHECK(load_text(&receipts, cases[i].text) == cases[i].err);
		osc_receipts_free(&receipts);
	}
	CHECK(load(&receipts, C4 "\n70000001\n", strlen(C4) + 10, &detail) == OSC_ERECEIPT);
	CHECK(strcmp(detail.text, "not an OSCORE request") == 0);
}

/* So many requests are too many, also if they are the same one. */
static void
test_receipts_too_many(void)
{
	static const char line[] = "40020000920914ff0000\n";
	const size_t limit = (size_t)256 * 1024, len = sizeof(line) - 1;
	char *text = malloc((limit + 1) * len);
	struct osc_receipts receipts;
	struct osc_detail detail = {0};

	if (text == NULL)
		abort();
	for (size_t i = 0; i <= limit; i++)
		memcpy(text + i * len, line, len);
	CHECK(load(&receipts, text, limit * len, NULL) == OSC_OK && receipts.n == 1);
	osc_receipts_free(&receipts);
	CHECK(load(&receipts, text, (limit + 1) * len, &detail) == OSC_ERECEIPT);
	CHECK(strcmp(detail.text, "too many requests") == 0);
	free(text);
}

/* Many requests, tokens of every length, several with one token: all are found. */
static void
test_receipts_find(void)
{
	enum { N = 2000 };
	static const char request_tail[] = "920914ff";
	static char text[N * 64];
	struct osc_receipts receipts;
	struct osc_receipt *found;
	size_t at = 0, n, want;
	uint8_t tokens[N][9] = {{0}};

	chance_start(11);
	for (unsigned i = 0; i < N; i++) {
		tokens[i][0] = (uint8_t)chance(9);
		for (unsigned k = 1; k <= tokens[i][0]; k++)
			tokens[i][k] = (uint8_t)chance(i % 2 == 0 ? 3 : 256);
		at += (size_t)snprintf(text + at, 16, "4%u020000", (unsigned)tokens[i][0]);
		for (unsigned k = 1; k <= tokens[i][0]; k++)
			at += (size_t)snprintf(text + at, 3, "%02x", (unsigned)tokens[i][k]);
		at += (size_t)snprintf(text + at, 32, "%s%04x\n", request_tail, i);
	}
	CHECK(load(&receipts, text, at, NULL) == OSC_OK && receipts.n == N);
	for (unsigned i = 0; i < N; i++) {
		struct osc_slice token = osc_slice(tokens[i] + 1, tokens[i][0]);

		want = 0;
		for (unsigned k = 0; k < N; k++)
			want += memcmp(tokens[k], tokens[i], 1U + tokens[i][0]) == 0;
		found = osc_receipts_find(&receipts, token, &n);
		CHECK(found != NULL && n == want);
		for (size_t k = 0; found != NULL && k < n; k++)
			CHECK(osc_slice_equal(found[k].message.outer.token, token));
	}
	osc_receipts_free(&receipts);
}

/* A request with inner options, protected by the client of C.1, as a receipt. */
static void
receipt_of(struct osc_receipt *receipt, const struct osc_context *client, const char *plain)
{
	static uint8_t out[256];
	struct osc_protection protection = {.has_piv = true, .seq = 20};
	size_t len = 0;

	memset(receipt, 0, sizeof(*receipt));
	CHECK(protect(&protection, client, unhex(plain), out, sizeof(out), &len) == OSC_OK);
	receipt->datagram = osc_slice(out, len);
	CHECK(osc_unprotect_decode(&receipt->message, receipt->datagram, NULL) == OSC_OK);
}

static void
test_receipt_check(void)
{
	static const struct {
		const char *plain;
		bool observe, registration;
	} cases[] = {
	    {"44015d1f00003974b3747631", false, false},
	    {"44015d1f0000397460", true, true},
	    {"44015d1f000039746100", true, true},
	    {"44015d1f0000397463000000", true, true},
	    {"44015d1f000039746101", true, false},
	    {"44015d1f00003974620100", true, false},
	};
	struct osc_params params = params_of_rfc(1);
	struct osc_receipt receipt;
	uint8_t scratch[256];
	struct pair pair;
	bool wiped = true;

	pair_make(&pair, &params);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		receipt_of(&receipt, &pair.client.context, cases[i].plain);
		memset(scratch, 0, sizeof(scratch));
		CHECK(osc_receipt_check(
			  &receipt, &pair.server.context, 1, OSC_SIDE_PEER, scratch) == OSC_OK);
		CHECK(receipt.observe == cases[i].observe);
		CHECK(receipt.registration == cases[i].registration);
		CHECK(receipt.exchange.piv.seq == 20 && receipt.exchange.kid.len == 0);
		for (size_t k = 0; k < sizeof(scratch); k++)
			wiped = wiped && scratch[k] == 0;
	}
	CHECK(wiped);
	pair_free(&pair);
}

/* Who protected the request decides: the right side, the wrong side, or nobody here. */
static void
test_receipt_sides(void)
{
	struct osc_params params = params_of_rfc(1), other = params_of_rfc(1);
	struct osc_receipt receipt;
	uint8_t scratch[256];
	struct pair pair, strangers;

	other.master_secret = unhex("ffffffffffffffffffffffffffffffff");
	pair_make(&pair, &params);
	pair_make(&strangers, &other);
	receipt_of(&receipt, &pair.client.context, "44015d1f00003974b3747631");
	CHECK(
	    osc_receipt_check(&receipt, &pair.client.context, 2, OSC_SIDE_OWN, scratch) == OSC_OK);
	/* once for a context, whatever is asked later; again for another one */
	CHECK(
	    osc_receipt_check(&receipt, &pair.client.context, 2, OSC_SIDE_PEER, scratch) == OSC_OK);
	CHECK(osc_receipt_check(&receipt, &strangers.client.context, 3, OSC_SIDE_OWN, scratch) ==
	    OSC_EREQUEST);
	receipt.checked = 0;
	CHECK(osc_receipt_check(&receipt, &pair.client.context, 2, OSC_SIDE_PEER, scratch) ==
	    OSC_EREQUESTOWN);
	receipt.checked = 0;
	CHECK(osc_receipt_check(&receipt, &pair.server.context, 4, OSC_SIDE_OWN, scratch) ==
	    OSC_EREQUESTPEER);
	receipt.checked = 0;
	CHECK(osc_receipt_check(&receipt, &strangers.server.context, 5, OSC_SIDE_PEER, scratch) ==
	    OSC_EREQUEST);
	receipt.checked = 0;
	CHECK(osc_receipt_check(&receipt, &strangers.client.context, 3, OSC_SIDE_OWN, scratch) ==
	    OSC_EREQUEST);
	pair_free(&pair);
	pair_free(&strangers);
}

/* One response: its Partial IV (-1: none), and what becomes of it. */
struct step {
	bool observe;
	int piv;
	enum osc_err err;
};

static void
check_steps(bool observe, bool registration, const struct step *steps, size_t n)
{
	struct osc_receipt receipt = {
	    .same = &receipt, .observe = observe, .registration = registration};
	struct osc_piv piv;

	for (size_t i = 0; i < n; i++) {
		memset(&piv, 0, sizeof(piv));
		if (steps[i].piv >= 0)
			osc_piv_encode(&piv, (uint64_t)steps[i].piv);
		CHECK(osc_receipt_accept(&receipt, steps[i].observe, &piv) == steps[i].err);
	}
}

#define STEPS(observe, registration, ...)                                                          \
	check_steps(observe, registration, (const struct step[]){__VA_ARGS__},                     \
	    sizeof((const struct step[]){__VA_ARGS__}) / sizeof(struct step))

static void
test_receipt_single_response(void)
{
	STEPS(false, false, {false, -1, OSC_OK}, {false, -1, OSC_EANSWERED},
	    {false, 5, OSC_EANSWERED});
	STEPS(
	    false, false, {false, 5, OSC_OK}, {false, 6, OSC_EANSWERED}, {false, 5, OSC_EANSWERED});
	/* A notification that nobody asked for changes nothing (8.4.2). */
	STEPS(false, false, {true, 5, OSC_EOBSERVE}, {true, -1, OSC_EOBSERVE}, {false, -1, OSC_OK});
	/* A cancellation is answered once, too. */
	STEPS(true, false, {true, 5, OSC_OK}, {true, 6, OSC_EANSWERED}, {false, 7, OSC_EANSWERED});
}

static void
test_receipt_notifications(void)
{
	/* (7.4.1) the first may be without Partial IV; the others rise */
	STEPS(true, true, {true, -1, OSC_OK}, {true, 0, OSC_OK}, {true, 1, OSC_OK},
	    {true, 1, OSC_ENOTIFYOLD}, {true, 0, OSC_ENOTIFYOLD}, {true, 300, OSC_OK},
	    {true, 299, OSC_ENOTIFYOLD}, {true, 301, OSC_OK});
	STEPS(true, true, {true, -1, OSC_OK}, {true, -1, OSC_ENOTIFYPIV}, {true, 5, OSC_OK},
	    {true, -1, OSC_ENOTIFYPIV});
	STEPS(true, true, {true, 0, OSC_OK}, {true, 0, OSC_ENOTIFYOLD});
	/* A refused one does not raise the number. */
	STEPS(true, true, {true, 10, OSC_OK}, {true, 9, OSC_ENOTIFYOLD}, {true, 11, OSC_OK});
	/* a response that is no notification: once */
	STEPS(true, true, {false, -1, OSC_OK}, {false, -1, OSC_EANSWERED});
	/* (8.4.2) the nonce of the request is used once, with or without Observe */
	STEPS(true, true, {false, -1, OSC_OK}, {true, -1, OSC_ENOTIFYPIV}, {true, 1, OSC_OK});
	STEPS(true, true, {true, -1, OSC_OK}, {false, -1, OSC_ENOTIFYPIV}, {false, 1, OSC_OK});
}

int
main(void)
{
	RUN(test_receipts_load);
	RUN(test_receipts_refused);
	RUN(test_receipts_too_many);
	RUN(test_receipts_find);
	RUN(test_receipt_check);
	RUN(test_receipt_sides);
	RUN(test_receipt_single_response);
	RUN(test_receipt_notifications);
	return unit_end();
}
