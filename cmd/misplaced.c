/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <string.h>
#include <sys/stat.h>

#include "base/ascii.h"
#include "core/oscore.h"
#include "misplaced.h"

static size_t
hex_digits(const char *text)
{
	size_t n = 0;

	while (osc_hex_value((uint8_t)text[n]) >= 0)
		n++;
	return n;
}

/* The argument that may be the name of a file: all of it, or what is behind "--option=" or "-o". */
static const char *
name_in(const char *arg)
{
	if (arg[0] != '-')
		return arg;
	if (arg[1] == '-')
		return arg + strcspn(arg, "=") + (strchr(arg, '=') != NULL);
	return arg + (arg[1] != '\0' ? 2 : 1);
}

/* The line may have cut them. */
static bool
is_misplaced(const char *digits, size_t len, char *const *args, int n)
{
	const char *name, *hex;
	struct stat st;

	for (int i = 1; len > (size_t)2 * OSC_ID_MAX && i < n; i++) {
		name = name_in(args[i]);
		hex = name[0] == '0' && (name[1] | 0x20) == 'x' ? name + 2 : name;
		if (strncmp(hex, digits, len) == 0 && hex[hex_digits(hex)] == '\0' &&
		    lstat(name, &st) != 0)
			return true;
	}
	return false;
}

/* What stands for them is shorter. */
bool
misplaced_hide(char *line, char *const *args, int n)
{
	static const char instead[] = "<hex digits>";
	const size_t put = sizeof(instead) - 1;
	bool found = false;
	size_t len;

	for (char *at = line; *at != '\0'; at += len > 0 ? len : 1) {
		len = hex_digits(at);
		if (!is_misplaced(at, len, args, n))
			continue;
		memcpy(at, instead, put);
		memmove(at + put, at + len, strlen(at + len) + 1);
		len = put;
		found = true;
	}
	return found;
}
