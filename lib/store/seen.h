/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_STORE_SEEN_H
#define OSC_STORE_SEEN_H

#include "store/file.h"

/* A directory as it was before what is in it was looked for; all zero: it never was. */
struct osc_seen {
	dev_t dev;
	uint64_t ino, btime;
	int64_t mtime;
	mode_t mode;
	bool has_btime;
	bool recent; /* it had changed so shortly before that it may have changed again since */
};

/* osc_seen_directory - is it the same directory? */
bool osc_seen_directory(const struct osc_seen *seen, const struct osc_stamp *now);

/* osc_seen_same - is it the same directory, and has no name in it come or gone? */
bool osc_seen_same(const struct osc_seen *seen, const struct osc_stamp *now);

/* osc_seen_set - that is how it is now */
void osc_seen_set(struct osc_seen *seen, const struct osc_stamp *now);

#endif
