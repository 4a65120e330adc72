/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <stdlib.h>

#include "session/past.h"
#include "store/high.h"

/* The latest first: of one window, it has what the earlier ones had. */
struct osc_past {
	struct osc_past *next;
	uint8_t sender[OSC_HASH_SIZE], recipient[OSC_HASH_SIZE];
	struct osc_state high;
	struct osc_high derived; /* keys that were derived anew; its state is not used */
};

bool
osc_past_hash(uint8_t hash[static OSC_HASH_SIZE], const struct osc_aead_key *key)
{
	struct osc_slice bytes = osc_aead_key_bytes(key);

	return osc_secret_hash(hash, bytes.ptr, bytes.len);
}

static bool
same_hash(const uint8_t *a, const uint8_t *b)
{
	return memcmp(a, b, OSC_HASH_SIZE) == 0;
}

/* What is remembered of the same two keys, taken out of the list; or a new one. */
static struct osc_past *
take_out(struct osc_past **list, const uint8_t *sender, const uint8_t *recipient)
{
	struct osc_past **at = list, *past;

	while (*at != NULL &&
	    !(same_hash((*at)->sender, sender) && same_hash((*at)->recipient, recipient)))
		at = &(*at)->next;
	past = *at;
	if (past != NULL) {
		*at = past->next;
		return past;
	}
	past = calloc(1, sizeof(*past));
	if (past == NULL)
		return NULL;
	memcpy(past->sender, sender, sizeof(past->sender));
	memcpy(past->recipient, recipient, sizeof(past->recipient));
	return past;
}

enum osc_err
osc_past_remember(struct osc_past **list, const struct osc_endpoint *endpoint)
{
	const struct osc_high *high = osc_store_high(endpoint->store);
	uint8_t sender[OSC_HASH_SIZE], recipient[OSC_HASH_SIZE];
	struct osc_past *past;

	if (high->state == NULL)
		return OSC_OK;
	if (!osc_past_hash(sender, endpoint->context.sender_key) ||
	    !osc_past_hash(recipient, endpoint->context.recipient_key))
		return OSC_ENOMEM;
	past = take_out(list, sender, recipient);
	if (past == NULL)
		return OSC_ENOMEM;
	past->high = *high->state;
	past->next = *list;
	*list = past;
	return osc_high_inherit(&past->derived, high);
}

enum osc_err
osc_past_recall(const struct osc_past *past, struct osc_endpoint *endpoint)
{
	uint8_t sender[OSC_HASH_SIZE], recipient[OSC_HASH_SIZE];
	struct osc_high *mine = osc_store_high(endpoint->store);
	struct osc_state high = {0};
	enum osc_err err = OSC_OK;

	if (past == NULL)
		return OSC_OK;
	if (!osc_past_hash(sender, endpoint->context.sender_key) ||
	    !osc_past_hash(recipient, endpoint->context.recipient_key))
		return OSC_ENOMEM;
	for (; past != NULL && err == OSC_OK; past = past->next) {
		if (same_hash(past->sender, sender) && past->high.next > high.next)
			high.next = past->high.next;
		if (same_hash(past->recipient, recipient) && !high.window.known)
			high.window = past->high.window;
		if (same_hash(past->sender, sender) && same_hash(past->recipient, recipient))
			err = osc_high_inherit(mine, &past->derived);
	}
	if (err != OSC_OK || (high.next == 0 && !high.window.known))
		return err;
	return osc_high_raise(mine, &high);
}

void
osc_past_free(struct osc_past *past)
{
	struct osc_past *next;

	for (; past != NULL; past = next) {
		next = past->next;
		osc_high_free(&past->derived);
		free(past);
	}
}
