/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "contexts.h"

/* RFC 8613, C.5 and C.6. */
static const char plain_c5[] = "440171c30000b932396c6f63616c686f737483747631";
static const char plain_c6[] = "44012f8eef9bbf7a396c6f63616c686f737483747631";

/* An OSCORE option of 255 bytes goes, one of 256 does not. */
static void
test_protect_option_limit(void)
{
	static const uint8_t id_context[300] = {7};
	struct osc_params params = params_of_rfc(2);
	struct osc_protection protection = {.has_piv = true, .seq = 1, .kid_context = true};
	struct osc_unprotection message;
	struct pair pair;
	uint8_t out[1024];
	enum osc_err err;
	size_t len = 0;

	/* flags, Partial IV, length, ID Context, kid of one byte */
	for (size_t n = 245; n <= 256; n++) {
		params.id_context = osc_slice(id_context, n);
		pair_make(&pair, &params);
		err = protect(
		    &protection, &pair.client.context, unhex(plain_c5), out, sizeof(out), &len);
		CHECK(err == (n <= 251 ? OSC_OK : OSC_EIDCONTEXT));
		if (err == OSC_OK) {
			CHECK(osc_unprotect_decode(&message, osc_slice(out, len), NULL) == OSC_OK);
			CHECK(message.option.kid_context.len == n);
		}
		pair_free(&pair);
	}
	/* A longer Partial IV takes its place. */
	params.id_context.len = 251;
	protection.seq = 256;
	pair_make(&pair, &params);
	CHECK(protect(&protection, &pair.client.context, unhex(plain_c5), out, sizeof(out), &len) ==
	    OSC_EIDCONTEXT);
	protection.kid_context = false;
	CHECK(protect(&protection, &pair.client.context, unhex(plain_c5), out, sizeof(out), &len) ==
	    OSC_OK);
	pair_free(&pair);
}

/* Whatever has an OSCORE message of 65535 bytes at most goes through, and back. */
static void
check_size_limit(const struct osc_alg *alg)
{
	static uint8_t plain[OSC_MESSAGE_MAX] = {0x40, 0x02, 0, 1, 0xff};
	static uint8_t out[2 * OSC_MESSAGE_MAX + OSC_PROTECT_EXTRA], back[OSC_MESSAGE_MAX];
	struct osc_params params = {.alg = alg,
	    .master_secret = unhex("00112233445566778899aabbccddeeff"),
	    .recipient_id = id_of("01")};
	struct osc_protection protection = {.has_piv = true, .seq = 1};
	/* header, option 09 of 2 bytes, marker, code, marker, payload, tag */
	size_t longest = OSC_MESSAGE_MAX - (4 + 3 + 1 + 1 + 1) - alg->tag_len + 5, len,
	       back_len = 0;
	struct osc_exchange exchange = {0};
	struct pair pair;

	pair_make(&pair, &params);
	for (size_t n = longest - 2; n <= OSC_MESSAGE_MAX; n += n <= longest + 1 ? 1 : 7) {
		enum osc_err err = protect(&protection, &pair.client.context, osc_slice(plain, n),
		    out, 2 * n + OSC_PROTECT_EXTRA, &len);

		CHECK(err == (n <= longest ? OSC_OK : OSC_EOUTERLONG));
		if (err != OSC_OK)
			continue;
		CHECK(len == OSC_MESSAGE_MAX - (longest - n));
		CHECK(unprotect(&pair.server.context, osc_slice(out, len), &exchange, back,
			  &back_len) == OSC_OK);
		CHECK(osc_slice_equal(osc_slice(back, back_len), osc_slice(plain, n)));
	}
	pair_free(&pair);
}

static void
test_protect_size_limit(void)
{
	const struct osc_alg *alg;

	for (size_t i = 0; (alg = osc_alg_at(i)) != NULL; i++)
		check_size_limit(alg);
}

/*
 * The bound on the output: twice the message and OSC_PROTECT_EXTRA. What costs most: the longest
 * OSCORE option, the longest tag, Observe inside and outside, and options whose headers grow
 * because the stream is split before and behind them.
 */
static size_t
worst_message(uint8_t *out, size_t cap, size_t observe_len, size_t repeats)
{
	static const uint8_t bytes[4096];
	/* Inner and outer ones in turn, each delta without extension. */
	static const uint32_t numbers[] = {3, 4, 6, 7, 8, 14, 21, 23, 35 - 1, 39, 50};
	struct osc_coap_writer w;

	osc_coap_writer_init(&w, out, cap);
	osc_coap_put_header(&w, 0, 1, 0, osc_slice(NULL, 0));
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		for (size_t k = 0; k < (numbers[i] == 6 ? repeats : 1); k++)
			osc_coap_put_option(
			    &w, numbers[i], osc_slice(bytes, numbers[i] == 6 ? observe_len : 0));
	CHECK(!w.full);
	return w.len;
}

static void
test_protect_bound(void)
{
	static const uint8_t id_context[255];
	static uint8_t plain[20000], out[40000 + OSC_PROTECT_EXTRA];
	struct osc_params params = {.alg = osc_alg_by_number(31),
	    .master_secret = unhex("00112233445566778899aabbccddeeff"),
	    .sender_id = id_of("01020304050607"),
	    .id_context = osc_slice(id_context, 241)};
	struct osc_protection protection = {
	    .has_piv = true, .seq = OSC_SEQ_MAX, .kid_context = true};
	size_t n, len = 0, most = 0, cap;
	struct pair pair;

	pair_make(&pair, &params);
	for (size_t observe_len = 0; observe_len <= 4096; observe_len = 2 * observe_len + 1)
		for (size_t repeats = 0; repeats <= 4; repeats++) {
			n = worst_message(plain, sizeof(plain), observe_len, repeats);
			cap = 2 * n + OSC_PROTECT_EXTRA;
			CHECK(protect(&protection, &pair.client.context, osc_slice(plain, n), out,
				  cap, &len) == OSC_OK);
			CHECK(len <= cap);
			most = len > 2 * n && len - 2 * n > most ? len - 2 * n : most;
		}
	/* The attack came near: it is the option, the tag and little else. */
	CHECK(most > 250);
	/* The smallest message of all, where twice its length is least. */
	plain[0] = 0x40;
	CHECK(protect(&protection, &pair.client.context, osc_slice(plain, 4), out,
		  2 * 4 + OSC_PROTECT_EXTRA, &len) == OSC_OK);
	CHECK(len == 4 + (2 + 255) + 1 + 1 + 16);
	pair_free(&pair);
}

/* Every capacity: written whole or refused, never beyond. */
static void
test_protect_capacity(void)
{
	struct osc_params params = params_of_rfc(3);
	struct osc_protection protection = {.has_piv = true, .seq = 20, .kid_context = true};
	struct pair pair;
	uint8_t *out;
	size_t len = 0, need = 44;

	pair_make(&pair, &params);
	for (size_t cap = params.alg->tag_len; cap <= need + 1; cap++) {
		out = malloc(cap + 1);
		out[cap] = 0xee;
		CHECK(protect(&protection, &pair.client.context, unhex(plain_c6), out, cap, &len) ==
		    (cap < need ? OSC_EOUTERLONG : OSC_OK));
		CHECK(out[cap] == 0xee);
		free(out);
	}
	pair_free(&pair);
}

int
main(void)
{
	RUN(test_protect_option_limit);
	RUN(test_protect_size_limit);
	RUN(test_protect_bound);
	RUN(test_protect_capacity);
	return unit_end();
}
