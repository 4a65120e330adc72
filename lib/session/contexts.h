/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_SESSION_CONTEXTS_H
#define OSC_SESSION_CONTEXTS_H

#include "session/endpoint.h"
#include "session/past.h"
#include "store/index.h"

/* So many contexts stay open. */
#define OSC_CONTEXTS_OPEN ((size_t)16384)

/*
 * The contexts under a directory (-C DIR), which may come, go and be replaced while a run
 * lasts. They are loaded when a message may be for them, and stay open: settings and
 * keys, but no descriptor. Between two groups those that no message was for or may have been
 * for the longest are closed, if they are too many.
 */
struct osc_contexts {
	const char *directory;
	enum osc_role role;
	bool any_role; /* of one that serves both, any will do: messages of both are looked at */
	unsigned flags;
	struct osc_endpoint **loaded; /* on the heap each, so that they do not move */
	size_t n, cap, n_gone;
	size_t limit;         /* how many stay open: OSC_CONTEXTS_OPEN */
	size_t full;          /* when there are more some are closed */
	bool in_memory;       /* what they come to is nowhere else: all stay as they are */
	struct osc_map names; /* name in the directory -> endpoint */
	struct osc_map
	    recent; /* KID or KID@KIDCONTEXT -> endpoint in which one like it verified last, if
		       it has another name */
	struct osc_map inodes;  /* which directory -> endpoint */
	struct osc_map keys;    /* hash of the Recipient Key -> endpoint */
	struct osc_map senders; /* hash of the Sender Key -> endpoint that took numbers for it */
	struct osc_past past;   /* what endpoints that were closed have come to */
	struct osc_index index;
	struct osc_seen seen;       /* the directory, when the names were looked for last */
	uint64_t group;             /* serial number of the group under way */
	uint64_t refreshed;         /* the group for which the directory was looked at last */
	uint64_t searches;          /* so many were made */
	uint64_t clock;             /* for the order of use */
	struct osc_endpoint *awake; /* their state is in memory */
	struct osc_endpoint *unwarned, **last_unwarned; /* used, and their warnings not said */
};

/* osc_contexts_init - flags: enum osc_store_flag, for every context */
void osc_contexts_init(
    struct osc_contexts *contexts, const char *directory, enum osc_role role, unsigned flags);

/* osc_contexts_limit - how many stay open, in place of OSC_CONTEXTS_OPEN */
void osc_contexts_limit(struct osc_contexts *contexts, size_t limit);

/* osc_contexts_in_memory - nothing of what they come to is written: none is closed, and the
 * state of each stays in memory */
void osc_contexts_in_memory(struct osc_contexts *contexts);

/* osc_contexts_full - are some to be closed when the next group begins? */
bool osc_contexts_full(const struct osc_contexts *contexts);

/* osc_contexts_keep - not this one, then */
void osc_contexts_keep(const struct osc_contexts *contexts, struct osc_endpoint *endpoint);

/*
 * osc_contexts_next_group - begin a group; forgets what is gone
 *
 * If there are too many those found longest ago are closed: what they have come to is
 * remembered, and all that was said of them holds when they are opened again. No lock is held.
 */
void osc_contexts_next_group(struct osc_contexts *contexts);

/*
 * osc_contexts_check - is the directory there? To be said before anything is read
 *
 * Returns OSC_OK, OSC_ECONTEXT or OSC_EIO.
 */
enum osc_err osc_contexts_check(const struct osc_contexts *contexts, struct osc_detail *detail);

/* osc_contexts_refresh - look once in a group whether names came or went. As osc_index_load;
 * index: names in the directory are wanted, too */
enum osc_err osc_contexts_refresh(
    struct osc_contexts *contexts, bool index, struct osc_detail *detail);

/* osc_contexts_open - open a directory as one of them is; it is not entered. As
 * osc_endpoint_open */
enum osc_err osc_contexts_open(const struct osc_contexts *contexts, struct osc_endpoint *endpoint,
    const char *path, struct osc_detail *detail);

/*
 * osc_contexts_load - the context with this name in the directory, loaded if it is not
 *
 * out  receives NULL if there is nothing with this name
 *
 * Returns OSC_OK, OSC_ETWIN if another loaded one has its Recipient Key, OSC_ENOMEM, or what
 * osc_endpoint_open returns.
 */
enum osc_err osc_contexts_load(struct osc_contexts *contexts, const char *name,
    struct osc_endpoint **out, struct osc_detail *detail);

/*
 * osc_contexts_glance - a message has verified that needs no lock
 *
 * In each group the directory of the context must be what was loaded, with the same settings:
 * OSC_EGONE if it is not. Before the first use as osc_endpoint_look. No descriptor stays open.
 */
enum osc_err osc_contexts_glance(
    struct osc_contexts *contexts, struct osc_endpoint *endpoint, struct osc_detail *detail);

/* osc_contexts_rest - as osc_store_rest; when the next group begins its state leaves memory */
void osc_contexts_rest(struct osc_contexts *contexts, struct osc_endpoint *endpoint);

/* osc_contexts_unchanged - is it still the directory that was loaded, with the same settings? */
bool osc_contexts_unchanged(const struct osc_endpoint *endpoint);

/*
 * osc_contexts_use - a message has verified in this context
 *
 * wanted  what the context was found by
 *
 * Returns OSC_OK, or OSC_ETWIN with the detail if another directory has its Recipient Key.
 */
enum osc_err osc_contexts_use(struct osc_contexts *contexts, struct osc_endpoint *endpoint,
    const struct osc_wanted *wanted, struct osc_detail *detail);

/* osc_contexts_recent - the context in which a message like it has verified last, or else the
 * one that has its name, as far as is known without a look at the directory; or NULL */
struct osc_endpoint *osc_contexts_recent(
    const struct osc_contexts *contexts, const struct osc_wanted *wanted);

/*
 * osc_contexts_drop - the context of an endpoint is not there any more, or is another one
 *
 * It is found no more, and what its state has come to is remembered: whatever has the same
 * keys later must go on from there. The endpoint itself lives until the next group. Returns
 * OSC_OK or OSC_ENOMEM.
 */
enum osc_err osc_contexts_drop(struct osc_contexts *contexts, struct osc_endpoint *endpoint);

/*
 * osc_contexts_number - a message is about to take a number of this context
 *
 * Two directories that have one Sender Key would take the same numbers for it: of those, only
 * the first to take one in a run may. Returns OSC_OK, OSC_ETWIN or OSC_EBACK with the detail, or
 * OSC_ENOMEM.
 */
enum osc_err osc_contexts_number(
    struct osc_contexts *contexts, struct osc_endpoint *endpoint, struct osc_detail *detail);

/* osc_contexts_unwarned - a context in use whose warnings have not been said; or NULL */
struct osc_endpoint *osc_contexts_unwarned(struct osc_contexts *contexts);

void osc_contexts_close(struct osc_contexts *contexts);

/* Bytes of the longest name that osc_cid_format writes, with its NUL. */
#define OSC_CID_MAX (2 * 255 + 1 + 2 * 255 + 1)

/*
 * osc_cid_format - KID or KID@KIDCONTEXT in lower-case hex, _ for a length of 0
 *
 * out  OSC_CID_MAX bytes
 */
void osc_cid_format(char *out, const struct osc_wanted *wanted);

#endif
