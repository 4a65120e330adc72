/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_STORE_SEQUENCE_H
#define OSC_STORE_SEQUENCE_H

#include "store/contents.h"
#include "store/file.h"
#include "store/rederived.h"
#include "store/store.h"

/* sequence.json: the mutable state of a directory, in both dialects. */

#define OSC_SEQUENCE_MAX ((size_t)1024 * 1024) /* bytes in the largest file */

/* The state of one side. */
struct osc_side_state {
	struct osc_state state;
	uint64_t floor; /* the next number as it was read: never written lower */
	/* What a program that keeps one side only has left out stays missing: a
	 * made-up entry would be a fresh start. */
	bool has_next, has_window;
};

struct osc_sequence {
	enum osc_dialect dialect;
	struct osc_id own, peer;
	uint32_t window;                 /* size from the settings */
	struct osc_side_state mine;      /* the side in use */
	struct osc_side_state *other;    /* the other one; role dialect only */
	struct osc_rederived *rederived; /* NULL: the keys are not derived anew here */
	/* The mark: what sequence.json was when it was written. */
	bool has_inode, has_btime;
	uint64_t inode, btime;
};

/*
 * osc_sequence_init - the state of a directory that was never used
 *
 * Returns OSC_OK or OSC_ENOMEM.
 */
enum osc_err osc_sequence_init(struct osc_sequence *sequence, enum osc_dialect dialect,
    const struct osc_id *own, const struct osc_id *peer, uint32_t window);

/* osc_sequence_rederive - keep what is needed to derive the keys anew; OSC_OK or OSC_ENOMEM */
enum osc_err osc_sequence_rederive(struct osc_sequence *sequence);

void osc_sequence_free(struct osc_sequence *sequence);

/* osc_sequence_format - the text of the file; text->full if there is no memory */
void osc_sequence_format(const struct osc_sequence *sequence, struct osc_buffer *text);

/* osc_sequence_lose - nothing is known of it any more: no number is left, and the windows are
 * lost. To be written, it replaces whatever the file says. */
void osc_sequence_lose(struct osc_sequence *sequence);

/* osc_state_format - numbers and window in the form of the pair dialect, without braces
 * next  the number to write */
void osc_state_format(const struct osc_state *state, uint64_t next, struct osc_buffer *text);

/* What the disk holds, while what is in memory changes. */
struct osc_snapshot {
	struct osc_state state;
	struct osc_rederived rederived;
};

void osc_sequence_keep(struct osc_snapshot *snapshot, const struct osc_sequence *sequence);

/* osc_sequence_changed - would a file show a difference? */
bool osc_sequence_changed(const struct osc_snapshot *snapshot, const struct osc_sequence *sequence);

/* osc_sequence_follows - no used number of the snapshot is valid now */
bool osc_sequence_follows(const struct osc_snapshot *snapshot, const struct osc_sequence *sequence);

/* osc_sequence_mark - note the file that the state is being written to; NULL: no mark */
void osc_sequence_mark(struct osc_sequence *sequence, const struct osc_stamp *stamp);

/* osc_sequence_is_copy - is the file another one than the mark in it says? */
bool osc_sequence_is_copy(const struct osc_sequence *sequence, const struct osc_stamp *stamp);

/* osc_state_equal - no difference that a file would show */
bool osc_state_equal(const struct osc_state *a, const struct osc_state *b);

/* osc_state_follows - no used number of `before` is valid in `after` */
bool osc_state_follows(const struct osc_state *before, const struct osc_state *after);

#endif
