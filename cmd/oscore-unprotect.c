/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "options.h"

static const struct cli_option table[] = {
    {'r', "role", "ROLE", "which side this machine is: client or server"},
    {OPTION_REQUEST, "request", "FILE", "unprotect a response; FILE: the request"},
    {OPTION_ANY_TOKEN, "any-token", NULL, "bind to the request whatever the token"},
    {OPTION_MOVED, "moved", NULL, "the directory was moved, not copied"},
    {'f', "from", "FORMAT", "input: raw (default) or hex"},
    {'t', "to", "FORMAT", "output (default: as --from)"},
    {'o', "output", "FILE", "write to FILE"},
    {'k', "keep-going", NULL, "go on after a message that is refused"},
    {'q', "quiet", NULL, "no hints and warnings"},
    CLI_COMMON_OPTIONS,
};

static const struct cli_program program = {
    .name = "oscore-unprotect",
    .usage = "[OPTION]... CONTEXT [FILE]",
    .purpose = "Turn OSCORE messages into plain CoAP messages.",
    .options = table,
    .example = "oscore-unprotect -f hex server <request.hex",
};

int
main(int argc, char **argv)
{
	struct stream_options options = {0};
	const char *arg;
	int key;

	cli_start(&program, argc, argv);
	while ((key = cli_next(&arg)) != -1)
		(void)options_take(&options, key, arg);
	options_finish(&options);
	return cli_end(stream_run(&options, osc_session_unprotect));
}
