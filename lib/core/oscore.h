/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_CORE_OSCORE_H
#define OSC_CORE_OSCORE_H

/*
 * The limits and types of RFC 8613 that every file of the core shares.
 *
 * The core is pure: no file, clock, randomness, allocation or global. Slices
 * are borrowed and const, buffers are the caller's.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/error.h"

OSC_C_BEGIN

#define OSC_KEY_MAX 32        /* bytes in the longest key of a COSE AEAD */
#define OSC_NONCE_MAX 13      /* bytes in the longest nonce */
#define OSC_ID_MAX 7          /* bytes in the longest Sender ID: nonce - 6 (3.3) */
#define OSC_PIV_MAX 5         /* bytes in the longest Partial IV (6.1) */
#define OSC_OPTION_MAX 255    /* bytes in the longest OSCORE option value (2) */
#define OSC_SECRET_MAX 255    /* bytes in the longest Master Secret and Master Salt */
#define OSC_MESSAGE_MAX 65535 /* bytes in the longest datagram */

/* The last Sender Sequence Number (7.2.1). One above it means: exhausted. */
#define OSC_SEQ_MAX ((UINT64_C(1) << 40) - 1)

/* Sender ID or Recipient ID. */
struct osc_id {
	uint8_t len; /* 0..OSC_ID_MAX */
	uint8_t bytes[OSC_ID_MAX];
};

static inline struct osc_slice
osc_id_slice(const struct osc_id *id)
{
	return osc_slice(id->bytes, id->len);
}

/* Which side of the context protected a message. */
enum osc_side { OSC_SIDE_PEER, OSC_SIDE_OWN };

/* A Partial IV: the bytes exactly as sent or received, for the AAD; the number
 * for the nonce and the replay window. */
struct osc_piv {
	uint64_t seq; /* 0..OSC_SEQ_MAX */
	uint8_t len;  /* 1..OSC_PIV_MAX; 0: absent */
	uint8_t bytes[OSC_PIV_MAX];
};

/* osc_piv_slice - absent if there is no Partial IV */
static inline struct osc_slice
osc_piv_slice(const struct osc_piv *piv)
{
	return piv->len > 0 ? osc_slice(piv->bytes, piv->len) : OSC_ABSENT;
}

/* What binds a response to its request (7.1): kid and Partial IV of the request. */
struct osc_exchange {
	struct osc_id kid;
	struct osc_piv piv;
};

/* The CoAP options that have a part in it: class U (4.1), and what is looked at. */
enum osc_option_number {
	OSC_OPT_URI_HOST = 3,
	OSC_OPT_OBSERVE = 6,
	OSC_OPT_URI_PORT = 7,
	OSC_OPT_OSCORE = 9,
	OSC_OPT_URI_PATH = 11,
	OSC_OPT_URI_QUERY = 15,
	OSC_OPT_EDHOC = 21,
	OSC_OPT_BLOCK2 = 23,
	OSC_OPT_BLOCK1 = 27,
	OSC_OPT_PROXY_URI = 35,
	OSC_OPT_PROXY_SCHEME = 39,
	OSC_OPT_ECHO = 252,
};

OSC_C_END

#endif
