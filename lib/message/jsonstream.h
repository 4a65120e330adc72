/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_MESSAGE_JSONSTREAM_H
#define OSC_MESSAGE_JSONSTREAM_H

#include "message/format.h"

/* JSON objects one behind the other. */

extern const struct osc_format_row osc_format_json;

#endif
