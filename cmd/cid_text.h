/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_CMD_CID_TEXT_H
#define OSC_CMD_CID_TEXT_H

#include "core/unprotect.h"
#include "store/index.h"

/* What oscore-cid prints. All return OSC_OK or OSC_ENOMEM; *found tells if what was
 * asked for is in the message. */

enum cid_part { CID_ALL, CID_KID, CID_KID_CONTEXT, CID_PIV };

/* cid_line - KID or KID@KIDCONTEXT, or one part; an empty line if it is not there */
enum osc_err cid_line(
    struct osc_buffer *line, enum cid_part part, const struct osc_option_value *value, bool *found);

/* cid_json - the object of one message */
enum osc_err cid_json(struct osc_buffer *line, const struct osc_unprotection *message);

/* cid_contexts - the directories that fit, a line each; an empty line without kid */
enum osc_err cid_contexts(struct osc_buffer *line, const struct osc_index *index,
    const struct osc_option_value *value, bool *found);

#endif
