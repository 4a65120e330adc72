/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <stdlib.h>

#include "session/past.h"
#include "store/high.h"

/* How far the numbers of a Sender Key are used. Many contexts may have one. */
struct sender {
	uint64_t next;
	char *path; /* of the directory that took numbers in this run; NULL: none did */
	dev_t dev;
	ino_t ino;
};

/* A context by its Recipient Key: no two directories that have one are used side by side. */
struct recipient {
	struct osc_packed *state; /* NULL: it was never read */
	struct osc_high *derived; /* keys that were derived anew; NULL: none */
	char *path;
	char *twin; /* as that of an endpoint */
	dev_t dev;
	ino_t ino;
	uint8_t sender[OSC_HASH_SIZE]; /* of its Sender Key */
	struct osc_store_past store;
	bool warned;
};

bool
osc_past_hash(uint8_t hash[static OSC_HASH_SIZE], const struct osc_aead_key *key)
{
	struct osc_slice bytes = osc_aead_key_bytes(key);

	return osc_secret_hash(hash, bytes.ptr, bytes.len);
}

static struct osc_slice
key_of(const uint8_t *hash)
{
	return osc_slice(hash, OSC_HASH_SIZE);
}

/* The value of a key, made if there is none; NULL if there is no memory. */
static void *
entry(struct osc_map *map, const uint8_t *hash, size_t size)
{
	void *value;

	if (osc_map_get(map, key_of(hash)) == NULL) {
		value = calloc(1, size);
		if (value == NULL || !osc_map_put(map, key_of(hash), value)) {
			free(value);
			return NULL;
		}
	}
	return osc_map_get(map, key_of(hash));
}

/* *place becomes a copy of a string, or NULL for NULL; false, as before, if there is no memory. */
static bool
keep(char **place, const char *text)
{
	char *copy = NULL;

	if (*place != NULL && text != NULL && strcmp(*place, text) == 0)
		return true;
	if (text != NULL) {
		copy = strdup(text);
		if (copy == NULL)
			return false;
	}
	free(*place);
	*place = copy;
	return true;
}

static enum osc_err
remember_sender(
    struct osc_past *past, const uint8_t *hash, const struct osc_endpoint *endpoint, uint64_t next)
{
	struct sender *sender = entry(&past->senders, hash, sizeof(*sender));

	if (sender == NULL)
		return OSC_ENOMEM;
	sender->next = next > sender->next ? next : sender->next;
	if (!endpoint->sends)
		return OSC_OK;
	if (!keep(&sender->path, endpoint->path))
		return OSC_ENOMEM;
	sender->dev = endpoint->dev;
	sender->ino = endpoint->ino;
	return OSC_OK;
}

static enum osc_err
remember_derived(struct recipient *recipient, const struct osc_high *high)
{
	if (high->currents.n == 0 && high->pendings.n == 0)
		return OSC_OK;
	if (recipient->derived == NULL)
		recipient->derived = calloc(1, sizeof(*recipient->derived));
	return recipient->derived != NULL ? osc_high_inherit(recipient->derived, high) : OSC_ENOMEM;
}

/* A window that was lost says nothing about what was known of it. */
static enum osc_err
remember_state(struct recipient *recipient, const struct osc_packed *high)
{
	struct osc_state now = osc_packed_state(high), before = osc_packed_state(recipient->state);
	struct osc_packed *packed;

	if (high == NULL)
		return OSC_OK;
	if (!now.window.known)
		now.window = before.window;
	packed = osc_packed_make(&now);
	if (packed == NULL)
		return OSC_ENOMEM;
	free(recipient->state);
	recipient->state = packed;
	return OSC_OK;
}

static enum osc_err
remember_recipient(struct osc_past *past, const uint8_t *hash, const uint8_t *sender,
    const struct osc_endpoint *endpoint)
{
	const struct osc_high *high = osc_store_high(endpoint->store);
	struct recipient *recipient = entry(&past->recipients, hash, sizeof(*recipient));
	/* What is not what it was is looked at as if it were seen for the first time. */
	bool same = !endpoint->gone;
	enum osc_err err;

	if (recipient == NULL || !keep(&recipient->path, endpoint->path) ||
	    !keep(&recipient->twin, same ? endpoint->twin : NULL))
		return OSC_ENOMEM;
	err = remember_state(recipient, high->state);
	if (err == OSC_OK)
		err = remember_derived(recipient, high);
	recipient->dev = endpoint->dev;
	recipient->ino = endpoint->ino;
	memcpy(recipient->sender, sender, sizeof(recipient->sender));
	recipient->store = same ? osc_store_past(endpoint->store) : (struct osc_store_past){0};
	recipient->warned = same && endpoint->warned;
	return err;
}

enum osc_err
osc_past_remember(struct osc_past *past, const struct osc_endpoint *endpoint)
{
	const struct osc_packed *state = osc_store_high(endpoint->store)->state;
	bool said = endpoint->warned && osc_store_warnings(endpoint->store) != 0;
	uint8_t sender[OSC_HASH_SIZE], recipient[OSC_HASH_SIZE];
	enum osc_err err = OSC_OK;

	if (state == NULL && endpoint->twin == NULL && !said)
		return OSC_OK;
	if (!osc_past_hash(sender, endpoint->context.sender_key) ||
	    !osc_past_hash(recipient, endpoint->context.recipient_key))
		return OSC_ENOMEM;
	if (state != NULL && (endpoint->sends || endpoint->gone))
		err = remember_sender(past, sender, endpoint, osc_packed_state(state).next);
	return err == OSC_OK ? remember_recipient(past, recipient, sender, endpoint) : err;
}

static bool
is_same(dev_t dev, ino_t ino, const struct osc_endpoint *endpoint)
{
	return dev == endpoint->dev && ino == endpoint->ino;
}

/* What is known of the very directory. */
static enum osc_err
resume(const struct recipient *recipient, struct osc_endpoint *endpoint)
{
	if (!keep(&endpoint->twin, recipient->twin))
		return OSC_ENOMEM;
	osc_store_resume(endpoint->store, recipient->store);
	endpoint->warned = recipient->warned;
	return OSC_OK;
}

enum osc_err
osc_past_recall(const struct osc_past *past, struct osc_endpoint *endpoint)
{
	uint8_t sender[OSC_HASH_SIZE], hash[OSC_HASH_SIZE];
	struct osc_high *mine = osc_store_high(endpoint->store);
	const struct recipient *recipient;
	struct osc_state high = {0}, of_it;
	enum osc_err err = OSC_OK;

	if (!osc_past_hash(sender, endpoint->context.sender_key) ||
	    !osc_past_hash(hash, endpoint->context.recipient_key))
		return OSC_ENOMEM;
	high.next = osc_past_next(past, sender);
	recipient = osc_map_get(&past->recipients, key_of(hash));
	if (recipient != NULL) {
		of_it = osc_packed_state(recipient->state);
		high.window = of_it.window;
		if (memcmp(recipient->sender, sender, sizeof(sender)) == 0 &&
		    of_it.next > high.next)
			high.next = of_it.next;
		if (recipient->derived != NULL)
			err = osc_high_inherit(mine, recipient->derived);
		if (err == OSC_OK && is_same(recipient->dev, recipient->ino, endpoint))
			err = resume(recipient, endpoint);
	}
	if (err != OSC_OK || (high.next == 0 && !high.window.known))
		return err;
	return osc_high_raise(mine, &high);
}

const char *
osc_past_recipient(
    const struct osc_past *past, const uint8_t *hash, const struct osc_endpoint *endpoint)
{
	const struct recipient *recipient = osc_map_get(&past->recipients, key_of(hash));

	if (recipient == NULL || is_same(recipient->dev, recipient->ino, endpoint))
		return NULL;
	return recipient->path;
}

const char *
osc_past_sender(
    const struct osc_past *past, const uint8_t *hash, const struct osc_endpoint *endpoint)
{
	const struct sender *sender = osc_map_get(&past->senders, key_of(hash));

	if (sender == NULL || sender->path == NULL || is_same(sender->dev, sender->ino, endpoint))
		return NULL;
	return sender->path;
}

enum osc_err
osc_past_twin(struct osc_past *past, const uint8_t *hash, const char *path)
{
	struct recipient *recipient = osc_map_get(&past->recipients, key_of(hash));

	return recipient == NULL || keep(&recipient->twin, path) ? OSC_OK : OSC_ENOMEM;
}

uint64_t
osc_past_next(const struct osc_past *past, const uint8_t *hash)
{
	const struct sender *sender = osc_map_get(&past->senders, key_of(hash));

	return sender != NULL ? sender->next : 0;
}

static void
free_sender(void *value)
{
	struct sender *sender = value;

	free(sender->path);
	free(sender);
}

static void
free_recipient(void *value)
{
	struct recipient *recipient = value;

	if (recipient->derived != NULL)
		osc_high_free(recipient->derived);
	free(recipient->derived);
	free(recipient->state);
	free(recipient->path);
	free(recipient->twin);
	free(recipient);
}

void
osc_past_free(struct osc_past *past)
{
	osc_map_drain(&past->senders, free_sender);
	osc_map_drain(&past->recipients, free_recipient);
}
