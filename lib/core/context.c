/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <assert.h>

#include "base/secret.h"
#include "core/context.h"

#define ALIGNMENT ((size_t)16)

static size_t
key_room(const struct osc_alg *alg)
{
	return (osc_aead_key_size(alg) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

size_t
osc_context_size(const struct osc_alg *alg)
{
	return 2 * key_room(alg);
}

static void
derive(uint8_t *out, size_t out_len, const struct osc_params *params, struct osc_slice id,
    const char *type, uint8_t *scratch)
{
	size_t cap = OSC_INFO_MAX + params->id_context.len;
	size_t len = osc_kdf_info(scratch, cap, params, id, type);

	assert(len > 0);
	osc_kdf_derive(out, out_len, params, osc_slice(scratch, len));
}

void
osc_derive_key(uint8_t out[static OSC_KEY_MAX], const struct osc_params *params,
    const struct osc_id *id, uint8_t *scratch)
{
	derive(out, params->alg->key_len, params, osc_id_slice(id), "Key", scratch);
}

void
osc_derive_common_iv(
    uint8_t out[static OSC_NONCE_MAX], const struct osc_params *params, uint8_t *scratch)
{
	derive(out, params->alg->nonce_len, params, osc_slice(NULL, 0), "IV", scratch);
}

void
osc_context_derive(
    struct osc_context *context, void *memory, const struct osc_params *params, uint8_t *scratch)
{
	const struct osc_alg *alg = params->alg;
	uint8_t key[OSC_KEY_MAX], common_iv[OSC_NONCE_MAX];

	assert(params->sender_id.len <= osc_alg_id_max(alg) &&
	    params->recipient_id.len <= osc_alg_id_max(alg));
	context->alg = alg;
	context->sender_id = params->sender_id;
	context->recipient_id = params->recipient_id;
	context->id_context = params->id_context;
	context->wrapped[0] = context->wrapped[1] = OSC_ABSENT;
	context->wraps = false;
	context->sender_key = memory;
	context->recipient_key = (void *)((uint8_t *)memory + key_room(alg));

	osc_derive_key(key, params, &params->sender_id, scratch);
	osc_aead_key_init(context->sender_key, alg, key);
	osc_derive_key(key, params, &params->recipient_id, scratch);
	osc_aead_key_init(context->recipient_key, alg, key);
	osc_derive_common_iv(common_iv, params, scratch);
	osc_nonce_base(context->sender_nonce, alg, &params->sender_id, common_iv);
	osc_nonce_base(context->recipient_nonce, alg, &params->recipient_id, common_iv);
	osc_aad_init(&context->sender_aad, alg, &params->sender_id);
	osc_aad_init(&context->recipient_aad, alg, &params->recipient_id);
	osc_wipe(key, sizeof(key));
	osc_wipe(common_iv, sizeof(common_iv));
}

static bool
same_id(const struct osc_id *a, const struct osc_id *b)
{
	return osc_slice_equal(osc_id_slice(a), osc_id_slice(b));
}

size_t
osc_context_aad(uint8_t out[static OSC_AAD_MAX], const struct osc_context *context,
    const struct osc_exchange *request)
{
	if (same_id(&request->kid, &context->sender_id))
		return osc_aad_put(out, &context->sender_aad, &request->piv);
	if (same_id(&request->kid, &context->recipient_id))
		return osc_aad_put(out, &context->recipient_aad, &request->piv);
	return osc_aad_make(out, OSC_AAD_MAX, context->alg, request);
}
