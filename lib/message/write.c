/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <stdio.h>

#include "core/coap.h"
#include "message/cborseq.h"
#include "message/frame.h"
#include "message/hex.h"

static enum osc_err
write_bytes(struct osc_buffer *out, struct osc_slice bytes)
{
	uint8_t *to = osc_buffer_reserve(out, bytes.len);

	if (to == NULL)
		return OSC_ENOMEM;
	osc_copy(to, bytes.ptr, bytes.len);
	out->len += bytes.len;
	return OSC_OK;
}

static enum osc_err
write_hex(struct osc_buffer *out, struct osc_slice message)
{
	uint8_t *to = osc_buffer_reserve(out, 2 * message.len + 1);

	if (to == NULL)
		return OSC_ENOMEM;
	osc_hex_encode((char *)to, message);
	to[2 * message.len] = '\n';
	out->len += 2 * message.len + 1;
	return OSC_OK;
}

static enum osc_err
write_payload(struct osc_buffer *out, struct osc_slice message)
{
	struct osc_coap coap;
	enum osc_err err = osc_coap_decode(&coap, message, NULL);

	return err == OSC_OK ? write_bytes(out, coap.payload) : err;
}

enum osc_err
osc_frame_write(struct osc_buffer *out, enum osc_format format, struct osc_slice message,
    const struct osc_about *about, struct osc_slice meta)
{
	switch (format) {
	case OSC_FORMAT_HEX:
		return write_hex(out, message);
	case OSC_FORMAT_JSON:
		return osc_json_encode(out, message, about, meta);
	case OSC_FORMAT_CBORSEQ:
		return osc_cborseq_encode(out, message);
	case OSC_FORMAT_PAYLOAD:
		return write_payload(out, message);
	case OSC_FORMAT_RAW:
		break;
	}
	return write_bytes(out, message);
}

static enum osc_err
write_comment(struct osc_buffer *out, int status, const char *words)
{
	size_t room = strlen(words) + 16;
	char *to = (char *)osc_buffer_reserve(out, room);

	if (to == NULL)
		return OSC_ENOMEM;
	out->len += (size_t)snprintf(to, room, "# %d %s\n", status, words);
	return OSC_OK;
}

enum osc_err
osc_frame_write_refused(
    struct osc_buffer *out, enum osc_format format, enum osc_err err, const char *words)
{
	int status = osc_err_status(err);

	switch (format) {
	case OSC_FORMAT_HEX:
		return write_comment(out, status, words);
	case OSC_FORMAT_JSON:
		return osc_json_encode_refused(out, status, words);
	case OSC_FORMAT_CBORSEQ:
		return osc_cborseq_encode_status(out, status);
	case OSC_FORMAT_RAW:
	case OSC_FORMAT_PAYLOAD:
		break;
	}
	return OSC_OK;
}
