/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/jsonload.h"
#include "base/secret.h"
#include "cli.h"
#include "core/alg.h"
#include "core/cborw.h"
#include "core/coap.h"

#define OPTIONS_MAX 32

static const struct cli_program *program;
static struct option long_options[OPTIONS_MAX + 1];
static char short_options[2 * OPTIONS_MAX + 3];
static char **arguments;
static int argument_count;
static const char *operands[3]; /* no program takes more than two */
static size_t n_operands, next_operand;

/* The length of the name of an option's argument. */
static int
name_len(const char *arg)
{
	return (int)strcspn(arg, "=");
}

static void
print_option(FILE *to, const struct cli_option *option)
{
	const char *arg = option->arg != NULL ? option->arg : "";
	char key[] = "   ", left[64];

	if (option->key <= 255)
		(void)snprintf(key, sizeof(key), "-%c,", option->key);
	(void)snprintf(left, sizeof(left), "%s --%s%s%.*s", key, option->name,
	    arg[0] != '\0' ? " " : "", name_len(arg), arg);
	(void)fprintf(to, "  %-30s %s\n", left, option->help);
}

/* Text for standard output is composed in memory, so that one place writes it. */
static _Noreturn void
show(void (*print)(FILE *to))
{
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);
	int status = 1;

	if (to != NULL) {
		print(to);
		if (fclose(to) == 0)
			status = cli_flush(text, len);
	}
	free(text);
	exit(cli_end(status));
}

static void
print_help(FILE *to)
{
	const char *usage = program->usage, *end;

	for (const char *lead = "Usage:"; *usage != '\0'; usage = *end != '\0' ? end + 1 : end) {
		end = usage + strcspn(usage, "\n");
		(void)fprintf(to, "%s %s %.*s\n", lead, program->name, (int)(end - usage), usage);
		lead = "      ";
	}
	(void)fprintf(to, "%s\n", program->purpose);
	for (const struct cli_option *option = program->options; option->name != NULL; option++)
		print_option(to, option);
	(void)fprintf(to, "\nExample: %s\nSee %s(1).\n", program->example, program->name);
}

static void
print_version(FILE *to)
{
	unsigned nettle = osc_nettle_version();

	(void)fprintf(to, "%s (oscore-tools) %s\n", program->name, OSC_VERSION);
	(void)fprintf(to, "libsodium %s, libcbor %s, jansson %s, %s, nettle %u.%u\n",
	    osc_sodium_version(), osc_cbor_version(), osc_jansson_version(), osc_libcoap_version(),
	    nettle >> 8, nettle & 0xff);
}

static void
print_values(FILE *to, const char *arg)
{
	const char *values = arg + name_len(arg);
	const struct osc_alg *alg;

	if (strcmp(values, "=" CLI_ALGORITHMS) == 0)
		for (size_t i = 0; (alg = osc_alg_at(i)) != NULL; i++)
			(void)fprintf(to, "%s%s", i > 0 ? " " : "", alg->name);
	else
		(void)fprintf(to, "%s", values[0] == '=' ? values + 1 : "-");
}

/* A line for each option: long, short, name of the argument, its values, help. Tabs are
 * between, and "-" stands for nothing, since a shell takes two tabs for one. Then, without
 * a tab, the operands. */
static void
print_options(FILE *to)
{
	char key[] = "-x";
	const char *arg;

	for (const struct cli_option *option = program->options; option->name != NULL; option++) {
		arg = option->arg != NULL ? option->arg : "-";
		key[1] = option->key <= 255 ? (char)option->key : '\0';
		(void)fprintf(to, "--%s\t%s\t%.*s\t", option->name, key, name_len(arg), arg);
		print_values(to, arg);
		(void)fprintf(to, "\t%s\n", option->help);
	}
	(void)fprintf(to, "%s\n", program->operands);
}

void
cli_start(const struct cli_program *the_program, int argc, char **argv)
{
	const struct cli_option *option;
	size_t n = 0;
	char *s = short_options;

	program = the_program;
	cli_program_name = program->name;
	arguments = argv;
	argument_count = argc;
	if (!osc_io_start())
		_exit(1);
	if (!osc_secret_init()) {
		cli_say(NULL, "no random numbers are to be had from the system");
		exit(1);
	}
	/* '-': operands come in their place, whatever POSIXLY_CORRECT says. */
	*s++ = '-';
	*s++ = ':';
	for (option = program->options; option->name != NULL && n < OPTIONS_MAX; option++, n++) {
		long_options[n].name = option->name;
		long_options[n].has_arg = option->arg != NULL ? required_argument : no_argument;
		long_options[n].val = option->key;
		if (option->key > 255)
			continue;
		*s++ = (char)option->key;
		if (option->arg != NULL)
			*s++ = ':';
	}
	/* Hidden, for the completions and the test of the manual: no option of the table, so
	 * that it takes no part in abbreviations. */
	if (argc == 2 && strcmp(argv[1], "--list-options") == 0)
		show(print_options);
}

static void
keep_operand(const char *arg)
{
	if (n_operands == sizeof(operands) / sizeof(operands[0]))
		cli_usage("too many operands: %s", arg);
	operands[n_operands++] = arg;
}

static _Noreturn void
refuse_option(int key)
{
	const char *arg = arguments[optind - 1];

	if (key == ':')
		cli_usage("%s: an argument is missing", arg);
	if (optopt > 0 && optopt <= 255 && strncmp(arg, "--", 2) != 0)
		cli_usage("-%c: unknown option", optopt);
	cli_usage("%s: unknown or ambiguous option, or one without an argument", arg);
}

int
cli_next(const char **arg)
{
	int key;

	opterr = 0;
	while ((key = getopt_long(argument_count, arguments, short_options, long_options, NULL)) !=
	    -1) {
		*arg = optarg;
		switch (key) {
		case 1: /* an operand */
			keep_operand(optarg);
			break;
		case 'h':
			show(print_help);
		case 'V':
			show(print_version);
		case '?':
		case ':':
			refuse_option(key);
		default:
			return key;
		}
	}
	while (optind < argument_count)
		keep_operand(arguments[optind++]);
	return -1;
}

const char *
cli_operand(void)
{
	return next_operand < n_operands ? operands[next_operand++] : NULL;
}

int
cli_flush(const char *text, size_t len)
{
	if (osc_io_write(STDOUT_FILENO, text, len))
		return 0;
	cli_say("<stdout>", "write: %s", strerror(errno));
	return 1;
}

int
cli_end(int status)
{
	osc_secret_wipe_all();
	/* Network file systems report a full disk here. */
	if (close(STDOUT_FILENO) != 0 && errno != EBADF && errno != EINTR && status == 0) {
		cli_say("<stdout>", "close: %s", strerror(errno));
		status = 1;
	}
	return status;
}
