/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_TESTS_FRAMES_H
#define OSC_TESTS_FRAMES_H

/* Frames that read from pipes and files. */

#include <fcntl.h>
#include <unistd.h>

#include "helper.h"
#include "message/frame.h"

static struct osc_item items[OSC_GROUP_ITEMS];
static struct osc_frame frame;

/* A pipe that holds a text; the end to write to, or -1 if it was closed. */
static inline int
pipe_with(const char *text, bool close_it, enum osc_format format)
{
	int ends[2];

	if (pipe(ends) != 0 || write(ends[1], text, strlen(text)) != (ssize_t)strlen(text))
		abort();
	osc_frame_init(&frame, ends[0], format);
	if (!close_it)
		return ends[1];
	(void)close(ends[1]);
	return -1;
}

/* A file that holds bytes, for more than a pipe takes. */
static inline void
file_with(const uint8_t *bytes, size_t len, enum osc_format format)
{
	FILE *file = tmpfile();
	int fd;

	if (file == NULL || fwrite(bytes, 1, len, file) != len || fflush(file) != 0 ||
	    lseek(fileno(file), 0, SEEK_SET) != 0)
		abort();
	fd = dup(fileno(file));
	(void)fclose(file);
	osc_frame_init(&frame, fd, format);
}

static inline size_t
read_group(size_t max)
{
	size_t n = SIZE_MAX;

	CHECK(osc_frame_read(&frame, items, max, &n, NULL) == OSC_OK);
	return n;
}

static inline void
done(void)
{
	CHECK(read_group(OSC_GROUP_ITEMS) == 0);
	osc_frame_free(&frame);
	(void)close(frame.fd);
}

static inline bool
is_item(size_t i, uint64_t number, const char *digits)
{
	return items[i].err == OSC_OK && items[i].number == number && same(items[i].in, digits);
}

#endif
