/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_MESSAGE_READERS_H
#define OSC_MESSAGE_READERS_H

#include "message/intake.h"

/* Each fills the group from the input in its format; the contract is that of osc_frame_read.
 * Private to the frame. */

enum osc_err osc_read_raw(struct osc_intake *intake);
enum osc_err osc_read_hex(struct osc_intake *intake);
enum osc_err osc_read_json(struct osc_intake *intake);
enum osc_err osc_read_cborseq(struct osc_intake *intake);

#endif
