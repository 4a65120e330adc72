/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <malloc.h>

#include "base/secret.h"
#include "many.h"
#include "store/commit.h"
#include "session/search.h"

/* Contexts that are closed to make room for others, and opened again: nothing that guards a
 * number or a message may be forgotten by it. */

#define OPEN 4

static struct osc_contexts contexts;
static struct osc_detail detail;

static void
start(unsigned flags)
{
	many_clear();
	osc_contexts_init(&contexts, dir_path, OSC_ROLE_NONE, flags);
	osc_contexts_limit(&contexts, OPEN);
	osc_contexts_next_group(&contexts);
}

/* The first context that a message of this kid may be for, and why there is none. */
static enum osc_err
find(const char *kid, struct osc_endpoint **endpoint)
{
	struct osc_wanted what = wanted(kid, NULL, contexts.role);
	struct osc_search search;
	enum osc_err err;

	osc_search_init(&search, &contexts, &what);
	*endpoint = osc_search_next(&search);
	err = *endpoint == NULL ? osc_search_verdict(&search) : OSC_OK;
	detail = search.detail;
	osc_search_free(&search);
	return err;
}

static struct osc_endpoint *
found(const char *kid)
{
	struct osc_endpoint *endpoint;

	return find(kid, &endpoint) == OSC_OK ? endpoint : NULL;
}

/* Is it open? Looking for it here opens nothing. */
static bool
is_open(const char *name)
{
	for (size_t i = 0; i < contexts.n; i++)
		if (strcmp(strrchr(contexts.loaded[i]->path, '/') + 1, name) == 0)
			return true;
	return false;
}

/* So many others are looked for that whatever was open is closed. */
static void
close_all(void)
{
	static unsigned count;
	char name[16];

	for (unsigned i = 0; i <= OPEN; i++) {
		(void)snprintf(name, sizeof(name), "%06x", 0x100000 + count + i);
		many_other(name, "ff", name, 1000 + count + i);
	}
	osc_contexts_next_group(&contexts);
	for (unsigned i = 0; i <= OPEN; i++) {
		(void)snprintf(name, sizeof(name), "%06x", 0x100000 + count++);
		CHECK(found(name) != NULL);
	}
	osc_contexts_next_group(&contexts);
	CHECK(contexts.n < OPEN);
}

/* One number of this side is taken, and number seq of the peer is struck out. */
static enum osc_err
commit(struct osc_endpoint *endpoint, uint64_t seq)
{
	struct osc_state *state;
	enum osc_err err = osc_store_begin(endpoint->store, &detail);

	if (err == OSC_OK) {
		err = osc_contexts_number(&contexts, endpoint, &detail);
		state = osc_store_state(endpoint->store);
		if (err == OSC_OK) {
			state->next++;
			err = osc_window_commit(&state->window, seq);
		}
		if (err == OSC_OK)
			err = osc_commit_one(endpoint->store, &detail);
	}
	osc_store_end(endpoint->store);
	osc_contexts_rest(&contexts, endpoint);
	return err;
}

static void
put_state(const char *name, unsigned next, unsigned bits)
{
	char file[100], text[200];

	(void)snprintf(file, sizeof(file), "%s/sequence.json", name);
	(void)unlink(dir_name(file));
	(void)snprintf(text, sizeof(text),
	    "{\"next-to-send\": %u, \"received\": {\"index\": 0, \"bitfield\": %u}}", next, bits);
	dir_write(file, text);
}

static void
remove_context(const char *name)
{
	static const char *const files[] = {"settings.json", "sequence.json", "lock", ".used"};
	char file[100];

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		(void)snprintf(file, sizeof(file), "%s/%s", name, files[i]);
		(void)unlink(dir_name(file));
	}
	CHECK(rmdir(dir_name(name)) == 0);
}

/* Those that were looked for last stay; how many are open does not depend on how many were. */
static void
test_closed_order(void)
{
	char name[16];

	start(0);
	for (unsigned i = 0; i < 100; i++) {
		(void)snprintf(name, sizeof(name), "%02x", i);
		many_other(name, "ff", name, i + 1);
		CHECK(found(name) != NULL && found("00") != NULL);
		osc_contexts_next_group(&contexts);
		CHECK(contexts.n <= OPEN && is_open("00") && is_open(name));
	}
	/* nothing was done with them that is to be remembered */
	CHECK(contexts.past.recipients.n == 0 && contexts.past.senders.n == 0);
	/* what is needed stays */
	for (unsigned i = 0; i < 10; i++) {
		(void)snprintf(name, sizeof(name), "%02x", i);
		CHECK(found(name) != NULL);
		osc_contexts_keep(&contexts, found(name));
	}
	CHECK(osc_contexts_full(&contexts));
	osc_contexts_next_group(&contexts);
	CHECK(contexts.n == 10 && is_open("00") && is_open("09") && !osc_contexts_full(&contexts));
	osc_contexts_close(&contexts);
}

/* A state that was put back meanwhile is seen, whatever has the keys then. */
static void
test_closed_state(void)
{
	struct osc_endpoint *endpoint;

	start(0);
	many_pair("01", "ff", "01", NULL);
	for (uint64_t seq = 0; seq < 3; seq++) {
		endpoint = found("01");
		CHECK(endpoint != NULL && commit(endpoint, seq) == OSC_OK);
		endpoint = found("01");
		CHECK(endpoint != NULL && commit(endpoint, seq) == OSC_EREPLAY);
		close_all();
		CHECK(!is_open("01") && contexts.past.recipients.n == 1);
	}
	put_state("01", 2, 7);
	CHECK(commit(found("01"), 5) == OSC_EBACK);
	close_all();
	put_state("01", 3, 3);
	CHECK(commit(found("01"), 5) == OSC_EBACK);
	close_all();
	/* under another name, and in another directory */
	CHECK(rename(dir_name("01"), dir_name("x")) == 0);
	CHECK(commit(found("01"), 5) == OSC_EBACK);
	close_all();
	remove_context("x");
	many_pair("01", "ff", "01", NULL);
	CHECK(commit(found("01"), 5) == OSC_EBACK);
	close_all();
	put_state("01", 3, 7);
	CHECK(commit(found("01"), 5) == OSC_OK);
	osc_contexts_close(&contexts);
}

/* Nor may numbers go back that others have taken, of a context that was only received with. */
static void
test_closed_received(void)
{
	struct osc_endpoint *endpoint;

	start(0);
	many_pair("01", "ff", "01", NULL);
	put_state("01", 5, 0);
	endpoint = found("01");
	CHECK(endpoint != NULL && osc_store_begin(endpoint->store, &detail) == OSC_OK);
	CHECK(osc_window_commit(&osc_store_state(endpoint->store)->window, 0) == OSC_OK);
	CHECK(osc_commit_one(endpoint->store, &detail) == OSC_OK);
	osc_store_end(endpoint->store);
	osc_contexts_rest(&contexts, endpoint);
	close_all();
	put_state("01", 4, 1);
	CHECK(commit(found("01"), 1) == OSC_EBACK);
	put_state("01", 5, 1);
	CHECK(commit(found("01"), 1) == OSC_OK);
	osc_contexts_close(&contexts);
}

/* Two directories with one Recipient Key are not used side by side, though never both are
 * open. */
static void
test_closed_twin(void)
{
	struct osc_wanted what = wanted("01", NULL, OSC_ROLE_NONE);
	struct osc_endpoint *endpoint;

	start(0);
	many_pair("a", "ff", "01", NULL);
	CHECK(commit(found("01"), 0) == OSC_OK);
	close_all();
	many_pair("01", "ff", "01", NULL);
	put_state("01", 9, 7);
	CHECK(find("01", &endpoint) == OSC_OK && strcmp(endpoint->path, dir_name("a")) == 0);
	CHECK(osc_contexts_use(&contexts, endpoint, &what, &detail) == OSC_ETWIN);
	close_all();
	/* that stays so when it is opened again, and the other one cannot be */
	dir_write("a/settings.json", "{");
	CHECK(find("01", &endpoint) == OSC_ETWIN && strcmp(detail.path, dir_name("a")) == 0);
	/* until it has another key */
	remove_context("a");
	many_other("a", "ff", "01", 77);
	osc_contexts_next_group(&contexts);
	CHECK(find("01", &endpoint) == OSC_OK && strcmp(endpoint->path, dir_name("01")) == 0);
	CHECK(osc_contexts_use(&contexts, endpoint, &what, &detail) == OSC_OK);
	CHECK(commit(endpoint, 7) == OSC_OK);
	osc_contexts_close(&contexts);
}

/* Of those with one Sender Key the first to take a number in a run is the only one. */
static void
test_closed_sender(void)
{
	struct osc_endpoint *endpoint;

	start(0);
	many_pair("01", "ff", "01", NULL);
	many_pair("02", "ff", "02", NULL);
	put_state("02", 5, 0);
	CHECK(commit(found("01"), 0) == OSC_OK);
	close_all();
	CHECK(commit(found("02"), 0) == OSC_ETWIN);
	/* of one that is gone it has to be ahead: also if it was open all the time */
	CHECK(commit(found("01"), 1) == OSC_OK);
	endpoint = found("02");
	CHECK(endpoint != NULL && commit(endpoint, 0) == OSC_ETWIN);
	remove_context("01");
	CHECK(commit(endpoint, 0) == OSC_ETWIN); /* noticed */
	put_state("02", 1, 0);
	osc_contexts_next_group(&contexts);
	CHECK(commit(found("02"), 0) == OSC_EBACK);
	put_state("02", 5, 0);
	CHECK(commit(found("02"), 0) == OSC_OK);
	osc_contexts_close(&contexts);
}

/* Many may have one Sender Key, and be used as long as they take no number. */
static void
test_closed_same_sender(void)
{
	struct osc_endpoint *endpoint;
	char name[16];

	start(0);
	for (unsigned i = 0; i < 20; i++) {
		(void)snprintf(name, sizeof(name), "%02x", i);
		many_pair(name, "ff", name, NULL);
		put_state(name, 20 - i, 0);
		endpoint = found(name);
		CHECK(endpoint != NULL && osc_store_begin(endpoint->store, &detail) == OSC_OK);
		CHECK(osc_window_commit(&osc_store_state(endpoint->store)->window, 0) == OSC_OK);
		CHECK(osc_commit_one(endpoint->store, &detail) == OSC_OK);
		osc_store_end(endpoint->store);
		osc_contexts_rest(&contexts, endpoint);
		osc_contexts_next_group(&contexts);
	}
	CHECK(contexts.n <= OPEN);
	osc_contexts_close(&contexts);
}

/* What was said, and what has failed, and that a move was accepted. */
static void
test_closed_conditions(void)
{
	struct osc_wanted what = wanted("01", NULL, OSC_ROLE_NONE);
	struct osc_endpoint *endpoint;

	start(OSC_STORE_MOVED);
	many_pair("01", "ff", "01", NULL);
	CHECK(chmod(dir_name("01"), 0777) == 0);
	endpoint = found("01");
	CHECK(osc_contexts_use(&contexts, endpoint, &what, &detail) == OSC_OK);
	CHECK(osc_contexts_unwarned(&contexts) == endpoint);
	CHECK(commit(endpoint, 0) == OSC_OK);
	close_all();
	endpoint = found("01");
	CHECK(osc_contexts_use(&contexts, endpoint, &what, &detail) == OSC_OK);
	CHECK(osc_contexts_unwarned(&contexts) == NULL);
	close_all();
	/* a copy now is one after the move */
	CHECK(unlink(dir_name("01/sequence.json")) == 0);
	dir_write("01/sequence.json",
	    "{\"next-to-send\": 9, \"received\": {\"index\": 0, \"bitfield\": 1}, \"inode\": 1}");
	CHECK(commit(found("01"), 1) == OSC_ECOPY);
	put_state("01", 9, 1);
	close_all();
	/* what could not be written stays closed */
	endpoint = found("01");
	CHECK(osc_store_begin(endpoint->store, &detail) == OSC_OK);
	osc_store_state(endpoint->store)->next++;
	put_state("01", 10, 1);
	CHECK(osc_commit_one(endpoint->store, &detail) == OSC_ECHANGED);
	osc_store_end(endpoint->store);
	osc_contexts_rest(&contexts, endpoint);
	close_all();
	CHECK(commit(found("01"), 1) == OSC_EIO);
	osc_contexts_close(&contexts);
}

/* What is written nowhere stays. */
static void
test_closed_in_memory(void)
{
	struct osc_endpoint *endpoint;
	char name[16];

	start(0);
	osc_contexts_in_memory(&contexts);
	many_pair("01", "ff", "01", NULL);
	endpoint = found("01");
	CHECK(osc_contexts_glance(&contexts, endpoint, &detail) == OSC_OK);
	osc_store_state(endpoint->store)->next = 5;
	for (unsigned i = 0; i < 2 * OPEN; i++) {
		(void)snprintf(name, sizeof(name), "%04x", i);
		many_other(name, "ff", name, i + 1);
		osc_contexts_next_group(&contexts);
		CHECK(found(name) != NULL);
	}
	osc_contexts_next_group(&contexts);
	CHECK(contexts.n == 1 + 2 * OPEN && found("01") == endpoint &&
	    osc_store_state(endpoint->store)->next == 5);
	osc_contexts_close(&contexts);
}

/* What an open context takes between two groups, its keys included, when it was used. */
static void
test_open_memory(void)
{
	const unsigned n = 200;
	size_t before, taken, keys;
	char name[16];

	start(0);
	osc_contexts_limit(&contexts, 1000);
	for (unsigned i = 0; i < n; i++) {
		(void)snprintf(name, sizeof(name), "%04x", i);
		many_other(name, "ff", name, i + 1);
	}
	CHECK(commit(found("0000"), 0) == OSC_OK);
	osc_contexts_next_group(&contexts);
	before = mallinfo2().uordblks;
	for (unsigned i = 1; i < n; i++) {
		(void)snprintf(name, sizeof(name), "%04x", i);
		CHECK(commit(found(name), 0) == OSC_OK);
	}
	osc_contexts_next_group(&contexts);
	CHECK(contexts.n == n);
	/* zero where the heap is another one, as with sanitizers */
	taken = (mallinfo2().uordblks - before) / (n - 1);
	keys = osc_context_size(contexts.loaded[0]->context.alg);
	printf("# %zu bytes, and %zu for the keys\n", taken, keys);
	CHECK(taken + keys <= 2048);
	osc_contexts_close(&contexts);
}

int
main(void)
{
	osc_secret_init();
	dir_make();
	RUN(test_closed_order);
	RUN(test_closed_state);
	RUN(test_closed_received);
	RUN(test_closed_twin);
	RUN(test_closed_sender);
	RUN(test_closed_same_sender);
	RUN(test_closed_conditions);
	RUN(test_closed_in_memory);
	RUN(test_open_memory);
	many_clear();
	dir_remove();
	return unit_end();
}
