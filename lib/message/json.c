/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <stdio.h>

#include "base/ascii.h"
#include "base/jsonload.h"
#include "base/secret.h"
#include "core/coap.h"
#include "base/nearest.h"
#include "message/json.h"
#include "message/jsonoptions.h"
#include "message/jsonuri.h"
#include "message/names.h"

static bool take_type(struct osc_json_reading *r, struct json_t *value);
static bool take_code(struct osc_json_reading *r, struct json_t *value);
static bool take_mid(struct osc_json_reading *r, struct json_t *value);
static bool take_token(struct osc_json_reading *r, struct json_t *value);
static bool take_uri(struct osc_json_reading *r, struct json_t *value);
static bool take_message(struct osc_json_reading *r, struct json_t *value);
static bool take_payload(struct osc_json_reading *r, struct json_t *value);
static bool take_payload_hex(struct osc_json_reading *r, struct json_t *value);
static bool take_meta(struct osc_json_reading *r, struct json_t *value);
static bool take_nothing(struct osc_json_reading *r, struct json_t *value);

static const struct {
	const char *key;
	bool (*take)(struct osc_json_reading *r, struct json_t *value);
} members[] = {
    {"type", take_type},
    {"code", take_code},
    {"mid", take_mid},
    {"token_hex", take_token},
    {"options", osc_json_take_options},
    {"uri", take_uri},
    {"payload", take_payload},
    {"payload_hex", take_payload_hex},
    {"message_hex", take_message},
    {"oscore", take_nothing},
    {"meta", take_meta},
};

#define MEMBERS (sizeof(members) / sizeof(members[0]))

_Static_assert(MEMBERS <= OSC_JSON_MEMBERS, "the scan remembers where each of them is");

static bool
take_type(struct osc_json_reading *r, struct json_t *value)
{
	static const char *const types[] = {"CON", "NON", "ACK", "RST"};
	char quoted[OSC_QUOTED_MAX];
	struct osc_slice text;

	if (!osc_json_string(value, &text))
		return osc_json_refuse(r, "type: not a string");
	for (size_t i = 0; i < 4; i++)
		if (osc_same_word(text, types[i])) {
			r->type = (uint8_t)i;
			r->has_type = true;
			return true;
		}
	return osc_json_refuse(
	    r, "type: \"%s\" is not CON, NON, ACK or RST", osc_json_quote(quoted, text));
}

static bool
take_code(struct osc_json_reading *r, struct json_t *value)
{
	char quoted[OSC_QUOTED_MAX];
	const char *nearest;
	struct osc_slice text;

	r->has_code = true;
	if (!osc_json_string(value, &text))
		return osc_json_refuse(r, "code: not a string such as \"GET\" or \"2.05\"");
	if (osc_code_parse(&r->code, text))
		return true;
	nearest = osc_code_nearest(text);
	(void)osc_json_quote(quoted, text);
	if (nearest != NULL)
		return osc_json_refuse(
		    r, "code: \"%s\" is not a code; did you mean \"%s\"?", quoted, nearest);
	return osc_json_refuse(r,
	    "code: \"%s\" is neither a method name nor a code c.dd of a request or response",
	    quoted);
}

static bool
take_mid(struct osc_json_reading *r, struct json_t *value)
{
	struct osc_integer number;

	if (!osc_json_integer(&r->json, value, &number))
		return osc_json_refuse(r, "mid: not an integer");
	if (number.negative || number.wide || number.value > UINT16_MAX)
		return osc_json_refuse(r, "mid: not from 0 to 65535");
	r->mid = (uint16_t)number.value;
	r->has_mid = true;
	return true;
}

static bool
take_token(struct osc_json_reading *r, struct json_t *value)
{
	struct osc_slice token;

	if (!osc_json_take_hex(r, "token_hex", value, &token))
		return false;
	if (token.len > OSC_TOKEN_MAX)
		return osc_json_refuse(
		    r, "token_hex: %zu bytes, and a token has at most 8", token.len);
	osc_copy(r->token, token.ptr, token.len);
	r->token_len = token.len;
	r->has_token = true;
	return true;
}

static bool
take_payload(struct osc_json_reading *r, struct json_t *value)
{
	r->has_payload = true;
	if (!osc_json_string(value, &r->payload))
		return osc_json_refuse(r, "payload: not a string");
	return true;
}

/* Made options of when all others are known. */
static bool
take_uri(struct osc_json_reading *r, struct json_t *value)
{
	r->uri = value;
	return true;
}

static bool
take_message(struct osc_json_reading *r, struct json_t *value)
{
	r->message = value;
	return true;
}

/* Decoded when everything else is written: the scratch holds one value at a time. */
static bool
take_payload_hex(struct osc_json_reading *r, struct json_t *value)
{
	r->payload_hex = value;
	return true;
}

/* jansson keeps members in their order, so the place in the text is known by counting. */
static bool
take_meta(struct osc_json_reading *r, struct json_t *value)
{
	(void)value;
	r->has_meta = true;
	r->meta_index = r->index;
	return true;
}

static bool
take_nothing(struct osc_json_reading *r, struct json_t *value)
{
	(void)r;
	(void)value;
	return true;
}

static const char *
member_name(size_t i)
{
	return i < MEMBERS ? members[i].key : NULL;
}

/* What other programs call the members, and what only looks like another one. */
static const char *
other_name(struct osc_slice key)
{
	static const struct {
		const char *key, *member;
	} others[] = {
	    {"method", "code"},
	    {"message_id", "mid"},
	    {"token", "token_hex"},
	    {"path", "uri"},
	    {"url", "uri"},
	    {"uri_path", "uri"},
	    {"query", "uri"},
	    {"uri_query", "uri"},
	    {"body", "payload"},
	};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (osc_same_word(key, others[i].key))
			return others[i].member;
	return osc_name_nearest(key, member_name);
}

static bool
is_member(const char *key)
{
	for (size_t i = 0; i < MEMBERS; i++)
		if (strcmp(key, members[i].key) == 0)
			return true;
	return false;
}

static bool
refuse_key(struct osc_json_reading *r, const char *key)
{
	struct osc_slice word = osc_slice((const uint8_t *)key, strlen(key));
	const char *nearest = other_name(word);
	char quoted[OSC_QUOTED_MAX];

	(void)osc_json_quote(quoted, word);
	if (osc_option_by_name(word) != NULL)
		return osc_json_refuse(r,
		    "\"%s\": an option, which goes into \"options\": [[\"%s\",VALUE]]", quoted,
		    quoted);
	if (nearest != NULL)
		return osc_json_refuse(
		    r, "\"%s\": unknown key; did you mean \"%s\"?", quoted, nearest);
	return osc_json_refuse(r, "\"%s\": unknown key", quoted);
}

static bool
take_members(struct osc_json_reading *r)
{
	struct json_t *value;
	const char *key;
	void *iter = NULL;
	size_t i;

	for (r->index = 0; osc_json_next(r->json.root, &iter, &key, &value); r->index++) {
		for (i = 0; i < MEMBERS; i++)
			if (key[0] == members[i].key[0] && strcmp(key, members[i].key) == 0)
				break;
		if (i == MEMBERS)
			return refuse_key(r, key);
		if (!members[i].take(r, value))
			return false;
	}
	if (r->message != NULL)
		return r->index == (r->has_meta ? 2 : 1) ||
		    osc_json_refuse(
			r, "message_hex: goes with nothing but \"meta\", since it says all");
	return r->has_code || osc_json_refuse(r, "\"code\" is missing");
}

/* Type, Message ID and token that were not given. An Empty message has no token, and is not
 * NON (RFC 7252, 4.3). */
static bool
choose(struct osc_json_reading *r)
{
	uint8_t bytes[2 + 4];

	r->scratch->no_type = !r->has_type;
	r->scratch->no_mid = !r->has_mid;
	r->scratch->no_token = !r->has_token;
	if (!r->has_type)
		r->type = r->code == OSC_CODE_EMPTY ? OSC_COAP_CON : OSC_COAP_NON;
	if (r->has_mid && r->has_token)
		return true;
	if (!osc_random(bytes, sizeof(bytes)))
		return osc_json_fail(r, OSC_EIO, "the system has no random bytes");
	if (!r->has_mid)
		r->mid = (uint16_t)(bytes[0] << 8 | bytes[1]);
	if (r->has_token || r->code == OSC_CODE_EMPTY)
		return true;
	r->token_len = 4;
	memcpy(r->token, bytes + 2, 4);
	return true;
}

static bool
put_payload(struct osc_json_reading *r, struct osc_coap_writer *w)
{
	struct osc_slice bytes;

	if (r->payload_hex == NULL) {
		osc_coap_put_payload(w, r->payload);
		return true;
	}
	if (!osc_json_take_hex(r, "payload_hex", r->payload_hex, &bytes))
		return false;
	if (r->has_payload && !osc_slice_equal(bytes, r->payload))
		return osc_json_refuse(r, "payload and payload_hex disagree: leave one out");
	osc_coap_put_payload(w, bytes);
	return true;
}

static bool
write_whole(struct osc_json_reading *r, struct osc_buffer *out)
{
	struct osc_slice message;

	if (!osc_json_take_hex(r, "message_hex", r->message, &message))
		return false;
	if (message.len > OSC_MESSAGE_MAX)
		return osc_json_fail(r, OSC_ELONG, "");
	osc_buffer_put(out, message);
	return !out->full || osc_json_fail(r, OSC_ENOMEM, "");
}

/* No datagram is longer than the text that says it; but an option of "uri" may take a byte more
 * than there, where it has a slash and 13 others at least. */
static bool
write_message(struct osc_json_reading *r, struct osc_buffer *out)
{
	size_t room = r->uri == NULL ? r->json.text.len : 2 * r->json.text.len;
	size_t cap = room < OSC_MESSAGE_MAX ? room : OSC_MESSAGE_MAX;
	uint8_t *to = osc_buffer_reserve(out, cap);
	struct osc_coap_writer w;
	struct osc_coap coap;

	if (to == NULL)
		return osc_json_fail(r, OSC_ENOMEM, "");
	osc_coap_writer_init(&w, to, cap);
	osc_coap_put_header(&w, r->type, r->code, r->mid, osc_slice(r->token, r->token_len));
	if (!osc_json_put_options(r, &w) || !put_payload(r, &w))
		return false;
	if (w.full)
		return osc_json_fail(r, OSC_ELONG, "");
	if (osc_coap_decode(&coap, osc_slice(to, w.len), NULL) != OSC_OK)
		return osc_json_refuse(r, "code: 0.00 goes without token, options and payload");
	out->len += w.len;
	return true;
}

static bool
write(struct osc_json_reading *r, struct osc_buffer *out)
{
	if (r->message != NULL)
		return write_whole(r, out);
	return choose(r) && (r->uri == NULL || osc_json_put_uri(r, r->uri)) &&
	    write_message(r, out);
}

/* The words become those of a line again, whatever they were on the way. */
static void
take_words(struct osc_json_reading *r, struct osc_slice words)
{
	char *to = r->detail->text;
	size_t len = words.len < sizeof(r->detail->text) ? words.len : sizeof(r->detail->text) - 1;

	for (size_t i = 0; i < len; i++)
		if (words.ptr[i] < 0x20 || words.ptr[i] > 0x7e)
			to[i] = '?';
		else
			to[i] = (char)words.ptr[i];
	to[len] = '\0';
}

/* What osc_json_encode_refused has written. */
static bool
take_refused(struct osc_json_reading *r)
{
	struct json_t *message = osc_json_member(r->json.root, "message");
	struct osc_slice words = osc_slice((const uint8_t *)"refused", 7);
	struct osc_integer status;
	struct json_t *value;
	const char *key;
	void *iter = NULL;

	while (osc_json_next(r->json.root, &iter, &key, &value))
		if (strcmp(key, "error") != 0 && strcmp(key, "message") != 0 &&
		    strcmp(key, "meta") != 0)
			return is_member(key)
			    ? osc_json_refuse(
				  r, "error: it stands for a message, and goes with no part of one")
			    : refuse_key(r, key);
	if (!osc_json_integer(&r->json, osc_json_member(r->json.root, "error"), &status) ||
	    status.negative || status.wide || status.value < 1 || status.value == 2 ||
	    status.value > 8)
		return osc_json_refuse(r, "error: not the exit status of a refused message");
	if (message != NULL && !osc_json_string(message, &words))
		return osc_json_refuse(r, "message: not a string");
	r->err = osc_err_before((int)status.value);
	take_words(r, words);
	return false;
}

enum osc_err
osc_json_check(struct osc_slice text)
{
	struct osc_buffer wrapped = {0};
	struct osc_json_scan scan = {0};
	struct osc_json json = {0};
	enum osc_err err = OSC_ENOMEM;

	osc_buffer_text(&wrapped, "{\"\":");
	osc_buffer_put(&wrapped, text);
	osc_buffer_text(&wrapped, "}");
	if (!wrapped.full)
		err = osc_json_load_scanned(&json, osc_buffer_slice(&wrapped), &scan,
		    OSC_JSON_MESSAGE_DEPTH, OSC_EJSON, NULL);
	osc_json_free(&json);
	osc_buffer_free(&wrapped);
	return err;
}

enum osc_err
osc_json_decode(struct osc_buffer *out, struct osc_slice text, struct osc_slice *meta,
    struct osc_json_scratch *scratch, struct osc_detail *detail)
{
	struct osc_json_reading r = {.scratch = scratch, .detail = detail};

	*meta = osc_slice(NULL, 0);
	detail->text[0] = detail->hint[0] = '\0';
	osc_buffer_cut(&scratch->options, 0);
	scratch->no_type = scratch->no_mid = scratch->no_token = false;
	r.err = osc_json_load_scanned(
	    &r.json, text, &scratch->scan, OSC_JSON_MESSAGE_DEPTH, OSC_EJSON, detail);
	if (r.err == OSC_OK && osc_json_member(r.json.root, "error") != NULL)
		(void)take_refused(&r);
	else if (r.err == OSC_OK && take_members(&r) && write(&r, out) && r.has_meta)
		*meta = osc_json_scan_member(&scratch->scan, text, r.meta_index);
	osc_json_free(&r.json);
	memset(&scratch->scan, 0, sizeof(scratch->scan));
	return r.err;
}

void
osc_json_scratch_free(struct osc_json_scratch *scratch)
{
	osc_buffer_free(&scratch->options);
	osc_buffer_free(&scratch->value);
	osc_buffer_free(&scratch->uri);
}
