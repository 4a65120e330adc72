/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_CMD_OPTIONS_H
#define OSC_CMD_OPTIONS_H

#include "cli.h"
#include "stream.h"

/* The options that oscore-protect and oscore-unprotect share, and of oscore-cid -f. */

#define OPTION_FROM                                                                                \
	{                                                                                          \
		'f', "from", "FORMAT=" CLI_FORMATS, "input: raw (default), hex, json, cborseq"     \
	}

enum {
	OPTION_REQUEST = 256,
	OPTION_ANY_TOKEN,
	OPTION_MOVED,
	OPTION_SHOW_SECRETS,
	OPTION_OWN, /* the first key for a program's own long options */
};

/* options_take - handle one option; false if it is not a shared one */
bool options_take(struct stream_options *options, int key, char *arg);

/* options_finish - operands and defaults, after the last option */
void options_finish(struct stream_options *options);

/* options_contexts - of -C: does not return if the directory is a context itself */
void options_contexts(const char *directory);

/* options_format - the format named by the argument of an option */
enum osc_format options_format(const char *option, const char *arg);

#endif
