/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_STORE_STATE_H
#define OSC_STORE_STATE_H

#include "store/replace.h"
#include "store/sequence.h"

/* sequence.json on the disk, and what of it is in memory. */

struct osc_state_file {
	const struct osc_dir *dir;
	struct osc_sequence *sequence;
	bool mark;        /* inode numbers last here: the file names its own */
	bool exists;      /* it was there when it was last read */
	bool broken;      /* what was read last is not understood */
	bool stale;       /* memory holds changes that were never committed */
	uint8_t *content; /* as it was last read or written; on the heap */
	size_t content_len;
	struct osc_stamp stamp;
	struct osc_written *written; /* what will take its place, on the heap; NULL: nothing */
};

/*
 * osc_state_read - read the file, and parse it if it is not what is in memory
 *
 * Returns OSC_OK (also if there is none: then exists is false), OSC_ESTATE, OSC_EIO or
 * OSC_ENOMEM.
 */
enum osc_err osc_state_read(struct osc_state_file *file, struct osc_detail *detail);

/*
 * osc_state_write - write what is in memory into a temporary, durable with sync
 *
 * Returns OSC_OK, OSC_EIO or OSC_ENOMEM. A failure is final.
 */
enum osc_err osc_state_write(struct osc_state_file *file, bool sync, struct osc_detail *detail);

/*
 * osc_state_replace - put what was written, and is durable, in the place of the file
 *
 * lock  the descriptor that holds the lock
 * sync  make that durable
 *
 * Returns OSC_OK, OSC_EIO, OSC_ECHANGED if file or lock are not what they were, or
 * OSC_ENOMEM. A failure is final.
 */
enum osc_err osc_state_replace(
    struct osc_state_file *file, int lock, bool sync, struct osc_detail *detail);

/* osc_state_drop - remove what was written, if it is there yet */
void osc_state_drop(struct osc_state_file *file);

/* osc_state_free - forget the content, and drop what was written */
void osc_state_free(struct osc_state_file *file);

#endif
