/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * What a program costs that does nothing: noop. What it costs to replace a file
 * durably, as a run of oscore-protect has to, and how often: noop DIRECTORY [TIMES].
 */
int
main(int argc, char **argv)
{
	static const char text[] = "{\"next-to-send\": 20, \"received\": {\"index\": 0}}\n";
	int dir, file;
	long times = argc > 2 ? strtol(argv[2], NULL, 10) : 1;

	if (argc < 2)
		return 0;
	dir = open(argv[1], O_RDONLY | O_DIRECTORY);
	if (dir < 0)
		return 1;
	while (times-- > 0) {
		file = openat(dir, "new", O_WRONLY | O_CREAT | O_TRUNC, 0600);
		if (file < 0 || write(file, text, strlen(text)) != (ssize_t)strlen(text) ||
		    fsync(file) != 0 || close(file) != 0 ||
		    renameat(dir, "new", dir, "state") != 0 || fsync(dir) != 0)
			return 1;
	}
	return 0;
}
