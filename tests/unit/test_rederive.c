/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "base/jsonload.h"
#include "contexts.h"
#include "core/rederive.h"

/* Appendix B.2 by the vectors of tests/vectors; the tests are run from the top. */

#define ROWS 11
#define PEER_ROWS 2

/* One row, and its contexts from the view of the client. */
struct row {
	struct osc_json json;
	struct osc_params params;
	struct pair first, second, third, joined;
	struct osc_slice r2, wrapped;
	uint8_t wrapped_bytes[OSC_REDERIVE_WRAPPED_MAX];
};

static const char *
word(const struct row *row, const char *key)
{
	static char words[8][256];
	static unsigned turn;
	struct osc_slice text = {0};
	char *to = words[turn++ % 8];

	if (!osc_json_string(osc_json_member(row->json.root, key), &text) || text.len > 255)
		return "";
	memcpy(to, text.ptr, text.len);
	to[text.len] = '\0';
	return to;
}

static struct osc_slice
member(const struct row *row, const char *key)
{
	return unhex(word(row, key));
}

static void
derive(struct pair *pair, const struct row *row, struct osc_slice id_context)
{
	struct osc_params params = row->params;

	params.id_context = id_context;
	pair_make(pair, &params);
}

/* One behind the other; they stay where they are until the program ends. */
static struct osc_slice
both(struct osc_slice a, struct osc_slice b)
{
	static uint8_t pool[64 * 1024];
	static size_t used;
	uint8_t *bytes = pool + used;

	if (a.len + b.len > sizeof(pool) - used)
		abort();
	memcpy(bytes, a.ptr, a.len);
	memcpy(bytes + a.len, b.ptr, b.len);
	used += a.len + b.len;
	return osc_slice(bytes, a.len + b.len);
}

static void
row_open(struct row *row, const char *line)
{
	struct osc_slice name, hash, id1, id2, id3;
	const struct osc_context *answers[2];

	CHECK(osc_json_load(&row->json, osc_slice((const uint8_t *)line, strlen(line)), OSC_EJSON,
		  NULL) == OSC_OK);
	row->params.alg = osc_alg_by_number(OSC_ALG_DEFAULT);
	if (osc_json_string(osc_json_member(row->json.root, "algorithm"), &name))
		row->params.alg = osc_alg_by_name(name);
	if (osc_json_string(osc_json_member(row->json.root, "hkdf"), &hash))
		(void)osc_hash_by_name(&row->params.hash, hash);
	row->params.master_secret = member(row, "secret");
	row->params.master_salt = member(row, "salt");
	row->params.sender_id = id_of(word(row, "client_id"));
	row->params.recipient_id = id_of(word(row, "server_id"));
	row->r2 = member(row, "r2");
	row->wrapped =
	    osc_slice(row->wrapped_bytes, osc_rederive_wrap(row->wrapped_bytes, row->r2));
	id1 = member(row, word(row, "r1")[0] != '\0' ? "r1" : "id1");
	id2 = both(row->r2, id1);
	id3 = both(row->r2, member(row, "r3"));
	derive(&row->first, row, id1);
	derive(&row->second, row, id2);
	derive(&row->third, row, id3);
	answers[0] = &row->second.client.context;
	answers[1] = &row->second.server.context;
	osc_rederive_join(&row->joined.client.context, &row->first.client.context, answers[0],
	    OSC_SIDE_OWN, row->wrapped);
	osc_rederive_join(&row->joined.server.context, &row->first.server.context, answers[1],
	    OSC_SIDE_PEER, row->wrapped);
}

/* Does a message open, and which text is inside? */
static struct osc_slice
opened(struct osc_slice datagram, const struct osc_context *context, enum osc_side side,
    struct osc_exchange *exchange)
{
	static uint8_t text[256];
	struct osc_unprotection message = {0};
	struct osc_slice out = {0};

	CHECK(osc_unprotect_decode(&message, datagram, NULL) == OSC_OK);
	if (message.is_request)
		osc_unprotect_exchange(exchange, &message);
	CHECK(osc_unprotect_open(&message, context, side, exchange, text, &out) == OSC_OK);
	return out;
}

static void
check_answer(const struct row *row, const struct osc_exchange *exchange)
{
	uint8_t out[OSC_REDERIVE_ANSWER_MAX];
	struct osc_coap header = {0};
	struct osc_aead_job job;
	size_t len;

	CHECK(osc_coap_decode(&header, member(row, "response_1"), NULL) == OSC_OK);
	len = osc_rederive_answer(out, &header, &row->joined.server.context, exchange, &job);
	osc_aead_seal(&job, 1);
	CHECK(same(osc_slice(out, len), word(row, "response_1")));
}

static void
check_row(const char *line)
{
	struct row row = {0};
	struct osc_exchange exchange = {0};
	struct osc_slice with_piv, r2;
	uint8_t made[OSC_REDERIVE_PART_MAX];

	row_open(&row, line);
	if (word(&row, "hmac_key")[0] != '\0') {
		osc_rederive_r2_make(made, member(&row, "hmac_key").ptr, member(&row, "s2"));
		CHECK(same(osc_slice(made, row.r2.len), word(&row, "r2")));
	}
	(void)opened(
	    member(&row, "request_1"), &row.joined.server.context, OSC_SIDE_PEER, &exchange);
	(void)opened(
	    member(&row, "request_1"), &row.joined.client.context, OSC_SIDE_OWN, &exchange);
	r2 = opened(
	    member(&row, "response_1"), &row.joined.client.context, OSC_SIDE_PEER, &exchange);
	CHECK(osc_rederive_is_answer(r2));
	with_piv = member(&row, "response_1_with_partial_iv");
	if (with_piv.len > 0)
		CHECK(osc_rederive_is_answer(
		    opened(with_piv, &row.joined.client.context, OSC_SIDE_PEER, &exchange)));
	check_answer(&row, &exchange);
	(void)opened(
	    member(&row, "request_2"), &row.third.server.context, OSC_SIDE_PEER, &exchange);
	(void)opened(
	    member(&row, "response_2"), &row.third.client.context, OSC_SIDE_PEER, &exchange);
	pair_free(&row.first);
	pair_free(&row.second);
	pair_free(&row.third);
	osc_json_free(&row.json);
}

static int
check_file(const char *path)
{
	static char line[8192];
	FILE *file = fopen(path, "r");
	int rows = 0;

	if (file == NULL)
		return 0;
	while (fgets(line, sizeof(line), file) != NULL) {
		check_row(line);
		rows++;
	}
	(void)fclose(file);
	return rows;
}

static void
test_rederive_vectors(void)
{
	CHECK(check_file("tests/vectors/rederive.jsonl") == ROWS);
	CHECK(check_file("tests/vectors/rederive-peer.jsonl") == PEER_ROWS);
}

static void
check_wrap(size_t len, size_t head)
{
	uint8_t x[OSC_REDERIVE_ID_MAX + 1] = {1}, out[OSC_REDERIVE_WRAPPED_MAX + 1] = {0};
	struct osc_slice back = {0};
	size_t wrapped = osc_rederive_wrap(out, osc_slice(x, len));

	CHECK(wrapped == head + len);
	CHECK(osc_rederive_unwrap(&back, osc_slice(out, wrapped)));
	CHECK(osc_slice_equal(back, osc_slice(x, len)));
	CHECK(!osc_rederive_unwrap(&back, osc_slice(out, wrapped - 1)));
	CHECK(!osc_rederive_unwrap(&back, osc_slice(out, wrapped + 1)));
}

static void
test_rederive_wrap(void)
{
	static const char *const wrong[] = {
	    "",         /* nothing */
	    "40",       /* nothing inside */
	    "41",       /* cut off */
	    "4101ff",   /* more behind it */
	    "580101",   /* a longer head than it needs */
	    "59000101", /* likewise */
	    "5817",     /* of a head alone */
	    "6101",     /* a text */
	    "01",       /* a number */
	    "5f4101ff", /* in pieces */
	    "8101",     /* an array */
	    "c24101",   /* a tag before it */
	    "5bffffffffffffffff01",
	};
	struct osc_slice x;
	uint8_t long_one[3 + OSC_REDERIVE_ID_MAX] = {0x58, OSC_REDERIVE_ID_MAX + 1};

	check_wrap(1, 1);
	check_wrap(23, 1);
	check_wrap(24, 2);
	check_wrap(OSC_REDERIVE_ID_MAX, 2);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		CHECK(!osc_rederive_unwrap(&x, unhex(wrong[i])));
	CHECK(!osc_rederive_unwrap(&x, OSC_ABSENT));
	CHECK(!osc_rederive_unwrap(&x, osc_slice(long_one, sizeof(long_one))));
}

static void
test_rederive_r2(void)
{
	uint8_t key[OSC_REDERIVE_KEY] = {1}, id[OSC_REDERIVE_R2 + 1] = {0};

	osc_rederive_r2_make(id, key, osc_slice(id, OSC_REDERIVE_NONCE));
	CHECK(osc_rederive_r2_check(key, osc_slice(id, sizeof(id))));
	CHECK(!osc_rederive_r2_check(key, osc_slice(id, OSC_REDERIVE_R2))); /* no R3 */
	for (size_t i = 0; i < OSC_REDERIVE_R2; i++) {
		id[i] ^= 1;
		CHECK(!osc_rederive_r2_check(key, osc_slice(id, sizeof(id))));
		id[i] ^= 1;
	}
	id[OSC_REDERIVE_R2] ^= 1;
	CHECK(osc_rederive_r2_check(key, osc_slice(id, sizeof(id))));
	key[31] ^= 1;
	CHECK(!osc_rederive_r2_check(key, osc_slice(id, sizeof(id))));
}

/* The kid context of each message: what fits, and what the context puts in. */
static void
test_rederive_kid_context(void)
{
	struct osc_params params = params_of_rfc(3);
	struct osc_protection request = {.has_piv = true, .kid_context = true};
	uint8_t wrapped[OSC_REDERIVE_WRAPPED_MAX];
	struct osc_unprotection message = {.is_request = true};
	struct osc_oscore_option option;
	struct osc_context *context;
	struct pair pair;

	pair_make(&pair, &params);
	context = &pair.client.context;
	context->wrapped[OSC_SIDE_OWN] =
	    osc_slice(wrapped, osc_rederive_wrap(wrapped, params.id_context));
	message.option.kid_context = context->wrapped[OSC_SIDE_OWN];
	CHECK(osc_unprotect_match(&message, context, OSC_SIDE_OWN) == OSC_OK);
	CHECK(osc_unprotect_match(&message, context, OSC_SIDE_PEER) == OSC_EKIDCONTEXT);
	message.option.kid_context = params.id_context;
	CHECK(osc_unprotect_match(&message, context, OSC_SIDE_PEER) == OSC_OK);
	osc_protect_option(&option, &request, context);
	CHECK(osc_slice_equal(option.kid_context, params.id_context));
	context->wraps = true;
	osc_protect_option(&option, &request, context);
	CHECK(same(option.kid_context, "4837cbf3210017a2d3"));
	pair_free(&pair);
}

int
main(void)
{
	RUN(test_rederive_vectors);
	RUN(test_rederive_wrap);
	RUN(test_rederive_r2);
	RUN(test_rederive_kid_context);
	return unit_end();
}
