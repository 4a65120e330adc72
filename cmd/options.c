/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "paths.h"
#include "request_file.h"
#include "values.h"

static enum osc_format
format_among(const char *option, const char *arg, const char *words)
{
	enum osc_format format = OSC_FORMAT_RAW;

	(void)value_word(option, arg, words);
	(void)osc_format_by_name(&format, arg);
	return format;
}

enum osc_format
options_format(const char *option, const char *arg)
{
	enum osc_format format;

	if (osc_format_by_name(&format, arg) && format == OSC_FORMAT_PAYLOAD)
		cli_usage("%s: payload is an output format of oscore-unprotect", option);
	return format_among(option, arg, CLI_FORMATS);
}

bool
options_take(struct stream_options *options, int key, char *arg)
{
	switch (key) {
	case 'r':
		options->session.role = value_role(arg);
		break;
	case 'f':
		options->from = options_format("--from", arg);
		break;
	case 't':
		if (options->payload_allowed)
			options->to = format_among("--to", arg, CLI_FORMATS " payload");
		else
			options->to = options_format("--to", arg);
		options->to_given = true;
		break;
	case 'C':
		options->session.directory = arg;
		options->session.many = true;
		break;
	case 'o':
		options->output = arg;
		break;
	case 'k':
		options->session.keep_going = true;
		break;
	case 'v':
		options->session.explain = true;
		break;
	case OPTION_SHOW_SECRETS:
		options->show_secrets = true;
		break;
	case 'q':
		cli_quiet();
		break;
	case OPTION_REQUEST:
		options->request = arg;
		options->session.requests = request_file_read;
		options->session.requests_arg = arg;
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

static void
check_output(const struct osc_session_options *session, const char *option, const char *path)
{
	if (path != NULL && strcmp(path, "-") != 0 && session->directory != NULL &&
	    paths_in_context(path, session->directory, session->many))
		cli_usage("%s: %s belongs to a context in use", option, path);
}

/* Who only looks may have no CONTEXT: then a single operand that is no directory is FILE. */
static void
take_operands(struct stream_options *options)
{
	const char *first = cli_operand(), *second = cli_operand();

	if (options->session.many ||
	    (options->peek && second == NULL && (first == NULL || !paths_is_directory(first)))) {
		options->file = first;
		if (second != NULL)
			cli_usage("too many operands: %s", second);
		return;
	}
	options->session.directory = first;
	options->file = second;
	if (first == NULL)
		cli_usage("CONTEXT is missing");
}

static _Noreturn void
refuse_directory(const char *path, const char *words, const char *hint)
{
	cli_say(path, "%s", words);
	if (hint != NULL)
		cli_hint("%s", hint);
	cli_end(osc_err_status(OSC_ECONTEXT));
}

void
options_contexts(const char *directory)
{
	if (paths_lone_context(directory))
		refuse_directory(directory, "is a context, and has none under it",
		    "leave out -C, or give the directory above it");
}

static void
check_context(const char *context, const char *file)
{
	const char *hint = NULL;

	if (!paths_is_input(context))
		return;
	if (file == NULL)
		hint = "CONTEXT is missing in front of it";
	else if (paths_is_directory(file))
		hint = "CONTEXT comes first, then FILE";
	refuse_directory(context, "is no directory", hint);
}

void
options_finish(struct stream_options *options)
{
	take_operands(options);
	if (cli_operand() != NULL)
		cli_usage("too many operands");
	if (options->session.any_token && options->request == NULL)
		cli_usage("--any-token goes with --request");
	if (options->request != NULL && strcmp(options->request, "-") == 0 &&
	    (options->file == NULL || strcmp(options->file, "-") == 0))
		cli_usage("--request -: then the messages must come from FILE");
	if (options->show_secrets && !options->session.explain)
		cli_usage("--show-secrets goes with --explain");
	if (options->session.many)
		options_contexts(options->session.directory);
	else if (options->session.directory != NULL)
		check_context(options->session.directory, options->file);
	check_output(&options->session, "--output", options->output);
	check_output(&options->session, "--error-reply", options->reply);
	if (!options->to_given)
		options->to = options->from;
}
