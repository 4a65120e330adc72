/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_CMD_CLI_H
#define OSC_CMD_CLI_H

#include "base/error.h"
#include "store/store.h"

/*
 * What all programs share: options, help, diagnostics, exit. One table per
 * program is the source of getopt_long, --help and --list-options; from the last
 * the completions of the shells learn everything.
 */

struct cli_option {
	int key;          /* the short option, or any number above 255 */
	const char *name; /* the long option */
	const char *arg;  /* NAME of its argument, or NAME=WORDS that it can be; NULL: none */
	const char *help; /* one line */
};

/* Words that arguments can be; the first two stand for what the library has, in front of
 * other words. */
#define CLI_ALGORITHMS "*"
#define CLI_FORMATS "%"
#define CLI_HASHES "sha256 sha512"
#define CLI_ROLES "client server"

/* The options of every program; they are answered by cli_next itself. */
#define CLI_COMMON_OPTIONS                                                                         \
	{'h', "help", NULL, "show this help"}, {'V', "version", NULL, "show the versions"},        \
	{                                                                                          \
		0, NULL, NULL, NULL                                                                \
	}

struct cli_program {
	const char *name;
	const char *usage; /* what follows the name, one line per form, separated by newlines */
	const char *purpose;
	const struct cli_option *options; /* ends with an entry without a name */
	const char *example;
	const char *operands; /* FILE or DIR each; on a second line those with an --option */
};

/*
 * cli_start - begin a program: descriptors, signals, secrets, then its options
 *
 * program  static; its name begins every diagnostic
 */
void cli_start(const struct cli_program *program, int argc, char **argv);

/*
 * cli_next - the next option
 *
 * Returns its key, with its argument in *arg, or -1 behind the last. Does not
 * return for --help, --version, and for usage errors.
 */
int cli_next(char **arg);

/* cli_operand - the next operand; NULL behind the last */
const char *cli_operand(void);

/* The name that begins every diagnostic; set by cli_start. */
extern const char *cli_program_name;

/* cli_quiet - drop hints and warnings from now on */
void cli_quiet(void);
bool cli_is_quiet(void);

/* cli_before_line - call hook(arg) before each line on standard error; NULL: no more */
void cli_before_line(void (*hook)(void *arg), void *arg);

/* cli_usage - a usage error: the message, how to get help, status 2 */
_Noreturn void cli_usage(const char *fmt, ...) OSC_PRINTF(1, 2);

/* cli_say, cli_hint, cli_warn - one line on standard error: "PROG: where: what",
 * "PROG: hint: what", "PROG: where: warning: what"; where may be NULL */
void cli_say(const char *where, const char *fmt, ...) OSC_PRINTF(2, 3);
void cli_hint(const char *fmt, ...) OSC_PRINTF(1, 2);
void cli_warn(const char *where, const char *fmt, ...) OSC_PRINTF(2, 3);

/* cli_fail - the line for an error that ends the run; where: if the detail has no path */
void cli_fail(enum osc_err err, const struct osc_detail *detail, const char *where);

/* cli_warn_store - the warnings found while a context was loaded */
void cli_warn_store(const struct osc_store *store, const char *directory);

/* cli_flush - write a text to standard output; status 1 and a message if that fails */
int cli_flush(const char *text, size_t len);

/* cli_end - wipe, close standard output, and end the program with this status, or with 1 if
 * the output could not be written */
_Noreturn void cli_end(int status);

#endif
