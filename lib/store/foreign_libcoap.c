/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <inttypes.h>
#include <stdio.h>

#include "base/ascii.h"
#include "base/jsonload.h"
#include "store/foreign.h"

/*
 * The OSCORE configuration file of libcoap: lines KEYWORD,ENCODING,VALUE, where the value
 * may be in double quotes.
 */

#define WINDOW_MAX 63 /* of libcoap */

enum kind { BYTES, ALGORITHM, HASH, WINDOW, IGNORED };

static const struct keyword {
	const char *name;
	enum kind kind;
	enum osc_import_field field;
} keywords[] = {
    {"master_secret", BYTES, OSC_IMPORT_SECRET},
    {"master_salt", BYTES, OSC_IMPORT_SALT},
    {"id_context", BYTES, OSC_IMPORT_ID_CONTEXT},
    {"sender_id", BYTES, OSC_IMPORT_SENDER_ID},
    {"recipient_id", BYTES, OSC_IMPORT_RECIPIENT_ID},
    {"aead_alg", ALGORITHM, OSC_IMPORT_ALGORITHM},
    {"hkdf_alg", HASH, OSC_IMPORT_HASH},
    {"replay_window", WINDOW, OSC_IMPORT_WINDOW},
    {"ssn_freq", IGNORED, OSC_IMPORT_OTHER},
    {"rfc8613_b_1_2", IGNORED, OSC_IMPORT_OTHER},
    {"rfc8613_b_2", IGNORED, OSC_IMPORT_OTHER},
    {"break_sender_key", IGNORED, OSC_IMPORT_OTHER},
    {"break_recipient_key", IGNORED, OSC_IMPORT_OTHER},
};

static bool
is(struct osc_slice text, const char *word)
{
	return text.len == strlen(word) && memcmp(text.ptr, word, text.len) == 0;
}

/* What stands before a character, which is dropped too; all if it is not there. */
static struct osc_slice
cut(struct osc_slice *rest, char at)
{
	const uint8_t *found = rest->len > 0 ? memchr(rest->ptr, at, rest->len) : NULL;
	struct osc_slice before = *rest;

	if (found == NULL) {
		*rest = osc_slice(rest->ptr + rest->len, 0);
		return before;
	}
	before.len = (size_t)(found - rest->ptr);
	*rest = osc_slice(found + 1, rest->len - before.len - 1);
	return before;
}

static enum osc_err
take_number(struct osc_import *import, enum kind kind, struct osc_slice encoding,
    struct osc_slice value, struct osc_detail *detail)
{
	struct osc_integer number;
	int64_t n;
	enum osc_err err;

	if (is(encoding, "text") && kind == ALGORITHM)
		return osc_import_algorithm(import, 0, value, detail);
	if (is(encoding, "text") && kind == HASH)
		return osc_import_hash(import, 0, value, detail);
	if (!is(encoding, "integer") || !osc_integer_parse(&number, value) || number.wide ||
	    number.value > INT32_MAX)
		return osc_detail_set(detail, OSC_EIMPORT, NULL, "no number of this encoding");
	n = number.negative ? -(int64_t)number.value : (int64_t)number.value;
	if (kind == ALGORITHM)
		return osc_import_algorithm(import, n, OSC_ABSENT, detail);
	if (kind == HASH)
		return osc_import_hash(import, n, OSC_ABSENT, detail);
	if (n < 1 || n > OSC_WINDOW_MAX)
		return osc_detail_set(
		    detail, OSC_ECONTEXT, NULL, "the replay window is not in 1..4096");
	err = osc_import_once(import, OSC_IMPORT_WINDOW, detail);
	if (err == OSC_OK)
		import->settings.window = (uint32_t)n;
	return err;
}

static enum osc_err
take_line(struct osc_import *import, struct osc_slice line, struct osc_detail *detail)
{
	struct osc_slice keyword = cut(&line, ','), encoding = cut(&line, ','), value = line;
	const struct keyword *found = NULL;

	for (size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++)
		if (is(keyword, keywords[i].name))
			found = &keywords[i];
	if (found == NULL)
		return osc_detail_set(detail, OSC_EIMPORT, NULL, "an unknown keyword");
	if (value.len >= 2 && value.ptr[0] == '"' && value.ptr[value.len - 1] == '"')
		value = osc_slice(value.ptr + 1, value.len - 2);
	if (value.len > 0 && memchr(value.ptr, '"', value.len) != NULL)
		return osc_detail_set(detail, OSC_EIMPORT, NULL, "a quotation mark in the value");
	if (found->kind == IGNORED)
		return OSC_OK;
	if (found->kind != BYTES)
		return take_number(import, found->kind, encoding, value, detail);
	if (!is(encoding, "hex") && !is(encoding, "ascii"))
		return osc_detail_set(
		    detail, OSC_EIMPORT, NULL, "the encoding is neither hex nor ascii");
	return osc_import_bytes(import, found->field, value, is(encoding, "hex"), detail);
}

/* libcoap drops a last line without end: what it would go on with is another context. */
static enum osc_err
read_libcoap(struct osc_import *import, struct osc_slice text, struct osc_detail *detail)
{
	enum osc_err err = osc_import_start(import, detail);
	char why[128];

	import->has_ids = import->one_side = true;
	for (size_t n = 1; text.len > 0 && err == OSC_OK; n++) {
		bool ends = memchr(text.ptr, '\n', text.len) != NULL;
		struct osc_slice line = cut(&text, '\n');

		if (line.len > 0 && line.ptr[line.len - 1] == '\r')
			line.len--;
		if (line.len == 0 || line.ptr[0] == '#')
			continue;
		if (!ends)
			err = osc_detail_set(
			    detail, OSC_EIMPORT, NULL, "no end of line: libcoap drops this one");
		else
			err = take_line(import, line, detail);
		if (err == OSC_OK || detail == NULL)
			continue;
		(void)snprintf(why, sizeof(why), "%.120s", detail->text);
		(void)osc_detail_set(detail, err, NULL, "line %zu: %s", n, why);
	}
	return osc_import_end(import, err, detail);
}

static void
put_bytes(struct osc_buffer *out, const char *keyword, struct osc_slice bytes)
{
	osc_buffer_print(out, "%s,hex,\"", keyword);
	osc_buffer_hex(out, bytes);
	osc_buffer_text(out, "\"\n");
}

static enum osc_err
write_libcoap(struct osc_buffer *out, const struct osc_export *from, struct osc_detail *detail)
{
	const struct osc_params *params = from->params;
	uint32_t window = from->state->window.size;
	int hash;
	enum osc_err err = osc_export_hash(&hash, params, detail);

	if (err != OSC_OK)
		return err;
	osc_buffer_print(out,
	    "# The file with the sequence number has to hold this line, without \"# \":\n"
	    "# %" PRIu64 "\n",
	    from->state->next);
	put_bytes(out, "master_secret", params->master_secret);
	if (params->master_salt.len > 0)
		put_bytes(out, "master_salt", params->master_salt);
	if (osc_is_present(params->id_context))
		put_bytes(out, "id_context", params->id_context);
	put_bytes(out, "sender_id", osc_id_slice(&params->sender_id));
	put_bytes(out, "recipient_id", osc_id_slice(&params->recipient_id));
	/* A smaller window refuses more, and nothing else. */
	osc_buffer_print(out, "replay_window,integer,%" PRIu32 "\nssn_freq,integer,1\n",
	    window > WINDOW_MAX ? WINDOW_MAX : window);
	osc_buffer_print(out, "aead_alg,integer,%d\nhkdf_alg,integer,%d\nrfc8613_b_1_2,bool,true\n",
	    params->alg->cose, hash);
	return OSC_OK;
}

const struct osc_foreign osc_foreign_libcoap = {
    .name = "libcoap", .write = write_libcoap, .read = read_libcoap, .numbers = true};
