/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "message/utf8.h"
#include "output.h"

void
output_init(struct output *output, const char *path)
{
	struct osc_packet packet = {0};
	bool forced = path != NULL;

	if (path != NULL && strcmp(path, "-") == 0)
		path = NULL;
	output->name = path != NULL ? path : "<stdout>";
	output->path = path;
	output->temporary = NULL;
	output->fd = -1;
	output->terminal = !forced && isatty(STDOUT_FILENO);
	if (path == NULL)
		packet = osc_packet_look(STDOUT_FILENO);
	output->packets = packet.is_packet;
	output->connected = !packet.is_packet || packet.connected;
	output->guarded = output->old = output->failed = output->secret = false;
}

enum osc_err
output_check(struct output *output, enum osc_format format, struct osc_detail *detail)
{
	if (osc_format_is_binary(format) && output->terminal)
		return OSC_ETERMINAL;
	output->guarded = format == OSC_FORMAT_PAYLOAD && output->terminal;
	if (!output->connected)
		return osc_detail_set(
		    detail, OSC_EIO, output->name, "a datagram socket that is connected to nobody");
	return OSC_OK;
}

/* A temporary beside FILE, with the mode FILE has or would get. */
static enum osc_err
open_temporary(struct output *output, mode_t mode, struct osc_detail *detail)
{
	size_t size = strlen(output->path) + sizeof(".XXXXXX");

	output->temporary = malloc(size);
	if (output->temporary == NULL)
		return OSC_ENOMEM;
	(void)snprintf(output->temporary, size, "%s.XXXXXX", output->path);
	output->fd = osc_io_temporary(output->temporary);
	if (output->fd < 0) {
		free(output->temporary);
		output->temporary = NULL;
		return osc_detail_errno(detail, OSC_EIO, output->name, "create");
	}
	/* It was made with 0600. */
	if (!output->secret && fchmod(output->fd, mode) != 0)
		return osc_detail_errno(detail, OSC_EIO, output->name, "chmod");
	return OSC_OK;
}

enum osc_err
output_open(struct output *output, struct osc_detail *detail)
{
	struct stat st;
	mode_t mask;

	if (output->fd >= 0)
		return OSC_OK;
	if (output->path != NULL && output->path[0] == '\0') {
		errno = ENOENT;
		return osc_detail_errno(detail, OSC_EIO, output->name, "open");
	}
	if (output->path == NULL) {
		output->fd = STDOUT_FILENO;
		return OSC_OK;
	}
	/* lstat: a link such as /dev/stdout is written through, not replaced. */
	if (lstat(output->path, &st) == 0) {
		if (S_ISREG(st.st_mode))
			return open_temporary(output, st.st_mode & 0777, detail);
	} else if (errno == ENOENT) {
		mask = umask(0);
		(void)umask(mask);
		return open_temporary(output, 0666 & ~mask, detail);
	} else {
		return osc_detail_errno(detail, OSC_EIO, output->name, "open");
	}
	OSC_RETRY(output->fd, open(output->path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY, 0666));
	if (output->fd < 0)
		return osc_detail_errno(detail, OSC_EIO, output->name, "open");
	/* Behind a link there may be one: it is emptied when something goes there. */
	output->old = fstat(output->fd, &st) == 0 && S_ISREG(st.st_mode);
	return OSC_OK;
}

static enum osc_err
drop_old(struct output *output, struct osc_detail *detail)
{
	if (output->old && ftruncate(output->fd, 0) != 0)
		return osc_detail_errno(detail, OSC_EIO, output->name, "truncate");
	output->old = false;
	return OSC_OK;
}

enum osc_err
output_write(struct output *output, const void *from, size_t len, struct osc_detail *detail)
{
	if (output->guarded && !osc_utf8_is_clean(osc_slice(from, len))) {
		(void)osc_detail_set(detail, OSC_EIO, output->name,
		    "the payload has control characters, which do not go to a terminal");
		osc_detail_hint(detail,
		    "the message is used up; for the next one add '-o FILE', or force it with '-o -'");
		return OSC_EIO;
	}
	if (drop_old(output, detail) != OSC_OK)
		return OSC_EIO;
	/* On a packet socket the first try may report the fate of an earlier packet. */
	if (!osc_io_write(output->fd, from, len) &&
	    !(output->packets && osc_packet_passing(errno) && osc_io_write(output->fd, from, len)))
		return osc_detail_errno(detail, OSC_EIO, output->name, "write");
	return OSC_OK;
}

enum osc_err
output_close(struct output *output, bool keep, struct osc_detail *detail)
{
	enum osc_err err = OSC_OK;

	if (keep)
		err = drop_old(output, detail);
	/* Standard output is closed, and that checked, at the end of the program. */
	if (output->path != NULL && output->fd >= 0 && close(output->fd) != 0 && errno != EINTR &&
	    keep && err == OSC_OK)
		err = osc_detail_errno(detail, OSC_EIO, output->name, "close");
	output->fd = -1;
	if (output->temporary == NULL)
		return err;
	if (err == OSC_OK && keep && rename(output->temporary, output->path) != 0)
		err = osc_detail_errno(detail, OSC_EIO, output->name, "rename");
	if (err != OSC_OK || !keep)
		(void)unlink(output->temporary);
	free(output->temporary);
	output->temporary = NULL;
	return err;
}

void
output_remove(const struct output *output)
{
	struct stat st;

	if (output->path != NULL && lstat(output->path, &st) == 0 && S_ISREG(st.st_mode))
		(void)unlink(output->path);
}
