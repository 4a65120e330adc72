/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <assert.h>

#include "core/cborw.h"
#include "core/cose.h"

#define OSCORE_VERSION 1

void
osc_nonce_base(uint8_t out[static OSC_NONCE_MAX], const struct osc_alg *alg,
    const struct osc_id *id, const uint8_t *common_iv)
{
	size_t id_end = alg->nonce_len - (size_t)OSC_PIV_MAX;

	memset(out, 0, OSC_NONCE_MAX);
	out[0] = id->len;
	osc_copy(out + id_end - id->len, id->bytes, id->len);
	for (size_t i = 0; i < alg->nonce_len; i++)
		out[i] ^= common_iv[i];
}

size_t
osc_aad_array(uint8_t out[static OSC_AAD_ARRAY_MAX], const struct osc_alg *alg,
    const struct osc_exchange *exchange)
{
	struct osc_cborw w;

	osc_cborw_init(&w, out, OSC_AAD_ARRAY_MAX);
	osc_cborw_array(&w, 5);
	osc_cborw_int(&w, OSCORE_VERSION);
	osc_cborw_array(&w, 1);
	osc_cborw_int(&w, alg->cose);
	osc_cborw_bytes(&w, osc_id_slice(&exchange->kid));
	osc_cborw_bytes(&w, osc_slice(exchange->piv.bytes, exchange->piv.len));
	osc_cborw_bytes(&w, osc_slice(NULL, 0)); /* there are no options of class I */
	assert(!w.full);
	return w.len;
}

void
osc_aad_init(struct osc_aad *aad, const struct osc_alg *alg, const struct osc_id *kid)
{
	struct osc_exchange none = {.kid = *kid};
	uint8_t array[OSC_AAD_ARRAY_MAX];
	size_t array_len = osc_aad_array(array, alg, &none);
	struct osc_cborw w;

	memset(aad, 0, sizeof(*aad));
	osc_cborw_init(&w, aad->bytes, sizeof(aad->bytes));
	osc_cborw_array(&w, 3);
	osc_cborw_text(&w, "Encrypt0");
	osc_cborw_bytes(&w, osc_slice(NULL, 0));
	osc_cborw_bytes(&w, osc_slice(array, array_len));
	assert(!w.full && w.len == OSC_AAD_ARRAY_AT + array_len);
	/* Two empty strings are at the end: the Partial IV, and the options of class I. */
	aad->len = (uint8_t)(w.len - 2);
}

size_t
osc_aad_make(
    uint8_t *out, size_t cap, const struct osc_alg *alg, const struct osc_exchange *exchange)
{
	struct osc_aad aad;

	assert(cap >= OSC_ENC_STRUCTURE_MAX);
	(void)cap;
	osc_aad_init(&aad, alg, &exchange->kid);
	return osc_aad_put(out, &aad, &exchange->piv);
}
