/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_CORE_COAP_H
#define OSC_CORE_COAP_H

#include "core/oscore.h"

OSC_C_BEGIN

/* CoAP over UDP (RFC 7252, 3): reading without copies, writing without scratch. */

enum osc_coap_type { OSC_COAP_CON, OSC_COAP_NON, OSC_COAP_ACK, OSC_COAP_RST };

#define OSC_CODE(class, detail) ((uint8_t)((class) << 5 | (detail)))
#define OSC_CODE_EMPTY OSC_CODE(0, 0)
#define OSC_CODE_POST OSC_CODE(0, 2)
#define OSC_CODE_FETCH OSC_CODE(0, 5)
#define OSC_CODE_CHANGED OSC_CODE(2, 4)
#define OSC_CODE_CONTENT OSC_CODE(2, 5)

#define OSC_COAP_HEADER 4
#define OSC_TOKEN_MAX 8
#define OSC_COAP_MARKER 0xff /* before a payload */

/* A datagram, taken apart. The slices point into it. */
struct osc_coap {
	uint8_t type; /* enum osc_coap_type */
	uint8_t code; /* OSC_CODE(class, detail) */
	uint16_t mid;
	struct osc_slice token;
	struct osc_slice body; /* code-specific part: options, marker and payload */
	struct osc_slice options;
	struct osc_slice payload; /* without the marker; empty if there is none */
	uint64_t has;             /* bit n: there is an option with the number n, n < 64 */
};

/* osc_coap_has - is there an option with this number, which is below 64? */
static inline bool
osc_coap_has(const struct osc_coap *coap, unsigned number)
{
	return (coap->has >> number & 1) != 0;
}

/*
 * osc_coap_decode - take a datagram apart and check all of its format
 *
 * Returns OSC_OK, or OSC_ELONG, OSC_EHEADER, OSC_EVERSION, OSC_ETKL,
 * OSC_EEXTTOKEN, OSC_ECODE, OSC_ESIGNALING, OSC_EOPTION or OSC_EMARKER with the
 * place in *where (may be NULL).
 * After OSC_OK the options can be walked without errors.
 */
enum osc_err osc_coap_decode(
    struct osc_coap *coap, struct osc_slice datagram, struct osc_where *where);

/*
 * osc_coap_split_body - find options and payload in a body (RFC 7252, 3.1)
 *
 * A body is what follows the token, or the code of an inner message (RFC 8613,
 * 5.3). Returns OSC_OK, OSC_EOPTION or OSC_EMARKER; where->offset counts from
 * the start of the body.
 */
enum osc_err osc_coap_split_body(struct osc_slice *options, struct osc_slice *payload,
    struct osc_slice body, struct osc_where *where);

/* osc_coap_walk_body - the same, and which options there are: as in struct osc_coap */
enum osc_err osc_coap_walk_body(struct osc_slice *options, struct osc_slice *payload, uint64_t *has,
    struct osc_slice body, struct osc_where *where);

/* What kind of message a code makes: 0.01-0.31, 2.00-5.31. */
static inline bool
osc_code_is_request(uint8_t code)
{
	return code >> 5 == 0 && code != OSC_CODE_EMPTY;
}

static inline bool
osc_code_is_response(uint8_t code)
{
	return code >> 5 >= 2 && code >> 5 <= 5;
}

/*
 * osc_coap_check_type - may a message with this code be of this type? (RFC 7252, 4.2 and 4.3)
 *
 * Returns OSC_OK, or what every peer has to ignore: OSC_EACKREQUEST, OSC_ERSTRESPONSE or
 * OSC_ENONEMPTY.
 */
static inline enum osc_err
osc_coap_check_type(const struct osc_coap *coap)
{
	if (coap->code == OSC_CODE_EMPTY)
		return coap->type == OSC_COAP_NON ? OSC_ENONEMPTY : OSC_OK;
	if (osc_code_is_request(coap->code))
		return coap->type > OSC_COAP_NON ? OSC_EACKREQUEST : OSC_OK;
	return coap->type == OSC_COAP_RST ? OSC_ERSTRESPONSE : OSC_OK;
}

/* One option of a message. */
struct osc_option {
	uint32_t number; /* 0..65535 */
	struct osc_slice value;
};

/* Has an option with this first byte a delta or a length with an extension (RFC 7252, 3.1)? */
static inline bool
osc_option_is_extended(uint8_t head)
{
	return head >= 0xd0 || (head & 0x0f) >= 13;
}

/* osc_option_extended - what a nibble of an accepted option stands for; *at is behind it, and is
 * moved behind the extension */
OSC_INLINE uint32_t
osc_option_extended(uint32_t nibble, const uint8_t **at)
{
	const uint8_t *p = *at;

	if (nibble < 13)
		return nibble;
	if (nibble == 13) {
		*at += 1;
		return 13U + p[0];
	}
	*at += 2;
	return 269U + ((uint32_t)p[0] << 8 | p[1]);
}

/*
 * osc_option_next - walk the options that a decode has accepted
 *
 * rest    the options not yet read; starts as coap.options, advances
 * option  starts zeroed; receives the next option
 *
 * Returns false at the end.
 */
OSC_INLINE bool
osc_option_next(struct osc_slice *rest, struct osc_option *option)
{
	const uint8_t *p = rest->ptr;
	uint32_t delta, len;

	if (rest->len == 0)
		return false;
	delta = *p >> 4;
	len = *p++ & 0x0fU;
	if (delta >= 13 || len >= 13) {
		delta = osc_option_extended(delta, &p);
		len = osc_option_extended(len, &p);
	}
	option->number += delta;
	option->value = osc_slice(p, len);
	p += len;
	rest->len -= (size_t)(p - rest->ptr);
	rest->ptr = p;
	return true;
}

/* osc_option_find - the first option with this number; false if there is none */
bool osc_option_find(struct osc_slice options, uint32_t number, struct osc_slice *value);

/* Writes a message front to back. The error is sticky: look at `full` once. */
struct osc_coap_writer {
	uint8_t *out;
	size_t cap;
	size_t len;
	uint32_t last; /* number of the option before */
	bool full;     /* something did not fit; len is meaningless */
};

static inline void
osc_coap_writer_init(struct osc_coap_writer *w, uint8_t *out, size_t cap)
{
	w->out = out;
	w->cap = cap;
	w->len = 0;
	w->last = 0;
	w->full = false;
}

/* osc_coap_put_header - header and token; token.len is at most OSC_TOKEN_MAX */
OSC_INLINE void
osc_coap_put_header(
    struct osc_coap_writer *w, uint8_t type, uint8_t code, uint16_t mid, struct osc_slice token)
{
	uint8_t *p = w->out + w->len;

	if (w->full || OSC_COAP_HEADER + token.len > w->cap - w->len) {
		w->full = true;
		return;
	}
	p[0] = (uint8_t)(0x40U | (type & 3U) << 4 | token.len);
	p[1] = code;
	p[2] = (uint8_t)(mid >> 8);
	p[3] = (uint8_t)mid;
	osc_store_short(p + OSC_COAP_HEADER, osc_load_short(token.ptr, token.len), token.len);
	w->len += OSC_COAP_HEADER + token.len;
}

/* osc_coap_extended_head - write the head of any option into room bytes, behind the option `last`;
 * returns its length with that of the value, which must fit, too: 0 if they do not */
OSC_RARE size_t osc_coap_extended_head(
    uint8_t *out, size_t room, uint32_t last, uint32_t number, size_t len);

/* osc_coap_put_option_head - as osc_coap_put_option but for the value, which the caller writes:
 * returns its place, or NULL if it does not fit */
OSC_INLINE uint8_t *
osc_coap_put_option_head(struct osc_coap_writer *w, uint32_t number, size_t len)
{
	uint32_t delta = number - w->last;
	uint8_t *to = w->out + w->len;
	size_t room = w->full ? 0 : w->cap - w->len, n = 1 + len;

	/* Nearly all have a head of one byte. */
	if (delta < 13 && len < 13 && len < room)
		to[0] = (uint8_t)(delta << 4 | len);
	else
		n = osc_coap_extended_head(to, room, w->last, number, len);
	w->full = n == 0;
	w->len += n;
	w->last = number;
	return w->full ? NULL : to + n - len;
}

/* osc_coap_put_option - the next option; number is not below the one before,
 * value at most OSC_MESSAGE_MAX bytes */
OSC_INLINE void
osc_coap_put_option(struct osc_coap_writer *w, uint32_t number, struct osc_slice value)
{
	uint8_t *to = osc_coap_put_option_head(w, number, value.len);

	if (to != NULL)
		osc_copy_few(to, value.ptr, value.len);
}

/* osc_coap_put_byte - one byte as it is: the code of an inner message, a marker.
 * Options start over at number 0 behind it. */
OSC_INLINE void
osc_coap_put_byte(struct osc_coap_writer *w, uint8_t byte)
{
	w->last = 0;
	if (w->len == w->cap)
		w->full = true;
	if (!w->full)
		w->out[w->len++] = byte;
}

/* osc_coap_put_rest - options as they stand behind the one that was put last; none can follow */
OSC_INLINE void
osc_coap_put_rest(struct osc_coap_writer *w, struct osc_slice options)
{
	if (w->full || options.len > w->cap - w->len) {
		w->full = true;
		return;
	}
	osc_copy_few(w->out + w->len, options.ptr, options.len);
	w->len += options.len;
}

/* osc_coap_put_payload - marker and payload; nothing for an empty payload */
OSC_INLINE void
osc_coap_put_payload(struct osc_coap_writer *w, struct osc_slice payload)
{
	if (payload.len == 0)
		return;
	if (w->full || payload.len >= w->cap - w->len) {
		w->full = true;
		return;
	}
	w->out[w->len++] = OSC_COAP_MARKER;
	osc_copy_few(w->out + w->len, payload.ptr, payload.len);
	w->len += payload.len;
}

/* the version of libcoap in use, as "4.3.1" */
const char *osc_libcoap_version(void);

OSC_C_END

#endif
