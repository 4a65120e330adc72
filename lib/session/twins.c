/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <stdlib.h>
#include <sys/stat.h>

#include "base/secret.h"
#include "session/twins.h"

/* Has a directory this key, as that of its peer or as its own? What cannot be loaded may. */
static bool
has_key(const struct osc_contexts *contexts, const char *path, bool of_peer,
    const uint8_t hash[static OSC_HASH_SIZE])
{
	uint8_t its[OSC_HASH_SIZE];
	struct osc_endpoint other;
	struct stat st;
	bool same = true;

	if (stat(path, &st) != 0)
		return false;
	if (osc_contexts_open(contexts, &other, path, NULL) != OSC_OK)
		return true;
	if (osc_past_hash(its, of_peer ? other.context.recipient_key : other.context.sender_key))
		same = memcmp(hash, its, sizeof(its)) == 0;
	osc_endpoint_close(&other);
	return same;
}

bool
osc_twins_remain(const struct osc_contexts *contexts, const struct osc_endpoint *endpoint)
{
	uint8_t hash[OSC_HASH_SIZE];

	return !osc_past_hash(hash, endpoint->context.recipient_key) ||
	    has_key(contexts, endpoint->twin, true, hash);
}

/* Does a path lead to this directory? */
static bool
leads_to(const char *path, const struct osc_endpoint *endpoint)
{
	struct stat st;

	return stat(path, &st) == 0 && st.st_dev == endpoint->dev && st.st_ino == endpoint->ino;
}

static enum osc_err
refuse_twin(const char *path, const struct osc_endpoint *endpoint, struct osc_detail *detail)
{
	return osc_detail_set(
	    detail, OSC_ETWIN, path, "has the same Recipient Key as %s", endpoint->path);
}

/* The same with one that is closed. */
static enum osc_err
check_closed_twin(struct osc_contexts *contexts, const struct osc_endpoint *endpoint,
    const uint8_t *hash, struct osc_detail *detail)
{
	const char *path = osc_past_recipient(&contexts->past, hash, endpoint);

	if (path == NULL || leads_to(path, endpoint) || !has_key(contexts, path, true, hash))
		return OSC_OK;
	if (osc_past_twin(&contexts->past, hash, endpoint->path) != OSC_OK)
		return OSC_ENOMEM;
	return refuse_twin(path, endpoint, detail);
}

enum osc_err
osc_twins_recipient(struct osc_contexts *contexts, struct osc_endpoint *endpoint,
    const uint8_t *hash, struct osc_detail *detail)
{
	struct osc_endpoint *other = osc_map_get(&contexts->keys, osc_slice(hash, OSC_HASH_SIZE));

	/* What the group under way holds is used by it, wherever it has gone. */
	if (other != NULL && !other->held && !osc_endpoint_is_there(other)) {
		if (osc_contexts_drop(contexts, other) != OSC_OK)
			return OSC_ENOMEM;
		other = NULL;
	}
	if (other == NULL)
		return check_closed_twin(contexts, endpoint, hash, detail);
	free(other->twin);
	other->twin = strdup(endpoint->path);
	if (other->twin == NULL)
		return OSC_ENOMEM;
	return refuse_twin(other->path, endpoint, detail);
}

static enum osc_err
refuse_number(const struct osc_endpoint *endpoint, const char *other, struct osc_detail *detail)
{
	(void)osc_detail_set(detail, OSC_ETWIN, endpoint->path,
	    "has the same Sender Key as %s: numbers would be used twice", other);
	osc_detail_hint(detail, "give each its own Master Secret or ID Context");
	return OSC_ETWIN;
}

enum osc_err
osc_twins_sender(struct osc_contexts *contexts, const struct osc_endpoint *endpoint,
    const uint8_t *hash, struct osc_detail *detail)
{
	struct osc_endpoint *other =
	    osc_map_get(&contexts->senders, osc_slice(hash, OSC_HASH_SIZE));
	const char *path;

	/* If that is gone, this one will have to be ahead of it. */
	if (other != NULL && !other->held && !osc_endpoint_is_there(other) &&
	    osc_contexts_drop(contexts, other) != OSC_OK)
		return OSC_ENOMEM;
	if (other != NULL)
		return refuse_number(endpoint, other->path, detail);
	path = osc_past_sender(&contexts->past, hash, endpoint);
	if (path != NULL && !leads_to(path, endpoint) && has_key(contexts, path, false, hash))
		return refuse_number(endpoint, path, detail);
	if (osc_store_state(endpoint->store)->next >= osc_past_next(&contexts->past, hash))
		return OSC_OK;
	return osc_detail_set(detail, OSC_EBACK, endpoint->path,
	    "went back: numbers that were used with its Sender Key would be used again");
}
