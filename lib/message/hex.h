/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_MESSAGE_HEX_H
#define OSC_MESSAGE_HEX_H

#include "message/format.h"

/* A message a line. */

extern const struct osc_format_row osc_format_hex;

/*
 * osc_hex_decode - hex text to bytes, for messages and identifiers (never for secrets)
 *
 * out  hex.len / 2 bytes at least; may be the place of the text itself
 *
 * Takes digits of either case, white space, ':' and '-', and "0x" before a
 * pair of digits. Returns OSC_OK, or OSC_EHEX with the column, from 1, in
 * where->offset.
 */
enum osc_err osc_hex_decode(
    uint8_t *out, size_t *out_len, struct osc_slice hex, struct osc_where *where);

#endif
