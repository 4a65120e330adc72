/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_CMD_INPUT_H
#define OSC_CMD_INPUT_H

#include "message/frame.h"

/* Where messages come from, and what is said of those that are refused. */

/* input_refused - say why a message is refused, with the hints that help; explained: a
 * diagnosis follows, where one can be made */
void input_refused(const char *name, const struct osc_frame *frame, const struct osc_item *item,
    const char *request_file, bool explained);

/* input_open - the descriptor of FILE, and its name for diagnostics; -1
 * after an error, which has been said */
int input_open(const char *file, const char **name);

#endif
