/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "base/ascii.h"
#include "message/looks.h"
#include "message/names.h"
#include "message/utf8.h"

static bool
begins(struct osc_slice head, const char *with)
{
	size_t len = strlen(with);

	return head.len >= len && memcmp(head.ptr, with, len) == 0;
}

static bool
is_pcap(struct osc_slice head)
{
	return begins(head, "\xd4\xc3\xb2\xa1") || begins(head, "\xa1\xb2\xc3\xd4") ||
	    begins(head, "\x4d\x3c\xb2\xa1") || begins(head, "\xa1\xb2\x3c\x4d") ||
	    begins(head, "\x0a\x0d\x0d\x0a");
}

static bool
is_utf8_mark(struct osc_slice head)
{
	return begins(head, "\xef\xbb\xbf");
}

static bool
is_utf16_mark(struct osc_slice head)
{
	return begins(head, "\xff\xfe") || begins(head, "\xfe\xff");
}

static bool
is_array(struct osc_slice head)
{
	return begins(head, "[");
}

static bool
is_object(struct osc_slice head)
{
	return begins(head, "{\"") || begins(head, "{}") || begins(head, "{ \"") ||
	    begins(head, "{\n") || begins(head, "{\r") || (begins(head, "{") && head.len == 1);
}

/* "GET coap://...", "coap://..." */
static bool
is_request_line(struct osc_slice head)
{
	size_t end = 0;
	uint8_t code;

	if (begins(head, "coap://") || begins(head, "coaps://"))
		return true;
	while (end < head.len && osc_is_alpha(head.ptr[end]))
		end++;
	return end < head.len && head.ptr[end] == ' ' &&
	    osc_code_parse(&code, osc_slice(head.ptr, end));
}

/* "\x44...", perhaps in quotes */
static bool
is_escaped(struct osc_slice head)
{
	for (size_t i = 0; i < head.len && i < 3; i++)
		if (begins(osc_slice(head.ptr + i, head.len - i), "\\x"))
			return true;
	return false;
}

/* h'44...', of CBOR */
static bool
is_diagnostic(struct osc_slice head)
{
	return begins(head, "h'");
}

static size_t
count_digits(struct osc_slice head, size_t from)
{
	size_t n = 0;

	while (from + n < head.len && osc_hex_value(head.ptr[from + n]) >= 0)
		n++;
	return n;
}

/* The end of an offset of four digits or more, with what is behind it up to the first byte;
 * 0 if there is none. */
static size_t
skip_offset(struct osc_slice head)
{
	size_t at = count_digits(head, 0), digits = at;

	if (at < 4 || at > 8)
		return 0;
	if (at < head.len && head.ptr[at] == ':')
		at++;
	while (at < head.len && (head.ptr[at] == ' ' || head.ptr[at] == '\t'))
		at++;
	/* Such a first "byte" of four digits in a row of them is hex with blanks. */
	return at > digits && begins(head, "0000") && count_digits(head, at) >= 2 ? at : 0;
}

/* Of hexdump -C: with a gap behind the eighth byte, at which xxd -r would stop. */
static bool
is_hexdump(struct osc_slice head)
{
	size_t at = skip_offset(head), gap = at + sizeof("00 01 02 03 04 05 06 07 ") - 1;

	return at > 0 && gap < head.len && head.ptr[gap - 1] == ' ' && head.ptr[gap] == ' ' &&
	    count_digits(head, gap + 1) == 2;
}

static bool
is_dump(struct osc_slice head)
{
	return skip_offset(head) > 0;
}

static bool
is_quoted(struct osc_slice head)
{
	return head.len > 0 && (head.ptr[0] == '"' || head.ptr[0] == '\'');
}

/* "0x44, 0x01", "{0x44,0x01}" */
static bool
is_list(struct osc_slice head)
{
	bool comma = false;

	for (size_t i = 0; i < head.len && head.ptr[i] != '\n'; i++) {
		comma = comma || head.ptr[i] == ',';
		if (osc_hex_value(head.ptr[i]) < 0 && strchr("xX, \t\r{}", head.ptr[i]) == NULL)
			return false;
	}
	return comma;
}

static bool
is_hex(struct osc_slice head)
{
	size_t digits = 0;

	if (begins(head, "#"))
		return true;
	for (size_t i = 0; i < head.len; i++)
		if (osc_hex_value(head.ptr[i]) >= 0)
			digits++;
		else if (strchr("xX:- \t\r\n", head.ptr[i]) == NULL)
			return false;
	return digits >= 2;
}

/* Of a datagram: it begins with the two bits of version 1. */
static bool
is_base64(struct osc_slice head)
{
	bool upper = false, lower = false, other = false;
	uint8_t c;

	for (size_t i = 0; i < head.len && head.ptr[i] != '\n' && head.ptr[i] != '\r'; i++) {
		c = head.ptr[i];
		upper = upper || (osc_is_alpha(c) && (c & 0x20) == 0);
		lower = lower || (osc_is_alpha(c) && (c & 0x20) != 0);
		other = other || !osc_is_alpha(c);
		if (!osc_is_alpha(c) && !osc_is_digit(c) && strchr("+/-_=", c) == NULL)
			return false;
	}
	return head.len >= 6 && upper && lower && other &&
	    ((head.ptr[0] >= 'Q' && head.ptr[0] <= 'Z') ||
		(head.ptr[0] >= 'a' && head.ptr[0] <= 'f'));
}

static bool
is_text(struct osc_slice head)
{
	uint32_t point;

	/* The last character may be cut. */
	for (size_t n; head.len > 0; head = osc_slice(head.ptr + n, head.len - n)) {
		n = osc_utf8_decode(head, &point);
		if (n == 0)
			return head.len < 4 && head.ptr[0] >= 0xc2;
		if (!osc_utf8_is_clean(osc_slice(head.ptr, n)))
			return false;
	}
	return true;
}

static bool
is_datagram(struct osc_slice head)
{
	return osc_format_detect(head.ptr[0]) == OSC_FORMAT_RAW;
}

/* By the first row that fits. */
static const struct {
	bool (*fits)(struct osc_slice head);
	enum osc_format format; /* if it is one; else OSC_FORMAT_PAYLOAD, which no input has */
	const char *hint;
} table[] = {
    {is_pcap, OSC_FORMAT_PAYLOAD,
	"a capture file: 'tshark -r FILE -Y coap -T fields -e udp.payload' makes hex of it"},
    {is_utf8_mark, OSC_FORMAT_PAYLOAD,
	"a byte order mark (EF BB BF) is in front: 'tail -c +4' leaves it out"},
    {is_utf16_mark, OSC_FORMAT_PAYLOAD, "text in UTF-16: 'iconv -f UTF-16 -t UTF-8' helps"},
    {is_array, OSC_FORMAT_PAYLOAD, "a JSON array: jq -c '.[]' makes objects of it, for '-f json'"},
    {is_object, OSC_FORMAT_JSON, "the input looks like json: add '-f json'"},
    {is_request_line, OSC_FORMAT_PAYLOAD,
	"say the request in JSON, {\"code\":\"GET\",\"uri\":\"coap://...\"}, with '-f json'"},
    {is_escaped, OSC_FORMAT_PAYLOAD,
	"escapes such as \\x44 are for printf, which makes raw bytes of them"},
    {is_diagnostic, OSC_FORMAT_PAYLOAD,
	"the diagnostic notation of CBOR: give what is between the quotes, with '-f hex'"},
    {is_hexdump, OSC_FORMAT_PAYLOAD,
	"a dump with offsets: sed 's/|.*//' | tr -s ' ' | xxd -r makes raw bytes of it"},
    {is_dump, OSC_FORMAT_PAYLOAD, "a dump with offsets: xxd -r makes raw bytes of it"},
    {is_quoted, OSC_FORMAT_PAYLOAD,
	"quotes: give what is between them, with '-f hex' if it is hex"},
    {is_list, OSC_FORMAT_PAYLOAD,
	"commas and braces are no part of hex: tr -d ',{}' leaves them out, for '-f hex'"},
    {is_hex, OSC_FORMAT_HEX, "the input looks like hex text: add '-f hex'"},
    {is_base64, OSC_FORMAT_PAYLOAD, "base64: 'base64 -d' makes raw bytes of it"},
    {is_text, OSC_FORMAT_PAYLOAD,
	"text is no message: say it in JSON, {\"code\":\"PUT\",\"uri\":\"/...\",\"payload\":\"...\"}, "
	"with '-f json'"},
    {is_datagram, OSC_FORMAT_RAW, "the input looks like raw: add '-f raw'"},
};

const char *
osc_looks_like(struct osc_slice head, enum osc_format format)
{
	while (head.len > 0 && osc_is_blank(head.ptr[0]) && !is_pcap(head))
		head = osc_slice(head.ptr + 1, head.len - 1);
	for (size_t i = 0; head.len > 0 && i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].fits(head))
			return table[i].format != format ? table[i].hint : NULL;
	return NULL;
}
