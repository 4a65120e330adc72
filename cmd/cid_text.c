/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <string.h>

#include "cid_text.h"
#include "message/hex.h"

/* Bytes as hex, "_" if there are none: a file name in any case. */
static enum osc_err
put_bytes(struct osc_buffer *line, struct osc_slice bytes)
{
	char *to = (char *)osc_buffer_reserve(line, 2 * bytes.len + 1);

	if (to == NULL)
		return OSC_ENOMEM;
	osc_hex_encode(to, bytes);
	line->len += 2 * bytes.len;
	if (bytes.len == 0)
		line->ptr[line->len++] = '_';
	return OSC_OK;
}

static enum osc_err
put_char(struct osc_buffer *line, char c)
{
	uint8_t *to = osc_buffer_reserve(line, 1);

	if (to == NULL)
		return OSC_ENOMEM;
	*to = (uint8_t)c;
	line->len++;
	return OSC_OK;
}

static enum osc_err
put_text(struct osc_buffer *line, const char *text)
{
	uint8_t *to = osc_buffer_reserve(line, strlen(text));

	if (to == NULL)
		return OSC_ENOMEM;
	memcpy(to, text, strlen(text));
	line->len += strlen(text);
	return OSC_OK;
}

/* A member of the object: hex in quotes, or null for what is absent. */
static enum osc_err
put_member(struct osc_buffer *line, const char *key, struct osc_slice bytes)
{
	enum osc_err err = put_text(line, key);
	char *to;

	if (err != OSC_OK || !osc_is_present(bytes))
		return err != OSC_OK ? err : put_text(line, "null");
	to = (char *)osc_buffer_reserve(line, 2 * bytes.len + 2);
	if (to == NULL)
		return OSC_ENOMEM;
	to[0] = '"';
	osc_hex_encode(to + 1, bytes);
	to[1 + 2 * bytes.len] = '"';
	line->len += 2 * bytes.len + 2;
	return OSC_OK;
}

enum osc_err
cid_json(struct osc_buffer *line, const struct osc_unprotection *message)
{
	const struct osc_option_value *value = &message->option;
	enum osc_err err =
	    put_text(line, message->is_request ? "{\"request\":true" : "{\"request\":false");

	if (err == OSC_OK)
		err = put_member(line, ",\"kid_hex\":", value->kid);
	if (err == OSC_OK)
		err = put_member(line, ",\"kid-context_hex\":", value->kid_context);
	if (err == OSC_OK)
		err = put_member(line, ",\"partial-iv_hex\":", osc_piv_slice(&value->piv));
	return err == OSC_OK ? put_text(line, "}\n") : err;
}

enum osc_err
cid_line(
    struct osc_buffer *line, enum cid_part part, const struct osc_option_value *value, bool *found)
{
	enum osc_err err = OSC_OK;
	bool all = part == CID_ALL;

	*found = part == CID_PIV      ? value->piv.len > 0
	    : part == CID_KID_CONTEXT ? osc_is_present(value->kid_context)
				      : osc_is_present(value->kid);
	if (*found && (all || part == CID_KID))
		err = put_bytes(line, value->kid);
	if (err == OSC_OK && *found && all && osc_is_present(value->kid_context))
		err = put_char(line, '@');
	if (err == OSC_OK && *found && osc_is_present(value->kid_context) &&
	    (all || part == CID_KID_CONTEXT))
		err = put_bytes(line, value->kid_context);
	if (err == OSC_OK && *found && part == CID_PIV)
		err = put_bytes(line, osc_piv_slice(&value->piv));
	return err == OSC_OK ? put_char(line, '\n') : err;
}

enum osc_err
cid_contexts(struct osc_buffer *line, const struct osc_index *index,
    const struct osc_option_value *value, bool *found)
{
	struct osc_wanted wanted = {
	    .kid = value->kid,
	    .kid_context = value->kid_context,
	    .either = true,
	};
	const struct osc_index_entry *entry;
	enum osc_err err = OSC_OK;
	size_t at = 0;

	*found = false;
	if (!osc_is_present(value->kid))
		return put_char(line, '\n');
	while (err == OSC_OK && (entry = osc_index_next(index, &at, &wanted)) != NULL) {
		*found = true;
		err = put_text(line, entry->path);
		if (err == OSC_OK)
			err = put_char(line, '\n');
	}
	return err;
}
