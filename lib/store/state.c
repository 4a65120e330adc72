/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <stdlib.h>

#include "base/secret.h"
#include "store/lock.h"
#include "store/sequence_read.h"
#include "store/state.h"

struct osc_written {
	struct osc_temp temp;
	uint8_t *content; /* on the heap */
	size_t len;
};

#define TEXT_SIZE 512 /* room for most states */

static const struct osc_file_rule rule = {OSC_SEQUENCE_MAX, false, OSC_ESTATE};

static bool
is_content(const struct osc_state_file *file, struct osc_slice text)
{
	return file->content != NULL &&
	    osc_slice_equal(osc_slice(file->content, file->content_len), text);
}

static enum osc_err
keep_content(uint8_t **copy, struct osc_slice text, struct osc_detail *detail)
{
	*copy = malloc(text.len + 1);
	if (*copy == NULL)
		return osc_detail_set(detail, OSC_ENOMEM, NULL, "no memory");
	osc_copy(*copy, text.ptr, text.len);
	return OSC_OK;
}

static void
set_content(struct osc_state_file *file, uint8_t *copy, size_t len)
{
	/* It may hold a key (rederived.h). */
	osc_wipe(file->content, file->content_len);
	free(file->content);
	file->content = copy;
	file->content_len = len;
}

/* Another name would survive the rename and be a second state. A name that a
 * crash between link and unlink has left is no such. */
static enum osc_err
check_names(const struct osc_state_file *file, struct osc_detail *detail)
{
	if (!osc_temp_only_name(file->dir, OSC_SEQUENCE_FILE, &file->stamp))
		return osc_detail_set(detail, OSC_ESTATE, NULL, "has more than one name");
	return OSC_OK;
}

static enum osc_err
take_over(struct osc_state_file *file, struct osc_slice text, struct osc_detail *detail)
{
	uint8_t *copy;
	enum osc_err err;

	if (is_content(file, text) && !file->stale)
		return OSC_OK;
	err = keep_content(&copy, text, detail);
	if (err != OSC_OK)
		return err;
	err = osc_sequence_parse(file->sequence, text, detail);
	if (err == OSC_ENOMEM) {
		free(copy);
		return err;
	}
	/* What is not understood is kept as well: whoever replaces it must see it unchanged. */
	set_content(file, copy, text.len);
	file->broken = file->stale = err != OSC_OK;
	return err;
}

enum osc_err
osc_state_read(struct osc_state_file *file, struct osc_detail *detail)
{
	struct osc_buffer buffer = {0};
	enum osc_err err;

	file->broken = false;
	err = osc_file_read(
	    file->dir, OSC_SEQUENCE_FILE, &rule, &buffer, &file->exists, &file->stamp, detail);
	if (err == OSC_OK && file->exists)
		err = check_names(file, detail);
	if (err == OSC_OK && file->exists)
		err = take_over(file, osc_slice(buffer.ptr, buffer.len), detail);
	osc_buffer_free(&buffer);
	return err;
}

/* Is it still there as it was read, or still missing? */
static bool
is_same(const struct osc_state_file *file, bool found, const struct osc_stamp *stamp,
    struct osc_slice text)
{
	if (!found || !file->exists)
		return found == file->exists;
	return osc_stamp_same(stamp, &file->stamp) &&
	    osc_temp_only_name(file->dir, OSC_SEQUENCE_FILE, stamp) && is_content(file, text);
}

/* Right before the rename: whoever ignores our lock must not be overwritten, and no second
 * name may keep the old state alive, with inode number and birth time. */
static enum osc_err
check_unchanged(const struct osc_state_file *file, int lock, struct osc_detail *detail)
{
	struct osc_buffer buffer = {0};
	struct osc_stamp stamp;
	bool found;
	enum osc_err err;

	err = osc_file_read(file->dir, OSC_SEQUENCE_FILE, &rule, &buffer, &found, &stamp, detail);
	if (err == OSC_ESTATE ||
	    (err == OSC_OK && !is_same(file, found, &stamp, osc_slice(buffer.ptr, buffer.len))))
		err = osc_detail_set(detail, OSC_ECHANGED, NULL,
		    "was changed by a program that ignores the lock; nothing was written");
	osc_buffer_free(&buffer);
	if (err == OSC_OK && !osc_lock_held(lock, file->dir)) {
		osc_dir_where(detail, file->dir, OSC_LOCK_FILE);
		err = osc_detail_set(detail, OSC_ECHANGED, NULL,
		    "was removed or replaced while we held it; nothing was written");
	}
	return err;
}

void
osc_state_drop(struct osc_state_file *file)
{
	struct osc_written *written = file->written;

	if (written == NULL)
		return;
	osc_temp_drop(&written->temp, file->dir);
	osc_wipe(written->content, written->len);
	free(written->content);
	free(written);
	file->written = NULL;
}

enum osc_err
osc_state_write(struct osc_state_file *file, bool sync, struct osc_detail *detail)
{
	struct osc_buffer text = {0};
	struct osc_written *written = calloc(1, sizeof(*written));
	struct osc_temp *temp;
	enum osc_err err;

	if (written == NULL)
		return osc_detail_set(detail, OSC_ENOMEM, NULL, "no memory");
	temp = &written->temp;
	file->written = written;
	file->stale = true;
	err = osc_temp_make(temp, file->dir, file->exists ? &file->stamp : NULL, detail);
	if (err == OSC_OK) {
		osc_sequence_mark(file->sequence, file->mark ? &temp->stamp : NULL);
		(void)osc_buffer_start(&text, TEXT_SIZE);
		osc_sequence_format(file->sequence, &text);
		if (text.full)
			err = osc_detail_set(detail, OSC_ENOMEM, NULL, "no memory");
	}
	if (err == OSC_OK)
		err = keep_content(&written->content, osc_buffer_slice(&text), detail);
	if (err == OSC_OK) {
		written->len = text.len;
		err = osc_temp_write(temp, file->dir, osc_buffer_slice(&text), sync, detail);
	}
	osc_buffer_free(&text);
	if (err != OSC_OK)
		osc_state_drop(file);
	return err;
}

enum osc_err
osc_state_replace(struct osc_state_file *file, int lock, bool sync, struct osc_detail *detail)
{
	struct osc_written *written = file->written;
	enum osc_err err = check_unchanged(file, lock, detail);

	if (err == OSC_OK)
		err = osc_temp_rename(&written->temp, file->dir, OSC_SEQUENCE_FILE, false, detail);
	if (err == OSC_OK && sync)
		err = osc_dir_sync(file->dir, detail);
	if (err == OSC_OK) {
		set_content(file, written->content, written->len);
		written->content = NULL;
		written->len = 0;
		file->stamp = written->temp.stamp;
		file->exists = true;
		file->broken = file->stale = false;
	}
	osc_state_drop(file);
	return err;
}

void
osc_state_free(struct osc_state_file *file)
{
	osc_state_drop(file);
	set_content(file, NULL, 0);
}
