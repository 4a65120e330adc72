/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_BASE_IO_H
#define OSC_BASE_IO_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/language.h"

OSC_C_BEGIN

/* A system call that a signal interrupted is made again. */
#define OSC_RETRY(result, call)                                                                    \
	do {                                                                                       \
		(result) = (call);                                                                 \
	} while ((result) == -1 && errno == EINTR)

/*
 * osc_io_start - make descriptors 0 to 2 and signals safe
 *
 * Closed standard descriptors are opened on /dev/null the wrong way round, so
 * that no file of ours becomes standard output, and using them still fails.
 * SIGPIPE and SIGXFSZ are ignored: the writes report it. Call it first of all.
 * Returns false if that cannot be done.
 */
bool osc_io_start(void);

/* osc_io_read - read(2), waiting where a non-blocking descriptor would not. Returns 0 at
 * the end, -1 with errno. */
ssize_t osc_io_read(int fd, void *to, size_t len);

/* osc_io_readable - would osc_io_read return at once? */
bool osc_io_readable(int fd);

/* osc_io_widen - let a pipe hold a megabyte, so that who reads it finds much at once; nothing
 * for what is no pipe, or if the system refuses */
void osc_io_widen(int fd);

/* osc_io_write - write everything, waiting like osc_io_read; false with errno */
bool osc_io_write(int fd, const void *from, size_t len);

/* osc_io_temporary - mkstemp(3) with O_CLOEXEC */
int osc_io_temporary(char *name);

/* osc_io_open_read - open a file to read data from; never a controlling
 * terminal; O_CLOEXEC. Returns -1 with errno. */
int osc_io_open_read(const char *path);

/* osc_io_now - milliseconds of a clock that nobody sets */
int64_t osc_io_now(void);

OSC_C_END

#endif
