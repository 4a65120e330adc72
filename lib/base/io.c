/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#define _GNU_SOURCE /* mkostemp, F_SETPIPE_SZ */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"

bool
osc_io_start(void)
{
	int fd;

	if (signal(SIGPIPE, SIG_IGN) == SIG_ERR || signal(SIGXFSZ, SIG_IGN) == SIG_ERR)
		return false;
	/* open() takes the lowest free descriptor, so this goes upwards. */
	for (int want = STDIN_FILENO; want <= STDERR_FILENO; want++) {
		if (fcntl(want, F_GETFD) >= 0)
			continue;
		fd = open("/dev/null", want == STDIN_FILENO ? O_WRONLY : O_RDONLY);
		if (fd != want)
			return false;
	}
	return true;
}

static void
wait_for(int fd, short events)
{
	struct pollfd pfd = {.fd = fd, .events = events};

	(void)poll(&pfd, 1, -1);
}

ssize_t
osc_io_read(int fd, void *to, size_t len)
{
	ssize_t n;

	for (;;) {
		OSC_RETRY(n, read(fd, to, len));
		if (n >= 0 || errno != EAGAIN)
			return n;
		wait_for(fd, POLLIN);
	}
}

bool
osc_io_readable(int fd)
{
	struct pollfd pfd = {.fd = fd, .events = POLLIN};

	return poll(&pfd, 1, 0) > 0;
}

void
osc_io_widen(int fd)
{
#ifdef F_SETPIPE_SZ
	(void)fcntl(fd, F_SETPIPE_SZ, 1024 * 1024);
#else
	(void)fd;
#endif
}

bool
osc_io_write(int fd, const void *from, size_t len)
{
	const char *at = from;
	ssize_t n;

	while (len > 0) {
		OSC_RETRY(n, write(fd, at, len));
		if (n >= 0) {
			at += n;
			len -= (size_t)n;
		} else if (errno == EAGAIN) {
			wait_for(fd, POLLOUT);
		} else {
			return false;
		}
	}
	return true;
}

int
osc_io_temporary(char *name)
{
	return mkostemp(name, O_CLOEXEC);
}

int
osc_io_open_read(const char *path)
{
	int fd;

	OSC_RETRY(fd, open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY));
	return fd;
}

int64_t
osc_io_now(void)
{
	struct timespec now = {0};

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
