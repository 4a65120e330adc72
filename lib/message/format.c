/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <string.h>

#include "message/format.h"

static const char *const names[] = {
    [OSC_FORMAT_RAW] = "raw",
    [OSC_FORMAT_HEX] = "hex",
    [OSC_FORMAT_JSON] = "json",
    [OSC_FORMAT_CBORSEQ] = "cborseq",
    [OSC_FORMAT_PAYLOAD] = "payload",
};

bool
osc_format_by_name(enum osc_format *format, const char *name)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(name, names[i]) == 0) {
			*format = (enum osc_format)i;
			return true;
		}
	return false;
}

const char *
osc_format_name(enum osc_format format)
{
	return names[format];
}

bool
osc_format_has_boundaries(enum osc_format format)
{
	return format != OSC_FORMAT_RAW && format != OSC_FORMAT_PAYLOAD;
}

enum osc_format
osc_format_detect(uint8_t first)
{
	if (first == '{')
		return OSC_FORMAT_JSON;
	return first >= 0x40 && first <= 0x7f ? OSC_FORMAT_RAW : OSC_FORMAT_HEX;
}
