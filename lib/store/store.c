/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <assert.h>
#include <stdlib.h>

#include "base/secret.h"
#include "store/first.h"
#include "store/live.h"
#include "store/lock.h"
#include "store/store.h"

struct osc_store {
	char *path;
	char *secret_path; /* of the file that holds the secret */
	struct osc_dir dir;
	struct osc_settings settings;
	struct osc_params params;
	struct osc_live *live; /* from the first look at the state on, or until it is folded */
	unsigned warnings;
	bool keep_secret;
	bool mark;     /* inode numbers last here: sequence.json names its own */
	bool known;    /* the state was read, and was in order */
	bool moved;    /* accept that the directory looks like a copy; the next commit writes */
	bool prepared; /* sequence.json and `.used` were seen to */
	bool swept;    /* leftover temporaries were removed */
	bool failed;   /* a commit failed: what the disk holds is not known */
	int lock;
	struct osc_state *state;        /* of the keys in use */
	struct osc_high high;           /* what the state may not fall behind */
	enum osc_err lost;              /* why nothing is known of the state */
	struct osc_detail *lost_detail; /* on the heap */
};

static enum osc_err
no_memory(struct osc_detail *detail)
{
	return osc_detail_set(detail, OSC_ENOMEM, NULL, "no memory");
}

/* DIRECTORY/NAME on the heap; NULL if there is no memory. */
static char *
join(const char *directory, const char *name)
{
	size_t size = strlen(directory) + strlen(name) + 2;
	char *path = malloc(size);

	if (path != NULL)
		(void)stpcpy(stpcpy(stpcpy(path, directory), name[0] != '\0' ? "/" : ""), name);
	return path;
}

static enum osc_err
find_warnings(struct osc_store *store, struct osc_detail *detail)
{
	const struct osc_dir *dir = &store->dir;
	unsigned fs = osc_dir_fs(dir);

	store->warnings = store->settings.loaded.warnings;
	if (osc_settings_long_context(&store->params))
		store->warnings |= OSC_WARN_LONG_CONTEXT;
	if (osc_dir_is_open(dir))
		store->warnings |= OSC_WARN_DIRECTORY_MODE;
	if ((fs & OSC_FS_NETWORK) != 0)
		store->warnings |= OSC_WARN_NETWORK_FS;
	if ((fs & OSC_FS_OVERLAY) != 0)
		store->warnings |= OSC_WARN_OVERLAY_FS;
	store->mark = (fs & OSC_FS_VOLATILE) == 0;
	if ((store->warnings & (OSC_WARN_SECRET_MODE | OSC_WARN_SHORT_SECRET)) == 0)
		return OSC_OK;
	store->secret_path = join(store->path, store->settings.loaded.secret_file);
	return store->secret_path != NULL ? OSC_OK : no_memory(detail);
}

/* Room for the state; false if there is no memory. */
static bool
make_live(struct osc_store *store)
{
	if (store->live == NULL)
		store->live =
		    osc_live_make(&store->dir, &store->settings, &store->params, store->mark);
	return store->live != NULL;
}

static enum osc_err
read_state(struct osc_store *store, struct osc_detail *detail)
{
	enum osc_err err;

	if (!make_live(store))
		return no_memory(detail);
	store->lost = OSC_OK;
	err = osc_live_read(store->live, store->settings.sequence_file, detail);
	if (store->settings.rederive && osc_err_status(err) == 7)
		osc_detail_hint(detail, "%s", osc_settings_remedy(&store->settings));
	osc_store_use(store, NULL);
	return err == OSC_OK ? osc_live_admit(store->live, &store->high, detail) : err;
}

/* Where the keys can be derived anew, a state that is of no use is a lost one. */
static enum osc_err
lose(struct osc_store *store, enum osc_err err, const struct osc_detail *why,
    struct osc_detail *detail)
{
	const struct osc_state_file *file;

	if (err == OSC_OK)
		return OSC_OK;
	if (detail != NULL)
		*detail = *why;
	if (!store->settings.rederive || osc_err_status(err) != 7)
		return err;
	file = &store->live->file;
	if (err != OSC_ECOPY && !file->broken && file->exists)
		return err;
	free(store->lost_detail);
	store->lost_detail = osc_duplicate(why, sizeof(*why));
	if (store->lost_detail == NULL)
		return no_memory(detail);
	store->lost = err;
	osc_sequence_lose(&store->live->sequence);
	store->live->file.stale = true;
	osc_store_use(store, NULL);
	return OSC_OK;
}

static enum osc_err
load(struct osc_store *store, const char *path, enum osc_role role, unsigned flags,
    struct osc_detail *detail)
{
	struct osc_params *params = &store->params;
	enum osc_err err;

	store->path = join(path, "");
	if (store->path == NULL)
		return no_memory(detail);
	err = osc_dir_open(&store->dir, store->path, detail);
	if (err == OSC_OK)
		err = osc_settings_load(&store->settings, &store->dir, detail);
	if (err == OSC_OK)
		err = osc_settings_params(&store->settings, role, params, detail);
	if (err == OSC_OK)
		err = find_warnings(store, detail);
	if (err != OSC_OK || (flags & OSC_STORE_STATIC) != 0)
		return err;
	err = read_state(store, detail);
	store->known = err == OSC_OK;
	return err;
}

enum osc_err
osc_store_open(struct osc_store **out, const char *path, enum osc_role role, unsigned flags,
    struct osc_detail *detail)
{
	struct osc_store *store = calloc(1, sizeof(*store));
	enum osc_err err;

	*out = NULL;
	if (store == NULL)
		return no_memory(detail);
	store->dir.fd = -1;
	store->lock = -1;
	store->moved = (flags & OSC_STORE_MOVED) != 0;
	store->keep_secret = (flags & OSC_STORE_KEEP_SECRET) != 0;
	err = load(store, path, role, flags, detail);
	if (err == OSC_OK)
		*out = store;
	else
		osc_store_close(&store);
	return err;
}

const struct osc_params *
osc_store_params(const struct osc_store *store)
{
	return &store->params;
}

const struct osc_settings *
osc_store_settings(const struct osc_store *store)
{
	return &store->settings;
}

void
osc_store_forget_secret(struct osc_store *store)
{
	if (store->keep_secret || store->settings.rederive)
		return;
	osc_settings_forget(&store->settings);
	store->params.master_secret = store->params.master_salt = osc_slice(NULL, 0);
}

const char *
osc_store_path(const struct osc_store *store)
{
	return store->path;
}

void
osc_store_directory(const struct osc_store *store, dev_t *dev, ino_t *ino)
{
	*dev = store->dir.dev;
	*ino = store->dir.ino;
}

unsigned
osc_store_warnings(const struct osc_store *store)
{
	return store->warnings;
}

const char *
osc_store_warning_path(const struct osc_store *store, enum osc_warning warning)
{
	if (warning == OSC_WARN_SECRET_MODE || warning == OSC_WARN_SHORT_SECRET)
		return store->secret_path;
	return store->path;
}

struct osc_state *
osc_store_state(struct osc_store *store)
{
	return store->state;
}

struct osc_state *
osc_store_base(struct osc_store *store)
{
	return &store->live->sequence.mine.state;
}

void
osc_store_use(struct osc_store *store, struct osc_state *state)
{
	struct osc_sequence *sequence = &store->live->sequence;

	if (state == NULL)
		state = sequence->rederived != NULL && sequence->rederived->current.there
		    ? &sequence->rederived->current.state
		    : &sequence->mine.state;
	store->state = state;
}

struct osc_rederived *
osc_store_rederived(struct osc_store *store)
{
	return store->live != NULL ? store->live->sequence.rederived : NULL;
}

enum osc_err
osc_store_lost(const struct osc_store *store, struct osc_detail *detail)
{
	if (store->lost != OSC_OK)
		*detail = *store->lost_detail;
	return store->lost;
}

enum osc_err
osc_store_check(const struct osc_store *store, struct osc_detail *detail)
{
	const struct osc_live *live = store->live;

	if (live == NULL || !live->file.exists || live->file.stale || store->moved ||
	    store->lost != OSC_OK || !osc_sequence_is_copy(&live->sequence, &live->file.stamp))
		return OSC_OK;
	osc_dir_where(detail, &store->dir, OSC_SEQUENCE_FILE);
	return osc_detail_set(detail, OSC_ECOPY, NULL, "this is a copy of a context that was used");
}

/* A directory whose settings promise a sequence.json needs no `.used`. */
static enum osc_err
prepare(struct osc_store *store, struct osc_detail *detail)
{
	struct osc_sequence initial;
	enum osc_err err;

	if (store->prepared || store->settings.sequence_file || store->lost != OSC_OK)
		return OSC_OK;
	err = osc_sequence_init(&initial, store->settings.dialect, &store->params.sender_id,
	    &store->params.recipient_id, store->settings.window);
	if (err != OSC_OK)
		return no_memory(detail);
	err = osc_first_make(&store->dir, &initial, detail);
	osc_sequence_free(&initial);
	store->prepared = err == OSC_OK;
	return err;
}

struct osc_high *
osc_store_high(struct osc_store *store)
{
	return &store->high;
}

struct osc_store_past
osc_store_past(const struct osc_store *store)
{
	return (struct osc_store_past){.failed = store->failed, .settled = !store->moved};
}

void
osc_store_resume(struct osc_store *store, struct osc_store_past past)
{
	store->failed = past.failed;
	store->moved = store->moved && !past.settled;
}

void
osc_store_rest(struct osc_store *store)
{
	assert(store->lock == -1);
	osc_dir_close(&store->dir);
}

void
osc_store_fold(struct osc_store *store)
{
	assert(store->lock == -1);
	if (store->settings.rederive)
		return;
	osc_live_free(&store->live);
	store->state = NULL;
}

bool
osc_store_unchanged(const struct osc_store *store)
{
	struct osc_dir dir;
	bool same;

	if (osc_dir_open(&dir, store->path, NULL) != OSC_OK)
		return false;
	same = osc_settings_unchanged(&store->settings, &dir, NULL) == OSC_OK;
	osc_dir_close(&dir);
	return same;
}

enum osc_err
osc_store_look(struct osc_store *store, struct osc_detail *detail)
{
	struct osc_detail why = {0};
	enum osc_err err = osc_dir_reopen(&store->dir, detail);

	if (err != OSC_OK)
		return err;
	err = read_state(store, &why);
	if (err == OSC_OK)
		err = osc_store_check(store, &why);
	store->known = err == OSC_OK;
	return lose(store, err, &why, detail);
}

static enum osc_err
read_locked(struct osc_store *store, struct osc_detail *detail)
{
	const char *missing = store->lost == OSC_OK
	    ? "was removed while it was in use"
	    : "is missing: which numbers were used is not known any more";
	struct osc_detail why = {0};
	enum osc_err err;

	err = osc_settings_unchanged(&store->settings, &store->dir, detail);
	if (err != OSC_OK)
		return err;
	if (!store->swept)
		osc_temp_leftovers(&store->dir, true, NULL, NULL);
	store->swept = true;
	if (!make_live(store))
		return no_memory(detail);
	store->lost = OSC_OK;
	err = osc_state_read(&store->live->file, &why);
	osc_store_use(store, NULL);
	if (err == OSC_OK && !store->live->file.exists)
		err = osc_detail_set(&why, OSC_ESTATE, NULL, "%s", missing);
	if (err == OSC_OK)
		err = osc_store_check(store, &why);
	if (err == OSC_OK)
		err = osc_live_admit(store->live, &store->high, &why);
	err = lose(store, err, &why, detail);
	return err == OSC_OK ? osc_live_keep(store->live, detail) : err;
}

static enum osc_err
begin(struct osc_store *store, long wait_ms, struct osc_detail *detail)
{
	enum osc_err err;

	assert(store->lock == -1);
	if (store->failed) {
		osc_dir_where(detail, &store->dir, OSC_SEQUENCE_FILE);
		return osc_detail_set(detail, OSC_EIO, NULL, "could not be written before");
	}
	err = osc_dir_reopen(&store->dir, detail);
	/* A context that is refused gets no new files, nor does another one in its place. */
	if (err == OSC_OK)
		err = osc_settings_unchanged(&store->settings, &store->dir, detail);
	if (err == OSC_OK && (!store->known || store->lost != OSC_OK))
		err = osc_store_look(store, detail); /* never read, or not to be read then */
	if (err == OSC_OK)
		err = osc_store_check(store, detail);
	if (err == OSC_OK)
		err = prepare(store, detail);
	if (err == OSC_OK)
		err = osc_lock_take(&store->lock, &store->dir, wait_ms, detail);
	if (err == OSC_OK)
		err = read_locked(store, detail);
	if (err != OSC_OK)
		osc_store_end(store);
	return err;
}

enum osc_err
osc_store_begin(struct osc_store *store, struct osc_detail *detail)
{
	return begin(store, OSC_LOCK_WAIT, detail);
}

enum osc_err
osc_store_try_begin(struct osc_store *store, struct osc_detail *detail)
{
	return begin(store, 0, detail);
}

bool
osc_store_changed(const struct osc_store *store)
{
	const struct osc_live *live = store->live;

	assert(live->before != NULL && osc_sequence_follows(live->before, &live->sequence));
	return (store->moved && store->lost == OSC_OK) || osc_live_changed(live);
}

enum osc_err
osc_store_write(struct osc_store *store, bool sync, struct osc_detail *detail)
{
	store->failed = true; /* until the end is known */
	return osc_state_write(&store->live->file, sync, detail);
}

enum osc_err
osc_store_replace(struct osc_store *store, bool sync, struct osc_detail *detail)
{
	return osc_state_replace(&store->live->file, store->lock, sync, detail);
}

void
osc_store_leave(struct osc_store *store)
{
	osc_state_drop(&store->live->file);
	store->failed = false;
}

enum osc_err
osc_store_settle(struct osc_store *store, struct osc_detail *detail)
{
	enum osc_err err;

	store->failed = false;
	store->moved = false;
	store->lost = OSC_OK;
	err = osc_live_keep(store->live, detail);
	return err == OSC_OK ? osc_live_admit(store->live, &store->high, detail) : err;
}

const struct osc_dir *
osc_store_dir(const struct osc_store *store)
{
	return &store->dir;
}

void
osc_store_end(struct osc_store *store)
{
	if (store->live != NULL)
		osc_live_release(store->live);
	osc_lock_release(&store->lock);
}

void
osc_store_close(struct osc_store **store)
{
	struct osc_store *s = *store;

	if (s == NULL)
		return;
	osc_store_end(s);
	osc_dir_close(&s->dir);
	osc_live_free(&s->live);
	osc_high_free(&s->high);
	osc_settings_wipe(&s->settings);
	free(s->lost_detail);
	free(s->secret_path);
	free(s->path);
	osc_wipe(s, sizeof(*s));
	free(s);
	*store = NULL;
}
