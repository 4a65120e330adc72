/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_CMD_VALUES_H
#define OSC_CMD_VALUES_H

#include "store/store.h"

/* Values of options. None of these returns if the argument is no such value: a
 * usage error (2), or 7 for an ID that no context can have. */

/* value_word_at - of the words in a table of options, that with this number, from 0; absent
 * behind the last */
struct osc_slice value_word_at(const char *words, size_t i);

/* value_word - the number of the word that an argument is, in any case of letters */
size_t value_word(const char *option, const char *arg, const char *words);

enum osc_role value_role(const char *arg);
uint64_t value_number(const char *option, const char *arg, uint64_t min, uint64_t max);

/* value_hex - bytes in hex; replaces what the buffer holds */
void value_hex(struct osc_buffer *to, const char *option, const char *arg);
void value_id(struct osc_id *id, const char *option, const char *arg);

/* value_algorithm - an AEAD by its COSE name or number */
const struct osc_alg *value_algorithm(const char *arg);

/* value_hash - a hash of HKDF that COSE has a number for */
enum osc_hash value_hash(const char *arg);

/* value_sender_seq - N for both sides, or CLIENT:SERVER */
void value_sender_seq(uint64_t *client, uint64_t *server, const char *arg);

#endif
