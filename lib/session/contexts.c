/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/secret.h"
#include "session/contexts.h"
#include "store/high.h"

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

static bool
hash_key(uint8_t hash[static OSC_HASH_SIZE], const struct osc_aead_key *key)
{
	struct osc_slice bytes = osc_aead_key_bytes(key);

	return osc_secret_hash(hash, bytes.ptr, bytes.len);
}

/* Is the directory that was loaded still where it was? */
static bool
is_there(const struct osc_endpoint *endpoint)
{
	struct stat st;

	return stat(endpoint->path, &st) == 0 && st.st_dev == endpoint->dev &&
	    st.st_ino == endpoint->ino;
}

/*
 * What the contexts that are gone have come to. Who has one of their keys later goes on from
 * there: with the Sender Key from the number, with the Recipient Key from the window.
 */
struct osc_past {
	struct osc_past *next;
	uint8_t sender[OSC_HASH_SIZE], recipient[OSC_HASH_SIZE];
	struct osc_state high;
};

static bool
same_hash(const uint8_t *a, const uint8_t *b)
{
	return memcmp(a, b, OSC_HASH_SIZE) == 0;
}

static enum osc_err
remember(struct osc_contexts *contexts, const struct osc_endpoint *endpoint)
{
	const struct osc_state *high = osc_store_high(endpoint->store)->state;
	uint8_t sender[OSC_HASH_SIZE], recipient[OSC_HASH_SIZE];
	struct osc_past *past = contexts->past;

	if (high == NULL)
		return OSC_OK;
	if (!hash_key(sender, endpoint->context.sender_key) ||
	    !hash_key(recipient, endpoint->context.recipient_key))
		return OSC_ENOMEM;
	while (past != NULL &&
	    !(same_hash(past->sender, sender) && same_hash(past->recipient, recipient)))
		past = past->next;
	if (past == NULL) {
		past = malloc(sizeof(*past));
		if (past == NULL)
			return OSC_ENOMEM;
		memcpy(past->sender, sender, sizeof(sender));
		memcpy(past->recipient, recipient, sizeof(recipient));
		past->next = contexts->past;
		contexts->past = past;
	}
	past->high = *high;
	return OSC_OK;
}

static enum osc_err
recall(const struct osc_contexts *contexts, struct osc_endpoint *endpoint, const uint8_t *recipient)
{
	uint8_t sender[OSC_HASH_SIZE];
	struct osc_state high = {0};
	bool any = false;

	if (contexts->past == NULL)
		return OSC_OK;
	if (!hash_key(sender, endpoint->context.sender_key))
		return OSC_ENOMEM;
	for (const struct osc_past *past = contexts->past; past != NULL; past = past->next) {
		if (same_hash(past->sender, sender) && past->high.next > high.next)
			high.next = past->high.next;
		if (same_hash(past->recipient, recipient) && !high.window.known)
			high.window = past->high.window;
		any = any || high.next > 0 || high.window.known;
	}
	return any ? osc_high_raise(osc_store_high(endpoint->store), &high) : OSC_OK;
}

static void
forget_keys(struct osc_contexts *contexts, struct osc_endpoint *endpoint)
{
	uint8_t hash[OSC_HASH_SIZE];
	struct inode inode;
	struct osc_slice key = inode_key(&inode, endpoint->dev, endpoint->ino);

	if (osc_map_get(&contexts->inodes, key) == endpoint)
		osc_map_remove(&contexts->inodes, key);
	if (hash_key(hash, endpoint->context.recipient_key) &&
	    osc_map_get(&contexts->keys, osc_slice(hash, sizeof(hash))) == endpoint)
		osc_map_remove(&contexts->keys, osc_slice(hash, sizeof(hash)));
}

enum osc_err
osc_contexts_drop(struct osc_contexts *contexts, struct osc_endpoint *endpoint)
{
	enum osc_err err;

	if (endpoint->gone)
		return OSC_OK;
	err = remember(contexts, endpoint);
	forget_keys(contexts, endpoint);
	endpoint->gone = true;
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
	if (hash_key(mine, endpoint->context.recipient_key) &&
	    hash_key(its, other.context.recipient_key))
		same = same_hash(mine, its);
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

	if (!make_room(contexts) || !hash_key(hash, endpoint->context.recipient_key))
		return OSC_ENOMEM;
	err = check_twin(contexts, endpoint, hash, detail);
	if (err == OSC_OK)
		err = recall(contexts, endpoint, hash);
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
	struct osc_past *past;

	for (size_t i = 0; i < contexts->n; i++) {
		osc_endpoint_close(contexts->loaded[i]);
		free(contexts->loaded[i]);
	}
	free(contexts->loaded);
	while ((past = contexts->past) != NULL) {
		contexts->past = past->next;
		free(past);
	}
	forget_names(contexts);
	osc_map_free(&contexts->inodes);
	osc_map_free(&contexts->keys);
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
