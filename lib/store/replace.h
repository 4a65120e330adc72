/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_STORE_REPLACE_H
#define OSC_STORE_REPLACE_H

#include "store/file.h"

/*
 * Atomic replacement: a temporary is written and made durable, then renamed. A
 * crash leaves the old file or the new one, and perhaps a temporary that the
 * next holder of the lock removes.
 */

struct osc_temp {
	int fd; /* -1: none */
	char name[32];
	struct osc_stamp stamp;
};

#define OSC_TEMP_ATTEMPTS 100 /* names to try */

/* osc_temp_name - PREFIX, random characters, SUFFIX; false if there is no randomness */
bool osc_temp_name(char *name, size_t size, const char *prefix, const char *suffix);

/* osc_temp_is_name - could osc_temp_name have made this name? */
bool osc_temp_is_name(const char *name, const char *prefix, const char *suffix);

/*
 * osc_temp_make - make an empty temporary .sequence-XXXXXX.json
 *
 * model  its owner, group and mode are taken over; NULL: those of a new file
 *
 * Returns OSC_OK or OSC_EIO; then temp->stamp holds inode number and birth time.
 */
enum osc_err osc_temp_make(struct osc_temp *temp, const struct osc_dir *dir,
    const struct osc_stamp *model, struct osc_detail *detail);

/* osc_temp_write - content, durable with sync; temp->stamp is brought up to date */
enum osc_err osc_temp_write(struct osc_temp *temp, const struct osc_dir *dir,
    struct osc_slice content, bool sync, struct osc_detail *detail);

/* osc_temp_drop - remove the temporary, if there still is one */
void osc_temp_drop(struct osc_temp *temp, const struct osc_dir *dir);

/*
 * osc_temp_rename - give the temporary its name; osc_dir_sync makes that durable
 *
 * as_new  replace nothing: OSC_OK too if somebody else was faster (then the
 *         temporary is dropped)
 *
 * Returns OSC_OK or OSC_EIO. The temporary is gone in any case.
 */
enum osc_err osc_temp_rename(struct osc_temp *temp, const struct osc_dir *dir, const char *name,
    bool as_new, struct osc_detail *detail);

/* osc_temp_is_leftover - has a file the name of a temporary? */
bool osc_temp_is_leftover(const char *name);

/*
 * osc_temp_leftovers - temporaries that a crash has left
 *
 * remove  remove them: only under the lock
 * ino     if not NULL: *same receives how many of them are another name of this file
 *
 * Failures are no error: leftovers do no harm.
 */
void osc_temp_leftovers(
    const struct osc_dir *dir, bool remove, const uint64_t *ino, uint32_t *same);

/*
 * osc_temp_only_name - has a file no name but its own, and those that a crash has left?
 *
 * name   its own
 * stamp  as it was read
 */
bool osc_temp_only_name(const struct osc_dir *dir, const char *name, const struct osc_stamp *stamp);

/* osc_file_adopt - owner and group of the directory (a failure is no error), mode 0600, or
 * 0660 in a directory that its group may write */
void osc_file_adopt(int fd, const struct osc_dir *dir);

#endif
