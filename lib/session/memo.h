/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_SESSION_MEMO_H
#define OSC_SESSION_MEMO_H

#include "base/hash.h"

/* Which open contexts a name stands for: looked for once, remembered. A hash
 * table with chains; a name may have several. All zero is empty. */

struct osc_endpoint;

struct osc_memo {
	struct osc_memo *next;
	struct osc_endpoint *endpoint; /* borrowed */
	size_t len;
	uint8_t key[];
};

struct osc_memos {
	struct osc_memo **buckets;
	size_t n, n_buckets; /* n_buckets is 0 or a power of 2 */
	struct osc_siphash_key siphash;
};

/* osc_memos_add - false if there is no memory, or no randomness */
bool osc_memos_add(struct osc_memos *memos, const char *key, struct osc_endpoint *endpoint);

/*
 * osc_memos_next - the endpoints of a name, one by one
 *
 * after  what was returned last; NULL to begin with
 *
 * Returns NULL behind the last.
 */
const struct osc_memo *osc_memos_next(
    const struct osc_memos *memos, const char *key, const struct osc_memo *after);

/* osc_memos_forget - all of them; the table keeps its size */
void osc_memos_forget(struct osc_memos *memos);
void osc_memos_free(struct osc_memos *memos);

#endif
