/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "base/ascii.h"
#include "core/literal.h"
#include "core/uri.h"

const char *
osc_uri_words(enum osc_uri_fault fault)
{
	static const char *const words[] = {
	    [OSC_URI_GOOD] = "",
	    [OSC_URI_RELATIVE] = "not an absolute URI",
	    [OSC_URI_FRAGMENT] = "a fragment, which is not sent",
	    [OSC_URI_USER] = "user info, which CoAP does not have",
	    [OSC_URI_NO_HOST] = "no host",
	    [OSC_URI_BRACKET] = "a bracket that holds no IPv6 address, or is not closed",
	    [OSC_URI_ZONE] = "a zone in the address, which means nothing to others",
	    [OSC_URI_PORT] = "the port is no number up to 65535",
	    [OSC_URI_ESCAPE] = "a '%' without two hex digits",
	    [OSC_URI_CHARACTER] = "a character that has to be escaped",
	    [OSC_URI_LONG] = "a part of it is too long",
	    [OSC_URI_TWICE] = "there are two of them",
	    [OSC_URI_BESIDE] = "Uri-* or Proxy-Scheme stands beside it",
	};

	return words[fault];
}

static bool
fail(struct osc_uri *uri, enum osc_uri_fault fault)
{
	uri->fault = fault;
	return false;
}

static bool
is_among(uint8_t c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

/* unreserved, sub-delims and the rest of pchar, '/' and '?' (RFC 3986, A) */
static bool
is_uri_char(uint8_t c)
{
	return osc_is_alpha(c) || osc_is_digit(c) || is_among(c, "-._~!$&'()*+,;=:@/?");
}

/* All characters belong into a path or query; where not, *at says it. */
static bool
check_chars(struct osc_uri *uri, struct osc_slice text, size_t offset, size_t *at)
{
	for (size_t i = 0; i < text.len; i++) {
		*at = offset + i;
		if (text.ptr[i] == '%') {
			if (text.len - i < 3 || osc_hex_value(text.ptr[i + 1]) < 0 ||
			    osc_hex_value(text.ptr[i + 2]) < 0)
				return fail(uri, OSC_URI_ESCAPE);
		} else if (!is_uri_char(text.ptr[i])) {
			return fail(uri, OSC_URI_CHARACTER);
		}
	}
	return true;
}

static size_t
find(struct osc_slice text, size_t from, const char *set)
{
	while (from < text.len && !is_among(text.ptr[from], set))
		from++;
	return from;
}

#define PORT_NONE UINT32_MAX

static uint32_t
default_port(struct osc_slice scheme)
{
	static const struct {
		const char *scheme;
		uint16_t port;
	} table[] = {{"coap", 5683}, {"coaps", 5684}, {"coap+tcp", 5683}, {"coaps+tcp", 5684},
	    {"coap+ws", 80}, {"coaps+ws", 443}, {"http", 80}, {"https", 443}};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (osc_same_word(scheme, table[i].scheme))
			return table[i].port;
	return PORT_NONE;
}

static bool
parse_scheme(struct osc_uri *uri, struct osc_slice text, size_t *at)
{
	size_t i = 0;

	while (i < text.len &&
	    (osc_is_alpha(text.ptr[i]) ||
		(i > 0 && (osc_is_digit(text.ptr[i]) || is_among(text.ptr[i], "+-.")))))
		i++;
	uri->scheme = osc_slice(text.ptr, i);
	*at = i;
	if (i == 0 || text.len - i < 3 || memcmp(text.ptr + i, "://", 3) != 0)
		return fail(uri, OSC_URI_RELATIVE);
	*at = i + 3;
	return true;
}

static bool
parse_host(struct osc_uri *uri, struct osc_slice text, size_t *at)
{
	size_t from = *at, end;
	struct osc_slice literal;

	if (from < text.len && text.ptr[from] == '[') {
		end = find(text, from, "]/?");
		*at = end;
		if (end == text.len || text.ptr[end] != ']')
			return fail(uri, OSC_URI_BRACKET);
		*at = from + 1;
		literal = osc_slice(text.ptr + from + 1, end - from - 1);
		if (!osc_literal_check(literal))
			return fail(uri,
			    find(literal, 0, "%") < literal.len ? OSC_URI_ZONE : OSC_URI_BRACKET);
		end++;
	} else {
		end = find(text, from, ":/?");
		if (!check_chars(uri, osc_slice(text.ptr + from, end - from), from, at))
			return false;
	}
	uri->host = osc_slice(text.ptr + from, end - from);
	*at = end;
	return end > from || fail(uri, OSC_URI_NO_HOST);
}

static bool
parse_port(struct osc_uri *uri, struct osc_slice text, size_t *at)
{
	uint32_t port = 0;
	size_t i = *at;

	if (i == text.len || text.ptr[i] != ':')
		return true;
	for (i++; i < text.len && osc_is_digit(text.ptr[i]) && port <= 65535; i++)
		port = port * 10 + (uint32_t)(text.ptr[i] - '0');
	if (port > 65535)
		return fail(uri, OSC_URI_PORT);
	/* An empty port is the default one (RFC 3986, 3.2.3). */
	uri->has_port = i > *at + 1 && port != default_port(uri->scheme);
	uri->port = (uint16_t)port;
	*at = i;
	return true;
}

/* From the path on. */
static bool
parse_rest(struct osc_uri *uri, struct osc_slice text, size_t from, size_t *at)
{
	size_t query = find(text, from, "?");

	uri->path = osc_slice(text.ptr + from, query - from);
	uri->has_query = query < text.len;
	if (uri->has_query)
		uri->query = osc_slice(text.ptr + query + 1, text.len - query - 1);
	return check_chars(uri, uri->path, from, at) && check_chars(uri, uri->query, query + 1, at);
}

static bool
parse_all(struct osc_uri *uri, struct osc_slice text, size_t *at)
{
	size_t end;

	if (!parse_scheme(uri, text, at))
		return false;
	end = find(text, *at, "/?");
	if (find(osc_slice(text.ptr, end), *at, "@") < end)
		return fail(uri, OSC_URI_USER);
	if (!parse_host(uri, text, at) || !parse_port(uri, text, at))
		return false;
	if (*at != end)
		return fail(uri, text.ptr[*at - 1] == ']' ? OSC_URI_BRACKET : OSC_URI_PORT);
	return parse_rest(uri, text, end, at);
}

bool
osc_uri_parse(struct osc_uri *uri, struct osc_slice text, size_t *at)
{
	size_t ignored;

	if (at == NULL)
		at = &ignored;
	memset(uri, 0, sizeof(*uri));
	*at = find(text, 0, "#");
	return *at < text.len ? fail(uri, OSC_URI_FRAGMENT) : parse_all(uri, text, at);
}

bool
osc_uri_parse_path(struct osc_uri *uri, struct osc_slice text, size_t *at)
{
	memset(uri, 0, sizeof(*uri));
	*at = find(text, 0, "#");
	if (*at < text.len)
		return fail(uri, OSC_URI_FRAGMENT);
	*at = 0;
	/* Behind two slashes there would be a host (RFC 3986, 4.2). */
	if (text.len == 0 || text.ptr[0] != '/' || (text.len > 1 && text.ptr[1] == '/'))
		return fail(uri, OSC_URI_RELATIVE);
	return parse_rest(uri, text, 0, at);
}

struct osc_slice
osc_uri_part(struct osc_slice *rest, char separator, bool *more)
{
	char set[2] = {separator, '\0'};
	size_t end = find(*rest, 0, set);
	struct osc_slice part = osc_slice(rest->ptr, end);

	*more = end < rest->len;
	end += *more ? 1 : 0;
	*rest = osc_slice(rest->ptr + end, rest->len - end);
	return part;
}

/* How many dots are a part all of: 1 or 2; 0 if it is anything else. */
static unsigned
count_dots(struct osc_slice part)
{
	unsigned dots = 0;

	for (size_t i = 0; i < part.len; i++, dots++) {
		if (part.ptr[i] == '.')
			continue;
		if (part.ptr[i] != '%' || part.ptr[i + 1] != '2' ||
		    osc_lower(part.ptr[i + 2]) != 'e')
			return 0;
		i += 2;
	}
	return dots <= 2 ? dots : 0;
}

size_t
osc_uri_resolve(uint8_t *out, struct osc_slice path)
{
	struct osc_slice part, rest = path;
	bool more = path.len > 0;
	unsigned dots;
	size_t n = 0;

	if (more)
		rest = osc_slice(path.ptr + 1, path.len - 1);
	while (more) {
		part = osc_uri_part(&rest, '/', &more);
		dots = count_dots(part);
		if (dots == 0) {
			out[n++] = '/';
			osc_copy(out + n, part.ptr, part.len);
			n += part.len;
			continue;
		}
		if (dots == 2 && n > 0)
			while (out[--n] != '/')
				;
		if (!more)
			out[n++] = '/';
	}
	return n;
}

/* What a percent sign and its two digits stand for; osc_uri_parse has seen them. */
static uint8_t
escaped(const uint8_t *p)
{
	return (uint8_t)((unsigned)osc_hex_value(p[1]) << 4 | (unsigned)osc_hex_value(p[2]));
}

size_t
osc_uri_unescape(uint8_t *out, struct osc_slice part)
{
	size_t n = 0;

	for (size_t i = 0; i < part.len; i++) {
		out[n] = part.ptr[i];
		if (part.ptr[i] == '%') {
			out[n] = escaped(part.ptr + i);
			i += 2;
		}
		n++;
	}
	return n;
}

/* The host as its Uri-Host would be put together again: first lower case, then the
 * bytes that were escaped, and of these only what has to be is escaped (RFC 7252, 6.4
 * step 5, 6.5 step 4). It does not get longer. */
static size_t
put_host(uint8_t *out, struct osc_slice host)
{
	static const char digits[] = "0123456789ABCDEF";
	size_t n = 0;
	uint8_t c;

	for (size_t i = 0; i < host.len; i++) {
		if (host.ptr[i] != '%') {
			out[n++] = osc_lower(host.ptr[i]);
			continue;
		}
		c = escaped(host.ptr + i);
		i += 2;
		if (osc_is_alpha(c) || osc_is_digit(c) || is_among(c, "-._~!$&'()*+,;=")) {
			out[n++] = c;
			continue;
		}
		out[n++] = '%';
		out[n++] = (uint8_t)digits[c >> 4];
		out[n++] = (uint8_t)digits[c & 15];
	}
	return n;
}

size_t
osc_uri_origin(uint8_t *out, const struct osc_uri *uri)
{
	size_t n = 0;
	uint16_t unit = 10000;

	for (size_t i = 0; i < uri->scheme.len; i++)
		out[n++] = osc_lower(uri->scheme.ptr[i]);
	memcpy(out + n, "://", 3);
	n += 3;
	n += put_host(out + n, uri->host);
	if (!uri->has_port)
		return n;
	out[n++] = ':';
	while (unit > 1 && uri->port / unit == 0)
		unit /= 10;
	for (; unit > 0; unit /= 10)
		out[n++] = (uint8_t)('0' + uri->port / unit % 10);
	return n;
}
