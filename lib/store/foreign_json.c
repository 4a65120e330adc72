/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <inttypes.h>
#include <stdlib.h>

#include "core/fingerprint.h"
#include "store/datum.h"
#include "store/foreign.h"

/*
 * The keys are those of settings.json, so that the file can be read back; what is behind
 * them describes. "received" is "unknown" because whoever goes on from here does not know
 * what the directory receives meanwhile. What aiocoap reads is the first part alone.
 */

/* What describes, and is passed over by who reads. */
static const char *const descriptions[] = {"fingerprints", "next-to-send", "received",
    "numbers-left", "replay-window", "challenge-outstanding", "key-limit"};

static void
put_bytes(struct osc_buffer *out, const char *key, struct osc_slice bytes, const char *end)
{
	osc_buffer_print(out, "\"%s\":\"", key);
	osc_buffer_hex(out, bytes);
	osc_buffer_print(out, "\"%s", end);
}

static void
put_fingerprint(struct osc_buffer *out, const char *key, const struct osc_fingerprint *fingerprint,
    const char *end)
{
	put_bytes(out, key, osc_slice(fingerprint->bytes, sizeof(fingerprint->bytes)), end);
}

static void
put_fingerprints(struct osc_buffer *out, const struct osc_params *params)
{
	uint8_t *scratch = malloc(OSC_INFO_MAX + params->id_context.len);
	struct osc_fingerprints all;

	if (scratch == NULL) {
		out->full = true;
		return;
	}
	osc_fingerprints(&all, params, scratch);
	free(scratch);
	osc_buffer_text(out, ",\"fingerprints\":{");
	put_fingerprint(out, "secret", &all.master_secret, ",");
	put_fingerprint(out, "salt", &all.master_salt, ",");
	put_fingerprint(out, "common-iv", &all.common_iv, ",");
	put_fingerprint(out, "sender-key", &all.sender_key, ",");
	put_fingerprint(out, "recipient-key", &all.recipient_key, "}");
}

static void
put_state(struct osc_buffer *out, const struct osc_state *state)
{
	const struct osc_window *window = &state->window;
	const char *comma = "";

	osc_buffer_print(
	    out, ",\"next-to-send\":%" PRIu64 ",\"received\":\"unknown\"", state->next);
	osc_buffer_print(out, ",\"numbers-left\":%" PRIu64, OSC_SEQ_MAX + 1 - state->next);
	if (window->known) {
		osc_buffer_print(
		    out, ",\"replay-window\":{\"index\":%" PRIu64 ",\"received\":[", window->index);
		for (uint32_t k = 0; k < window->size; k++) {
			if (!osc_window_seen(window, k))
				continue;
			osc_buffer_print(out, "%s%" PRIu64, comma, window->index + k);
			comma = ",";
		}
		osc_buffer_text(out, "]}");
	} else
		osc_buffer_text(out, ",\"replay-window\":null");
	osc_buffer_print(out, ",\"challenge-outstanding\":%s",
	    !window->known && state->echo_len > 0 ? "true" : "false");
	osc_buffer_print(out, ",\"key-limit\":{\"messages\":%" PRIu64 ",\"protected\":%" PRIu64 "}",
	    OSC_KEY_LIMIT, osc_state_protected(state));
}

static void
put_params(struct osc_buffer *out, const struct osc_export *from)
{
	const struct osc_params *params = from->params;

	if (from->role != OSC_ROLE_NONE)
		osc_buffer_print(
		    out, "\"role\":\"%s\",", from->role == OSC_ROLE_CLIENT ? "client" : "server");
	put_bytes(out, "sender-id_hex", osc_id_slice(&params->sender_id), ",");
	put_bytes(out, "recipient-id_hex", osc_id_slice(&params->recipient_id), ",");
	if (osc_is_present(params->id_context))
		put_bytes(out, "id-context_hex", params->id_context, ",");
	osc_buffer_print(out, "\"algorithm\":\"%s\",\"kdf-hashfun\":\"%s\",\"window\":%" PRIu32 ",",
	    params->alg->name, osc_hash_name(params->hash), from->state->window.size);
	put_bytes(out, "secret_hex", params->master_secret, ",");
	put_bytes(out, "salt_hex", params->master_salt, "");
}

static enum osc_err
write_json(struct osc_buffer *out, const struct osc_export *from, struct osc_detail *detail)
{
	(void)detail; /* it has everything */
	osc_buffer_text(out, "{");
	put_params(out, from);
	put_fingerprints(out, from->params);
	put_state(out, from->state);
	osc_buffer_text(out, "}\n");
	return OSC_OK;
}

static enum osc_err
write_aiocoap(struct osc_buffer *out, const struct osc_export *from, struct osc_detail *detail)
{
	(void)detail; /* it can do whatever we can */
	osc_buffer_text(out, "{");
	put_params(out, from);
	osc_buffer_text(out, "}\n");
	return OSC_OK;
}

/* With a key that is misspelt it would be another context. */
static enum osc_err
check_keys(struct osc_slice text, struct osc_detail *detail)
{
	struct osc_json json = {0};
	struct json_t *value;
	enum osc_datum datum;
	enum osc_form form;
	const char *key;
	void *iter = NULL;
	bool known;
	enum osc_err err = osc_json_load(&json, text, OSC_EIMPORT, detail);

	while (err == OSC_OK && osc_json_next(json.root, &iter, &key, &value)) {
		known = osc_data_recognise(key, &datum, &form);
		for (size_t i = 0; i < sizeof(descriptions) / sizeof(descriptions[0]); i++)
			known = known || strcmp(key, descriptions[i]) == 0;
		if (!known)
			err = osc_detail_set(
			    detail, OSC_EIMPORT, NULL, "\"%.40s\" is an unknown key", key);
	}
	osc_json_free(&json);
	return err;
}

/* What loading a directory with this settings.json would read. */
static enum osc_err
read_json(struct osc_import *import, struct osc_slice text, struct osc_detail *detail)
{
	static const struct osc_dir nowhere = {.fd = -1, .path = ""};
	struct osc_settings *settings = &import->settings;
	struct osc_data data;
	enum osc_err err = check_keys(text, detail);

	memset(import, 0, sizeof(*import));
	if (err != OSC_OK)
		return err;
	osc_data_init(&data, &nowhere);
	data.files[0].there = true;
	data.files[0].text = text;
	err = osc_settings_parse(settings, &data, detail);
	if (err != OSC_OK)
		return err;
	import->has_ids = true;
	import->one_side = settings->dialect == OSC_DIALECT_PAIR || settings->role != OSC_ROLE_NONE;
	/* In the role dialect the parameters are the client's, whoever owns them. */
	if (settings->dialect == OSC_DIALECT_ROLE && settings->role == OSC_ROLE_SERVER)
		settings->params = osc_params_mirror(&settings->params);
	else if (settings->dialect == OSC_DIALECT_ROLE)
		settings->role = OSC_ROLE_CLIENT;
	return OSC_OK;
}

const struct osc_foreign osc_foreign_json = {
    .name = "json", .write = write_json, .read = read_json, .numbers = true};

const struct osc_foreign osc_foreign_aiocoap = {
    .name = "aiocoap", .write = write_aiocoap, .read = read_json, .numbers = true};
