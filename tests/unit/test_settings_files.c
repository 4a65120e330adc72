/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "with_settings.h"

static void
test_settings_twice(void)
{
	CHECK(refused(IDS "," SECRET ", \"secret_ascii\": \"x\"",
	    "\"secret\" is given twice: "
	    "\"secret_hex\" in settings.json and \"secret_ascii\" in settings.json"));
	CHECK(refused(ROLES "," SECRET ", \"client-id_hex\": \"01\"",
	    "\"client-sender-id_hex\" in settings.json and \"client-id_hex\" in settings.json"));
	dir_clear();
	dir_write("settings.json", "{" IDS "}");
	dir_write("secrets.json", "{" SECRET "}");
	dir_write("secret.json", "{\"secret_hex\": \"aa\"}");
	CHECK(load_dir() == OSC_ECONTEXT);
	CHECK(strstr(
	    detail.text, "\"secret_hex\" in secrets.json and \"secret_hex\" in secret.json"));
	CHECK(file_named("secret.json"));
}

static void
test_settings_files(void)
{
	dir_clear();
	CHECK(load_dir() == OSC_ECONTEXT);
	CHECK(strstr(detail.text, "not a context") != NULL && file_named(""));
	/* Any datum in any file. */
	dir_write("settings.json", "{\"sender-id_hex\": \"01\"}");
	dir_write("secrets.json", "{" SECRET ", \"window\": 64}");
	dir_write("secret.json", "{\"recipient-id_hex\": \"00\", \"salt_hex\": \"9e7c\"}");
	CHECK(load_dir() == OSC_OK);
	CHECK(settings.window == 64 && settings.params.master_salt.len == 2);
	CHECK(strcmp(settings.loaded.secret_file, "secrets.json") == 0);
	osc_settings_wipe(&settings);
	/* A single file. */
	dir_clear();
	dir_write("secret.json", "{" IDS "," SECRET "}");
	CHECK(load_dir() == OSC_OK);
	osc_settings_wipe(&settings);
	/* Malformed: file, line and column. */
	dir_write("settings.json", "{\"a\": 1,\n \"a\": 2}");
	CHECK(load_dir() == OSC_ECONTEXT);
	CHECK(file_named("settings.json") && strncmp(detail.text, "line 2, column", 14) == 0);
}

static void
test_settings_kinds_of_file(void)
{
	static char large[OSC_SECRET_MAX * 400];

	dir_clear();
	dir_write("secret.json", "{" IDS "," SECRET "}");
	CHECK(mkfifo(dir_name("settings.json"), 0600) == 0);
	CHECK(load_dir() == OSC_ECONTEXT && strstr(detail.text, "no regular file") != NULL);
	CHECK(unlink(dir_name("settings.json")) == 0);
	CHECK(mkdir(dir_name("settings.json"), 0700) == 0);
	CHECK(load_dir() == OSC_ECONTEXT && strstr(detail.text, "no regular file") != NULL);
	CHECK(rmdir(dir_name("settings.json")) == 0);
	/* A static file may be a link. */
	CHECK(rename(dir_name("secret.json"), dir_name("elsewhere")) == 0);
	CHECK(symlink("elsewhere", dir_name("secret.json")) == 0);
	CHECK(load_dir() == OSC_OK);
	osc_settings_wipe(&settings);
	CHECK(symlink("settings.json", dir_name("settings.json")) == 0);
	CHECK(load_dir() == OSC_ECONTEXT && file_named("settings.json"));
	/* 64 KiB are read, one byte more is not. */
	dir_clear();
	memset(large, ' ', sizeof(large));
	memcpy(large, "{" IDS "," SECRET "}", strlen("{" IDS "," SECRET "}"));
	dir_write_bytes("settings.json", large, 65536);
	CHECK(load_dir() == OSC_OK);
	osc_settings_wipe(&settings);
	dir_write_bytes("settings.json", large, 65537);
	CHECK(load_dir() == OSC_ECONTEXT && strstr(detail.text, "larger than 65536") != NULL);
}

static void
test_settings_modes(void)
{
	dir_clear();
	dir_write("settings.json", "{" IDS "}");
	dir_write("secret.json", "{" SECRET "}");
	CHECK(chmod(dir_name("settings.json"), 0666) == 0);
	CHECK(load_dir() == OSC_OK && settings.loaded.warnings == 0);
	osc_settings_wipe(&settings);
	for (mode_t bit = 0040; bit != 0; bit = bit == 0040 ? 0020
		 : bit == 0020                              ? 0004
		 : bit == 0004                              ? 0002
							    : 0) {
		CHECK(chmod(dir_name("secret.json"), 0600 | bit) == 0);
		CHECK(load_dir() == OSC_OK && settings.loaded.warnings == OSC_WARN_SECRET_MODE);
		osc_settings_wipe(&settings);
	}
	/* A secret in settings.json makes that the secret file. */
	dir_clear();
	dir_write("settings.json", "{" IDS "," SECRET "}");
	CHECK(chmod(dir_name("settings.json"), 0644) == 0);
	CHECK(load_dir() == OSC_OK && settings.loaded.warnings == OSC_WARN_SECRET_MODE);
	CHECK(strcmp(settings.loaded.secret_file, "settings.json") == 0);
	osc_settings_wipe(&settings);
}

static void
test_settings_roles(void)
{
	struct osc_params params;

	CHECK(good(ROLES "," SECRET));
	CHECK(osc_settings_params(&settings, OSC_ROLE_NONE, &params, &detail) == OSC_ENOROLE);
	CHECK(osc_settings_params(&settings, OSC_ROLE_CLIENT, &params, &detail) == OSC_OK);
	CHECK(params.sender_id.len == 1 && params.recipient_id.len == 0);
	CHECK(osc_settings_params(&settings, OSC_ROLE_SERVER, &params, &detail) == OSC_OK);
	CHECK(params.sender_id.len == 0 && params.recipient_id.len == 1);
	osc_settings_wipe(&settings);

	CHECK(good(ROLES "," SECRET ", \"role\": \"server\""));
	CHECK(osc_settings_params(&settings, OSC_ROLE_NONE, &params, &detail) == OSC_OK);
	CHECK(params.sender_id.len == 0);
	CHECK(osc_settings_params(&settings, OSC_ROLE_CLIENT, &params, &detail) == OSC_EROLE);
	osc_settings_wipe(&settings);

	CHECK(good(IDS "," SECRET));
	for (enum osc_role role = OSC_ROLE_NONE; role <= OSC_ROLE_SERVER; role++) {
		CHECK(osc_settings_params(&settings, role, &params, &detail) == OSC_OK);
		CHECK(params.sender_id.bytes[0] == 1);
	}
	osc_settings_wipe(&settings);

	CHECK(good(IDS "," SECRET ", \"role\": \"client\""));
	CHECK(osc_settings_params(&settings, OSC_ROLE_SERVER, &params, &detail) == OSC_EROLE);
	CHECK(osc_settings_params(&settings, OSC_ROLE_CLIENT, &params, &detail) == OSC_OK);
	osc_settings_wipe(&settings);
}

static void
test_settings_long_context(void)
{
	struct osc_params params;
	char text[700], hex[2 * 248 + 1];

	for (size_t len = 246; len <= 248; len++) {
		memset(hex, 'a', sizeof(hex));
		hex[2 * len] = '\0';
		(void)snprintf(
		    text, sizeof(text), IDS "," SECRET ",\"id-context_hex\": \"%s\"", hex);
		CHECK(good(text) && settings.params.id_context.len == len);
		CHECK(osc_settings_params(&settings, OSC_ROLE_NONE, &params, &detail) == OSC_OK);
		CHECK(osc_settings_long_context(&params) == (len > 247));
		osc_settings_wipe(&settings);
	}
}

int
main(void)
{
	osc_secret_init();
	dir_make();
	RUN(test_settings_twice);
	RUN(test_settings_files);
	RUN(test_settings_kinds_of_file);
	RUN(test_settings_modes);
	RUN(test_settings_roles);
	RUN(test_settings_long_context);
	dir_remove();
	osc_secret_wipe_all();
	return unit_end();
}
