/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "core/coap.h"
#include "message/cborseq.h"
#include "message/frame.h"

static enum osc_err
write_payload(struct osc_buffer *out, struct osc_slice message)
{
	struct osc_coap coap;
	enum osc_err err = osc_coap_decode(&coap, message, NULL);

	if (err == OSC_OK)
		osc_buffer_put(out, coap.payload);
	return err;
}

/* What was written is complete, or not there. */
static enum osc_err
finish(struct osc_buffer *out, size_t before, enum osc_err err)
{
	if (out->full) {
		osc_buffer_cut(out, before);
		err = OSC_ENOMEM;
	}
	return err;
}

enum osc_err
osc_frame_write(struct osc_buffer *out, enum osc_format format, struct osc_slice message,
    const struct osc_about *about, struct osc_slice meta)
{
	size_t before = out->len;
	enum osc_err err = OSC_OK;

	switch (format) {
	case OSC_FORMAT_RAW:
		osc_buffer_put(out, message);
		break;
	case OSC_FORMAT_HEX:
		osc_buffer_hex(out, message);
		osc_buffer_text(out, "\n");
		break;
	case OSC_FORMAT_JSON:
		err = osc_json_encode(out, message, about, meta);
		break;
	case OSC_FORMAT_CBORSEQ:
		err = osc_cborseq_encode(out, message);
		break;
	case OSC_FORMAT_PAYLOAD:
		err = write_payload(out, message);
		break;
	}
	return finish(out, before, err);
}

enum osc_err
osc_frame_write_refused(
    struct osc_buffer *out, enum osc_format format, enum osc_err err, const char *words)
{
	int status = osc_err_status(err);
	size_t before = out->len;

	err = OSC_OK;
	switch (format) {
	case OSC_FORMAT_HEX:
		osc_buffer_print(out, "# %d %s\n", status, words);
		break;
	case OSC_FORMAT_JSON:
		err = osc_json_encode_refused(out, status, words);
		break;
	case OSC_FORMAT_CBORSEQ:
		err = osc_cborseq_encode_status(out, status);
		break;
	case OSC_FORMAT_RAW:
	case OSC_FORMAT_PAYLOAD:
		break;
	}
	return finish(out, before, err);
}
