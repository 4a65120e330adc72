/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/secret.h"
#include "fuzz.h"
#include "store/settings.h"

/*
 * settings.json and secret.json: the input up to the first NUL is the one, what
 * follows is the other. What is accepted keeps every limit that the core relies on.
 */

static char directory[] = "/tmp/fuzz-settings-XXXXXX";

static void
clean_up(void)
{
	if (chdir(directory) == 0) {
		(void)unlink("settings.json");
		(void)unlink("secret.json");
	}
	(void)rmdir(directory);
}

static void
put(const char *name, const uint8_t *data, size_t size)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	MUST(fd >= 0 && write(fd, data, size) == (ssize_t)size && close(fd) == 0);
}

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
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool ready;
	const uint8_t *nul = size > 0 ? memchr(data, 0, size) : NULL;
	size_t first = nul != NULL ? (size_t)(nul - data) : size;
	struct osc_settings settings;
	struct osc_detail detail = {0};
	struct osc_dir dir;
	enum osc_err err;

	if (!ready) {
		MUST(mkdtemp(directory) != NULL && atexit(clean_up) == 0);
		MUST(chdir(directory) == 0);
		ready = true;
	}
	put("settings.json", data, first);
	put("secret.json", nul != NULL ? nul + 1 : data, nul != NULL ? size - first - 1 : 0);
	if (nul == NULL)
		(void)unlink("secret.json");
	MUST(osc_dir_open(&dir, directory, NULL) == OSC_OK);
	err = osc_settings_load(&settings, &dir, &detail);
	osc_dir_close(&dir);
	if (err != OSC_OK) {
		MUST(err == OSC_ECONTEXT && detail.text[0] != '\0');
		return 0;
	}
	check_params(&settings, OSC_ROLE_NONE);
	check_params(&settings, OSC_ROLE_CLIENT);
	check_params(&settings, OSC_ROLE_SERVER);
	osc_settings_wipe(&settings);
	return 0;
}
