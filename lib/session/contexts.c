/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/secret.h"
#include "session/contexts.h"
#include "session/twins.h"

void
osc_contexts_init(
    struct osc_contexts *contexts, const char *directory, enum osc_role role, unsigned flags)
{
	memset(contexts, 0, sizeof(*contexts));
	contexts->directory = directory;
	contexts->role = role;
	contexts->flags = flags;
	contexts->last_unwarned = &contexts->unwarned;
	osc_contexts_limit(contexts, OSC_CONTEXTS_OPEN);
	osc_index_init(&contexts->index, directory);
}

void
osc_contexts_limit(struct osc_contexts *contexts, size_t limit)
{
	contexts->limit = contexts->full = limit;
}

/* What a directory is known by, whatever its name. */
struct inode {
	dev_t dev;
	ino_t ino;
};

static struct osc_slice
inode_key(struct inode *inode, dev_t dev, ino_t ino)
{
	memset(inode, 0, sizeof(*inode));
	inode->dev = dev;
	inode->ino = ino;
	return osc_slice((const uint8_t *)inode, sizeof(*inode));
}

static struct osc_slice
name_key(const char *name)
{
	return osc_slice((const uint8_t *)name, strlen(name));
}

static void
forget_key(struct osc_map *map, struct osc_slice key, const struct osc_endpoint *endpoint)
{
	if (osc_map_get(map, key) == endpoint)
		osc_map_remove(map, key);
}

static void
forget_keys(struct osc_contexts *contexts, struct osc_endpoint *endpoint)
{
	uint8_t hash[OSC_HASH_SIZE];
	struct inode inode;

	forget_key(&contexts->inodes, inode_key(&inode, endpoint->dev, endpoint->ino), endpoint);
	if (osc_past_hash(hash, endpoint->context.recipient_key))
		forget_key(&contexts->keys, osc_slice(hash, sizeof(hash)), endpoint);
	if (osc_past_hash(hash, endpoint->context.sender_key))
		forget_key(&contexts->senders, osc_slice(hash, sizeof(hash)), endpoint);
}

/* It is found no more, and closed when the next group begins. */
static void
take_away(struct osc_contexts *contexts, struct osc_endpoint *endpoint)
{
	forget_keys(contexts, endpoint);
	endpoint->gone = true;
	contexts->n_gone++;
}

enum osc_err
osc_contexts_drop(struct osc_contexts *contexts, struct osc_endpoint *endpoint)
{
	enum osc_err err;

	if (endpoint->gone)
		return OSC_OK;
	endpoint->gone = true;
	err = osc_past_remember(&contexts->past, endpoint);
	take_away(contexts, endpoint);
	return err;
}

enum osc_err
osc_contexts_open(const struct osc_contexts *contexts, struct osc_endpoint *endpoint,
    const char *path, struct osc_detail *detail)
{
	enum osc_err err =
	    osc_endpoint_open(endpoint, path, contexts->role, contexts->flags, detail);

	if (err == OSC_ENOROLE && contexts->any_role)
		err = osc_endpoint_open(endpoint, path, OSC_ROLE_CLIENT, contexts->flags, detail);
	return err;
}

static bool
make_room(struct osc_contexts *contexts)
{
	size_t cap = contexts->cap > 0 ? 2 * contexts->cap : 16;
	struct osc_endpoint **loaded;

	if (contexts->n < contexts->cap)
		return true;
	loaded = realloc(contexts->loaded, cap * sizeof(struct osc_endpoint *));
	if (loaded == NULL)
		return false;
	contexts->loaded = loaded;
	contexts->cap = cap;
	return true;
}

/* Among the loaded ones: by which directory it is and by its key. */
static enum osc_err
enter(struct osc_contexts *contexts, struct osc_endpoint *endpoint, struct osc_detail *detail)
{
	uint8_t hash[OSC_HASH_SIZE];
	struct inode inode;
	enum osc_err err;

	if (!make_room(contexts) || !osc_past_hash(hash, endpoint->context.recipient_key))
		return OSC_ENOMEM;
	err = osc_twins_recipient(contexts, endpoint, hash, detail);
	if (err == OSC_OK)
		err = osc_past_recall(&contexts->past, endpoint);
	if (err != OSC_OK)
		return err;
	if (!osc_map_put(&contexts->keys, osc_slice(hash, sizeof(hash)), endpoint))
		return OSC_ENOMEM;
	if (!osc_map_put(
		&contexts->inodes, inode_key(&inode, endpoint->dev, endpoint->ino), endpoint)) {
		osc_map_remove(&contexts->keys, osc_slice(hash, sizeof(hash)));
		return OSC_ENOMEM;
	}
	osc_store_rest(endpoint->store);
	contexts->loaded[contexts->n++] = endpoint;
	return OSC_OK;
}

/* The context of a directory, loaded if it is not. */
static enum osc_err
load(struct osc_contexts *contexts, const char *path, const struct stat *st,
    struct osc_endpoint **out, struct osc_detail *detail)
{
	struct osc_endpoint *endpoint;
	struct inode inode;
	enum osc_err err;

	*out = osc_map_get(&contexts->inodes, inode_key(&inode, st->st_dev, st->st_ino));
	if (*out != NULL && ((*out)->held || osc_endpoint_is_there(*out)))
		return OSC_OK;
	/* It has moved: loaded anew, under the name that it has. */
	if (*out != NULL && osc_contexts_drop(contexts, *out) != OSC_OK)
		return OSC_ENOMEM;
	*out = NULL;
	endpoint = malloc(sizeof(*endpoint));
	if (endpoint == NULL)
		return OSC_ENOMEM;
	err = osc_contexts_open(contexts, endpoint, path, detail);
	if (err == OSC_OK)
		err = enter(contexts, endpoint, detail);
	if (err != OSC_OK) {
		osc_endpoint_close(endpoint);
		free(endpoint);
		return err;
	}
	*out = endpoint;
	return OSC_OK;
}

enum osc_err
osc_contexts_load(struct osc_contexts *contexts, const char *name, struct osc_endpoint **out,
    struct osc_detail *detail)
{
	struct osc_endpoint *endpoint = osc_map_get(&contexts->names, name_key(name));
	enum osc_err err = OSC_OK;
	struct stat st;
	char *path;

	*out = endpoint;
	if (endpoint != NULL && !endpoint->gone)
		return OSC_OK;
	*out = NULL;
	path = osc_index_path(contexts->directory, name);
	if (path == NULL)
		return OSC_ENOMEM;
	if (stat(path, &st) == 0)
		err = load(contexts, path, &st, out, detail);
	if (err == OSC_OK && *out != NULL && !osc_map_put(&contexts->names, name_key(name), *out))
		err = OSC_ENOMEM;
	free(path);
	return err;
}

enum osc_err
osc_contexts_check(const struct osc_contexts *contexts, struct osc_detail *detail)
{
	struct osc_dir dir;
	enum osc_err err = osc_dir_open(&dir, contexts->directory, NULL);

	if (err != OSC_OK)
		return osc_detail_errno(
		    detail, err, contexts->directory, "cannot open the directory of contexts");
	osc_dir_close(&dir);
	return OSC_OK;
}

static void
forget_names(struct osc_contexts *contexts)
{
	osc_map_free(&contexts->names);
	osc_map_free(&contexts->recent);
}

enum osc_err
osc_contexts_refresh(struct osc_contexts *contexts, bool index, struct osc_detail *detail)
{
	struct osc_stamp stamp = {0};
	bool changed = false;
	enum osc_err err = OSC_OK;

	if (contexts->refreshed != contexts->group) {
		contexts->refreshed = contexts->group;
		(void)osc_stamp_follow(&stamp, AT_FDCWD, contexts->directory);
		if (!osc_seen_same(&contexts->seen, &stamp))
			forget_names(contexts);
		osc_seen_set(&contexts->seen, &stamp);
		if (contexts->index.loaded)
			err = osc_index_load(&contexts->index, &changed, detail);
	}
	if (err == OSC_OK && index && !contexts->index.loaded)
		err = osc_index_load(&contexts->index, &changed, detail);
	return err;
}

bool
osc_contexts_unchanged(const struct osc_endpoint *endpoint)
{
	return osc_endpoint_is_there(endpoint) && osc_store_unchanged(endpoint->store);
}

void
osc_contexts_rest(struct osc_contexts *contexts, struct osc_endpoint *endpoint)
{
	osc_store_rest(endpoint->store);
	if (endpoint->rests)
		return;
	endpoint->rests = true;
	endpoint->awake = contexts->awake;
	contexts->awake = endpoint;
}

/* What was done with them is done. */
static void
fold_all(struct osc_contexts *contexts)
{
	struct osc_endpoint *endpoint;

	while ((endpoint = contexts->awake) != NULL) {
		contexts->awake = endpoint->awake;
		endpoint->rests = false;
		if (!contexts->in_memory)
			osc_store_fold(endpoint->store);
	}
}

enum osc_err
osc_contexts_glance(
    struct osc_contexts *contexts, struct osc_endpoint *endpoint, struct osc_detail *detail)
{
	enum osc_err err;

	if (endpoint->held)
		return OSC_OK;
	if (endpoint->glanced != contexts->group && !osc_contexts_unchanged(endpoint))
		return OSC_EGONE;
	endpoint->glanced = contexts->group;
	err = osc_endpoint_look(endpoint, detail);
	osc_contexts_rest(contexts, endpoint);
	return err;
}

enum osc_err
osc_contexts_use(struct osc_contexts *contexts, struct osc_endpoint *endpoint,
    const struct osc_wanted *wanted, struct osc_detail *detail)
{
	char name[OSC_CID_MAX];

	if (endpoint->twin != NULL && !osc_twins_remain(contexts, endpoint)) {
		free(endpoint->twin);
		endpoint->twin = NULL;
	}
	if (endpoint->twin != NULL)
		return osc_detail_set(detail, OSC_ETWIN, endpoint->path,
		    "has the same Recipient Key as %s", endpoint->twin);
	if (endpoint->used == 0 && !endpoint->warned) {
		*contexts->last_unwarned = endpoint;
		contexts->last_unwarned = &endpoint->unwarned;
	}
	endpoint->used = ++contexts->clock;
	if (osc_contexts_recent(contexts, wanted) == endpoint)
		return OSC_OK;
	osc_cid_format(name, wanted);
	return osc_map_put(&contexts->recent, name_key(name), endpoint) ? OSC_OK : OSC_ENOMEM;
}

/* Keys that were derived anew are of random numbers, and no other context has them. */
enum osc_err
osc_contexts_number(
    struct osc_contexts *contexts, struct osc_endpoint *endpoint, struct osc_detail *detail)
{
	uint8_t hash[OSC_HASH_SIZE];
	enum osc_err err;

	if (endpoint->sends || endpoint->active != &endpoint->context)
		return OSC_OK;
	if (!osc_past_hash(hash, endpoint->context.sender_key))
		return OSC_ENOMEM;
	err = osc_twins_sender(contexts, endpoint, hash, detail);
	if (err != OSC_OK)
		return err;
	endpoint->sends = osc_map_put(&contexts->senders, osc_slice(hash, sizeof(hash)), endpoint);
	return endpoint->sends ? OSC_OK : OSC_ENOMEM;
}

struct osc_endpoint *
osc_contexts_recent(const struct osc_contexts *contexts, const struct osc_wanted *wanted)
{
	struct osc_endpoint *endpoint;
	char name[OSC_CID_MAX];

	osc_cid_format(name, wanted);
	endpoint = osc_map_get(&contexts->recent, name_key(name));
	/* Most have the name that their messages give. */
	if (endpoint == NULL)
		endpoint = osc_map_get(&contexts->names, name_key(name));
	return endpoint != NULL && !endpoint->gone ? endpoint : NULL;
}

struct osc_endpoint *
osc_contexts_unwarned(struct osc_contexts *contexts)
{
	struct osc_endpoint *endpoint;

	while ((endpoint = contexts->unwarned) != NULL) {
		contexts->unwarned = endpoint->unwarned;
		endpoint->unwarned = NULL;
		if (contexts->unwarned == NULL)
			contexts->last_unwarned = &contexts->unwarned;
		if (endpoint->gone)
			continue;
		endpoint->warned = true;
		return endpoint;
	}
	return NULL;
}

void
osc_contexts_in_memory(struct osc_contexts *contexts)
{
	contexts->in_memory = true;
}

bool
osc_contexts_full(const struct osc_contexts *contexts)
{
	return contexts->n > contexts->full && !contexts->in_memory;
}

void
osc_contexts_keep(const struct osc_contexts *contexts, struct osc_endpoint *endpoint)
{
	endpoint->needed = contexts->group + 1;
}

/* Those found last first. */
static int
compare_found(const void *a, const void *b)
{
	const struct osc_endpoint *left = *(struct osc_endpoint *const *)a;
	const struct osc_endpoint *right = *(struct osc_endpoint *const *)b;

	return left->found > right->found ? -1 : left->found < right->found;
}

/* Some more than necessary, so that it is rarely done. */
static void
close_oldest(struct osc_contexts *contexts)
{
	size_t kept = contexts->limit - contexts->limit / 4, n = contexts->n;
	struct osc_endpoint *endpoint;

	qsort(contexts->loaded, n, sizeof(struct osc_endpoint *), compare_found);
	for (size_t i = kept; i < n; i++) {
		endpoint = contexts->loaded[i];
		if (endpoint->gone || endpoint->needed == contexts->group ||
		    osc_past_remember(&contexts->past, endpoint) != OSC_OK)
			kept++;
		else
			take_away(contexts, endpoint);
	}
	kept += contexts->limit / 4;
	contexts->full = kept > contexts->limit ? kept : contexts->limit;
}

static void
forget_gone(struct osc_contexts *contexts)
{
	struct osc_endpoint **at = &contexts->unwarned;
	size_t kept = 0;

	/* Names may lead to what is gone. */
	forget_names(contexts);
	while (*at != NULL)
		if ((*at)->gone)
			*at = (*at)->unwarned;
		else
			at = &(*at)->unwarned;
	contexts->last_unwarned = at;
	for (size_t i = 0; i < contexts->n; i++) {
		if (!contexts->loaded[i]->gone) {
			contexts->loaded[kept++] = contexts->loaded[i];
			continue;
		}
		osc_endpoint_close(contexts->loaded[i]);
		free(contexts->loaded[i]);
	}
	contexts->n = kept;
	contexts->n_gone = 0;
}

void
osc_contexts_next_group(struct osc_contexts *contexts)
{
	contexts->group++;
	fold_all(contexts);
	if (osc_contexts_full(contexts))
		close_oldest(contexts);
	if (contexts->n_gone > 0)
		forget_gone(contexts);
}

void
osc_contexts_close(struct osc_contexts *contexts)
{
	for (size_t i = 0; i < contexts->n; i++) {
		osc_endpoint_close(contexts->loaded[i]);
		free(contexts->loaded[i]);
	}
	free(contexts->loaded);
	osc_past_free(&contexts->past);
	forget_names(contexts);
	osc_map_free(&contexts->inodes);
	osc_map_free(&contexts->keys);
	osc_map_free(&contexts->senders);
	osc_index_free(&contexts->index);
	memset(contexts, 0, sizeof(*contexts));
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
	if (osc_is_present(wanted->kid_context)) {
		*out++ = '@';
		out = format_id(out, wanted->kid_context);
	}
	*out = '\0';
}
