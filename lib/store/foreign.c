/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <stdlib.h>

#include "base/ascii.h"
#include "base/secret.h"
#include "store/foreign.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* In the order of enum osc_hash. */
static const struct {
	int number; /* in the COSE registry; 0: none */
	const char *name;
} hashes[] = {{-10, "direct+HKDF-SHA-256"}, {0, "HKDF-SHA-384"}, {-11, "direct+HKDF-SHA-512"}};

uint64_t
osc_state_protected(const struct osc_state *state)
{
	/* Each request of the peer may have had one answer without a number of its own. */
	return state->next + (state->window.known ? osc_window_end(&state->window) : 0);
}

const struct osc_foreign *
osc_foreign_by_name(struct osc_slice name)
{
	static const struct osc_foreign *const all[] = {&osc_foreign_json, &osc_foreign_libcoap,
	    &osc_foreign_wireshark, &osc_foreign_aiocoap, &osc_foreign_c, &osc_foreign_rfc9203,
	    &osc_foreign_edhoc};

	for (size_t i = 0; i < COUNT(all); i++)
		if (osc_same_word(name, all[i]->name))
			return all[i];
	return NULL;
}

void
osc_import_free(struct osc_import *import)
{
	osc_settings_wipe(&import->settings);
}

enum osc_err
osc_import_start(struct osc_import *import, struct osc_detail *detail)
{
	struct osc_loaded *loaded = &import->settings.loaded;

	memset(import, 0, sizeof(*import));
	import->settings.params.alg = osc_alg_by_number(OSC_ALG_DEFAULT);
	import->settings.params.hash = OSC_SHA256;
	loaded->secret_size = 2 * (size_t)OSC_SECRET_MAX;
	loaded->secret = osc_secret_alloc(loaded->secret_size);
	return loaded->secret != NULL ? OSC_OK
				      : osc_detail_set(detail, OSC_ENOMEM, NULL, "no memory");
}

static const char *const names[] = {"the Master Secret", "the Master Salt", "the ID Context",
    "the Sender ID", "the Recipient ID", "the algorithm", "the hash", "the replay window",
    "the rest"};

enum osc_err
osc_import_once(struct osc_import *import, enum osc_import_field field, struct osc_detail *detail)
{
	if ((import->given & 1U << field) != 0)
		return osc_detail_set(detail, OSC_EIMPORT, NULL, "%s is given twice", names[field]);
	import->given |= 1U << field;
	return OSC_OK;
}

static enum osc_err
decode(uint8_t *out, size_t max, size_t *len, struct osc_slice text, bool hex,
    enum osc_import_field field, struct osc_detail *detail)
{
	*len = hex ? text.len / 2 : text.len;
	if (*len > max)
		return osc_detail_set(
		    detail, OSC_ECONTEXT, NULL, "%s is longer than %zu bytes", names[field], max);
	if (!hex)
		osc_copy(out, text.ptr, text.len);
	else if (!osc_secret_hex(out, max, len, (const char *)text.ptr, text.len))
		return osc_detail_set(detail, OSC_EIMPORT, NULL, "%s is not hex", names[field]);
	return OSC_OK;
}

static enum osc_err
take_id_context(
    struct osc_import *import, struct osc_slice text, bool hex, struct osc_detail *detail)
{
	struct osc_loaded *loaded = &import->settings.loaded;
	size_t len;
	enum osc_err err;

	loaded->id_context = malloc(text.len + 1);
	if (loaded->id_context == NULL)
		return osc_detail_set(detail, OSC_ENOMEM, NULL, "no memory");
	err = decode(loaded->id_context, text.len, &len, text, hex, OSC_IMPORT_ID_CONTEXT, detail);
	if (err == OSC_OK)
		import->settings.params.id_context = osc_slice(loaded->id_context, len);
	return err;
}

enum osc_err
osc_import_bytes(struct osc_import *import, enum osc_import_field field, struct osc_slice text,
    bool hex, struct osc_detail *detail)
{
	struct osc_params *params = &import->settings.params;
	struct osc_slice *to =
	    field == OSC_IMPORT_SECRET ? &params->master_secret : &params->master_salt;
	struct osc_id *id =
	    field == OSC_IMPORT_SENDER_ID ? &params->sender_id : &params->recipient_id;
	uint8_t *out = import->settings.loaded.secret;
	enum osc_err err = osc_import_once(import, field, detail);
	size_t len;

	if (err != OSC_OK)
		return err;
	if (field == OSC_IMPORT_ID_CONTEXT)
		return take_id_context(import, text, hex, detail);
	if (field == OSC_IMPORT_SECRET || field == OSC_IMPORT_SALT) {
		out += field == OSC_IMPORT_SALT ? OSC_SECRET_MAX : 0;
		err = decode(out, OSC_SECRET_MAX, &len, text, hex, field, detail);
		if (err == OSC_OK)
			*to = osc_slice(out, len);
		return err;
	}
	err = decode(id->bytes, sizeof(id->bytes), &len, text, hex, field, detail);
	if (err == OSC_OK)
		id->len = (uint8_t)len;
	return err;
}

enum osc_err
osc_import_algorithm(
    struct osc_import *import, int64_t number, struct osc_slice name, struct osc_detail *detail)
{
	enum osc_err err = osc_import_once(import, OSC_IMPORT_ALGORITHM, detail);

	if (err != OSC_OK)
		return err;
	import->settings.params.alg =
	    osc_is_present(name) ? osc_alg_by_name(name) : osc_alg_by_number(number);
	if (import->settings.params.alg == NULL)
		return osc_detail_set(detail, OSC_ECONTEXT, NULL, "the algorithm is unknown");
	return OSC_OK;
}

enum osc_err
osc_import_hash(
    struct osc_import *import, int64_t number, struct osc_slice name, struct osc_detail *detail)
{
	enum osc_err err = osc_import_once(import, OSC_IMPORT_HASH, detail);

	for (size_t i = 0; i < COUNT(hashes) && err == OSC_OK; i++) {
		if (hashes[i].number == 0 ||
		    (osc_is_present(name) ? !osc_same_word(name, hashes[i].name)
					  : hashes[i].number != number))
			continue;
		import->settings.params.hash = (enum osc_hash)i;
		return OSC_OK;
	}
	return err != OSC_OK
	    ? err
	    : osc_detail_set(detail, OSC_ECONTEXT, NULL, "the hash of the HKDF is unknown");
}

enum osc_err
osc_import_end(struct osc_import *import, enum osc_err err, struct osc_detail *detail)
{
	const unsigned ids = 1U << OSC_IMPORT_SENDER_ID | 1U << OSC_IMPORT_RECIPIENT_ID;

	if (err == OSC_OK && import->settings.params.master_secret.len == 0)
		err = osc_detail_set(
		    detail, OSC_ECONTEXT, NULL, "the Master Secret is missing or empty");
	if (err == OSC_OK && import->has_ids && (import->given & ids) != ids)
		err = osc_detail_set(
		    detail, OSC_ECONTEXT, NULL, "Sender ID or Recipient ID is missing");
	if (err != OSC_OK)
		osc_import_free(import);
	return err;
}

enum osc_err
osc_export_hash(int *number, const struct osc_params *params, struct osc_detail *detail)
{
	*number = hashes[params->hash].number;
	if (*number != 0)
		return OSC_OK;
	return osc_detail_set(
	    detail, OSC_ECONTEXT, NULL, "cannot be exported so: HKDF SHA-384 has no COSE number");
}
