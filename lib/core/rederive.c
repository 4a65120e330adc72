/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <assert.h>

#include "core/cborhead.h"
#include "core/cborw.h"
#include "core/cose.h"
#include "core/kdf.h"
#include "core/rederive.h"

#define UNAUTHORIZED OSC_CODE(4, 1)

size_t
osc_rederive_wrap(uint8_t out[static OSC_REDERIVE_WRAPPED_MAX], struct osc_slice x)
{
	struct osc_cborw w;

	assert(x.len <= OSC_REDERIVE_ID_MAX);
	osc_cborw_init(&w, out, OSC_REDERIVE_WRAPPED_MAX);
	osc_cborw_bytes(&w, x);
	return w.len;
}

/* With one head for each length, no two kid contexts mean the same. */
bool
osc_rederive_unwrap(struct osc_slice *x, struct osc_slice kid_context)
{
	uint8_t again[OSC_REDERIVE_WRAPPED_MAX];
	struct osc_cbor_head head;

	if (osc_cbor_head_decode(&head, kid_context) != OSC_CBOR_HEAD ||
	    head.major != OSC_CBOR_BYTES || head.indefinite || head.argument < 1 ||
	    head.argument > OSC_REDERIVE_ID_MAX || head.argument != kid_context.len - head.len)
		return false;
	*x = osc_slice(kid_context.ptr + head.len, kid_context.len - head.len);
	return osc_rederive_wrap(again, *x) == kid_context.len;
}

void
osc_rederive_r2_make(uint8_t *out, const uint8_t key[static OSC_REDERIVE_KEY], struct osc_slice s2)
{
	uint8_t mac[OSC_HMAC_SIZE];

	osc_kdf_hmac(mac, key, s2);
	osc_copy(out, s2.ptr, s2.len);
	memcpy(out + s2.len, mac, OSC_REDERIVE_MAC);
}

bool
osc_rederive_r2_check(const uint8_t key[static OSC_REDERIVE_KEY], struct osc_slice id_context)
{
	uint8_t r2[OSC_REDERIVE_R2], differs = 0;

	if (id_context.len <= sizeof(r2))
		return false;
	osc_rederive_r2_make(r2, key, osc_slice(id_context.ptr, OSC_REDERIVE_NONCE));
	for (size_t i = 0; i < sizeof(r2); i++)
		differs |= (uint8_t)(r2[i] ^ id_context.ptr[i]);
	return differs == 0;
}

void
osc_rederive_join(struct osc_context *joined, const struct osc_context *first,
    const struct osc_context *second, enum osc_side asker, struct osc_slice r2)
{
	*joined = *first;
	joined->wraps = false;
	if (asker == OSC_SIDE_OWN) {
		joined->recipient_key = second->recipient_key;
		memcpy(joined->recipient_nonce, second->recipient_nonce, OSC_NONCE_MAX);
		joined->wrapped[OSC_SIDE_PEER] = r2;
	} else {
		joined->sender_key = second->sender_key;
		memcpy(joined->sender_nonce, second->sender_nonce, OSC_NONCE_MAX);
		joined->wrapped[OSC_SIDE_OWN] = r2;
	}
}

size_t
osc_rederive_answer(uint8_t out[static OSC_REDERIVE_ANSWER_MAX], const struct osc_coap *header,
    const struct osc_context *joined, const struct osc_exchange *exchange, struct osc_aead_job *job)
{
	const struct osc_oscore_option option = {.kid_context = joined->wrapped[OSC_SIDE_OWN]};
	uint8_t value[OSC_REDERIVE_ANSWER_MAX];
	struct osc_coap_writer w;

	assert(osc_oscore_option_size(&option) <= OSC_REDERIVE_PART_MAX + 4);
	osc_coap_writer_init(&w, out, OSC_REDERIVE_ANSWER_MAX - joined->alg->tag_len);
	osc_coap_put_header(&w, header->type, OSC_CODE_CHANGED, header->mid, header->token);
	osc_coap_put_option(
	    &w, OSC_OPT_OSCORE, osc_slice(value, osc_oscore_option_encode(value, &option)));
	osc_coap_put_byte(&w, OSC_COAP_MARKER);
	job->key = joined->sender_key;
	job->in = job->out = out + w.len;
	job->in_len = 1;
	osc_coap_put_byte(&w, UNAUTHORIZED);
	osc_nonce_make(job->nonce, joined->alg, joined->recipient_nonce, exchange->piv.seq);
	job->aad_len = osc_aad_make(job->aad, sizeof(job->aad), joined->alg, exchange);
	return w.len + joined->alg->tag_len;
}

bool
osc_rederive_is_answer(struct osc_slice text)
{
	return text.len == 1 && text.ptr[0] == UNAUTHORIZED;
}
