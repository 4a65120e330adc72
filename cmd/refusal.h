/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_CMD_REFUSAL_H
#define OSC_CMD_REFUSAL_H

#include "session/session.h"

/* What the session knows of a refused message that helps to understand why. */
struct refusal {
	char hint[256];
};

/* refusal_tell - the item, with a hint for the user that lives as long as the refusal */
struct osc_item refusal_tell(
    struct refusal *refusal, const struct osc_item *item, const struct osc_work *work);

/* refusal_hint_tried - among many contexts: say which ones fit a message that none accepts, and
 * were tried */
void refusal_hint_tried(const struct osc_item *item, const struct osc_work *work);

#endif
