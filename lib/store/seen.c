/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <time.h>

#include "store/seen.h"

/* The clock of a file system is coarse: within this time two changes may look like one. */
#define RECENT_NS INT64_C(100000000)
#define NS_PER_S INT64_C(1000000000)

bool
osc_seen_directory(const struct osc_seen *seen, const struct osc_stamp *now)
{
	return seen->dev == now->dev && seen->ino == now->ino &&
	    seen->has_btime == now->has_btime && seen->btime == now->btime;
}

bool
osc_seen_same(const struct osc_seen *seen, const struct osc_stamp *now)
{
	return !seen->recent && osc_seen_directory(seen, now) && seen->mtime == now->mtime;
}

void
osc_seen_set(struct osc_seen *seen, const struct osc_stamp *now)
{
	struct timespec t = {0};

	(void)clock_gettime(CLOCK_REALTIME, &t);
	seen->dev = now->dev;
	seen->ino = now->ino;
	seen->has_btime = now->has_btime;
	seen->btime = now->btime;
	seen->mtime = now->mtime;
	seen->mode = now->mode;
	seen->recent = (int64_t)t.tv_sec * NS_PER_S + t.tv_nsec - now->mtime < RECENT_NS;
}
