/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_CORE_CBORW_H
#define OSC_CORE_CBORW_H

#include "core/oscore.h"

OSC_C_BEGIN

/* A CBOR writer with a sticky error: write everything, look at `full` once. */
struct osc_cborw {
	uint8_t *out;
	size_t cap;
	size_t len;
	bool full; /* something did not fit; len is meaningless */
};

void osc_cborw_init(struct osc_cborw *w, uint8_t *out, size_t cap);
void osc_cborw_array(struct osc_cborw *w, size_t items);
void osc_cborw_map(struct osc_cborw *w, size_t pairs);
void osc_cborw_bytes(struct osc_cborw *w, struct osc_slice bytes);
void osc_cborw_text(struct osc_cborw *w, const char *text);
void osc_cborw_int(struct osc_cborw *w, int64_t value);
void osc_cborw_null(struct osc_cborw *w);

/* the version of libcbor in use, as "0.8.0" */
const char *osc_cbor_version(void);

OSC_C_END

#endif
