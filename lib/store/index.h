/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_STORE_INDEX_H
#define OSC_STORE_INDEX_H

#include "base/map.h"
#include "store/seen.h"
#include "store/store.h"

/*
 * Which context directories lie under a directory, and for whose messages.
 *
 * Reading the directory gives their names; what a context is for stands in its files, which
 * are read when that is asked for, once as long as it is the same directory.
 */

struct osc_index_entry {
	char *path;       /* DIRECTORY/NAME */
	const char *name; /* in it */
	struct osc_seen seen;
	bool present;  /* it was there when the directory was read last */
	bool read;     /* what is below is known, as far as the files tell it */
	bool known;    /* they do */
	bool rederive; /* its ID Context changes: any kid context may be for it */
	bool neutral;  /* serves both roles: the IDs below are the client's and the server's */
	struct osc_id sender_id;
	struct osc_id recipient_id;
	uint8_t *id_context; /* on the heap; NULL: absent */
	size_t id_context_len;
	/* The next entries with the ID that this one has in the first or second place. */
	struct osc_index_entry *next[2];
	struct osc_index_entry *next_claim; /* the next one whose name says the same kid */
};

struct osc_index {
	const char *directory;            /* borrowed */
	struct osc_index_entry **entries; /* sorted by path */
	size_t n, cap;
	struct osc_map names;  /* to entries */
	struct osc_map ids;    /* to the first entry with this ID, of either side */
	struct osc_map claims; /* from a kid as in names to the first entry whose name says it;
				  only while not all are read */
	bool loaded, read, read_all;
	struct osc_seen seen;
};

/* The message that a context is looked for. */
struct osc_wanted {
	struct osc_slice kid;
	struct osc_slice kid_context; /* or absent */
	enum osc_role role;           /* of this machine; OSC_ROLE_NONE: directories that serve both
			       roles do not fit, unless either is set */
	bool either; /* both IDs of a directory that serves both roles may be the peer's */
	bool both;   /* it may be a message of this side: then the Sender ID of a directory does */
};

/* osc_index_init - nothing is read yet; the name of the directory is borrowed */
void osc_index_init(struct osc_index *index, const char *directory);

/*
 * osc_index_load - read the names in the directory, if they may have changed
 *
 * What was known of an entry stays known while it is the same directory; one that was no
 * context, or did not tell, is read again when it has changed: contexts may be made file by
 * file. *changed tells whether any came, went, or was replaced.
 *
 * Returns OSC_OK, OSC_ECONTEXT if this is no directory, OSC_EIO or OSC_ENOMEM.
 */
enum osc_err osc_index_load(struct osc_index *index, bool *changed, struct osc_detail *detail);

/*
 * osc_index_read - find out for whose messages they are
 *
 * kid  names that are KID or KID@KIDCONTEXT of another kid are taken at their word; absent:
 *      none is
 *
 * Only settings and secrets are read, for IDs and ID Context, and no secret is decoded:
 * a directory that cannot be used for another reason is there. What is no context, or
 * does not tell its IDs, is left out. Returns OSC_OK; OSC_EIO with the detail if one cannot be
 * read now, as for want of descriptors: the others are; or OSC_ENOMEM.
 */
enum osc_err osc_index_read(
    struct osc_index *index, struct osc_slice kid, struct osc_detail *detail);

/*
 * osc_index_next - the next context that fits (RFC 8613, 8.2 step 2), in the order of the paths
 *
 * before  the one before it; NULL to begin with
 *
 * Recipient ID equals kid; ID Context equals kid context, if the message has
 * one. Returns NULL behind the last.
 */
const struct osc_index_entry *osc_index_next(const struct osc_index *index,
    const struct osc_wanted *wanted, const struct osc_index_entry *before);

/* osc_index_names_a_kid - is a name KID or KID@KIDCONTEXT, as oscore-cid prints it? */
bool osc_index_names_a_kid(const char *name);

/* osc_index_has - is there an entry with this name? */
bool osc_index_has(const struct osc_index *index, const char *name);

/*
 * osc_index_would_fit - does a directory that cannot be opened fit?
 *
 * As far as its files tell; a context whose files do not tell may fit. *fits is false
 * for what is no context. Returns OSC_OK or OSC_ENOMEM.
 */
enum osc_err osc_index_would_fit(const char *path, const struct osc_wanted *wanted, bool *fits);

/* osc_index_path - DIRECTORY/NAME on the heap; NULL if there is no memory */
char *osc_index_path(const char *directory, const char *name);

/* osc_wanted_fits - does a context with these parameters fit? */
bool osc_wanted_fits(const struct osc_wanted *wanted, const struct osc_id *sender_id,
    const struct osc_id *recipient_id, struct osc_slice id_context);

void osc_index_free(struct osc_index *index);

#endif
