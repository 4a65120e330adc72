/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "with_store.h"

static void
test_store_fresh(void)
{
	struct osc_store *store;
	uint64_t number;

	start(PAIR, NULL);
	CHECK(open_store(&store) == OSC_OK);
	CHECK(osc_store_state(store)->next == 0 && osc_store_state(store)->window.known);
	CHECK(osc_store_params(store)->sender_id.bytes[0] == 1);
	CHECK(dir_count() == 1);
	CHECK(osc_store_begin(store, &detail) == OSC_OK);
	CHECK(dir_has("sequence.json") && dir_has(".used") && dir_has("lock"));
	CHECK(dir_count() == 4);
	CHECK(strstr(dir_read("sequence.json"), "inode") == NULL);
	osc_store_end(store);
	CHECK(take(store, &number) == OSC_OK && number == 0);
	CHECK(take(store, &number) == OSC_OK && number == 1);
	osc_store_close(&store);
	CHECK(store == NULL);
	osc_store_close(&store);
	CHECK(run(OSC_ROLE_NONE, 0, &number) == OSC_OK && number == 2);
	CHECK(dir_count() == 4);
	CHECK(dir_mode("sequence.json") == 0600 && dir_mode(".used") == 0600);
	CHECK(dir_mode("lock") == 0600);
}

static void
test_store_secret(void)
{
	const struct osc_params *params;
	struct osc_store *store;
	uint64_t number;

	for (unsigned flags = 0; flags <= OSC_STORE_KEEP_SECRET; flags += OSC_STORE_KEEP_SECRET) {
		start(PAIR, NULL);
		CHECK(open_as(&store, OSC_ROLE_NONE, flags) == OSC_OK);
		params = osc_store_params(store);
		CHECK(params->master_secret.len == 16 && params->master_secret.ptr[15] == 16);
		osc_store_forget_secret(store);
		osc_store_forget_secret(store);
		CHECK(params->master_secret.len == (flags == 0 ? 0 : 16));
		CHECK(flags == 0 || params->master_secret.ptr[15] == 16);
		CHECK(params->sender_id.len == 1 && take(store, &number) == OSC_OK);
		osc_store_close(&store);
	}
}

static void
test_store_missing_state(void)
{
	static const char *const signs[] = {".used", "lock"};
	struct osc_store *store;

	for (size_t i = 0; i < 2; i++) {
		start(PAIR, NULL);
		dir_write(signs[i], "");
		CHECK(open_store(&store) == OSC_ESTATE && says("is missing"));
		CHECK(strcmp(detail.path, dir_name("sequence.json")) == 0);
		CHECK((strstr(detail.hint, "aiocoap") != NULL) == (i == 1));
		CHECK(dir_count() == 2);
	}
	start("{\"sequence-file\": true, \"sender-id_hex\": \"01\", \"recipient-id_hex\": \"\","
	      "\"secret_ascii\": \"0123456789abcdef\"}",
	    NULL);
	CHECK(open_store(&store) == OSC_ESTATE && says("is missing"));
	CHECK(dir_count() == 1);
}

/* Killed between any two steps of the first use, it goes on without repair. */
static void
test_store_first_steps(void)
{
	uint64_t number;

	start(PAIR, STATE);
	CHECK(run(OSC_ROLE_NONE, 0, &number) == OSC_OK && number == 7);
	CHECK(dir_has(".used") && dir_has("lock"));
	start(PAIR, STATE);
	dir_write(".used", "");
	CHECK(run(OSC_ROLE_NONE, 0, &number) == OSC_OK && number == 7);
	start(PAIR, NULL);
	dir_write(".sequence-abcdef.json", "{");
	CHECK(run(OSC_ROLE_NONE, 0, &number) == OSC_OK && number == 0);
	CHECK(!dir_has(".sequence-abcdef.json"));
	/* Between link and unlink, where renaming without replacing is not to be had. */
	start(PAIR, STATE);
	CHECK(link(dir_name("sequence.json"), dir_name(".sequence-abcdef.json")) == 0);
	CHECK(run(OSC_ROLE_NONE, 0, &number) == OSC_OK && number == 7);
	CHECK(!dir_has(".sequence-abcdef.json"));
}

static void
test_store_sequence_file(void)
{
	uint64_t number;

	start("{\"sequence-file\": true, \"sender-id_hex\": \"01\", \"recipient-id_hex\": \"\","
	      "\"secret_ascii\": \"0123456789abcdef\"}",
	    STATE);
	CHECK(run(OSC_ROLE_NONE, 0, &number) == OSC_OK && number == 7);
	CHECK(!dir_has(".used") && dir_has("lock"));
}

static void
test_store_failed_load(void)
{
	struct osc_store *store = NULL;
	const char *bad = "{\"next-to-send\": 1.0, \"received\": \"unknown\"}";

	start(PAIR, bad);
	CHECK(open_store(&store) == OSC_ESTATE && store == NULL);
	CHECK(says("\"next-to-send\" is not a plain integer"));
	CHECK(dir_count() == 2 && strcmp(bad, dir_read("sequence.json")) == 0);
	CHECK(
	    osc_store_open(&store, dir_name("nowhere"), OSC_ROLE_NONE, 0, &detail) == OSC_ECONTEXT);
	CHECK(says("cannot open the context directory"));
	CHECK(osc_store_open(&store, dir_name("settings.json"), OSC_ROLE_NONE, 0, &detail) ==
	    OSC_ECONTEXT);
	CHECK(osc_store_open(&store, "", OSC_ROLE_NONE, 0, NULL) == OSC_ECONTEXT);
	start(ROLES, NULL);
	CHECK(open_store(&store) == OSC_ENOROLE && dir_count() == 1);
}

static void
test_store_commit(void)
{
	struct osc_store *store;
	struct stat before, after;

	start(PAIR, STATE);
	CHECK(open_store(&store) == OSC_OK);
	CHECK(osc_store_begin(store, &detail) == OSC_OK);
	CHECK(stat(dir_name("sequence.json"), &before) == 0);
	CHECK(osc_commit_one(store, &detail) == OSC_OK);
	CHECK(stat(dir_name("sequence.json"), &after) == 0 && before.st_ino == after.st_ino);
	CHECK(osc_window_commit(&osc_store_state(store)->window, 3) == OSC_OK);
	CHECK(osc_commit_one(store, &detail) == OSC_OK);
	CHECK(strstr(dir_read("sequence.json"), "\"bitfield\": 8}") != NULL);
	osc_window_answer(&osc_store_state(store)->window, 3);
	CHECK(osc_commit_one(store, &detail) == OSC_OK);
	CHECK(strstr(dir_read("sequence.json"), "\"answered\": {\"index\": 0, \"bitfield\": 8}") !=
	    NULL);
	osc_store_end(store);
	/* What was not committed is forgotten. */
	CHECK(osc_store_begin(store, &detail) == OSC_OK);
	osc_store_state(store)->next = 900;
	osc_store_end(store);
	CHECK(osc_store_begin(store, &detail) == OSC_OK);
	CHECK(osc_store_state(store)->next == 7);
	osc_store_close(&store);
}

static void
test_store_two(void)
{
	struct osc_store *a, *b;
	uint64_t number;

	start(PAIR, NULL);
	CHECK(open_store(&a) == OSC_OK && open_store(&b) == OSC_OK);
	for (uint64_t i = 0; i < 20; i++)
		CHECK(take(i % 3 == 0 ? a : b, &number) == OSC_OK && number == i);
	osc_store_close(&a);
	osc_store_close(&b);
}

static void
test_store_roles(void)
{
	uint64_t number;

	start(ROLES, NULL);
	CHECK(run(OSC_ROLE_CLIENT, 0, &number) == OSC_OK && number == 0);
	CHECK(run(OSC_ROLE_SERVER, 0, &number) == OSC_OK && number == 0);
	CHECK(run(OSC_ROLE_SERVER, 0, &number) == OSC_OK && number == 1);
	CHECK(run(OSC_ROLE_CLIENT, 0, &number) == OSC_OK && number == 1);
	CHECK(strstr(dir_read("sequence.json"), "\"used\": {\"01\": 2, \"00\": 2}") != NULL);
}

int
main(void)
{
	osc_secret_init();
	dir_make();
	RUN(test_store_fresh);
	RUN(test_store_secret);
	RUN(test_store_missing_state);
	RUN(test_store_first_steps);
	RUN(test_store_sequence_file);
	RUN(test_store_failed_load);
	RUN(test_store_commit);
	RUN(test_store_two);
	RUN(test_store_roles);
	dir_remove();
	osc_secret_wipe_all();
	return unit_end();
}
