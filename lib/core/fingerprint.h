/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_CORE_FINGERPRINT_H
#define OSC_CORE_FINGERPRINT_H

#include "core/kdf.h"

OSC_C_BEGIN

/* What two people can read to each other to learn whether they have the same secret. */

#define OSC_FINGERPRINT_SIZE 8

struct osc_fingerprint {
	uint8_t bytes[OSC_FINGERPRINT_SIZE];
};

/* One for each thing that must be equal on both sides; the Sender Key of one side is the
 * Recipient Key of the other. */
struct osc_fingerprints {
	struct osc_fingerprint master_secret, master_salt, common_iv, sender_key, recipient_key;
};

/*
 * osc_fingerprint - the first bytes of SHA-256("oscore-tools fingerprint" 00 name 00 bytes)
 *
 * name  what it is of: "Master Secret", "Master Salt", "Common IV" or "Key"
 *
 * oscore-show(1) documents it: it never changes.
 */
struct osc_fingerprint osc_fingerprint(const char *name, struct osc_slice bytes);

/*
 * osc_fingerprints - those of a context
 *
 * scratch  OSC_INFO_MAX + the length of the ID Context, in bytes
 */
void osc_fingerprints(
    struct osc_fingerprints *out, const struct osc_params *params, uint8_t *scratch);

OSC_C_END

#endif
