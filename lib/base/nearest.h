/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_BASE_NEAREST_H
#define OSC_BASE_NEAREST_H

#include "base/bytes.h"

OSC_C_BEGIN

/*
 * osc_name_nearest - the nearest of some names, in any case of letters
 *
 * next  gives the names, numbered from 0; NULL behind the last
 *
 * Returns NULL if none is near: that takes more than a third of the letters,
 * or more than three edits (a letter more, less or another, or two swapped).
 */
const char *osc_name_nearest(struct osc_slice word, const char *(*next)(size_t i));

OSC_C_END

#endif
