/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#define _GNU_SOURCE /* wait4 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/*
 * usage: runner FILE COMMAND [ARGUMENT]...
 *
 * Runs a command, and writes to FILE: user and system seconds, wall-clock seconds, KiB of memory
 * at most, page faults, exit status. From a small process, since a large one would hand its own
 * memory on.
 */
int
main(int argc, char **argv)
{
	struct timespec begin, end;
	struct rusage usage;
	int status = 0;
	FILE *out;
	pid_t pid;

	if (argc < 3)
		return 2;
	(void)clock_gettime(CLOCK_MONOTONIC, &begin);
	pid = vfork();
	if (pid == 0) {
		(void)execvp(argv[2], argv + 2);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &usage) != pid)
		return 1;
	(void)clock_gettime(CLOCK_MONOTONIC, &end);
	out = fopen(argv[1], "w");
	if (out == NULL)
		return 1;
	(void)fprintf(out, "%ld.%06ld %ld.%06ld %.9f %ld %ld %d\n", (long)usage.ru_utime.tv_sec,
	    (long)usage.ru_utime.tv_usec, (long)usage.ru_stime.tv_sec, (long)usage.ru_stime.tv_usec,
	    (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) / 1e9,
	    usage.ru_maxrss, usage.ru_minflt, WIFEXITED(status) ? WEXITSTATUS(status) : 128);
	return fclose(out) != 0;
}
