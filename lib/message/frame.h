/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_MESSAGE_FRAME_H
#define OSC_MESSAGE_FRAME_H

#include "base/bytes.h"
#include "base/error.h"
#include "message/format.h"
#include "message/looks.h"
#include "message/packet.h"

/* Messages as they stand in files and pipes, a group at a time. */

/* One message on its way through a program. */
struct osc_item {
	struct osc_slice in; /* the datagram read; valid until the next osc_frame_read */
	uint64_t number;     /* of the message, in hex of the line; from 1 */
	enum osc_err err;    /* why it is refused; OSC_OK as long as it is not */
	struct osc_where where;
	const char *note;      /* more words for a format error, valid like in; or NULL */
	const char *hint;      /* what to do if it is malformed; a constant, or NULL */
	const char *warning;   /* a value that is hardly meant, valid like in; or NULL */
	struct osc_slice meta; /* JSON: the text of "meta", valid like in; empty if none */
	/* JSON: the text does not say it, so the reader has chosen it. */
	bool no_type, no_mid, no_token;
	struct osc_slice out; /* what becomes of it; set and owned by the session */
	size_t at;            /* private to the frame */
};

/* A group is what is there when input would block, and at most this much. */
#define OSC_GROUP_ITEMS 1024
#define OSC_GROUP_BYTES ((size_t)512 * 1024) /* of messages; twice that as hex; of text as JSON */

/* Bytes in the longest line: a datagram as hex with "0x", colon and space for each byte. */
#define OSC_LINE_MAX ((size_t)6 * 65536)

struct osc_frame {
	int fd; /* borrowed */
	enum osc_format format;
	struct osc_packet packet;
	struct osc_buffer buffer;
	size_t at;                   /* first byte of buffer that is not yet given out */
	uint64_t number;             /* of the message or line given out last */
	bool ended;                  /* the input has ended */
	bool any;                    /* a byte was read */
	uint8_t head[OSC_LOOKS_MAX]; /* the first bytes of all */
	size_t head_len;
	void *state; /* of the format's reader; NULL before the first read */
};

void osc_frame_init(struct osc_frame *frame, int fd, enum osc_format format);

/*
 * osc_frame_read - the next group of messages
 *
 * items  receives up to max messages; max is 1..OSC_GROUP_ITEMS
 * n      receives their number; 0: the input has ended
 *
 * Waits for the first message only. A message that cannot be read (hex with a
 * wrong digit, too long) is an item with err set; the next ones can be read,
 * except behind what is no JSON or no CBOR (or that nested over OSC_CBORSEQ_DEPTH): that
 * is the last item. The items
 * of the group before become void. Returns OSC_OK, OSC_EIO or OSC_ENOMEM.
 */
enum osc_err osc_frame_read(struct osc_frame *frame, struct osc_item *items, size_t max, size_t *n,
    struct osc_detail *detail);

/* osc_frame_peek - the first byte of the input, which stays there. Returns OSC_OK,
 * OSC_EIO, OSC_ENOMEM, or OSC_EEMPTY for no byte at all. */
enum osc_err osc_frame_peek(struct osc_frame *frame, uint8_t *first, struct osc_detail *detail);

/* osc_frame_detect - read in the format that the first byte speaks for: only for local
 * files. As osc_frame_peek. */
enum osc_err osc_frame_detect(struct osc_frame *frame, struct osc_detail *detail);

/* osc_frame_suggest - if the input does not look like the format in use: what the user should
 * do; else NULL */
const char *osc_frame_suggest(const struct osc_frame *frame);

void osc_frame_free(struct osc_frame *frame);

/*
 * osc_frame_write - append a message to an output buffer, framed
 *
 * message  a datagram as osc_coap_decode accepts it
 * about    for JSON; may be NULL
 *
 * Returns OSC_OK or OSC_ENOMEM; for JSON and payload also what osc_coap_decode
 * finds wrong.
 */
enum osc_err osc_frame_write(struct osc_buffer *out, enum osc_format format,
    struct osc_slice message, const struct osc_about *about);

/*
 * osc_frame_write_refused - append what stands for a refused message, so that
 * message N out belongs to message N in
 *
 * Nothing in raw framing, and none of the payload. Returns OSC_OK or OSC_ENOMEM.
 */
enum osc_err osc_frame_write_refused(
    struct osc_buffer *out, enum osc_format format, enum osc_err err, const char *words);

#endif
