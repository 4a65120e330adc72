/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/cpu.h"
#include "base/secret.h"
#include "store/contents.h"
#include "store/datum.h"
#include "store/settings.h"

#define SECRET_SHORT 16 /* bytes; less gets a warning */

/* OSCORE option: flags, Partial IV and the length of the kid context take 7 bytes of 255. */
#define OPTION_FOR_IDS (OSC_OPTION_MAX - 7)

/* What is being loaded. */
struct loading {
	struct osc_data *data;
	struct osc_settings *out;
	struct osc_detail *detail;
};

static enum osc_err
load_algorithm(struct loading *l)
{
	struct osc_integer number;
	struct osc_slice name;
	const struct json_t *value;
	const struct osc_alg *alg;
	char why[240] = "is none of";
	enum osc_err err;
	size_t len;

	err = osc_data_value(l->data, OSC_DATUM_ALGORITHM, &value, l->detail);
	if (err != OSC_OK)
		return err;
	if (value == NULL) {
		l->out->params.alg = osc_alg_by_number(OSC_ALG_DEFAULT);
		return OSC_OK;
	}
	if (osc_data_integer(l->data, OSC_DATUM_ALGORITHM, &number)) {
		if (!number.negative && !number.wide && number.value <= INT32_MAX)
			l->out->params.alg = osc_alg_by_number((int64_t)number.value);
	} else if (osc_json_string(value, &name))
		l->out->params.alg = osc_alg_by_name(name);
	else
		return osc_data_fail(
		    l->data, OSC_DATUM_ALGORITHM, "is no string and no integer", l->detail);
	if (l->out->params.alg != NULL)
		return OSC_OK;
	for (size_t i = 0; (alg = osc_alg_at(i)) != NULL; i++) {
		len = strlen(why);
		(void)snprintf(why + len, sizeof(why) - len, "%s %s", i == 0 ? "" : ",", alg->name);
	}
	return osc_data_fail(l->data, OSC_DATUM_ALGORITHM, why, l->detail);
}

static enum osc_err
load_hash(struct loading *l)
{
	const struct json_t *value;
	struct osc_slice name;
	enum osc_err err;

	l->out->params.hash = OSC_SHA256;
	err = osc_data_value(l->data, OSC_DATUM_HASH, &value, l->detail);
	if (err != OSC_OK || value == NULL)
		return err;
	if (!osc_json_string(value, &name))
		return osc_data_fail(l->data, OSC_DATUM_HASH, "is not a string", l->detail);
	if (!osc_hash_by_name(&l->out->params.hash, name))
		return osc_data_fail(
		    l->data, OSC_DATUM_HASH, "is none of sha256, sha384, sha512", l->detail);
	return OSC_OK;
}

static enum osc_err
load_window(struct loading *l)
{
	const struct json_t *value;
	struct osc_integer size;
	enum osc_err err;

	l->out->window = OSC_WINDOW_DEFAULT;
	err = osc_data_value(l->data, OSC_DATUM_WINDOW, &value, l->detail);
	if (err != OSC_OK || value == NULL)
		return err;
	if (!osc_data_integer(l->data, OSC_DATUM_WINDOW, &size))
		return osc_data_fail(
		    l->data, OSC_DATUM_WINDOW, "is not a plain integer", l->detail);
	if (size.negative || size.wide || size.value < 1 || size.value > OSC_WINDOW_MAX)
		return osc_data_fail(l->data, OSC_DATUM_WINDOW, "is not in 1..4096", l->detail);
	l->out->window = (uint32_t)size.value;
	return OSC_OK;
}

/* A datum that is true or false; false if it is not there. */
static enum osc_err
load_bool(struct loading *l, enum osc_datum datum, bool *out)
{
	const struct json_t *value;
	enum osc_err err = osc_data_value(l->data, datum, &value, l->detail);

	if (err == OSC_OK && value != NULL && !osc_json_bool(value, out))
		err = osc_data_fail(l->data, datum, "is neither true nor false", l->detail);
	return err;
}

static enum osc_err
load_flags(struct loading *l)
{
	const struct json_t *role;
	struct osc_slice name;
	enum osc_err err;

	err = osc_data_value(l->data, OSC_DATUM_ROLE, &role, l->detail);
	if (err == OSC_OK)
		err = load_bool(l, OSC_DATUM_SEQUENCE_FILE, &l->out->sequence_file);
	if (err == OSC_OK)
		err = load_bool(l, OSC_DATUM_REDERIVE, &l->out->rederive);
	if (err != OSC_OK)
		return err;
	if (role == NULL)
		return OSC_OK;
	if (!osc_json_string(role, &name))
		name = osc_slice(NULL, 0);
	if (osc_slice_equal(name, osc_slice((const uint8_t *)"client", 6)))
		l->out->role = OSC_ROLE_CLIENT;
	else if (osc_slice_equal(name, osc_slice((const uint8_t *)"server", 6)))
		l->out->role = OSC_ROLE_SERVER;
	else
		return osc_data_fail(
		    l->data, OSC_DATUM_ROLE, "is neither \"client\" nor \"server\"", l->detail);
	return OSC_OK;
}

static enum osc_err
load_id(struct loading *l, enum osc_datum datum, struct osc_id *id)
{
	/* Without an algorithm, whatever any could take. */
	size_t max = l->out->params.alg != NULL ? osc_alg_id_max(l->out->params.alg)
						: sizeof(id->bytes),
	       len;
	uint8_t bytes[OSC_SECRET_MAX];
	enum osc_err err;
	char why[96];

	if (!osc_data_has(l->data, datum))
		return osc_data_fail(l->data, datum, "is missing", l->detail);
	err = osc_data_bytes(l->data, datum, bytes, sizeof(bytes), &len, l->detail);
	if (err != OSC_OK)
		return err;
	if (len > max) {
		(void)snprintf(why, sizeof(why), "is longer than %zu bytes, the limit of %s", max,
		    l->out->params.alg != NULL ? l->out->params.alg->name : "any algorithm");
		return osc_data_fail(l->data, datum, why, l->detail);
	}
	id->len = (uint8_t)len;
	osc_copy(id->bytes, bytes, len);
	return OSC_OK;
}

static enum osc_err
load_ids(struct loading *l)
{
	const struct osc_data *data = l->data;
	bool pair, role;
	enum osc_err err;

	pair =
	    osc_data_has(data, OSC_DATUM_SENDER_ID) || osc_data_has(data, OSC_DATUM_RECIPIENT_ID);
	role = osc_data_has(data, OSC_DATUM_CLIENT_ID) || osc_data_has(data, OSC_DATUM_SERVER_ID);
	if (pair == role) {
		osc_dir_where(l->detail, data->dir, NULL);
		return osc_detail_set(l->detail, OSC_ECONTEXT, NULL,
		    pair ? "holds both \"sender-id\", \"recipient-id\" and \"client-sender-id\", "
			   "\"server-sender-id\""
			 : "holds neither \"sender-id\", \"recipient-id\" nor "
			   "\"client-sender-id\", \"server-sender-id\"");
	}
	l->out->dialect = pair ? OSC_DIALECT_PAIR : OSC_DIALECT_ROLE;
	err =
	    load_id(l, pair ? OSC_DATUM_SENDER_ID : OSC_DATUM_CLIENT_ID, &l->out->params.sender_id);
	if (err == OSC_OK)
		err = load_id(l, pair ? OSC_DATUM_RECIPIENT_ID : OSC_DATUM_SERVER_ID,
		    &l->out->params.recipient_id);
	return err;
}

static size_t
room_for(const struct osc_data *data, enum osc_datum datum)
{
	size_t size = osc_data_size(data, datum);

	return size < OSC_SECRET_MAX ? size : OSC_SECRET_MAX;
}

/* Secret and salt lie in one piece of secret memory. */
static enum osc_err
load_secret(struct loading *l)
{
	struct osc_loaded *loaded = &l->out->loaded;
	const struct osc_data *data = l->data;
	size_t room = room_for(data, OSC_DATUM_SECRET), salt_room = room_for(data, OSC_DATUM_SALT);
	struct osc_slice secret, salt = {0};
	enum osc_err err;

	if (!osc_data_has(data, OSC_DATUM_SECRET))
		return osc_data_fail(data, OSC_DATUM_SECRET, "is missing", l->detail);
	loaded->secret_size = room + salt_room;
	loaded->secret = osc_secret_alloc(loaded->secret_size);
	if (loaded->secret == NULL)
		return OSC_ENOMEM;
	secret.ptr = loaded->secret;
	salt.ptr = loaded->secret + room;
	err = osc_data_bytes(data, OSC_DATUM_SECRET, loaded->secret, room, &secret.len, l->detail);
	if (err == OSC_OK && secret.len == 0)
		err = osc_data_fail(data, OSC_DATUM_SECRET, "is empty", l->detail);
	if (err == OSC_OK && osc_data_has(data, OSC_DATUM_SALT))
		err = osc_data_bytes(
		    data, OSC_DATUM_SALT, loaded->secret + room, salt_room, &salt.len, l->detail);
	l->out->params.master_secret = secret;
	l->out->params.master_salt = salt;
	return err;
}

static enum osc_err
load_id_context(struct loading *l)
{
	size_t room = osc_data_size(l->data, OSC_DATUM_ID_CONTEXT), len;
	uint8_t *bytes;
	enum osc_err err;

	if (!osc_data_has(l->data, OSC_DATUM_ID_CONTEXT))
		return OSC_OK;
	bytes = malloc(room + 1);
	if (bytes == NULL)
		return OSC_ENOMEM;
	err = osc_data_bytes(l->data, OSC_DATUM_ID_CONTEXT, bytes, room, &len, l->detail);
	l->out->loaded.id_context = bytes;
	if (err == OSC_OK)
		l->out->params.id_context = osc_slice(bytes, len);
	return err;
}

static struct osc_static_mark
mark_of(const struct osc_stamp *stamp)
{
	return (struct osc_static_mark){
	    .dev = stamp->dev,
	    .ino = stamp->ino,
	    .size = stamp->size,
	    .btime = stamp->btime,
	    .mtime = stamp->mtime,
	    .ctime = stamp->ctime,
	};
}

static bool
is_same(const struct osc_static_mark *a, const struct osc_static_mark *b)
{
	return a->dev == b->dev && a->ino == b->ino && a->size == b->size && a->btime == b->btime &&
	    a->mtime == b->mtime && a->ctime == b->ctime;
}

static void
find_warnings(struct loading *l)
{
	const struct osc_static_file *file = l->data->found[OSC_DATUM_SECRET].file;
	struct osc_settings *s = l->out;

	s->loaded.secret_file = file->name;
	for (size_t i = 0; i < OSC_STATIC_FILES; i++)
		if (l->data->files[i].there)
			s->loaded.marks[i] = mark_of(&l->data->files[i].stamp);
	if ((file->stamp.mode & (S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH)) != 0)
		s->loaded.warnings |= OSC_WARN_SECRET_MODE;
	if (l->data->near)
		s->loaded.warnings |= OSC_WARN_NEAR_KEY;
	if (s->params.master_secret.len < SECRET_SHORT)
		s->loaded.warnings |= OSC_WARN_SHORT_SECRET;
	if (s->dialect == OSC_DIALECT_ROLE && !osc_data_has(l->data, OSC_DATUM_ALGORITHM))
		s->loaded.warnings |= OSC_WARN_NO_ALGORITHM;
	if (s->params.alg->kind == OSC_CHACHA20_POLY1305)
		(void)osc_sodium_start();
	else if (osc_cpu_lacks_aes())
		s->loaded.warnings |= OSC_WARN_NO_AES;
}

enum osc_err
osc_settings_load(
    struct osc_settings *settings, const struct osc_dir *dir, struct osc_detail *detail)
{
	struct osc_data data;
	enum osc_err err = osc_data_read(&data, dir, detail);

	if (err == OSC_OK)
		return osc_settings_parse(settings, &data, detail);
	memset(settings, 0, sizeof(*settings));
	return err;
}

enum osc_err
osc_settings_parse(struct osc_settings *settings, struct osc_data *data, struct osc_detail *detail)
{
	static enum osc_err (*const steps[])(struct loading *) = {load_algorithm, load_hash,
	    load_window, load_flags, load_ids, load_secret, load_id_context};
	struct loading l = {.data = data, .out = settings, .detail = detail};
	enum osc_err err;

	memset(settings, 0, sizeof(*settings));
	err = osc_data_parse(data, detail);
	if (err != OSC_OK)
		return err;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]) && err == OSC_OK; i++)
		err = steps[i](&l);
	if (err == OSC_OK) {
		find_warnings(&l);
		osc_dir_where(detail, data->dir, NULL);
		err = osc_settings_check(settings, detail);
	}
	osc_data_free(data);
	if (err != OSC_OK)
		osc_settings_wipe(settings);
	return err;
}

enum osc_err
osc_settings_identify(struct osc_settings *settings, const struct osc_dir *dir, bool *known)
{
	struct osc_data data;
	struct loading l = {.data = &data, .out = settings};
	enum osc_err err, ids, id_context;

	memset(settings, 0, sizeof(*settings));
	*known = false;
	err = osc_data_load_some(&data, dir);
	if (err != OSC_OK)
		return err;
	ids = load_ids(&l);
	id_context = load_id_context(&l);
	/* Where the IDs say which side it is, the role adds nothing. */
	*known = ids == OSC_OK && id_context == OSC_OK &&
	    (load_flags(&l) == OSC_OK || settings->dialect == OSC_DIALECT_PAIR);
	osc_data_free(&data);
	return id_context == OSC_ENOMEM ? id_context : OSC_OK;
}

enum osc_err
osc_settings_unchanged(
    const struct osc_settings *settings, const struct osc_dir *dir, struct osc_detail *detail)
{
	struct osc_static_mark now;
	struct osc_stamp stamp;

	for (size_t i = 0; i < OSC_STATIC_FILES; i++) {
		memset(&stamp, 0, sizeof(stamp));
		(void)osc_stamp_follow(&stamp, dir->fd, osc_context_files[i]);
		now = mark_of(&stamp);
		if (is_same(&settings->loaded.marks[i], &now))
			continue;
		osc_dir_where(detail, dir, osc_context_files[i]);
		return osc_detail_set(
		    detail, OSC_ESETTINGS, NULL, "was changed since this run has read it");
	}
	return OSC_OK;
}

static enum osc_err
check_id(
    const struct osc_alg *alg, const struct osc_id *id, const char *name, struct osc_detail *detail)
{
	if (id->len <= osc_alg_id_max(alg))
		return OSC_OK;
	return osc_detail_set(detail, OSC_ECONTEXT, NULL,
	    "\"%s\" is longer than %zu bytes, the limit of %s", name, osc_alg_id_max(alg),
	    alg->name);
}

/* One state of runs belongs to one side. */
static enum osc_err
check_rederive(const struct osc_settings *settings, struct osc_detail *detail)
{
	if (!settings->rederive || settings->dialect == OSC_DIALECT_PAIR ||
	    settings->role != OSC_ROLE_NONE)
		return OSC_OK;
	(void)osc_detail_set(detail, OSC_ECONTEXT, NULL, "rederive needs a fixed role");
	osc_detail_hint(detail,
	    "add \"role\": \"client\" or \"server\" to settings.json, whichever side this "
	    "machine is");
	return OSC_ECONTEXT;
}

enum osc_err
osc_settings_check(const struct osc_settings *settings, struct osc_detail *detail)
{
	const struct osc_params *params = &settings->params;
	bool pair = settings->dialect == OSC_DIALECT_PAIR;
	const char *first = pair ? "sender-id" : "client-sender-id";
	const char *second = pair ? "recipient-id" : "server-sender-id";
	enum osc_err err;

	err = check_id(params->alg, &params->sender_id, first, detail);
	if (err == OSC_OK)
		err = check_id(params->alg, &params->recipient_id, second, detail);
	if (err != OSC_OK)
		return err;
	if (osc_slice_equal(osc_id_slice(&params->sender_id), osc_id_slice(&params->recipient_id)))
		return osc_detail_set(detail, OSC_ECONTEXT, NULL,
		    "\"%s\" and \"%s\" are equal: both sides would use the same key", first,
		    second);
	if (params->master_secret.len < 1 || params->master_secret.len > OSC_SECRET_MAX)
		return osc_detail_set(
		    detail, OSC_ECONTEXT, NULL, "\"secret\" is not 1..255 bytes long");
	if (params->master_salt.len > OSC_SECRET_MAX)
		return osc_detail_set(
		    detail, OSC_ECONTEXT, NULL, "\"salt\" is longer than 255 bytes");
	if (settings->window < 1 || settings->window > OSC_WINDOW_MAX)
		return osc_detail_set(detail, OSC_ECONTEXT, NULL, "\"window\" is not in 1..4096");
	return check_rederive(settings, detail);
}

static enum osc_err
check_role(const struct osc_settings *s, enum osc_role role, struct osc_detail *detail)
{
	static const char *const names[] = {
	    [OSC_ROLE_NONE] = "", [OSC_ROLE_CLIENT] = "client", [OSC_ROLE_SERVER] = "server"};

	if (s->role != OSC_ROLE_NONE && role != OSC_ROLE_NONE && role != s->role)
		return osc_detail_set(detail, OSC_EROLE, NULL,
		    "this directory is for the %s, not for the %s", names[s->role], names[role]);
	if (s->dialect == OSC_DIALECT_ROLE && s->role == OSC_ROLE_NONE && role == OSC_ROLE_NONE)
		return osc_detail_set(detail, OSC_ENOROLE, NULL,
		    "this directory serves client and server: say which one this machine is");
	return OSC_OK;
}

struct osc_params
osc_settings_view(const struct osc_settings *settings, enum osc_role role)
{
	enum osc_role side = settings->role != OSC_ROLE_NONE ? settings->role : role;

	if (settings->dialect == OSC_DIALECT_ROLE && side == OSC_ROLE_SERVER)
		return osc_params_mirror(&settings->params);
	return settings->params;
}

enum osc_err
osc_settings_params(const struct osc_settings *settings, enum osc_role role,
    struct osc_params *params, struct osc_detail *detail)
{
	enum osc_err err = check_role(settings, role, detail);

	if (err == OSC_OK)
		*params = osc_settings_view(settings, role);
	return err;
}

bool
osc_settings_long_context(const struct osc_params *params)
{
	return osc_is_present(params->id_context) &&
	    params->id_context.len + params->sender_id.len > OPTION_FOR_IDS;
}

const char *
osc_settings_remedy(const struct osc_settings *settings)
{
	return settings->rederive ? "derive the keys anew, with oscore-protect --rederive"
				  : "make a new context";
}

void
osc_settings_forget(struct osc_settings *settings)
{
	osc_secret_free(settings->loaded.secret, settings->loaded.secret_size);
	settings->loaded.secret = NULL;
	settings->params.master_secret = settings->params.master_salt = osc_slice(NULL, 0);
}

void
osc_settings_wipe(struct osc_settings *settings)
{
	osc_settings_forget(settings);
	free(settings->loaded.id_context);
	settings->loaded.id_context = NULL;
	settings->params.id_context = OSC_ABSENT;
}
