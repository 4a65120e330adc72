/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_SESSION_MISTAKES_H
#define OSC_SESSION_MISTAKES_H

#include "session/diagnose.h"

/* The values that people take by mistake for those of this side. Private to session. */

/* An attempt picks one value of each. */
enum osc_dimension {
	OSC_D_REQUEST, /* those of the evidence: no values here */
	OSC_D_IDS,     /* the ID of who protected the message */
	OSC_D_ID_CONTEXT,
	OSC_D_SALT,
	OSC_D_SECRET,
	OSC_D_ALGORITHM, /* all there are, this side's first: no values here */
	OSC_D_HASH,      /* likewise */
	OSC_DIMENSIONS
};

#define OSC_VALUES_MAX 12 /* of the dimensions that have values here */

struct osc_value {
	enum osc_change change;
	unsigned mistakes;      /* how many it takes to get there */
	struct osc_slice bytes; /* of an ID Context: or absent */
};

/* Holds secrets: to be allocated as such. */
struct osc_mistakes {
	size_t count[OSC_DIMENSIONS];
	struct osc_value values[OSC_DIMENSIONS][OSC_VALUES_MAX];
	uint8_t spelled[8][OSC_SECRET_MAX];
	size_t n_spelled;
};

/* osc_mistakes_list - mistakes: all zero. The first value of each dimension is this side's. */
void osc_mistakes_list(struct osc_mistakes *mistakes, const struct osc_evidence *evidence);

/* osc_mistakes_count - how many it takes to pick this value of the dimension */
unsigned osc_mistakes_count(const struct osc_mistakes *mistakes,
    const struct osc_evidence *evidence, enum osc_dimension dimension, size_t pick);

/* osc_mistakes_alg, osc_mistakes_hash - what a pick of these dimensions stands for */
const struct osc_alg *osc_mistakes_alg(const struct osc_evidence *evidence, size_t pick);
enum osc_hash osc_mistakes_hash(const struct osc_evidence *evidence, size_t pick);

#endif
