/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#define _GNU_SOURCE /* MAP_ANONYMOUS, MAP_LOCKED, madvise */
#include <sodium.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/io.h"
#include "base/secret.h"

/*
 * Keys come from regions that are mapped, locked and kept out of core dumps as
 * a whole: one sodium_malloc per key would cost three system calls and four
 * pages each.
 */
#define REGION_SIZE ((size_t)16 * 1024)
#define FIRST_SIZE ((size_t)4 * 1024) /* of one context; locking memory touches all of it */

struct region {
	struct region *next;
	size_t size;
	size_t used;
};

/* A piece that was given back. Contexts come and go with keys of a few sizes only. */
struct spare {
	struct spare *next;
	size_t size;
};

static struct region *regions;
static struct spare *spares;

/* libsodium would abort where the system has no randomness: end in order instead. */
static void
misuse(void)
{
	static const char text[] = "no random numbers are to be had from the system\n";

	(void)!write(STDERR_FILENO, text, sizeof(text) - 1);
	_exit(1);
}

void
osc_secret_init(void)
{
	struct rlimit none = {0, 0};

	/* Refusals are no error: the programs work, only less hidden. */
	(void)setrlimit(RLIMIT_CORE, &none);
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

bool
osc_sodium_start(void)
{
	(void)sodium_set_misuse_handler(misuse);
	return sodium_init() >= 0;
}

static size_t
round_up(size_t size, size_t to)
{
	return (size + to - 1) / to * to;
}

static struct region *
region_new(size_t size)
{
	const int flags = MAP_PRIVATE | MAP_ANONYMOUS;
	struct region *region;

	size = round_up(size, regions == NULL ? FIRST_SIZE : REGION_SIZE);
	/* One call less than locking it later; what may not be locked serves as well. */
	region = mmap(NULL, size, PROT_READ | PROT_WRITE, flags | MAP_LOCKED, -1, 0);
	if (region == MAP_FAILED)
		region = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, -1, 0);
	if (region == MAP_FAILED)
		return NULL;
	(void)madvise(region, size, MADV_DONTDUMP);
	region->next = regions;
	region->size = size;
	region->used = round_up(sizeof(*region), 16);
	regions = region;
	return region;
}

/* Room for at least what a spare piece needs. */
static size_t
piece_size(size_t size)
{
	return round_up(size > sizeof(struct spare) ? size : sizeof(struct spare), 16);
}

static void *
take_spare(size_t size)
{
	struct spare **at = &spares, *spare;

	while (*at != NULL && (*at)->size != size)
		at = &(*at)->next;
	spare = *at;
	if (spare != NULL) {
		*at = spare->next;
		sodium_memzero(spare, sizeof(*spare));
	}
	return spare;
}

void *
osc_secret_alloc(size_t size)
{
	struct region *region = regions;
	void *ptr;

	if (size > SIZE_MAX / 4)
		return NULL;
	size = piece_size(size);
	ptr = take_spare(size);
	if (ptr != NULL)
		return ptr;
	if (region == NULL || region->size - region->used < size) {
		region = region_new(size + round_up(sizeof(*region), 16));
		if (region == NULL)
			return NULL;
	}
	ptr = (uint8_t *)region + region->used;
	region->used += size;
	return ptr;
}

void
osc_secret_free(void *ptr, size_t size)
{
	struct spare *spare = ptr;

	if (ptr == NULL)
		return;
	size = piece_size(size);
	sodium_memzero(ptr, size);
	spare->size = size;
	spare->next = spares;
	spares = spare;
}

void
osc_secret_wipe_all(void)
{
	struct region *region;
	size_t size;

	spares = NULL;
	while ((region = regions) != NULL) {
		regions = region->next;
		size = region->size;
		osc_wipe(region, region->used);
		(void)munmap(region, size); /* unlocks */
	}
}

void
osc_wipe(void *ptr, size_t len)
{
	if (len > 0)
		sodium_memzero(ptr, len);
}

/* Room for the size, as large as the strictest alignment. */
#define HEADER_SIZE 16

_Static_assert(
    HEADER_SIZE % _Alignof(max_align_t) == 0, "what comes behind the header is for any type");

void *
osc_wiping_malloc(size_t size)
{
	size_t *block;

	if (size > SIZE_MAX - HEADER_SIZE)
		return NULL;
	block = malloc(HEADER_SIZE + size);
	if (block == NULL)
		return NULL;
	*block = size;
	return (uint8_t *)block + HEADER_SIZE;
}

void
osc_wiping_free(void *ptr)
{
	uint8_t *block;

	if (ptr == NULL)
		return;
	block = (uint8_t *)ptr - HEADER_SIZE;
	osc_wipe(block, HEADER_SIZE + *(size_t *)(void *)block);
	free(block);
}

bool
osc_secret_hex(uint8_t *out, size_t out_max, size_t *out_len, const char *hex, size_t hex_len)
{
	const char *end;

	if (hex_len % 2 != 0 || hex_len / 2 > out_max)
		return false;
	if (hex_len == 0) {
		*out_len = 0;
		return true;
	}
	return sodium_hex2bin(out, out_max, hex, hex_len, NULL, out_len, &end) == 0 &&
	    end == hex + hex_len;
}

bool
osc_random(void *out, size_t len)
{
	uint8_t *to = out;
	ssize_t n;

	while (len > 0) {
		OSC_RETRY(n, getrandom(to, len, 0));
		if (n <= 0)
			return false;
		to += n;
		len -= (size_t)n;
	}
	return true;
}

bool
osc_secret_hash(uint8_t out[static OSC_HASH_SIZE], const void *secret, size_t len)
{
	static uint8_t key[crypto_generichash_KEYBYTES];
	static bool made;

	made = made || (osc_sodium_start() && osc_random(key, sizeof(key)));
	return made && crypto_generichash(out, OSC_HASH_SIZE, secret, len, key, sizeof(key)) == 0;
}

const char *
osc_sodium_version(void)
{
	return sodium_version_string();
}
