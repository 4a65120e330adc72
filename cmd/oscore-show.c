/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "compare.h"
#include "describe.h"
#include "options.h"
#include "output.h"
#include "paths.h"
#include "store/check.h"
#include "store/rederived.h"
#include "store/settings.h"
#include "values.h"

enum { OPTION_CHECK = OPTION_OWN };

#define FORMATS "text json libcoap wireshark c aiocoap rfc9203"

static const struct cli_option table[] = {
    {'r', "role", "ROLE=" CLI_ROLES, "client or server: which side to show"},
    {'t', "to", "FORMAT=" FORMATS, "text (default), or an export, as json"},
    {'o', "output", "FILE", "write to FILE, for its owner alone"},
    {OPTION_SHOW_SECRETS, "show-secrets", NULL, "in text, and on a terminal, too"},
    {OPTION_CHECK, "check", NULL, "what is wrong, in each DIR and between"},
    {'C', "contexts", "DIR", "with --check: the contexts in DIR"},
    {'q', "quiet", NULL, "no hints and warnings"},
    CLI_COMMON_OPTIONS,
};

static const struct cli_program program = {
    .name = "oscore-show",
    .usage = "[OPTION]... CONTEXT\n[OPTION]... A B\n[OPTION]... --check DIR...\n"
	     "[OPTION]... --check -C DIR",
    .purpose = "Describe a context; compare two; or look for what is wrong.",
    .options = table,
    .example = "oscore-show client",
    .operands = "DIR DIR\n--check DIR DIR DIR DIR",
};

struct show {
	enum osc_role role;
	const struct osc_foreign *to; /* NULL: text */
	const char *output;
	bool secrets;
	bool check;
	const char *tree; /* DIR of -C */
};

static void
take_option(struct show *show, int key, const char *arg)
{
	switch (key) {
	case 'r':
		show->role = value_role(arg);
		break;
	case 't':
		show->to =
		    osc_foreign_by_name(value_word_at(FORMATS, value_word("--to", arg, FORMATS)));
		break;
	case 'o':
		show->output = arg;
		break;
	case 'q':
		cli_quiet();
		break;
	case 'C':
		show->tree = arg;
		break;
	case OPTION_CHECK:
		show->check = true;
		break;
	case OPTION_SHOW_SECRETS:
		show->secrets = true;
		break;
	}
}

/* Through one door, whatever is to be written. Only FILE is replaced, and only at the end. */
static enum osc_err
write_out(const struct show *show, const struct osc_buffer *text, struct osc_detail *detail)
{
	bool holds_secrets = show->to != NULL || show->secrets;
	struct output output;
	enum osc_err err;

	output_init(&output, show->output);
	output.secret = holds_secrets;
	err = output_open(&output, detail);
	if (err != OSC_OK)
		return err;
	if (show->to != NULL && show->to->binary && output.terminal) {
		err = osc_detail_set(
		    detail, OSC_ETERMINAL, output.name, "binary output, and a terminal");
		osc_detail_hint(detail, "add '-o FILE'");
	} else if (holds_secrets && !show->secrets && isatty(output.fd)) {
		err = osc_detail_set(detail, OSC_ETERMINAL, output.name,
		    "a terminal, and this holds the Master Secret");
		osc_detail_hint(detail, "add '-o FILE', or --show-secrets");
	}
	if (err == OSC_OK)
		err = output_write(&output, text->ptr, text->len, detail);
	if (err != OSC_OK)
		(void)output_close(&output, false, NULL);
	else
		err = output_close(&output, true, detail);
	return err;
}

static void
warn_about_limits(const char *path, struct osc_store *store)
{
	const char *remedy = osc_settings_remedy(osc_store_settings(store));
	uint64_t protected = osc_state_protected(osc_rederived_sending(store));

	if (protected > OSC_KEY_LIMIT)
		cli_warn(path, "over the limit of %" PRIu64 " messages for one key: %s",
		    OSC_KEY_LIMIT, remedy);
	else if (protected >= OSC_KEY_LIMIT / 2)
		cli_warn(path, "half of the %" PRIu64 " messages for one key are used: %s soon",
		    OSC_KEY_LIMIT, remedy);
}

/* The side that is shown, if anything says it. */
static enum osc_role
role_of(const struct osc_settings *settings, enum osc_role given)
{
	if (settings->role != OSC_ROLE_NONE || settings->dialect == OSC_DIALECT_PAIR)
		return settings->role;
	return given;
}

/* Whoever goes on with the numbers must be the only one: not for -q to drop. */
static void
warn_about_export(const struct osc_foreign *to, const char *path, const struct osc_export *from)
{
	if (to == &osc_foreign_c && from->params->master_secret.len != 16)
		cli_say(path,
		    "warning: the Master Secret has not 16 bytes: some firmware takes no other");
	if (!to->numbers)
		return;
	cli_say(path,
	    "warning: before the export is used stop using %s: its numbers go on from there", path);
	if (to == &osc_foreign_aiocoap)
		cli_say(path,
		    "warning: beside settings.json put this into sequence.json: "
		    "{\"next-to-send\": %" PRIu64 ", \"received\": \"unknown\"}",
		    from->state->next);
}

/* The state belongs to the keys in use, which may have been derived anew. */
static struct osc_params
params_in_use(struct osc_store *store)
{
	struct osc_params params = *osc_store_params(store);
	const struct osc_rederived *rederived = osc_store_rederived(store);

	if (rederived != NULL && rederived->current.there && !rederived->current.base)
		params.id_context = osc_epoch_id(&rederived->current);
	return params;
}

static enum osc_err
show_one(const struct show *show, const char *path, struct osc_detail *detail)
{
	struct osc_store *store;
	struct osc_buffer text = {0};
	struct osc_export from = {0};
	struct osc_params params;
	enum osc_err err;

	err = osc_store_open(&store, path, show->role, OSC_STORE_KEEP_SECRET, detail);
	if (err != OSC_OK)
		return err;
	cli_warn_store(store, path);
	params = params_in_use(store);
	from.params = &params;
	from.state = osc_store_state(store);
	from.role = role_of(osc_store_settings(store), show->role);
	warn_about_limits(path, store);
	if (show->to == NULL)
		describe(&text, &from, osc_store_rederived(store), show->secrets);
	else
		err = show->to->write(&text, &from, detail);
	if (err == OSC_OK)
		err = text.full ? OSC_ENOMEM : write_out(show, &text, detail);
	if (err == OSC_OK && show->to != NULL)
		warn_about_export(show->to, path, &from);
	osc_buffer_free(&text);
	osc_store_close(&store);
	return err;
}

/* A directory that serves both roles needs none here. */
static enum osc_err
open_to_compare(
    struct osc_store **store, const char *path, enum osc_role role, struct osc_detail *detail)
{
	const unsigned flags = OSC_STORE_STATIC | OSC_STORE_KEEP_SECRET;
	enum osc_err err = osc_store_open(store, path, role, flags, detail);

	if (err == OSC_ENOROLE) {
		memset(detail, 0, sizeof(*detail));
		err = osc_store_open(store, path, OSC_ROLE_CLIENT, flags, detail);
	}
	if (err == OSC_OK)
		cli_warn_store(*store, path);
	return err;
}

static enum osc_err
compare_two(const struct show *show, const char *const paths[static 2], bool *ends,
    struct osc_detail *detail)
{
	struct osc_store *stores[2] = {NULL, NULL};
	struct osc_buffer text = {0};
	enum osc_err err;

	err = open_to_compare(&stores[0], paths[0], show->role, detail);
	if (err == OSC_OK)
		err = open_to_compare(&stores[1], paths[1], OSC_ROLE_NONE, detail);
	if (err == OSC_OK)
		err = compare(
		    &text, (const struct osc_store *const *)stores, paths, show->role, ends);
	if (err == OSC_OK)
		err = write_out(show, &text, detail);
	osc_buffer_free(&text);
	osc_store_close(&stores[0]);
	osc_store_close(&stores[1]);
	return err;
}

static void
add_finding(void *arg, const struct osc_detail *finding)
{
	struct osc_buffer *out = arg;

	osc_buffer_print(out, "%s: %s", finding->path, finding->text);
	if (finding->hint[0] != '\0')
		osc_buffer_print(out, ": %s", finding->hint);
	osc_buffer_text(out, "\n");
}

static void
check_output(const struct show *show, const char *path, bool many)
{
	if (show->output != NULL && strcmp(show->output, "-") != 0 && path != NULL &&
	    paths_in_context(show->output, path, many))
		cli_usage("--output: %s belongs to a context", show->output);
}

/* first: the first operand, NULL with -C */
static enum osc_err
check_all(const struct show *show, const char *first, bool *sound, struct osc_detail *detail)
{
	struct osc_buffer text = {0};
	struct osc_check check = {.found = add_finding, .arg = &text};
	enum osc_err err = OSC_OK;

	if (show->tree != NULL)
		err = osc_check_tree(&check, show->tree, detail);
	for (const char *path = first; path != NULL && err == OSC_OK; path = cli_operand()) {
		check_output(show, path, false);
		err = osc_check_directory(&check, path, false, detail);
	}
	if (err == OSC_OK)
		osc_check_across(&check);
	*sound = text.len == 0;
	if (err == OSC_OK)
		err = text.full ? OSC_ENOMEM : write_out(show, &text, detail);
	osc_check_free(&check);
	osc_buffer_free(&text);
	return err;
}

static void
check_options(const struct show *show, const char *const paths[static 2])
{
	if (show->check && (show->to != NULL || show->secrets || show->role != OSC_ROLE_NONE))
		cli_usage("--role, --to and --show-secrets do not go with --check");
	if (show->tree != NULL && !show->check)
		cli_usage("--contexts goes with --check");
	if (paths[0] == NULL && show->tree == NULL)
		cli_usage(show->check ? "DIR is missing" : "CONTEXT is missing");
	if (show->tree != NULL && paths[0] != NULL)
		cli_usage("--check takes -C or operands, not both");
	if (show->tree != NULL)
		options_contexts(show->tree);
	check_output(show, show->tree, true);
	check_output(show, paths[0], false);
	if (show->check)
		return;
	if (cli_operand() != NULL)
		cli_usage("too many operands");
	if (paths[1] != NULL && (show->to != NULL || show->secrets))
		cli_usage("--to and --show-secrets do not go with two contexts");
	check_output(show, paths[1], false);
}

int
main(int argc, char **argv)
{
	struct show show = {.role = OSC_ROLE_NONE};
	struct osc_detail detail = {0};
	const char *paths[2];
	bool good = true;
	enum osc_err err;
	char *arg;
	int key;

	cli_start(&program, argc, argv);
	while ((key = cli_next(&arg)) != -1)
		take_option(&show, key, arg);
	paths[0] = cli_operand();
	paths[1] = show.check ? NULL : cli_operand();
	check_options(&show, paths);
	if (show.check)
		err = check_all(&show, paths[0], &good, &detail);
	else if (paths[1] == NULL)
		err = show_one(&show, paths[0], &detail);
	else
		err = compare_two(&show, paths, &good, &detail);
	if (err != OSC_OK)
		cli_fail(err, &detail, paths[0]);
	cli_end(err != OSC_OK ? osc_err_status(err) : good ? 0 : 7);
}
