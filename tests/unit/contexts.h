/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_TESTS_CONTEXTS_H
#define OSC_TESTS_CONTEXTS_H

/* Both sides of a Security Context, and messages between them. */

#include "core/protect.h"
#include "core/split.h"
#include "core/unprotect.h"
#include "helper.h"

/* key_new - an expanded key, in zeroed memory as from osc_secret_alloc; to be freed */
static inline struct osc_aead_key *
key_new(const struct osc_alg *alg, const uint8_t *bytes)
{
	struct osc_aead_key *key = calloc(1, osc_aead_key_size(alg));

	if (key == NULL)
		abort();
	osc_aead_key_init(key, alg, bytes);
	return key;
}

#define TAG_MAX 16 /* bytes in the longest tag */

struct side {
	struct osc_context context;
	void *memory;
};

struct pair {
	struct side client, server;
};

static inline struct osc_id
id_of(const char *digits)
{
	struct osc_slice bytes = unhex(digits);
	struct osc_id id = {.len = (uint8_t)bytes.len};

	osc_copy(id.bytes, bytes.ptr, bytes.len);
	return id;
}

static inline void
side_make(struct side *side, const struct osc_params *params)
{
	uint8_t *scratch = malloc(OSC_INFO_MAX + params->id_context.len);

	side->memory = malloc(osc_context_size(params->alg));
	if (side->memory == NULL || scratch == NULL)
		abort();
	osc_context_derive(&side->context, side->memory, params, scratch);
	free(scratch);
}

/* pair_make - params are the client's */
static inline void
pair_make(struct pair *pair, const struct osc_params *params)
{
	struct osc_params mirrored = osc_params_mirror(params);

	side_make(&pair->client, params);
	side_make(&pair->server, &mirrored);
}

static inline void
pair_free(struct pair *pair)
{
	free(pair->client.memory);
	free(pair->server.memory);
}

/* The inputs of RFC 8613, C.1 to C.3. */
static inline struct osc_params
params_of_rfc(int section)
{
	struct osc_params params = {
	    .alg = osc_alg_by_number(OSC_ALG_DEFAULT),
	    .hash = OSC_SHA256,
	    .master_secret = unhex("0102030405060708090a0b0c0d0e0f10"),
	    .recipient_id = id_of("01"),
	};

	if (section == 2)
		params.sender_id = id_of("00");
	else
		params.master_salt = unhex("9e7ca92223786340");
	if (section == 3)
		params.id_context = unhex("37cbf3210017a2d3");
	return params;
}

/*
 * protect - the whole way of a message
 *
 * out  cap bytes
 *
 * Returns what osc_protect_write does, or the first error before.
 */
static inline enum osc_err
protect(struct osc_protection *protection, const struct osc_context *context,
    struct osc_slice plain, uint8_t *out, size_t cap, size_t *out_len)
{
	struct osc_aead_job job;
	enum osc_err err = osc_coap_decode(&protection->plain, plain, NULL);

	if (err == OSC_OK)
		err = osc_protect_check(&protection->plain, NULL);
	if (err == OSC_OK)
		err = osc_protect_write(protection, context, out, cap, out_len, &job);
	if (err == OSC_OK)
		osc_aead_seal(&job, 1);
	return err;
}

/*
 * unprotect - the whole way of a message of the peer, but for the window
 *
 * exchange  receives what binds responses to a request; is what binds this response
 * out       as many bytes as the datagram has
 */
static inline enum osc_err
unprotect(const struct osc_context *context, struct osc_slice datagram,
    struct osc_exchange *exchange, uint8_t *out, size_t *out_len)
{
	struct osc_unprotection message;
	struct osc_aead_job job;
	struct osc_inner inner;
	uint8_t *text = NULL;
	enum osc_err err = osc_unprotect_decode(&message, datagram, NULL);

	if (err == OSC_OK)
		err = osc_unprotect_match(&message, context, OSC_SIDE_PEER);
	if (err != OSC_OK)
		return err;
	if (message.is_request)
		osc_unprotect_exchange(exchange, &message);
	text = malloc(message.outer.payload.len);
	if (text == NULL)
		abort();
	osc_unprotect_prepare(&message, context, OSC_SIDE_PEER, exchange, text, &job);
	osc_aead_open(&job, 1);
	if (!job.ok)
		err = OSC_ETAG;
	else
		err = osc_inner_decode(&inner, osc_slice(text, job.in_len - context->alg->tag_len),
		    message.is_request, NULL);
	if (err == OSC_OK)
		*out_len = osc_unprotect_write(out, datagram.len, &message, &inner);
	free(text);
	return err;
}

#endif
