/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_SESSION_PAST_H
#define OSC_SESSION_PAST_H

#include "base/secret.h"
#include "session/endpoint.h"

/*
 * What the contexts that are gone have come to. Who has one of their keys later goes on from
 * there: with the Sender Key from the number, with the Recipient Key from the window.
 */
struct osc_past;

/* osc_past_hash - what a key is known by; false if there is no randomness */
bool osc_past_hash(uint8_t hash[OSC_AT_LEAST(OSC_HASH_SIZE)], const struct osc_aead_key *key);

/* osc_past_remember - a context is gone; OSC_OK or OSC_ENOMEM */
enum osc_err osc_past_remember(struct osc_past **past, const struct osc_endpoint *endpoint);

/* osc_past_recall - the state of a context may not fall behind what is remembered of its keys;
 * past: NULL for nothing; OSC_OK or OSC_ENOMEM */
enum osc_err osc_past_recall(const struct osc_past *past, struct osc_endpoint *endpoint);

void osc_past_free(struct osc_past *past);

#endif
