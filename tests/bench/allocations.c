/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#define _GNU_SOURCE /* RTLD_NEXT */
#include <dlfcn.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/*
 * Counts what a program asks of the heap: LD_PRELOAD this, and name a file in ALLOCATIONS, to
 * which the number is written at the end.
 */

static unsigned long calls;

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *ptr, size_t size);

void *
malloc(size_t size)
{
	calls++;
	return __libc_malloc(size);
}

void *
calloc(size_t n, size_t size)
{
	calls++;
	return __libc_calloc(n, size);
}

void *
realloc(void *ptr, size_t size)
{
	calls++;
	return __libc_realloc(ptr, size);
}

__attribute__((destructor)) static void
report(void)
{
	const char *path = getenv("ALLOCATIONS");
	char text[32];
	int fd = path != NULL ? open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600) : -1;
	int len = snprintf(text, sizeof(text), "%lu\n", calls);

	if (fd >= 0) {
		(void)!write(fd, text, (size_t)len);
		(void)close(fd);
	}
}
