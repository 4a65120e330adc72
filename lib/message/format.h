/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_MESSAGE_FORMAT_H
#define OSC_MESSAGE_FORMAT_H

#include "base/bytes.h"
#include "base/error.h"

/*
 * The formats that messages can have outside (oscore-message(5)). A new one is a file that
 * defines its row, and a place in this enumeration and in the table of format.c.
 */

enum osc_format {
	OSC_FORMAT_RAW,     /* one message, up to the end; on a packet socket one per packet */
	OSC_FORMAT_HEX,     /* one message a line; blank lines and lines with # are skipped */
	OSC_FORMAT_JSON,    /* objects one behind the other; one a line on output */
	OSC_FORMAT_CBORSEQ, /* a CBOR sequence of byte strings */
	OSC_FORMAT_PAYLOAD, /* output only: the bytes of the payload and nothing else */
};

/* osc_format_by_name - a name in any case; false for one that is no format */
bool osc_format_by_name(enum osc_format *format, const char *name);

/* osc_format_name - "raw", "hex" and so on */
const char *osc_format_name(enum osc_format format);

/* osc_format_input_name - the formats of input, numbered from 0; NULL behind the last */
const char *osc_format_input_name(size_t i);

/* osc_format_has_boundaries - do messages stay apart behind each other in a file? */
bool osc_format_has_boundaries(enum osc_format format);

/* osc_format_is_binary - nothing that a terminal should get */
bool osc_format_is_binary(enum osc_format format);

/* osc_format_tells - does a message say more than its bytes: struct osc_about, "meta"? */
bool osc_format_tells(enum osc_format format);

/* osc_format_detect - the format of a local file, decided by its first byte: raw,
 * hex and JSON never share one (a datagram starts with 0x40 to 0x7f, but not with
 * '{', which would be a token of 11 bytes; hex text of one with '0' or '4' to
 * '7', a separator or '#') */
enum osc_format osc_format_detect(uint8_t first);

/* What the program knows of a message beyond its bytes, for formats that can say it. */
struct osc_about {
	bool protected; /* the message is, or was, an OSCORE message; else "oscore" is null */
	struct osc_slice kid, kid_context, piv; /* as on the wire, or absent */
	struct osc_slice sender_id;             /* of the side that protected it */
	const char *context;                    /* directory; NULL: none */
	struct osc_slice meta;                  /* the text of "meta"; empty if there is none */
};

struct osc_intake;

/* What the frame has to know of a format, and no one else. */
struct osc_format_row {
	const char *name;
	bool boundaries, binary, tells;

	/* begins - may input start with this byte? NULL: no input at all */
	bool (*begins)(uint8_t first);

	/* read - fill the group from the input, as osc_frame_read says */
	enum osc_err (*read)(struct osc_intake *intake);

	/* The state of the reader, in frame->state: all zero before the first read. What it
	 * holds is freed by free, which may be NULL. */
	size_t state_size;
	void (*free)(void *state);

	/* write, write_refused - as osc_frame_write says; the latter may be NULL for nothing.
	 * Where there was no memory the frame looks at out->full. */
	enum osc_err (*write)(
	    struct osc_buffer *out, struct osc_slice message, const struct osc_about *about);
	enum osc_err (*write_refused)(struct osc_buffer *out, int status, const char *words);
};

const struct osc_format_row *osc_format_row(enum osc_format format);

#endif
