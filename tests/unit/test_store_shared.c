/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <sys/wait.h>

#include "with_store.h"

static void
test_store_changed(void)
{
	struct osc_store *store;

	/* The same size, so that only content and time tell. */
	start(PAIR, STATE);
	CHECK(open_store(&store) == OSC_OK && osc_store_begin(store, &detail) == OSC_OK);
	dir_write("sequence.json",
	    "{\"next-to-send\": 9, \"received\": {\"index\": 0, \"bitfield\": 0}}");
	osc_store_state(store)->next++;
	CHECK(osc_commit_one(store, &detail) == OSC_ECHANGED && says("nothing was written"));
	CHECK(strstr(dir_read("sequence.json"), "\"next-to-send\": 9,") != NULL);
	CHECK(dir_count() == 4);
	osc_store_end(store);
	/* A failure is final. */
	CHECK(osc_store_begin(store, &detail) == OSC_EIO);
	osc_store_close(&store);
	/* Removed. */
	start(PAIR, STATE);
	CHECK(open_store(&store) == OSC_OK && osc_store_begin(store, &detail) == OSC_OK);
	CHECK(unlink(dir_name("sequence.json")) == 0);
	osc_store_state(store)->next++;
	CHECK(osc_commit_one(store, &detail) == OSC_ECHANGED && !dir_has("sequence.json"));
	osc_store_close(&store);
	/* The lock is not ours any more. */
	start(PAIR, STATE);
	CHECK(open_store(&store) == OSC_OK && osc_store_begin(store, &detail) == OSC_OK);
	CHECK(unlink(dir_name("lock")) == 0);
	dir_write("lock", "");
	osc_store_state(store)->next++;
	CHECK(osc_commit_one(store, &detail) == OSC_ECHANGED);
	CHECK(strcmp(detail.path, dir_name("lock")) == 0);
	CHECK(strcmp(dir_read("sequence.json"), STATE) == 0);
	osc_store_close(&store);
}

/* A file that was there when the directory was opened. */
static void
test_store_removed(void)
{
	struct osc_store *store;
	uint64_t number;

	start(PAIR, NULL);
	CHECK(open_store(&store) == OSC_OK && take(store, &number) == OSC_OK);
	CHECK(unlink(dir_name("sequence.json")) == 0);
	CHECK(take(store, &number) == OSC_ESTATE && says("was removed while it was in use"));
	CHECK(!dir_has("sequence.json"));
	osc_store_close(&store);
	CHECK(run(OSC_ROLE_NONE, 0, &number) == OSC_ESTATE);
}

/* The old file is kept, so that its inode number is not given to the new one. */
static void
copy_state(void)
{
	char *text = strdup(dir_read("sequence.json"));

	CHECK(rename(dir_name("sequence.json"), dir_name("original")) == 0);
	dir_write("sequence.json", text);
	free(text);
}

static void
test_store_copy(void)
{
	struct osc_store *store;
	uint64_t number;

	start(PAIR, STATE);
	copy_state();
	CHECK(run(OSC_ROLE_NONE, 0, &number) == OSC_OK && number == 7);
	CHECK(strstr(dir_read("sequence.json"), "\"inode\": ") != NULL);
	CHECK(unlink(dir_name("original")) == 0 && unlink(dir_name("lock")) == 0);
	copy_state();
	CHECK(run(OSC_ROLE_NONE, 0, &number) == OSC_ECOPY && says("copy of a context"));
	CHECK(!dir_has("lock"));
	/* Looking is allowed. */
	CHECK(open_store(&store) == OSC_OK && osc_store_state(store)->next == 8);
	CHECK(osc_store_check(store, &detail) == OSC_ECOPY);
	osc_store_close(&store);
	/* Moved: accepted, and written though nothing has changed. */
	CHECK(open_as(&store, OSC_ROLE_NONE, OSC_STORE_MOVED) == OSC_OK);
	CHECK(osc_store_check(store, &detail) == OSC_OK);
	CHECK(osc_store_begin(store, &detail) == OSC_OK);
	CHECK(osc_commit_one(store, &detail) == OSC_OK);
	osc_store_end(store);
	CHECK(run(OSC_ROLE_NONE, 0, &number) == OSC_OK && number == 8);
	/* Once: the same store accepts no second difference. */
	CHECK(unlink(dir_name("original")) == 0);
	copy_state();
	CHECK(osc_store_begin(store, &detail) == OSC_ECOPY);
	osc_store_close(&store);
	/* A roll-back, too. */
	start(PAIR, STATE);
	CHECK(run(OSC_ROLE_NONE, 0, &number) == OSC_OK);
	copy_state();
	CHECK(rename(dir_name("sequence.json"), dir_name("backup")) == 0);
	CHECK(rename(dir_name("original"), dir_name("sequence.json")) == 0);
	CHECK(run(OSC_ROLE_NONE, 0, &number) == OSC_OK && number == 8);
	CHECK(rename(dir_name("backup"), dir_name("sequence.json")) == 0);
	CHECK(run(OSC_ROLE_NONE, 0, &number) == OSC_ECOPY);
}

/* N processes, each with a store that goes on or with one for every number. */
#define PROCESSES 6
#define NUMBERS 25

static int
child(int out, bool keep)
{
	struct osc_store *store = NULL;
	uint64_t number;

	for (int i = 0; i < NUMBERS; i++) {
		if (store == NULL && open_store(&store) != OSC_OK)
			return 1;
		if (take(store, &number) != OSC_OK)
			return 1;
		if (write(out, &number, sizeof(number)) != (ssize_t)sizeof(number))
			return 1;
		if (!keep)
			osc_store_close(&store);
	}
	osc_store_close(&store);
	return 0;
}

static void
test_store_processes(void)
{
	bool seen[PROCESSES * NUMBERS] = {false};
	uint64_t number, count = 0;
	int pipes[2], status;
	pid_t pid;

	start(PAIR, NULL);
	CHECK(pipe(pipes) == 0);
	for (int i = 0; i < PROCESSES; i++) {
		fflush(stdout);
		pid = fork();
		if (pid == 0)
			_exit(child(pipes[1], i % 2 == 0));
		CHECK(pid > 0);
	}
	(void)close(pipes[1]);
	while (read(pipes[0], &number, sizeof(number)) == (ssize_t)sizeof(number)) {
		CHECK(number < PROCESSES * NUMBERS && !seen[number]);
		if (number < PROCESSES * NUMBERS)
			seen[number] = true;
		count++;
	}
	(void)close(pipes[0]);
	CHECK(count == PROCESSES * NUMBERS);
	for (int i = 0; i < PROCESSES; i++)
		CHECK(wait(&status) > 0 && status == 0);
	CHECK(dir_count() == 4);
}

int
main(void)
{
	osc_secret_init();
	dir_make();
	RUN(test_store_changed);
	RUN(test_store_removed);
	RUN(test_store_copy);
	RUN(test_store_processes);
	dir_remove();
	osc_secret_wipe_all();
	return unit_end();
}
