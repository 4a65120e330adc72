/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_STORE_SETTINGS_H
#define OSC_STORE_SETTINGS_H

#include "store/file.h"
#include "store/store.h"

struct osc_data;

/* The static parameters of a directory, of both sides. */
struct osc_settings {
	enum osc_dialect dialect;
	enum osc_role pinned; /* "role", or OSC_ROLE_NONE */
	/* Pair dialect: Sender ID and Recipient ID. Role dialect: the Sender IDs of client
	 * and server. */
	struct osc_id first, second;
	const struct osc_alg *alg;
	enum osc_hash hash;
	uint32_t window;
	bool sequence_file; /* a missing sequence.json is an error */
	uint8_t *secret;    /* with the salt behind it, in secret memory */
	size_t secret_len, salt_len;
	size_t secret_room;  /* bytes that were allocated */
	uint8_t *id_context; /* on the heap; NULL: absent */
	size_t id_context_len;
	unsigned warnings;       /* enum osc_warning, those that are seen here */
	const char *secret_file; /* the name of the file that holds the secret */
};

/*
 * osc_settings_load - read and check settings.json, secrets.json and secret.json
 *
 * Returns OSC_OK, OSC_ECONTEXT with file, key and reason in the detail,
 * OSC_EIO or OSC_ENOMEM. After an error there is nothing to free.
 */
enum osc_err osc_settings_load(
    struct osc_settings *settings, const struct osc_dir *dir, struct osc_detail *detail);

/*
 * osc_settings_parse - the same with texts that were read, those of osc_data_read
 *
 * data  is freed in any case
 */
enum osc_err osc_settings_parse(
    struct osc_settings *settings, struct osc_data *data, struct osc_detail *detail);

/*
 * osc_settings_identify - read only whose messages a directory is for
 *
 * files  how many are read, settings.json first: 1, or OSC_STATIC_FILES
 * known  receives whether they tell
 *
 * Sets the dialect, the pinned role, the IDs and the ID Context; all else stays zero, and
 * no secret is decoded. What else is wrong with the files does not matter. Returns OSC_OK,
 * OSC_ECONTEXT if this is no context, or OSC_ENOMEM; osc_settings_wipe in any case.
 */
enum osc_err osc_settings_identify(
    struct osc_settings *settings, const struct osc_dir *dir, size_t files, bool *known);

/* osc_settings_ids - Sender ID and Recipient ID of a side; of a side that is fixed, whatever
 * the role */
void osc_settings_ids(const struct osc_settings *settings, enum osc_role role, struct osc_id *own,
    struct osc_id *peer);

/*
 * osc_settings_check - what must hold between the parameters, whoever made them
 *
 * IDs that differ and fit the algorithm, lengths of secret and salt, the window.
 * Returns OSC_OK or OSC_ECONTEXT; leaves the path of the detail alone.
 */
enum osc_err osc_settings_check(const struct osc_settings *settings, struct osc_detail *detail);

/*
 * osc_settings_params - the parameters from the view of one side
 *
 * role    of the caller, OSC_ROLE_NONE if the user gave none
 * params  borrow from settings
 *
 * Returns OSC_OK, OSC_EROLE if the directory is pinned to the other role, or OSC_ENOROLE.
 */
enum osc_err osc_settings_params(const struct osc_settings *settings, enum osc_role role,
    struct osc_params *params, struct osc_detail *detail);

/* osc_settings_long_context - the ID Context does not fit into an option beside this kid (6.1) */
bool osc_settings_long_context(const struct osc_params *params);

/* osc_settings_wipe - wipe and free secret and salt, free the ID Context */
void osc_settings_wipe(struct osc_settings *settings);

#endif
