/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_STORE_SEQUENCE_READ_H
#define OSC_STORE_SEQUENCE_READ_H

#include "store/sequence.h"

/*
 * osc_sequence_parse - the state as a file has it
 *
 * Anything that is not understood is OSC_ESTATE with key and reason in the
 * detail, and *sequence is unchanged: never an empty window, never a lower
 * number. OSC_EOWNID if it says that it is the state of another Sender ID. Returns OSC_OK,
 * OSC_ESTATE, OSC_EOWNID or OSC_ENOMEM.
 */
enum osc_err osc_sequence_parse(
    struct osc_sequence *sequence, struct osc_slice text, struct osc_detail *detail);

/*
 * osc_sequence_read_numbers - numbers and window that an object holds in the form of the pair
 * dialect
 *
 * Returns OSC_OK, or OSC_ESTATE with key and reason in the detail.
 */
enum osc_err osc_sequence_read_numbers(struct osc_state *state, const struct osc_json *json,
    struct json_t *object, uint32_t window, struct osc_detail *detail);

#endif
