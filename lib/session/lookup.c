/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <assert.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "session/contexts.h"

/* Which of the contexts a message is for: osc_contexts_find. */

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
	if (osc_is_present(wanted->kid_context)) {
		*out++ = '@';
		out = format_id(out, wanted->kid_context);
	}
	*out = '\0';
}

/* The directory of this name, if it is there and fits. */
static enum osc_err
try_name(struct osc_contexts *contexts, const struct osc_wanted *wanted, const char *name,
    struct osc_endpoint **out, struct osc_detail *detail)
{
	char *path = osc_index_path(contexts->directory, name);
	struct osc_endpoint *endpoint;
	enum osc_err err = OSC_OK;
	bool fits = false;
	struct stat st;

	*out = NULL;
	if (path == NULL)
		return osc_detail_set(detail, OSC_ENOMEM, NULL, "no memory");
	if (stat(path, &st) == 0) {
		err = osc_contexts_open(contexts, path, &endpoint, detail);
		assert(err != OSC_OK || endpoint != NULL);
		if (err == OSC_OK && osc_wanted_fits(wanted, osc_store_params(endpoint->store)))
			*out = endpoint;
		else if (err != OSC_OK && err != OSC_ENOMEM &&
		    osc_index_would_fit(path, wanted, &fits) == OSC_OK && !fits)
			err = OSC_OK;
	}
	free(path);
	return err;
}

/* A kid context is not authenticated: whoever adds it or takes it away changes the name
 * that is looked for. If there is a copy of the context under the other one, it must
 * not let the message in again. */
static enum osc_err
check_other_name(struct osc_contexts *contexts, const struct osc_wanted *wanted,
    const struct osc_endpoint *found, struct osc_detail *detail)
{
	const struct osc_params *params = osc_store_params(found->store);
	struct osc_wanted other = *wanted;
	struct osc_endpoint *endpoint;
	char name[OSC_CID_MAX];
	enum osc_err err;

	if (!osc_is_present(params->id_context) || params->id_context.len > OSC_OPTION_MAX)
		return OSC_OK;
	other.kid_context = osc_is_present(wanted->kid_context) ? OSC_ABSENT : params->id_context;
	osc_cid_format(name, &other);
	err = try_name(contexts, &other, name, &endpoint, detail);
	return err == OSC_ETWIN || err == OSC_ENOMEM ? err : OSC_OK;
}

static enum osc_err
find_by_name(struct osc_contexts *contexts, const struct osc_wanted *wanted, const char *name,
    struct osc_detail *detail)
{
	struct osc_endpoint *endpoint;
	enum osc_err err = try_name(contexts, wanted, name, &endpoint, detail);

	if (err == OSC_OK && endpoint != NULL) {
		contexts->found[contexts->n_found++] = endpoint;
		err = check_other_name(contexts, wanted, endpoint, detail);
	}
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
		err = osc_contexts_open(contexts, entry->path, &endpoint, detail);
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
	kid_only.kid_context = OSC_ABSENT;
	return osc_index_next(&contexts->index, &at, &kid_only) != NULL ? OSC_EKIDCONTEXT
									: OSC_EKID;
}
