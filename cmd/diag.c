/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "cli.h"
#include "message/utf8.h"
#include "words.h"

const char *cli_program_name = "oscore";
static bool quiet;
static void (*before_line)(void *arg);
static void *before_line_arg;

static void say_line(const char *where, const char *kind, const char *fmt, va_list args)
    OSC_PRINTF(3, 0);

static void
say_line(const char *where, const char *kind, const char *fmt, va_list args)
{
	char line[1024];
	bool clean;
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
	if (before_line != NULL)
		before_line(before_line_arg);
	(void)fprintf(stderr, "%s\n", line);
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
	    {OSC_WARN_OVERLAY_FS,
		"an overlay file system: a reboot or a new container may set the state back, and "
		"numbers are used twice: keep the directory on a volume"},
	};
	unsigned warnings = osc_store_warnings(store);
	const char *path;

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if ((warnings & table[i].warning) == 0)
			continue;
		path = osc_store_warning_path(store, table[i].warning);
		cli_warn(path != NULL ? path : directory, "%s", table[i].words);
	}
}
