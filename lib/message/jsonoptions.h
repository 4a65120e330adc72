/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_MESSAGE_JSONOPTIONS_H
#define OSC_MESSAGE_JSONOPTIONS_H

#include "message/jsonread.h"

/* osc_json_take_options, osc_json_put_options - read the member "options"; write them
 * sorted, those with the same number in their order */
bool osc_json_take_options(struct osc_json_reading *r, struct json_t *value);
bool osc_json_put_options(struct osc_json_reading *r, struct osc_coap_writer *w);

/* osc_json_add_option - one more, behind those with its number; the value is borrowed until
 * all are written */
bool osc_json_add_option(struct osc_json_reading *r, uint32_t number, struct osc_slice value);

/* osc_json_has_option - is one with this number there? */
bool osc_json_has_option(const struct osc_json_reading *r, uint32_t number);

#endif
