/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/secret.h"
#include "cli.h"
#include "import_file.h"

#define FILE_MAX ((size_t)64 * 1024) /* bytes */

const struct osc_foreign *
import_file_format(const char *arg, const char **file)
{
	const char *colon = strchr(arg, ':');
	const struct osc_foreign *format = NULL;

	if (colon != NULL)
		format =
		    osc_foreign_by_name(osc_slice((const uint8_t *)arg, (size_t)(colon - arg)));
	if (format == NULL || format->read == NULL || colon[1] == '\0')
		cli_usage("--import: FORMAT:FILE, of json, libcoap, wireshark, aiocoap, rfc9203 "
			  "or edhoc, not %s",
		    arg);
	*file = colon + 1;
	return format;
}

/* Read with read(2): stdio would leave copies of the secret behind. False with errno. */
static bool
read_all(int fd, struct osc_buffer *text)
{
	uint8_t *to;
	ssize_t n = 1;

	while (n > 0 && text->len <= FILE_MAX) {
		to = osc_buffer_reserve(text, 4096);
		if (to == NULL) {
			errno = ENOMEM;
			return false;
		}
		n = osc_io_read(fd, to, 4096);
		text->len += n > 0 ? (size_t)n : 0;
	}
	return n >= 0;
}

static int
parse(struct osc_import *import, const struct osc_foreign *format, const struct osc_buffer *text,
    const char *name)
{
	struct osc_detail detail = {0};
	enum osc_err err;

	if (text->len == 0) {
		cli_say(name, "empty: a context in the format %s is expected", format->name);
		return osc_err_status(OSC_EIO);
	}
	if (text->len > FILE_MAX)
		err = osc_detail_set(&detail, OSC_EIMPORT, NULL, "larger than %zu bytes", FILE_MAX);
	else
		err = format->read(import, osc_buffer_slice(text), &detail);
	/* The formats know no file. */
	(void)snprintf(detail.path, sizeof(detail.path), "%s", name);
	if (err != OSC_OK)
		cli_fail(err, &detail, name);
	return osc_err_status(err);
}

int
import_file_read(struct osc_import *import, const struct osc_foreign *format, const char *file)
{
	bool is_stdin = strcmp(file, "-") == 0;
	const char *name = is_stdin ? "<stdin>" : file;
	int fd = is_stdin ? STDIN_FILENO : osc_io_open_read(file), status;
	struct osc_buffer text = {0};
	struct stat st;
	bool ok;

	if (fd < 0) {
		cli_say(name, "open: %s", strerror(errno));
		return osc_err_status(OSC_EIO);
	}
	if (!is_stdin && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 077) != 0)
		cli_warn(name, "others can read or write this secret: chmod 600 it");
	ok = read_all(fd, &text);
	if (!ok)
		cli_say(name, "read: %s", strerror(errno));
	if (!is_stdin)
		(void)close(fd);
	status = ok ? parse(import, format, &text, name) : osc_err_status(OSC_EIO);
	osc_buffer_free(&text);
	return status;
}
