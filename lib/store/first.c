/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <fcntl.h>
#include <unistd.h>

#include "store/first.h"
#include "store/lock.h"
#include "store/replace.h"

/* The order of the look-ups matters: sequence.json is made before the other two, so if it is
 * missing after they were looked for, nobody is making it just now. */
enum osc_err
osc_first_judge(
    const struct osc_dir *dir, bool sequence_file, bool *fresh, struct osc_detail *detail)
{
	bool used = false, lock = false, there = false;
	enum osc_err err;

	*fresh = false;
	err = osc_file_exists(dir, OSC_USED_FILE, &used, detail);
	if (err == OSC_OK)
		err = osc_file_exists(dir, OSC_LOCK_FILE, &lock, detail);
	if (err == OSC_OK)
		err = osc_file_exists(dir, OSC_SEQUENCE_FILE, &there, detail);
	if (err != OSC_OK || there)
		return err;
	*fresh = !used && !lock && !sequence_file;
	if (*fresh)
		return OSC_OK;
	osc_detail_set(
	    detail, OSC_ESTATE, NULL, "is missing: which numbers were used is not known any more");
	if (!used && !sequence_file)
		osc_detail_hint(detail,
		    "aiocoap leaves \"lock\" when it fails to start: if this context was never "
		    "used, lock may be removed; else make a new context");
	else
		osc_detail_hint(detail, "make a new context");
	return OSC_ESTATE;
}

static enum osc_err
make_sequence(
    const struct osc_dir *dir, const struct osc_sequence *initial, struct osc_detail *detail)
{
	struct osc_buffer text = {0};
	struct osc_temp temp;
	enum osc_err err;

	osc_sequence_format(initial, &text);
	if (text.full)
		err = OSC_ENOMEM;
	else
		err = osc_temp_make(&temp, dir, NULL, detail);
	if (err == OSC_OK)
		err = osc_temp_write(&temp, dir, osc_buffer_slice(&text), true, detail);
	if (err == OSC_OK)
		err = osc_temp_rename(&temp, dir, OSC_SEQUENCE_FILE, true, detail);
	if (err == OSC_OK)
		err = osc_dir_sync(dir, detail);
	osc_buffer_free(&text);
	return err;
}

static enum osc_err
make_used(const struct osc_dir *dir, struct osc_detail *detail)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	bool ok;
	int fd;

	osc_dir_where(detail, dir, OSC_USED_FILE);
	OSC_RETRY(fd, openat(dir->fd, OSC_USED_FILE, flags, 0600));
	if (fd == -1 && errno == EEXIST)
		return osc_dir_sync(dir, detail);
	if (fd == -1)
		return osc_detail_errno(detail, OSC_EIO, NULL, "cannot make it");
	osc_file_adopt(fd, dir);
	ok = osc_file_write(fd, osc_slice(NULL, 0), true);
	if (!ok)
		osc_detail_errno(detail, OSC_EIO, NULL, "cannot make it durable");
	(void)close(fd);
	return ok ? osc_dir_sync(dir, detail) : OSC_EIO;
}

/*
 * `.used` says that a missing sequence.json was lost. So it comes when
 * sequence.json is durable, and before any number is used: a crash in between
 * leaves a directory that still works.
 */
enum osc_err
osc_first_make(
    const struct osc_dir *dir, const struct osc_sequence *initial, struct osc_detail *detail)
{
	bool used, fresh;
	enum osc_err err;

	err = osc_file_exists(dir, OSC_USED_FILE, &used, detail);
	if (err != OSC_OK || used)
		return err;
	err = osc_first_judge(dir, false, &fresh, detail);
	if (err != OSC_OK)
		return err;
	err = fresh ? make_sequence(dir, initial, detail) : osc_dir_sync(dir, detail);
	return err == OSC_OK ? make_used(dir, detail) : err;
}
