/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_BASE_MAP_H
#define OSC_BASE_MAP_H

#include "base/hash.h"

OSC_C_BEGIN

/*
 * What belongs to a key: a hash table with chains. All zero is empty. The keys are copied,
 * the values borrowed. Keys may come from outside: nobody there knows which share a chain.
 */

struct osc_map_entry;

struct osc_map {
	struct osc_map_entry **buckets;
	size_t n, n_buckets; /* n_buckets is 0 or a power of 2 */
	struct osc_siphash_key key;
};

/* osc_map_get - the value of a key; NULL if there is none */
void *osc_map_get(const struct osc_map *map, struct osc_slice key);

/* osc_map_put - give a key its value, in place of the one it had; value is not NULL. False
 * if there is no memory or no randomness; then nothing has changed. */
bool osc_map_put(struct osc_map *map, struct osc_slice key, void *value);

/* osc_map_remove - forget a key; nothing if it is not there */
void osc_map_remove(struct osc_map *map, struct osc_slice key);

/* osc_map_free - forget all of them */
void osc_map_free(struct osc_map *map);

/* osc_map_drain - the same, and each value is given to a function */
void osc_map_drain(struct osc_map *map, void (*take)(void *value));

OSC_C_END

#endif
