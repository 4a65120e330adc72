/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_CMD_PROGRESS_H
#define OSC_CMD_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

/* How far a long stream has come, for somebody who watches: on a terminal only, and
 * only when it lasts. */
struct progress {
	bool on;
	bool shown;    /* there is a line to be wiped out */
	int fd;        /* the input */
	int64_t begin; /* ms */
	int64_t next;  /* ms: not shown again before */
};

/*
 * progress_start - off unless standard error is a terminal and hints are wanted
 *
 * beside_output  messages go to the terminal too
 *
 * Nor is it shown to somebody who types the messages.
 */
void progress_start(struct progress *progress, int input, bool beside_output);

/* progress_show - after so many messages of the stream */
void progress_show(struct progress *progress, uint64_t messages);

/* progress_end - wipe the line out; before anything else is said that happens by itself */
void progress_end(struct progress *progress);

#endif
