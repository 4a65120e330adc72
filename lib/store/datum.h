/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_STORE_DATUM_H
#define OSC_STORE_DATUM_H

#include "base/jsonload.h"
#include "store/contents.h"
#include "store/file.h"
#include "store/settings.h"

/*
 * The static files of a directory as one set of data: which datum stands where,
 * and in which form. A datum may stand in any of the files, but only once.
 */

enum osc_datum {
	OSC_DATUM_SENDER_ID,
	OSC_DATUM_RECIPIENT_ID,
	OSC_DATUM_CLIENT_ID,
	OSC_DATUM_SERVER_ID,
	OSC_DATUM_SECRET,
	OSC_DATUM_SALT,
	OSC_DATUM_ID_CONTEXT,
	OSC_DATUM_ALGORITHM,
	OSC_DATUM_HASH,
	OSC_DATUM_WINDOW,
	OSC_DATUM_ROLE,
	OSC_DATUM_SEQUENCE_FILE,
	OSC_DATUM_REDERIVE,
	OSC_DATA, /* how many there are */
};

#define OSC_STATIC_MAX 65536 /* bytes in the largest static file */

/* How a datum is written: KEY_hex, KEY_ascii, KEY. */
enum osc_form { OSC_FORM_HEX, OSC_FORM_ASCII, OSC_FORM_VALUE };

struct osc_data {
	const struct osc_dir *dir;
	struct osc_static_file {
		const char *name;
		bool there;
		struct osc_stamp stamp;
		struct osc_slice text;
		struct osc_json json;
	} files[OSC_STATIC_FILES];
	struct osc_buffer texts[OSC_STATIC_FILES]; /* what was read; files may borrow from it */
	struct osc_found {
		const struct osc_static_file *file; /* NULL: the datum is not there */
		const char *key;
		enum osc_form form;
		struct json_t *value;
	} found[OSC_DATA];
	bool near; /* an unknown key is near a known one */
};

/* osc_data_init - no file is there yet. Those that are get there, mode and text, either by
 * osc_data_read or, with texts that outlive the data, by the caller. */
void osc_data_init(struct osc_data *data, const struct osc_dir *dir);

/*
 * osc_data_read - read settings.json, secrets.json and secret.json, as far as they exist
 *
 * data  need not be initialised
 *
 * Returns OSC_OK, OSC_ECONTEXT, OSC_EIO or OSC_ENOMEM, with file and reason in the detail;
 * after an error there is nothing to free.
 */
enum osc_err osc_data_read(
    struct osc_data *data, const struct osc_dir *dir, struct osc_detail *detail);

/*
 * osc_data_parse - find the data in the texts
 *
 * Unknown keys are ignored. Returns OSC_OK, OSC_ECONTEXT with file, key and
 * reason in the detail (a datum twice, malformed JSON, no file at all ...), or
 * OSC_ENOMEM; after an error there is nothing to free.
 */
enum osc_err osc_data_parse(struct osc_data *data, struct osc_detail *detail);

/*
 * osc_data_load_some - both for who wants to know what can be known
 *
 * A file that cannot be read or is malformed holds nothing, or what stands before the
 * error. Returns OSC_OK, OSC_ECONTEXT if there is no file at all, OSC_EIO if a file cannot be
 * read now for a reason that is not its own, or OSC_ENOMEM.
 */
enum osc_err osc_data_load_some(struct osc_data *data, const struct osc_dir *dir);

/* osc_data_free - wipe and free everything that was read */
void osc_data_free(struct osc_data *data);

/* osc_data_has - was it given? */
bool osc_data_has(const struct osc_data *data, enum osc_datum datum);

/* osc_data_recognise - which datum a key means, and in which form; false for an unknown key */
bool osc_data_recognise(const char *key, enum osc_datum *datum, enum osc_form *form);

/* osc_data_key - the keys, without _hex or _ascii, from 0; NULL behind the last */
const char *osc_data_key(size_t i);

/* osc_data_name - its key, without _hex or _ascii */
const char *osc_data_name(enum osc_datum datum);

/* osc_data_fail - OSC_ECONTEXT: "KEY" WHY, in the file where the datum stands, or, if it is
 * not there, in the directory */
enum osc_err osc_data_fail(
    const struct osc_data *data, enum osc_datum datum, const char *why, struct osc_detail *detail);

/*
 * osc_data_bytes - a datum in hex or ASCII
 *
 * out  max bytes
 *
 * Returns OSC_OK or OSC_ECONTEXT.
 */
enum osc_err osc_data_bytes(const struct osc_data *data, enum osc_datum datum, uint8_t *out,
    size_t max, size_t *len, struct osc_detail *detail);

/* osc_data_size - room that is enough for osc_data_bytes */
size_t osc_data_size(const struct osc_data *data, enum osc_datum datum);

/*
 * osc_data_value - a datum that is written as a JSON value, NULL if it is not there
 *
 * Returns OSC_OK, or OSC_ECONTEXT if it is written as hex or ASCII.
 */
enum osc_err osc_data_value(const struct osc_data *data, enum osc_datum datum,
    const struct json_t **value, struct osc_detail *detail);

/* osc_data_integer - a value as a plain integer, as osc_json_integer */
bool osc_data_integer(const struct osc_data *data, enum osc_datum datum, struct osc_integer *out);

#endif
