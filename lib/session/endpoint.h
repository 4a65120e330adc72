/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_SESSION_ENDPOINT_H
#define OSC_SESSION_ENDPOINT_H

#include <sys/types.h>

#include "core/context.h"
#include "store/store.h"

/* A context directory in use: its store and the keys derived from it. */
struct osc_endpoint {
	char *path;
	dev_t dev; /* with ino: which directory it is, whatever its name */
	ino_t ino;
	uint64_t serial; /* no other endpoint of the process has it, whatever is closed */
	struct osc_store *store;
	struct osc_context context;
	bool looked;   /* its state was read: it is no copy */
	bool held;     /* its lock is held, for the group under way */
	bool warned;   /* its warnings have been said */
	uint64_t used; /* when a message verified in it last, counted up; 0: never */

	/* Among many. */
	bool gone;        /* its directory is not the one that was loaded any more */
	char *twin;       /* another directory with the same Recipient Key; NULL: none */
	uint64_t found;   /* the search that has found it last */
	uint64_t glanced; /* the group in which it was looked at last, without the lock */
	uint64_t checked; /* the group for which its files were compared with what was loaded */
};

/*
 * osc_endpoint_open - load the settings of a directory and derive its keys
 *
 * flags  enum osc_store_flag
 *
 * Takes no lock, reads no state and changes nothing. Returns OSC_OK, or what osc_store_open
 * returns; *endpoint is all zero then.
 */
enum osc_err osc_endpoint_open(struct osc_endpoint *endpoint, const char *path, enum osc_role role,
    unsigned flags, struct osc_detail *detail);

/* osc_endpoint_look - once before the first use without a lock: as osc_store_look */
enum osc_err osc_endpoint_look(struct osc_endpoint *endpoint, struct osc_detail *detail);

/* osc_endpoint_close - unlock, wipe, free; an endpoint of all zero is allowed */
void osc_endpoint_close(struct osc_endpoint *endpoint);

#endif
