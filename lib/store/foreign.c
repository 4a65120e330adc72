/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "store/foreign.h"

uint64_t
osc_state_protected(const struct osc_state *state)
{
	/* Each request of the peer may have had one answer without a number of its own. */
	return state->next + (state->window.known ? osc_window_end(&state->window) : 0);
}
