/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <cbor.h>

#include "core/cborw.h"

#define STRING(x) #x
#define VERSION(major, minor, patch) STRING(major) "." STRING(minor) "." STRING(patch)

/* libcbor's encoders return 0 for what does not fit. */
static void
wrote(struct osc_cborw *w, size_t len)
{
	if (len == 0)
		w->full = true;
	w->len += len;
}

static void
put_raw(struct osc_cborw *w, const uint8_t *bytes, size_t len)
{
	if (w->full || len > w->cap - w->len) {
		w->full = true;
		return;
	}
	osc_copy(w->out + w->len, bytes, len);
	w->len += len;
}

void
osc_cborw_init(struct osc_cborw *w, uint8_t *out, size_t cap)
{
	w->out = out;
	w->cap = cap;
	w->len = 0;
	w->full = false;
}

void
osc_cborw_array(struct osc_cborw *w, size_t items)
{
	if (!w->full)
		wrote(w, cbor_encode_array_start(items, w->out + w->len, w->cap - w->len));
}

void
osc_cborw_map(struct osc_cborw *w, size_t pairs)
{
	if (!w->full)
		wrote(w, cbor_encode_map_start(pairs, w->out + w->len, w->cap - w->len));
}

void
osc_cborw_bytes(struct osc_cborw *w, struct osc_slice bytes)
{
	if (!w->full)
		wrote(w, cbor_encode_bytestring_start(bytes.len, w->out + w->len, w->cap - w->len));
	put_raw(w, bytes.ptr, bytes.len);
}

void
osc_cborw_text(struct osc_cborw *w, const char *text)
{
	size_t len = strlen(text);

	if (!w->full)
		wrote(w, cbor_encode_string_start(len, w->out + w->len, w->cap - w->len));
	put_raw(w, (const uint8_t *)text, len);
}

void
osc_cborw_int(struct osc_cborw *w, int64_t value)
{
	uint8_t *to = w->out + w->len;
	size_t room = w->cap - w->len;

	if (w->full)
		return;
	if (value >= 0)
		wrote(w, cbor_encode_uint((uint64_t)value, to, room));
	else
		wrote(w, cbor_encode_negint((uint64_t)(-(value + 1)), to, room));
}

void
osc_cborw_null(struct osc_cborw *w)
{
	if (!w->full)
		wrote(w, cbor_encode_null(w->out + w->len, w->cap - w->len));
}

const char *
osc_cbor_version(void)
{
	return VERSION(CBOR_MAJOR_VERSION, CBOR_MINOR_VERSION, CBOR_PATCH_VERSION);
}
