/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_STORE_INDEX_H
#define OSC_STORE_INDEX_H

#include <sys/stat.h>

#include "store/store.h"

/* Which context directories lie under a directory, and for whose messages. */

struct osc_index_entry {
	char *path;   /* DIRECTORY/NAME */
	bool neutral; /* serves both roles: the IDs below are the client's and the server's */
	struct osc_id sender_id;
	struct osc_id recipient_id;
	uint8_t *id_context; /* on the heap; NULL: absent */
	size_t id_context_len;
};

struct osc_index {
	struct osc_index_entry *entries; /* sorted by path */
	size_t n, cap;
	struct timespec mtime; /* of the directory, before it was read */
};

/* The message that a context is looked for. */
struct osc_wanted {
	struct osc_slice kid;
	struct osc_slice kid_context; /* or absent */
	enum osc_role role;           /* of this machine; OSC_ROLE_NONE: directories that serve both
			       roles do not fit, unless either is set */
	bool either; /* both IDs of a directory that serves both roles may be the peer's */
};

/*
 * osc_index_load - look at every directory under DIRECTORY, once
 *
 * Only settings and secrets are read, for IDs and ID Context, and no secret is decoded:
 * a directory that cannot be used for another reason is there. What is no context, or
 * does not tell its IDs, is left out. Returns OSC_OK, OSC_ECONTEXT if DIRECTORY is none,
 * OSC_EIO or OSC_ENOMEM.
 */
enum osc_err osc_index_load(
    struct osc_index *index, const char *directory, struct osc_detail *detail);

/* osc_index_stale - has the directory got other entries since the index was made? */
bool osc_index_stale(const struct osc_index *index, const char *directory);

/*
 * osc_index_next - the next context that fits (RFC 8613, 8.2 step 2)
 *
 * at  where to go on; starts as 0
 *
 * Recipient ID equals kid; ID Context equals kid context, if the message has
 * one. Returns NULL behind the last.
 */
const struct osc_index_entry *osc_index_next(
    const struct osc_index *index, size_t *at, const struct osc_wanted *wanted);

/*
 * osc_index_would_fit - does a directory that cannot be opened fit?
 *
 * As far as its files tell; a context whose files do not tell may fit. *fits is false
 * for what is no context. Returns OSC_OK or OSC_ENOMEM.
 */
enum osc_err osc_index_would_fit(const char *path, const struct osc_wanted *wanted, bool *fits);

/*
 * osc_index_serves_both - does a directory serve both roles, as far as settings.json tells?
 *
 * No other file is read, no secret above all.
 */
bool osc_index_serves_both(const char *path);

/* osc_index_path - DIRECTORY/NAME on the heap; NULL if there is no memory */
char *osc_index_path(const char *directory, const char *name);

/* osc_wanted_fits - does a context with these parameters fit? */
bool osc_wanted_fits(const struct osc_wanted *wanted, const struct osc_params *params);

void osc_index_free(struct osc_index *index);

#endif
