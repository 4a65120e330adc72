/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "base/ascii.h"
#include "message/cborseq.h"
#include "message/hex.h"
#include "message/jsonstream.h"
#include "message/raw.h"

static const struct osc_format_row *const rows[] = {
    [OSC_FORMAT_RAW] = &osc_format_raw,
    [OSC_FORMAT_HEX] = &osc_format_hex,
    [OSC_FORMAT_JSON] = &osc_format_json,
    [OSC_FORMAT_CBORSEQ] = &osc_format_cborseq,
    [OSC_FORMAT_PAYLOAD] = &osc_format_payload,
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

const struct osc_format_row *
osc_format_row(enum osc_format format)
{
	return rows[format];
}

bool
osc_format_by_name(enum osc_format *format, const char *name)
{
	for (size_t i = 0; i < ROWS; i++)
		if (osc_same_word(osc_slice((const uint8_t *)name, strlen(name)), rows[i]->name)) {
			*format = (enum osc_format)i;
			return true;
		}
	return false;
}

const char *
osc_format_name(enum osc_format format)
{
	return rows[format]->name;
}

const char *
osc_format_input_name(size_t i)
{
	for (size_t row = 0; row < ROWS; row++)
		if (rows[row]->begins != NULL && i-- == 0)
			return rows[row]->name;
	return NULL;
}

bool
osc_format_has_boundaries(enum osc_format format)
{
	return rows[format]->boundaries;
}

bool
osc_format_is_binary(enum osc_format format)
{
	return rows[format]->binary;
}

bool
osc_format_tells(enum osc_format format)
{
	return rows[format]->tells;
}

/* Hex text may have anything in front. */
enum osc_format
osc_format_detect(uint8_t first)
{
	for (size_t i = 0; i < ROWS; i++)
		if (rows[i]->begins != NULL && rows[i]->begins(first))
			return (enum osc_format)i;
	return OSC_FORMAT_HEX;
}
