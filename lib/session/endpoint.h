/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_SESSION_ENDPOINT_H
#define OSC_SESSION_ENDPOINT_H

#include <sys/types.h>

#include "core/context.h"
#include "core/rederive.h"
#include "store/store.h"

/* The keys of a directory under another ID Context than that of its settings (B.2). */
struct osc_keys {
	struct osc_keys *next;
	uint64_t serial;
	bool kept; /* by somebody who looks at a conversation: a message has verified */
	struct osc_context context;
	struct osc_context joined; /* of request #1 and response #1; borrows from others */
	uint8_t wrapped[OSC_REDERIVE_WRAPPED_MAX];
	size_t id_len;
	uint8_t id[]; /* the ID Context */
};

/* A context directory in use: its store and the keys derived from it. */
struct osc_endpoint {
	const char *path; /* of the store */
	dev_t dev;        /* with ino: which directory it is, whatever its name */
	ino_t ino;
	uint64_t serial; /* of the active context: no other of the process has it */
	struct osc_store *store;
	struct osc_context context;       /* under the ID Context of the settings */
	const struct osc_context *active; /* under which messages are now */

	/* Where keys may be derived anew. */
	uint64_t base_serial;     /* of context */
	struct osc_keys *derived; /* the latest first */
	bool joined; /* the active context is that of request #1 and response #1 together */

	bool rederives; /* its keys may be derived anew */
	bool looked;    /* its state was read: it is no copy */
	bool held;      /* its lock is held, for the group under way */
	bool warned;    /* its warnings have been said */
	uint64_t used;  /* when a message verified in it last, counted up; 0: never */

	/* Among many. */
	bool gone;        /* its directory is not the one that was loaded any more, or it is closed
			     to make room; it lives until the next group */
	char *twin;       /* another directory with the same Recipient Key; NULL: none */
	bool sends;       /* numbers of its own were taken in this run */
	uint64_t found;   /* the search that has found it last */
	uint64_t glanced; /* the group in which it was looked at last, without the lock */
	uint64_t checked; /* the group for which its files were compared with what was loaded */
	uint64_t needed;  /* the group up to which it stays open */
	bool rests;       /* it is in the list of those whose state is in memory */
	/* The next one in that list, and in the queue of those to be warned about. */
	struct osc_endpoint *awake, *unwarned;
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

/* osc_endpoint_is_there - is the directory that was loaded still where it was? */
bool osc_endpoint_is_there(const struct osc_endpoint *endpoint);

/* osc_endpoint_rederives - may its keys be derived anew? (B.2) */
static inline bool
osc_endpoint_rederives(const struct osc_endpoint *endpoint)
{
	return endpoint->rederives;
}

/*
 * osc_endpoint_keys - its keys under an ID Context, derived if they were not
 *
 * They stay until osc_endpoint_forget or osc_endpoint_close. NULL: no memory.
 */
struct osc_keys *osc_endpoint_keys(struct osc_endpoint *endpoint, struct osc_slice id_context);

/* osc_endpoint_forget - wipe and free all keys that were derived, but those in use: the
 * context of the settings is the active one */
void osc_endpoint_forget(struct osc_endpoint *endpoint);

/* osc_endpoint_drop - wipe and free keys that were derived last, if they are not kept; nothing
 * may be left that points to them, and the context of the settings is the active one */
void osc_endpoint_drop(struct osc_endpoint *endpoint, struct osc_keys *keys);

/* osc_endpoint_activate - the context under which messages are from now on; keys: of the
 * endpoint, NULL for the context of the settings; wraps: requests carry the ID Context wrapped */
void osc_endpoint_activate(struct osc_endpoint *endpoint, struct osc_keys *keys, bool wraps);

/* osc_endpoint_join - the active context is that of request #1 and response #1 together:
 * first, or the context of the settings if it is NULL, and second. As osc_rederive_join. */
void osc_endpoint_join(struct osc_endpoint *endpoint, const struct osc_keys *first,
    struct osc_keys *second, enum osc_side asker, struct osc_slice r2);

/* osc_endpoint_choose - the state was read: activate the keys that it says are in use; OSC_OK
 * or OSC_ENOMEM */
enum osc_err osc_endpoint_choose(struct osc_endpoint *endpoint);

/* osc_endpoint_look - before a use without a lock, once or, where keys may be derived anew,
 * each time: as osc_store_look */
enum osc_err osc_endpoint_look(struct osc_endpoint *endpoint, struct osc_detail *detail);

/* osc_endpoint_close - unlock, wipe, free; an endpoint of all zero is allowed */
void osc_endpoint_close(struct osc_endpoint *endpoint);

#endif
