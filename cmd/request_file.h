/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_CMD_REQUEST_FILE_H
#define OSC_CMD_REQUEST_FILE_H

#include "session/receipts.h"

/*
 * request_file_read - the protected requests in FILE of --request, for a session
 *
 * arg  the name of the file, "-" for standard input; raw, hex lines or JSON, as its first
 *      byte says
 *
 * Returns OSC_OK, OSC_EEMPTY, OSC_EIO, OSC_ENOMEM, or OSC_ERECEIPT for something that is no
 * OSCORE request; the detail says where.
 */
enum osc_err request_file_read(void *arg, struct osc_receipts *receipts, struct osc_detail *detail);

#endif
