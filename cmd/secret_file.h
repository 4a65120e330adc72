/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_CMD_SECRET_FILE_H
#define OSC_CMD_SECRET_FILE_H

#include <stddef.h>
#include <stdint.h>

/*
 * secret_file_read - a Master Secret in hex from FILE, or standard input for "-"
 *
 * secret  OSC_SECRET_MAX bytes of secret memory
 * len     receives the number of bytes
 *
 * White space around the digits is allowed. A file that others can read is
 * warned about. Returns 0, or the exit status after the error has been said: 1
 * if it cannot be read or is empty, 5 if it is not hex.
 */
int secret_file_read(const char *file, uint8_t *secret, size_t *len);

#endif
