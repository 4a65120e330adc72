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

static void
print_option(FILE *to, const struct cli_option *option, bool help)
{
	char left[64];
	const char *space = option->arg != NULL ? " " : "",
		   *arg = option->arg != NULL ? option->arg : "";

	if (option->key <= 255)
		(void)snprintf(left, sizeof(left), "-%c%s --%s%s%s", option->key, help ? "," : "",
		    option->name, space, arg);
	else
		(void)snprintf(left, sizeof(left), "%s --%s%s%s", help ? "   " : "  ", option->name,
		    space, arg);
	if (help)
		(void)fprintf(to, "  %-30s %s\n", left, option->help);
	else
		(void)fprintf(to, "%s\n", left);
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
		print_option(to, option, true);
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
print_options(FILE *to)
{
	for (const struct cli_option *option = program->options; option->name != NULL; option++)
		print_option(to, option, false);
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
