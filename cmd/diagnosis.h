/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_CMD_DIAGNOSIS_H
#define OSC_CMD_DIAGNOSIS_H

#include "session/session.h"

/*
 * diagnosis_say - try the usual mistakes on a refused message, and say which one explains it
 *
 * Says nothing about items that are not refused, or for reasons that have nothing
 * to do with keys.
 *
 * effort  what may still be spent; receives what is left
 */
void diagnosis_say(
    struct osc_session *session, size_t i, const struct osc_item *item, size_t *effort);

/* diagnosis_hash - the hash as the RFC writes it: "SHA-256" */
const char *diagnosis_hash(enum osc_hash hash);

#endif
