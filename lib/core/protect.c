/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <assert.h>

#include "core/protect.h"
#include "core/split.h"

void
osc_protect_option(struct osc_oscore_option *value, const struct osc_protection *protection,
    const struct osc_context *context)
{
	struct osc_slice kid = OSC_ABSENT, kid_context = OSC_ABSENT;

	if (protection->has_piv)
		osc_piv_encode(&value->piv, protection->seq);
	else
		memset(&value->piv, 0, sizeof(value->piv));
	if (protection->request == NULL) {
		kid = osc_id_slice(&context->sender_id);
		if (protection->kid_context)
			kid_context =
			    context->wraps ? context->wrapped[OSC_SIDE_OWN] : context->id_context;
	}
	value->kid = kid;
	value->kid_context = kid_context;
}

/* POST and 2.04, but with Observe FETCH and 2.05, so that proxies know what to
 * do (4.1.3.5, 4.2). */
static uint8_t
outer_code(const struct osc_protection *protection)
{
	bool observe = osc_coap_has(&protection->plain, OSC_OPT_OBSERVE);

	if (protection->request == NULL)
		return observe ? OSC_CODE_FETCH : OSC_CODE_POST;
	return observe ? OSC_CODE_CONTENT : OSC_CODE_CHANGED;
}

enum osc_err
osc_protect_layout(const struct osc_protection *protection, const struct osc_context *context,
    uint8_t *out, size_t cap, struct osc_layout *layout)
{
	const struct osc_coap *plain = &protection->plain;
	struct osc_coap_writer w;

	assert(protection->has_piv || protection->request != NULL);
	osc_protect_option(&layout->option, protection, context);
	if (osc_oscore_option_size(&layout->option) > OSC_OPTION_MAX)
		return OSC_EIDCONTEXT;

	if (cap > OSC_MESSAGE_MAX)
		cap = OSC_MESSAGE_MAX;
	osc_coap_writer_init(&w, out, cap - context->alg->tag_len);
	osc_coap_put_header(&w, plain->type, outer_code(protection), plain->mid, plain->token);
	osc_split_outer(&w, plain->options, plain->has, &layout->option);
	osc_coap_put_byte(&w, OSC_COAP_MARKER);
	layout->text_at = w.len;
	osc_coap_put_byte(&w, plain->code);
	osc_split_inner(&w, plain->options, plain->has, protection->request != NULL);
	osc_coap_put_payload(&w, plain->payload);
	if (w.full)
		return OSC_EOUTERLONG;
	layout->len = w.len + context->alg->tag_len;
	return OSC_OK;
}

/* Nonce and AAD (5.2, 5.4). A response without a Partial IV takes the nonce of
 * the request, which the peer made. */
void
osc_protect_prepare(struct osc_aead_job *job, const struct osc_context *context,
    const struct osc_exchange *request, const struct osc_layout *layout, uint8_t *out)
{
	const struct osc_alg *alg = context->alg;
	const struct osc_piv *piv = &layout->option.piv;

	job->key = context->sender_key;
	if (piv->len > 0)
		osc_nonce_make(job->nonce, alg, context->sender_nonce, piv->seq);
	else
		osc_nonce_make(job->nonce, alg, context->recipient_nonce, request->piv.seq);
	if (request == NULL)
		job->aad_len = osc_aad_put(job->aad, &context->sender_aad, piv);
	else
		job->aad_len = osc_context_aad(job->aad, context, request);
	job->in = job->out = out + layout->text_at;
	job->in_len = layout->len - alg->tag_len - layout->text_at;
}

enum osc_err
osc_protect_write(const struct osc_protection *protection, const struct osc_context *context,
    uint8_t *out, size_t cap, size_t *out_len, struct osc_aead_job *job)
{
	struct osc_layout layout;
	enum osc_err err = osc_protect_layout(protection, context, out, cap, &layout);

	if (err != OSC_OK)
		return err;
	osc_protect_prepare(job, context, protection->request, &layout, out);
	*out_len = layout.len;
	return OSC_OK;
}
