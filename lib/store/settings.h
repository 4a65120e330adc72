/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_STORE_SETTINGS_H
#define OSC_STORE_SETTINGS_H

#include "store/contents.h"
#include "store/file.h"
#include "store/store.h"

struct osc_data;

/* What a static file was when it was read; all zero for one that was not there. */
struct osc_static_mark {
	dev_t dev;
	uint64_t ino, size, btime;
	int64_t mtime, ctime; /* a change of anything is one of ctime */
};

/* What settings own that were read from a directory. */
struct osc_loaded {
	uint8_t *secret; /* Master Secret and Master Salt, in one piece of secret memory */
	size_t secret_size;
	uint8_t *id_context;     /* on the heap; NULL if it is absent */
	unsigned warnings;       /* enum osc_warning, those that are seen here */
	const char *secret_file; /* the name of the file that holds the secret; static */
	struct osc_static_mark marks[OSC_STATIC_FILES];
};

/*
 * The static parameters of a directory.
 *
 * params are from the view of this side in the pair dialect, and of the client in the role
 * dialect. They borrow: from `loaded` if the settings were read from a directory, from
 * whoever filled them in if they are to be written to one; `loaded` is all zero then.
 */
struct osc_settings {
	enum osc_dialect dialect;
	enum osc_role role; /* that the directory is pinned to, or OSC_ROLE_NONE */
	uint32_t window;
	bool sequence_file; /* a missing sequence.json is an error */
	bool rederive;      /* the keys may be derived anew (RFC 8613, B.2) */
	struct osc_params params;
	struct osc_loaded loaded;
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
 * known  receives whether they tell
 *
 * Sets the dialect, the role, the IDs and the ID Context; all else stays zero, and
 * no secret is decoded. What else is wrong with the files does not matter. Returns OSC_OK,
 * OSC_ECONTEXT if this is no context, OSC_EIO or OSC_ENOMEM; osc_settings_wipe in any case.
 */
enum osc_err osc_settings_identify(
    struct osc_settings *settings, const struct osc_dir *dir, bool *known);

/* osc_settings_view - the parameters from the view of a side; of the side that is fixed, if
 * one is, whatever the role. They borrow from where those of the settings do. */
struct osc_params osc_settings_view(const struct osc_settings *settings, enum osc_role role);

/*
 * osc_settings_check - what must hold between the parameters, whoever made them
 *
 * IDs that differ and fit the algorithm, lengths of secret and salt, the window.
 * Returns OSC_OK or OSC_ECONTEXT; leaves the path of the detail alone.
 */
enum osc_err osc_settings_check(const struct osc_settings *settings, struct osc_detail *detail);

/*
 * osc_settings_params - the same for a caller whose role must fit
 *
 * role  OSC_ROLE_NONE if the user gave none
 *
 * Returns OSC_OK, OSC_EROLE if the directory is pinned to the other role, or OSC_ENOROLE.
 */
enum osc_err osc_settings_params(const struct osc_settings *settings, enum osc_role role,
    struct osc_params *params, struct osc_detail *detail);

/* osc_settings_long_context - the ID Context does not fit into an option beside this kid (6.1) */
bool osc_settings_long_context(const struct osc_params *params);

/* osc_settings_remedy - what to do when the numbers are lost or used up */
const char *osc_settings_remedy(const struct osc_settings *settings);

/*
 * osc_settings_unchanged - are the static files still those that were loaded?
 *
 * The same files, with the same content as far as size and times tell, and none more.
 * Returns OSC_OK, or OSC_ESETTINGS with the file in the detail.
 */
enum osc_err osc_settings_unchanged(
    const struct osc_settings *settings, const struct osc_dir *dir, struct osc_detail *detail);

/* osc_settings_forget - wipe and free Master Secret and Master Salt that were loaded; they
 * are of length 0 then */
void osc_settings_forget(struct osc_settings *settings);

/* osc_settings_wipe - all that was loaded: wipe and free secret and salt, free the ID Context */
void osc_settings_wipe(struct osc_settings *settings);

#endif
