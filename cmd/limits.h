/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_CMD_LIMITS_H
#define OSC_CMD_LIMITS_H

#include "session/session.h"

/*
 * How much one key may be used (draft-ietf-core-oscore-key-limits): with a tag of
 * 8 bytes, a forgery becomes too likely beyond these numbers. They are warned
 * about, once in a run each; nothing is refused, and nothing is kept.
 */
struct limits {
	uint64_t failed;       /* messages whose tag did not verify, in this run */
	bool protected_warned; /* that too many were protected has been said */
};

/* limits_watch - look at a message that is settled, and warn if it goes too far */
void limits_watch(
    struct limits *limits, const struct osc_item *item, const struct osc_report *report);

#endif
