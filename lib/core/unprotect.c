/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <assert.h>

#include "core/split.h"
#include "core/unprotect.h"

/* Find the OSCORE option; a second one is malformed (2: not repeatable, critical). */
static enum osc_err
find_option(struct osc_slice options, struct osc_slice *value, struct osc_where *where)
{
	struct osc_option option = {0};
	bool found = false;

	while (osc_option_next(&options, &option)) {
		if (option.number != OSC_OPT_OSCORE)
			continue;
		if (found) {
			if (where != NULL)
				where->option = OSC_OPT_OSCORE;
			return OSC_EOSCORE;
		}
		found = true;
		*value = option.value;
	}
	return found ? OSC_OK : OSC_ENOTOSCORE;
}

enum osc_err
osc_unprotect_decode(
    struct osc_unprotection *message, struct osc_slice datagram, struct osc_where *where)
{
	struct osc_slice value;
	enum osc_err err = osc_coap_decode(&message->outer, datagram, where);

	if (err == OSC_OK)
		err = osc_coap_check_type(&message->outer);
	if (err != OSC_OK)
		return err;
	message->is_request = osc_code_is_request(message->outer.code);
	if (!osc_coap_has(&message->outer, OSC_OPT_OSCORE))
		return OSC_ENOTOSCORE;
	err = find_option(message->outer.options, &value, where);
	if (err != OSC_OK)
		return err;
	err = osc_oscore_option_decode(&message->option, value, where);
	if (err != OSC_OK)
		return err;
	if (message->is_request && message->option.piv.len == 0)
		return OSC_ENOPIV;
	if (message->is_request && !osc_is_present(message->option.kid))
		return OSC_ENOKID;
	return message->outer.payload.len == 0 ? OSC_ENOPAYLOAD : OSC_OK;
}

enum osc_err
osc_unprotect_match(
    const struct osc_unprotection *message, const struct osc_context *context, enum osc_side side)
{
	const struct osc_oscore_option *option = &message->option;
	const struct osc_id *id =
	    side == OSC_SIDE_OWN ? &context->sender_id : &context->recipient_id;

	if (osc_is_present(option->kid) && !osc_slice_equal(option->kid, osc_id_slice(id)))
		return OSC_EKID;
	if (osc_is_present(option->kid_context) &&
	    !osc_slice_same(option->kid_context, context->id_context) &&
	    !osc_slice_same(option->kid_context, context->wrapped[side]))
		return OSC_EKIDCONTEXT;
	return OSC_OK;
}

void
osc_unprotect_exchange(struct osc_exchange *exchange, const struct osc_unprotection *request)
{
	assert(request->option.kid.len <= OSC_ID_MAX);
	memset(exchange, 0, sizeof(*exchange));
	exchange->kid.len = (uint8_t)request->option.kid.len;
	osc_copy(exchange->kid.bytes, request->option.kid.ptr, request->option.kid.len);
	exchange->piv = request->option.piv;
}

const struct osc_aead_key *
osc_unprotect_key(const struct osc_context *context, enum osc_side side)
{
	return side == OSC_SIDE_OWN ? context->sender_key : context->recipient_key;
}

void
osc_unprotect_prepare(const struct osc_unprotection *message, const struct osc_context *context,
    enum osc_side side, const struct osc_exchange *request, uint8_t *out, struct osc_aead_job *job)
{
	const uint8_t *base =
	    side == OSC_SIDE_OWN ? context->sender_nonce : context->recipient_nonce;
	uint64_t seq = message->option.piv.seq;

	if (message->option.piv.len == 0) {
		/* The nonce of the request, which the receiver of this response made. */
		base = side == OSC_SIDE_OWN ? context->recipient_nonce : context->sender_nonce;
		seq = request->piv.seq;
	}
	job->key = osc_unprotect_key(context, side);
	osc_nonce_make(job->nonce, context->alg, base, seq);
	job->aad_len = osc_context_aad(job->aad, context, request);
	job->in = message->outer.payload.ptr;
	job->in_len = message->outer.payload.len;
	job->out = out;
}

enum osc_err
osc_unprotect_open(const struct osc_unprotection *message, const struct osc_context *context,
    enum osc_side side, const struct osc_exchange *request, uint8_t *out, struct osc_slice *text)
{
	struct osc_aead_job job;

	osc_unprotect_prepare(message, context, side, request, out, &job);
	osc_aead_open(&job, 1);
	*text = osc_slice(out, job.ok ? job.in_len - context->alg->tag_len : 0);
	return job.ok ? OSC_OK : OSC_ETAG;
}

enum osc_err
osc_inner_decode(
    struct osc_inner *inner, struct osc_slice text, bool is_request, struct osc_where *where)
{
	struct osc_slice body = osc_slice(text.ptr + 1, text.len - 1);

	assert(text.len > 0); /* osc_aead_open refuses an empty plaintext */
	inner->code = text.ptr[0];
	if (is_request ? !osc_code_is_request(inner->code) : !osc_code_is_response(inner->code))
		return OSC_EINNERCODE;
	if (osc_coap_walk_body(&inner->options, &inner->payload, &inner->has, body, where) !=
	    OSC_OK) {
		if (where != NULL)
			where->offset++;
		return OSC_EINNER;
	}
	/* Only to say which: most messages have none that is outer. */
	return (inner->has & OSC_OUTER_OPTIONS) != 0 ? osc_merge_check(inner->options, where)
						     : OSC_OK;
}

size_t
osc_unprotect_write(
    uint8_t *out, size_t cap, const struct osc_unprotection *message, const struct osc_inner *inner)
{
	const struct osc_coap *outer = &message->outer;
	struct osc_coap_writer w;

	osc_coap_writer_init(&w, out, cap);
	osc_coap_put_header(&w, outer->type, inner->code, outer->mid, outer->token);
	osc_merge(&w, outer->options, inner->options, inner->has,
	    message->is_request ? NULL : &message->option.piv);
	osc_coap_put_payload(&w, inner->payload);
	/* Merged, options do not get longer; an Observe value of 3 bytes takes less
	 * than the tag that is gone. */
	assert(!w.full);
	return w.len;
}
