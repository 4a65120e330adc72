/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_CMD_MISPLACED_H
#define OSC_CMD_MISPLACED_H

#include <stdbool.h>

/*
 * misplaced_hide - do not repeat a secret that was given in the place of a file
 *
 * line  of a diagnostic; changed
 * args  of the program, n of them with its name
 *
 * An argument of nothing but hex digits, more than a kid has, that names no file is a secret or
 * a message in the wrong place. Where the line has it, or the beginning of it, "<hex digits>"
 * takes its place. Returns whether there was one.
 */
bool misplaced_hide(char *line, char *const *args, int n);

#endif
