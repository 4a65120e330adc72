/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "options.h"
#include "values.h"

enum osc_format
options_format(const char *option, const char *arg)
{
	enum osc_format format;

	if (!osc_format_by_name(&format, arg))
		cli_usage("%s: raw or hex, not %s", option, arg);
	return format;
}

bool
options_take(struct stream_options *options, int key, const char *arg)
{
	switch (key) {
	case 'r':
		options->session.role = value_role(arg);
		break;
	case 'f':
		options->from = options_format("--from", arg);
		break;
	case 't':
		options->to = options_format("--to", arg);
		options->to_given = true;
		break;
	case 'o':
		options->output = arg;
		break;
	case 'k':
		options->session.keep_going = true;
		break;
	case 'q':
		cli_quiet();
		break;
	case OPTION_REQUEST:
		options->session.request = arg;
		break;
	case OPTION_ANY_TOKEN:
		options->session.any_token = true;
		break;
	case OPTION_MOVED:
		options->session.moved = true;
		break;
	default:
		return false;
	}
	return true;
}

void
options_finish(struct stream_options *options)
{
	options->session.directory = cli_operand();
	options->file = cli_operand();
	if (options->session.directory == NULL)
		cli_usage("CONTEXT is missing");
	if (cli_operand() != NULL)
		cli_usage("too many operands");
	if (options->session.any_token && options->session.request == NULL)
		cli_usage("--any-token goes with --request");
	if (!options->to_given)
		options->to = options->from;
}
