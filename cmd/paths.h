/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_CMD_PATHS_H
#define OSC_CMD_PATHS_H

#include <stdbool.h>

/*
 * paths_same - do two paths lead to one file or directory, if it exists or not?
 *
 * However they are spelled, and through links. Devices, FIFOs and sockets are
 * different from everything: nothing is replaced there.
 */
bool paths_same(const char *a, const char *b);

#endif
