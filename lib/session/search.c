/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <stdlib.h>

#include "session/search.h"

/* Which of the contexts a message is for. */

void
osc_search_init(
    struct osc_search *search, struct osc_contexts *contexts, const struct osc_wanted *wanted)
{
	memset(search, 0, sizeof(*search));
	search->contexts = contexts;
	search->wanted = wanted;
	search->serial = ++contexts->searches;
}

void
osc_search_again(struct osc_search *search)
{
	search->n = search->at = 0;
	search->serial = ++search->contexts->searches;
	search->begun = search->named = search->recalled = search->listed = false;
	search->err = OSC_OK;
}

void
osc_search_free(struct osc_search *search)
{
	free(search->found);
	search->found = NULL;
}

/* An error of a context that fits: said if no other verifies the message. No memory is an
 * error of the run. */
static void
note(struct osc_search *search, enum osc_err err, const struct osc_detail *detail)
{
	if (err == OSC_OK || (search->err != OSC_OK && err != OSC_ENOMEM))
		return;
	search->err = err;
	search->detail = *detail;
}

/* A directory may have several names: it is one context. */
static void
add(struct osc_search *search, struct osc_endpoint *endpoint)
{
	size_t cap = search->cap > 0 ? 2 * search->cap : 8;
	struct osc_endpoint **found;

	if (endpoint->found == search->serial)
		return;
	endpoint->found = search->serial;
	if (search->n == search->cap) {
		found = realloc(search->found, cap * sizeof(struct osc_endpoint *));
		if (found == NULL) {
			search->err = OSC_ENOMEM;
			return;
		}
		search->found = found;
		search->cap = cap;
	}
	search->found[search->n++] = endpoint;
}

/* Where the ID Context changes, any kid context may be for it (B.2). */
static bool
fits_endpoint(const struct osc_wanted *wanted, const struct osc_endpoint *endpoint)
{
	struct osc_wanted kid_only = *wanted;

	if (osc_endpoint_rederives(endpoint))
		kid_only.kid_context = OSC_ABSENT;
	return osc_wanted_fits(&kid_only, &endpoint->context.sender_id,
	    &endpoint->context.recipient_id, endpoint->context.id_context);
}

/* The directory of this name, if it is there and fits. What fits and cannot be loaded is
 * noted. */
static struct osc_endpoint *
try_name(struct osc_search *search, const struct osc_wanted *wanted, bool *fits)
{
	struct osc_contexts *contexts = search->contexts;
	struct osc_endpoint *endpoint = NULL;
	struct osc_detail detail = {0};
	char name[OSC_CID_MAX], *path;
	enum osc_err err;

	*fits = false;
	osc_cid_format(name, wanted);
	if (contexts->index.loaded && !osc_index_has(&contexts->index, name))
		return NULL;
	err = osc_contexts_load(contexts, name, &endpoint, &detail);
	if (err == OSC_OK) {
		*fits = endpoint != NULL && fits_endpoint(wanted, endpoint);
		return *fits ? endpoint : NULL;
	}
	path = osc_index_path(contexts->directory, name);
	if (err != OSC_ENOMEM && path != NULL &&
	    osc_index_would_fit(path, wanted, fits) == OSC_OK && !*fits)
		err = OSC_OK;
	free(path);
	note(search, err, &detail);
	return NULL;
}

/*
 * A kid context is not authenticated: whoever adds it or takes it away changes the name that
 * is looked for. So a copy of the context under the other one is looked for at once: it must
 * not let the message in again. That the two have one key is noted when it is loaded.
 */
static void
find_named(struct osc_search *search)
{
	const struct osc_wanted *wanted = search->wanted;
	struct osc_endpoint *endpoint = try_name(search, wanted, &search->named);
	struct osc_search other = {.contexts = search->contexts};
	struct osc_wanted otherwise = *wanted;
	struct osc_slice id_context;
	bool fits;

	if (endpoint == NULL)
		return;
	add(search, endpoint);
	id_context = endpoint->context.id_context;
	if (!osc_is_present(id_context) || id_context.len > OSC_OPTION_MAX)
		return;
	otherwise.kid_context = osc_is_present(wanted->kid_context) ? OSC_ABSENT : id_context;
	(void)try_name(&other, &otherwise, &fits);
	if (other.err == OSC_ENOMEM)
		note(search, other.err, &other.detail);
}

static void
find_recent(struct osc_search *search)
{
	struct osc_endpoint *endpoint = osc_contexts_recent(search->contexts, search->wanted);

	search->recalled = true;
	if (endpoint != NULL && fits_endpoint(search->wanted, endpoint))
		add(search, endpoint);
}

static int
compare_used(const void *a, const void *b)
{
	const struct osc_endpoint *left = *(struct osc_endpoint *const *)a;
	const struct osc_endpoint *right = *(struct osc_endpoint *const *)b;

	return left->used > right->used ? -1 : left->used < right->used;
}

/* Those that were used last first, the others as they are. */
static void
sort(struct osc_endpoint **found, size_t n)
{
	struct osc_endpoint *endpoint;
	size_t used = 0;

	for (size_t i = 0; i < n; i++) {
		endpoint = found[i];
		if (endpoint->used == 0)
			continue;
		memmove(found + used + 1, found + used, (i - used) * sizeof(struct osc_endpoint *));
		found[used++] = endpoint;
	}
	if (used > 1)
		qsort(found, used, sizeof(struct osc_endpoint *), compare_used);
}

/* All the others that fit. Where the named one is there, names of other kids are taken at
 * their word: then a forged message costs no look into the directories that have them. */
static void
list_others(struct osc_search *search)
{
	struct osc_contexts *contexts = search->contexts;
	const struct osc_index_entry *entry = NULL;
	struct osc_endpoint *endpoint;
	struct osc_detail detail = {0};
	size_t first = search->n;
	enum osc_err err;

	search->listed = true;
	err = osc_contexts_refresh(contexts, true, &detail);
	note(search, err, &detail);
	if (err != OSC_OK)
		return;
	err = osc_index_read(
	    &contexts->index, search->named ? search->wanted->kid : OSC_ABSENT, &detail);
	note(search, err, &detail);
	while (search->err != OSC_ENOMEM &&
	    (entry = osc_index_next(&contexts->index, search->wanted, entry)) != NULL) {
		note(search, osc_contexts_load(contexts, entry->name, &endpoint, &detail), &detail);
		if (endpoint != NULL && fits_endpoint(search->wanted, endpoint))
			add(search, endpoint);
	}
	if (search->n > first)
		sort(search->found + first, search->n - first);
}

/* True if that leads behind the last one that is known so far. */
static bool
skip_gone(struct osc_search *search)
{
	while (search->at < search->n && search->found[search->at]->gone)
		search->at++;
	return search->at == search->n;
}

struct osc_endpoint *
osc_search_next(struct osc_search *search)
{
	struct osc_detail detail = {0};

	if (!search->begun) {
		search->begun = true;
		note(search, osc_contexts_refresh(search->contexts, false, &detail), &detail);
		find_named(search);
	}
	if (skip_gone(search) && !search->recalled)
		find_recent(search);
	if (skip_gone(search) && !search->listed)
		list_others(search);
	return skip_gone(search) ? NULL : search->found[search->at++];
}

struct osc_tried
osc_search_tried(const struct osc_search *search)
{
	struct osc_tried tried = {0};

	for (size_t i = 0; i < search->at; i++) {
		if (search->found[i]->gone)
			continue;
		if (tried.n < OSC_TRIED_SHOWN)
			tried.shown[tried.n] = search->found[i];
		tried.n++;
	}
	return tried;
}

bool
osc_search_renew(struct osc_search *search)
{
	struct osc_contexts *contexts = search->contexts;
	struct osc_endpoint *endpoint;
	bool any = false;

	for (size_t i = 0; i < search->n; i++) {
		endpoint = search->found[i];
		if (endpoint->gone || endpoint->held || endpoint->checked == contexts->group)
			continue;
		endpoint->checked = contexts->group;
		if (osc_contexts_unchanged(endpoint))
			continue;
		if (osc_contexts_drop(contexts, endpoint) != OSC_OK)
			search->err = OSC_ENOMEM;
		any = true;
	}
	return any;
}

/* Would one fit, if only the role were known, or the kid context another? */
enum osc_err
osc_search_verdict(const struct osc_search *search)
{
	const struct osc_index *index = &search->contexts->index;
	struct osc_wanted either = *search->wanted, kid_only = *search->wanted;

	if (search->err != OSC_OK)
		return search->err;
	for (size_t i = 0; i < search->n; i++)
		if (!search->found[i]->gone)
			return OSC_ETAG;
	either.either = true;
	if (either.role == OSC_ROLE_NONE && osc_index_next(index, &either, NULL) != NULL)
		return OSC_EKIDROLE;
	kid_only.kid_context = OSC_ABSENT;
	return osc_index_next(index, &kid_only, NULL) != NULL ? OSC_EKIDCONTEXT : OSC_EKID;
}
