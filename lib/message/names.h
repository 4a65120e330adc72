/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_MESSAGE_NAMES_H
#define OSC_MESSAGE_NAMES_H

#include "base/bytes.h"

/* Names of CoAP options and codes, as IANA has them ("CoRE Parameters"). Names
 * are found in any case of letters. */

/* What the value of an option is (RFC 7252, 3.2). */
enum osc_value_format {
	OSC_VALUE_OPAQUE,
	OSC_VALUE_EMPTY,
	OSC_VALUE_UINT,
	OSC_VALUE_STRING,
};

struct osc_option_name {
	uint16_t number;
	enum osc_value_format format;
	const char *name;
};

/* osc_option_by_number, osc_option_by_name - NULL for an option that is not registered */
const struct osc_option_name *osc_option_by_number(uint32_t number);
const struct osc_option_name *osc_option_by_name(struct osc_slice name);

/* osc_option_nearest - the name that a misspelt one is meant to be; NULL if none is near */
const char *osc_option_nearest(struct osc_slice name);

/*
 * osc_code_parse - a code from a method name or "c.dd"
 *
 * Returns false for anything else, and for codes that no message has (classes
 * 1, 6 and above). Response codes need not be registered.
 */
bool osc_code_parse(uint8_t *code, struct osc_slice text);

#define OSC_CODE_TEXT 8 /* bytes in the longest code as text, with its NUL */

/* osc_code_print - the method name, or "c.dd"; writes into text and returns it */
const char *osc_code_print(char text[static OSC_CODE_TEXT], uint8_t code);

/* osc_code_nearest - the method that a misspelt one is meant to be; NULL if none is near */
const char *osc_code_nearest(struct osc_slice text);

#endif
