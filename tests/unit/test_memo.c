/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <string.h>

#include "helper.h"
#include "session/endpoint.h"
#include "session/memo.h"

#define MANY 5000

static struct osc_endpoint endpoints[MANY];

/* Up to max endpoints of a name. */
static size_t
recall(const struct osc_memos *memos, const char *key, struct osc_endpoint **found, size_t max)
{
	const struct osc_memo *memo = NULL;
	size_t n = 0;

	while (n < max && (memo = osc_memos_next(memos, key, memo)) != NULL)
		found[n++] = memo->endpoint;
	return n;
}

static void
test_memo_empty(void)
{
	struct osc_memos memos = {0};
	struct osc_endpoint *found[1];

	CHECK(recall(&memos, "01", found, 1) == 0);
	osc_memos_forget(&memos);
	osc_memos_free(&memos);
	CHECK(memos.buckets == NULL);
}

static void
test_memo_names(void)
{
	static const char *const names[] = {"", "_", "01", "0", "1", "010", "01@", "01@_", "_@01"};
	struct osc_memos memos = {0};
	struct osc_endpoint *found[3];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		CHECK(recall(&memos, names[i], found, 3) == 0);
		CHECK(osc_memos_add(&memos, names[i], &endpoints[i]));
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		CHECK(recall(&memos, names[i], found, 3) == 1 && found[0] == &endpoints[i]);
	CHECK(recall(&memos, "02", found, 3) == 0);
	osc_memos_free(&memos);
}

static void
test_memo_several(void)
{
	struct osc_memos memos = {0};
	struct osc_endpoint *found[8];
	unsigned seen = 0;

	for (size_t i = 0; i < 5; i++)
		CHECK(osc_memos_add(&memos, "01", &endpoints[i]));
	CHECK(osc_memos_add(&memos, "02", &endpoints[5]));
	CHECK(recall(&memos, "01", found, 8) == 5);
	for (size_t i = 0; i < 5; i++)
		seen |= 1U << (found[i] - endpoints);
	CHECK(seen == 0x1f);
	osc_memos_free(&memos);
}

static void
test_memo_many(void)
{
	struct osc_memos memos = {0};
	struct osc_endpoint *found[2];
	char name[16];

	for (unsigned round = 0; round < 2; round++) {
		for (unsigned i = 0; i < MANY; i++) {
			(void)snprintf(name, sizeof(name), "%x", i);
			CHECK(osc_memos_add(&memos, name, &endpoints[i]));
		}
		CHECK(memos.n == MANY && memos.n_buckets >= MANY / 2);
		for (unsigned i = 0; i < MANY; i++) {
			(void)snprintf(name, sizeof(name), "%x", i);
			CHECK(recall(&memos, name, found, 2) == 1 && found[0] == &endpoints[i]);
		}
		osc_memos_forget(&memos);
		CHECK(memos.n == 0 && recall(&memos, "1", found, 2) == 0);
	}
	osc_memos_free(&memos);
}

int
main(void)
{
	RUN(test_memo_empty);
	RUN(test_memo_names);
	RUN(test_memo_several);
	RUN(test_memo_many);
	return unit_end();
}
