/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

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
osc_wanted_fits(const struct osc_wanted *wanted, const struct osc_id *sender_id,
    const struct osc_id *recipient_id, struct osc_slice id_context)
{
	return (id_is(recipient_id, wanted->kid) ||
		   (wanted->both && id_is(sender_id, wanted->kid))) &&
	    context_fits(wanted, id_context);
}

static bool
entry_fits(const struct osc_index_entry *entry, const struct osc_wanted *wanted)
{
	bool peer = id_is(&entry->recipient_id, wanted->kid);
	bool own = id_is(&entry->sender_id, wanted->kid);
	bool fits;

	/* From the client's view the peer is the server, and the other way round. */
	if (!entry->neutral)
		fits = peer || (wanted->both && own);
	else if (wanted->either || wanted->both)
		fits = peer || own;
	else
		fits = (wanted->role == OSC_ROLE_CLIENT && peer) ||
		    (wanted->role == OSC_ROLE_SERVER && own);
	return fits &&
	    (entry->rederive ||
		context_fits(wanted, osc_slice(entry->id_context, entry->id_context_len)));
}

/* Which of the two chains of an entry is that of a kid? */
static int
chain_of(const struct osc_index_entry *entry, struct osc_slice kid)
{
	return id_is(&entry->recipient_id, kid) ? 0 : 1;
}

const struct osc_index_entry *
osc_index_next(const struct osc_index *index, const struct osc_wanted *wanted,
    const struct osc_index_entry *before)
{
	const struct osc_index_entry *entry = before != NULL
	    ? before->next[chain_of(before, wanted->kid)]
	    : osc_map_get(&index->ids, wanted->kid);

	while (entry != NULL && !entry_fits(entry, wanted))
		entry = entry->next[chain_of(entry, wanted->kid)];
	return entry;
}

/* Whose messages a directory is for, as far as its files tell. OSC_ECONTEXT for what is no
 * context; OSC_EIO if they cannot be read now, as for want of descriptors. */
static enum osc_err
identify(struct osc_index_entry *entry, const char *path)
{
	struct osc_settings settings;
	struct osc_params params;
	struct osc_dir dir;
	enum osc_err err;

	entry->known = false;
	err = osc_dir_open(&dir, path, NULL);
	/* What is no directory is no context; one that cannot be looked into may be. */
	if (err == OSC_ECONTEXT && errno != ENOENT && errno != ENOTDIR)
		return OSC_OK;
	if (err != OSC_OK)
		return err;
	err = osc_settings_identify(&settings, &dir, &entry->known);
	osc_dir_close(&dir);
	if (err == OSC_OK && entry->known) {
		entry->neutral =
		    settings.dialect == OSC_DIALECT_ROLE && settings.role == OSC_ROLE_NONE;
		entry->rederive = settings.rederive;
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

static void
forget_identity(struct osc_index_entry *entry)
{
	free(entry->id_context);
	entry->id_context = NULL;
	entry->id_context_len = 0;
	entry->read = entry->known = false;
}

enum osc_err
osc_index_would_fit(const char *path, const struct osc_wanted *wanted, bool *fits)
{
	struct osc_index_entry entry = {0};
	enum osc_err err = identify(&entry, path);

	*fits = err == OSC_EIO || (err == OSC_OK && (!entry.known || entry_fits(&entry, wanted)));
	forget_identity(&entry);
	return err == OSC_ENOMEM ? err : OSC_OK;
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

void
osc_index_init(struct osc_index *index, const char *directory)
{
	memset(index, 0, sizeof(*index));
	index->directory = directory;
}

static struct osc_slice
name_key(const char *name)
{
	return osc_slice((const uint8_t *)name, strlen(name));
}

bool
osc_index_has(const struct osc_index *index, const char *name)
{
	return osc_map_get(&index->names, name_key(name)) != NULL;
}

static void
free_entry(struct osc_index_entry *entry)
{
	if (entry == NULL)
		return;
	free(entry->id_context);
	free(entry->path);
	free(entry);
}

/* A new entry, known by its name alone; NULL if there is no memory. */
static struct osc_index_entry *
new_entry(struct osc_index *index, const char *name)
{
	struct osc_index_entry *entry = calloc(1, sizeof(*entry)), **entries;
	size_t cap = index->cap > 0 ? 2 * index->cap : 64;

	if (entry != NULL)
		entry->path = osc_index_path(index->directory, name);
	if (entry == NULL || entry->path == NULL)
		goto fail;
	entry->name = entry->path + strlen(entry->path) - strlen(name);
	if (index->n == index->cap) {
		entries = realloc(index->entries, cap * sizeof(struct osc_index_entry *));
		if (entries == NULL)
			goto fail;
		index->entries = entries;
		index->cap = cap;
	}
	if (!osc_map_put(&index->names, name_key(entry->name), entry))
		goto fail;
	index->entries[index->n++] = entry;
	return entry;
fail:
	free_entry(entry);
	return NULL;
}

static enum osc_err
take_name(struct osc_index *index, int dir, const char *name, bool *changed)
{
	struct osc_index_entry *entry = osc_map_get(&index->names, name_key(name));
	struct osc_stamp stamp;

	/* A name that leads nowhere may do so for a moment: it is looked at anew each time. */
	if (!osc_stamp_follow(&stamp, dir, name))
		return OSC_OK;
	if (entry == NULL || !osc_seen_directory(&entry->seen, &stamp))
		*changed = true;
	if (entry == NULL)
		entry = new_entry(index, name);
	if (entry == NULL)
		return OSC_ENOMEM;
	if (!entry->known || !osc_seen_directory(&entry->seen, &stamp))
		forget_identity(entry);
	osc_seen_set(&entry->seen, &stamp);
	entry->present = true;
	return OSC_OK;
}

static int
compare(const void *a, const void *b)
{
	const struct osc_index_entry *left = *(struct osc_index_entry *const *)a;
	const struct osc_index_entry *right = *(struct osc_index_entry *const *)b;

	return strcmp(left->path, right->path);
}

/* Drop what was not there any more, and begin anew with who has which ID. */
static void
drop_absent(struct osc_index *index, bool *changed)
{
	size_t kept = 0;

	for (size_t i = 0; i < index->n; i++) {
		struct osc_index_entry *entry = index->entries[i];

		if (entry->present) {
			index->entries[kept++] = entry;
			continue;
		}
		*changed = true;
		osc_map_remove(&index->names, name_key(entry->name));
		free_entry(entry);
	}
	index->n = kept;
	if (kept > 0)
		qsort(index->entries, kept, sizeof(struct osc_index_entry *), compare);
	index->read = index->read_all = false;
	osc_map_free(&index->ids);
	osc_map_free(&index->claims);
}

static enum osc_err
read_names(struct osc_index *index, DIR *list, bool *changed, struct osc_detail *detail)
{
	enum osc_err err = OSC_OK;
	struct dirent *found;

	for (size_t i = 0; i < index->n; i++)
		index->entries[i]->present = false;
	for (errno = 0; err == OSC_OK && (found = readdir(list)) != NULL; errno = 0)
		if (found->d_name[0] != '.')
			err = take_name(index, dirfd(list), found->d_name, changed);
	if (err == OSC_OK && errno != 0)
		return osc_detail_errno(
		    detail, OSC_EIO, index->directory, "cannot read the directory of contexts");
	if (err != OSC_OK)
		return osc_detail_set(detail, err, index->directory, "no memory");
	drop_absent(index, changed);
	return OSC_OK;
}

static enum osc_err
fail(const struct osc_index *index, struct osc_detail *detail)
{
	return osc_detail_errno(detail,
	    errno == ENOENT || errno == ENOTDIR || errno == EACCES ? OSC_ECONTEXT : OSC_EIO,
	    index->directory, "cannot open the directory of contexts");
}

/* A context may be made file by file, which the directory above it does not show. */
static void
reconsider(struct osc_index *index)
{
	struct osc_index_entry *entry;
	struct osc_stamp stamp;

	for (size_t i = 0; i < index->n; i++) {
		entry = index->entries[i];
		if (!entry->read || entry->known || !S_ISDIR(entry->seen.mode) ||
		    !osc_stamp_follow(&stamp, AT_FDCWD, entry->path) ||
		    osc_seen_same(&entry->seen, &stamp))
			continue;
		osc_seen_set(&entry->seen, &stamp);
		forget_identity(entry);
		index->read = index->read_all = false;
	}
}

enum osc_err
osc_index_load(struct osc_index *index, bool *changed, struct osc_detail *detail)
{
	struct osc_stamp stamp;
	enum osc_err err;
	DIR *list;

	*changed = false;
	if (!osc_stamp_follow(&stamp, AT_FDCWD, index->directory))
		return fail(index, detail);
	if (index->loaded && osc_seen_same(&index->seen, &stamp)) {
		reconsider(index);
		return OSC_OK;
	}
	do
		list = opendir(index->directory);
	while (list == NULL && errno == EINTR);
	if (list == NULL)
		return fail(index, detail);
	/* Before it is read: what changes meanwhile is seen the next time. */
	if (!osc_stamp_read(&stamp, dirfd(list), NULL)) {
		(void)closedir(list);
		return fail(index, detail);
	}
	osc_seen_set(&index->seen, &stamp);
	err = read_names(index, list, changed, detail);
	(void)closedir(list);
	index->loaded = err == OSC_OK;
	return err;
}

static bool
is_hex_digit(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/* Bytes in hex as oscore-cid prints them, "_" for none; returns what follows, or NULL. */
static const char *
skip_id(const char *name)
{
	const char *at = name;

	if (*at == '_')
		return at + 1;
	while (is_hex_digit(at[0]) && is_hex_digit(at[1]))
		at += 2;
	return at > name ? at : NULL;
}

/* The KID of a name that is KID or KID@KIDCONTEXT, as it is written; empty for others. */
static struct osc_slice
claimed_kid(const char *name)
{
	const char *kid_end = skip_id(name), *end = kid_end;

	if (end != NULL && *end == '@')
		end = skip_id(end + 1);
	if (end == NULL || *end != '\0')
		return osc_slice(NULL, 0);
	return osc_slice((const uint8_t *)name, (size_t)(kid_end - name));
}

bool
osc_index_names_a_kid(const char *name)
{
	return claimed_kid(name).len > 0;
}

static bool
chain(struct osc_index *index, struct osc_index_entry *entry, int slot)
{
	const struct osc_id *id = slot == 0 ? &entry->recipient_id : &entry->sender_id;

	entry->next[slot] = osc_map_get(&index->ids, osc_id_slice(id));
	return osc_map_put(&index->ids, osc_id_slice(id), entry);
}

static bool
chain_both(struct osc_index *index, struct osc_index_entry *entry)
{
	if (!entry->known)
		return true;
	return chain(index, entry, 0) &&
	    (id_is(&entry->sender_id, osc_id_slice(&entry->recipient_id)) ||
		chain(index, entry, 1));
}

/* From the last to the first, so that the chains have the order of the paths. */
static bool
chain_all(struct osc_index *index)
{
	bool ok = true;

	osc_map_free(&index->ids);
	for (size_t i = index->n; ok && i-- > 0;)
		ok = chain_both(index, index->entries[i]);
	return ok;
}

static enum osc_err
read_entry(struct osc_index_entry *entry, struct osc_detail *detail)
{
	enum osc_err err;

	if (entry->read)
		return OSC_OK;
	err = identify(entry, entry->path);
	if (err == OSC_ENOMEM)
		return osc_detail_set(detail, err, entry->path, "no memory");
	entry->known = entry->known && err == OSC_OK;
	if (err == OSC_EIO)
		return osc_detail_errno(detail, err, entry->path, "cannot look into it");
	entry->read = true;
	/* That it does not tell may be over at any time, and nothing shows it. */
	if (err == OSC_OK && !entry->known)
		entry->seen.recent = true;
	return OSC_OK;
}

/* Among the names that say this kid; false if there is no memory. */
static bool
claim(struct osc_index *index, struct osc_index_entry *entry, struct osc_slice kid)
{
	entry->next_claim = osc_map_get(&index->claims, kid);
	return osc_map_put(&index->claims, kid, entry);
}

/* All entries, or those whose names say no kid: the others are entered under theirs. */
static enum osc_err
read_entries(struct osc_index *index, bool all, struct osc_detail *detail)
{
	enum osc_err err, worst = OSC_OK;
	struct osc_slice kid;

	if (index->read_all || (index->read && !all))
		return OSC_OK;
	osc_map_free(&index->claims);
	for (size_t i = 0; i < index->n && worst != OSC_ENOMEM; i++) {
		kid = claimed_kid(index->entries[i]->name);
		err = OSC_OK;
		if (all || kid.len == 0)
			err = read_entry(index->entries[i], detail);
		else if (!claim(index, index->entries[i], kid))
			err = OSC_ENOMEM;
		worst = err != OSC_OK ? err : worst;
	}
	if (worst == OSC_ENOMEM || !chain_all(index))
		return OSC_ENOMEM;
	index->read = worst == OSC_OK;
	index->read_all = index->read && all;
	return worst;
}

static enum osc_err
read_claims(struct osc_index *index, struct osc_slice kid, struct osc_detail *detail)
{
	enum osc_err err, worst = OSC_OK;
	struct osc_index_entry *entry;
	char name[2 * OSC_ID_MAX] = "_";
	size_t len = kid.len > 0 ? 2 * kid.len : 1;

	if (index->read_all || kid.len > OSC_ID_MAX)
		return OSC_OK;
	osc_hex_encode(name, kid);
	entry = osc_map_get(&index->claims, osc_slice((const uint8_t *)name, len));
	for (; entry != NULL && worst != OSC_ENOMEM; entry = entry->next_claim) {
		if (entry->read)
			continue;
		err = read_entry(entry, detail);
		if (err == OSC_OK && !chain_both(index, entry))
			err = OSC_ENOMEM;
		worst = err != OSC_OK ? err : worst;
	}
	return worst;
}

enum osc_err
osc_index_read(struct osc_index *index, struct osc_slice kid, struct osc_detail *detail)
{
	enum osc_err err = read_entries(index, !osc_is_present(kid), detail), claims = OSC_OK;

	if (err != OSC_ENOMEM)
		claims = read_claims(index, kid, detail);
	err = claims != OSC_OK ? claims : err;
	return err == OSC_ENOMEM ? osc_detail_set(detail, err, index->directory, "no memory") : err;
}

void
osc_index_free(struct osc_index *index)
{
	for (size_t i = 0; i < index->n; i++)
		free_entry(index->entries[i]);
	free(index->entries);
	osc_map_free(&index->names);
	osc_map_free(&index->ids);
	osc_map_free(&index->claims);
	memset(index, 0, sizeof(*index));
}
