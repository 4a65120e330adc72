/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/jsonload.h"
#include "base/nearest.h"
#include "store/check.h"
#include "store/contents.h"
#include "store/datum.h"
#include "store/replace.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* What other texts and programs call a datum, without _hex or _ascii. */
static const struct {
	const char *word;
	const char *key;
} synonyms[] = {
    {"master-secret", "secret"},
    {"master-salt", "salt"},
    {"kid-context", "id-context"},
    {"replay-window", "window"},
    {"window-size", "window"},
    {"aead-algorithm", "algorithm"},
    {"aead", "algorithm"},
    {"alg", "algorithm"},
    {"hkdf", "kdf-hashfun"},
    {"hkdf-algorithm", "kdf-hashfun"},
    {"hash", "kdf-hashfun"},
};

/* A sticky directory keeps its settings from those who only change the state: they may be
 * root's. All else belongs to whom the directory belongs to. */
static void
check_owner(const struct osc_check *check, const struct osc_dir *dir, const char *name, uid_t uid)
{
	if (uid != dir->uid && uid != 0)
		osc_check_say(check, dir, name,
		    "belongs to user %lu, the directory to user %lu: chown it", (unsigned long)uid,
		    (unsigned long)dir->uid);
}

static void
check_modes(const struct osc_check *check, const struct osc_dir *dir)
{
	struct osc_stamp stamp;

	if (osc_dir_is_open(dir))
		osc_check_say(
		    check, dir, NULL, "others can write to this directory: chmod go-w it");
	for (size_t i = 0; i < OSC_CONTEXT_FILES; i++) {
		const char *name = osc_context_files[i];

		if (!osc_stamp_follow(&stamp, dir->fd, name))
			continue;
		check_owner(check, dir, name, stamp.uid);
		if ((stamp.mode & S_IWOTH) != 0 && S_ISREG(stamp.mode) &&
		    strcmp(name, "settings.json") == 0)
			osc_check_say(check, dir, name, "others can write it: chmod go-w it");
		if ((stamp.mode & S_IWOTH) != 0 && i >= OSC_STATIC_FILES)
			osc_check_say(check, dir, name, "others can write it: chmod o-w it");
	}
}

static void
check_leftovers(const struct osc_check *check, const struct osc_dir *dir)
{
	struct osc_names names;
	const char *name;

	(void)osc_names_open(&names, dir->fd);
	while ((name = osc_names_next(&names)) != NULL)
		if (osc_temp_is_leftover(name))
			osc_check_say(check, dir, name,
			    "left by a run that was killed: the next use removes it");
	osc_names_close(&names);
}

void
osc_check_files(const struct osc_check *check, const struct osc_dir *dir)
{
	const int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
	bool busy;
	int fd;

	check_modes(check, dir);
	OSC_RETRY(fd, openat(dir->fd, OSC_LOCK_FILE, flags));
	busy = fd != -1 && osc_lock_try(fd) == -1 && errno == EWOULDBLOCK;
	if (busy)
		osc_check_say(check, dir, OSC_LOCK_FILE,
		    "another process holds the lock: look again when it has ended");
	else /* else it may be in use right now */
		check_leftovers(check, dir);
	if (fd != -1)
		(void)close(fd);
}

/* The key that an unknown one is meant to be, without its ending; NULL: no idea. */
static const char *
meant(struct osc_slice word)
{
	for (size_t i = 0; i < COUNT(synonyms); i++) {
		size_t len = strlen(synonyms[i].word), k = 0;

		while (k < len && k < word.len &&
		    (synonyms[i].word[k] == (char)word.ptr[k] ||
			(synonyms[i].word[k] == '-' && word.ptr[k] == '_')))
			k++;
		if (k == len && k == word.len)
			return synonyms[i].key;
	}
	return osc_name_nearest(word, osc_data_key);
}

static void
check_unknown(
    const struct osc_check *check, const struct osc_dir *dir, const char *file, const char *key)
{
	static const char *const endings[] = {"_hex", "_ascii", ""};
	size_t len = strlen(key), i = 0, cut;
	const char *name;

	while (i < COUNT(endings) - 1 &&
	    (len < strlen(endings[i]) || strcmp(key + len - strlen(endings[i]), endings[i]) != 0))
		i++;
	cut = len - strlen(endings[i]);
	name = meant(osc_slice((const uint8_t *)key, cut));
	if (name != NULL)
		osc_check_say(check, dir, file,
		    "\"%.40s\": unknown key, nothing reads it; did you mean \"%s%s\"?", key, name,
		    endings[i]);
	else
		osc_check_say(
		    check, dir, file, "\"%.40s\": unknown key, nothing reads it: remove it", key);
}

/* What aiocoap's generate() wrote, and its loader does not read. */
static void
check_alias(const struct osc_check *check, const struct osc_dir *dir, const char *file,
    const char *key, enum osc_datum datum)
{
	const char *name = osc_data_name(datum);
	size_t len = strlen(name), ending = strcspn(key, "_");

	if (ending == len && strncmp(key, name, len) == 0)
		return;
	osc_check_say(check, dir, file, "\"%s\": aiocoap does not read it: name it \"%s%s\"", key,
	    name, key + ending);
}

/* aiocoap knows algorithms by their names only. */
static void
check_algorithm(const struct osc_check *check, const struct osc_dir *dir, const char *file,
    const struct osc_json *json, const struct json_t *value)
{
	const struct osc_alg *alg = NULL;
	struct osc_integer number;

	if (osc_json_integer(json, value, &number) && !number.negative && !number.wide &&
	    number.value <= INT32_MAX)
		alg = osc_alg_by_number((int64_t)number.value);
	if (alg != NULL)
		osc_check_say(check, dir, file,
		    "\"algorithm\": aiocoap does not read a number: write \"%s\"", alg->name);
}

static enum osc_err
check_file(const struct osc_check *check, const struct osc_dir *dir,
    const struct osc_static_file *file, bool *pair)
{
	struct osc_json json = {0};
	struct json_t *value;
	enum osc_datum datum;
	enum osc_form form;
	const char *key;
	void *iter = NULL;
	enum osc_err err = osc_json_load(&json, file->text, OSC_ECONTEXT, NULL);

	/* What is wrong with the text loading it says. */
	if (err != OSC_OK)
		return err == OSC_ENOMEM ? err : OSC_OK;
	while (osc_json_next(json.root, &iter, &key, &value)) {
		if (!osc_data_recognise(key, &datum, &form)) {
			check_unknown(check, dir, file->name, key);
			continue;
		}
		check_alias(check, dir, file->name, key, datum);
		if (datum == OSC_DATUM_ALGORITHM)
			check_algorithm(check, dir, file->name, &json, value);
		*pair = *pair || datum == OSC_DATUM_SENDER_ID || datum == OSC_DATUM_RECIPIENT_ID;
	}
	osc_json_free(&json);
	return OSC_OK;
}

enum osc_err
osc_check_keys(const struct osc_check *check, const struct osc_dir *dir)
{
	struct osc_data data;
	bool pair = false;
	enum osc_err err = osc_data_read(&data, dir, NULL);

	/* A file that cannot be read keeps the context from being loaded, too. */
	if (err != OSC_OK)
		return err == OSC_ENOMEM ? err : OSC_OK;
	for (size_t i = 0; i < OSC_STATIC_FILES && err == OSC_OK; i++)
		if (data.files[i].there)
			err = check_file(check, dir, &data.files[i], &pair);
	if (pair && data.files[1].there)
		osc_check_say(check, dir, data.files[1].name,
		    "aiocoap does not read this file beside \"sender-id\": name it secret.json");
	osc_data_free(&data);
	return err;
}
