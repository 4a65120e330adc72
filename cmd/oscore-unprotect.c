/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <string.h>

#include "options.h"
#include "paths.h"
#include "session/peek.h"
#include "session/receive.h"

enum { OPTION_ERROR_REPLY = OPTION_OWN, OPTION_FAIL };

static const struct cli_option table[] = {
    {'C', "contexts", "DIR", "pick the context under DIR by kid, kid context"},
    {'r', "role", "ROLE=" CLI_ROLES, "which side this machine is: client or server"},
    {OPTION_REQUEST, "request", "FILE", "unprotect a response; FILE: the request"},
    {OPTION_ANY_TOKEN, "any-token", NULL, "bind to the request whatever the token"},
    {OPTION_ERROR_REPLY, "error-reply", "FILE", "write the answer to a refused request"},
    {'p', "peek", NULL, "look only, at both directions; use nothing up"},
    {OPTION_FAIL, "fail", NULL, "status 9 if an answer is 4.xx or 5.xx"},
    {OPTION_MOVED, "moved", NULL, "the directory was moved, not copied"},
    OPTION_FROM,
    {'t', "to", "FORMAT=" CLI_FORMATS " payload", "output (default: as --from); also: payload"},
    {'o', "output", "FILE", "write to FILE"},
    {'k', "keep-going", NULL, "go on after a message that is refused"},
    {'v', "explain", NULL, "show the derivation, as in RFC 8613, App. C"},
    {OPTION_SHOW_SECRETS, "show-secrets", NULL, "with -v: keys and plaintext too"},
    {'q', "quiet", NULL, "no hints and warnings"},
    CLI_COMMON_OPTIONS,
};

static const struct cli_program program = {
    .name = "oscore-unprotect",
    .usage = "[OPTION]... CONTEXT [FILE]\n-C DIR [OPTION]... [FILE]",
    .purpose = "Turn OSCORE messages into plain CoAP messages.",
    .options = table,
    .example = "oscore-unprotect -f hex server <request.hex",
    .operands = "DIR FILE\n--contexts FILE",
};

static bool
is_reply(const struct stream_options *options, const char *path)
{
	return options->reply != NULL && path != NULL && paths_same(options->reply, path);
}

static void
check_options(const struct stream_options *options)
{
	if (options->peek &&
	    (options->reply != NULL || options->request != NULL || options->session.moved))
		cli_usage("--peek goes without --error-reply, --moved and --request");
	/* FILE of --error-reply is replaced, and removed if there is no answer. */
	if (is_reply(options, options->output))
		cli_usage("--error-reply and --output must differ");
	if (is_reply(options, options->file))
		cli_usage("--error-reply and the input must differ");
	if (is_reply(options, options->request))
		cli_usage("--error-reply and --request must differ");
}

int
main(int argc, char **argv)
{
	struct stream_options options = {.payload_allowed = true};
	stream_process *process = osc_session_unprotect;
	char *arg;
	int key;

	cli_start(&program, argc, argv);
	while ((key = cli_next(&arg)) != -1) {
		if (options_take(&options, key, arg))
			continue;
		if (key == 'p') {
			process = osc_session_peek;
			options.peek = true;
		} else if (key == OPTION_FAIL) {
			options.fail = true;
		} else if (key == OPTION_ERROR_REPLY) {
			options.reply = arg;
			options.session.error_reply = true;
		}
	}
	options_finish(&options);
	check_options(&options);
	cli_end(stream_run(&options, process));
}
