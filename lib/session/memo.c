/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <stdlib.h>
#include <string.h>

#include "session/memo.h"

/* Where the chain of a key begins. */
static struct osc_memo **
chain_of(const struct osc_memos *memos, struct osc_slice key)
{
	return &memos->buckets[osc_siphash(&memos->siphash, key) & (memos->n_buckets - 1)];
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

static struct osc_slice
key_of(const struct osc_memo *memo)
{
	return osc_slice(memo->key, memo->len);
}

/* Chains stay short: the table doubles, and what it held is found again. */
static bool
make_room(struct osc_memos *memos)
{
	struct osc_memos larger = *memos;
	struct osc_memo **chain;

	if (memos->n < memos->n_buckets)
		return true;
	if (memos->n_buckets == 0 && !osc_siphash_key(&larger.siphash))
		return false;
	larger.n_buckets = memos->n_buckets > 0 ? 2 * memos->n_buckets : 64;
	larger.buckets = calloc(larger.n_buckets, sizeof(struct osc_memo *));
	if (larger.buckets == NULL)
		return false;
	for (size_t i = 0; i < memos->n_buckets; i++)
		for (struct osc_memo *memo = memos->buckets[i], *next; memo != NULL; memo = next) {
			next = memo->next;
			chain = chain_of(&larger, key_of(memo));
			memo->next = *chain;
			*chain = memo;
		}
	free(memos->buckets);
	*memos = larger;
	return true;
}

bool
osc_memos_add(struct osc_memos *memos, const char *key, struct osc_endpoint *endpoint)
{
	struct osc_memo *memo, **chain;
	size_t len = strlen(key);

	if (!make_room(memos))
		return false;
	memo = malloc(sizeof(*memo) + len);
	if (memo == NULL)
		return false;
	memo->endpoint = endpoint;
	memo->len = len;
	memcpy(memo->key, key, len);
	chain = chain_of(memos, key_of(memo));
	memo->next = *chain;
	*chain = memo;
	memos->n++;
	return true;
}

const struct osc_memo *
osc_memos_next(const struct osc_memos *memos, const char *key, const struct osc_memo *after)
{
	struct osc_slice wanted = osc_slice((const uint8_t *)key, strlen(key));
	const struct osc_memo *memo;

	if (memos->n_buckets == 0)
		return NULL;
	memo = after != NULL ? after->next : *chain_of(memos, wanted);
	while (memo != NULL && !osc_slice_equal(key_of(memo), wanted))
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
