/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_CMD_COMPARE_H
#define OSC_CMD_COMPARE_H

#include <stdbool.h>

#include "store/store.h"

/*
 * compare - are two contexts the two ends of one?
 *
 * role  of the first one; OSC_ROLE_NONE: what it says, or either
 * out   receives one line
 *
 * Of a directory that serves both roles, that one is taken which fits best. Returns
 * OSC_OK and whether they are, or OSC_ENOMEM if there is no randomness or memory.
 */
enum osc_err compare(struct osc_buffer *out, const struct osc_store *const stores[static 2],
    const char *const paths[static 2], enum osc_role role, bool *ends);

#endif
