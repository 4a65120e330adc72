/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#define _GNU_SOURCE /* syscall */
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * Counts what a program asks of the heap, and how often it has something written durably:
 * LD_PRELOAD this, and name a file in CALLS, to which the two numbers are written at the end.
 */

static unsigned long heap, durable;

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *ptr, size_t size);

void *
malloc(size_t size)
{
	heap++;
	return __libc_malloc(size);
}

void *
calloc(size_t n, size_t size)
{
	heap++;
	return __libc_calloc(n, size);
}

void *
realloc(void *ptr, size_t size)
{
	heap++;
	return __libc_realloc(ptr, size);
}

int
fsync(int fd)
{
	durable++;
	return (int)syscall(SYS_fsync, fd);
}

int
fdatasync(int fd)
{
	durable++;
	return (int)syscall(SYS_fdatasync, fd);
}

int
syncfs(int fd)
{
	durable++;
	return (int)syscall(SYS_syncfs, fd);
}

__attribute__((destructor)) static void
report(void)
{
	const char *path = getenv("CALLS");
	char text[64];
	int fd = path != NULL ? open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600) : -1;
	int len = snprintf(text, sizeof(text), "%lu %lu\n", heap, durable);

	if (fd >= 0) {
		(void)!write(fd, text, (size_t)len);
		(void)close(fd);
	}
}

/* A program may leave without tidying up. */
__attribute__((constructor)) static void
start(void)
{
	(void)at_quick_exit(report);
}
