/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_STORE_LOCK_H
#define OSC_STORE_LOCK_H

#include "store/contents.h"
#include "store/file.h"

/*
 * The file `lock` of a directory: the target of flock(2), never unlinked by us.
 * Others do unlink it, so only the file that still has the name counts.
 */

#define OSC_LOCK_WAIT 10000 /* ms */

/*
 * osc_lock_take - wait for the lock
 *
 * fd       receives the descriptor that holds it; -1 after an error
 * wait_ms  how long
 *
 * Makes the file where it is missing. Returns OSC_OK, OSC_EBUSY, OSC_ECONTEXT (no regular
 * file, a link), OSC_EIO.
 */
enum osc_err osc_lock_take(
    int *fd, const struct osc_dir *dir, long wait_ms, struct osc_detail *detail);

/* osc_lock_held - is the file that we hold still the one with the name? */
bool osc_lock_held(int fd, const struct osc_dir *dir);

/* osc_lock_release - unlock; nothing if *fd is -1 */
void osc_lock_release(int *fd);

#endif
