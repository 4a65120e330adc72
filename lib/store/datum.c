/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <stdio.h>

#include "base/ascii.h"
#include "base/nearest.h"
#include "base/secret.h"
#include "store/datum.h"

/* An alias is what aiocoap's generate() wrote. */
static const struct key {
	const char *name;
	enum osc_datum datum;
} keys[] = {
    {"sender-id", OSC_DATUM_SENDER_ID},
    {"recipient-id", OSC_DATUM_RECIPIENT_ID},
    {"client-sender-id", OSC_DATUM_CLIENT_ID},
    {"server-sender-id", OSC_DATUM_SERVER_ID},
    {"secret", OSC_DATUM_SECRET},
    {"salt", OSC_DATUM_SALT},
    {"id-context", OSC_DATUM_ID_CONTEXT},
    {"algorithm", OSC_DATUM_ALGORITHM},
    {"kdf-hashfun", OSC_DATUM_HASH},
    {"window", OSC_DATUM_WINDOW},
    {"role", OSC_DATUM_ROLE},
    {"sequence-file", OSC_DATUM_SEQUENCE_FILE},
    {"rederive", OSC_DATUM_REDERIVE},
    {"client-id", OSC_DATUM_CLIENT_ID},
    {"server-id", OSC_DATUM_SERVER_ID},
};

#define KEYS (sizeof(keys) / sizeof(keys[0]))

const char *
osc_data_key(size_t i)
{
	return i < KEYS ? keys[i].name : NULL;
}

const char *
osc_data_name(enum osc_datum datum)
{
	size_t i = 0;

	while (keys[i].datum != datum)
		i++;
	return keys[i].name;
}

static size_t
strip(const char *key, const char *suffix)
{
	size_t len = strlen(key), end = strlen(suffix);

	return len > end && strcmp(key + len - end, suffix) == 0 ? len - end : 0;
}

bool
osc_data_recognise(const char *key, enum osc_datum *datum, enum osc_form *form)
{
	size_t len;

	*form = OSC_FORM_HEX;
	len = strip(key, "_hex");
	if (len == 0) {
		*form = OSC_FORM_ASCII;
		len = strip(key, "_ascii");
	}
	if (len == 0) {
		*form = OSC_FORM_VALUE;
		len = strlen(key);
	}
	for (size_t i = 0; i < KEYS; i++)
		if (strlen(keys[i].name) == len && memcmp(keys[i].name, key, len) == 0) {
			*datum = keys[i].datum;
			return true;
		}
	return false;
}

/* A misspelt one, perhaps: what it says is not read. */
static bool
is_near(const char *key)
{
	size_t len = strip(key, "_hex");

	if (len == 0)
		len = strip(key, "_ascii");
	if (len == 0)
		len = strlen(key);
	return osc_name_nearest(osc_slice((const uint8_t *)key, len), osc_data_key) != NULL;
}

static enum osc_err
collect(struct osc_data *data, struct osc_static_file *file, struct osc_detail *detail)
{
	struct osc_found *found;
	struct json_t *value;
	enum osc_datum datum;
	enum osc_form form;
	const char *key;
	void *iter = NULL;

	while (osc_json_next(file->json.root, &iter, &key, &value)) {
		if (!osc_data_recognise(key, &datum, &form)) {
			data->near = data->near || is_near(key);
			continue;
		}
		found = &data->found[datum];
		if (found->file != NULL)
			return osc_detail_set(detail, OSC_ECONTEXT, NULL,
			    "\"%s\" is given twice: \"%s\" in %s and \"%s\" in %s",
			    osc_data_name(datum), found->key, found->file->name, key, file->name);
		*found = (struct osc_found){file, key, form, value};
	}
	return OSC_OK;
}

/* One file as it is; data->texts keeps its bytes. */
static enum osc_err
read_file(struct osc_data *data, size_t i, struct osc_detail *detail)
{
	const struct osc_file_rule rule = {OSC_STATIC_MAX, true, OSC_ECONTEXT};
	struct osc_static_file *file = &data->files[i];
	enum osc_err err;

	err = osc_file_read(
	    data->dir, file->name, &rule, &data->texts[i], &file->there, &file->stamp, detail);
	if (err != OSC_OK || !file->there)
		return err;
	file->text = osc_slice(data->texts[i].ptr, data->texts[i].len);
	return OSC_OK;
}

static enum osc_err
parse_file(struct osc_data *data, struct osc_static_file *file, struct osc_detail *detail)
{
	enum osc_err err;

	osc_dir_where(detail, data->dir, file->name);
	err = osc_json_load(&file->json, file->text, OSC_ECONTEXT, detail);
	return err == OSC_OK ? collect(data, file, detail) : err;
}

static enum osc_err
fail_none(const struct osc_data *data, struct osc_detail *detail)
{
	osc_dir_where(detail, data->dir, NULL);
	return osc_detail_set(detail, OSC_ECONTEXT, NULL,
	    "not a context: no settings.json, secrets.json or secret.json");
}

void
osc_data_init(struct osc_data *data, const struct osc_dir *dir)
{
	memset(data, 0, sizeof(*data));
	data->dir = dir;
	for (size_t i = 0; i < OSC_STATIC_FILES; i++)
		data->files[i].name = osc_context_files[i];
}

enum osc_err
osc_data_read(struct osc_data *data, const struct osc_dir *dir, struct osc_detail *detail)
{
	enum osc_err err = OSC_OK;

	osc_data_init(data, dir);
	for (size_t i = 0; i < OSC_STATIC_FILES && err == OSC_OK; i++)
		err = read_file(data, i, detail);
	if (err != OSC_OK)
		osc_data_free(data);
	return err;
}

enum osc_err
osc_data_parse(struct osc_data *data, struct osc_detail *detail)
{
	enum osc_err err = OSC_OK;
	bool any = false;

	for (size_t i = 0; i < OSC_STATIC_FILES && err == OSC_OK; i++) {
		if (!data->files[i].there)
			continue;
		any = true;
		err = parse_file(data, &data->files[i], detail);
	}
	if (err == OSC_OK && !any)
		err = fail_none(data, detail);
	if (err != OSC_OK)
		osc_data_free(data);
	return err;
}

enum osc_err
osc_data_load_some(struct osc_data *data, const struct osc_dir *dir)
{
	enum osc_err err = OSC_OK;
	bool any = false;

	osc_data_init(data, dir);
	for (size_t i = 0; i < OSC_STATIC_FILES && err != OSC_ENOMEM && err != OSC_EIO; i++) {
		err = read_file(data, i, NULL);
		any = any || data->files[i].there || err != OSC_OK;
		if (err == OSC_OK && data->files[i].there)
			err = parse_file(data, &data->files[i], NULL);
	}
	if (err != OSC_ENOMEM && err != OSC_EIO)
		err = any ? OSC_OK : fail_none(data, NULL);
	if (err != OSC_OK)
		osc_data_free(data);
	return err;
}

void
osc_data_free(struct osc_data *data)
{
	for (size_t i = 0; i < OSC_STATIC_FILES; i++) {
		osc_json_free(&data->files[i].json);
		osc_buffer_free(&data->texts[i]);
	}
	memset(data->found, 0, sizeof(data->found));
}

bool
osc_data_has(const struct osc_data *data, enum osc_datum datum)
{
	return data->found[datum].file != NULL;
}

enum osc_err
osc_data_fail(
    const struct osc_data *data, enum osc_datum datum, const char *why, struct osc_detail *detail)
{
	const struct osc_found *found = &data->found[datum];

	osc_dir_where(detail, data->dir, found->file != NULL ? found->file->name : NULL);
	return osc_detail_set(detail, OSC_ECONTEXT, NULL, "\"%s\" %s",
	    found->file != NULL ? found->key : osc_data_name(datum), why);
}

static enum osc_err
fail_column(const struct osc_data *data, enum osc_datum datum, size_t at, const char *what,
    struct osc_detail *detail)
{
	char why[64];

	(void)snprintf(why, sizeof(why), "is not %s: character %zu of the value", what, at + 1);
	return osc_data_fail(data, datum, why, detail);
}

static enum osc_err
fail_long(const struct osc_data *data, enum osc_datum datum, size_t max, struct osc_detail *detail)
{
	char why[64];

	(void)snprintf(why, sizeof(why), "is longer than %zu bytes", max);
	return osc_data_fail(data, datum, why, detail);
}

static enum osc_err
decode_hex(const struct osc_data *data, enum osc_datum datum, struct osc_slice text, uint8_t *out,
    size_t max, size_t *len, struct osc_detail *detail)
{
	size_t bad = 0;

	if (osc_secret_hex(out, max, len, (const char *)text.ptr, text.len))
		return OSC_OK;
	while (bad < text.len && osc_hex_value(text.ptr[bad]) >= 0)
		bad++;
	if (bad < text.len)
		return fail_column(data, datum, bad, "hex", detail);
	if (text.len % 2 != 0)
		return osc_data_fail(data, datum, "has an odd number of hex digits", detail);
	return fail_long(data, datum, max, detail);
}

static enum osc_err
decode_ascii(const struct osc_data *data, enum osc_datum datum, struct osc_slice text, uint8_t *out,
    size_t max, size_t *len, struct osc_detail *detail)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] > 0x7f)
			return fail_column(data, datum, i, "ASCII", detail);
	if (text.len > max)
		return fail_long(data, datum, max, detail);
	osc_copy(out, text.ptr, text.len);
	*len = text.len;
	return OSC_OK;
}

enum osc_err
osc_data_bytes(const struct osc_data *data, enum osc_datum datum, uint8_t *out, size_t max,
    size_t *len, struct osc_detail *detail)
{
	const struct osc_found *found = &data->found[datum];
	struct osc_slice text;
	enum osc_err err;

	if (found->form == OSC_FORM_VALUE) {
		err = osc_data_fail(data, datum, "does not say how it is written", detail);
		osc_detail_hint(detail, "write \"%s_hex\" or \"%s_ascii\"", found->key, found->key);
		return err;
	}
	if (!osc_json_string(found->value, &text))
		return osc_data_fail(data, datum, "is not a string", detail);
	if (found->form == OSC_FORM_HEX)
		return decode_hex(data, datum, text, out, max, len, detail);
	return decode_ascii(data, datum, text, out, max, len, detail);
}

size_t
osc_data_size(const struct osc_data *data, enum osc_datum datum)
{
	struct osc_slice text;

	return osc_json_string(data->found[datum].value, &text) ? text.len : 0;
}

enum osc_err
osc_data_value(const struct osc_data *data, enum osc_datum datum, const struct json_t **value,
    struct osc_detail *detail)
{
	*value = data->found[datum].value;
	if (*value != NULL && data->found[datum].form != OSC_FORM_VALUE)
		return osc_data_fail(data, datum, "is not given in hex or ASCII", detail);
	return OSC_OK;
}

bool
osc_data_integer(const struct osc_data *data, enum osc_datum datum, struct osc_integer *out)
{
	const struct osc_found *found = &data->found[datum];

	return osc_json_integer(&found->file->json, found->value, out);
}
