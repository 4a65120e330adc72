/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <assert.h>
#include <stdlib.h>

#include "store/high.h"
#include "store/sequence.h"

struct osc_packed {
	uint64_t next, index;
	uint32_t size;
	bool known;
	uint64_t bits[]; /* of the window: which were seen, then which were answered */
};

/* Words of the bits of a window: no bit beyond its size is ever set. */
static size_t
words_of(uint32_t size)
{
	return (size + 63) / 64;
}

struct osc_packed *
osc_packed_make(const struct osc_state *state)
{
	const struct osc_window *window = &state->window;
	size_t words = window->known ? words_of(window->size) : 0;
	struct osc_packed *packed = malloc(sizeof(*packed) + 2 * words * sizeof(uint64_t));

	if (packed == NULL)
		return NULL;
	packed->next = state->next;
	packed->index = window->index;
	packed->size = window->size;
	packed->known = window->known;
	if (words > 0) {
		memcpy(packed->bits, window->seen, words * sizeof(uint64_t));
		memcpy(packed->bits + words, window->answered, words * sizeof(uint64_t));
	}
	return packed;
}

struct osc_state
osc_packed_state(const struct osc_packed *packed)
{
	struct osc_state state = {0};
	size_t words;

	if (packed == NULL)
		return state;
	state.next = packed->next;
	state.window.known = packed->known;
	state.window.index = packed->index;
	state.window.size = packed->size;
	words = packed->known ? words_of(packed->size) : 0;
	if (words > 0) {
		memcpy(state.window.seen, packed->bits, words * sizeof(uint64_t));
		memcpy(state.window.answered, packed->bits + words, words * sizeof(uint64_t));
	}
	return state;
}

/* Lost, the window says nothing: what was known of it before stays the measure. */
enum osc_err
osc_high_raise(struct osc_high *high, const struct osc_state *state)
{
	struct osc_state now = osc_packed_state(high->state);
	struct osc_packed *packed;

	if (high->state == NULL) {
		now = *state;
	} else {
		if (state->window.known && (!now.window.known || osc_state_follows(&now, state)))
			now.window = state->window;
		if (state->next > now.next)
			now.next = state->next;
	}
	packed = osc_packed_make(&now);
	if (packed == NULL)
		return OSC_ENOMEM;
	free(high->state);
	high->state = packed;
	return OSC_OK;
}

static enum osc_err
append(struct osc_epochs *epochs, const struct osc_epoch *epoch)
{
	size_t cap = epochs->cap > 0 ? 2 * epochs->cap : 2;
	struct osc_epoch *list;

	if (epochs->n == epochs->cap) {
		list = realloc(epochs->list, cap * sizeof(*list));
		if (list == NULL)
			return OSC_ENOMEM;
		epochs->list = list;
		epochs->cap = cap;
	}
	assert(epochs->list != NULL);
	epochs->list[epochs->n++] = *epoch;
	return OSC_OK;
}

static struct osc_epoch *
find(const struct osc_epochs *epochs, const struct osc_epoch *epoch)
{
	size_t i = 0;

	while (i < epochs->n && !osc_epoch_same(&epochs->list[i], epoch))
		i++;
	return i < epochs->n ? &epochs->list[i] : NULL;
}

/* Keys that others came after are not used again. */
static bool
goes_on(const struct osc_epochs *epochs, const struct osc_epoch *epoch)
{
	const struct osc_epoch *known = find(epochs, epoch);

	return known == NULL ||
	    (known == &epochs->list[epochs->n - 1] &&
		osc_state_follows(&known->state, &epoch->state));
}

/* Once they are in use, keys are not pending any more; and they go on from where they were. */
static bool
comes_into_use(const struct osc_high *high, const struct osc_rederived *rederived)
{
	const struct osc_epoch *known = find(&high->pendings, &rederived->current);

	return find(&high->currents, &rederived->pending) == NULL &&
	    (known == NULL || osc_state_follows(&known->state, &rederived->current.state));
}

static enum osc_err
raise_epoch(struct osc_epochs *epochs, const struct osc_epoch *epoch)
{
	struct osc_epoch *known = find(epochs, epoch);

	if (!epoch->there)
		return OSC_OK;
	if (known == NULL)
		return append(epochs, epoch);
	known->state.next = epoch->state.next;
	if (epoch->state.window.known)
		known->state.window = epoch->state.window;
	return OSC_OK;
}

enum osc_err
osc_high_admit(
    struct osc_high *high, const struct osc_state *state, const struct osc_rederived *rederived)
{
	static const struct osc_rederived none;
	struct osc_state seen = osc_packed_state(high->state);
	enum osc_err err;

	if (rederived == NULL)
		rederived = &none;
	if (!goes_on(&high->currents, &rederived->current) ||
	    !goes_on(&high->pendings, &rederived->pending) || !comes_into_use(high, rederived) ||
	    !osc_state_follows(&seen, state))
		return OSC_EBACK;
	err = raise_epoch(&high->currents, &rederived->current);
	if (err == OSC_OK)
		err = raise_epoch(&high->pendings, &rederived->pending);
	return err == OSC_OK ? osc_high_raise(high, state) : err;
}

static enum osc_err
append_all(struct osc_epochs *to, const struct osc_epochs *from)
{
	enum osc_err err = OSC_OK;

	for (size_t i = 0; i < from->n && err == OSC_OK; i++)
		err = raise_epoch(to, &from->list[i]);
	return err;
}

enum osc_err
osc_high_inherit(struct osc_high *high, const struct osc_high *from)
{
	enum osc_err err = append_all(&high->currents, &from->currents);

	return err == OSC_OK ? append_all(&high->pendings, &from->pendings) : err;
}

void
osc_high_free(struct osc_high *high)
{
	free(high->state);
	free(high->currents.list);
	free(high->pendings.list);
	memset(high, 0, sizeof(*high));
}
