/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_CORE_LITERAL_H
#define OSC_CORE_LITERAL_H

#include "core/oscore.h"

OSC_C_BEGIN

/*
 * osc_literal_check - is this what may stand in the brackets of a host? (RFC 3986, 3.2.2)
 *
 * An IPv6 address in any of its forms, or IPvFuture.
 */
bool osc_literal_check(struct osc_slice text);

/* osc_literal_is_host - is this host an address? An IPv4 address, or brackets */
bool osc_literal_is_host(struct osc_slice host);

OSC_C_END

#endif
