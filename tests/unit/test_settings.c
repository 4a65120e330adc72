/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "with_settings.h"

static void
test_settings_defaults(void)
{
	CHECK(good(IDS "," SECRET));
	CHECK(settings.dialect == OSC_DIALECT_PAIR);
	CHECK(settings.params.alg->cose == OSC_ALG_DEFAULT);
	CHECK(settings.params.hash == OSC_SHA256);
	CHECK(settings.window == OSC_WINDOW_DEFAULT);
	CHECK(settings.role == OSC_ROLE_NONE);
	CHECK(!settings.sequence_file);
	CHECK(!osc_is_present(settings.params.id_context));
	CHECK(settings.params.master_salt.len == 0 && settings.params.master_secret.len == 16);
	CHECK(same(settings.params.master_secret, "0102030405060708090a0b0c0d0e0f10"));
	CHECK(settings.params.sender_id.len == 1 && settings.params.sender_id.bytes[0] == 1);
	CHECK(settings.loaded.warnings == 0);
	osc_settings_wipe(&settings);
}

static void
test_settings_all(void)
{
	CHECK(good(ROLES "," SECRET ", \"salt_ascii\": \"a\\u0000\", \"id-context_hex\": \"\","
			 "\"algorithm\": 24, \"kdf-hashfun\": \"SHA512\", \"window\": 4096,"
			 "\"role\": \"server\", \"sequence-file\": true"));
	CHECK(settings.dialect == OSC_DIALECT_ROLE);
	CHECK(settings.params.alg->cose == 24 && settings.params.hash == OSC_SHA512);
	CHECK(settings.window == 4096 && settings.role == OSC_ROLE_SERVER);
	CHECK(settings.sequence_file);
	CHECK(osc_is_present(settings.params.id_context) && settings.params.id_context.len == 0);
	CHECK(same(settings.params.master_salt, "6100"));
	CHECK(settings.params.sender_id.len == 1 && settings.params.recipient_id.len == 0);
	osc_settings_wipe(&settings);
	CHECK(good(
	    IDS "," SECRET ", \"algorithm\": \"aes-ccm-64-64-128\", \"kdf-hashfun\": \"sha384\""));
	CHECK(settings.params.alg->cose == 12 && settings.params.hash == OSC_SHA384);
	osc_settings_wipe(&settings);
}

static void
test_settings_every_algorithm(void)
{
	const struct osc_alg *alg;
	char text[400];

	for (size_t i = 0; (alg = osc_alg_at(i)) != NULL; i++) {
		(void)snprintf(
		    text, sizeof(text), IDS "," SECRET ",\"algorithm\": \"%s\"", alg->name);
		CHECK(good(text) && settings.params.alg == alg);
		osc_settings_wipe(&settings);
		(void)snprintf(text, sizeof(text), IDS "," SECRET ",\"algorithm\": %d", alg->cose);
		CHECK(good(text) && settings.params.alg == alg);
		osc_settings_wipe(&settings);
	}
	CHECK(refused(IDS "," SECRET ",\"algorithm\": \"A128CBC\"", "none of A128GCM, A192GCM"));
	CHECK(strstr(detail.text, "AES-CCM-64-128-256") != NULL);
	CHECK(refused(IDS "," SECRET ",\"algorithm\": -10", "none of"));
	CHECK(refused(IDS "," SECRET ",\"algorithm\": 4294967306", "none of"));
	CHECK(refused(IDS "," SECRET ",\"algorithm\": 18446744073709551626", "none of"));
	CHECK(refused(IDS "," SECRET ",\"algorithm\": 10.0", "no string and no integer"));
	CHECK(refused(IDS "," SECRET ",\"algorithm\": null", "no string and no integer"));
	CHECK(refused(IDS "," SECRET ",\"algorithm_ascii\": \"A128GCM\"", "not given in hex"));
}

static void
test_settings_bytes(void)
{
	CHECK(refused(IDS ", \"secret_hex\": \"010\"", "\"secret_hex\" has an odd number"));
	CHECK(file_named("settings.json"));
	CHECK(refused(IDS ", \"secret_hex\": \"0102xy\"", "character 5"));
	CHECK(strstr(detail.text, "0102") == NULL);
	CHECK(refused(IDS ", \"secret_hex\": \"0x01\"", "character 2"));
	CHECK(refused(IDS ", \"secret_hex\": \"01 02\"", "character 3"));
	CHECK(refused(IDS ", \"secret_hex\": \"\"", "is empty"));
	CHECK(refused(IDS ", \"secret_hex\": 12", "is not a string"));
	CHECK(refused(IDS ", \"secret_hex\": null", "is not a string"));
	CHECK(refused(IDS ", \"secret_hex\": \"" HEX_256 "\"", "longer than 255 bytes"));
	CHECK(refused(IDS "," SECRET ", \"salt_hex\": \"" HEX_256 "\"", "longer than 255 bytes"));
	CHECK(refused(IDS ", \"secret_ascii\": \"abc\xc3\xa9\"", "not ASCII: character 4"));
	CHECK(refused(IDS ", \"secret_ascii\": \"" HEX_256 "\"", "longer than 255 bytes"));
	CHECK(refused(IDS "," SECRET ", \"salt_ascii\": \"" HEX_256 "\"", "longer than 255 bytes"));
	CHECK(refused(IDS ", \"secret\": \"abc\"", "\"secret\" does not say"));
	CHECK(strstr(detail.hint, "\"secret_hex\" or \"secret_ascii\"") != NULL);
	CHECK(refused(IDS, "\"secret\" is missing"));
	CHECK(file_named(""));
	CHECK(good(IDS ", \"secret_hex\": \"ABcdEF\""));
	CHECK(same(settings.params.master_secret, "abcdef"));
	CHECK(settings.loaded.warnings == OSC_WARN_SHORT_SECRET);
	osc_settings_wipe(&settings);
}

static void
test_settings_ids(void)
{
	CHECK(refused("\"sender-id_hex\": \"01\"," SECRET, "\"recipient-id\" is missing"));
	CHECK(refused("\"server-id_hex\": \"01\"," SECRET, "\"client-sender-id\" is missing"));
	CHECK(refused(SECRET, "holds neither"));
	CHECK(refused(IDS "," ROLES "," SECRET, "holds both"));
	CHECK(refused(IDS "," SECRET ", \"client-id_hex\": \"02\"", "holds both"));
	CHECK(refused(
	    "\"sender-id_ascii\": \"A\", \"recipient-id_hex\": \"41\"," SECRET, "are equal"));
	CHECK(refused("\"sender-id_hex\": \"\", \"recipient-id_hex\": \"\"," SECRET, "are equal"));
	CHECK(refused("\"sender-id_hex\": \"0102030405060708\", \"recipient-id_hex\": \"\"," SECRET,
	    "\"sender-id_hex\" is longer than 7 bytes, the limit of AES-CCM-16-64-128"));
	CHECK(refused(
	    "\"sender-id_hex\": \"01\", \"recipient-id_hex\": \"0102\", \"algorithm\": 12," SECRET,
	    "\"recipient-id_hex\" is longer than 1 bytes"));
	CHECK(
	    refused("\"sender-id\": \"01\", \"recipient-id_hex\": \"02\"," SECRET, "does not say"));
	CHECK(good("\"client-id_hex\": \"0a\", \"server-id_ascii\": \"\"," SECRET));
	CHECK(settings.dialect == OSC_DIALECT_ROLE && settings.params.sender_id.bytes[0] == 10);
	CHECK(settings.loaded.warnings == OSC_WARN_NO_ALGORITHM);
	osc_settings_wipe(&settings);
}

static void
test_settings_values(void)
{
	CHECK(refused(IDS "," SECRET ", \"window\": 0", "not in 1..4096"));
	CHECK(refused(IDS "," SECRET ", \"window\": 4097", "not in 1..4096"));
	CHECK(refused(IDS "," SECRET ", \"window\": -32", "not in 1..4096"));
	CHECK(refused(IDS "," SECRET ", \"window\": 18446744073709551648", "not in 1..4096"));
	CHECK(refused(IDS "," SECRET ", \"window\": 32.0", "not a plain integer"));
	CHECK(refused(IDS "," SECRET ", \"window\": \"32\"", "not a plain integer"));
	CHECK(refused(IDS "," SECRET ", \"window_hex\": \"20\"", "not given in hex"));
	CHECK(
	    refused(IDS "," SECRET ", \"kdf-hashfun\": \"md5\"", "none of sha256, sha384, sha512"));
	CHECK(refused(IDS "," SECRET ", \"kdf-hashfun\": 10", "not a string"));
	CHECK(refused(IDS "," SECRET ", \"role\": \"boss\"", "neither \"client\""));
	CHECK(refused(IDS "," SECRET ", \"role\": null", "neither \"client\""));
	CHECK(refused(IDS "," SECRET ", \"role\": \"client\\u0000\"", "neither \"client\""));
	CHECK(refused(IDS "," SECRET ", \"sequence-file\": 1", "neither true nor false"));
	CHECK(refused(IDS "," SECRET ", \"kdf-hashfun_ascii\": \"sha256\"", "not given in hex"));
	CHECK(refused(IDS "," SECRET ", \"role_ascii\": \"client\"", "not given in hex"));
	CHECK(refused(IDS "," SECRET ", \"sequence-file_hex\": \"01\"", "not given in hex"));
	CHECK(good(
	    IDS "," SECRET ", \"windw\": 64, \"secret_hexx\": \"zz\", \"_hex\": 1, \"_ascii\": 2"));
	osc_settings_wipe(&settings);
}

int
main(void)
{
	osc_secret_init();
	dir_make();
	RUN(test_settings_defaults);
	RUN(test_settings_all);
	RUN(test_settings_every_algorithm);
	RUN(test_settings_bytes);
	RUN(test_settings_ids);
	RUN(test_settings_values);
	dir_remove();
	osc_secret_wipe_all();
	return unit_end();
}
