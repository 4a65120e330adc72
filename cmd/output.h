/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_CMD_OUTPUT_H
#define OSC_CMD_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "message/frame.h"

/*
 * Where messages go: standard output, or FILE of -o. A regular or new FILE is
 * replaced by rename, at the end, so that no reader sees half of it; anything
 * else (a device, a FIFO) is opened and written.
 */
struct output {
	const char *name; /* for diagnostics */
	const char *path; /* NULL: standard output */
	char *temporary;  /* NULL: written in place */
	int fd;           /* -1: not open */
	bool terminal;    /* standard output, and not asked for with "-" */
	bool connected;   /* writes have somewhere to go */
	bool packets;     /* every write is a packet: messages stay apart */
	bool guarded;     /* nothing but clean text may be written */
	bool old;         /* a file that is written in place has its old content */
	bool failed;      /* something that was to be written is not there */
	bool secret;      /* a new FILE, or one in the place of an old one, is the user's alone */
};

/* output_init - path: FILE of -o; NULL or "-": standard output */
void output_init(struct output *output, const char *path);

/*
 * output_check - may messages go there in this format? Before anything is used up.
 *
 * Returns OSC_OK, OSC_ETERMINAL for binary formats on a terminal, or OSC_EIO for
 * a datagram socket that is connected to nobody, with the detail.
 */
enum osc_err output_check(struct output *output, enum osc_format format, struct osc_detail *detail);

/* output_open - once, before anything is used up for what will be written.
 * Returns OSC_OK, OSC_EIO or OSC_ENOMEM with the detail. */
enum osc_err output_open(struct output *output, struct osc_detail *detail);

/* output_write - on a socket with packets, one packet; OSC_OK, or OSC_EIO with the detail */
enum osc_err output_write(
    struct output *output, const void *from, size_t len, struct osc_detail *detail);

/* output_remove - remove a regular FILE that was there before */
void output_remove(const struct output *output);

/* output_close - keep: put FILE in its place; else leave nothing behind */
enum osc_err output_close(struct output *output, bool keep, struct osc_detail *detail);

#endif
