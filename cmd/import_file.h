/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_CMD_IMPORT_FILE_H
#define OSC_CMD_IMPORT_FILE_H

#include "store/foreign.h"

/* Files of other programs that hold a Security Context. */

/*
 * import_file_format - the format of FORMAT:FILE, and where FILE begins
 *
 * Does not return for a format that is unknown or not read: a usage error.
 */
const struct osc_foreign *import_file_format(const char *arg, const char **file);

/*
 * import_file_read - a context from FILE, or standard input for "-"
 *
 * A file that others can read is warned about. Returns 0, or the exit status after the error
 * has been said, when there is nothing to free.
 */
int import_file_read(struct osc_import *import, const struct osc_foreign *format, const char *file);

#endif
