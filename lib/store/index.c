/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/datum.h"
#include "store/index.h"
#include "store/settings.h"

static bool
id_is(const struct osc_id *id, struct osc_slice kid)
{
	return osc_slice_equal(osc_id_slice(id), kid);
}

static bool
context_fits(const struct osc_wanted *wanted, struct osc_slice id_context)
{
	return !osc_is_present(wanted->kid_context) ||
	    osc_slice_same(id_context, wanted->kid_context);
}

bool
osc_wanted_fits(const struct osc_wanted *wanted, const struct osc_params *params)
{
	return id_is(&params->recipient_id, wanted->kid) &&
	    context_fits(wanted, params->id_context);
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
	return fits && context_fits(wanted, osc_slice(entry->id_context, entry->id_context_len));
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

/* Room behind the last one, which is not counted yet. */
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

/* Whose messages a directory is for; the path is not set. Whether the files tell
 * that is *known. OSC_ECONTEXT for what is no context. */
static enum osc_err
identify(struct osc_index_entry *entry, const char *path, size_t files, bool *known)
{
	struct osc_settings settings;
	struct osc_params params;
	struct osc_dir dir;
	enum osc_err err;

	memset(entry, 0, sizeof(*entry));
	*known = false;
	err = osc_dir_open(&dir, path, NULL);
	/* What is no directory is no context; one that cannot be looked into may be. */
	if (err != OSC_OK)
		return errno == ENOENT || errno == ENOTDIR || err == OSC_ENOMEM ? err : OSC_OK;
	err = osc_settings_identify(&settings, &dir, files, known);
	osc_dir_close(&dir);
	if (err == OSC_OK && *known) {
		entry->neutral =
		    settings.dialect == OSC_DIALECT_ROLE && settings.role == OSC_ROLE_NONE;
		params = osc_settings_view(&settings, OSC_ROLE_CLIENT);
		entry->sender_id = params.sender_id;
		entry->recipient_id = params.recipient_id;
		entry->id_context_len = params.id_context.len;
		entry->id_context = settings.loaded.id_context;
		settings.loaded.id_context = NULL;
	}
	osc_settings_wipe(&settings);
	return err;
}

enum osc_err
osc_index_would_fit(const char *path, const struct osc_wanted *wanted, bool *fits)
{
	struct osc_index_entry entry;
	bool known;
	enum osc_err err = identify(&entry, path, OSC_STATIC_FILES, &known);

	*fits = err == OSC_OK && (!known || entry_fits(&entry, wanted));
	free(entry.id_context);
	return err == OSC_ENOMEM ? err : OSC_OK;
}

bool
osc_index_serves_both(const char *path)
{
	struct osc_index_entry entry;
	bool known, both;

	both = identify(&entry, path, 1, &known) == OSC_OK && known && entry.neutral;
	free(entry.id_context);
	return both;
}

char *
osc_index_path(const char *directory, const char *name)
{
	size_t len = strlen(directory), size = len + strlen(name) + 2;
	const char *slash = len > 0 && directory[len - 1] == '/' ? "" : "/";
	char *path = malloc(size);

	if (path != NULL)
		(void)snprintf(path, size, "%s%s%s", directory, slash, name);
	return path;
}

static enum osc_err
add(struct osc_index *index, const char *directory, const char *name)
{
	struct osc_index_entry *entry = new_entry(index);
	bool known = false;
	enum osc_err err;
	char *path;

	if (entry == NULL)
		return OSC_ENOMEM;
	path = osc_index_path(directory, name);
	if (path == NULL)
		return OSC_ENOMEM;
	err = identify(entry, path, OSC_STATIC_FILES, &known);
	if (err == OSC_OK && known) {
		entry->path = path;
		index->n++;
		return OSC_OK;
	}
	free(path);
	return err == OSC_ENOMEM ? err : OSC_OK;
}

static int
compare(const void *a, const void *b)
{
	const struct osc_index_entry *left = a, *right = b;

	return strcmp(left->path, right->path);
}

enum osc_err
osc_index_load(struct osc_index *index, const char *directory, struct osc_detail *detail)
{
	DIR *list = opendir(directory);
	enum osc_err err = OSC_OK;
	struct dirent *entry;
	struct stat st;

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
	while (err == OSC_OK && (entry = readdir(list)) != NULL)
		if (entry->d_name[0] != '.')
			err = add(index, directory, entry->d_name);
	(void)closedir(list);
	if (err == OSC_OK) {
		if (index->n > 0)
			qsort(index->entries, index->n, sizeof(*index->entries), compare);
		return OSC_OK;
	}
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
