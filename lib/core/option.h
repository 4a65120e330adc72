/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_CORE_OPTION_H
#define OSC_CORE_OPTION_H

#include <assert.h>

#include "core/oscore.h"

OSC_C_BEGIN

/* The value of the OSCORE option: the compressed COSE headers (6.1). */
struct osc_oscore_option {
	struct osc_piv piv;           /* piv.len is 0 if there is no Partial IV */
	struct osc_slice kid;         /* OSC_ABSENT if there is none */
	struct osc_slice kid_context; /* likewise */
};

/* Of its first byte; the lowest bits are the length of the Partial IV. */
#define OSC_FLAG_KID 0x08U
#define OSC_FLAG_KID_CONTEXT 0x10U

/* osc_piv_encode - a Sender Sequence Number, up to OSC_SEQ_MAX, as the shortest Partial IV (5) */
OSC_INLINE void
osc_piv_encode(struct osc_piv *piv, uint64_t seq)
{
	/* Zero takes a byte, too. */
	unsigned len = (64U - (unsigned)__builtin_clzll(seq | 1) + 7U) / 8U;

	assert(seq <= OSC_SEQ_MAX);
	piv->seq = seq;
	piv->len = (uint8_t)len;
	/* Zeros behind it. */
	seq <<= 8U * (OSC_PIV_MAX - len);
	for (unsigned i = 0; i < OSC_PIV_MAX; i++)
		piv->bytes[i] = (uint8_t)(seq >> (8U * (OSC_PIV_MAX - 1U - i)));
}

/*
 * osc_oscore_option_decode - take the value of an OSCORE option apart
 *
 * The slices point into `in`. Partial IVs with leading zeros are accepted; the
 * bytes are kept for the AAD. Returns OSC_OK; OSC_EFLAGS for reserved bits,
 * OSC_EGROUP or OSC_EEXTFLAGS for those that other documents have given a
 * meaning (where->offset is the byte); or OSC_EOSCORE for lengths that do not fit.
 */
enum osc_err osc_oscore_option_decode(
    struct osc_oscore_option *value, struct osc_slice in, struct osc_where *where);

/* osc_oscore_option_size - bytes that osc_oscore_option_encode writes; more than
 * OSC_OPTION_MAX means that the value cannot be sent */
OSC_INLINE size_t
osc_oscore_option_size(const struct osc_oscore_option *value)
{
	size_t size = 1U + value->piv.len;

	if (osc_is_present(value->kid_context))
		size += 1 + value->kid_context.len;
	if (osc_is_present(value->kid))
		size += value->kid.len;
	else if (value->piv.len == 0 && !osc_is_present(value->kid_context))
		size = 0;
	return size;
}

/*
 * osc_oscore_option_encode - put the value of an OSCORE option together
 *
 * out  room for osc_oscore_option_size(value) bytes, which is at most OSC_OPTION_MAX
 *
 * Returns the number of bytes written; 0 for a value with nothing in it (6.1).
 */
size_t osc_oscore_option_encode(uint8_t *out, const struct osc_oscore_option *value);

OSC_C_END

#endif
