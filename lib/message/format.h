/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_MESSAGE_FORMAT_H
#define OSC_MESSAGE_FORMAT_H

#include <stdbool.h>
#include <stdint.h>

/* The formats that messages can have outside (oscore-message(5)). */

enum osc_format {
	OSC_FORMAT_RAW,     /* one message, up to the end; on a packet socket one per packet */
	OSC_FORMAT_HEX,     /* one message a line; blank lines and lines with # are skipped */
	OSC_FORMAT_JSON,    /* objects one behind the other; one a line on output */
	OSC_FORMAT_CBORSEQ, /* a CBOR sequence of byte strings */
	OSC_FORMAT_PAYLOAD, /* output only: the bytes of the payload and nothing else */
};

/* osc_format_by_name - false for a name that is no format */
bool osc_format_by_name(enum osc_format *format, const char *name);

/* osc_format_name - "raw", "hex" and so on */
const char *osc_format_name(enum osc_format format);

/* osc_format_has_boundaries - do messages stay apart behind each other in a file? */
bool osc_format_has_boundaries(enum osc_format format);

/* osc_format_detect - the format of a local file, decided by its first byte: raw,
 * hex and JSON never share one (a datagram starts with 0x40 to 0x7f, but not with
 * '{', which would be a token of 11 bytes; hex text of one with '0' or '4' to
 * '7', a separator or '#') */
enum osc_format osc_format_detect(uint8_t first);

#endif
