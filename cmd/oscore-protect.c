/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "echo_file.h"
#include "options.h"
#include "session/send.h"

enum { OPTION_NEW_PIV = OPTION_OWN, OPTION_NO_KID_CONTEXT, OPTION_ECHO, OPTION_REDERIVE };

static const struct cli_option table[] = {
    {'C', "contexts", "DIR", "with --request: its context under DIR"},
    {'r', "role", "ROLE=" CLI_ROLES, "which side this machine is: client or server"},
    {OPTION_REQUEST, "request", "FILE", "protect a response; FILE: the request"},
    {OPTION_NEW_PIV, "new-piv", NULL, "a Partial IV in a response in any case"},
    {OPTION_NO_KID_CONTEXT, "no-kid-context", NULL, "no ID Context in a request"},
    {OPTION_ANY_TOKEN, "any-token", NULL, "bind to the request whatever the token"},
    {OPTION_ECHO, "echo", "FILE", "add the Echo of the answer in FILE"},
    {OPTION_REDERIVE, "rederive", NULL, "ask to derive the keys anew (App. B.2)"},
    {OPTION_MOVED, "moved", NULL, "the directory was moved, not copied"},
    OPTION_FROM,
    {'t', "to", "FORMAT=" CLI_FORMATS, "output (default: as --from)"},
    {'o', "output", "FILE", "write to FILE"},
    {'k', "keep-going", NULL, "go on after a message that is refused"},
    {'n', "dry-run", NULL, "check everything, use up nothing"},
    {'v', "explain", NULL, "show the derivation, as in RFC 8613, App. C"},
    {OPTION_SHOW_SECRETS, "show-secrets", NULL, "with -v: keys and plaintext too"},
    {'q', "quiet", NULL, "no hints and warnings"},
    CLI_COMMON_OPTIONS,
};

static const struct cli_program program = {
    .name = "oscore-protect",
    .usage = "[OPTION]... CONTEXT [FILE]\n-C DIR --request FILE [OPTION]... [FILE]",
    .purpose = "Turn plain CoAP messages into OSCORE messages.",
    .options = table,
    .example = "oscore-protect -f hex client <get.hex >request.hex",
    .operands = "DIR FILE\n--contexts FILE",
};

int
main(int argc, char **argv)
{
	struct stream_options options = {0};
	const char *echo_file = NULL;
	char *arg;
	struct osc_buffer echo = {0};
	int key, status = 0;

	cli_start(&program, argc, argv);
	while ((key = cli_next(&arg)) != -1) {
		if (options_take(&options, key, arg))
			continue;
		if (key == OPTION_NEW_PIV)
			options.session.new_piv = true;
		else if (key == OPTION_NO_KID_CONTEXT)
			options.session.no_kid_context = true;
		else if (key == OPTION_ECHO)
			echo_file = arg;
		else if (key == OPTION_REDERIVE)
			options.session.rederive = true;
		else if (key == 'n')
			options.session.dry_run = true;
	}
	options_finish(&options);
	if (options.session.many && options.request == NULL)
		cli_usage("--contexts goes with --request");
	if (options.session.rederive && options.request != NULL)
		cli_usage("--rederive is for a request: it goes without --request");
	if (options.session.rederive && options.session.no_kid_context)
		cli_usage("--rederive and --no-kid-context exclude each other");
	if (echo_file != NULL) {
		status = echo_file_read(echo_file, &echo);
		options.session.echo = osc_present(echo.ptr, echo.len);
	}
	if (status == 0)
		status = stream_run(&options, osc_session_protect);
	osc_buffer_free(&echo);
	cli_end(status);
}
