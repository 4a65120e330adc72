/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <nettle/sha2.h>

#include "base/secret.h"
#include "core/context.h"
#include "core/fingerprint.h"

/* With its NUL, as that of the name, so that no two inputs are one. */
static const char domain[] = "oscore-tools fingerprint";

struct osc_fingerprint
osc_fingerprint(const char *name, struct osc_slice bytes)
{
	struct osc_fingerprint out;
	struct sha256_ctx hash;

	sha256_init(&hash);
	sha256_update(&hash, sizeof(domain), (const uint8_t *)domain);
	sha256_update(&hash, strlen(name) + 1, (const uint8_t *)name);
	if (bytes.len > 0)
		sha256_update(&hash, bytes.len, bytes.ptr);
	sha256_digest(&hash, sizeof(out.bytes), out.bytes);
	osc_wipe(&hash, sizeof(hash));
	return out;
}

void
osc_fingerprints(struct osc_fingerprints *out, const struct osc_params *params, uint8_t *scratch)
{
	struct osc_slice key, iv;
	uint8_t bytes[OSC_KEY_MAX];

	out->master_secret = osc_fingerprint("Master Secret", params->master_secret);
	out->master_salt = osc_fingerprint("Master Salt", params->master_salt);
	iv = osc_slice(bytes, params->alg->nonce_len);
	osc_derive_common_iv(bytes, params, scratch);
	out->common_iv = osc_fingerprint("Common IV", iv);
	key = osc_slice(bytes, params->alg->key_len);
	osc_derive_key(bytes, params, &params->sender_id, scratch);
	out->sender_key = osc_fingerprint("Key", key);
	osc_derive_key(bytes, params, &params->recipient_id, scratch);
	out->recipient_key = osc_fingerprint("Key", key);
	osc_wipe(bytes, sizeof(bytes));
}
