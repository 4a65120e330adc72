/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_STORE_FOREIGN_H
#define OSC_STORE_FOREIGN_H

#include "store/store.h"

/* Security Contexts in the formats of other programs, and in ours for jq. Each holds the
 * Master Secret. */

/* How many messages may be protected with one key: the limit q that
 * draft-ietf-core-oscore-key-limits recommends, whatever the algorithm. */
#define OSC_KEY_LIMIT (UINT64_C(1) << 20)

/* A context as it is written. */
struct osc_export {
	const struct osc_params *params; /* of the side that it is for */
	enum osc_role role;              /* of that side; OSC_ROLE_NONE: not known */
	const struct osc_state *state;   /* its window has the size of the settings */
};

/* osc_state_protected - how many messages the Sender Key has protected at most (the draft,
 * Appendix B); at least, if the window is lost */
uint64_t osc_state_protected(const struct osc_state *state);

/* osc_foreign_json - one object on one line; memory may be short: look at out->full */
void osc_foreign_json(struct osc_buffer *out, const struct osc_export *from);

#endif
