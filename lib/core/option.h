/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_CORE_OPTION_H
#define OSC_CORE_OPTION_H

#include "core/oscore.h"

OSC_C_BEGIN

/* The value of the OSCORE option: the compressed COSE headers (6.1). */
struct osc_oscore_option {
	struct osc_piv piv;           /* piv.len is 0 if there is no Partial IV */
	struct osc_slice kid;         /* OSC_ABSENT if there is none */
	struct osc_slice kid_context; /* likewise */
};

/* osc_piv_encode - a Sender Sequence Number as the shortest Partial IV (5) */
void osc_piv_encode(struct osc_piv *piv, uint64_t seq);

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
size_t osc_oscore_option_size(const struct osc_oscore_option *value);

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
