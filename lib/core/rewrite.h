/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_CORE_REWRITE_H
#define OSC_CORE_REWRITE_H

#include "core/coap.h"

OSC_C_BEGIN

/*
 * What must be done to a plain request before it can be split: Proxy-Uri names
 * what is to be protected (4.1.3.3), and a retry carries the Echo of the answer
 * before it (B.1.2).
 */

/* osc_rewrite_needed - is there anything to do? */
static inline bool
osc_rewrite_needed(const struct osc_coap *plain, struct osc_slice echo)
{
	return osc_is_present(echo) || osc_coap_has(plain, OSC_OPT_PROXY_URI);
}

/* Bytes that osc_rewrite writes at most for a message of len bytes, and the Echo. */
#define OSC_REWRITE_ROOM(len, echo_len) (4 * (len) + (echo_len) + 64)

/*
 * osc_rewrite - write a plain request anew
 *
 * out   OSC_REWRITE_ROOM bytes
 * echo  the value that the Echo option gets, in place of any other; or absent
 *
 * Proxy-Uri keeps scheme, host and port; path and query become Uri-Path and
 * Uri-Query options, which are inner. Returns the length, or 0 if Proxy-Uri
 * cannot be split: no absolute URI, a fragment or user info in it, a part over
 * 255 bytes, or one of the options it replaces beside it (RFC 7252, 5.10.2).
 * where->offset is then the byte in the URI.
 */
size_t osc_rewrite(
    uint8_t *out, const struct osc_coap *plain, struct osc_slice echo, struct osc_where *where);

OSC_C_END

#endif
