/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_SESSION_PAST_H
#define OSC_SESSION_PAST_H

#include "base/map.h"
#include "base/secret.h"
#include "session/endpoint.h"

/*
 * What the contexts have come to that were closed in this run: since their directory is gone, or
 * to make room for others. Who has one of their keys later goes on from there: with the Sender
 * Key from the number, with the Recipient Key from the window. Nothing of that is forgotten
 * while the run lasts: one small entry for each key, whatever the number of messages.
 */
struct osc_past {
	struct osc_map senders;    /* hash of a Sender Key -> how far its numbers are used */
	struct osc_map recipients; /* hash of a Recipient Key -> the state of its context */
};

/* osc_past_hash - what a key is known by; false if there is no randomness */
bool osc_past_hash(uint8_t hash[OSC_AT_LEAST(OSC_HASH_SIZE)], const struct osc_aead_key *key);

/* osc_past_remember - a context is closed; OSC_OK or OSC_ENOMEM. Where nothing was done with it
 * that matters later, nothing is remembered. */
enum osc_err osc_past_remember(struct osc_past *past, const struct osc_endpoint *endpoint);

/*
 * osc_past_recall - a context is opened: its state may not fall behind what is remembered of
 * its keys
 *
 * Of the directory itself it is known again what was wrong with it, and what was said. Returns
 * OSC_OK or OSC_ENOMEM.
 */
enum osc_err osc_past_recall(const struct osc_past *past, struct osc_endpoint *endpoint);

/*
 * osc_past_recipient, osc_past_sender - the path of another directory than that of the endpoint
 * which had its Recipient Key, or took numbers for its Sender Key, when it was closed; or NULL
 *
 * hash  of that key
 */
const char *osc_past_recipient(
    const struct osc_past *past, const uint8_t *hash, const struct osc_endpoint *endpoint);
const char *osc_past_sender(
    const struct osc_past *past, const uint8_t *hash, const struct osc_endpoint *endpoint);

/* osc_past_twin - another directory has the Recipient Key, whose context is closed; OSC_OK or
 * OSC_ENOMEM */
enum osc_err osc_past_twin(struct osc_past *past, const uint8_t *hash, const char *path);

/* osc_past_next - the numbers below it may have been used with this Sender Key */
uint64_t osc_past_next(const struct osc_past *past, const uint8_t *hash);

void osc_past_free(struct osc_past *past);

#endif
