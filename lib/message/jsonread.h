/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_MESSAGE_JSONREAD_H
#define OSC_MESSAGE_JSONREAD_H

#include "base/jsonload.h"
#include "core/coap.h"
#include "message/json.h"

/* A JSON object on its way to a datagram; the options are in the scratch, as they stand in the
 * text. Private to json*.c. */
struct osc_json_reading {
	struct osc_json json;
	struct osc_json_scratch *scratch;
	struct osc_detail *detail;
	enum osc_err err;

	uint8_t type, code;
	uint16_t mid;
	uint8_t token[OSC_TOKEN_MAX];
	size_t token_len;
	bool has_type, has_code, has_mid, has_token;
	struct json_t *uri;     /* NULL: none, like the next */
	struct json_t *message; /* the whole datagram */
	bool has_payload;
	struct osc_slice payload;
	struct json_t *payload_hex; /* NULL: none */
	size_t index;               /* of the member that is being read */
	bool has_meta;
	size_t meta_index;
};

/* osc_json_refuse, osc_json_fail - say what is wrong, as OSC_EMESSAGE or another
 * error; return false */
bool osc_json_refuse(struct osc_json_reading *r, const char *fmt, ...) OSC_PRINTF(2, 3);
bool osc_json_fail(struct osc_json_reading *r, enum osc_err err, const char *words);

/* osc_json_quote - a piece of the text for a diagnostic: cut, and nothing but ASCII */
#define OSC_QUOTED_MAX 40
const char *osc_json_quote(char quoted[static OSC_QUOTED_MAX], struct osc_slice text);

/* osc_json_take_hex - the bytes of a string of hex digits; they are in scratch->value
 * until the next call. Refuses everything else, in the name of `key`. */
bool osc_json_take_hex(struct osc_json_reading *r, const char *key, const struct json_t *value,
    struct osc_slice *bytes);

#endif
