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
 * usage: scan exit|output|error|input NEEDLES COMMAND...
 *
 * Runs a command, stops it at its end, at its first write to standard output or to
 * standard error, or at its first read of standard input behind a write to standard
 * output, and looks for byte strings in all the memory that it can read. NEEDLES is
 * a file of lines NAME HEX. Prints to descriptor 3: a line "NAME PLACE" for each
 * find, and at the end "scanned N bytes". PLACE is what is mapped there; locked
 * memory and such as is left out of core dumps is marked so. Exit status: that of
 * the command.
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

/* All mappings: in smaps the flags come behind the line that maps has. */
static void
scan(pid_t pid)
{
	char path[64], line[4352], access[8] = "", place[4096] = "", marked[4160];
	unsigned long long from = 0, to = 0, start, end;
	size_t total = 0;
	int memory, n;
	FILE *maps;

	(void)snprintf(path, sizeof(path), "/proc/%d/mem", (int)pid);
	memory = open(path, O_RDONLY);
	if (memory == -1)
		die(path);
	(void)snprintf(path, sizeof(path), "/proc/%d/smaps", (int)pid);
	maps = fopen(path, "r");
	if (maps == NULL)
		die(path);
	while (fgets(line, sizeof(line), maps) != NULL) {
		if (sscanf(line, "%llx-%llx ", &start, &end) == 2) {
			from = start, to = end, place[0] = '\0';
			n = sscanf(line, "%*s %7s %*s %*s %*s %4095[^\n]", access, place);
			if (n < 2)
				(void)snprintf(place, sizeof(place), "anonymous-%llx", from);
		} else if (strncmp(line, "VmFlags:", 8) == 0 && access[0] == 'r') {
			(void)snprintf(marked, sizeof(marked), "%s%s%s", place,
			    strstr(line, " lo") != NULL ? " locked" : "",
			    strstr(line, " dd") != NULL ? " undumped" : "");
			total += scan_range(memory, from, to, marked);
		}
	}
	fprintf(report, "scanned %zu bytes\n", total);
	fclose(maps);
	close(memory);
}

static const char *when;

/* Is this the entry of the call to stop at? */
static bool
is_moment(pid_t pid)
{
	static bool written;
	struct __ptrace_syscall_info info;
	unsigned long long fd;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info) <= 0)
		die("PTRACE_GET_SYSCALL_INFO");
	if (info.op != PTRACE_SYSCALL_INFO_ENTRY)
		return false;
	fd = info.entry.args[0];
	if (strcmp(when, "input") == 0 && info.entry.nr == SYS_read)
		return written && fd == STDIN_FILENO;
	if (info.entry.nr != SYS_write)
		return false;
	written = written || fd == STDOUT_FILENO;
	return (strcmp(when, "output") == 0 && fd == STDOUT_FILENO) ||
	    (strcmp(when, "error") == 0 && fd == STDERR_FILENO);
}

static int
trace(pid_t pid)
{
	const long options = PTRACE_O_TRACEEXIT | PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL;
	bool at_exit = strcmp(when, "exit") == 0, scanned = false, exits;
	int status, signal_number;

	if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status))
		die("the command did not stop");
	if (ptrace(PTRACE_SETOPTIONS, pid, 0, options) == -1)
		die("PTRACE_SETOPTIONS");
	for (signal_number = 0;;) {
		if (ptrace(at_exit ? PTRACE_CONT : PTRACE_SYSCALL, pid, 0, signal_number) == -1)
			die("ptrace");
		if (waitpid(pid, &status, 0) != pid)
			die("waitpid");
		if (!WIFSTOPPED(status))
			break;
		signal_number = 0;
		exits = status >> 8 == (SIGTRAP | PTRACE_EVENT_EXIT << 8);
		if (WSTOPSIG(status) == (SIGTRAP | 0x80)) {
			if (!scanned && is_moment(pid)) {
				scan(pid);
				scanned = true;
			}
		} else if (exits && at_exit)
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
	when = argv[1];
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
		execvp(argv[3], argv + 3);
		die(argv[3]);
	}
	return trace(pid);
}
