/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "base/ascii.h"
#include "base/nearest.h"
#include "core/coap.h"
#include "message/names.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* By number. */
static const struct osc_option_name options[] = {
    {1, OSC_VALUE_OPAQUE, "If-Match"},
    {3, OSC_VALUE_STRING, "Uri-Host"},
    {4, OSC_VALUE_OPAQUE, "ETag"},
    {5, OSC_VALUE_EMPTY, "If-None-Match"},
    {6, OSC_VALUE_UINT, "Observe"},
    {7, OSC_VALUE_UINT, "Uri-Port"},
    {8, OSC_VALUE_STRING, "Location-Path"},
    {9, OSC_VALUE_OPAQUE, "OSCORE"},
    {11, OSC_VALUE_STRING, "Uri-Path"},
    {12, OSC_VALUE_UINT, "Content-Format"},
    {13, OSC_VALUE_UINT, "Uri-Path-Abbrev"},
    {14, OSC_VALUE_UINT, "Max-Age"},
    {15, OSC_VALUE_STRING, "Uri-Query"},
    {16, OSC_VALUE_UINT, "Hop-Limit"},
    {17, OSC_VALUE_UINT, "Accept"},
    {19, OSC_VALUE_UINT, "Q-Block1"},
    {20, OSC_VALUE_STRING, "Location-Query"},
    {21, OSC_VALUE_EMPTY, "EDHOC"},
    {23, OSC_VALUE_UINT, "Block2"},
    {27, OSC_VALUE_UINT, "Block1"},
    {28, OSC_VALUE_UINT, "Size2"},
    {31, OSC_VALUE_UINT, "Q-Block2"},
    {35, OSC_VALUE_STRING, "Proxy-Uri"},
    {39, OSC_VALUE_STRING, "Proxy-Scheme"},
    {60, OSC_VALUE_UINT, "Size1"},
    {235, OSC_VALUE_OPAQUE, "Proxy-Cri"},
    {239, OSC_VALUE_UINT, "Proxy-Scheme-Number"},
    {252, OSC_VALUE_OPAQUE, "Echo"},
    {258, OSC_VALUE_UINT, "No-Response"},
    {292, OSC_VALUE_OPAQUE, "Request-Tag"},
    {2049, OSC_VALUE_UINT, "OCF-Accept-Content-Format-Version"},
    {2053, OSC_VALUE_UINT, "OCF-Content-Format-Version"},
    {2055, OSC_VALUE_OPAQUE, "SCP82-Params"},
    {2056, OSC_VALUE_STRING, "X-Admin-Protocol"},
};

/* The methods, from 0.01 on. */
static const char *const methods[] = {"GET", "POST", "PUT", "DELETE", "FETCH", "PATCH", "iPATCH"};

const struct osc_option_name *
osc_option_by_number(uint32_t number)
{
	size_t low = 0, high = COUNT(options), middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (options[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low < COUNT(options) && options[low].number == number ? &options[low] : NULL;
}

const struct osc_option_name *
osc_option_by_name(struct osc_slice name)
{
	for (size_t i = 0; i < COUNT(options); i++)
		if (osc_same_word(name, options[i].name))
			return &options[i];
	return NULL;
}

static const char *
option_name(size_t i)
{
	return i < COUNT(options) ? options[i].name : NULL;
}

const char *
osc_option_nearest(struct osc_slice name)
{
	return osc_name_nearest(name, option_name);
}

bool
osc_code_parse(uint8_t *code, struct osc_slice text)
{
	const uint8_t *p = text.ptr;
	unsigned class, detail;

	for (size_t i = 0; i < COUNT(methods); i++)
		if (osc_same_word(text, methods[i])) {
			*code = (uint8_t)(i + 1);
			return true;
		}
	if (text.len != 4 || !osc_is_digit(p[0]) || p[1] != '.' || !osc_is_digit(p[2]) ||
	    !osc_is_digit(p[3]))
		return false;
	class = p[0] - '0';
	detail = (p[2] - '0') * 10U + (p[3] - '0');
	if (class > 5 || class == 1 || detail > 31)
		return false;
	*code = OSC_CODE(class, detail);
	return true;
}

const char *
osc_code_print(char text[static OSC_CODE_TEXT], uint8_t code)
{
	unsigned detail = code & 31U;

	if (code >= 1 && code <= COUNT(methods)) {
		memcpy(text, methods[code - 1], strlen(methods[code - 1]) + 1);
		return text;
	}
	text[0] = (char)('0' + (code >> 5));
	text[1] = '.';
	text[2] = (char)('0' + detail / 10);
	text[3] = (char)('0' + detail % 10);
	text[4] = '\0';
	return text;
}

static const char *
method_name(size_t i)
{
	return i < COUNT(methods) ? methods[i] : NULL;
}

const char *
osc_code_nearest(struct osc_slice text)
{
	return osc_name_nearest(text, method_name);
}
