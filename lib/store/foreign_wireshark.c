/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <stdio.h>

#include "store/foreign.h"

/*
 * The table oscore_contexts of Wireshark: a row for each side that sends requests, of fields
 * in double quotes: its Sender ID, its Recipient ID, Master Secret, Master Salt, ID Context,
 * all in hex, and the algorithm. An empty ID Context means that there is none.
 */

#define FIELDS 6

static const char algorithm[] = "AES-CCM-16-64-128 (CCM*)"; /* the one that it decrypts */

/* The rest of a line behind a field in quotes; false if there is none. */
static bool
take_field(struct osc_slice *line, struct osc_slice *field)
{
	const uint8_t *end;

	if (line->len < 2 || line->ptr[0] != '"')
		return false;
	end = memchr(line->ptr + 1, '"', line->len - 1);
	if (end == NULL)
		return false;
	*field = osc_slice(line->ptr + 1, (size_t)(end - line->ptr) - 1);
	*line = osc_slice(end + 1, line->len - field->len - 2);
	return true;
}

static bool
take_row(struct osc_slice row[static FIELDS], struct osc_slice line)
{
	for (size_t i = 0; i < FIELDS; i++) {
		if (i > 0) {
			if (line.len == 0 || line.ptr[0] != ',')
				return false;
			line = osc_slice(line.ptr + 1, line.len - 1);
		}
		if (!take_field(&line, &row[i]))
			return false;
	}
	return line.len == 0;
}

static enum osc_err
take_first(
    struct osc_import *import, const struct osc_slice row[static FIELDS], struct osc_detail *detail)
{
	static const enum osc_import_field fields[] = {OSC_IMPORT_SENDER_ID,
	    OSC_IMPORT_RECIPIENT_ID, OSC_IMPORT_SECRET, OSC_IMPORT_SALT, OSC_IMPORT_ID_CONTEXT};
	enum osc_err err = OSC_OK;

	for (size_t i = 0; i < FIELDS - 1 && err == OSC_OK; i++)
		if (fields[i] != OSC_IMPORT_ID_CONTEXT || row[i].len > 0)
			err = osc_import_bytes(import, fields[i], row[i], true, detail);
	if (err == OSC_OK &&
	    !osc_slice_equal(row[5], osc_slice((const uint8_t *)algorithm, sizeof(algorithm) - 1)))
		err = osc_detail_set(
		    detail, OSC_ECONTEXT, NULL, "the algorithm is not %s", algorithm);
	return err;
}

/* Is this the first row, or that of its peer? By the digits, which Wireshark does not change. */
static bool
belongs(const struct osc_slice first[static FIELDS], const struct osc_slice row[static FIELDS])
{
	bool same = true;

	for (size_t i = 2; i < FIELDS; i++)
		same = same && osc_slice_equal(first[i], row[i]);
	return same &&
	    ((osc_slice_equal(first[0], row[0]) && osc_slice_equal(first[1], row[1])) ||
		(osc_slice_equal(first[0], row[1]) && osc_slice_equal(first[1], row[0])));
}

static enum osc_err
read_wireshark(struct osc_import *import, struct osc_slice text, struct osc_detail *detail)
{
	struct osc_slice first[FIELDS], row[FIELDS], line;
	enum osc_err err = osc_import_start(import, detail);
	const uint8_t *end;
	size_t rows = 0;

	import->has_ids = true;
	import->settings.role = OSC_ROLE_CLIENT;
	for (size_t n = 1; text.len > 0 && err == OSC_OK; n++) {
		end = memchr(text.ptr, '\n', text.len);
		line = osc_slice(text.ptr, end != NULL ? (size_t)(end - text.ptr) : text.len);
		text = osc_slice(text.ptr + line.len, text.len - line.len);
		if (text.len > 0)
			text = osc_slice(text.ptr + 1, text.len - 1);
		if (line.len > 0 && line.ptr[line.len - 1] == '\r')
			line.len--;
		if (line.len == 0 || line.ptr[0] == '#')
			continue;
		if (!take_row(row, line))
			err = osc_detail_set(detail, OSC_EIMPORT, NULL,
			    "line %zu: not six fields in double quotes", n);
		else if (rows++ == 0) {
			memcpy(first, row, sizeof(first));
			err = take_first(import, row, detail);
		} else if (!belongs(first, row))
			err = osc_detail_set(detail, OSC_EIMPORT, NULL,
			    "line %zu: another context: keep one in the file", n);
	}
	return osc_import_end(import, err, detail);
}

static void
put_row(struct osc_buffer *out, const struct osc_params *params)
{
	const struct osc_slice fields[] = {osc_id_slice(&params->sender_id),
	    osc_id_slice(&params->recipient_id), params->master_secret, params->master_salt,
	    params->id_context};

	for (size_t i = 0; i < FIELDS - 1; i++) {
		osc_buffer_text(out, "\"");
		osc_buffer_hex(out, fields[i]);
		osc_buffer_text(out, "\",");
	}
	osc_buffer_print(out, "\"%s\"\n", algorithm);
}

static enum osc_err
write_wireshark(struct osc_buffer *out, const struct osc_export *from, struct osc_detail *detail)
{
	const struct osc_params *params = from->params;
	struct osc_params other = osc_params_mirror(params);

	if (params->alg->cose != OSC_ALG_DEFAULT)
		return osc_detail_set(detail, OSC_ECONTEXT, NULL,
		    "cannot be exported so: Wireshark decrypts AES-CCM-16-64-128 alone, not %s",
		    params->alg->name);
	if (params->hash != OSC_SHA256)
		return osc_detail_set(detail, OSC_ECONTEXT, NULL,
		    "cannot be exported so: Wireshark derives keys with sha256 alone, not %s",
		    osc_hash_name(params->hash));
	if (osc_is_present(params->id_context) && params->id_context.len == 0)
		return osc_detail_set(detail, OSC_ECONTEXT, NULL,
		    "cannot be exported so: Wireshark takes an empty ID Context for none");
	/* The client's first, as far as it is known which one that is. */
	put_row(out, from->role == OSC_ROLE_SERVER ? &other : params);
	put_row(out, from->role == OSC_ROLE_SERVER ? params : &other);
	return OSC_OK;
}

const struct osc_foreign osc_foreign_wireshark = {
    .name = "wireshark", .write = write_wireshark, .read = read_wireshark};
