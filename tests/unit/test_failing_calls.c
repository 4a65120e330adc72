/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */

/* Each system call of the store and the sessions failing in turn, in each of several ways. */
#define _GNU_SOURCE /* statx */
#include <dirent.h>
#include <poll.h>
#include <stdarg.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/vfs.h>

#include "scenes.h"

/* A descriptor is closed in any case; what is interrupted has not begun. */
static bool closing;

#define CALL(name, parameters, ...) REFUSABLE(int, -1, name, parameters, __VA_ARGS__)

CALL(flock, (int fd, int operation), fd, operation)
CALL(fchmod, (int fd, mode_t mode), fd, mode)
CALL(fchown, (int fd, uid_t uid, gid_t gid), fd, uid, gid)
CALL(fstatfs64, (int fd, struct statfs *fs), fd, fs)
CALL(linkat, (int from_dir, const char *from, int to_dir, const char *to, int flags), from_dir,
    from, to_dir, to, flags)
CALL(mkdirat, (int dir, const char *name, mode_t mode), dir, name, mode)
CALL(renameat, (int from_dir, const char *from, int to_dir, const char *to), from_dir, from, to_dir,
    to)
CALL(unlinkat, (int dir, const char *name, int flags), dir, name, flags)
REFUSABLE(ssize_t, -1, getdents64, (int fd, void *to, size_t len), fd, to, len)
REFUSABLE(ssize_t, -1, read, (int fd, void *to, size_t len), fd, to, len)
REFUSABLE(ssize_t, -1, write, (int fd, const void *from, size_t len), fd, from, len)
REFUSABLE(ssize_t, -1, getrandom, (void *to, size_t len, unsigned flags), to, len, flags)

/* Nothing here depends on what is on a disk. */
int __wrap_fsync(int fd);
int
__wrap_fsync(int fd)
{
	(void)fd;
	return refused() ? -1 : 0;
}

int __wrap_syncfs(int fd);
int
__wrap_syncfs(int fd)
{
	(void)fd;
	return refused() ? -1 : 0;
}

int __wrap_sync_file_range(int fd, off_t from, off_t len, unsigned flags);
int
__wrap_sync_file_range(int fd, off_t from, off_t len, unsigned flags)
{
	(void)fd;
	(void)from;
	(void)len;
	(void)flags;
	return refused() ? -1 : 0;
}

int __real_close(int fd);
int __wrap_close(int fd);
int
__wrap_close(int fd)
{
	int rc = __real_close(fd);

	return closing && refused() ? -1 : rc;
}

/* Zeroed before: MSan does not see what statx writes. */
int __real_statx(int dir, const char *name, int flags, unsigned mask, struct statx *st);
int __wrap_statx(int dir, const char *name, int flags, unsigned mask, struct statx *st);
int
__wrap_statx(int dir, const char *name, int flags, unsigned mask, struct statx *st)
{
	memset(st, 0, sizeof(*st));
	return refused() ? -1 : __real_statx(dir, name, flags, mask, st);
}

/* Some file systems cannot rename without replacing. */
static bool no_renameat2;

int __real_renameat2(int from_dir, const char *from, int to_dir, const char *to, unsigned flags);
int __wrap_renameat2(int from_dir, const char *from, int to_dir, const char *to, unsigned flags);
int
__wrap_renameat2(int from_dir, const char *from, int to_dir, const char *to, unsigned flags)
{
	if (refused())
		return -1;
	if (!no_renameat2)
		return __real_renameat2(from_dir, from, to_dir, to, flags);
	errno = EINVAL;
	return -1;
}

static mode_t
mode_in(int flags, va_list rest)
{
	return (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : 0;
}

/* What open and openat are called by the C library: with a mode, without, checked. */
int __real_open64(const char *path, int flags, ...);
int __wrap_open64(const char *path, int flags, ...);
int
__wrap_open64(const char *path, int flags, ...)
{
	mode_t mode;
	va_list rest;

	va_start(rest, flags);
	mode = mode_in(flags, rest);
	va_end(rest);
	return refused() ? -1 : __real_open64(path, flags, mode);
}

int __real_openat64(int dir, const char *path, int flags, ...);
int __wrap_openat64(int dir, const char *path, int flags, ...);
int
__wrap_openat64(int dir, const char *path, int flags, ...)
{
	mode_t mode;
	va_list rest;

	va_start(rest, flags);
	mode = mode_in(flags, rest);
	va_end(rest);
	return refused() ? -1 : __real_openat64(dir, path, flags, mode);
}

CALL(__open64_2, (const char *path, int flags), path, flags)
CALL(__openat64_2, (int dir, const char *path, int flags), dir, path, flags)

/* --- failures --- */

/* The N-th call fails; with stay, all behind it too. */
static unsigned
play(const struct scene *scene, bool stay, int error)
{
	unsigned at = 1;
	enum osc_err err;
	bool failed;

	for (;; at++) {
		err = scene_once(scene, at, stay, error, &failed);
		if (!failed)
			break;
		scene_check(scene, at, err);
	}
	if (err != OSC_OK)
		printf(
		    "# %s: %d %s: %s\n", scene->name, (int)err, talk_detail.path, talk_detail.text);
	CHECK(err == OSC_OK);
	scene_check(scene, 0, err);
	CHECK(at > scene->least);
	return at - 1;
}

static void
test_failing_once(void)
{
	static const int errors[] = {EIO, ENOSPC, ENOMEM, EACCES, EMFILE};

	closing = true;
	for (size_t e = 0; e < sizeof(errors) / sizeof(errors[0]); e++)
		for (size_t i = 0; i < N_SCENES; i++)
			printf(
			    "# %s: %u calls\n", scenes[i].name, play(&scenes[i], false, errors[e]));
}

static void
test_failing_from_there_on(void)
{
	for (size_t i = 0; i < N_SCENES; i++)
		(void)play(&scenes[i], true, EIO);
}

/* An interrupted call is made again: nothing fails. */
static void
test_interrupted(void)
{
	unsigned at;
	enum osc_err err;
	bool failed;

	closing = false;
	for (size_t i = 0; i < N_SCENES; i++)
		for (at = 1, failed = true; failed; at++) {
			err = scene_once(&scenes[i], at, false, EINTR, &failed);
			CHECK(err == OSC_OK);
			scene_check(&scenes[i], at, err);
		}
}

/* The same where a rename may replace: links and plain renames are made instead. */
static void
test_without_noreplace(void)
{
	no_renameat2 = true;
	closing = true;
	for (size_t i = 0; i < N_SCENES; i++)
		(void)play(&scenes[i], false, EIO);
	test_interrupted();
	no_renameat2 = false;
}

int
main(void)
{
	dir_make();
	osc_secret_init();
	scenes_start();
	RUN(test_failing_once);
	RUN(test_failing_from_there_on);
	RUN(test_interrupted);
	RUN(test_without_noreplace);
	talk_end();
	return unit_end();
}
