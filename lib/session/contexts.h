/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_SESSION_CONTEXTS_H
#define OSC_SESSION_CONTEXTS_H

#include "session/endpoint.h"
#include "session/memo.h"
#include "store/index.h"

/*
 * The contexts under a directory, opened as messages need them (-C DIR). What is
 * open stays open, up to a limit; what the group under way uses is never closed.
 */
struct osc_contexts {
	const char *directory;
	enum osc_role role;
	unsigned flags;
	struct osc_endpoint **open; /* on the heap each, so that they do not move */
	size_t n, cap;
	struct osc_endpoint **found; /* borrowed from open; as much room */
	size_t n_found;
	size_t limit;   /* how many may be open between two groups */
	uint64_t group; /* serial number of the group under way */
	bool have_index;
	struct osc_index index;
	struct osc_memos memos; /* by what osc_cid_format makes of a message */
};

/* osc_contexts_init - flags: enum osc_store_flag, for every context */
void osc_contexts_init(
    struct osc_contexts *contexts, const char *directory, enum osc_role role, unsigned flags);

/* osc_contexts_next_group - begin a group; closes what has not been used for long */
void osc_contexts_next_group(struct osc_contexts *contexts);

/*
 * osc_contexts_open - the context of a directory, opened if it is not
 *
 * *out is usable until the next group. Returns OSC_OK, OSC_ETWIN if another open
 * directory has its Recipient Key, OSC_ENOMEM, or what osc_endpoint_open returns.
 */
enum osc_err osc_contexts_open(struct osc_contexts *contexts, const char *path,
    struct osc_endpoint **out, struct osc_detail *detail);

/*
 * osc_contexts_find - the contexts that a request may be for (RFC 8613, 8.2 step 2)
 *
 * They are contexts->found[0..n_found - 1], until the next call; open until the next group.
 *
 * DIRECTORY/KID or DIRECTORY/KID@KIDCONTEXT, as oscore-cid prints it, is taken
 * alone if it fits; else all directories are looked at. Returns OSC_OK, OSC_EKID
 * or OSC_EKIDCONTEXT if there is none, OSC_EKIDROLE if one would with a role, OSC_ETWIN
 * if two use the same Recipient Key, OSC_ENOMEM, or the error of the candidate that
 * cannot be opened.
 */
enum osc_err osc_contexts_find(
    struct osc_contexts *contexts, const struct osc_wanted *wanted, struct osc_detail *detail);

/* osc_contexts_full - so many are open that the group should end, and the next close some */
bool osc_contexts_full(const struct osc_contexts *contexts);

/* osc_contexts_unwarned - an open context whose warnings have not been said; or NULL */
struct osc_endpoint *osc_contexts_unwarned(const struct osc_contexts *contexts);

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
