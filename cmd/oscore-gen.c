/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/secret.h"
#include "cli.h"
#include "import_file.h"
#include "paths.h"
#include "secret_file.h"
#include "store/create.h"
#include "values.h"

enum {
	OPTION_HKDF = 256,
	OPTION_CLIENT_ID,
	OPTION_SERVER_ID,
	OPTION_ID_CONTEXT,
	OPTION_RANDOM_ID_CONTEXT,
	OPTION_MASTER_SALT,
	OPTION_WINDOW,
	OPTION_SECRET_FILE,
	OPTION_SECRET_BYTES,
	OPTION_SENDER_SEQ,
	OPTION_PAIR,
	OPTION_DIALECT,
	OPTION_IMPORT,
	OPTION_REDERIVE,
	OPTION_LIST_ALGORITHMS,
};

#define DIALECTS "role pair"

static const struct cli_option table[] = {
    {'a', "algorithm", "NAME|N=" CLI_ALGORITHMS, "AEAD (default AES-CCM-16-64-128)"},
    {OPTION_HKDF, "hkdf", "HASH=" CLI_HASHES, "sha256 (default) or sha512"},
    {OPTION_CLIENT_ID, "client-id", "HEX", "Sender ID of the client (default 01)"},
    {OPTION_SERVER_ID, "server-id", "HEX", "Sender ID of the server (default 00)"},
    {OPTION_ID_CONTEXT, "id-context", "HEX", "ID Context (default none)"},
    {OPTION_RANDOM_ID_CONTEXT, "random-id-context", NULL, "an ID Context of 8 random bytes"},
    {OPTION_MASTER_SALT, "master-salt", "HEX", "Master Salt (default none)"},
    {OPTION_WINDOW, "window", "N", "replay window size (default 32)"},
    {OPTION_SECRET_FILE, "secret-file", "FILE", "Master Secret in hex; -: stdin"},
    {OPTION_SECRET_BYTES, "secret-bytes", "N", "random secret length (default 32)"},
    {OPTION_SENDER_SEQ, "sender-seq", "N|C:S", "first numbers (default 0)"},
    {'r', "role", "ROLE=" CLI_ROLES, "pin DIR to client or server"},
    {OPTION_PAIR, "pair", NULL, "two directories, each for one side"},
    {OPTION_DIALECT, "dialect", "FORM=" DIALECTS, "of DIR: role (default), or pair with -r"},
    {OPTION_REDERIVE, "rederive", NULL, "keys may be derived anew (App. B.2)"},
    {OPTION_IMPORT, "import", "FORMAT:FILE", "take all from another program's FILE"},
    {OPTION_LIST_ALGORITHMS, "list-algorithms", NULL, "show the AEADs"},
    {'q', "quiet", NULL, "no hints and warnings"},
    CLI_COMMON_OPTIONS,
};

static const struct cli_program program = {
    .name = "oscore-gen",
    .usage = "[OPTION]... DIR\n[OPTION]... --pair CLIENT-DIR SERVER-DIR",
    .purpose = "Make an OSCORE security context directory, or a mirrored pair.",
    .options = table,
    .example = "oscore-gen --pair client server",
    .operands = "DIR\n--pair DIR DIR",
};

#define RANDOM_ID_CONTEXT_LEN 8
#define SECRET_BYTES_DEFAULT 32

struct generation {
	struct osc_new_context context; /* from the view of the client */
	bool pair;
	bool dialect_given;
	const char *secret_file;
	size_t secret_bytes; /* 0: not given */
	bool sender_seq_given;
	bool random_id_context;
	/* Of --import, and what does not go with it. */
	const struct osc_foreign *format; /* NULL: not given */
	const char *file;
	struct osc_import import;
	bool client_id_given, server_id_given, window_given;
	const char *own; /* a parameter was given; its option */
	/* What the context's slices point to. */
	struct osc_buffer id_context, master_salt;
	uint8_t random[RANDOM_ID_CONTEXT_LEN];
};

static void
list_algorithms(void)
{
	const struct osc_alg *alg;
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);
	int status = 1;

	if (to != NULL) {
		for (size_t i = 0; (alg = osc_alg_at(i)) != NULL; i++)
			(void)fprintf(to, "%2d %-18s key %2u nonce %2u tag %2u longest ID %zu\n",
			    alg->cose, alg->name, alg->key_len, alg->nonce_len, alg->tag_len,
			    osc_alg_id_max(alg));
		if (fclose(to) == 0)
			status = cli_flush(text, len);
	}
	free(text);
	cli_end(status);
}

/* What a file to import has itself, or may have. */
static void
note_given(struct generation *gen, int key)
{
	static const int own[] = {'a', OPTION_HKDF, OPTION_ID_CONTEXT, OPTION_RANDOM_ID_CONTEXT,
	    OPTION_MASTER_SALT, OPTION_SECRET_FILE, OPTION_SECRET_BYTES};
	const struct cli_option *option = table;

	gen->client_id_given = gen->client_id_given || key == OPTION_CLIENT_ID;
	gen->server_id_given = gen->server_id_given || key == OPTION_SERVER_ID;
	gen->window_given = gen->window_given || key == OPTION_WINDOW;
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (own[i] == key) {
			while (option->key != key)
				option++;
			gen->own = option->name;
		}
}

static void
take_dialect(struct generation *gen, const char *arg)
{
	bool role = value_word("--dialect", arg, DIALECTS) == 0;

	gen->context.settings.dialect = role ? OSC_DIALECT_ROLE : OSC_DIALECT_PAIR;
	gen->dialect_given = true;
}

/* Options without an argument. */
static bool
take_flag(struct generation *gen, int key)
{
	switch (key) {
	case 'q':
		cli_quiet();
		return true;
	case OPTION_RANDOM_ID_CONTEXT:
		gen->random_id_context = true;
		return true;
	case OPTION_REDERIVE:
		gen->context.settings.rederive = true;
		return true;
	case OPTION_PAIR:
		gen->pair = true;
		return true;
	default:
		return false;
	}
}

static void
take_option(struct generation *gen, int key, const char *arg)
{
	struct osc_new_context *context = &gen->context;
	struct osc_params *params = &context->settings.params;

	note_given(gen, key);
	if (take_flag(gen, key))
		return;
	switch (key) {
	case 'a':
		params->alg = value_algorithm(arg);
		break;
	case 'r':
		context->settings.role = value_role(arg);
		break;
	case OPTION_HKDF:
		params->hash = value_hash(arg);
		break;
	case OPTION_IMPORT:
		gen->format = import_file_format(arg, &gen->file);
		break;
	case OPTION_CLIENT_ID:
		value_id(&params->sender_id, "--client-id", arg);
		break;
	case OPTION_SERVER_ID:
		value_id(&params->recipient_id, "--server-id", arg);
		break;
	case OPTION_ID_CONTEXT:
		value_hex(&gen->id_context, "--id-context", arg);
		params->id_context = osc_present(gen->id_context.ptr, gen->id_context.len);
		break;
	case OPTION_MASTER_SALT:
		value_hex(&gen->master_salt, "--master-salt", arg);
		break;
	case OPTION_WINDOW:
		context->settings.window =
		    (uint32_t)value_number("--window", arg, 1, OSC_WINDOW_MAX);
		break;
	case OPTION_SECRET_FILE:
		gen->secret_file = arg;
		break;
	case OPTION_SECRET_BYTES:
		gen->secret_bytes = (size_t)value_number("--secret-bytes", arg, 1, OSC_SECRET_MAX);
		break;
	case OPTION_SENDER_SEQ:
		value_sender_seq(&context->client_seq, &context->server_seq, arg);
		gen->sender_seq_given = true;
		break;
	case OPTION_DIALECT:
		take_dialect(gen, arg);
		break;
	case OPTION_LIST_ALGORITHMS:
		list_algorithms();
	}
}

static void
check_options(const struct generation *gen)
{
	if (gen->random_id_context && osc_is_present(gen->context.settings.params.id_context))
		cli_usage("--id-context and --random-id-context exclude each other");
	if (gen->pair && gen->context.settings.role != OSC_ROLE_NONE)
		cli_usage("--role and --pair exclude each other");
	if (gen->pair && gen->dialect_given)
		cli_usage("--dialect and --pair exclude each other");
	if (!gen->pair && gen->context.settings.dialect == OSC_DIALECT_PAIR &&
	    gen->context.settings.role == OSC_ROLE_NONE)
		cli_usage("--dialect pair is for one side: add '-r client' or '-r server'");
	if (gen->context.settings.rederive && !gen->pair &&
	    gen->context.settings.role == OSC_ROLE_NONE)
		cli_usage("--rederive is for one side, or both: add '-r client', '-r server' or "
			  "--pair");
	if (gen->secret_file != NULL && gen->secret_bytes != 0)
		cli_usage("--secret-file and --secret-bytes exclude each other");
	if (gen->format != NULL && gen->own != NULL)
		cli_usage("--import and --%s exclude each other", gen->own);
	if ((gen->secret_file != NULL || gen->format != NULL) && !gen->sender_seq_given)
		cli_usage("a given secret needs --sender-seq: if neither side ever used this "
			  "secret, say --sender-seq 0; otherwise a number above the last one "
			  "this side used, at least 1");
}

static int
fill_in_secrets(struct generation *gen)
{
	struct osc_params *params = &gen->context.settings.params;
	size_t len = gen->secret_bytes != 0 ? gen->secret_bytes : SECRET_BYTES_DEFAULT;
	uint8_t *secret = osc_secret_alloc(OSC_SECRET_MAX);
	int status = 0;

	if (secret == NULL) {
		cli_say(NULL, "no memory");
		return 1;
	}
	if (gen->random_id_context && osc_random(gen->random, sizeof(gen->random)))
		params->id_context = osc_slice(gen->random, sizeof(gen->random));
	if (gen->secret_file != NULL) {
		status = secret_file_read(gen->secret_file, secret, &len);
	} else if (!osc_random(secret, len) ||
	    (gen->random_id_context && !osc_is_present(params->id_context))) {
		cli_say(NULL, "no random numbers are to be had from the system");
		status = 1;
	}
	if (status == 0 && len < 16)
		cli_warn(NULL, "the Master Secret is shorter than 16 bytes");
	params->master_secret = osc_slice(secret, len);
	params->master_salt = osc_slice(gen->master_salt.ptr, gen->master_salt.len);
	return status;
}

/* What stands in FILE against what was said; both are the user's. */
static void
check_import(const struct generation *gen)
{
	const struct osc_settings *read = &gen->import.settings;
	enum osc_role role = gen->context.settings.role;
	bool ids = gen->client_id_given && gen->server_id_given;

	if (gen->import.has_ids && (gen->client_id_given || gen->server_id_given))
		cli_usage("--client-id and --server-id: %s has IDs", gen->file);
	if (!gen->import.has_ids && !ids)
		cli_usage("%s has no IDs: add --client-id and --server-id", gen->file);
	if (read->window != 0 && gen->window_given)
		cli_usage("--window: %s has one", gen->file);
	if (gen->import.has_ids && read->role == OSC_ROLE_NONE && role == OSC_ROLE_NONE)
		cli_usage("%s does not say which side it is of: add --role", gen->file);
	if (gen->import.one_side && read->role != OSC_ROLE_NONE && role != OSC_ROLE_NONE &&
	    role != read->role)
		cli_usage("--role: %s is of the other side", gen->file);
}

/* The parameters of FILE, from the view of the client; what is one side's own stays so. */
static int
fill_in_import(struct generation *gen)
{
	struct osc_settings *to = &gen->context.settings;
	struct osc_settings *read = &gen->import.settings;
	struct osc_params given = to->params;
	int status = import_file_read(&gen->import, gen->format, gen->file);

	if (status != 0)
		return status;
	check_import(gen);
	if (read->role == OSC_ROLE_NONE)
		read->role = to->role;
	to->params =
	    read->role == OSC_ROLE_SERVER ? osc_params_mirror(&read->params) : read->params;
	if (!gen->import.has_ids) {
		to->params.sender_id = given.sender_id;
		to->params.recipient_id = given.recipient_id;
	}
	if (gen->import.one_side && !gen->pair)
		to->role = read->role;
	if (read->window != 0)
		to->window = read->window;
	if (read->params.master_secret.len < 16)
		cli_warn(gen->file, "the Master Secret is shorter than 16 bytes");
	return 0;
}

static int
make(const struct osc_new_context *contexts, const char *const *paths, size_t n)
{
	struct osc_detail detail = {0};
	size_t made;
	enum osc_err err = osc_new_contexts_write(contexts, paths, n, &made, &detail);

	if (err != OSC_OK)
		cli_fail(err, &detail, paths[0]);
	if (err != OSC_OK && made > 0)
		cli_hint("%s was made, and is of no use alone: remove it", paths[0]);
	return osc_err_status(err);
}

/* On a terminal somebody wants to know what to do with the peer's half. */
static void
tell_next(const char *before, const char *path, const char *behind)
{
	if (isatty(STDERR_FILENO))
		cli_hint("%s %s %s", before, path, behind);
}

static int
make_one(struct generation *gen, const char *path)
{
	struct osc_new_context *context = &gen->context;
	int status;

	if ((context->settings.role != OSC_ROLE_NONE || gen->format != NULL) &&
	    (context->client_seq > 0 || context->server_seq > 0))
		/* The peer is elsewhere: nobody here knows what it has sent already. */
		context->client_window_lost = context->server_window_lost = true;
	if (context->settings.dialect == OSC_DIALECT_PAIR &&
	    context->settings.role == OSC_ROLE_SERVER)
		context->settings.params = osc_params_mirror(&context->settings.params);
	status = make(context, &path, 1);
	if (status != 0)
		return status;
	if (context->settings.role == OSC_ROLE_NONE)
		tell_next("copy", path, "to the peer before its first use, then never again");
	else
		tell_next("the peer needs the parameters of", path,
		    "in the other role; --pair makes both");
	return 0;
}

static int
make_pair(struct generation *gen, const char *client, const char *server)
{
	/* The server's first: no client shall ever be without its peer. */
	const char *const paths[] = {server, client};
	struct osc_new_context contexts[] = {gen->context, gen->context};
	int status;

	contexts[0].settings.dialect = contexts[1].settings.dialect = OSC_DIALECT_PAIR;
	contexts[0].settings.role = OSC_ROLE_SERVER;
	contexts[0].settings.params = osc_params_mirror(&gen->context.settings.params);
	contexts[1].settings.role = OSC_ROLE_CLIENT;
	status = make(contexts, paths, 2);
	if (status == 0)
		tell_next("move", server, "to the server: both directories hold the secret");
	return status;
}

int
main(int argc, char **argv)
{
	struct generation gen = {
	    .context.settings =
		{
		    .dialect = OSC_DIALECT_ROLE,
		    .window = OSC_WINDOW_DEFAULT,
		    .params =
			{
			    .alg = osc_alg_by_number(OSC_ALG_DEFAULT),
			    .hash = OSC_SHA256,
			    .sender_id = {.len = 1, .bytes = {0x01}},
			    .recipient_id = {.len = 1, .bytes = {0x00}},
			},
		},
	};
	const char *first, *second;
	char *arg;
	int key, status;

	cli_start(&program, argc, argv);
	while ((key = cli_next(&arg)) != -1)
		take_option(&gen, key, arg);
	first = cli_operand();
	second = cli_operand();
	if (first == NULL || (gen.pair && second == NULL))
		cli_usage(gen.pair ? "CLIENT-DIR and SERVER-DIR are missing" : "DIR is missing");
	if ((!gen.pair && second != NULL) || cli_operand() != NULL)
		cli_usage("too many operands");
	if (gen.pair && paths_same(first, second))
		cli_usage("CLIENT-DIR and SERVER-DIR must differ");
	check_options(&gen);
	status = gen.format != NULL ? fill_in_import(&gen) : fill_in_secrets(&gen);
	if (status == 0)
		status = gen.pair ? make_pair(&gen, first, second) : make_one(&gen, first);
	osc_buffer_free(&gen.id_context);
	osc_buffer_free(&gen.master_salt);
	osc_import_free(&gen.import);
	cli_end(status);
}
