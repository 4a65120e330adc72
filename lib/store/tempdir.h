/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_STORE_TEMPDIR_H
#define OSC_STORE_TEMPDIR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/*
 * Temporary directories that hold a secret, .oscore-gen-XXXXXX. Whoever makes one holds
 * flock on it for as long as it has that name. So one that can be locked was left behind by
 * a process that has ended, and the next one that makes a directory beside it removes it.
 */

/*
 * osc_tempdir_make - make an empty one, mode 0700 whatever the umask, and lock it
 *
 * parent  the directory that it is made in
 * name    receives its name; empty if there is nothing to remove after an error
 * fd      receives a descriptor of it; closing that releases the lock. -1 after an error
 * detail  its path is left alone
 *
 * Returns OSC_OK or OSC_EIO.
 */
enum osc_err osc_tempdir_make(
    int parent, char *name, size_t size, int *fd, struct osc_detail *detail);

/* osc_tempdir_is_name - has it such a name? */
bool osc_tempdir_is_name(const char *name);

/*
 * osc_tempdir_sweep - remove those that ended processes have left in a directory
 *
 * Only our own, only if nothing but the files of a new context is in them, and only where
 * flock reaches everybody. Failures are no error: the next one tries again.
 */
void osc_tempdir_sweep(int parent);

#endif
