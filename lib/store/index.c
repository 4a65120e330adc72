/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/index.h"

static bool
id_is(const struct osc_id *id, struct osc_slice kid)
{
	return osc_slice_equal(osc_id_slice(id), kid);
}

static bool
context_fits(const struct osc_wanted *wanted, bool has_id_context, struct osc_slice id_context)
{
	return !wanted->has_kid_context ||
	    (has_id_context && osc_slice_equal(id_context, wanted->kid_context));
}

bool
osc_wanted_fits(const struct osc_wanted *wanted, const struct osc_params *params)
{
	return id_is(&params->recipient_id, wanted->kid) &&
	    context_fits(wanted, params->has_id_context, params->id_context);
}

static bool
entry_fits(const struct osc_index_entry *entry, const struct osc_wanted *wanted)
{
	bool peer = id_is(&entry->recipient_id, wanted->kid);
	bool own = id_is(&entry->sender_id, wanted->kid);
	bool fits;

	/* From the client's view the peer is the server, and the other way round. */
	if (!entry->neutral)
		fits = peer;
	else if (wanted->either)
		fits = peer || own;
	else
		fits = (wanted->role == OSC_ROLE_CLIENT && peer) ||
		    (wanted->role == OSC_ROLE_SERVER && own);
	return fits &&
	    context_fits(
		wanted, entry->has_id_context, osc_slice(entry->id_context, entry->id_context_len));
}

const struct osc_index_entry *
osc_index_next(const struct osc_index *index, size_t *at, const struct osc_wanted *wanted)
{
	while (*at < index->n) {
		const struct osc_index_entry *entry = &index->entries[(*at)++];

		if (entry_fits(entry, wanted))
			return entry;
	}
	return NULL;
}

static struct osc_index_entry *
new_entry(struct osc_index *index)
{
	size_t cap = index->cap > 0 ? 2 * index->cap : 64;
	struct osc_index_entry *entries;

	if (index->n == index->cap) {
		entries = realloc(index->entries, cap * sizeof(*entries));
		if (entries == NULL)
			return NULL;
		index->entries = entries;
		index->cap = cap;
	}
	memset(&index->entries[index->n], 0, sizeof(*index->entries));
	return &index->entries[index->n];
}

/* Take the parameters of one directory down; path becomes the entry's. */
static bool
add_entry(struct osc_index *index, char *path, bool neutral, const struct osc_params *params)
{
	size_t len = params->id_context.len;
	struct osc_index_entry *entry = new_entry(index);
	uint8_t *id_context = NULL;

	if (entry == NULL)
		return false;
	if (len > 0) {
		id_context = malloc(len);
		if (id_context == NULL)
			return false;
		memcpy(id_context, params->id_context.ptr, len);
	}
	entry->path = path;
	entry->neutral = neutral;
	entry->sender_id = params->sender_id;
	entry->recipient_id = params->recipient_id;
	entry->has_id_context = params->has_id_context;
	entry->id_context = id_context;
	entry->id_context_len = len;
	index->n++;
	return true;
}

/* Look at one directory; path is the index's from here on. */
static enum osc_err
add(struct osc_index *index, char *path)
{
	struct osc_store *store;
	bool neutral, added;
	enum osc_err err = osc_store_open(&store, path, OSC_ROLE_NONE, OSC_STORE_STATIC, NULL);

	neutral = err == OSC_ENOROLE;
	if (neutral)
		err = osc_store_open(&store, path, OSC_ROLE_CLIENT, OSC_STORE_STATIC, NULL);
	if (err != OSC_OK) {
		free(path);
		return err == OSC_ENOMEM ? err : OSC_OK;
	}
	added = add_entry(index, path, neutral, osc_store_params(store));
	osc_store_close(&store);
	if (!added)
		free(path);
	return added ? OSC_OK : OSC_ENOMEM;
}

enum osc_err
osc_index_load(struct osc_index *index, const char *directory, struct osc_detail *detail)
{
	DIR *list = opendir(directory);
	enum osc_err err = OSC_OK;
	struct dirent *entry;
	struct stat st;
	size_t size;
	char *path;

	memset(index, 0, sizeof(*index));
	if (list == NULL || fstat(dirfd(list), &st) != 0) {
		err = osc_detail_errno(detail,
		    errno == ENOENT || errno == ENOTDIR || errno == EACCES ? OSC_ECONTEXT : OSC_EIO,
		    directory, "cannot open the directory of contexts");
		if (list != NULL)
			(void)closedir(list);
		return err;
	}
	index->mtime = st.st_mtim;
	while (err == OSC_OK && (entry = readdir(list)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		size = strlen(directory) + strlen(entry->d_name) + 2;
		path = malloc(size);
		if (path == NULL) {
			err = OSC_ENOMEM;
			break;
		}
		(void)snprintf(path, size, "%s/%s", directory, entry->d_name);
		err = add(index, path);
	}
	(void)closedir(list);
	if (err == OSC_OK)
		return OSC_OK;
	osc_index_free(index);
	return osc_detail_set(detail, err, directory, "no memory");
}

bool
osc_index_stale(const struct osc_index *index, const char *directory)
{
	struct stat st;

	return stat(directory, &st) != 0 || st.st_mtim.tv_sec != index->mtime.tv_sec ||
	    st.st_mtim.tv_nsec != index->mtime.tv_nsec;
}

void
osc_index_free(struct osc_index *index)
{
	for (size_t i = 0; i < index->n; i++) {
		free(index->entries[i].path);
		free(index->entries[i].id_context);
	}
	free(index->entries);
	memset(index, 0, sizeof(*index));
}
