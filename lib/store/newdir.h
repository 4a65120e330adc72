/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_STORE_NEWDIR_H
#define OSC_STORE_NEWDIR_H

#include "store/file.h"

/* A directory that appears complete or not at all. */

#define OSC_NEWDIR_FILES 4

struct osc_newdir {
	struct osc_dir dir; /* the temporary one, under the name that it shall get */
	int parent;
	char *path;       /* of the directory, without slashes at its end */
	const char *base; /* the last part of it */
	char temp[32];    /* the name that it has in the parent; empty: none yet */
	bool placed;      /* it has its own name */
	const char *files[OSC_NEWDIR_FILES]; /* made so far */
	size_t n;
	struct osc_detail *detail;
};

/*
 * osc_newdir_start - make a temporary directory beside path, mode 0700
 *
 * All but osc_newdir_end return OSC_OK, OSC_EIO or OSC_ENOMEM; this one also OSC_EEXISTS.
 * osc_newdir_end must be called in any case.
 */
enum osc_err osc_newdir_start(
    struct osc_newdir *newdir, const char *path, struct osc_detail *detail);

/*
 * osc_newdir_file - write a file into it, durable
 *
 * name  a constant; at most OSC_NEWDIR_FILES are written
 * mode  what it gets, whatever the umask
 */
enum osc_err osc_newdir_file(
    struct osc_newdir *newdir, const char *name, mode_t mode, const struct osc_buffer *text);

/* osc_newdir_sync - when all files are in it: make it durable, but for the name */
enum osc_err osc_newdir_sync(struct osc_newdir *newdir);

/* osc_newdir_place - give it its name, durable; OSC_EEXISTS if something has it */
enum osc_err osc_newdir_place(struct osc_newdir *newdir);

/* osc_newdir_end - release everything; after an error remove what was made */
void osc_newdir_end(struct osc_newdir *newdir, enum osc_err err);

#endif
