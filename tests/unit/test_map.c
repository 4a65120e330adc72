/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "base/map.h"
#include "base/secret.h"
#include "unit.h"

#define KEYS 3000

static struct osc_slice
key_of(uint8_t bytes[static 4], unsigned i)
{
	for (unsigned k = 0; k < 4; k++)
		bytes[k] = (uint8_t)(i >> (8 * k));
	return osc_slice(bytes, i % 5 == 0 ? 4 : i < 256 ? 1 : 2);
}

/* What was put is found, until it is removed; a value takes the place of another. */
static void
test_map(void)
{
	static int values[KEYS];
	struct osc_map map = {0};
	uint8_t bytes[4];
	size_t count = 0;

	CHECK(osc_map_get(&map, osc_slice(NULL, 0)) == NULL);
	osc_map_remove(&map, osc_slice(NULL, 0));
	for (unsigned i = 0; i < KEYS; i++)
		if (osc_map_get(&map, key_of(bytes, i)) == NULL) {
			CHECK(osc_map_put(&map, key_of(bytes, i), &values[i]));
			count++;
		}
	CHECK(map.n == count && count > 256);
	CHECK(osc_map_put(&map, osc_slice(NULL, 0), &values[0]));
	CHECK(osc_map_get(&map, osc_slice(NULL, 0)) == &values[0]);
	for (unsigned i = 0; i < KEYS; i++) {
		CHECK(osc_map_get(&map, key_of(bytes, i)) != NULL);
		CHECK(osc_map_put(&map, key_of(bytes, i), &values[i]));
		CHECK(osc_map_get(&map, key_of(bytes, i)) == &values[i]);
	}
	CHECK(map.n == count + 1);
	for (unsigned i = 0; i < KEYS; i += 3) {
		osc_map_remove(&map, key_of(bytes, i));
		CHECK(osc_map_get(&map, key_of(bytes, i)) == NULL);
	}
	CHECK(osc_map_get(&map, osc_slice(NULL, 0)) == &values[0]);
	osc_map_free(&map);
	CHECK(map.n == 0 && osc_map_get(&map, osc_slice(NULL, 0)) == NULL);
	osc_map_free(&map);
}

static void
count_up(void *value)
{
	++*(unsigned *)value;
}

/* Each value once, and none is left. */
static void
test_drain(void)
{
	static unsigned values[KEYS];
	struct osc_map map = {0};
	uint8_t bytes[4];
	unsigned sum = 0;
	size_t n;

	osc_map_drain(&map, count_up);
	for (unsigned i = 0; i < KEYS; i++)
		CHECK(osc_map_put(&map, key_of(bytes, i), &values[i]));
	n = map.n;
	osc_map_drain(&map, count_up);
	for (unsigned i = 0; i < KEYS; i++) {
		CHECK(values[i] <= 1);
		sum += values[i];
	}
	CHECK(sum == n && map.n == 0 && osc_map_get(&map, key_of(bytes, 0)) == NULL);
}

int
main(void)
{
	osc_secret_init();
	RUN(test_map);
	RUN(test_drain);
	return unit_end();
}
