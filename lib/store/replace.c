/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/secret.h"
#include "store/replace.h"

#define PREFIX ".sequence-"
#define SUFFIX ".json"
#define RANDOM_CHARS 6

void
osc_file_adopt(int fd, const struct osc_dir *dir)
{
	mode_t mode = (dir->mode & S_IWGRP) != 0 ? 0660 : 0600;
	struct osc_stamp stamp;
	int rc;

	if (!osc_stamp_read(&stamp, fd, NULL))
		return;
	if (stamp.uid != dir->uid || stamp.gid != dir->gid) {
		OSC_RETRY(rc, fchown(fd, dir->uid, dir->gid));
		if (rc == -1)
			OSC_RETRY(rc, fchown(fd, (uid_t)-1, dir->gid));
		/* Another group than the directory's has no business here. */
		if (rc == -1 && stamp.gid != dir->gid)
			mode = 0600;
	}
	if ((stamp.mode & 0777) != mode)
		OSC_RETRY(rc, fchmod(fd, mode));
}

/* Like the file that it will replace, as far as we may; never open to more. */
static bool
imitate(int fd, const struct osc_stamp *own, const struct osc_stamp *model)
{
	mode_t mode = model->mode & 0777;
	int rc;

	if (own->uid != model->uid || own->gid != model->gid) {
		OSC_RETRY(rc, fchown(fd, model->uid, model->gid));
		if (rc == -1)
			OSC_RETRY(rc, fchown(fd, (uid_t)-1, model->gid));
		/* For the old file this group was among the others. */
		if (rc == -1 && own->gid != model->gid)
			mode = (mode & (mode_t)~S_IRWXG) | (mode & S_IRWXO) << 3;
	}
	rc = 0;
	if ((own->mode & 0777) != mode)
		OSC_RETRY(rc, fchmod(fd, mode));
	return rc == 0;
}

static const char digits[] = "0123456789abcdefghijklmnopqrstuv";

bool
osc_temp_name(char *name, size_t size, const char *prefix, const char *suffix)
{
	uint8_t random[RANDOM_CHARS];
	char chars[RANDOM_CHARS + 1] = {0};

	if (!osc_random(random, sizeof(random)))
		return false;
	for (size_t i = 0; i < RANDOM_CHARS; i++)
		chars[i] = digits[random[i] % 32];
	if (strlen(prefix) + RANDOM_CHARS + strlen(suffix) >= size)
		return false;
	(void)stpcpy(stpcpy(stpcpy(name, prefix), chars), suffix);
	return true;
}

bool
osc_temp_is_name(const char *name, const char *prefix, const char *suffix)
{
	size_t before = strlen(prefix);

	return strncmp(name, prefix, before) == 0 &&
	    strspn(name + before, digits) == RANDOM_CHARS &&
	    strcmp(name + before + RANDOM_CHARS, suffix) == 0;
}

static enum osc_err
temp_fail(
    struct osc_temp *temp, const struct osc_dir *dir, const char *what, struct osc_detail *detail)
{
	int saved = errno;

	osc_dir_where(detail, dir, temp->name);
	osc_detail_errno(detail, OSC_EIO, NULL, "%s", what);
	osc_temp_drop(temp, dir);
	errno = saved;
	return OSC_EIO;
}

enum osc_err
osc_temp_make(struct osc_temp *temp, const struct osc_dir *dir, const struct osc_stamp *model,
    struct osc_detail *detail)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;

	temp->fd = -1;
	temp->name[0] = '\0';
	for (int i = 0; i < OSC_TEMP_ATTEMPTS && temp->fd == -1; i++) {
		if (!osc_temp_name(temp->name, sizeof(temp->name), PREFIX, SUFFIX))
			return osc_detail_set(detail, OSC_EIO, NULL, "no random numbers");
		OSC_RETRY(temp->fd, openat(dir->fd, temp->name, flags, 0600));
		if (temp->fd == -1 && errno != EEXIST)
			break;
	}
	if (temp->fd == -1)
		return temp_fail(temp, dir, "cannot make a temporary file", detail);
	if (!osc_stamp_read(&temp->stamp, temp->fd, NULL))
		return temp_fail(temp, dir, "cannot look at it", detail);
	if (model == NULL)
		osc_file_adopt(temp->fd, dir);
	else if (!imitate(temp->fd, &temp->stamp, model))
		return temp_fail(temp, dir, "cannot set its mode", detail);
	return OSC_OK;
}

enum osc_err
osc_temp_write(struct osc_temp *temp, const struct osc_dir *dir, struct osc_slice content,
    bool sync, struct osc_detail *detail)
{
	int rc;

	if (!osc_file_write(temp->fd, content, sync))
		return temp_fail(temp, dir, "cannot write", detail);
	if (!osc_stamp_read(&temp->stamp, temp->fd, NULL))
		return temp_fail(temp, dir, "cannot look at it", detail);
	rc = close(temp->fd);
	temp->fd = -1;
	if (rc == -1 && errno != EINTR)
		return temp_fail(temp, dir, "cannot write", detail);
	return OSC_OK;
}

void
osc_temp_drop(struct osc_temp *temp, const struct osc_dir *dir)
{
	if (temp->fd != -1)
		(void)close(temp->fd);
	if (temp->name[0] != '\0')
		(void)unlinkat(dir->fd, temp->name, 0);
	temp->fd = -1;
	temp->name[0] = '\0';
}

enum osc_err
osc_temp_rename(struct osc_temp *temp, const struct osc_dir *dir, const char *name, bool as_new,
    struct osc_detail *detail)
{
	int rc;

	if (as_new)
		rc = osc_rename_new(dir->fd, temp->name, name, false);
	else
		OSC_RETRY(rc, renameat(dir->fd, temp->name, dir->fd, name));
	if (rc == -1 && as_new && (errno == EEXIST || errno == ENOENT))
		osc_temp_drop(temp, dir);
	else if (rc == -1) {
		osc_dir_where(detail, dir, name);
		osc_detail_errno(detail, OSC_EIO, NULL, "cannot replace");
		osc_temp_drop(temp, dir);
		return OSC_EIO;
	}
	temp->name[0] = '\0';
	return OSC_OK;
}

bool
osc_temp_is_leftover(const char *name)
{
	size_t len = strlen(name), suffix = strlen(SUFFIX);

	return len >= strlen(PREFIX) + suffix && strncmp(name, PREFIX, strlen(PREFIX)) == 0 &&
	    strcmp(name + len - suffix, SUFFIX) == 0;
}

void
osc_temp_leftovers(const struct osc_dir *dir, bool remove, const uint64_t *ino, uint32_t *same)
{
	struct osc_names names;
	struct osc_stamp stamp;
	const char *name;

	(void)osc_names_open(&names, dir->fd);
	while ((name = osc_names_next(&names)) != NULL) {
		if (!osc_temp_is_leftover(name))
			continue;
		if (ino != NULL && osc_stamp_read(&stamp, dir->fd, name) && stamp.ino == *ino)
			++*same;
		if (remove)
			(void)unlinkat(dir->fd, name, 0);
	}
	osc_names_close(&names);
}

bool
osc_temp_only_name(const struct osc_dir *dir, const char *name, const struct osc_stamp *stamp)
{
	struct osc_stamp now;
	uint32_t same = 0;

	if (stamp->nlink <= 1)
		return true;
	osc_temp_leftovers(dir, false, &stamp->ino, &same);
	if (stamp->nlink <= 1 + same)
		return true;
	/* Somebody may have been between link and unlink, and be done now. */
	return osc_stamp_read(&now, dir->fd, name) && now.ino == stamp->ino &&
	    now.nlink <= 1 + same;
}
