/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "core/cborhead.h"
#include "core/cborw.h"
#include "core/fingerprint.h"
#include "store/foreign.h"

/* OSCORE_Input_Material (RFC 9203, 3.2.1) as a CBOR map. Sender ID and Recipient ID are not in
 * it: the peers agree on them later. */

enum label { ID, VERSION, MS, HKDF, ALG, SALT, CONTEXT_ID, LABELS };

#define VERSION_1 1
#define OUT_MAX 64 /* bytes beside secret, salt and ID Context */

/* Any item but arrays, maps and tags. */
struct item {
	enum osc_cbor_major major;
	uint64_t argument;
	struct osc_slice bytes; /* of strings; absent else */
};

static bool
take_item(struct osc_slice *in, struct item *item)
{
	struct osc_cbor_head head;

	if (osc_cbor_head_decode(&head, *in) != OSC_CBOR_HEAD || head.indefinite)
		return false;
	*in = osc_slice(in->ptr + head.len, in->len - head.len);
	item->major = head.major;
	item->argument = head.argument;
	item->bytes = OSC_ABSENT;
	if (head.major != OSC_CBOR_BYTES && head.major != OSC_CBOR_TEXT)
		return head.major == OSC_CBOR_POSITIVE || head.major == OSC_CBOR_NEGATIVE;
	if (head.argument > in->len)
		return false;
	item->bytes = osc_slice(in->ptr, (size_t)head.argument);
	*in = osc_slice(in->ptr + item->bytes.len, in->len - item->bytes.len);
	return true;
}

/* An integer or a text, for an algorithm; those that do not fit are none. */
static enum osc_err
take_algorithm(
    struct osc_import *import, enum label label, const struct item *item, struct osc_detail *detail)
{
	int64_t number = 0;

	if (item->major == OSC_CBOR_BYTES)
		return osc_detail_set(
		    detail, OSC_EIMPORT, NULL, "label %d is no integer and no text", label);
	if (item->argument <= INT32_MAX)
		number = item->major == OSC_CBOR_NEGATIVE ? -1 - (int64_t)item->argument
							  : (int64_t)item->argument;
	return label == ALG ? osc_import_algorithm(import, number, item->bytes, detail)
			    : osc_import_hash(import, number, item->bytes, detail);
}

static enum osc_err
take_pair(struct osc_import *import, const struct item *key, const struct item *value,
    unsigned *seen, struct osc_detail *detail)
{
	static const enum osc_import_field fields[] = {[MS] = OSC_IMPORT_SECRET,
	    [SALT] = OSC_IMPORT_SALT,
	    [CONTEXT_ID] = OSC_IMPORT_ID_CONTEXT};

	if (key->major != OSC_CBOR_POSITIVE || key->argument >= LABELS) {
		if (key->major == OSC_CBOR_POSITIVE)
			return osc_detail_set(detail, OSC_EIMPORT, NULL, "label %llu is unknown",
			    (unsigned long long)key->argument);
		return osc_detail_set(detail, OSC_EIMPORT, NULL, "a label that is unknown");
	}
	if ((*seen & 1U << key->argument) != 0)
		return osc_detail_set(
		    detail, OSC_EIMPORT, NULL, "label %d is given twice", (int)key->argument);
	*seen |= 1U << key->argument;
	switch ((enum label)key->argument) {
	case HKDF:
	case ALG:
		return take_algorithm(import, (enum label)key->argument, value, detail);
	case VERSION:
		if (value->major != OSC_CBOR_POSITIVE || value->argument != VERSION_1)
			return osc_detail_set(
			    detail, OSC_ECONTEXT, NULL, "label 1: the version is not 1");
		return OSC_OK;
	default:
		if (value->major != OSC_CBOR_BYTES)
			return osc_detail_set(detail, OSC_EIMPORT, NULL,
			    "label %d is no byte string", (int)key->argument);
		if (key->argument == ID)
			return OSC_OK;
		return osc_import_bytes(import, fields[key->argument], value->bytes, false, detail);
	}
}

static enum osc_err
read_rfc9203(struct osc_import *import, struct osc_slice text, struct osc_detail *detail)
{
	struct osc_cbor_head head = {0};
	struct item key, value;
	enum osc_err err = osc_import_start(import, detail);
	unsigned seen = 0;

	if (err == OSC_OK &&
	    (osc_cbor_head_decode(&head, text) != OSC_CBOR_HEAD || head.major != OSC_CBOR_MAP ||
		head.indefinite))
		err = osc_detail_set(detail, OSC_EIMPORT, NULL, "not a CBOR map of known length");
	if (err == OSC_OK)
		text = osc_slice(text.ptr + head.len, text.len - head.len);
	for (uint64_t i = 0; i < head.argument && err == OSC_OK; i++) {
		if (!take_item(&text, &key) || !take_item(&text, &value))
			err = osc_detail_set(detail, OSC_EIMPORT, NULL,
			    "malformed CBOR, or more than integers and strings");
		else
			err = take_pair(import, &key, &value, &seen, detail);
	}
	if (err == OSC_OK && text.len > 0)
		err = osc_detail_set(detail, OSC_EIMPORT, NULL, "something is behind the CBOR map");
	return osc_import_end(import, err, detail);
}

static enum osc_err
write_rfc9203(struct osc_buffer *out, const struct osc_export *from, struct osc_detail *detail)
{
	const struct osc_params *params = from->params;
	struct osc_fingerprint id = osc_fingerprint("Master Secret", params->master_secret);
	bool salt = params->master_salt.len > 0, context = osc_is_present(params->id_context);
	size_t room =
	    OUT_MAX + params->master_secret.len + params->master_salt.len + params->id_context.len;
	uint8_t *to = osc_buffer_reserve(out, room);
	struct osc_cborw w;
	int hash;
	enum osc_err err = osc_export_hash(&hash, params, detail);

	if (err != OSC_OK || to == NULL)
		return err;
	osc_cborw_init(&w, to, room);
	osc_cborw_map(&w, 5U + salt + context);
	osc_cborw_int(&w, ID);
	osc_cborw_bytes(&w, osc_slice(id.bytes, sizeof(id.bytes)));
	osc_cborw_int(&w, VERSION);
	osc_cborw_int(&w, VERSION_1);
	osc_cborw_int(&w, MS);
	osc_cborw_bytes(&w, params->master_secret);
	osc_cborw_int(&w, HKDF);
	osc_cborw_int(&w, hash);
	osc_cborw_int(&w, ALG);
	osc_cborw_int(&w, params->alg->cose);
	if (salt) {
		osc_cborw_int(&w, SALT);
		osc_cborw_bytes(&w, params->master_salt);
	}
	if (context) {
		osc_cborw_int(&w, CONTEXT_ID);
		osc_cborw_bytes(&w, params->id_context);
	}
	out->full = out->full || w.full;
	out->len += w.len;
	return OSC_OK;
}

const struct osc_foreign osc_foreign_rfc9203 = {
    .name = "rfc9203", .write = write_rfc9203, .read = read_rfc9203, .binary = true};
