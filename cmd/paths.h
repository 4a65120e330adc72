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

/*
 * paths_in_context - would writing to a file touch a context that is in use?
 *
 * path       of an output, if it exists or not
 * directory  a context, or with many a directory of contexts
 *
 * It does if the file, or what its links lead to, lies in the directory of the context; or if
 * it is another name of one of its files. Among many contexts, a file outside of them
 * is looked for only if it has the name of a file of a context or a second name.
 */
bool paths_in_context(const char *path, const char *directory, bool many);

/* paths_lone_context - a directory that is a context, and has none under it */
bool paths_lone_context(const char *directory);

bool paths_is_directory(const char *path);

/* paths_is_input - "-", or something that is there and no directory */
bool paths_is_input(const char *path);

#endif
