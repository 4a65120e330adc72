/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_CMD_LINES_H
#define OSC_CMD_LINES_H

#include "base/bytes.h"
#include "base/error.h"

/*
 * Lines "Name: value" for standard error, in the form of RFC 8613, Appendix C:
 * bytes in lower-case hex with 0x and their number behind. They are collected,
 * and written when it is time to.
 */
struct lines {
	struct osc_buffer buffer; /* may hold secrets: wiped; full: said by lines_write */
	bool show_secrets;
};

/* lines_say - a value in words; not for secrets */
void lines_say(struct lines *lines, const char *name, const char *fmt, ...) OSC_PRINTF(3, 4);

/* lines_bytes - a value that anybody may see */
void lines_bytes(struct lines *lines, const char *name, struct osc_slice bytes);

/* lines_secret - a value that is hidden, but for its length, unless secrets are shown;
 * bytes.ptr may be NULL in the former case */
void lines_secret(struct lines *lines, const char *name, struct osc_slice bytes);

/* lines_write - write what was collected, and forget it */
void lines_write(struct lines *lines);

void lines_free(struct lines *lines);

#endif
