/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "base/secret.h"
#include "dir.h"
#include "store/create.h"
#include "store/newdir.h"
#include "unit.h"

static const uint8_t secret[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
static const uint8_t salt[] = {0x9e, 0x7c, 0xa9, 0x22};
static struct osc_detail detail;

static struct osc_new_context
context_of(enum osc_dialect dialect, enum osc_role role)
{
	struct osc_new_context context = {
	    .settings =
		{
		    .dialect = dialect,
		    .role = role,
		    .window = 32,
		    .params =
			{
			    .alg = osc_alg_by_number(OSC_ALG_DEFAULT),
			    .hash = OSC_SHA256,
			    .master_secret = {secret, sizeof(secret)},
			    .master_salt = {salt, sizeof(salt)},
			    .sender_id = {1, {0x01}},
			    .recipient_id = {0, {0}},
			},
		},
	};

	if (dialect == OSC_DIALECT_PAIR && role == OSC_ROLE_SERVER)
		context.settings.params = osc_params_mirror(&context.settings.params);
	return context;
}

static enum osc_err
write_one(const struct osc_new_context *context, const char *path, struct osc_detail *why)
{
	size_t made = 99;
	enum osc_err err = osc_new_contexts_write(context, &path, 1, &made, why);

	CHECK(made == (err == OSC_OK ? 1 : 0));
	return err;
}

static enum osc_err
make(const struct osc_new_context *context)
{
	memset(&detail, 0, sizeof(detail));
	return write_one(context, dir_name("new"), &detail);
}

/* Remove what make() has made. */
static void
unmake(void)
{
	static const char *const names[] = {"new/settings.json", "new/secrets.json",
	    "new/secret.json", "new/sequence.json", "new/lock", "new/.used"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		(void)unlink(dir_name(names[i]));
	(void)rmdir(dir_name("new"));
}

static struct osc_store *
opened(enum osc_role role)
{
	struct osc_store *store;

	CHECK(osc_store_open(&store, dir_name("new"), role, 0, &detail) == OSC_OK);
	if (store == NULL)
		printf("# %s: %s\n", detail.path, detail.text);
	return store;
}

static void
test_create_role(void)
{
	struct osc_new_context context = context_of(OSC_DIALECT_ROLE, OSC_ROLE_NONE);
	struct osc_store *store;
	mode_t mask = umask(0777);

	CHECK(make(&context) == OSC_OK);
	umask(mask);
	CHECK(dir_count() == 1);
	CHECK(dir_mode("new") == 0700 && dir_mode("new/settings.json") == 0644);
	CHECK(dir_mode("new/secrets.json") == 0600 && dir_mode("new/sequence.json") == 0600);
	CHECK(!dir_has("new/secret.json") && !dir_has("new/.used") && !dir_has("new/lock"));
	CHECK(strcmp(dir_read("new/settings.json"),
		  "{\n    \"client-sender-id_hex\": \"01\",\n    \"server-sender-id_hex\": \"\",\n"
		  "    \"algorithm\": \"AES-CCM-16-64-128\",\n    \"kdf-hashfun\": \"sha256\",\n"
		  "    \"window\": 32,\n    \"sequence-file\": true\n}\n") == 0);
	CHECK(strcmp(dir_read("new/secrets.json"),
		  "{\n    \"secret_hex\": \"0102030405060708090a0b0c0d0e0f10\",\n"
		  "    \"salt_hex\": \"9e7ca922\"\n}\n") == 0);
	CHECK(strstr(dir_read("new/sequence.json"), "inode") == NULL);
	CHECK(osc_store_open(&store, dir_name("new"), OSC_ROLE_NONE, 0, &detail) == OSC_ENOROLE);
	store = opened(OSC_ROLE_SERVER);
	CHECK(osc_store_warnings(store) == 0);
	CHECK(osc_slice_equal(
	    osc_store_params(store)->master_secret, osc_slice(secret, sizeof(secret))));
	CHECK(osc_slice_equal(osc_store_params(store)->master_salt, osc_slice(salt, sizeof(salt))));
	CHECK(osc_store_params(store)->sender_id.len == 0);
	CHECK(osc_store_begin(store, &detail) == OSC_OK);
	CHECK(!dir_has("new/.used"));
	osc_store_close(&store);
	unmake();
}

static void
test_create_pair(void)
{
	struct osc_new_context context = context_of(OSC_DIALECT_PAIR, OSC_ROLE_SERVER);
	struct osc_store *store;

	context.settings.params.id_context = osc_slice(salt, sizeof(salt));
	context.settings.params.master_salt = osc_slice(NULL, 0);
	context.settings.params.hash = OSC_SHA512;
	CHECK(make(&context) == OSC_OK);
	CHECK(dir_has("new/secret.json") && !dir_has("new/secrets.json"));
	CHECK(strcmp(dir_read("new/settings.json"),
		  "{\n    \"sender-id_hex\": \"\",\n    \"recipient-id_hex\": \"01\",\n"
		  "    \"id-context_hex\": \"9e7ca922\",\n"
		  "    \"algorithm\": \"AES-CCM-16-64-128\",\n    \"kdf-hashfun\": \"sha512\",\n"
		  "    \"window\": 32,\n    \"role\": \"server\",\n"
		  "    \"sequence-file\": true\n}\n") == 0);
	CHECK(strcmp(dir_read("new/secret.json"),
		  "{\n    \"secret_hex\": \"0102030405060708090a0b0c0d0e0f10\"\n}\n") == 0);
	store = opened(OSC_ROLE_NONE);
	CHECK(osc_store_params(store)->hash == OSC_SHA512);
	CHECK(osc_is_present(osc_store_params(store)->id_context));
	CHECK(osc_store_params(store)->master_salt.len == 0);
	osc_store_close(&store);
	CHECK(osc_store_open(&store, dir_name("new"), OSC_ROLE_CLIENT, 0, &detail) == OSC_EROLE);
	unmake();
}

/* Numbers and windows, seen from both sides in both dialects. */
static void
test_create_numbers(void)
{
	for (int dialect = OSC_DIALECT_PAIR; dialect <= OSC_DIALECT_ROLE; dialect++)
		for (enum osc_role role = OSC_ROLE_CLIENT; role <= OSC_ROLE_SERVER; role++) {
			struct osc_new_context context =
			    context_of((enum osc_dialect)dialect, role);
			struct osc_store *store;
			const struct osc_state *state;

			context.client_seq = 20;
			context.server_seq = 5;
			context.server_window_lost = true;
			CHECK(make(&context) == OSC_OK);
			store = opened(role);
			state = osc_store_state(store);
			if (role == OSC_ROLE_CLIENT) {
				CHECK(state->next == 20 && !state->window.known);
			} else {
				CHECK(state->next == 5 && state->window.known);
				CHECK(osc_window_check(&state->window, 19) == OSC_EREPLAY);
				CHECK(osc_window_check(&state->window, 20) == OSC_OK);
			}
			osc_store_close(&store);
			unmake();
		}
}

static void
test_create_exists(void)
{
	struct osc_new_context context = context_of(OSC_DIALECT_ROLE, OSC_ROLE_NONE);

	CHECK(mkdir(dir_name("new"), 0700) == 0);
	CHECK(make(&context) == OSC_EEXISTS && dir_count() == 1);
	CHECK(rmdir(dir_name("new")) == 0);
	dir_write("new", "");
	CHECK(make(&context) == OSC_EEXISTS && dir_count() == 1);
	CHECK(unlink(dir_name("new")) == 0 && symlink("nowhere", dir_name("new")) == 0);
	CHECK(make(&context) == OSC_EEXISTS && dir_count() == 1);
	CHECK(unlink(dir_name("new")) == 0);
	CHECK(write_one(&context, dir_name("a/b"), &detail) == OSC_EIO);
	CHECK(write_one(&context, "/", &detail) == OSC_EEXISTS);
	CHECK(write_one(&context, ".", &detail) == OSC_EEXISTS);
	CHECK(write_one(&context, "", &detail) == OSC_EIO);
	CHECK(dir_count() == 0);
}

static void
test_create_path(void)
{
	struct osc_new_context context = context_of(OSC_DIALECT_ROLE, OSC_ROLE_NONE);
	char before[1000];

	CHECK(getcwd(before, sizeof(before)) != NULL && chdir(dir_path) == 0);
	CHECK(write_one(&context, "new///", &detail) == OSC_OK);
	CHECK(dir_has("new/settings.json") && dir_count() == 1);
	unmake();
	CHECK(write_one(&context, "new", &detail) == OSC_OK);
	CHECK(dir_has("new/settings.json") && dir_count() == 1);
	unmake();
	CHECK(chdir(before) == 0);
}

static void
test_create_check(void)
{
	static const uint8_t zeros[40000];
	struct osc_new_context good = context_of(OSC_DIALECT_ROLE, OSC_ROLE_NONE), bad;

	CHECK(osc_new_context_check(&good, &detail) == OSC_OK);
	bad = good;
	bad.settings.params.sender_id = bad.settings.params.recipient_id;
	CHECK(osc_new_context_check(&bad, &detail) == OSC_ECONTEXT);
	CHECK(make(&bad) == OSC_ECONTEXT && dir_count() == 0);
	bad = good;
	bad.settings.params.alg = osc_alg_by_number(12);
	CHECK(osc_new_context_check(&bad, &detail) == OSC_OK);
	bad.settings.params.sender_id.len = 2;
	CHECK(osc_new_context_check(&bad, &detail) == OSC_ECONTEXT);
	CHECK(strstr(detail.text, "\"client-sender-id\" is longer than 1 bytes") != NULL);
	bad = good;
	bad.settings.params.master_secret.len = 0;
	CHECK(osc_new_context_check(&bad, &detail) == OSC_ECONTEXT);
	bad = good;
	bad.settings.params.master_secret = bad.settings.params.master_salt = osc_slice(zeros, 255);
	CHECK(osc_new_context_check(&bad, &detail) == OSC_OK);
	bad.settings.params.master_salt = osc_slice(zeros, 256);
	CHECK(osc_new_context_check(&bad, &detail) == OSC_ECONTEXT);
	bad.settings.params.master_secret = osc_slice(zeros, 256);
	CHECK(osc_new_context_check(&bad, &detail) == OSC_ECONTEXT);
	bad = good;
	bad.settings.window = 0;
	CHECK(osc_new_context_check(&bad, &detail) == OSC_ECONTEXT);
	bad.settings.window = 4097;
	CHECK(osc_new_context_check(&bad, &detail) == OSC_ECONTEXT);
	bad = good;
	bad.client_seq = OSC_SEQ_MAX;
	CHECK(osc_new_context_check(&bad, &detail) == OSC_OK);
	bad.client_seq++;
	CHECK(osc_new_context_check(&bad, &detail) == OSC_ECONTEXT);
	bad = good;
	bad.server_seq = OSC_SEQ_MAX + 1;
	CHECK(osc_new_context_check(&bad, &detail) == OSC_ECONTEXT);
	/* The longest ID Context that is accepted can be loaded again. */
	bad = good;
	for (bad.settings.params.id_context = osc_slice(zeros, sizeof(zeros));
	     osc_new_context_check(&bad, &detail) != OSC_OK; bad.settings.params.id_context.len--)
		continue;
	CHECK(bad.settings.params.id_context.len > 30000 && make(&bad) == OSC_OK);
	struct osc_store *store = opened(OSC_ROLE_CLIENT);
	CHECK(osc_store_params(store)->id_context.len == bad.settings.params.id_context.len);
	CHECK(osc_store_warnings(store) == OSC_WARN_LONG_CONTEXT);
	osc_store_close(&store);
	unmake();
}

/* Somebody takes the name while the files are written: what was made is removed. */
static void
test_create_taken(void)
{
	struct osc_newdir newdir;
	struct osc_buffer text = {0};

	memset(&detail, 0, sizeof(detail));
	osc_buffer_text(&text, "{}");
	CHECK(osc_newdir_start(&newdir, dir_name("new"), &detail) == OSC_OK);
	CHECK(osc_newdir_file(&newdir, "settings.json", 0600, &text) == OSC_OK);
	dir_write("new", "");
	CHECK(osc_newdir_place(&newdir) == OSC_EEXISTS);
	CHECK(strcmp(detail.path, dir_name("new")) == 0);
	osc_newdir_end(&newdir, OSC_EEXISTS);
	CHECK(dir_count() == 1 && strcmp(dir_read("new"), "") == 0);
	CHECK(unlink(dir_name("new")) == 0);
	osc_buffer_free(&text);
}

int
main(void)
{
	osc_secret_init();
	dir_make();
	RUN(test_create_role);
	RUN(test_create_pair);
	RUN(test_create_numbers);
	RUN(test_create_exists);
	RUN(test_create_taken);
	RUN(test_create_path);
	RUN(test_create_check);
	dir_remove();
	osc_secret_wipe_all();
	return unit_end();
}
