/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_BASE_SECRET_H
#define OSC_BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/language.h"

OSC_C_BEGIN

/* Hygiene for secrets: this and hash.h are the only doors to libsodium outside core/aead.c. */

/*
 * osc_secret_init - prepare the process for holding keys
 *
 * Switches core dumps and ptrace by other users off (RLIMIT_CORE 0,
 * PR_SET_DUMPABLE 0). Call it before the first secret is read.
 */
void osc_secret_init(void);

/*
 * osc_sodium_start - let libsodium choose its code for this processor
 *
 * Before the first ChaCha20/Poly1305, which is slow without. Wiping, locking, hex and SipHash
 * need none, and asking the processor takes longer than all that one message does. Ends the
 * program if the system has no randomness. Returns false if libsodium cannot be started.
 */
bool osc_sodium_start(void);

/*
 * osc_secret_alloc - zeroed memory for a secret
 *
 * From locked memory that is left out of core dumps, as far as the system
 * allows; a refusal to lock is no error. Aligned for any type. Returns NULL if
 * there is no memory. osc_secret_wipe_all wipes and unlocks everything, at the
 * end of the program.
 */
void *osc_secret_alloc(size_t size);
void osc_secret_wipe_all(void);

/*
 * osc_secret_free - wipe, and keep for the next osc_secret_alloc of the same size
 *
 * ptr   from osc_secret_alloc(size), or NULL
 */
void osc_secret_free(void *ptr, size_t size);

/* osc_wipe - overwrite with zeros; never optimised away; ptr may be NULL if len is 0 */
void osc_wipe(void *ptr, size_t len);

/*
 * osc_wiping_malloc, osc_wiping_free - a heap that wipes what it frees
 *
 * For JSON values and file contents that may hold secrets.
 */
void *osc_wiping_malloc(size_t size);
void osc_wiping_free(void *ptr);

/*
 * osc_secret_hex - hex digits to bytes without table look-ups
 *
 * out  out_max bytes at least; out_len receives the number of bytes
 *
 * Digits of either case and nothing else. Returns false for anything else, an
 * odd number of digits or more than out_max bytes.
 */
bool osc_secret_hex(uint8_t *out, size_t out_max, size_t *out_len, const char *hex, size_t hex_len);

/*
 * osc_secret_hash - a hash of a secret, which tells it from others in this process only
 *
 * BLAKE2b under a random key that is made once. Returns false if the system has no random
 * bytes.
 */
#define OSC_HASH_SIZE 16
bool osc_secret_hash(uint8_t out[OSC_AT_LEAST(OSC_HASH_SIZE)], const void *secret, size_t len);

/* osc_random - fill with unpredictable bytes; false if the system has none */
bool osc_random(void *out, size_t len);

/* the version of libsodium in use, as "1.0.18" */
const char *osc_sodium_version(void);

OSC_C_END

#endif
