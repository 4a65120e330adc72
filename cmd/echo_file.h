/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_CMD_ECHO_FILE_H
#define OSC_CMD_ECHO_FILE_H

#include "base/bytes.h"

/*
 * echo_file_read - the Echo option of an unprotected answer (RFC 8613, B.1.2)
 *
 * file  raw, hex or JSON: its first byte decides
 * echo  receives the value; to be freed by the caller
 *
 * Returns 0, or the exit status after the error has been said: 1 if the file
 * cannot be read or is empty, 5 if it holds no message with an Echo option.
 */
int echo_file_read(const char *file, struct osc_buffer *echo);

#endif
