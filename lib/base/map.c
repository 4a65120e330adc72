/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <stdlib.h>

#include "base/map.h"

#define FIRST_BUCKETS 64

struct osc_map_entry {
	struct osc_map_entry *next;
	void *value;
	size_t len;
	uint8_t key[];
};

static size_t
hash(const struct osc_map *map, struct osc_slice key)
{
	return (size_t)osc_siphash(&map->key, key) & (map->n_buckets - 1);
}

/* The place that points to the entry of a key; to NULL if there is none. */
static struct osc_map_entry **
find(const struct osc_map *map, struct osc_slice key)
{
	struct osc_map_entry **at = &map->buckets[hash(map, key)];

	while (*at != NULL && !osc_slice_equal(osc_slice((*at)->key, (*at)->len), key))
		at = &(*at)->next;
	return at;
}

void *
osc_map_get(const struct osc_map *map, struct osc_slice key)
{
	struct osc_map_entry *entry = map->n_buckets > 0 ? *find(map, key) : NULL;

	return entry != NULL ? entry->value : NULL;
}

/* Chains stay short: the table doubles, and what it held is found again. */
static bool
make_room(struct osc_map *map)
{
	struct osc_map old = *map;
	struct osc_map_entry *entry, *next, **bucket;
	struct osc_map_entry **buckets;
	size_t n = old.n_buckets > 0 ? 2 * old.n_buckets : FIRST_BUCKETS;

	if (map->n < map->n_buckets)
		return true;
	if (old.n_buckets == 0 && !osc_siphash_key(&map->key))
		return false;
	buckets = calloc(n, sizeof(struct osc_map_entry *));
	if (buckets == NULL)
		return false;
	map->buckets = buckets;
	map->n_buckets = n;
	for (size_t i = 0; i < old.n_buckets; i++)
		for (entry = old.buckets[i]; entry != NULL; entry = next) {
			next = entry->next;
			bucket = &buckets[hash(map, osc_slice(entry->key, entry->len))];
			entry->next = *bucket;
			*bucket = entry;
		}
	free(old.buckets);
	return true;
}

bool
osc_map_put(struct osc_map *map, struct osc_slice key, void *value)
{
	struct osc_map_entry *entry, **at;

	if (!make_room(map))
		return false;
	at = find(map, key);
	if (*at == NULL) {
		entry = malloc(sizeof(*entry) + key.len);
		if (entry == NULL)
			return false;
		entry->next = NULL;
		entry->len = key.len;
		osc_copy(entry->key, key.ptr, key.len);
		*at = entry;
		map->n++;
	}
	(*at)->value = value;
	return true;
}

void
osc_map_remove(struct osc_map *map, struct osc_slice key)
{
	struct osc_map_entry **at, *entry;

	if (map->n_buckets == 0)
		return;
	at = find(map, key);
	entry = *at;
	if (entry == NULL)
		return;
	*at = entry->next;
	free(entry);
	map->n--;
}

void
osc_map_drain(struct osc_map *map, void (*take)(void *value))
{
	struct osc_map_entry *entry, *next;

	for (size_t i = 0; i < map->n_buckets; i++)
		for (entry = map->buckets[i]; entry != NULL; entry = next) {
			next = entry->next;
			if (take != NULL)
				take(entry->value);
			free(entry);
		}
	free(map->buckets);
	memset(map, 0, sizeof(*map));
}

void
osc_map_free(struct osc_map *map)
{
	osc_map_drain(map, NULL);
}
