/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/secret.h"
#include "session/contexts.h"
#include "session/past.h"

void
osc_contexts_init(
    struct osc_contexts *contexts, const char *directory, enum osc_role role, unsigned flags)
{
	memset(contexts, 0, sizeof(*contexts));
	contexts->directory = directory;
	contexts->role = role;
	contexts->flags = flags;
	osc_index_init(&contexts->index, directory);
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

/* Is the directory that was loaded still where it was? */
static bool
is_there(const struct osc_endpoint *endpoint)
{
	struct stat st;

	return stat(endpoint->path, &st) == 0 && st.st_dev == endpoint->dev &&
	    st.st_ino == endpoint->ino;
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

/* Who has one of the keys of a context that is gone goes on from where that was. */
static enum osc_err
hand_on(struct osc_contexts *contexts, const struct osc_endpoint *endpoint)
{
	enum osc_err err = osc_past_remember(&contexts->past, endpoint);

	/* The Recipient Key no other one has that is in use. */
	for (size_t i = 0; endpoint->sends && i < contexts->n && err == OSC_OK; i++)
		if (!contexts->loaded[i]->gone)
			err = osc_past_recall(contexts->past, contexts->loaded[i]);
	return err;
}

enum osc_err
osc_contexts_drop(struct osc_contexts *contexts, struct osc_endpoint *endpoint)
{
	enum osc_err err;

	if (endpoint->gone)
		return OSC_OK;
	endpoint->gone = true;
	err = hand_on(contexts, endpoint);
	forget_keys(contexts, endpoint);
	contexts->n_gone++;
	if (endpoint->used > 0 && !endpoint->warned)
		contexts->n_unwarned--;
	return err;
}

static enum osc_err
open_endpoint(const struct osc_contexts *contexts, struct osc_endpoint *endpoint, const char *path,
    struct osc_detail *detail)
{
	enum osc_err err =
	    osc_endpoint_open(endpoint, path, contexts->role, contexts->flags, detail);

	if (err == OSC_ENOROLE && contexts->any_role)
		err = osc_endpoint_open(endpoint, path, OSC_ROLE_CLIENT, contexts->flags, detail);
	return err;
}

/* Has the other directory still the key that it had? One that cannot be loaded may have. */
static bool
is_twin(const struct osc_contexts *contexts, const struct osc_endpoint *endpoint)
{
	uint8_t mine[OSC_HASH_SIZE], its[OSC_HASH_SIZE];
	struct osc_endpoint other;
	struct stat st;
	bool same = true;

	if (stat(endpoint->twin, &st) != 0)
		return false;
	if (open_endpoint(contexts, &other, endpoint->twin, NULL) != OSC_OK)
		return true;
	if (osc_past_hash(mine, endpoint->context.recipient_key) &&
	    osc_past_hash(its, other.context.recipient_key))
		same = memcmp(mine, its, sizeof(mine)) == 0;
	osc_endpoint_close(&other);
	return same;
}

/* One key must not belong to two directories: each would have a window of its own, and a
 * message could get in once by each. */
static enum osc_err
check_twin(struct osc_contexts *contexts, struct osc_endpoint *endpoint, const uint8_t *hash,
    struct osc_detail *detail)
{
	struct osc_endpoint *other = osc_map_get(&contexts->keys, osc_slice(hash, OSC_HASH_SIZE));

	/* What the group under way holds is used by it, wherever it has gone. */
	if (other != NULL && !other->held && !is_there(other)) {
		if (osc_contexts_drop(contexts, other) != OSC_OK)
			return OSC_ENOMEM;
		other = NULL;
	}
	if (other == NULL)
		return OSC_OK;
	free(other->twin);
	other->twin = strdup(endpoint->path);
	if (other->twin == NULL)
		return OSC_ENOMEM;
	return osc_detail_set(
	    detail, OSC_ETWIN, other->path, "has the same Recipient Key as %s", endpoint->path);
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
	err = check_twin(contexts, endpoint, hash, detail);
	if (err == OSC_OK)
		err = osc_past_recall(contexts->past, endpoint);
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
	if (*out != NULL && ((*out)->held || is_there(*out)))
		return OSC_OK;
	/* It has moved: loaded anew, under the name that it has. */
	if (*out != NULL && osc_contexts_drop(contexts, *out) != OSC_OK)
		return OSC_ENOMEM;
	*out = NULL;
	endpoint = malloc(sizeof(*endpoint));
	if (endpoint == NULL)
		return OSC_ENOMEM;
	err = open_endpoint(contexts, endpoint, path, detail);
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
	return is_there(endpoint) && osc_store_unchanged(endpoint->store);
}

enum osc_err
osc_contexts_glance(
    const struct osc_contexts *contexts, struct osc_endpoint *endpoint, struct osc_detail *detail)
{
	enum osc_err err;

	if (endpoint->held)
		return OSC_OK;
	if (endpoint->glanced != contexts->group && !osc_contexts_unchanged(endpoint))
		return OSC_EGONE;
	endpoint->glanced = contexts->group;
	err = osc_endpoint_look(endpoint, detail);
	osc_store_rest(endpoint->store);
	return err;
}

enum osc_err
osc_contexts_use(struct osc_contexts *contexts, struct osc_endpoint *endpoint,
    const struct osc_wanted *wanted, struct osc_detail *detail)
{
	char name[OSC_CID_MAX];

	if (endpoint->twin != NULL && !is_twin(contexts, endpoint)) {
		free(endpoint->twin);
		endpoint->twin = NULL;
	}
	if (endpoint->twin != NULL)
		return osc_detail_set(detail, OSC_ETWIN, endpoint->path,
		    "has the same Recipient Key as %s", endpoint->twin);
	if (endpoint->used == 0 && !endpoint->warned)
		contexts->n_unwarned++;
	endpoint->used = ++contexts->clock;
	osc_cid_format(name, wanted);
	if (osc_map_get(&contexts->recent, name_key(name)) != endpoint &&
	    !osc_map_put(&contexts->recent, name_key(name), endpoint))
		return OSC_ENOMEM;
	return OSC_OK;
}

/* Keys that were derived anew are of random numbers, and no other context has them. */
enum osc_err
osc_contexts_number(
    struct osc_contexts *contexts, struct osc_endpoint *endpoint, struct osc_detail *detail)
{
	uint8_t hash[OSC_HASH_SIZE];
	struct osc_endpoint *other;

	if (endpoint->sends || endpoint->active != &endpoint->context)
		return OSC_OK;
	if (!osc_past_hash(hash, endpoint->context.sender_key))
		return OSC_ENOMEM;
	other = osc_map_get(&contexts->senders, osc_slice(hash, sizeof(hash)));
	if (other == NULL) {
		endpoint->sends =
		    osc_map_put(&contexts->senders, osc_slice(hash, sizeof(hash)), endpoint);
		return endpoint->sends ? OSC_OK : OSC_ENOMEM;
	}
	/* If that is gone, this one will have to be ahead of it. */
	if (!other->held && !is_there(other) && osc_contexts_drop(contexts, other) != OSC_OK)
		return OSC_ENOMEM;
	(void)osc_detail_set(detail, OSC_ETWIN, endpoint->path,
	    "has the same Sender Key as %s: numbers would be used twice", other->path);
	osc_detail_hint(detail, "give each its own Master Secret or ID Context");
	return OSC_ETWIN;
}

struct osc_endpoint *
osc_contexts_recent(const struct osc_contexts *contexts, const struct osc_wanted *wanted)
{
	struct osc_endpoint *endpoint;
	char name[OSC_CID_MAX];

	osc_cid_format(name, wanted);
	endpoint = osc_map_get(&contexts->recent, name_key(name));
	return endpoint != NULL && !endpoint->gone ? endpoint : NULL;
}

struct osc_endpoint *
osc_contexts_unwarned(struct osc_contexts *contexts)
{
	struct osc_endpoint *endpoint;

	for (size_t i = 0; contexts->n_unwarned > 0 && i < contexts->n; i++) {
		endpoint = contexts->loaded[i];
		if (endpoint->used > 0 && !endpoint->warned && !endpoint->gone) {
			endpoint->warned = true;
			contexts->n_unwarned--;
			return endpoint;
		}
	}
	return NULL;
}

void
osc_contexts_next_group(struct osc_contexts *contexts)
{
	size_t kept = 0;

	contexts->group++;
	if (contexts->n_gone == 0)
		return;
	/* Names may lead to what is gone. */
	forget_names(contexts);
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
osc_contexts_close(struct osc_contexts *contexts)
{
	for (size_t i = 0; i < contexts->n; i++) {
		osc_endpoint_close(contexts->loaded[i]);
		free(contexts->loaded[i]);
	}
	free(contexts->loaded);
	osc_past_free(contexts->past);
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
