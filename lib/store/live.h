/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_STORE_LIVE_H
#define OSC_STORE_LIVE_H

#include "store/high.h"
#include "store/settings.h"
#include "store/state.h"

/* The state of a directory while it is in memory: beside its settings, which always are. */
struct osc_live {
	struct osc_sequence sequence;
	struct osc_state_file file;
	struct osc_snapshot *before; /* as on the disk, while the lock is held; on the heap */
};

/*
 * osc_live_make - nothing is read yet
 *
 * dir     of the store, opened whenever something is read or written
 * params  of the side in use
 * mark    inode numbers last here
 *
 * NULL if there is no memory.
 */
struct osc_live *osc_live_make(const struct osc_dir *dir, const struct osc_settings *settings,
    const struct osc_params *params, bool mark);

/* osc_live_free - also drops what was written; sets *live to NULL, and may be given that */
void osc_live_free(struct osc_live **live);

/*
 * osc_live_read - read the file without the lock
 *
 * sequence_file  the settings say that there must be one
 *
 * As osc_state_read, but one that is missing is OSC_ESTATE unless the directory is fresh.
 */
enum osc_err osc_live_read(struct osc_live *live, bool sequence_file, struct osc_detail *detail);

/* osc_live_admit - as osc_high_admit, with the detail */
enum osc_err osc_live_admit(
    const struct osc_live *live, struct osc_high *high, struct osc_detail *detail);

/* osc_live_keep - that is what the disk holds; OSC_OK or OSC_ENOMEM with the detail */
enum osc_err osc_live_keep(struct osc_live *live, struct osc_detail *detail);

/* osc_live_changed - is it different from that? False while nothing was kept. */
bool osc_live_changed(const struct osc_live *live);

/* osc_live_release - the lock is released: what was changed and not written is forgotten */
void osc_live_release(struct osc_live *live);

#endif
