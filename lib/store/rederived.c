/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <inttypes.h>

#include "base/secret.h"
#include "store/rederived.h"
#include "store/sequence.h"
#include "store/sequence_read.h"

struct osc_slice
osc_epoch_id(const struct osc_epoch *epoch)
{
	return osc_slice(epoch->id, epoch->id_len);
}

bool
osc_epoch_same(const struct osc_epoch *a, const struct osc_epoch *b)
{
	return a->there && b->there && a->base == b->base &&
	    (a->base || osc_slice_equal(osc_epoch_id(a), osc_epoch_id(b)));
}

const struct osc_state *
osc_rederived_sending(struct osc_store *store)
{
	const struct osc_rederived *rederived = osc_store_rederived(store);

	if (rederived != NULL && rederived->pending.there)
		return &rederived->pending.state;
	return osc_store_state(store);
}

bool
osc_rederived_empty(const struct osc_rederived *r)
{
	return !r->current.there && !r->pending.there && r->r1_len == 0 && !r->has_key;
}

static bool
epoch_equal(const struct osc_epoch *a, const struct osc_epoch *b)
{
	return (!a->there && !b->there) ||
	    (osc_epoch_same(a, b) && osc_state_equal(&a->state, &b->state));
}

bool
osc_rederived_equal(const struct osc_rederived *a, const struct osc_rederived *b)
{
	return epoch_equal(&a->current, &b->current) && epoch_equal(&a->pending, &b->pending) &&
	    osc_slice_equal(osc_slice(a->r1, a->r1_len), osc_slice(b->r1, b->r1_len)) &&
	    a->has_key == b->has_key &&
	    (!a->has_key || (a->made == b->made && memcmp(a->key, b->key, sizeof(a->key)) == 0));
}

static bool
epoch_follows(const struct osc_epoch *before, const struct osc_epoch *after)
{
	return !osc_epoch_same(before, after) || osc_state_follows(&before->state, &after->state);
}

bool
osc_rederived_follows(const struct osc_rederived *before, const struct osc_rederived *after)
{
	return epoch_follows(&before->current, &after->current) &&
	    epoch_follows(&before->pending, &after->pending) &&
	    epoch_follows(&before->pending, &after->current);
}

static void
put_hex(struct osc_buffer *text, const char *key, struct osc_slice bytes)
{
	osc_buffer_print(text, "\"%s\": \"", key);
	osc_buffer_hex(text, bytes);
	osc_buffer_text(text, "\"");
}

static void
put_epoch(struct osc_buffer *text, const struct osc_epoch *epoch)
{
	if (epoch->base)
		osc_buffer_text(text, "\"id-context_hex\": null");
	else
		put_hex(text, "id-context_hex", osc_epoch_id(epoch));
	osc_buffer_text(text, ", ");
	osc_state_format(&epoch->state, epoch->state.next, text);
}

void
osc_rederived_format(const struct osc_rederived *r, struct osc_buffer *text)
{
	const char *comma = "";

	osc_buffer_text(text, "{");
	if (r->current.there) {
		put_epoch(text, &r->current);
		comma = ", ";
	}
	if (r->pending.there) {
		osc_buffer_print(text, "%s\"pending\": {", comma);
		put_epoch(text, &r->pending);
		osc_buffer_text(text, "}");
		comma = ", ";
	}
	if (r->r1_len > 0) {
		osc_buffer_text(text, comma);
		put_hex(text, "r1_hex", osc_slice(r->r1, r->r1_len));
		comma = ", ";
	}
	if (r->has_key) {
		osc_buffer_text(text, comma);
		put_hex(text, "hmac-key_hex", osc_slice(r->key, sizeof(r->key)));
		osc_buffer_print(text, ", \"hmac-made\": %" PRIu64, r->made);
	}
	osc_buffer_text(text, "}");
}

static enum osc_err
fail(struct osc_detail *detail, const char *key, const char *why)
{
	return osc_detail_set(detail, OSC_ESTATE, NULL, "\"%s\" in \"rederived\" %s", key, why);
}

/* Bytes in hex, at least one; *len is 0 if the key is not there. */
static enum osc_err
read_hex(struct json_t *object, const char *key, uint8_t *out, size_t max, size_t *len,
    struct osc_detail *detail)
{
	struct json_t *value = osc_json_member(object, key);
	struct osc_slice text;

	*len = 0;
	if (value == NULL)
		return OSC_OK;
	if (!osc_json_string(value, &text) ||
	    !osc_secret_hex(out, max, len, (const char *)text.ptr, text.len) || *len == 0)
		return fail(detail, key, "is not hex of a length that is possible");
	return OSC_OK;
}

/* Nothing is passed over: what a later program may have put there can mean anything. */
static enum osc_err
check_keys(struct json_t *object, const char *const *known, struct osc_detail *detail)
{
	struct json_t *value;
	void *iter = NULL;
	const char *name;
	size_t i;

	while (osc_json_next(object, &iter, &name, &value)) {
		for (i = 0; known[i] != NULL && strcmp(known[i], name) != 0; i++)
			;
		if (known[i] == NULL)
			return osc_detail_set(
			    detail, OSC_ESTATE, NULL, "\"rederived\" has a key that is not known");
	}
	return OSC_OK;
}

static enum osc_err
read_epoch(struct osc_epoch *epoch, const struct osc_json *json, struct json_t *object,
    bool may_be_base, uint32_t window, struct osc_detail *detail)
{
	struct json_t *id = osc_json_member(object, "id-context_hex");
	size_t len;
	enum osc_err err;

	epoch->there = true;
	epoch->base = osc_json_is_null(id);
	if (epoch->base)
		err = may_be_base ? OSC_OK : fail(detail, "pending", "has no ID Context");
	else
		err =
		    read_hex(object, "id-context_hex", epoch->id, sizeof(epoch->id), &len, detail);
	if (err != OSC_OK)
		return err;
	if (!epoch->base)
		epoch->id_len = (uint8_t)len;
	return osc_sequence_read_numbers(&epoch->state, json, object, window, detail);
}

static enum osc_err
read_epochs(struct osc_rederived *r, const struct osc_json *json, struct json_t *object,
    const struct osc_state *outer, struct osc_detail *detail)
{
	static const char *const known[] = {
	    "id-context_hex", "next-to-send", "received", "answered", "echo_hex", NULL};
	struct json_t *pending = osc_json_member(object, "pending");
	uint32_t window = outer->window.size;
	enum osc_err err = OSC_OK;

	if (osc_json_member(object, "id-context_hex") != NULL)
		err = read_epoch(&r->current, json, object, true, window, detail);
	else
		for (size_t i = 1; known[i] != NULL && err == OSC_OK; i++)
			if (osc_json_member(object, known[i]) != NULL)
				err = fail(detail, known[i], "is without \"id-context_hex\"");
	if (err != OSC_OK || pending == NULL)
		return err;
	if (!osc_json_is_object(pending) || osc_json_member(pending, "id-context_hex") == NULL)
		return fail(detail, "pending", "is no object with \"id-context_hex\"");
	err = check_keys(pending, known, detail);
	return err == OSC_OK ? read_epoch(&r->pending, json, pending, false, window, detail) : err;
}

static enum osc_err
read_key(struct osc_rederived *r, const struct osc_json *json, struct json_t *object,
    struct osc_detail *detail)
{
	struct json_t *made = osc_json_member(object, "hmac-made");
	struct osc_integer number;
	size_t len;
	enum osc_err err = read_hex(object, "hmac-key_hex", r->key, sizeof(r->key), &len, detail);

	if (err != OSC_OK)
		return err;
	r->has_key = len > 0;
	if (r->has_key && len != sizeof(r->key))
		return fail(detail, "hmac-key_hex", "is not 64 hex digits");
	if (r->has_key != (made != NULL))
		return fail(detail, "hmac-made", "goes with \"hmac-key_hex\"");
	if (made == NULL)
		return OSC_OK;
	if (!osc_json_integer(json, made, &number) || number.negative || number.wide)
		return fail(detail, "hmac-made", "is not a time");
	r->made = number.value;
	return OSC_OK;
}

enum osc_err
osc_rederived_parse(struct osc_rederived *r, const struct osc_json *json,
    const struct osc_state *outer, struct osc_detail *detail)
{
	static const char *const known[] = {"id-context_hex", "next-to-send", "received",
	    "answered", "echo_hex", "pending", "r1_hex", "hmac-key_hex", "hmac-made", NULL};
	struct json_t *object = osc_json_member(json->root, "rederived");
	size_t len = 0;
	enum osc_err err;

	memset(r, 0, sizeof(*r));
	if (object == NULL)
		return OSC_OK;
	if (!osc_json_is_object(object))
		return osc_detail_set(detail, OSC_ESTATE, NULL, "\"rederived\" is no object");
	err = check_keys(object, known, detail);
	if (err == OSC_OK)
		err = read_epochs(r, json, object, outer, detail);
	if (err == OSC_OK)
		err = read_hex(object, "r1_hex", r->r1, sizeof(r->r1), &len, detail);
	r->r1_len = (uint8_t)len;
	if (err == OSC_OK)
		err = read_key(r, json, object, detail);
	/* Two sets of numbers in use at once would be used by two programs. */
	if (err == OSC_OK && (r->current.there || r->pending.there) &&
	    (outer->next <= OSC_SEQ_MAX || outer->window.known))
		err = osc_detail_set(detail, OSC_ESTATE, NULL,
		    "\"rederived\" stands beside numbers that are in use");
	if (err == OSC_OK && osc_epoch_same(&r->current, &r->pending))
		err = fail(detail, "pending", "is the one in use");
	return err;
}
