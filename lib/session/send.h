/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_SESSION_SEND_H
#define OSC_SESSION_SEND_H

#include "session/session.h"

/* osc_session_protect - protect a group of messages, as session.h says */
enum osc_err osc_session_protect(struct osc_session *session, struct osc_item *items, size_t n,
    size_t *done, struct osc_detail *detail);

#endif
