/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "cli.h"
#include "progress.h"

#define FIRST_MS 2000
#define STEP_MS 500
#define WIDTH 72 /* columns that a line takes, and that clearing blanks */

static void
clear(void *arg)
{
	struct progress *progress = arg;

	if (progress->shown)
		(void)fprintf(stderr, "\r%-*s\r", WIDTH, "");
	progress->shown = false;
}

void
progress_start(struct progress *progress, int input, bool beside_output)
{
	memset(progress, 0, sizeof(*progress));
	progress->on = !cli_is_quiet() && !beside_output && !isatty(input) && isatty(STDERR_FILENO);
	progress->fd = input;
	if (!progress->on)
		return;
	progress->begin = osc_io_now();
	progress->next = progress->begin + FIRST_MS;
	cli_before_line(clear, progress);
}

/* Seconds until a file is read, going on as fast as until now; -1 if nobody knows. */
static long long
seconds_left(const struct progress *progress, int64_t elapsed)
{
	off_t at = lseek(progress->fd, 0, SEEK_CUR);
	struct stat st;

	if (at <= 0 || fstat(progress->fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size < at)
		return -1;
	return (long long)((double)elapsed * (double)(st.st_size - at) / (double)at / 1000.0);
}

void
progress_show(struct progress *progress, uint64_t messages)
{
	char line[WIDTH + 1], left[32] = "";
	long long seconds;
	int64_t now;

	if (!progress->on)
		return;
	now = osc_io_now();
	if (now < progress->next)
		return;
	seconds = seconds_left(progress, now - progress->begin);
	if (seconds >= 0)
		(void)snprintf(left, sizeof(left), ", %lld s left", seconds);
	(void)snprintf(line, sizeof(line), "%s: %llu message%s, %llu/s%s", cli_program_name,
	    (unsigned long long)messages, messages == 1 ? "" : "s",
	    (unsigned long long)(messages * 1000 / (uint64_t)(now - progress->begin)), left);
	(void)fprintf(stderr, "\r%-*s\r%s", WIDTH, "", line);
	progress->shown = true;
	progress->next = now + STEP_MS;
}

void
progress_end(struct progress *progress)
{
	clear(progress);
	cli_before_line(NULL, NULL);
}
