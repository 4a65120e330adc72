/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <inttypes.h>
#include <stdlib.h>

#include "base/secret.h"
#include "core/context.h"
#include "core/fingerprint.h"
#include "describe.h"

struct description {
	struct osc_buffer *out;
	const struct osc_params *params;
	bool secrets;
	uint8_t *scratch; /* for derivations */
};

/* Of an ID or ID Context. */
static void
put_bytes(struct osc_buffer *out, const char *name, struct osc_slice bytes)
{
	osc_buffer_print(out, "%s: ", name);
	if (!osc_is_present(bytes))
		osc_buffer_text(out, "none");
	else if (bytes.len == 0)
		osc_buffer_text(out, "empty");
	osc_buffer_hex(out, bytes);
	osc_buffer_text(out, "\n");
}

/* kind: the name that goes into the fingerprint */
static void
put_secret(const struct description *d, const char *name, const char *kind, struct osc_slice bytes)
{
	struct osc_fingerprint fingerprint = osc_fingerprint(kind, bytes);

	osc_buffer_print(d->out, "%s: %zu bytes, fingerprint ", name, bytes.len);
	osc_buffer_hex(d->out, osc_slice(fingerprint.bytes, sizeof(fingerprint.bytes)));
	if (d->secrets && bytes.len > 0) {
		osc_buffer_text(d->out, ", ");
		osc_buffer_hex(d->out, bytes);
	}
	osc_buffer_text(d->out, "\n");
}

static void
put_key(const struct description *d, const char *name, const struct osc_id *id)
{
	uint8_t key[OSC_KEY_MAX];

	osc_derive_key(key, d->params, id, d->scratch);
	put_secret(d, name, "Key", osc_slice(key, d->params->alg->key_len));
	osc_wipe(key, sizeof(key));
}

/* The names and order of 3.1. */
static void
put_common(const struct description *d)
{
	static const char *const hashes[] = {[OSC_SHA256] = "HKDF SHA-256 (-10)",
	    [OSC_SHA384] = "HKDF SHA-384 (no COSE number)",
	    [OSC_SHA512] = "HKDF SHA-512 (-11)"};
	const struct osc_params *params = d->params;
	uint8_t iv[OSC_NONCE_MAX];

	osc_buffer_print(d->out, "AEAD Algorithm: %s (%d)\n", params->alg->name, params->alg->cose);
	osc_buffer_print(d->out, "HKDF Algorithm: %s\n", hashes[params->hash]);
	put_secret(d, "Master Secret", "Master Secret", params->master_secret);
	put_secret(d, "Master Salt", "Master Salt", params->master_salt);
	put_bytes(d->out, "ID Context", params->id_context);
	osc_derive_common_iv(iv, params, d->scratch);
	put_secret(d, "Common IV", "Common IV", osc_slice(iv, params->alg->nonce_len));
	osc_wipe(iv, sizeof(iv));
}

/* The numbers in the window that were received, as ranges. */
static void
put_window(struct osc_buffer *out, const struct osc_window *window)
{
	bool any = false;
	uint32_t end;

	osc_buffer_print(out, "Replay Window Size: %" PRIu32 "\nReplay Window: ", window->size);
	if (!window->known) {
		osc_buffer_text(out, "lost (RFC 8613, Appendix B.1.2)\n");
		return;
	}
	osc_buffer_print(out, "from %" PRIu64 ", ", window->index);
	for (uint32_t k = 0; k < window->size; k = end + 1) {
		end = k;
		if (!osc_window_seen(window, k))
			continue;
		while (osc_window_seen(window, end + 1))
			end++;
		osc_buffer_print(out, "%s%" PRIu64, any ? " " : "received ", window->index + k);
		if (end > k)
			osc_buffer_print(out, "-%" PRIu64, window->index + end);
		any = true;
	}
	osc_buffer_text(out, any ? "\n" : "nothing received\n");
}

static void
put_limit(struct osc_buffer *out, const struct osc_state *state)
{
	osc_buffer_print(out,
	    "Key Limit: %" PRIu64 " messages with the Sender Key, at %s %" PRIu64 " protected\n",
	    OSC_KEY_LIMIT, state->window.known ? "most" : "least", osc_state_protected(state));
}

/* Where a directory stands in deriving its keys anew. */
static void
put_rederived(
    struct osc_buffer *out, const struct osc_state *state, const struct osc_rederived *rederived)
{
	const char *in_use = "the keys of the settings are in use";

	if (rederived->current.there && !rederived->current.base)
		in_use = "keys that were derived anew are in use";
	else if (state->next > OSC_SEQ_MAX && !state->window.known)
		in_use = "no keys are in use";
	osc_buffer_print(out, "Appendix B.2: %s%s%s%s\n", in_use,
	    rederived->r1_len > 0 ? ", request #1 is out" : "",
	    rederived->pending.there ? ", new keys are pending" : "",
	    rederived->has_key ? ", answers #1 are out" : "");
}

void
describe(struct osc_buffer *out, const struct osc_export *from,
    const struct osc_rederived *rederived, bool secrets)
{
	static const char *const roles[] = {[OSC_ROLE_NONE] = "not said",
	    [OSC_ROLE_CLIENT] = "client",
	    [OSC_ROLE_SERVER] = "server"};
	const struct osc_params *params = from->params;
	const struct osc_state *state = from->state;
	struct description d = {.out = out, .params = params, .secrets = secrets};

	d.scratch = malloc(OSC_INFO_MAX + params->id_context.len);
	if (d.scratch == NULL) {
		out->full = true;
		return;
	}
	osc_buffer_print(out, "Role: %s\n", roles[from->role]);
	put_common(&d);
	put_bytes(out, "Sender ID", osc_id_slice(&params->sender_id));
	put_key(&d, "Sender Key", &params->sender_id);
	osc_buffer_print(out, "Sender Sequence Number: ");
	if (state->next > OSC_SEQ_MAX)
		osc_buffer_text(out, "none is left\n");
	else
		osc_buffer_print(out, "%" PRIu64 ", %" PRIu64 " left\n", state->next,
		    OSC_SEQ_MAX + 1 - state->next);
	put_limit(out, state);
	put_bytes(out, "Recipient ID", osc_id_slice(&params->recipient_id));
	put_key(&d, "Recipient Key", &params->recipient_id);
	put_window(out, &state->window);
	osc_buffer_print(out, "Echo Challenge: %s\n",
	    !state->window.known && state->echo_len > 0 ? "outstanding" : "none");
	if (rederived != NULL)
		put_rederived(out, state, rederived);
	free(d.scratch);
}
