/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <stdlib.h>
#include <string.h>

#include "session/memo.h"

static size_t
hash(const char *key, size_t len)
{
	uint64_t h = UINT64_C(14695981039346656037); /* FNV-1a */

	for (size_t i = 0; i < len; i++)
		h = (h ^ (uint8_t)key[i]) * UINT64_C(1099511628211);
	return (size_t)(h ^ h >> 32);
}

void
osc_memos_forget(struct osc_memos *memos)
{
	struct osc_memo *memo;

	for (size_t i = 0; i < memos->n_buckets; i++)
		while ((memo = memos->buckets[i]) != NULL) {
			memos->buckets[i] = memo->next;
			free(memo);
		}
	memos->n = 0;
}

/* Chains stay short: the table doubles, and what it held is found again. */
static bool
make_room(struct osc_memos *memos)
{
	size_t n = memos->n_buckets > 0 ? 2 * memos->n_buckets : 64;
	struct osc_memo **buckets;

	if (memos->n < memos->n_buckets)
		return true;
	buckets = calloc(n, sizeof(struct osc_memo *));
	if (buckets == NULL)
		return false;
	for (size_t i = 0; i < memos->n_buckets; i++)
		for (struct osc_memo *memo = memos->buckets[i], *next; memo != NULL; memo = next) {
			size_t at = hash((const char *)memo->key, memo->len) & (n - 1);

			next = memo->next;
			memo->next = buckets[at];
			buckets[at] = memo;
		}
	free(memos->buckets);
	memos->buckets = buckets;
	memos->n_buckets = n;
	return true;
}

bool
osc_memos_add(struct osc_memos *memos, const char *key, struct osc_endpoint *endpoint)
{
	size_t len = strlen(key), at;
	struct osc_memo *memo;

	if (!make_room(memos))
		return false;
	memo = malloc(sizeof(*memo) + len);
	if (memo == NULL)
		return false;
	at = hash(key, len) & (memos->n_buckets - 1);
	memo->endpoint = endpoint;
	memo->len = len;
	memcpy(memo->key, key, len);
	memo->next = memos->buckets[at];
	memos->buckets[at] = memo;
	memos->n++;
	return true;
}

const struct osc_memo *
osc_memos_next(const struct osc_memos *memos, const char *key, const struct osc_memo *after)
{
	const struct osc_memo *memo;
	size_t len = strlen(key);

	if (memos->n_buckets == 0)
		return NULL;
	memo =
	    after != NULL ? after->next : memos->buckets[hash(key, len) & (memos->n_buckets - 1)];
	while (memo != NULL && (memo->len != len || memcmp(memo->key, key, len) != 0))
		memo = memo->next;
	return memo;
}

void
osc_memos_free(struct osc_memos *memos)
{
	osc_memos_forget(memos);
	free(memos->buckets);
	memset(memos, 0, sizeof(*memos));
}
