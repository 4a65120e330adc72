/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_STORE_CONTENTS_H
#define OSC_STORE_CONTENTS_H

/* The files of a context directory: static parameters, state, and two that are empty. */

#define OSC_SEQUENCE_FILE "sequence.json"
#define OSC_LOCK_FILE "lock"
#define OSC_USED_FILE ".used"

#define OSC_STATIC_FILES 3 /* the first of them */
#define OSC_NEW_FILES 4    /* the first of them: what a new context may have */
#define OSC_CONTEXT_FILES 6

extern const char *const osc_context_files[OSC_CONTEXT_FILES];

#endif
