/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_STORE_TEXT_H
#define OSC_STORE_TEXT_H

#include "base/bytes.h"

/* Text for a file. The error is sticky: look at `full` once. */
struct osc_text {
	struct osc_buffer buffer;
	bool full; /* no memory; the text is meaningless */
};

#if defined(__GNUC__)
#define OSC_TEXT_PRINTF __attribute__((format(printf, 2, 3)))
#else
#define OSC_TEXT_PRINTF
#endif

/* osc_text_put - append what printf would write */
void osc_text_put(struct osc_text *text, const char *fmt, ...) OSC_TEXT_PRINTF;

/* osc_text_hex - append bytes as lower-case hex, without table look-ups */
void osc_text_hex(struct osc_text *text, struct osc_slice bytes);

/* osc_text_slice - what was written so far */
struct osc_slice osc_text_slice(const struct osc_text *text);

/* osc_text_free - wipe and free */
void osc_text_free(struct osc_text *text);

#endif
