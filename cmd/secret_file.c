/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/secret.h"
#include "cli.h"
#include "secret_file.h"

/* Hex of the longest secret, and white space around it. */
#define SECRET_TEXT_MAX (2 * OSC_SECRET_MAX + 64)

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Read with read(2): stdio would leave copies of the secret behind. */
int
secret_file_read(const char *file, uint8_t *secret, size_t *len)
{
	const char *name = strcmp(file, "-") == 0 ? "<stdin>" : file;
	int fd = strcmp(file, "-") == 0 ? STDIN_FILENO : osc_io_open_read(file);
	char *text = osc_secret_alloc(SECRET_TEXT_MAX + 1);
	size_t start = 0, end = 0;
	struct stat st;
	bool too_long;
	ssize_t n = 1;

	if (fd < 0 || text == NULL) {
		cli_say(name, "open: %s", strerror(errno));
		return 1;
	}
	if (fd != STDIN_FILENO && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    (st.st_mode & 077) != 0)
		cli_warn(name, "others can read or write this secret: chmod 600 it");
	while (n > 0 && end <= SECRET_TEXT_MAX) {
		n = osc_io_read(fd, text + end, SECRET_TEXT_MAX + 1 - end);
		end += n > 0 ? (size_t)n : 0;
	}
	if (n < 0)
		cli_say(name, "read: %s", strerror(errno));
	if (fd != STDIN_FILENO)
		(void)close(fd);
	if (n < 0)
		return 1;
	too_long = end > SECRET_TEXT_MAX; /* it must not be cut */
	while (start < end && is_space(text[start]))
		start++;
	while (end > start && is_space(text[end - 1]))
		end--;
	if (start == end) {
		cli_say(name, "empty: a Master Secret in hex is expected");
		return 1;
	}
	if (too_long || !osc_secret_hex(secret, OSC_SECRET_MAX, len, text + start, end - start)) {
		cli_say(name, "not a Master Secret in hex of at most %d bytes", OSC_SECRET_MAX);
		return osc_err_status(OSC_EHEX);
	}
	return 0;
}
