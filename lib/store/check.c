/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/secret.h"
#include "core/context.h"
#include "core/fingerprint.h"
#include "store/check.h"
#include "store/contents.h"
#include "store/foreign.h"
#include "store/index.h"
#include "store/rederived.h"
#include "store/settings.h"
#include "store/tempdir.h"

#define NEAR_THE_END (UINT64_C(1) << 20) /* numbers that are left */

struct osc_check_mark {
	uint8_t hash[OSC_HASH_SIZE]; /* of what is not to be there twice */
	size_t path;                 /* whose it is: an index */
};

void
osc_check_say(const struct osc_check *check, const struct osc_dir *dir, const char *name,
    const char *fmt, ...)
{
	struct osc_detail finding = {0};
	va_list args;

	osc_dir_where(&finding, dir, name);
	va_start(args, fmt);
	(void)vsnprintf(finding.text, sizeof(finding.text), fmt, args);
	va_end(args);
	check->found(check->arg, &finding);
}

/* The Master Secret of RFC 8613, Appendix C; secrets are compared by what is no secret. */
static bool
is_published(struct osc_slice secret)
{
	static const uint8_t published[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
	struct osc_fingerprint known = osc_fingerprint("Master Secret", osc_slice(published, 16));
	struct osc_fingerprint this = osc_fingerprint("Master Secret", secret);

	return memcmp(known.bytes, this.bytes, sizeof(known.bytes)) == 0;
}

static void
check_warnings(
    const struct osc_check *check, const struct osc_dir *dir, const struct osc_store *store)
{
	static const struct {
		enum osc_warning warning;
		const char *words;
	} table[] = {
	    {OSC_WARN_NO_ALGORITHM,
		"no \"algorithm\", and aiocoap 0.4b1 meant AES-CCM-64-64-128: add it"},
	    {OSC_WARN_SHORT_SECRET,
		"\"secret\" is shorter than 16 bytes: make a new context with oscore-gen"},
	    {OSC_WARN_LONG_CONTEXT,
		"\"id-context\" may be too long to be sent: make a new context with a shorter one, "
		"or use --no-kid-context"},
	    {OSC_WARN_SECRET_MODE, "others can read or write this secret: chmod 600 it"},
	    {OSC_WARN_NETWORK_FS,
		"on a network file system, where locks and renames may not be "
		"safe across machines: use a local one"},
	    {OSC_WARN_OVERLAY_FS,
		"on an overlay file system, where the state may be set back: use a volume"},
	};
	const char *secret = osc_store_settings(store)->loaded.secret_file;
	unsigned warnings = osc_store_warnings(store);

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if ((warnings & table[i].warning) != 0)
			osc_check_say(check, dir,
			    table[i].warning == OSC_WARN_SECRET_MODE ||
				    table[i].warning == OSC_WARN_SHORT_SECRET
				? secret
				: NULL,
			    "%s", table[i].words);
	if (is_published(osc_store_params(store)->master_secret))
		osc_check_say(check, dir, secret,
		    "\"secret\" is the one printed in RFC 8613: for tests only, make a new context");
}

static void
check_state(const struct osc_check *check, const struct osc_dir *dir, struct osc_store *store)
{
	const struct osc_state *state = osc_rederived_sending(store);
	const char *remedy = osc_settings_remedy(osc_store_settings(store));
	uint64_t left = OSC_SEQ_MAX + 1 - state->next, protected = osc_state_protected(state);

	if (left == 0)
		osc_check_say(
		    check, dir, OSC_SEQUENCE_FILE, "no Sender Sequence Number is left: %s", remedy);
	else if (left <= NEAR_THE_END)
		osc_check_say(check, dir, OSC_SEQUENCE_FILE,
		    "only %" PRIu64 " Sender Sequence Numbers are left: %s", left, remedy);
	if (protected > OSC_KEY_LIMIT)
		osc_check_say(check, dir, OSC_SEQUENCE_FILE,
		    "over the limit of %" PRIu64 " messages for one key: %s", OSC_KEY_LIMIT,
		    remedy);
	else if (protected >= OSC_KEY_LIMIT / 2)
		osc_check_say(check, dir, OSC_SEQUENCE_FILE,
		    "half of the %" PRIu64 " messages for one key are used: %s soon", OSC_KEY_LIMIT,
		    remedy);
}

/* Room for one more in an array on the heap; NULL if there is no memory. */
static void *
grow(void *ptr, size_t n, size_t *cap, size_t size)
{
	void *larger = ptr;

	if (n == *cap) {
		larger = realloc(ptr, (*cap == 0 ? 16 : 2 * *cap) * size);
		if (larger != NULL)
			*cap = *cap == 0 ? 16 : 2 * *cap;
	}
	return larger;
}

static enum osc_err
add_mark(struct osc_check *check, struct osc_check_marks *marks, struct osc_slice bytes)
{
	struct osc_check_mark *larger = grow(marks->ptr, marks->n, &marks->cap, sizeof(*larger));

	if (larger == NULL)
		return OSC_ENOMEM;
	marks->ptr = larger;
	larger[marks->n].path = check->paths.n - 1;
	if (!osc_secret_hash(larger[marks->n].hash, bytes.ptr, bytes.len))
		return OSC_EIO;
	marks->n++;
	return OSC_OK;
}

/* A side that a directory can be: the key it sends with, and the kid it is looked up for. */
static enum osc_err
add_side(struct osc_check *check, const struct osc_params *params)
{
	size_t room = OSC_INFO_MAX + OSC_ID_MAX + params->id_context.len;
	uint8_t *scratch = malloc(room), key[OSC_KEY_MAX];
	const struct osc_id *kid = &params->recipient_id;
	size_t len = 0;
	enum osc_err err;

	if (scratch == NULL)
		return OSC_ENOMEM;
	osc_derive_key(key, params, &params->sender_id, scratch);
	err = add_mark(check, &check->senders, osc_slice(key, params->alg->key_len));
	osc_wipe(key, sizeof(key));
	scratch[len++] = osc_is_present(params->id_context);
	scratch[len++] = kid->len;
	osc_copy(scratch + len, kid->bytes, kid->len);
	len += kid->len;
	osc_copy(scratch + len, params->id_context.ptr, params->id_context.len);
	if (err == OSC_OK)
		err = add_mark(
		    check, &check->recipients, osc_slice(scratch, len + params->id_context.len));
	free(scratch);
	return err;
}

/* Is this the name of a directory for these messages? */
static enum osc_err
is_named_for(const char *name, const struct osc_params *params, bool *same)
{
	struct osc_buffer want = {0};
	bool full;

	osc_buffer_hex(&want, osc_id_slice(&params->recipient_id));
	if (want.len == 0)
		osc_buffer_text(&want, "_");
	*same = *same || (strlen(name) == want.len && memcmp(name, want.ptr, want.len) == 0);
	if (osc_is_present(params->id_context)) {
		osc_buffer_text(&want, "@");
		osc_buffer_hex(&want, params->id_context);
		if (params->id_context.len == 0)
			osc_buffer_text(&want, "_");
		*same =
		    *same || (strlen(name) == want.len && memcmp(name, want.ptr, want.len) == 0);
	}
	full = want.full;
	osc_buffer_free(&want);
	return full ? OSC_ENOMEM : OSC_OK;
}

static enum osc_err
check_sides(
    struct osc_check *check, const struct osc_dir *dir, const struct osc_store *store, bool named)
{
	const struct osc_settings *settings = osc_store_settings(store);
	bool both = settings->dialect == OSC_DIALECT_ROLE && settings->role == OSC_ROLE_NONE;
	struct osc_params params = *osc_store_params(store), other = osc_params_mirror(&params);
	const char *slash = strrchr(dir->path, '/');
	const char *name = slash != NULL ? slash + 1 : dir->path;
	bool same = !named || !osc_index_names_a_kid(name);
	enum osc_err err = add_side(check, &params);

	if (err == OSC_OK && both)
		err = add_side(check, &other);
	if (err == OSC_OK)
		err = is_named_for(name, &params, &same);
	if (err == OSC_OK && both)
		err = is_named_for(name, &other, &same);
	if (err == OSC_OK && !same)
		osc_check_say(check, dir, NULL,
		    "named for another kid or kid context than its messages have: rename it");
	return err;
}

/* The state of one side. False: nothing can be said about the other one either. */
static enum osc_err
check_used(
    const struct osc_check *check, const struct osc_dir *dir, enum osc_role role, bool *go_on)
{
	struct osc_detail finding = {0};
	struct osc_store *store;
	enum osc_err err = osc_store_open(&store, dir->path, role, 0, &finding);

	*go_on = err == OSC_OK;
	if (osc_err_status(err) == 7) {
		check->found(check->arg, &finding);
		return OSC_OK;
	}
	if (err == OSC_OK && osc_store_check(store, &finding) != OSC_OK) {
		osc_check_say(check, dir, OSC_SEQUENCE_FILE,
		    "%s: %s; or add --moved once, if it was moved here", finding.text,
		    osc_settings_remedy(osc_store_settings(store)));
		*go_on = false;
	}
	if (*go_on)
		check_state(check, dir, store);
	osc_store_close(&store);
	return err;
}

/* What can be loaded is looked at further; why it cannot be is a finding like others. */
static enum osc_err
check_loaded(struct osc_check *check, const struct osc_dir *dir, bool named)
{
	const unsigned flags = OSC_STORE_STATIC | OSC_STORE_KEEP_SECRET;
	struct osc_detail finding = {0};
	enum osc_role role = OSC_ROLE_NONE;
	struct osc_store *store;
	enum osc_err err;
	bool go_on = true;

	err = osc_store_open(&store, dir->path, role, flags, &finding);
	if (err == OSC_ENOROLE) {
		role = OSC_ROLE_CLIENT;
		err = osc_store_open(&store, dir->path, role, flags, &finding);
	}
	if (osc_err_status(err) == 7) {
		check->found(check->arg, &finding);
		return OSC_OK;
	}
	if (err != OSC_OK)
		return err;
	check_warnings(check, dir, store);
	err = check_sides(check, dir, store, named);
	osc_store_close(&store);
	if (err == OSC_OK)
		err = check_used(check, dir, role, &go_on);
	if (err == OSC_OK && role != OSC_ROLE_NONE && go_on)
		err = check_used(check, dir, OSC_ROLE_SERVER, &go_on);
	return err;
}

static enum osc_err
add_path(struct osc_check *check, const char *path)
{
	char **larger = grow(check->paths.ptr, check->paths.n, &check->paths.cap, sizeof(*larger));
	char *copy;

	if (larger == NULL)
		return OSC_ENOMEM;
	check->paths.ptr = larger;
	copy = osc_duplicate(path, strlen(path) + 1);
	if (copy == NULL)
		return OSC_ENOMEM;
	larger[check->paths.n++] = copy;
	return OSC_OK;
}

enum osc_err
osc_check_directory(
    struct osc_check *check, const char *path, bool named, struct osc_detail *detail)
{
	struct osc_detail finding = {0};
	struct osc_dir dir;
	enum osc_err err = add_path(check, path);

	if (err == OSC_OK)
		err = osc_dir_open(&dir, path, &finding);
	if (osc_err_status(err) == 7) {
		check->found(check->arg, &finding);
		return OSC_OK;
	}
	if (err != OSC_OK)
		return osc_detail_set(detail, err, path, "%s", finding.text);
	osc_check_files(check, &dir);
	err = osc_check_keys(check, &dir);
	if (err == OSC_OK)
		err = check_loaded(check, &dir, named);
	osc_dir_close(&dir);
	return err == OSC_OK ? err : osc_detail_set(detail, err, path, "cannot be looked at");
}

static bool
is_context(const char *path)
{
	struct osc_stamp stamp;
	struct osc_dir dir;
	bool any = false;

	if (osc_dir_open(&dir, path, NULL) != OSC_OK)
		return true; /* it may be one, as below: say why it cannot be looked at */
	for (size_t i = 0; i < OSC_STATIC_FILES; i++)
		any = any || osc_stamp_follow(&stamp, dir.fd, osc_context_files[i]) ||
		    errno != ENOENT;
	osc_dir_close(&dir);
	return any;
}

static enum osc_err
check_temporaries(const struct osc_check *check, const char *path, struct osc_detail *detail)
{
	struct osc_dir dir;
	enum osc_err err = osc_dir_open(&dir, path, detail);
	struct osc_names names;
	const char *name;

	if (err != OSC_OK)
		return err;
	(void)osc_names_open(&names, dir.fd);
	while ((name = osc_names_next(&names)) != NULL)
		if (osc_tempdir_is_name(name))
			osc_check_say(check, &dir, name,
			    "holds the secret of a run of oscore-gen that was killed: the next one "
			    "beside it removes it");
	osc_names_close(&names);
	osc_dir_close(&dir);
	return OSC_OK;
}

enum osc_err
osc_check_tree(struct osc_check *check, const char *path, struct osc_detail *detail)
{
	struct osc_index index;
	bool changed;
	enum osc_err err = check_temporaries(check, path, detail);

	if (err != OSC_OK)
		return err;
	osc_index_init(&index, path);
	err = osc_index_load(&index, &changed, detail);
	for (size_t i = 0; i < index.n && err == OSC_OK; i++)
		if (S_ISDIR(index.entries[i]->seen.mode) && is_context(index.entries[i]->path))
			err = osc_check_directory(check, index.entries[i]->path, true, detail);
	osc_index_free(&index);
	return err;
}

static int
compare_marks(const void *a, const void *b)
{
	const struct osc_check_mark *left = a, *right = b;
	int order = memcmp(left->hash, right->hash, sizeof(left->hash));

	return order != 0 ? order : (left->path > right->path) - (left->path < right->path);
}

/* Say of each directory that has a mark of an earlier one. */
static void
say_twins(const struct osc_check *check, struct osc_check_marks *marks, const char *what,
    const char *advice)
{
	struct osc_detail finding = {0};
	const struct osc_check_mark *mark = marks->ptr;

	if (marks->n > 1)
		qsort(marks->ptr, marks->n, sizeof(*marks->ptr), compare_marks);
	for (size_t i = 1; i < marks->n; i++) {
		if (memcmp(mark[i].hash, mark[i - 1].hash, sizeof(mark[i].hash)) != 0 ||
		    mark[i].path == mark[i - 1].path)
			continue;
		(void)snprintf(
		    finding.path, sizeof(finding.path), "%s", check->paths.ptr[mark[i].path]);
		(void)snprintf(finding.text, sizeof(finding.text), "%s as %.100s: %s", what,
		    check->paths.ptr[mark[i - 1].path], advice);
		check->found(check->arg, &finding);
	}
}

void
osc_check_across(struct osc_check *check)
{
	say_twins(check, &check->senders, "can send with the same Sender Key",
	    "both would use the same numbers, remove one, or pin each to its role");
	say_twins(check, &check->recipients, "is for messages with the same kid and ID Context",
	    "under one directory, -C tries both");
}

void
osc_check_free(struct osc_check *check)
{
	for (size_t i = 0; i < check->paths.n; i++)
		free(check->paths.ptr[i]);
	free(check->paths.ptr);
	free(check->senders.ptr);
	free(check->recipients.ptr);
}
