/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#define _GNU_SOURCE
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

/*
 * To be preloaded by a test, never to be used: a program that asks for 8 random bytes gets those
 * of $RANDOM_8, in hex, and one that asks for 32 those of $RANDOM_32; all else is random.
 */

ssize_t
getrandom(void *buf, size_t size, unsigned flags)
{
	const char *hex = size == 8 ? getenv("RANDOM_8") : size == 32 ? getenv("RANDOM_32") : NULL;
	unsigned char *to = buf;

	if (hex == NULL || strlen(hex) != 2 * size)
		return syscall(SYS_getrandom, buf, size, flags);
	for (size_t i = 0; i < size; i++)
		if (sscanf(hex + 2 * i, "%2hhx", &to[i]) != 1)
			return -1;
	return (ssize_t)size;
}
