/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_TESTS_SETTINGS_H
#define OSC_TESTS_SETTINGS_H

/* settings.json from its members, for the tests of it. */

#include "base/secret.h"
#include "dir.h"
#include "helper.h"
#include "store/file.h"
#include "store/settings.h"
#include "unit.h"

#define IDS "\"sender-id_hex\": \"01\", \"recipient-id_hex\": \"00\""
#define ROLES "\"client-sender-id_hex\": \"01\", \"server-sender-id_hex\": \"\""
#define SECRET "\"secret_hex\": \"0102030405060708090a0b0c0d0e0f10\""
#define HEX_256                                                                                    \
	"000102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f"                         \
	"000102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f"                         \
	"000102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f"                         \
	"000102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f"                         \
	"000102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f"                         \
	"000102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f"                         \
	"000102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f"                         \
	"000102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f"

static struct osc_detail detail;
static struct osc_settings settings;

static inline enum osc_err
load_dir(void)
{
	struct osc_dir dir;
	enum osc_err err;

	memset(&detail, 0, sizeof(detail));
	err = osc_dir_open(&dir, dir_path, &detail);
	if (err == OSC_OK)
		err = osc_settings_load(&settings, &dir, &detail);
	osc_dir_close(&dir);
	return err;
}

/* settings.json with these members. */
static inline enum osc_err
load(const char *members)
{
	char text[70000];

	dir_clear();
	(void)snprintf(text, sizeof(text), "{%s}", members);
	dir_write("settings.json", text);
	return load_dir();
}

static inline bool
good(const char *members)
{
	enum osc_err err = load(members);

	if (err != OSC_OK)
		printf("# %s: %s\n", members, detail.text);
	return err == OSC_OK;
}

static inline bool
refused(const char *members, const char *why)
{
	enum osc_err err = load(members);

	if (err == OSC_OK)
		osc_settings_wipe(&settings);
	if (err != OSC_ECONTEXT || strstr(detail.text, why) == NULL) {
		printf("# %.200s: %d %s\n", members, (int)err, detail.text);
		return false;
	}
	return settings.loaded.secret == NULL && settings.loaded.id_context == NULL;
}

static inline bool
file_named(const char *name)
{
	return strcmp(detail.path, dir_name(name)) == 0;
}

#endif
