/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_CMD_DESCRIBE_H
#define OSC_CMD_DESCRIBE_H

#include <stdbool.h>

#include "store/foreign.h"
#include "store/rederived.h"

/*
 * describe - a context in lines "NAME: VALUE", with the names of RFC 8613
 *
 * rederived  where keys may be derived anew: how far that is; else NULL
 * secrets    with the bytes of what is secret, beside its fingerprint
 *
 * Memory may be short: look at out->full.
 */
void describe(struct osc_buffer *out, const struct osc_export *from,
    const struct osc_rederived *rederived, bool secrets);

#endif
