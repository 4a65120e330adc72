/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <assert.h>
#include <coap3/coap.h>

#include "core/coap.h"

#define TKL_EXTENDED_8 13 /* RFC 8974, 2.1 */
#define TKL_EXTENDED_16 14
#define CLASS_SIGNALING 7 /* RFC 8323, 5 */
#define OPTION_NUMBER_MAX 65535U

static enum osc_err
fail(struct osc_where *where, enum osc_err err, size_t offset, uint32_t option)
{
	if (where != NULL) {
		where->offset = (uint32_t)offset;
		where->option = option;
	}
	return err;
}

/* As parse_option; by libcoap, but the delta is read anew, since its parser returns deltas modulo
 * 65536 (e0 fe ff is 65548 and it reports 12). */
OSC_RARE static size_t
parse_extended(const uint8_t *p, size_t len, uint32_t *delta)
{
	coap_option_t parsed;
	size_t n = coap_opt_parse(p, len, &parsed);

	if (n > 0) {
		const uint8_t *at = p + 1;

		*delta = osc_option_extended(*p >> 4, &at);
	}
	return n;
}

/* Options that have no extension need no parser: their head is one byte. Returns the bytes of
 * the option, 0 if it is malformed. */
OSC_INLINE size_t
parse_option(const uint8_t *p, size_t len, uint32_t *delta)
{
	size_t n = 1U + (*p & 0x0fU);

	if (osc_option_is_extended(*p))
		return parse_extended(p, len, delta);
	*delta = *p >> 4;
	return n <= len ? n : 0;
}

OSC_INLINE enum osc_err
walk(struct osc_slice body, size_t *end, uint64_t *has, struct osc_where *where)
{
	uint32_t number = 0, delta = 0;
	size_t at = 0, n;

	*has = 0;
	while (at < body.len && body.ptr[at] != OSC_COAP_MARKER) {
		n = parse_option(body.ptr + at, body.len - at, &delta);
		if (n == 0)
			return fail(where, OSC_EOPTION, at, number);
		number += delta;
		if (number > OPTION_NUMBER_MAX)
			return fail(where, OSC_EOPTION, at, number);
		if (number < 64)
			*has |= UINT64_C(1) << number;
		at += n;
	}
	*end = at;
	return at + 1 == body.len ? fail(where, OSC_EMARKER, at, 0) : OSC_OK;
}

OSC_INLINE enum osc_err
walk_body(struct osc_slice *options, struct osc_slice *payload, uint64_t *has,
    struct osc_slice body, struct osc_where *where)
{
	size_t end;
	enum osc_err err = walk(body, &end, has, where);

	if (err != OSC_OK)
		return err;
	*options = osc_slice(body.ptr, end);
	*payload =
	    end < body.len ? osc_slice(body.ptr + end + 1, body.len - end - 1) : osc_slice(NULL, 0);
	return OSC_OK;
}

enum osc_err
osc_coap_walk_body(struct osc_slice *options, struct osc_slice *payload, uint64_t *has,
    struct osc_slice body, struct osc_where *where)
{
	return walk_body(options, payload, has, body, where);
}

enum osc_err
osc_coap_split_body(struct osc_slice *options, struct osc_slice *payload, struct osc_slice body,
    struct osc_where *where)
{
	uint64_t has;

	return osc_coap_walk_body(options, payload, &has, body, where);
}

enum osc_err
osc_coap_decode(struct osc_coap *coap, struct osc_slice datagram, struct osc_where *where)
{
	const uint8_t *p = datagram.ptr;
	size_t token_len;
	enum osc_err err;

	if (datagram.len > OSC_MESSAGE_MAX)
		return fail(where, OSC_ELONG, OSC_MESSAGE_MAX, 0);
	if (datagram.len < OSC_COAP_HEADER)
		return fail(where, OSC_EHEADER, datagram.len, 0);
	if (p[0] >> 6 != 1)
		return fail(where, OSC_EVERSION, 0, 0);
	token_len = p[0] & 0x0f;
	if (token_len == TKL_EXTENDED_8 || token_len == TKL_EXTENDED_16)
		return fail(where, OSC_EEXTTOKEN, 0, 0);
	if (token_len > OSC_TOKEN_MAX || token_len > datagram.len - OSC_COAP_HEADER)
		return fail(where, OSC_ETKL, 0, 0);
	coap->type = p[0] >> 4 & 3;
	coap->code = p[1];
	coap->mid = (uint16_t)(p[2] << 8 | p[3]);
	coap->token = osc_slice(p + OSC_COAP_HEADER, token_len);
	p += OSC_COAP_HEADER + token_len;
	coap->body = osc_slice(p, datagram.len - OSC_COAP_HEADER - token_len);
	if (coap->code == OSC_CODE_EMPTY && datagram.len > OSC_COAP_HEADER)
		return fail(where, OSC_ECODE, 1, 0);
	if (coap->code >> 5 == CLASS_SIGNALING)
		return fail(where, OSC_ESIGNALING, 1, 0);
	if (coap->code != OSC_CODE_EMPTY && !osc_code_is_request(coap->code) &&
	    !osc_code_is_response(coap->code))
		return fail(where, OSC_ECODE, 1, 0);
	err = walk_body(&coap->options, &coap->payload, &coap->has, coap->body, where);
	if (err != OSC_OK && where != NULL)
		where->offset += (uint32_t)(OSC_COAP_HEADER + token_len);
	return err;
}

bool
osc_option_find(struct osc_slice options, uint32_t number, struct osc_slice *value)
{
	struct osc_option option = {0};

	while (osc_option_next(&options, &option))
		if (option.number == number) {
			*value = option.value;
			return true;
		}
	return false;
}

size_t
osc_coap_extended_head(uint8_t *out, size_t room, uint32_t last, uint32_t number, size_t len)
{
	/* libcoap reports success with a wrong length beyond 65804 bytes. */
	assert(number >= last && number <= OPTION_NUMBER_MAX && len <= OSC_MESSAGE_MAX);
	return coap_opt_encode(out, room, (uint16_t)(number - last), NULL, len);
}

const char *
osc_libcoap_version(void)
{
	return coap_package_version();
}
