/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/contents.h"
#include "store/replace.h"
#include "store/tempdir.h"

#define PREFIX ".oscore-gen-"

/* With our umask it might be closed to ourselves, and nobody could look whose it is. */
static int
make_directory(int parent, const char *name)
{
	mode_t mask = umask(077);
	int rc, saved;

	OSC_RETRY(rc, mkdirat(parent, name, 0700));
	saved = errno;
	(void)umask(mask);
	errno = saved;
	return rc;
}

static int
open_directory(int parent, const char *name)
{
	int fd;

	OSC_RETRY(fd, openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
	return fd;
}

enum claim { CLAIM_FAILED = -1, CLAIM_TAKEN, CLAIM_OURS }; /* failed: with errno */

/*
 * A lock is worth something only while the name leads to what is locked: between opening
 * and locking, the directory may have got its own name from its maker, and be a context; or
 * a sweeper has removed it.
 */
static enum claim
claim(int parent, const char *name, int fd)
{
	struct osc_stamp held, named;

	if (osc_lock_try(fd) == -1)
		return errno == EWOULDBLOCK ? CLAIM_TAKEN : CLAIM_FAILED;
	if (!osc_stamp_read(&held, fd, NULL))
		return CLAIM_FAILED;
	if (!osc_stamp_read(&named, parent, name))
		return errno == ENOENT ? CLAIM_TAKEN : CLAIM_FAILED;
	return held.dev == named.dev && held.ino == named.ino ? CLAIM_OURS : CLAIM_TAKEN;
}

/* One attempt: a directory that is ours, or no descriptor. */
static enum claim
make_one(int parent, char *name, int *fd)
{
	enum claim got;
	int rc, saved;

	if (make_directory(parent, name) == -1) {
		name[0] = '\0';
		return errno == EEXIST ? CLAIM_TAKEN : CLAIM_FAILED;
	}
	*fd = open_directory(parent, name);
	if (*fd == -1)
		return errno == ENOENT ? CLAIM_TAKEN : CLAIM_FAILED;
	/* A parent may pass on more than the mode that was asked for. */
	OSC_RETRY(rc, fchmod(*fd, 0700));
	got = rc == 0 ? claim(parent, name, *fd) : CLAIM_FAILED;
	if (got != CLAIM_OURS) {
		saved = errno;
		(void)close(*fd);
		errno = saved;
		*fd = -1;
	}
	return got;
}

/*
 * A directory that was just made is not locked yet, and looks like one that was left behind.
 * But nobody removes anything without the lock and without a look at the name. So either we
 * get the lock and find the name in its place, and then no sweeper touches it any more; or
 * a sweeper was faster: then it is his, there is nothing in it, and another one is made.
 */
enum osc_err
osc_tempdir_make(int parent, char *name, size_t size, int *fd, struct osc_detail *detail)
{
	enum claim got = CLAIM_TAKEN;

	*fd = -1;
	for (int i = 0; i < OSC_TEMP_ATTEMPTS && got == CLAIM_TAKEN; i++) {
		if (!osc_temp_name(name, size, PREFIX, "")) {
			name[0] = '\0';
			return osc_detail_set(detail, OSC_EIO, NULL, "no random numbers");
		}
		got = make_one(parent, name, fd);
	}
	if (got == CLAIM_OURS)
		return OSC_OK;
	if (got == CLAIM_TAKEN)
		name[0] = '\0';
	return osc_detail_errno(
	    detail, OSC_EIO, NULL, "cannot make a temporary directory beside it");
}

static bool
is_new_file(const char *name)
{
	for (size_t i = 0; i < OSC_NEW_FILES; i++)
		if (strcmp(name, osc_context_files[i]) == 0)
			return true;
	return false;
}

/* With anything else in it, as the lock of a context that is in use, it is no leftover. */
static bool
only_new_files(int dir)
{
	struct osc_names names;
	const char *name;
	bool ok = osc_names_open(&names, dir);

	while (ok && (name = osc_names_next(&names)) != NULL)
		ok = strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || is_new_file(name);
	ok = ok && errno == 0;
	osc_names_close(&names);
	return ok;
}

static void
sweep_one(int parent, const char *name)
{
	struct osc_stamp stamp;
	int fd = open_directory(parent, name);

	if (fd == -1)
		return;
	if (osc_stamp_read(&stamp, fd, NULL) && stamp.uid == geteuid() &&
	    claim(parent, name, fd) == CLAIM_OURS && only_new_files(fd)) {
		for (size_t i = 0; i < OSC_NEW_FILES; i++)
			(void)unlinkat(fd, osc_context_files[i], 0);
		(void)unlinkat(parent, name, AT_REMOVEDIR);
	}
	(void)close(fd);
}

bool
osc_tempdir_is_name(const char *name)
{
	return osc_temp_is_name(name, PREFIX, "");
}

void
osc_tempdir_sweep(int parent)
{
	const struct osc_dir dir = {.fd = parent};
	struct osc_names names;
	const char *name;

	/* Where flock may not reach everybody, it tells nothing. */
	if ((osc_dir_fs(&dir) & (OSC_FS_NETWORK | OSC_FS_VOLATILE)) != 0)
		return;
	(void)osc_names_open(&names, parent);
	while ((name = osc_names_next(&names)) != NULL)
		if (osc_tempdir_is_name(name))
			sweep_one(parent, name);
	osc_names_close(&names);
}
