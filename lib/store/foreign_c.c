/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <inttypes.h>

#include "store/foreign.h"

/* A C header, for firmware. An array has a byte even if there is nothing in it: its length is
 * the constant beside it. */

static void
put_bytes(struct osc_buffer *out, const char *name, const char *constant, struct osc_slice bytes)
{
	osc_buffer_print(out, "#define OSCORE_%s_LEN %zu\n", constant, bytes.len);
	osc_buffer_print(out, "static const unsigned char oscore_%s[%zu] = {", name,
	    bytes.len > 0 ? bytes.len : (size_t)1);
	for (size_t i = 0; i < bytes.len; i++) {
		osc_buffer_text(out, i % 12 == 0 ? "\n\t0x" : " 0x");
		osc_buffer_hex(out, osc_slice(bytes.ptr + i, 1));
		osc_buffer_text(out, ",");
	}
	osc_buffer_text(out, bytes.len > 0 ? "\n};\n" : "0};\n");
}

static enum osc_err
write_c(struct osc_buffer *out, const struct osc_export *from, struct osc_detail *detail)
{
	const struct osc_params *params = from->params;
	int hash;
	enum osc_err err = osc_export_hash(&hash, params, detail);

	if (err != OSC_OK)
		return err;
	osc_buffer_print(out,
	    "/* An OSCORE Security Context (RFC 8613, 3.2). It holds the Master Secret. */\n"
	    "#ifndef OSCORE_CONTEXT_H\n#define OSCORE_CONTEXT_H\n\n"
	    "#define OSCORE_AEAD_ALGORITHM %d /* %s */\n#define OSCORE_HKDF_ALGORITHM (%d)\n",
	    params->alg->cose, params->alg->name, hash);
	osc_buffer_print(out,
	    "#define OSCORE_REPLAY_WINDOW_SIZE %" PRIu32 "\n"
	    "/* The first one that is unused. Of the peer's nothing is known: begin with the Echo\n"
	    "   exchange of Appendix B.1.2. */\n"
	    "#define OSCORE_SENDER_SEQUENCE_NUMBER %" PRIu64 "ULL\n\n",
	    from->state->window.size, from->state->next);
	put_bytes(out, "master_secret", "MASTER_SECRET", params->master_secret);
	put_bytes(out, "master_salt", "MASTER_SALT", params->master_salt);
	osc_buffer_print(
	    out, "#define OSCORE_HAS_ID_CONTEXT %d\n", osc_is_present(params->id_context) ? 1 : 0);
	put_bytes(out, "id_context", "ID_CONTEXT", params->id_context);
	put_bytes(out, "sender_id", "SENDER_ID", osc_id_slice(&params->sender_id));
	put_bytes(out, "recipient_id", "RECIPIENT_ID", osc_id_slice(&params->recipient_id));
	osc_buffer_text(out, "\n#endif\n");
	return OSC_OK;
}

const struct osc_foreign osc_foreign_c = {.name = "c", .write = write_c, .numbers = true};
