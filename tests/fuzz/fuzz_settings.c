/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <string.h>

#include "base/secret.h"
#include "fuzz.h"
#include "store/datum.h"
#include "store/settings.h"

/*
 * The static files: the input up to the first NUL is settings.json, up to the second
 * secret.json, the rest secrets.json. What is accepted keeps every limit that the core
 * relies on.
 */

static void
check_params(const struct osc_settings *settings, enum osc_role role)
{
	struct osc_params params;
	enum osc_err err = osc_settings_params(settings, role, &params, NULL);

	if (err != OSC_OK) {
		MUST(err == OSC_EROLE || err == OSC_ENOROLE);
		return;
	}
	MUST(params.alg != NULL);
	MUST(params.sender_id.len <= osc_alg_id_max(params.alg));
	MUST(params.recipient_id.len <= osc_alg_id_max(params.alg));
	MUST(!osc_slice_equal(osc_id_slice(&params.sender_id), osc_id_slice(&params.recipient_id)));
	MUST(params.master_secret.len >= 1 && params.master_secret.len <= OSC_SECRET_MAX);
	MUST(params.master_salt.len <= OSC_SECRET_MAX);
	MUST(settings->window >= 1 && settings->window <= OSC_WINDOW_MAX);
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t size)
{
	static const struct osc_dir dir = {.fd = -1, .path = "directory"};
	static const size_t order[OSC_STATIC_FILES] = {0, 2, 1};
	struct osc_settings settings;
	struct osc_detail detail = {0};
	struct osc_static_file *file;
	struct osc_data data;
	const uint8_t *nul;
	enum osc_err err;

	osc_data_init(&data, &dir);
	for (size_t i = 0; i < OSC_STATIC_FILES && in != NULL; i++) {
		nul = size > 0 && i + 1 < OSC_STATIC_FILES ? memchr(in, 0, size) : NULL;
		file = &data.files[order[i]];
		file->there = true;
		file->stamp.mode = 0600;
		file->text = osc_slice(in, nul != NULL ? (size_t)(nul - in) : size);
		size -= nul != NULL ? file->text.len + 1 : 0;
		in = nul != NULL ? nul + 1 : NULL;
	}
	err = osc_settings_parse(&settings, &data, &detail);
	if (err != OSC_OK) {
		MUST(err == OSC_ECONTEXT && detail.text[0] != '\0');
		MUST(strncmp(detail.path, "directory", 9) == 0);
		return 0;
	}
	check_params(&settings, OSC_ROLE_NONE);
	check_params(&settings, OSC_ROLE_CLIENT);
	check_params(&settings, OSC_ROLE_SERVER);
	osc_settings_wipe(&settings);
	return 0;
}
