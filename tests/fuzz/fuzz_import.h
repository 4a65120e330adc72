/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_TESTS_FUZZ_IMPORT_H
#define OSC_TESTS_FUZZ_IMPORT_H

#include "base/secret.h"
#include "fuzz.h"
#include "store/foreign.h"

/* fuzz_import - a file to import: what is read is within every limit, and if the format can
 * be written, writing it and reading that gives the same */
static inline void
fuzz_import(const struct osc_foreign *format, const uint8_t *in, size_t size)
{
	struct osc_import import, again;
	struct osc_detail detail = {0};
	struct osc_state state = {.window.size = 32};
	struct osc_buffer text = {0};
	struct osc_params *params = &import.settings.params;
	struct osc_export from = {.params = params, .state = &state};
	enum osc_err err = format->read(&import, osc_slice(in, size), &detail);

	if (err != OSC_OK) {
		MUST((err == OSC_EIMPORT || err == OSC_ECONTEXT) && detail.text[0] != '\0');
		osc_import_free(&import);
		return;
	}
	MUST(params->alg != NULL);
	MUST(params->sender_id.len <= OSC_ID_MAX && params->recipient_id.len <= OSC_ID_MAX);
	MUST(params->master_secret.len >= 1 && params->master_secret.len <= OSC_SECRET_MAX);
	MUST(params->master_salt.len <= OSC_SECRET_MAX);
	MUST(import.settings.window <= OSC_WINDOW_MAX);
	if (format->write != NULL && format->write(&text, &from, &detail) == OSC_OK) {
		MUST(format->read(&again, osc_buffer_slice(&text), &detail) == OSC_OK);
		MUST(osc_slice_equal(params->master_secret, again.settings.params.master_secret));
		MUST(osc_slice_equal(params->master_salt, again.settings.params.master_salt));
		MUST(osc_slice_same(params->id_context, again.settings.params.id_context));
		MUST(params->alg == again.settings.params.alg);
		osc_import_free(&again);
	}
	osc_buffer_free(&text);
	osc_import_free(&import);
}

#endif
