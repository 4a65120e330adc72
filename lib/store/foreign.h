/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_STORE_FOREIGN_H
#define OSC_STORE_FOREIGN_H

#include "store/settings.h"
#include "store/store.h"

/* Security Contexts in the formats of other programs, and in ours for jq. Each holds the
 * Master Secret, or what it follows from. */

/* How many messages may be protected with one key: the limit q that
 * draft-ietf-core-oscore-key-limits recommends, whatever the algorithm. */
#define OSC_KEY_LIMIT (UINT64_C(1) << 20)

/* A context as it is written. */
struct osc_export {
	const struct osc_params *params; /* of the side that it is for */
	enum osc_role role;              /* of that side; OSC_ROLE_NONE: not known */
	const struct osc_state *state;   /* its window has the size of the settings */
};

/* osc_state_protected - how many messages the Sender Key has protected at most (the draft,
 * Appendix B); at least, if the window is lost */
uint64_t osc_state_protected(const struct osc_state *state);

/* A context as it was read. */
struct osc_import {
	/* The parameters, and what was loaded for them; window is 0 if it was not given, the
	 * role is that of the side that they are of, or OSC_ROLE_NONE if nothing tells it. */
	struct osc_settings settings;
	bool one_side;  /* it is that side's own, not for both */
	bool has_ids;   /* the format has Sender and Recipient ID */
	unsigned given; /* enum osc_import_field, as bits */
};

/* osc_import_free - wipe and free what was read */
void osc_import_free(struct osc_import *import);

struct osc_foreign {
	const char *name;
	/*
	 * Memory may be short: look at out->full. Returns OSC_OK, or OSC_ECONTEXT with the reason in
	 * the detail: the format does not have it. NULL: it is not written.
	 */
	enum osc_err (*write)(
	    struct osc_buffer *out, const struct osc_export *from, struct osc_detail *detail);
	/*
	 * Returns OSC_OK, OSC_EIMPORT (not of this format), OSC_ECONTEXT (nothing that can be
	 * loaded), or OSC_ENOMEM, with place and reason, and no secret, in the detail. After an
	 * error there is nothing to free. NULL: it is not read.
	 */
	enum osc_err (*read)(
	    struct osc_import *import, struct osc_slice text, struct osc_detail *detail);
	bool binary;
	bool numbers; /* who imports it goes on with the numbers of the side */
};

/* osc_foreign_by_name - NULL for an unknown one; names in any case of letters */
const struct osc_foreign *osc_foreign_by_name(struct osc_slice name);

extern const struct osc_foreign osc_foreign_json, osc_foreign_libcoap, osc_foreign_wireshark,
    osc_foreign_aiocoap, osc_foreign_c, osc_foreign_rfc9203, osc_foreign_edhoc;

/* For the formats: */

enum osc_import_field {
	OSC_IMPORT_SECRET,
	OSC_IMPORT_SALT,
	OSC_IMPORT_ID_CONTEXT,
	OSC_IMPORT_SENDER_ID,
	OSC_IMPORT_RECIPIENT_ID,
	OSC_IMPORT_ALGORITHM,
	OSC_IMPORT_HASH,
	OSC_IMPORT_WINDOW,
	OSC_IMPORT_OTHER,
};

/* osc_import_start - nothing is given, algorithm and hash are the defaults; OSC_ENOMEM */
enum osc_err osc_import_start(struct osc_import *import, struct osc_detail *detail);

/* osc_import_bytes - a value, as it is or in hex; OSC_EIMPORT, OSC_ECONTEXT, OSC_ENOMEM */
enum osc_err osc_import_bytes(struct osc_import *import, enum osc_import_field field,
    struct osc_slice text, bool hex, struct osc_detail *detail);

/* osc_import_once - OSC_EIMPORT if it was given before */
enum osc_err osc_import_once(
    struct osc_import *import, enum osc_import_field field, struct osc_detail *detail);

/* osc_import_algorithm, osc_import_hash - by COSE number, or by name if that is present;
 * OSC_EIMPORT, OSC_ECONTEXT */
enum osc_err osc_import_algorithm(
    struct osc_import *import, int64_t number, struct osc_slice name, struct osc_detail *detail);
enum osc_err osc_import_hash(
    struct osc_import *import, int64_t number, struct osc_slice name, struct osc_detail *detail);

/* osc_import_end - is there all that must be? Frees after an error, this one or err. */
enum osc_err osc_import_end(struct osc_import *import, enum osc_err err, struct osc_detail *detail);

/* osc_export_hash - the COSE number of the hash; OSC_ECONTEXT if it has none */
enum osc_err osc_export_hash(
    int *number, const struct osc_params *params, struct osc_detail *detail);

#endif
