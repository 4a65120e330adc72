/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/newdir.h"
#include "store/tempdir.h"

static enum osc_err
fail(struct osc_newdir *m, const char *name, const char *what)
{
	osc_dir_where(m->detail, &m->dir, name);
	return osc_detail_errno(m->detail, OSC_EIO, NULL, "%s", what);
}

/* Nothing may stand there, and the parent must; nothing is made yet. */
static enum osc_err
look_around(struct osc_newdir *m, const char *path)
{
	size_t len = strlen(path);
	struct osc_stamp stamp;
	char *slash;

	m->path = malloc(len + 1);
	if (m->path == NULL)
		return OSC_ENOMEM;
	memcpy(m->path, path, len + 1);
	while (len > 1 && m->path[len - 1] == '/')
		m->path[--len] = '\0';
	m->dir.path = m->path;
	osc_dir_where(m->detail, &m->dir, NULL);
	if (osc_stamp_read(&stamp, AT_FDCWD, m->path))
		return osc_detail_set(m->detail, OSC_EEXISTS, NULL, "exists already");
	if (errno != ENOENT || len == 0)
		return fail(m, NULL, "cannot make it");
	slash = strrchr(m->path, '/');
	m->base = slash != NULL ? slash + 1 : m->path;
	if (slash == NULL)
		OSC_RETRY(m->parent, open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	else {
		*slash = '\0';
		OSC_RETRY(m->parent,
		    open(slash == m->path ? "/" : m->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
		*slash = '/';
	}
	return m->parent != -1 ? OSC_OK : fail(m, NULL, "cannot open the directory above it");
}

enum osc_err
osc_newdir_start(struct osc_newdir *newdir, const char *path, struct osc_detail *detail)
{
	enum osc_err err;

	memset(newdir, 0, sizeof(*newdir));
	newdir->detail = detail;
	newdir->parent = newdir->dir.fd = -1;
	err = look_around(newdir, path);
	if (err != OSC_OK)
		return err;
	osc_tempdir_sweep(newdir->parent);
	return osc_tempdir_make(
	    newdir->parent, newdir->temp, sizeof(newdir->temp), &newdir->dir.fd, detail);
}

enum osc_err
osc_newdir_file(
    struct osc_newdir *newdir, const char *name, mode_t mode, const struct osc_buffer *text)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	enum osc_err err = OSC_OK;
	int fd, rc;

	if (text->full)
		return OSC_ENOMEM;
	OSC_RETRY(fd, openat(newdir->dir.fd, name, flags, 0600));
	if (fd == -1)
		return fail(newdir, name, "cannot make it");
	newdir->files[newdir->n++] = name;
	OSC_RETRY(rc, fchmod(fd, mode));
	if (rc == -1)
		err = fail(newdir, name, "cannot set its mode");
	else if (!osc_file_write(fd, osc_buffer_slice(text), true))
		err = fail(newdir, name, "cannot write");
	if (close(fd) == -1 && errno != EINTR && err == OSC_OK)
		err = fail(newdir, name, "cannot write");
	return err;
}

enum osc_err
osc_newdir_sync(struct osc_newdir *newdir)
{
	return osc_dir_sync(&newdir->dir, newdir->detail);
}

enum osc_err
osc_newdir_place(struct osc_newdir *newdir)
{
	int rc;

	osc_dir_where(newdir->detail, &newdir->dir, NULL);
	if (osc_rename_new(newdir->parent, newdir->temp, newdir->base, true) == -1) {
		if (errno == EEXIST || errno == ENOTEMPTY)
			return osc_detail_set(newdir->detail, OSC_EEXISTS, NULL, "exists already");
		return fail(newdir, NULL, "cannot move it into place");
	}
	newdir->placed = true;
	OSC_RETRY(rc, fsync(newdir->parent));
	return rc == 0 ? OSC_OK : fail(newdir, NULL, "cannot make the directory above it durable");
}

void
osc_newdir_end(struct osc_newdir *newdir, enum osc_err err)
{
	if (err != OSC_OK && newdir->temp[0] != '\0') {
		for (size_t i = 0; i < newdir->n; i++)
			(void)unlinkat(newdir->dir.fd, newdir->files[i], 0);
		(void)unlinkat(
		    newdir->parent, newdir->placed ? newdir->base : newdir->temp, AT_REMOVEDIR);
	}
	osc_dir_close(&newdir->dir);
	if (newdir->parent != -1)
		(void)close(newdir->parent);
	free(newdir->path);
}
