/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_CORE_URI_H
#define OSC_CORE_URI_H

#include "core/oscore.h"

OSC_C_BEGIN

/* URIs taken apart (RFC 7252, 6.4; RFC 3986): those of Proxy-Uri options, and of users. */

/* Why a URI is none, or cannot be made options of. */
enum osc_uri_fault {
	OSC_URI_GOOD,
	OSC_URI_RELATIVE,
	OSC_URI_FRAGMENT,
	OSC_URI_USER,
	OSC_URI_NO_HOST,
	OSC_URI_BRACKET,
	OSC_URI_ZONE,
	OSC_URI_PORT,
	OSC_URI_ESCAPE,
	OSC_URI_CHARACTER,
	/* Of the message that it stands in: they are at no byte of it. */
	OSC_URI_LONG,
	OSC_URI_TWICE,
	OSC_URI_BESIDE,
};

/* osc_uri_words - the reason, for people; "" for OSC_URI_GOOD */
const char *osc_uri_words(enum osc_uri_fault fault);

/* Bytes in a Uri-Host, Uri-Path or Uri-Query option (RFC 7252, 5.10). */
#define OSC_URI_PART_MAX 255

struct osc_uri {
	enum osc_uri_fault fault; /* of one that was refused */
	struct osc_slice scheme;
	struct osc_slice host; /* as it stands there, an IPv6 literal with its brackets */
	bool has_port;
	uint16_t port;         /* with has_port; never the default of the scheme */
	struct osc_slice path; /* empty, or from the first '/' on */
	bool has_query;
	struct osc_slice query; /* behind the '?' */
};

/*
 * osc_uri_parse - take an absolute URI apart
 *
 * at  receives the byte where it went wrong; may be NULL
 *
 * A fragment, user info, an empty host, brackets around anything but an IP literal, a
 * port that is none, a '%' without two hex digits and characters that no URI has are
 * errors: returns false.
 */
bool osc_uri_parse(struct osc_uri *uri, struct osc_slice text, size_t *at);

/* osc_uri_parse_path - the same for a path, from its '/' on, and perhaps a query */
bool osc_uri_parse_path(struct osc_uri *uri, struct osc_slice text, size_t *at);

/*
 * osc_uri_part - the next part of a path or query, without its separator
 *
 * rest       a path behind its first '/', or a query; advances
 * separator  '/' or '&'
 * more       starts as true; false behind the last part
 */
struct osc_slice osc_uri_part(struct osc_slice *rest, char separator, bool *more);

/*
 * osc_uri_resolve - leave out the segments "." and "..", and what the latter take back
 * (RFC 7252, 6.4 step 2; RFC 3986, 5.2.4)
 *
 * out  as many bytes as the path has
 *
 * Returns the number of bytes written. An escaped dot is a dot (RFC 3986, 2.3).
 */
size_t osc_uri_resolve(uint8_t *out, struct osc_slice path);

/* osc_uri_unescape - decode percent signs; out has as many bytes as the part, and may be its
 * place; returns the number of bytes written */
size_t osc_uri_unescape(uint8_t *out, struct osc_slice part);

/*
 * osc_uri_origin - scheme, host and port put together again (RFC 7252, 6.5)
 *
 * out  OSC_URI_ORIGIN_EXTRA + the length of the URI, in bytes
 *
 * Scheme and host in lower case; in the host only what needs it is escaped. Returns
 * the number of bytes written.
 */
#define OSC_URI_ORIGIN_EXTRA 8
size_t osc_uri_origin(uint8_t *out, const struct osc_uri *uri);

OSC_C_END

#endif
