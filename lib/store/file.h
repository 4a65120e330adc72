/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_STORE_FILE_H
#define OSC_STORE_FILE_H

#include <sys/types.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/io.h"

/*
 * Files of one directory, which is opened once: everything else is relative to
 * its descriptor. Functions that take a name put DIRECTORY/NAME into the path of the detail
 * before they begin. All descriptors are close-on-exec, and a call that a signal
 * interrupted is made again.
 */

/* On 32-bit systems by the Makefile's flags: else a file with a large inode number or a date
 * after 2038 cannot be looked at, and two of them could be taken for one. */
_Static_assert(sizeof(ino_t) >= sizeof(uint64_t), "inode numbers have 64 bits");
_Static_assert(sizeof(off_t) >= sizeof(int64_t), "so have sizes");
_Static_assert(sizeof(time_t) >= sizeof(int64_t), "and times");

struct osc_dir {
	int fd;
	const char *path; /* as given; borrowed */
	dev_t dev;
	ino_t ino;
	uid_t uid;
	gid_t gid;
	mode_t mode;
};

/* What a file is, and whether it is still the same. */
struct osc_stamp {
	dev_t dev;
	uint64_t ino;
	uint64_t size;
	int64_t mtime, ctime; /* ns */
	bool has_btime;
	uint64_t btime; /* ns */
	uid_t uid;
	gid_t gid;
	mode_t mode;
	uint32_t nlink;
};

/*
 * osc_dir_open - open a directory
 *
 * Returns OSC_OK, OSC_ECONTEXT (missing, not allowed, no directory), OSC_EIO, OSC_ENOMEM.
 */
enum osc_err osc_dir_open(struct osc_dir *dir, const char *path, struct osc_detail *detail);
void osc_dir_close(struct osc_dir *dir);

/* osc_dir_reopen - open one that was closed again, by its path; nothing if it is open. As
 * osc_dir_open, and OSC_EGONE if there is another one, or none. */
enum osc_err osc_dir_reopen(struct osc_dir *dir, struct osc_detail *detail);

/* osc_dir_where - put DIRECTORY/NAME into the detail; name may be NULL */
void osc_dir_where(struct osc_detail *detail, const struct osc_dir *dir, const char *name);

/* osc_dir_is_open - group or others may replace its files: they may write it, and no sticky bit
 * keeps them from it */
bool osc_dir_is_open(const struct osc_dir *dir);

/* What the file system of a directory is like: or'ed. */
enum osc_fs {
	OSC_FS_NETWORK = 1 << 0,  /* flock and rename are not to be trusted */
	OSC_FS_VOLATILE = 1 << 1, /* inode numbers do not last */
	OSC_FS_OVERLAY = 1 << 2,  /* what was written may be gone again, the rest as before */
};
unsigned osc_dir_fs(const struct osc_dir *dir);

/* The names in a directory, one after another. Not readdir: that asks for 32 KiB, and for three
 * things more about the directory, each time that a run looks for what others have left. */
struct osc_names {
	int fd;
	size_t at, len;
	_Alignas(uint64_t) uint8_t entries[2048];
};

/*
 * osc_names_open, osc_names_next, osc_names_close
 *
 * dir  an open directory, borrowed
 *
 * The first is false with errno if it cannot be listed; then there is no name, and nothing to
 * close, but that may be done. The second gives a name that is valid until the next call, or NULL:
 * behind the last one with errno 0.
 */
bool osc_names_open(struct osc_names *names, int dir);
const char *osc_names_next(struct osc_names *names);
void osc_names_close(struct osc_names *names);

/* osc_dir_sync - make created, renamed and removed names durable; a failure is final */
enum osc_err osc_dir_sync(const struct osc_dir *dir, struct osc_detail *detail);

/*
 * osc_fs_sync - make all that was written to the file system of a directory durable, files and
 * names; a failure is final
 *
 * It tells of what went wrong since the directory was opened, whoever wrote it. Only where
 * osc_fs_syncs says so; behind the last one of names one of them is to be made durable by itself,
 * since that fails where the file system was shut down meanwhile.
 */
enum osc_err osc_fs_sync(const struct osc_dir *dir, struct osc_detail *detail);

/* osc_fs_syncs - does osc_fs_sync do that here, and say what went wrong? */
bool osc_fs_syncs(const struct osc_dir *dir);

/* osc_stamp_read - of an open file, or of a name (links are not followed) if name is not
 * NULL; false with errno. osc_stamp_follow - of what the name leads to. */
bool osc_stamp_read(struct osc_stamp *stamp, int fd, const char *name);
bool osc_stamp_follow(struct osc_stamp *stamp, int dir, const char *name);

/* osc_stamp_same - the same file, with the same size, time of change and number of names */
bool osc_stamp_same(const struct osc_stamp *a, const struct osc_stamp *b);

/*
 * osc_file_exists - is there anything with this name?
 *
 * Returns OSC_OK or OSC_EIO.
 */
enum osc_err osc_file_exists(
    const struct osc_dir *dir, const char *name, bool *exists, struct osc_detail *detail);

/* How a file is read. */
struct osc_file_rule {
	size_t limit;     /* bytes in the largest file */
	bool follow;      /* it may be a symbolic link */
	enum osc_err bad; /* for what is no regular file, too large, or not allowed */
};

/*
 * osc_file_read - read a whole file, without stdio
 *
 * content  is emptied first
 * found    false (and OSC_OK) if there is no such file
 * stamp    of the file that was read
 *
 * A FIFO, device or directory is refused without waiting. Returns OSC_OK,
 * rule->bad, OSC_EIO or OSC_ENOMEM.
 */
enum osc_err osc_file_read(const struct osc_dir *dir, const char *name,
    const struct osc_file_rule *rule, struct osc_buffer *content, bool *found,
    struct osc_stamp *stamp, struct osc_detail *detail);

/* osc_file_write - write everything and, with sync, fsync; else find room for it on the disk, as
 * osc_fs_sync needs; a failure is final; false with errno */
bool osc_file_write(int fd, struct osc_slice content, bool sync);

/* osc_file_open_error - what errno of a failed open means: bad, OSC_EIO or OSC_ENOMEM */
enum osc_err osc_file_open_error(enum osc_err bad);

/*
 * osc_rename_new - rename a file or directory, and never replace anything
 *
 * Returns 0, or -1 with errno: EEXIST.
 */
int osc_rename_new(int dir, const char *from, const char *to, bool directory);

/* osc_lock_try - flock without waiting; -1 with errno (EWOULDBLOCK: somebody has it) */
int osc_lock_try(int fd);

#endif
