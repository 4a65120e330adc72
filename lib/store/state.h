/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_STORE_STATE_H
#define OSC_STORE_STATE_H

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
};

/*
 * osc_state_read - read the file, and parse it if it is not what is in memory
 *
 * Returns OSC_OK (also if there is none: then exists is false), OSC_ESTATE, OSC_EIO or
 * OSC_ENOMEM.
 */
enum osc_err osc_state_read(struct osc_state_file *file, struct osc_detail *detail);

/*
 * osc_state_write - replace the file by what is in memory, durable
 *
 * lock  the descriptor that holds the lock
 *
 * Returns OSC_OK, OSC_EIO, OSC_ECHANGED if file or lock are not what they were, or
 * OSC_ENOMEM. A failure is final.
 */
enum osc_err osc_state_write(struct osc_state_file *file, int lock, struct osc_detail *detail);

/* osc_state_free - forget the content */
void osc_state_free(struct osc_state_file *file);

#endif
