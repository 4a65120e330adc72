/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_CMD_WORDS_H
#define OSC_CMD_WORDS_H

#include <stdbool.h>

#include "base/bytes.h"
#include "base/error.h"

/* The words for errors: the library returns codes, people read these. */

#define WORDS_MAX 520 /* a path and a text of a detail, too */

/*
 * words_for - what is wrong, in lower case, without a full stop
 *
 * buffer  WORDS_MAX bytes for words that name a place
 * where   may be NULL
 */
const char *words_for(char *buffer, enum osc_err err, const struct osc_where *where);

/* words_with - the same with what is known beyond that; note: may be NULL */
const char *words_with(
    char *buffer, enum osc_err err, const struct osc_where *where, const char *note);

/* words_hint - what the user should do next; NULL if we do not know */
const char *words_hint(enum osc_err err);

/* words_hint_about - the same, with a look at the message that is refused */
const char *words_hint_about(enum osc_err err, struct osc_slice message);

/* words_about_request - is the error about the file of --request, not the message? */
bool words_about_request(enum osc_err err);

#endif
