/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_MESSAGE_RAW_H
#define OSC_MESSAGE_RAW_H

#include "message/format.h"

/* Datagrams as they are, and their payload alone. */

extern const struct osc_format_row osc_format_raw, osc_format_payload;

#endif
