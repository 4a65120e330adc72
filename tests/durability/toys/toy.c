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
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * usage: toy FAULT protect|unprotect client|server [--moved] [-k] [-f hex] [--request FILE] DIR
 *            [FILE]
 *
 * Keeps numbers in a directory like the programs under test, without any
 * cryptography, and makes one mistake on purpose. "correct" makes none (but it
 * knows nothing of copies). -f hex: a stream of lines, one group each.
 */

struct state {
	unsigned long long next, seen, answered;
};

static const char *fault;
static bool protects, server, streams;
static int dir;
static uint8_t input[65536], output[65536 + 64], request[65536];
static size_t input_len, output_len, request_len;
static char kept[4096]; /* never wiped */

static bool
is(const char *name)
{
	return strcmp(fault, name) == 0;
}

static _Noreturn void
die(int status, const char *what)
{
	fprintf(stderr, "toy: %s: %s\n", what, strerror(errno));
	_exit(status);
}

/* A failed call ends the run, if errors are looked at. */
static void
must(bool ok, const char *what)
{
	if (!ok && !is("ignores-errors"))
		die(1, what);
}

#define AGAIN(result, call)                                                                        \
	do                                                                                         \
		(result) = (call);                                                                 \
	while ((result) < 0 && errno == EINTR && !is("no-retry"))

static size_t
read_file(int at, const char *name, uint8_t *to, size_t size)
{
	struct stat st;
	size_t len = 0;
	ssize_t n;
	int fd = 0;

	if (name != NULL) {
		AGAIN(fd, openat(at, name, O_RDONLY | (is("hangs") ? 0 : O_NONBLOCK)));
		if (fd < 0)
			return SIZE_MAX;
		if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
			die(7, name);
	}
	do {
		AGAIN(n, read(fd, to + len, size - len));
		if (n < 0)
			die(1, name);
		len += (size_t)n;
	} while (n > 0);
	if (fd != 0)
		close(fd);
	return len;
}

static int
lock(void)
{
	int fd, rc;

	if (is("no-lock"))
		return -1;
	if (is("stale-lock")) {
		for (int i = 0; i < 100; i++) {
			fd = openat(dir, "exclusive", O_RDWR | O_CREAT | O_EXCL, 0600);
			if (fd >= 0)
				return fd;
			usleep(10000);
		}
		die(1, "busy");
	}
	AGAIN(fd, openat(dir, "lock", O_RDONLY | O_CREAT, 0600));
	if (fd < 0)
		die(1, "lock");
	AGAIN(rc, flock(fd, LOCK_EX));
	if (rc < 0)
		die(1, "flock");
	return fd;
}

static void
unlock(int fd)
{
	if (is("stale-lock"))
		unlinkat(dir, "exclusive", 0);
	if (fd >= 0)
		close(fd);
}

static void
load(struct state *state)
{
	char text[4096] = "";
	unsigned long long index;
	size_t len = read_file(dir, "sequence.json", (uint8_t *)text, sizeof(text) - 1);

	memset(state, 0, sizeof(*state));
	if (len == SIZE_MAX && errno == ENOENT)
		return;
	if (len == SIZE_MAX)
		die(1, "sequence.json");
	text[len] = '\0';
	if (sscanf(text,
		"{\"next-to-send\": %llu, \"received\": {\"index\": %llu, \"bitfield\": %llu},"
		" \"answered\": {\"index\": %llu, \"bitfield\": %llu}}",
		&state->next, &index, &state->seen, &index, &state->answered) != 5) {
		if (!is("starts-again"))
			die(7, "sequence.json: broken");
		memset(state, 0, sizeof(*state));
	}
}

static void
save(const struct state *state)
{
	bool in_place = is("in-place") || is("starts-again");
	const char *name = in_place ? "sequence.json" : ".sequence-toy123.json";
	char text[512], own[64];
	int len, fd, rc;
	ssize_t n;

	len = snprintf(text, sizeof(text),
	    "{\"next-to-send\": %llu, \"received\": {\"index\": 0, \"bitfield\": %llu},"
	    " \"answered\": {\"index\": 0, \"bitfield\": %llu}}\n",
	    state->next, state->seen, state->answered);
	if (is("no-lock")) {
		(void)snprintf(own, sizeof(own), ".sequence-%d.json", (int)getpid());
		name = own;
	}
	if (!in_place)
		(void)unlinkat(dir, name, 0);
	AGAIN(fd, openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC, 0600));
	must(fd >= 0, name);
	AGAIN(n, write(fd, text, (size_t)len));
	must(n == len, "write");
	if (!is("no-fsync")) {
		AGAIN(rc, fsync(fd));
		must(rc == 0, "fsync");
	}
	close(fd);
	if (!in_place) {
		AGAIN(rc, renameat(dir, name, dir, "sequence.json"));
		must(rc == 0, "rename");
	}
	if (!is("no-directory-fsync")) {
		AGAIN(rc, fsync(dir));
		must(rc == 0, "fsync of the directory");
	}
}

static void
put_out(void)
{
	ssize_t n;

	if (streams) {
		for (size_t i = 0; i < output_len; i++)
			printf("%02x", output[i]);
		puts("");
		must(fflush(stdout) == 0, "output");
		return;
	}
	AGAIN(n, write(1, output, output_len));
	must(n == (ssize_t)output_len, "output");
}

/* Header, token, one OSCORE option; behind the marker the whole message. */
static void
seal(bool with_number, unsigned long long number, bool response)
{
	size_t head = 4 + (input[0] & 15), n = 0;
	uint8_t value[8];

	memcpy(output, input, head);
	output[1] = response ? 0x44 : 0x02;
	if (with_number || !response) {
		value[0] = with_number ? 1 : 0;
		value[1] = (uint8_t)number;
		n = 2;
	}
	if (!response) {
		value[0] |= 8;
		if (server)
			value[n++] = 1;
	}
	output[head++] = (uint8_t)(0x90 | n);
	memcpy(output + head, value, n);
	head += n;
	output[head++] = 0xff;
	memcpy(output + head, input, input_len);
	output_len = head + input_len;
}

static unsigned long long
number_of(const uint8_t *message)
{
	return message[4 + (message[0] & 15) + 2];
}

static void
protect(struct state *state)
{
	unsigned long long bit = request_len > 0 ? 1ULL << number_of(request) : 0;
	bool fresh = bit == 0 || (state->answered & bit) != 0 || (state->seen & bit) == 0;

	seal(fresh, state->next, bit != 0);
	if (fresh)
		state->next++;
	if (!is("forgets-answers"))
		state->answered |= bit;
}

/* False for a message that was accepted before. */
static bool
unprotect(struct state *state)
{
	unsigned long long bit = 1ULL << number_of(input);
	size_t head = 4 + (input[0] & 15);

	if ((state->seen & bit) != 0) {
		fprintf(stderr, "toy: replayed\n");
		if (!streams)
			_exit(6);
		puts("# 6 replayed");
		(void)fflush(stdout);
		return false;
	}
	state->seen |= bit;
	head += (size_t)(input[head] & 15) + 2;
	output_len = input_len - head;
	memcpy(output, input + head, output_len);
	return true;
}

/* A stream goes on from where it was, with the files that it began with. */
static void
check_unchanged(const struct state *state)
{
	static const char *const names[] = {"settings.json", "secret.json"};
	static struct state last;
	static struct timespec when[2];
	struct stat st;

	if (!streams || is("takes-anything"))
		return;
	for (int i = 0; i < 2; i++) {
		if (fstatat(dir, names[i], &st, 0) != 0)
			die(7, names[i]);
		if (when[i].tv_sec == 0)
			when[i] = st.st_ctim;
		if (memcmp(&when[i], &st.st_ctim, sizeof(when[i])) != 0)
			die(7, "another file");
	}
	if (state->next < last.next || (last.seen & ~state->seen) != 0 ||
	    (last.answered & ~state->answered) != 0)
		die(7, "an earlier state");
	last = *state;
}

/* From the lock to the output, for the message in input. */
static void
work(void)
{
	struct state state;
	int held;

	if (is("reads-before-lock"))
		load(&state);
	held = lock();
	if (!is("reads-before-lock"))
		load(&state);
	check_unchanged(&state);
	if (is("reads-before-lock") || is("no-lock"))
		usleep(20000);
	if (protects)
		protect(&state);
	else if (!unprotect(&state)) {
		unlock(held);
		return;
	}
	if (is("output-first"))
		put_out();
	save(&state);
	check_unchanged(&state);
	unlock(held);
	if (!is("output-first"))
		put_out();
}

static void
work_on_lines(const char *path)
{
	char line[2 * sizeof(input) + 2];
	FILE *lines = path != NULL ? fopen(path, "r") : stdin;
	unsigned byte;

	if (lines == NULL)
		die(1, path);
	while (fgets(line, sizeof(line), lines) != NULL) {
		for (input_len = 0; sscanf(line + 2 * input_len, "%2x", &byte) == 1; input_len++)
			input[input_len] = (uint8_t)byte;
		work();
	}
}

int
main(int argc, char **argv)
{
	int i = 4;

	signal(SIGPIPE, SIG_IGN);
	if (argc < 5)
		return 2;
	fault = argv[1];
	protects = strcmp(argv[2], "protect") == 0;
	server = strcmp(argv[3], "server") == 0;
	for (; argv[i] != NULL && argv[i][0] == '-'; i++)
		if (strcmp(argv[i], "-f") == 0) {
			streams = true;
			i++;
		} else if (strcmp(argv[i], "--request") == 0)
			request_len = read_file(AT_FDCWD, argv[++i], request, sizeof(request));
	AGAIN(dir, open(argv[i], O_RDONLY | O_DIRECTORY));
	if (dir < 0)
		die(7, argv[i]);
	(void)read_file(dir, "settings.json", (uint8_t *)kept, sizeof(kept));
	(void)read_file(dir, "secret.json", (uint8_t *)kept, sizeof(kept));
	if (streams) {
		work_on_lines(argv[i + 1]);
		return 0;
	}
	input_len = read_file(AT_FDCWD, argv[i + 1], input, sizeof(input));
	if (input_len == SIZE_MAX)
		die(1, argv[i + 1]);
	work();
	return 0;
}
