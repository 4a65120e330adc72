/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_STORE_FIRST_H
#define OSC_STORE_FIRST_H

#include "store/sequence.h"

/*
 * A directory without sequence.json: never used, or has the file been lost? The
 * two look alike but for what our programs and aiocoap leave behind.
 */

/*
 * osc_first_judge - decide about a directory in which sequence.json was not found
 *
 * sequence_file  the settings say that there must be one
 * fresh          the directory was never used; false: the file is there after all
 *
 * Returns OSC_OK, OSC_ESTATE with the reason in the detail, or OSC_EIO.
 */
enum osc_err osc_first_judge(
    const struct osc_dir *dir, bool sequence_file, bool *fresh, struct osc_detail *detail);

/*
 * osc_first_make - before the first use of a directory: sequence.json, then `.used`
 *
 * initial  the state to begin with, if there is none
 *
 * Does nothing where `.used` exists. Returns OSC_OK, OSC_ESTATE, OSC_EIO or OSC_ENOMEM.
 */
enum osc_err osc_first_make(
    const struct osc_dir *dir, const struct osc_sequence *initial, struct osc_detail *detail);

#endif
