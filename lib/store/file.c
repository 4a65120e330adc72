/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#define _GNU_SOURCE /* statx, renameat2, syncfs, sync_file_range, getdents64, O_NOATIME */
#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "store/file.h"

#define NS_PER_S 1000000000
#define READ_SIZE 4096

/* Not in every linux/magic.h. */
#define MAGIC_LUSTRE 0x0BD00BD0U
#define MAGIC_GFS2 0x01161970U
#define MAGIC_EXFAT 0x2011BAB0U
#define MAGIC_XFS 0x58465342U

/* As much of a text as there is room for. */
static char *
append(char *to, const char *end, const char *text, size_t len)
{
	if (len > (size_t)(end - to))
		len = (size_t)(end - to);
	memcpy(to, text, len);
	return to + len;
}

void
osc_dir_where(struct osc_detail *detail, const struct osc_dir *dir, const char *name)
{
	size_t len = strlen(dir->path);
	const char *end;
	char *to;

	if (detail == NULL)
		return;
	to = detail->path;
	end = to + sizeof(detail->path) - 1;
	/* The root directory is all slash. */
	while (len > 0 && dir->path[len - 1] == '/' && (len > 1 || name != NULL))
		len--;
	to = append(to, end, dir->path, len);
	if (name != NULL) {
		to = append(to, end, "/", 1);
		to = append(to, end, name, strlen(name));
	}
	*to = '\0';
}

enum osc_err
osc_file_open_error(enum osc_err bad)
{
	switch (errno) {
	case ENOENT:
	case ENOTDIR:
	case ELOOP:
	case EACCES:
	case EPERM:
	case EISDIR:
	case ENXIO:
	case ENODEV:
	case ENAMETOOLONG:
		return bad;
	case ENOMEM:
		return OSC_ENOMEM;
	default:
		return OSC_EIO;
	}
}

enum osc_err
osc_dir_open(struct osc_dir *dir, const char *path, struct osc_detail *detail)
{
	struct osc_stamp stamp;

	dir->path = path;
	OSC_RETRY(dir->fd, open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	if (dir->fd == -1)
		return osc_detail_errno(detail, osc_file_open_error(OSC_ECONTEXT), path,
		    "cannot open the context directory");
	if (!osc_stamp_read(&stamp, dir->fd, NULL)) {
		osc_detail_errno(detail, OSC_EIO, path, "cannot look at the directory");
		osc_dir_close(dir);
		return OSC_EIO;
	}
	dir->dev = stamp.dev;
	dir->ino = stamp.ino;
	dir->uid = stamp.uid;
	dir->gid = stamp.gid;
	dir->mode = stamp.mode;
	return OSC_OK;
}

void
osc_dir_close(struct osc_dir *dir)
{
	if (dir->fd != -1)
		(void)close(dir->fd);
	dir->fd = -1;
}

/* The inode number may have been given to another one: who asks looks at its files. */
enum osc_err
osc_dir_reopen(struct osc_dir *dir, struct osc_detail *detail)
{
	struct osc_dir again = {.fd = -1};
	enum osc_err err;

	if (dir->fd != -1)
		return OSC_OK;
	err = osc_dir_open(&again, dir->path, detail);
	if (err == OSC_ECONTEXT)
		return OSC_EGONE;
	if (err != OSC_OK)
		return err;
	if (again.dev != dir->dev || again.ino != dir->ino) {
		osc_dir_close(&again);
		return osc_detail_set(
		    detail, OSC_EGONE, dir->path, "is not the directory that it was");
	}
	*dir = again;
	return OSC_OK;
}

bool
osc_dir_is_open(const struct osc_dir *dir)
{
	return (dir->mode & (S_IWGRP | S_IWOTH)) != 0 && (dir->mode & S_ISVTX) == 0;
}

unsigned
osc_dir_fs(const struct osc_dir *dir)
{
	struct statfs fs;
	int rc;

	OSC_RETRY(rc, fstatfs(dir->fd, &fs));
	if (rc == -1)
		return 0;
	switch ((uint32_t)fs.f_type) {
	case NFS_SUPER_MAGIC:
	case SMB_SUPER_MAGIC:
	case CIFS_SUPER_MAGIC:
	case SMB2_SUPER_MAGIC:
	case AFS_SUPER_MAGIC:
	case AFS_FS_MAGIC:
	case CODA_SUPER_MAGIC:
	case CEPH_SUPER_MAGIC:
	case V9FS_MAGIC:
	case OCFS2_SUPER_MAGIC:
	case MAGIC_LUSTRE:
	case MAGIC_GFS2:
		return OSC_FS_NETWORK;
	case MSDOS_SUPER_MAGIC:
	case MAGIC_EXFAT:
	case FUSE_SUPER_MAGIC:
		return OSC_FS_VOLATILE;
	case OVERLAYFS_SUPER_MAGIC:
		return OSC_FS_OVERLAY;
	default:
		return 0;
	}
}

/*
 * To look writes nothing: not the time of it either. Each run makes a new state in the
 * directory, so that the times would be due each time, and the next fsync would wait for them
 * as well. Only the owner may ask for that.
 */
static int
open_to_look(int dir, const char *name, int flags)
{
	int fd;

	OSC_RETRY(fd, openat(dir, name, flags | O_NOATIME));
	if (fd == -1 && errno == EPERM)
		OSC_RETRY(fd, openat(dir, name, flags));
	return fd;
}

bool
osc_names_open(struct osc_names *names, int dir)
{
	/* A descriptor of its own: the position of a directory is shared by duplicates. */
	names->fd = open_to_look(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	names->at = names->len = 0;
	return names->fd != -1;
}

const char *
osc_names_next(struct osc_names *names)
{
	const struct dirent64 *entry;
	ssize_t got = 0;

	if (names->fd == -1)
		return NULL;
	if (names->at == names->len) {
		names->at = names->len = 0;
		OSC_RETRY(got, getdents64(names->fd, names->entries, sizeof(names->entries)));
		if (got <= 0) {
			errno = got == 0 ? 0 : errno;
			return NULL;
		}
		names->len = (size_t)got;
	}
	entry = (const void *)(names->entries + names->at);
	names->at += entry->d_reclen;
	return entry->d_name;
}

void
osc_names_close(struct osc_names *names)
{
	if (names->fd != -1)
		(void)close(names->fd);
	names->fd = -1;
}

enum osc_err
osc_dir_sync(const struct osc_dir *dir, struct osc_detail *detail)
{
	int rc;

	OSC_RETRY(rc, fsync(dir->fd));
	if (rc == 0)
		return OSC_OK;
	osc_dir_where(detail, dir, NULL);
	return osc_detail_errno(detail, OSC_EIO, NULL, "cannot make the directory durable");
}

enum osc_err
osc_fs_sync(const struct osc_dir *dir, struct osc_detail *detail)
{
	int rc;

	OSC_RETRY(rc, syncfs(dir->fd));
	if (rc == 0)
		return OSC_OK;
	osc_dir_where(detail, dir, NULL);
	return osc_detail_errno(detail, OSC_EIO, NULL, "cannot make the file system durable");
}

/* Linux passes on what a file system could not write since 5.8, and what it could not commit
 * since 5.17. */
static bool
kernel_tells(void)
{
	struct utsname name;
	char *end;
	long major;

	if (uname(&name) != 0)
		return false;
	major = strtol(name.release, &end, 10);
	return major > 5 || (major == 5 && *end == '.' && strtol(end + 1, NULL, 10) >= 17);
}

/* Of others it is not known, or known that they do nothing, as below FUSE. */
bool
osc_fs_syncs(const struct osc_dir *dir)
{
	struct statfs fs;
	int rc;

	OSC_RETRY(rc, fstatfs(dir->fd, &fs));
	if (rc == -1)
		return false;
	switch ((uint32_t)fs.f_type) {
	case EXT4_SUPER_MAGIC: /* and its forerunners */
	case MAGIC_XFS:
	case BTRFS_SUPER_MAGIC:
	case TMPFS_MAGIC:
		return kernel_tells();
	default:
		return false;
	}
}

static bool
read_stamp(struct osc_stamp *stamp, int fd, const char *name, int flags)
{
	struct statx s;
	int rc;

	OSC_RETRY(rc, statx(fd, name, flags, STATX_BASIC_STATS | STATX_BTIME, &s));
	if (rc == -1)
		return false;
	stamp->dev = makedev(s.stx_dev_major, s.stx_dev_minor);
	stamp->ino = s.stx_ino;
	stamp->size = s.stx_size;
	stamp->mtime = s.stx_mtime.tv_sec * NS_PER_S + s.stx_mtime.tv_nsec;
	stamp->ctime = s.stx_ctime.tv_sec * NS_PER_S + s.stx_ctime.tv_nsec;
	stamp->has_btime = (s.stx_mask & STATX_BTIME) != 0 && s.stx_btime.tv_sec >= 0;
	stamp->btime = 0;
	if (stamp->has_btime)
		stamp->btime = (uint64_t)s.stx_btime.tv_sec * NS_PER_S + s.stx_btime.tv_nsec;
	stamp->uid = s.stx_uid;
	stamp->gid = s.stx_gid;
	stamp->mode = s.stx_mode;
	stamp->nlink = s.stx_nlink;
	return true;
}

bool
osc_stamp_read(struct osc_stamp *stamp, int fd, const char *name)
{
	return read_stamp(stamp, fd, name == NULL ? "" : name,
	    AT_SYMLINK_NOFOLLOW | (name == NULL ? AT_EMPTY_PATH : 0));
}

bool
osc_stamp_follow(struct osc_stamp *stamp, int dir, const char *name)
{
	return read_stamp(stamp, dir, name, 0);
}

bool
osc_stamp_same(const struct osc_stamp *a, const struct osc_stamp *b)
{
	return a->dev == b->dev && a->ino == b->ino && a->size == b->size && a->mtime == b->mtime &&
	    a->has_btime == b->has_btime && a->btime == b->btime && a->nlink == b->nlink;
}

enum osc_err
osc_file_exists(
    const struct osc_dir *dir, const char *name, bool *exists, struct osc_detail *detail)
{
	struct osc_stamp stamp;

	osc_dir_where(detail, dir, name);
	*exists = osc_stamp_read(&stamp, dir->fd, name);
	if (*exists || errno == ENOENT)
		return OSC_OK;
	return osc_detail_errno(detail, OSC_EIO, NULL, "cannot look for it");
}

/* One byte more than the limit is asked for: then the file is too large. Room is made for what
 * there should be, and the look for the end; only what was read has to be wiped. */
static enum osc_err
read_all(int fd, const struct osc_file_rule *rule, uint64_t size, struct osc_buffer *content,
    struct osc_detail *detail)
{
	size_t want = size < rule->limit ? (size_t)size + 1 : rule->limit + 1, high;
	uint8_t *to;
	ssize_t n;

	if (!osc_buffer_start(content, want))
		return OSC_ENOMEM;
	do {
		want = content->len < content->cap ? content->cap - content->len : READ_SIZE;
		if (want > rule->limit + 1 - content->len)
			want = rule->limit + 1 - content->len;
		high = content->high;
		to = osc_buffer_reserve(content, want);
		if (to == NULL)
			return OSC_ENOMEM;
		n = osc_io_read(fd, to, want);
		if (n == -1)
			return osc_detail_errno(detail, OSC_EIO, NULL, "cannot read");
		content->len += (size_t)n;
		content->high = high > content->len ? high : content->len;
		if (content->len > rule->limit)
			return osc_detail_set(
			    detail, rule->bad, NULL, "larger than %zu bytes", rule->limit);
	} while (n > 0);
	return OSC_OK;
}

enum osc_err
osc_file_read(const struct osc_dir *dir, const char *name, const struct osc_file_rule *rule,
    struct osc_buffer *content, bool *found, struct osc_stamp *stamp, struct osc_detail *detail)
{
	int flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | (rule->follow ? 0 : O_NOFOLLOW);
	enum osc_err err;
	int fd;

	osc_buffer_cut(content, 0);
	osc_dir_where(detail, dir, name);
	fd = open_to_look(dir->fd, name, flags);
	*found = fd != -1 || errno != ENOENT;
	if (!*found)
		return OSC_OK;
	if (fd == -1 && errno == ELOOP && !rule->follow)
		return osc_detail_set(detail, rule->bad, NULL, "is a symbolic link");
	if (fd == -1)
		return osc_detail_errno(
		    detail, osc_file_open_error(rule->bad), NULL, "cannot open");
	if (!osc_stamp_read(stamp, fd, NULL))
		err = osc_detail_errno(detail, OSC_EIO, NULL, "cannot look at it");
	else if (!S_ISREG(stamp->mode))
		err = osc_detail_set(detail, rule->bad, NULL, "is no regular file");
	else
		err = read_all(fd, rule, stamp->size, content, detail);
	(void)close(fd);
	return err;
}

bool
osc_file_write(int fd, struct osc_slice content, bool sync)
{
	int rc;

	if (!osc_io_write(fd, content.ptr, content.len))
		return false;
	/* Where there is no room for it after all, or none that the file system finds, ext4 says so
	 * to who asks for this file, and syncfs learns nothing of it. */
	if (sync)
		OSC_RETRY(rc, fsync(fd));
	else
		OSC_RETRY(rc, sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE));
	return rc == 0;
}

int
osc_rename_new(int dir, const char *from, const char *to, bool directory)
{
	int rc, saved;

	OSC_RETRY(rc, renameat2(dir, from, dir, to, RENAME_NOREPLACE));
	if (rc == 0 || (errno != EINVAL && errno != ENOSYS))
		return rc;
	/* The file system cannot. A link does not replace anything either; and a directory
	 * that we have just made is the one that a plain rename then replaces. */
	if (directory) {
		OSC_RETRY(rc, mkdirat(dir, to, 0700));
		if (rc == -1)
			return -1;
		OSC_RETRY(rc, renameat(dir, from, dir, to));
		saved = errno;
		if (rc == -1)
			(void)unlinkat(dir, to, AT_REMOVEDIR);
		errno = saved;
		return rc;
	}
	OSC_RETRY(rc, linkat(dir, from, dir, to, 0));
	if (rc == 0)
		OSC_RETRY(rc, unlinkat(dir, from, 0));
	return rc;
}

int
osc_lock_try(int fd)
{
	int rc;

	OSC_RETRY(rc, flock(fd, LOCK_EX | LOCK_NB));
	return rc;
}
