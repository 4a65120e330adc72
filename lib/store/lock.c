/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "store/lock.h"
#include "store/replace.h"

#define NS_PER_MS 1000000

/* 1 to 5 ms, so that those who wait do not stay in step. */
static void
pause_a_little(unsigned attempt)
{
	struct timespec t = {0, (long)(1 + attempt % 5) * NS_PER_MS};

	(void)nanosleep(&t, NULL);
}

/* The file gets its name when owner and mode are right: nobody, now or after a crash,
 * may find one that is not for him. False with errno, unless somebody was faster. */
static bool
make_lock(const struct osc_dir *dir)
{
	struct osc_temp temp;
	int saved;

	if (osc_temp_make(&temp, dir, NULL, NULL) != OSC_OK)
		return false;
	if (osc_rename_new(dir->fd, temp.name, OSC_LOCK_FILE, false) == 0) {
		temp.name[0] = '\0';
		osc_temp_drop(&temp, dir);
		return true;
	}
	saved = errno;
	osc_temp_drop(&temp, dir);
	errno = saved;
	return errno == EEXIST || errno == ENOENT;
}

/* flock asks for no access: what may only be written serves as well. */
static int
open_lock(const struct osc_dir *dir)
{
	const int flags = O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	int fd;

	OSC_RETRY(fd, openat(dir->fd, OSC_LOCK_FILE, O_RDONLY | flags));
	if (fd == -1 && errno == EACCES)
		OSC_RETRY(fd, openat(dir->fd, OSC_LOCK_FILE, O_WRONLY | flags));
	return fd;
}

static enum osc_err
check_lock(int fd, const struct osc_dir *dir, struct osc_detail *detail)
{
	struct osc_stamp stamp;

	if (!osc_stamp_read(&stamp, fd, NULL))
		return osc_detail_errno(detail, OSC_EIO, NULL, "cannot look at it");
	if (!S_ISREG(stamp.mode))
		return osc_detail_set(detail, OSC_ECONTEXT, NULL, "is no regular file");
	if (!osc_temp_only_name(dir, OSC_LOCK_FILE, &stamp))
		return osc_detail_set(detail, OSC_ECONTEXT, NULL, "has more than one name");
	return OSC_OK;
}

/* One attempt: OSC_EBUSY means again, at once or later. */
static enum osc_err
try_lock(int *fd, const struct osc_dir *dir, struct osc_detail *detail)
{
	enum osc_err err = OSC_OK;

	if (*fd == -1) {
		*fd = open_lock(dir);
		if (*fd == -1 && errno == ENOENT && make_lock(dir)) {
			*fd = open_lock(dir);
			if (*fd == -1 && errno == ENOENT)
				return OSC_EBUSY;
		}
		if (*fd == -1 && errno == ELOOP)
			return osc_detail_set(detail, OSC_ECONTEXT, NULL, "is a symbolic link");
		if (*fd == -1)
			return osc_detail_errno(detail,
			    errno == ENXIO || errno == EISDIR ? OSC_ECONTEXT : OSC_EIO, NULL,
			    "cannot open");
		err = check_lock(*fd, dir, detail);
	}
	if (err == OSC_OK && osc_lock_try(*fd) == -1) {
		if (errno == EWOULDBLOCK)
			return OSC_EBUSY;
		err = osc_detail_errno(detail, OSC_EIO, NULL, "cannot lock");
	}
	if (err == OSC_OK && osc_lock_held(*fd, dir))
		return OSC_OK;
	osc_lock_release(fd);
	return err == OSC_OK ? OSC_EBUSY : err;
}

enum osc_err
osc_lock_take(int *fd, const struct osc_dir *dir, long wait_ms, struct osc_detail *detail)
{
	int64_t deadline = 0, now;
	enum osc_err err;

	*fd = -1;
	osc_dir_where(detail, dir, OSC_LOCK_FILE);
	for (unsigned attempt = 0;; attempt++) {
		err = try_lock(fd, dir, detail);
		if (err != OSC_EBUSY)
			return err;
		now = osc_io_now();
		if (attempt == 0)
			deadline = now + wait_ms;
		if (now >= deadline)
			break;
		pause_a_little(attempt);
	}
	osc_lock_release(fd);
	return osc_detail_set(detail, OSC_EBUSY, NULL, "busy: another process holds the lock");
}

bool
osc_lock_held(int fd, const struct osc_dir *dir)
{
	struct osc_stamp mine, named;

	return osc_stamp_read(&mine, fd, NULL) && osc_stamp_read(&named, dir->fd, OSC_LOCK_FILE) &&
	    mine.dev == named.dev && mine.ino == named.ino;
}

void
osc_lock_release(int *fd)
{
	if (*fd != -1)
		(void)close(*fd);
	*fd = -1;
}
