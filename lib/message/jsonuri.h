/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_MESSAGE_JSONURI_H
#define OSC_MESSAGE_JSONURI_H

#include "message/jsonread.h"

/*
 * osc_json_put_uri - make options of the member "uri" (RFC 7252, 6.4), when all others are known
 *
 * An absolute URI with the scheme coap, or the path of one. Refuses what is none, one beside
 * options that it stands for, and one in a response.
 */
bool osc_json_put_uri(struct osc_json_reading *r, const struct json_t *value);

#endif
