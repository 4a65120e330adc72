/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <assert.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "message/hex.h"
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

static char *
format_id(char *out, struct osc_slice id)
{
	osc_hex_encode(out, id);
	out += 2 * id.len;
	if (id.len == 0)
		*out++ = '_';
	return out;
}

void
osc_cid_format(char *out, const struct osc_wanted *wanted)
{
	out = format_id(out, wanted->kid);
	if (wanted->has_kid_context) {
		*out++ = '@';
		out = format_id(out, wanted->kid_context);
	}
	*out = '\0';
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
			return osc_detail_set(detail, OSC_ECONTEXT, contexts->open[i]->path,
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

static enum osc_err
open_context(struct osc_contexts *contexts, const char *path, struct osc_endpoint **out,
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

static enum osc_err
find_by_name(struct osc_contexts *contexts, const struct osc_wanted *wanted, const char *name,
    struct osc_detail *detail)
{
	char *path = osc_index_path(contexts->directory, name);
	struct osc_endpoint *endpoint = NULL;
	enum osc_err err = OSC_OK;
	bool fits = false;
	struct stat st;

	if (path == NULL)
		return osc_detail_set(detail, OSC_ENOMEM, NULL, "no memory");
	if (stat(path, &st) == 0) {
		err = open_context(contexts, path, &endpoint, detail);
		assert(err != OSC_OK || endpoint != NULL);
		if (err == OSC_OK && osc_wanted_fits(wanted, osc_store_params(endpoint->store)))
			contexts->found[contexts->n_found++] = endpoint;
		else if (err != OSC_OK && err != OSC_ENOMEM &&
		    osc_index_would_fit(path, wanted, &fits) == OSC_OK && !fits)
			err = OSC_OK;
	}
	free(path);
	return err;
}

/* A directory may have several names: it is one context. */
static bool
is_among(const struct osc_contexts *contexts, const struct osc_endpoint *endpoint)
{
	for (size_t i = 0; i < contexts->n_found; i++)
		if (contexts->found[i] == endpoint)
			return true;
	return false;
}

static enum osc_err
scan(struct osc_contexts *contexts, const struct osc_wanted *wanted, struct osc_detail *detail)
{
	const struct osc_index_entry *entry;
	struct osc_endpoint *endpoint;
	enum osc_err err = OSC_OK;
	size_t at = 0;

	if (contexts->have_index && osc_index_stale(&contexts->index, contexts->directory)) {
		osc_index_free(&contexts->index);
		contexts->have_index = false;
	}
	if (!contexts->have_index) {
		err = osc_index_load(&contexts->index, contexts->directory, detail);
		contexts->have_index = err == OSC_OK;
	}
	while (err == OSC_OK && (entry = osc_index_next(&contexts->index, &at, wanted)) != NULL) {
		err = open_context(contexts, entry->path, &endpoint, detail);
		if (err == OSC_OK && !is_among(contexts, endpoint))
			contexts->found[contexts->n_found++] = endpoint;
	}
	return err;
}

/* Would a directory that serves both roles fit, if only the role were known? */
static bool
fits_either(const struct osc_contexts *contexts, const struct osc_wanted *wanted)
{
	struct osc_wanted either = *wanted;
	size_t at = 0;

	either.either = true;
	return wanted->role == OSC_ROLE_NONE &&
	    osc_index_next(&contexts->index, &at, &either) != NULL;
}

/* The candidates, and their names for the next time. */
static enum osc_err
look_up(struct osc_contexts *contexts, const struct osc_wanted *wanted, const char *name,
    struct osc_detail *detail)
{
	enum osc_err err = find_by_name(contexts, wanted, name, detail);

	if (err == OSC_OK && contexts->n_found == 0)
		err = scan(contexts, wanted, detail);
	for (size_t i = 0; err == OSC_OK && i < contexts->n_found; i++)
		if (!osc_memos_add(&contexts->memos, name, contexts->found[i]))
			err = osc_detail_set(detail, OSC_ENOMEM, NULL, "no memory");
	return err;
}

enum osc_err
osc_contexts_find(
    struct osc_contexts *contexts, const struct osc_wanted *wanted, struct osc_detail *detail)
{
	struct osc_wanted kid_only = *wanted;
	const struct osc_memo *memo = NULL;
	char name[OSC_CID_MAX];
	enum osc_err err = OSC_OK;
	size_t at = 0;

	osc_cid_format(name, wanted);
	contexts->n_found = 0;
	while ((memo = osc_memos_next(&contexts->memos, name, memo)) != NULL)
		contexts->found[contexts->n_found++] = memo->endpoint;
	if (contexts->n_found == 0)
		err = look_up(contexts, wanted, name, detail);
	for (size_t i = 0; err == OSC_OK && i < contexts->n_found; i++)
		contexts->found[i]->used = contexts->group;
	if (err != OSC_OK || contexts->n_found > 0)
		return err;
	if (fits_either(contexts, wanted))
		return OSC_EKIDROLE;
	kid_only.has_kid_context = false;
	return osc_index_next(&contexts->index, &at, &kid_only) != NULL ? OSC_EKIDCONTEXT
									: OSC_EKID;
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
