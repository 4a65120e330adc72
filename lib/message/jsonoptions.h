/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_MESSAGE_JSONOPTIONS_H
#define OSC_MESSAGE_JSONOPTIONS_H

#include "message/jsonread.h"

/* osc_json_take_options, osc_json_put_options - read the member "options"; write them
 * sorted, those with the same number in their order */
bool osc_json_take_options(struct osc_json_reading *r, struct json_t *value);
bool osc_json_put_options(struct osc_json_reading *r, struct osc_coap_writer *w);

#endif
