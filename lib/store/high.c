/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <stdlib.h>

#include "store/high.h"
#include "store/sequence.h"

/* Lost, the window says nothing: what was known of it before stays the measure. */
enum osc_err
osc_high_raise(struct osc_high *high, const struct osc_state *state)
{
	if (high->state == NULL) {
		high->state = malloc(sizeof(*high->state));
		if (high->state == NULL)
			return OSC_ENOMEM;
		*high->state = *state;
		return OSC_OK;
	}
	if (state->window.known &&
	    (!high->state->window.known || osc_state_follows(high->state, state)))
		high->state->window = state->window;
	if (state->next > high->state->next)
		high->state->next = state->next;
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
	epochs->list[epochs->n++] = *epoch;
	return OSC_OK;
}

/* Keys that others came after are not used again. */
static enum osc_err
admit(struct osc_epochs *epochs, const struct osc_epoch *epoch)
{
	struct osc_epoch *last;
	size_t i = 0;

	if (!epoch->there)
		return OSC_OK;
	while (i < epochs->n && !osc_epoch_same(&epochs->list[i], epoch))
		i++;
	if (i == epochs->n)
		return append(epochs, epoch);
	last = &epochs->list[i];
	if (i + 1 < epochs->n || !osc_state_follows(&last->state, &epoch->state))
		return OSC_EBACK;
	last->state.next = epoch->state.next;
	if (epoch->state.window.known)
		last->state.window = epoch->state.window;
	return OSC_OK;
}

enum osc_err
osc_high_admit(
    struct osc_high *high, const struct osc_state *state, const struct osc_rederived *rederived)
{
	enum osc_err err = admit(&high->currents, &rederived->current);

	if (err == OSC_OK)
		err = admit(&high->pendings, &rederived->pending);
	if (err == OSC_OK && high->state != NULL && !osc_state_follows(high->state, state))
		err = OSC_EBACK;
	return err == OSC_OK ? osc_high_raise(high, state) : err;
}

void
osc_high_free(struct osc_high *high)
{
	free(high->state);
	free(high->currents.list);
	free(high->pendings.list);
	memset(high, 0, sizeof(*high));
}
