/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_MESSAGE_LOOKS_H
#define OSC_MESSAGE_LOOKS_H

#include "message/format.h"

#define OSC_LOOKS_MAX 64 /* bytes that are enough to know an input by */

/*
 * osc_looks_like - what is this, that is no message in the format in use?
 *
 * head  what the input, or a line of it, begins with
 *
 * Returns what the user should do, or NULL if it looks like that format, or like nothing known.
 * Only for hints: input is read in the format that the user said.
 */
const char *osc_looks_like(struct osc_slice head, enum osc_format format);

#endif
