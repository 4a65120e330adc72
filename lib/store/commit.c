/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "store/commit.h"
#include "store/file.h"

/* Those that are committed at one time. */
struct batch {
	struct osc_commit *commits;
	size_t n;
	bool go_on;
};

typedef enum osc_err step(struct osc_commit *commit);

/* What came to a failure stops there; what comes behind it may, too. */
static void
stop(const struct batch *batch, size_t i, enum osc_err err)
{
	struct osc_commit *commits = batch->commits;

	commits[i].err = err;
	commits[i].going = false;
	if (batch->go_on && err != OSC_ENOMEM)
		return;
	for (size_t k = i + 1; k < batch->n; k++)
		if (commits[k].going && !commits[k].replaced) {
			osc_store_leave(commits[k].store);
			commits[k].going = false;
		}
}

static void
each(const struct batch *batch, step *take)
{
	enum osc_err err;

	for (size_t i = 0; i < batch->n; i++) {
		if (!batch->commits[i].going)
			continue;
		err = take(&batch->commits[i]);
		if (err != OSC_OK)
			stop(batch, i, err);
	}
}

static bool
is_beside(const struct osc_commit *a, const struct osc_commit *b)
{
	return osc_store_dir(a->store)->dev == osc_store_dir(b->store)->dev;
}

/* Which have something to be written, and which of them are on one file system? */
static void
choose(const struct batch *batch)
{
	struct osc_commit *commits = batch->commits;
	size_t first;

	for (size_t i = 0; i < batch->n; i++) {
		commits[i].err = OSC_OK;
		commits[i].going = osc_store_changed(commits[i].store);
		commits[i].together = commits[i].replaced = false;
	}
	for (size_t i = 0; i < batch->n; i++) {
		for (first = 0; first < i; first++)
			if (commits[first].going && is_beside(&commits[first], &commits[i]))
				break;
		if (!commits[i].going || first == i)
			continue;
		if (!commits[first].together)
			commits[first].together = osc_fs_syncs(osc_store_dir(commits[i].store));
		commits[i].together = commits[first].together;
	}
}

static void
refuse(const struct batch *batch, size_t i, enum osc_err err, const struct osc_detail *detail)
{
	struct osc_commit *commit = &batch->commits[i];

	commit->detail = *detail;
	osc_dir_where(&commit->detail, osc_store_dir(commit->store), NULL);
	stop(batch, i, err);
}

/* One call for all that is on a file system. What it says is true of each. */
static void
sync_together(const struct batch *batch, bool names)
{
	struct osc_commit *commits = batch->commits;
	struct osc_detail detail = {0};
	const struct osc_dir *dir;
	enum osc_err err;

	for (size_t i = 0; i < batch->n; i++)
		commits[i].synced = false;
	for (size_t i = 0; i < batch->n; i++) {
		if (!commits[i].going || !commits[i].together || commits[i].synced)
			continue;
		dir = osc_store_dir(commits[i].store);
		err = osc_fs_sync(dir, &detail);
		if (err == OSC_OK && names)
			err = osc_dir_sync(dir, &detail);
		for (size_t k = i; k < batch->n; k++) {
			if (!commits[k].going || !is_beside(&commits[i], &commits[k]))
				continue;
			commits[k].synced = true;
			if (err != OSC_OK)
				refuse(batch, k, err, &detail);
		}
	}
}

static enum osc_err
write_one(struct osc_commit *commit)
{
	return osc_store_write(commit->store, !commit->together, &commit->detail);
}

static enum osc_err
replace_one(struct osc_commit *commit)
{
	enum osc_err err = osc_store_replace(commit->store, !commit->together, &commit->detail);

	commit->replaced = err == OSC_OK;
	return err;
}

static enum osc_err
settle_one(struct osc_commit *commit)
{
	return osc_store_settle(commit->store, &commit->detail);
}

void
osc_commit_all(struct osc_commit *commits, size_t n, bool go_on)
{
	struct batch batch = {.commits = commits, .n = n, .go_on = go_on};

	choose(&batch);
	each(&batch, write_one);
	sync_together(&batch, false);
	each(&batch, replace_one);
	sync_together(&batch, true);
	each(&batch, settle_one);
}

enum osc_err
osc_commit_one(struct osc_store *store, struct osc_detail *detail)
{
	struct osc_commit commit = {.store = store};

	osc_commit_all(&commit, 1, true);
	if (commit.err != OSC_OK && detail != NULL)
		*detail = commit.detail;
	return commit.err;
}
