/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/*
 * Preloaded: the allocation number $FAIL_AT of the process fails, counted from 1.
 * $FAIL_FROM instead: that one and all that follow. A byte in descriptor $FAIL_FD
 * says that it did.
 */

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *ptr, size_t size);

static int
fails(void)
{
	static unsigned long count, at, from;
	static int started, fd;

	if (!started) {
		const char *text = getenv("FAIL_AT");

		started = 1;
		at = text != NULL ? strtoul(text, NULL, 10) : 0;
		text = getenv("FAIL_FROM");
		from = text != NULL ? strtoul(text, NULL, 10) : 0;
		text = getenv("FAIL_FD");
		fd = text != NULL ? (int)strtol(text, NULL, 10) : -1;
	}
	count++;
	if (count != at && (from == 0 || count < from))
		return 0;
	(void)!write(fd, "", 1);
	errno = ENOMEM;
	return 1;
}

void *
malloc(size_t size)
{
	return fails() ? NULL : __libc_malloc(size);
}

void *
calloc(size_t n, size_t size)
{
	return fails() ? NULL : __libc_calloc(n, size);
}

void *
realloc(void *ptr, size_t size)
{
	return fails() ? NULL : __libc_realloc(ptr, size);
}
