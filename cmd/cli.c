/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdbool.h>
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
#include "message/utf8.h"
#include "misplaced.h"
#include "values.h"
#include "words.h"

#define OPTIONS_MAX 32

const char *cli_program_name = "oscore";
static bool quiet;
static void (*before_line)(void *arg);
static void *before_line_arg;

static const struct cli_program *program;
static struct option long_options[OPTIONS_MAX + 1];
static char short_options[2 * OPTIONS_MAX + 3];
static char **arguments;
static int argument_count;
static int n_operands, next_operand; /* they move to the front of the arguments */

static void say_line(const char *where, const char *kind, const char *fmt, va_list args)
    OSC_PRINTF(3, 0);

static void
say_line(const char *where, const char *kind, const char *fmt, va_list args)
{
	static bool hinted;
	bool clean, hidden;
	char line[1024];
	int n;

	if (where != NULL)
		n = snprintf(line, sizeof(line), "%s: %s: %s", cli_program_name, where, kind);
	else
		n = snprintf(line, sizeof(line), "%s: %s", cli_program_name, kind);
	if (n > 0 && (size_t)n < sizeof(line))
		(void)vsnprintf(line + n, sizeof(line) - (size_t)n, fmt, args);
	clean = osc_utf8_is_clean(osc_slice((const uint8_t *)line, strlen(line)));
	/* A file name may hold anything: one line stays one line. */
	for (char *c = line; *c != '\0'; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f || (!clean && (unsigned char)*c > 0x7f))
			*c = '?';
	hidden = misplaced_hide(line, arguments, argument_count);
	if (before_line != NULL)
		before_line(before_line_arg);
	(void)fprintf(stderr, "%s\n", line);
	if (hidden && !hinted && !quiet)
		(void)fprintf(stderr,
		    "%s: hint: hex digits that name no file are not repeated: secrets and messages "
		    "come from files or standard input\n",
		    cli_program_name);
	hinted = hinted || hidden;
}

void
cli_say(const char *where, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say_line(where, "", fmt, args);
	va_end(args);
}

void
cli_hint(const char *fmt, ...)
{
	va_list args;

	if (quiet)
		return;
	va_start(args, fmt);
	say_line(NULL, "hint: ", fmt, args);
	va_end(args);
}

void
cli_warn(const char *where, const char *fmt, ...)
{
	va_list args;

	if (quiet)
		return;
	va_start(args, fmt);
	say_line(where, "warning: ", fmt, args);
	va_end(args);
}

void
cli_quiet(void)
{
	quiet = true;
}

void
cli_before_line(void (*hook)(void *arg), void *arg)
{
	before_line = hook;
	before_line_arg = arg;
}

bool
cli_is_quiet(void)
{
	return quiet;
}

static void
try_help(void)
{
	(void)fprintf(stderr, "Try '%s --help'\n", cli_program_name);
}

void
cli_usage(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say_line(NULL, "", fmt, args);
	va_end(args);
	try_help();
	osc_secret_wipe_all();
	exit(2);
}

void
cli_fail(enum osc_err err, const struct osc_detail *detail, const char *where)
{
	char buffer[WORDS_MAX];
	/* Nobody writes words down where there is no memory: what is there is older. */
	bool own = detail->text[0] != '\0' && err != OSC_ENOMEM;
	const char *words = own ? detail->text : words_for(buffer, err, NULL);
	const char *hint = detail->hint[0] != '\0' ? detail->hint : words_hint(err);

	cli_say(detail->path[0] != '\0' ? detail->path : where, "%s", words);
	if (hint != NULL)
		cli_hint("%s", hint);
	if (osc_err_status(err) == 2)
		try_help();
}

void
cli_warn_store(const struct osc_store *store, const char *directory)
{
	static const struct {
		enum osc_warning warning;
		const char *words;
	} table[] = {
	    {OSC_WARN_NO_ALGORITHM,
		"no \"algorithm\": AES-CCM-16-64-128 is meant (aiocoap 0.4b1 meant AES-CCM-64-64-128)"},
	    {OSC_WARN_SHORT_SECRET, "the Master Secret is shorter than 16 bytes"},
	    {OSC_WARN_LONG_CONTEXT,
		"the ID Context may be too long to be sent: --no-kid-context leaves it out"},
	    {OSC_WARN_SECRET_MODE, "others can read or write this secret: chmod 600 it"},
	    {OSC_WARN_DIRECTORY_MODE, "others can write to this directory: chmod go-w it"},
	    {OSC_WARN_NETWORK_FS,
		"a network file system: locks and renames may not be safe across machines"},
	    {OSC_WARN_NEAR_KEY,
		"a key is unknown, but near a known one: 'oscore-show --check' says which"},
	    {OSC_WARN_OVERLAY_FS,
		"an overlay file system: a reboot or a new container may set the state back, and "
		"numbers are used twice: keep the directory on a volume"},
	    {OSC_WARN_NO_AES,
		"this processor has no AES instructions: who shares it may learn the keys from the "
		"time that AES takes; ChaCha20/Poly1305 tells nothing, and is faster here"},
	};
	/* It is not about one context. */
	static unsigned once = OSC_WARN_NO_AES;
	unsigned warnings = osc_store_warnings(store) & (once | ~(unsigned)OSC_WARN_NO_AES);
	const char *path;

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if ((warnings & table[i].warning) == 0)
			continue;
		path = osc_store_warning_path(store, table[i].warning);
		once &= ~(unsigned)table[i].warning;
		cli_warn(path != NULL ? path : directory, "%s", table[i].words);
	}
}

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
	cli_end(status);
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
	/* The last two are CLI_COMMON_OPTIONS; room is short. */
	for (const struct cli_option *option = program->options; option->key != 'h'; option++)
		print_option(to, option);
	(void)fprintf(to, "  %-30s %s\n", "-h, --help, -V, --version", "this help; the versions");
	(void)fprintf(to, "Example: %s\nSee %s(1).\n", program->example, program->name);
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
	const char *words = arg + name_len(arg);
	struct osc_slice word;

	if (*words++ != '=')
		(void)fprintf(to, "-");
	else
		for (size_t i = 0; osc_is_present(word = value_word_at(words, i)); i++)
			(void)fprintf(
			    to, "%s%.*s", i > 0 ? " " : "", (int)word.len, (const char *)word.ptr);
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
		key[1] = '\0';
		if (option->key <= 255)
			key[1] = (char)option->key;
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
	osc_secret_init();
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
keep_operand(int at)
{
	char **place = &arguments[1 + n_operands++], *operand = arguments[at];

	/* That place was looked at already: no operand comes before itself. */
	arguments[at] = *place;
	*place = operand;
}

static const struct cli_option *
option_by_key(int key)
{
	const struct cli_option *option = program->options;

	while (option->name != NULL && option->key != key)
		option++;
	return option->name != NULL ? option : NULL;
}

/* No option begins like this, or several do. What stands behind '=' may be a secret. */
static _Noreturn void
refuse_long(const char *arg)
{
	size_t len = strcspn(arg, "=");
	struct osc_buffer names = {0};

	for (const struct cli_option *option = program->options; option->name != NULL; option++)
		if (strncmp(option->name, arg + 2, len - 2) == 0)
			osc_buffer_print(&names, "%s--%s", names.len > 0 ? ", " : "", option->name);
	if (names.len == 0)
		cli_usage("%.*s: unknown option", (int)len, arg);
	cli_usage("%.*s: ambiguous: %.*s", (int)len, arg, (int)names.len, (const char *)names.ptr);
}

static _Noreturn void
refuse_option(int key)
{
	const struct cli_option *option = option_by_key(optopt);

	if (optopt == 0)
		refuse_long(arguments[optind - 1]);
	if (option == NULL)
		cli_usage("-%c: unknown option", optopt);
	if (key == '?')
		cli_usage("--%s: takes no argument", option->name);
	if (optopt <= 255)
		cli_usage("-%c, --%s: %.*s is missing", optopt, option->name, name_len(option->arg),
		    option->arg);
	cli_usage("--%s: %.*s is missing", option->name, name_len(option->arg), option->arg);
}

int
cli_next(char **arg)
{
	int key;

	opterr = 0;
	while ((key = getopt_long(argument_count, arguments, short_options, long_options, NULL)) !=
	    -1) {
		*arg = optarg;
		switch (key) {
		case 1: /* an operand */
			keep_operand(optind - 1);
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
		keep_operand(optind++);
	return -1;
}

const char *
cli_operand(void)
{
	return next_operand < n_operands ? arguments[1 + next_operand++] : NULL;
}

int
cli_flush(const char *text, size_t len)
{
	if (osc_io_write(STDOUT_FILENO, text, len))
		return 0;
	cli_say("<stdout>", "write: %s", strerror(errno));
	return 1;
}

void
cli_end(int status)
{
	osc_secret_wipe_all();
	/* Network file systems report a full disk here. */
	if (close(STDOUT_FILENO) != 0 && errno != EBADF && errno != EINTR && status == 0) {
		cli_say("<stdout>", "close: %s", strerror(errno));
		status = 1;
	}
	/* No more is to be written, and what libraries would tidy up takes a while. */
	quick_exit(status);
}
