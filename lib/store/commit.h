/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_STORE_COMMIT_H
#define OSC_STORE_COMMIT_H

#include "base/error.h"
#include "store/store.h"

/* One of several stores that are committed together. */
struct osc_commit {
	struct osc_store *store;  /* begun */
	enum osc_err err;         /* receives what became of it */
	struct osc_detail detail; /* why, if that is an error */
	/* Private. */
	bool going;    /* something is to be written, and nothing went wrong so far */
	bool together; /* made durable with others */
	bool synced;   /* that was tried */
	bool replaced; /* its sequence.json is the new one */
};

/*
 * osc_commit_all - make the states of stores durable
 *
 * go_on  the failure of one is not that of others
 *
 * Writes temporaries, makes them durable, checks that the files and locks are still those of
 * osc_store_begin, renames, and makes that durable. Only then may anything leave the process
 * that the states allow. Several of one file system are made durable by one call for all of
 * them, where its failure is sure to be told (osc_fs_syncs), else each by itself. What was not
 * changed is not written.
 *
 * A failure is final, as store.h says. Unless go_on, and with OSC_ENOMEM in any case, what
 * comes behind the first one that failed is left as it was, as far as that is not replaced
 * already. err is OSC_OK for it: who asks goes through them in order.
 */
void osc_commit_all(struct osc_commit *commits, size_t n, bool go_on);

/* osc_commit_one - the same for one: OSC_OK, OSC_EIO, OSC_ECHANGED, OSC_EBACK or OSC_ENOMEM */
enum osc_err osc_commit_one(struct osc_store *store, struct osc_detail *detail);

#endif
