/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <assert.h>

#include "core/option.h"

#define FLAG_N 0x07U
#define FLAG_GROUP 0x20U /* the group mode of Group OSCORE */
#define FLAG_RESERVED 0x40U
#define FLAG_EXTENSION 0x80U /* a second byte of flags follows */

static void
piv_decode(struct osc_piv *piv, const uint8_t *bytes, size_t len)
{
	uint64_t number = osc_load_short(bytes, len);

	piv->seq = __builtin_bswap64(number) >> 8 * (7 - (len + 7) % 8);
	piv->len = (uint8_t)len;
	osc_store32(piv->bytes, (uint32_t)number);
	piv->bytes[4] = (uint8_t)(number >> 32);
}

static enum osc_err
fail(struct osc_where *where, enum osc_err err, size_t offset)
{
	if (where != NULL) {
		where->option = OSC_OPT_OSCORE;
		where->offset = (uint32_t)offset;
	}
	return err;
}

enum osc_err
osc_oscore_option_decode(
    struct osc_oscore_option *value, struct osc_slice in, struct osc_where *where)
{
	size_t at = 1, n;
	uint8_t flags;

	memset(value, 0, sizeof(*value));
	if (in.len == 0)
		return OSC_OK;
	if (in.len > OSC_OPTION_MAX)
		return fail(where, OSC_EOSCORE, OSC_OPTION_MAX);
	flags = in.ptr[0];
	/* All flags zero is encoded as the empty value (6.1). */
	if ((flags & FLAG_RESERVED) != 0)
		return fail(where, OSC_EFLAGS, 0);
	if ((flags & FLAG_EXTENSION) != 0)
		return fail(where, OSC_EEXTFLAGS, 0);
	if ((flags & FLAG_GROUP) != 0)
		return fail(where, OSC_EGROUP, 0);
	if (flags == 0)
		return fail(where, OSC_EOSCORE, 0);
	n = flags & FLAG_N;
	if (n > OSC_PIV_MAX || n > in.len - at)
		return fail(where, OSC_EOSCORE, at);
	piv_decode(&value->piv, in.ptr + at, n);
	at += n;
	if ((flags & OSC_FLAG_KID_CONTEXT) != 0) {
		if (at == in.len || in.ptr[at] > in.len - at - 1)
			return fail(where, OSC_EOSCORE, at);
		value->kid_context = osc_slice(in.ptr + at + 1, in.ptr[at]);
		at += 1U + in.ptr[at];
	}
	if ((flags & OSC_FLAG_KID) != 0)
		value->kid = osc_slice(in.ptr + at, in.len - at);
	else if (at < in.len)
		return fail(where, OSC_EOSCORE, at);
	return OSC_OK;
}

size_t
osc_oscore_option_encode(uint8_t *out, const struct osc_oscore_option *value)
{
	size_t size = osc_oscore_option_size(value), at = 1;

	assert(size <= OSC_OPTION_MAX && value->piv.len <= OSC_PIV_MAX);
	if (size == 0)
		return 0;
	out[0] = value->piv.len;
	/* The bytes, from the number: what was just written byte by byte is slow to read. */
	osc_store_short(out + at,
	    __builtin_bswap64(value->piv.seq << (8 - value->piv.len) % 8U * 8U), value->piv.len);
	at += value->piv.len;
	if (osc_is_present(value->kid_context)) {
		out[0] |= OSC_FLAG_KID_CONTEXT;
		out[at++] = (uint8_t)value->kid_context.len;
		osc_copy_few(out + at, value->kid_context.ptr, value->kid_context.len);
		at += value->kid_context.len;
	}
	if (osc_is_present(value->kid)) {
		out[0] |= OSC_FLAG_KID;
		osc_copy_few(out + at, value->kid.ptr, value->kid.len);
	}
	return size;
}
