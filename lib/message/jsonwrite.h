/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_MESSAGE_JSONWRITE_H
#define OSC_MESSAGE_JSONWRITE_H

#include "message/format.h"

/*
 * osc_json_encode - append a datagram as an object on a line of its own
 *
 * about  NULL: "oscore" is null, and there is no "meta"; that is copied without its line breaks
 *
 * Returns OSC_OK, OSC_ENOMEM, or what osc_coap_decode finds wrong.
 */
enum osc_err osc_json_encode(
    struct osc_buffer *out, struct osc_slice datagram, const struct osc_about *about);

/* osc_json_encode_refused - append {"error":STATUS,"message":WORDS}; OSC_OK or OSC_ENOMEM */
enum osc_err osc_json_encode_refused(struct osc_buffer *out, int status, const char *words);

#endif
