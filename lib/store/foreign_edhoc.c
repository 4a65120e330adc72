/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "base/jsonload.h"
#include "base/secret.h"
#include "core/cborw.h"
#include "core/context.h"
#include "store/foreign.h"

/*
 * What an EDHOC session has left, as a JSON object: PRK_exporter, the connection identifiers,
 * the cipher suite. Master Secret and Master Salt follow from it (RFC 9528, A.1).
 */

#define INFO_MAX 8
#define SALT_LEN 8

/* The application AEAD of each cipher suite; the hash is SHA-256 in all of them (RFC 9528, 3.6). */
static const int aeads[] = {10, 10, 10, 10, 24, 24, 1};

/* EDHOC_Exporter(label, h'', length) (RFC 9528, 4.2.1) */
static void
derive(uint8_t *out, size_t len, const uint8_t prk[static OSC_PRK_SIZE], int label)
{
	uint8_t info[INFO_MAX];
	struct osc_cborw w;

	osc_cborw_init(&w, info, sizeof(info));
	osc_cborw_int(&w, label);
	osc_cborw_bytes(&w, osc_slice(NULL, 0));
	osc_cborw_int(&w, (int64_t)len);
	osc_kdf_expand(out, len, prk, osc_slice(info, w.len));
}

static enum osc_err
take_string(struct osc_import *import, enum osc_import_field field, const struct json_t *value,
    const char *key, struct osc_detail *detail)
{
	struct osc_slice text;

	if (value == NULL)
		return osc_detail_set(detail, OSC_EIMPORT, NULL, "\"%s\" is missing", key);
	if (!osc_json_string(value, &text))
		return osc_detail_set(detail, OSC_EIMPORT, NULL, "\"%s\" is not a string", key);
	return osc_import_bytes(import, field, text, true, detail);
}

/* PRK_exporter comes in the place of the secret, and gives way to it. */
static enum osc_err
derive_both(struct osc_import *import, struct osc_detail *detail)
{
	struct osc_params *params = &import->settings.params;
	uint8_t *memory = import->settings.loaded.secret, prk[OSC_PRK_SIZE];

	if (params->master_secret.len != sizeof(prk))
		return osc_detail_set(detail, OSC_EIMPORT, NULL,
		    "\"prk-exporter_hex\" is not of %zu bytes", sizeof(prk));
	osc_copy(prk, memory, sizeof(prk));
	derive(memory, params->alg->key_len, prk, 0);
	params->master_secret.len = params->alg->key_len;
	params->master_salt = osc_slice(memory + OSC_SECRET_MAX, SALT_LEN);
	derive(memory + OSC_SECRET_MAX, SALT_LEN, prk, 1);
	osc_wipe(prk, sizeof(prk));
	osc_wipe(memory + params->alg->key_len, OSC_PRK_SIZE - params->alg->key_len);
	return OSC_OK;
}

static enum osc_err
take_object(struct osc_import *import, const struct osc_json *json, struct osc_detail *detail)
{
	static const struct {
		const char *key;
		enum osc_import_field field;
	} strings[] = {
	    /* The initiator is the client: what it is sent is for C_I, what it sends for C_R. */
	    {"prk-exporter_hex", OSC_IMPORT_SECRET},
	    {"c-r_hex", OSC_IMPORT_SENDER_ID},
	    {"c-i_hex", OSC_IMPORT_RECIPIENT_ID},
	};
	struct osc_integer suite;
	struct json_t *value;
	const char *key;
	void *iter = NULL;
	bool known;
	enum osc_err err = OSC_OK;

	while (osc_json_next(json->root, &iter, &key, &value)) {
		known = strcmp(key, "suite") == 0;
		for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++)
			known = known || strcmp(key, strings[i].key) == 0;
		if (!known)
			return osc_detail_set(
			    detail, OSC_EIMPORT, NULL, "\"%.40s\" is an unknown key", key);
	}
	for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]) && err == OSC_OK; i++)
		err = take_string(import, strings[i].field,
		    osc_json_member(json->root, strings[i].key), strings[i].key, detail);
	if (err != OSC_OK)
		return err;
	value = osc_json_member(json->root, "suite");
	if (value == NULL || !osc_json_integer(json, value, &suite))
		return osc_detail_set(detail, OSC_EIMPORT, NULL, "\"suite\" is not an integer");
	if (suite.negative || suite.wide || suite.value >= sizeof(aeads) / sizeof(aeads[0]))
		return osc_detail_set(detail, OSC_ECONTEXT, NULL, "\"suite\" is not in 0..6");
	import->settings.params.alg = osc_alg_by_number(aeads[suite.value]);
	return derive_both(import, detail);
}

static enum osc_err
read_edhoc(struct osc_import *import, struct osc_slice text, struct osc_detail *detail)
{
	struct osc_json json = {0};
	enum osc_err err = osc_import_start(import, detail);

	import->has_ids = true;
	import->settings.role = OSC_ROLE_CLIENT;
	if (err == OSC_OK)
		err = osc_json_load(&json, text, OSC_EIMPORT, detail);
	if (err == OSC_OK)
		err = take_object(import, &json, detail);
	osc_json_free(&json);
	return osc_import_end(import, err, detail);
}

const struct osc_foreign osc_foreign_edhoc = {.name = "edhoc", .read = read_edhoc};
