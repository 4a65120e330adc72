/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_TESTS_STORE_H
#define OSC_TESTS_STORE_H

/* A context directory and programs that use it, for the tests of the store. */

#include "base/secret.h"
#include "dir.h"
#include "store/commit.h"
#include "store/store.h"
#include "unit.h"

#define PAIR                                                                                       \
	"{\"sender-id_hex\": \"01\", \"recipient-id_hex\": \"00\","                                \
	" \"secret_hex\": \"0102030405060708090a0b0c0d0e0f10\"}"
#define ROLES                                                                                      \
	"{\"client-sender-id_hex\": \"01\", \"server-sender-id_hex\": \"00\","                     \
	" \"secret_hex\": \"0102030405060708090a0b0c0d0e0f10\", \"algorithm\": 10}"
#define STATE "{\"next-to-send\": 7, \"received\": {\"index\": 0, \"bitfield\": 0}}"

static struct osc_detail detail;

static inline enum osc_err
open_as(struct osc_store **store, enum osc_role role, unsigned flags)
{
	memset(&detail, 0, sizeof(detail));
	return osc_store_open(store, dir_path, role, flags, &detail);
}

static inline enum osc_err
open_store(struct osc_store **store)
{
	return open_as(store, OSC_ROLE_NONE, 0);
}

/* begin, take one number, commit, end */
static inline enum osc_err
take(struct osc_store *store, uint64_t *number)
{
	enum osc_err err = osc_store_begin(store, &detail);

	if (err == OSC_OK) {
		*number = osc_store_state(store)->next++;
		err = osc_commit_one(store, &detail);
	}
	osc_store_end(store);
	return err;
}

/* The same as a program would do it, with a store of its own. */
static inline enum osc_err
run(enum osc_role role, unsigned flags, uint64_t *number)
{
	struct osc_store *store;
	enum osc_err err = open_as(&store, role, flags);

	if (err == OSC_OK)
		err = take(store, number);
	osc_store_close(&store);
	return err;
}

static inline void
start(const char *settings, const char *state)
{
	dir_clear();
	dir_write("settings.json", settings);
	if (state != NULL)
		dir_write("sequence.json", state);
}

static inline bool
says(const char *text)
{
	if (strstr(detail.text, text) != NULL)
		return true;
	printf("# %s: %s\n", detail.path, detail.text);
	return false;
}

#endif
