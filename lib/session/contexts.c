/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "session/contexts.h"

/* Descriptors for all but contexts, and the bounds of what stays open. */
#define DESCRIPTORS_KEPT 64
#define OPEN_MIN 8
#define OPEN_MAX ((size_t)16384)

/* An open context holds one descriptor, and one more while it is locked. */
static size_t
open_limit(void)
{
	struct rlimit limit;
	size_t n;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return OPEN_MIN;
	if (limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max;
		if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
			(void)getrlimit(RLIMIT_NOFILE, &limit);
	}
	n = limit.rlim_cur > 4 * OPEN_MAX ? OPEN_MAX : (size_t)limit.rlim_cur / 2;
	n = n > DESCRIPTORS_KEPT + OPEN_MIN ? n - DESCRIPTORS_KEPT : OPEN_MIN;
	return n < OPEN_MAX ? n : OPEN_MAX;
}

void
osc_contexts_init(
    struct osc_contexts *contexts, const char *directory, enum osc_role role, unsigned flags)
{
	memset(contexts, 0, sizeof(*contexts));
	contexts->directory = directory;
	contexts->role = role;
	contexts->flags = flags;
	contexts->limit = open_limit();
}

static struct osc_endpoint *
find_open(const struct osc_contexts *contexts, const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return NULL;
	for (size_t i = 0; i < contexts->n; i++)
		if (contexts->open[i]->dev == st.st_dev && contexts->open[i]->ino == st.st_ino)
			return contexts->open[i];
	return NULL;
}

/* One key must not belong to two directories: each would have a window of its own,
 * and a message could get in once by each. */
static enum osc_err
check_key(const struct osc_contexts *contexts, const struct osc_endpoint *endpoint,
    struct osc_detail *detail)
{
	const struct osc_context *mine = &endpoint->context, *other;

	for (size_t i = 0; i < contexts->n; i++) {
		other = &contexts->open[i]->context;
		if (osc_slice_equal(
			osc_id_slice(&mine->recipient_id), osc_id_slice(&other->recipient_id)) &&
		    osc_aead_key_equal(mine->recipient_key, other->recipient_key))
			return osc_detail_set(detail, OSC_ETWIN, contexts->open[i]->path,
			    "has the same Recipient Key as %s", endpoint->path);
	}
	return OSC_OK;
}

/* For one more context, and for all of them among the candidates. */
static bool
make_room(struct osc_contexts *contexts)
{
	size_t cap = contexts->cap > 0 ? 2 * contexts->cap : 16;
	struct osc_endpoint **open, **found;

	if (contexts->n < contexts->cap)
		return true;
	open = realloc(contexts->open, cap * sizeof(struct osc_endpoint *));
	if (open == NULL)
		return false;
	contexts->open = open;
	found = realloc(contexts->found, cap * sizeof(struct osc_endpoint *));
	if (found == NULL)
		return false;
	contexts->found = found;
	contexts->cap = cap;
	return true;
}

enum osc_err
osc_contexts_open(struct osc_contexts *contexts, const char *path, struct osc_endpoint **out,
    struct osc_detail *detail)
{
	struct osc_endpoint *endpoint;
	enum osc_err err;

	*out = find_open(contexts, path);
	if (*out != NULL)
		return OSC_OK;
	endpoint = make_room(contexts) ? malloc(sizeof(*endpoint)) : NULL;
	if (endpoint == NULL)
		return osc_detail_set(detail, OSC_ENOMEM, NULL, "no memory");
	err = osc_endpoint_open(endpoint, path, contexts->role, contexts->flags, detail);
	if (err == OSC_OK)
		err = check_key(contexts, endpoint, detail);
	if (err != OSC_OK) {
		osc_endpoint_close(endpoint);
		free(endpoint);
		return err;
	}
	contexts->open[contexts->n++] = endpoint;
	*out = endpoint;
	return OSC_OK;
}

bool
osc_contexts_full(const struct osc_contexts *contexts)
{
	return contexts->n >= contexts->limit;
}

struct osc_endpoint *
osc_contexts_unwarned(const struct osc_contexts *contexts)
{
	/* New ones come last. */
	for (size_t i = contexts->n; i > 0 && !contexts->open[i - 1]->warned; i--)
		if (i == 1 || contexts->open[i - 2]->warned)
			return contexts->open[i - 1];
	return NULL;
}

static int
compare_used(const void *a, const void *b)
{
	const struct osc_endpoint *left = *(struct osc_endpoint *const *)a;
	const struct osc_endpoint *right = *(struct osc_endpoint *const *)b;

	return left->used > right->used ? -1 : left->used < right->used;
}

void
osc_contexts_next_group(struct osc_contexts *contexts)
{
	contexts->group++;
	if (!osc_contexts_full(contexts))
		return;
	/* Half of them go, those that were used last stay. */
	osc_memos_forget(&contexts->memos);
	qsort(contexts->open, contexts->n, sizeof(struct osc_endpoint *), compare_used);
	while (contexts->n > contexts->limit / 2) {
		osc_endpoint_close(contexts->open[--contexts->n]);
		free(contexts->open[contexts->n]);
	}
}

void
osc_contexts_close(struct osc_contexts *contexts)
{
	osc_memos_free(&contexts->memos);
	for (size_t i = 0; i < contexts->n; i++) {
		osc_endpoint_close(contexts->open[i]);
		free(contexts->open[i]);
	}
	free(contexts->open);
	free(contexts->found);
	if (contexts->have_index)
		osc_index_free(&contexts->index);
	memset(contexts, 0, sizeof(*contexts));
}
