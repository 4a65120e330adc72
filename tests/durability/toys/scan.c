/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * usage: scan exit|output NEEDLES COMMAND...
 *
 * Runs a command, stops it at its end or at its first write to standard output,
 * and looks for byte strings in all the memory that it can read. NEEDLES is a
 * file of lines NAME HEX. Prints to descriptor 3: a line "NAME PLACE" for
 * each find, and at the end "scanned N bytes". Exit status: that of the command.
 */

#define NEEDLES_MAX 64
#define CHUNK ((size_t)1 << 20)
#define OVERLAP 256

struct needle {
	char name[64];
	uint8_t bytes[OVERLAP];
	size_t len;
};

static struct needle needles[NEEDLES_MAX];
static size_t n_needles;
static FILE *report;

static _Noreturn void
die(const char *what)
{
	fprintf(stderr, "scan: %s: %s\n", what, strerror(errno));
	exit(125);
}

static void
read_needles(const char *path)
{
	FILE *file = fopen(path, "r");
	char hex[2 * OVERLAP + 1];
	unsigned byte;

	if (file == NULL)
		die(path);
	while (n_needles < NEEDLES_MAX &&
	    fscanf(file, "%63s %512s", needles[n_needles].name, hex) == 2) {
		struct needle *needle = &needles[n_needles++];

		for (; sscanf(hex + 2 * needle->len, "%2x", &byte) == 1; needle->len++)
			needle->bytes[needle->len] = (uint8_t)byte;
	}
	fclose(file);
}

static void
scan_chunk(const uint8_t *bytes, size_t len, size_t fresh, const char *place)
{
	const uint8_t *at;

	for (size_t i = 0; i < n_needles; i++)
		for (size_t from = 0; from < len; from = (size_t)(at - bytes) + 1) {
			at = memmem(bytes + from, len - from, needles[i].bytes, needles[i].len);
			if (at == NULL)
				break;
			/* What lies in the overlap alone was seen before. */
			if ((size_t)(at - bytes) + needles[i].len > len - fresh)
				fprintf(report, "%s %s\n", needles[i].name, place);
		}
}

static size_t
scan_range(int memory, uint64_t from, uint64_t to, const char *place)
{
	static uint8_t buffer[OVERLAP + CHUNK];
	size_t kept = 0, total = 0;
	ssize_t n;

	while (from < to) {
		n = pread(
		    memory, buffer + kept, to - from < CHUNK ? to - from : CHUNK, (off_t)from);
		if (n <= 0)
			break; /* [vvar] and what is behind the end of a file */
		scan_chunk(buffer, kept + (size_t)n, (size_t)n, place);
		from += (uint64_t)n;
		total += (size_t)n;
		if (kept + (size_t)n > OVERLAP) {
			memmove(buffer, buffer + kept + (size_t)n - OVERLAP, OVERLAP);
			kept = OVERLAP;
		} else
			kept += (size_t)n;
	}
	return total;
}

static void
scan(pid_t pid)
{
	char path[64], line[4352], access[8], place[4096];
	unsigned long long from, to;
	size_t total = 0;
	int memory, n;
	FILE *maps;

	(void)snprintf(path, sizeof(path), "/proc/%d/mem", (int)pid);
	memory = open(path, O_RDONLY);
	if (memory == -1)
		die(path);
	(void)snprintf(path, sizeof(path), "/proc/%d/maps", (int)pid);
	maps = fopen(path, "r");
	if (maps == NULL)
		die(path);
	while (fgets(line, sizeof(line), maps) != NULL) {
		place[0] = '\0';
		n = sscanf(line, "%llx-%llx %7s %*s %*s %*s %4095[^\n]", &from, &to, access, place);
		if (n < 3 || access[0] != 'r')
			continue;
		if (n < 4)
			(void)snprintf(place, sizeof(place), "anonymous-%llx", from);
		total += scan_range(memory, from, to, place);
	}
	fprintf(report, "scanned %zu bytes\n", total);
	fclose(maps);
	close(memory);
}

/* Is this the entry of a write to standard output? */
static bool
is_output(pid_t pid)
{
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info) <= 0)
		die("PTRACE_GET_SYSCALL_INFO");
	return info.op == PTRACE_SYSCALL_INFO_ENTRY && info.entry.nr == SYS_write &&
	    info.entry.args[0] == STDOUT_FILENO;
}

static int
trace(pid_t pid, bool at_output)
{
	const long options = PTRACE_O_TRACEEXIT | PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL;
	bool scanned = false, exits;
	int status, signal_number;

	if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status))
		die("the command did not stop");
	if (ptrace(PTRACE_SETOPTIONS, pid, 0, options) == -1)
		die("PTRACE_SETOPTIONS");
	for (signal_number = 0;;) {
		if (ptrace(at_output ? PTRACE_SYSCALL : PTRACE_CONT, pid, 0, signal_number) == -1)
			die("ptrace");
		if (waitpid(pid, &status, 0) != pid)
			die("waitpid");
		if (!WIFSTOPPED(status))
			break;
		signal_number = 0;
		exits = status >> 8 == (SIGTRAP | PTRACE_EVENT_EXIT << 8);
		if (WSTOPSIG(status) == (SIGTRAP | 0x80)) {
			if (!scanned && is_output(pid)) {
				scan(pid);
				scanned = true;
			}
		} else if (exits && !at_output)
			scan(pid);
		else if (WSTOPSIG(status) != SIGTRAP)
			signal_number = WSTOPSIG(status);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int
main(int argc, char **argv)
{
	pid_t pid;

	if (argc < 4)
		return 125;
	report = fdopen(3, "w");
	if (report == NULL)
		die("descriptor 3");
	(void)fcntl(3, F_SETFD, FD_CLOEXEC);
	read_needles(argv[2]);
	pid = fork();
	if (pid == -1)
		die("fork");
	if (pid == 0) {
		if (ptrace(PTRACE_TRACEME, 0, 0, 0) == -1)
			die("PTRACE_TRACEME");
		execv(argv[3], argv + 3);
		die(argv[3]);
	}
	return trace(pid, strcmp(argv[1], "output") == 0);
}
