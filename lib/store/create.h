/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_STORE_CREATE_H
#define OSC_STORE_CREATE_H

#include "store/store.h"

/* What a new directory shall hold. */
struct osc_new_context {
	enum osc_dialect dialect;
	enum osc_role
	    role; /* role dialect: pins the directory, or OSC_ROLE_NONE; pair: which side */
	const struct osc_alg *alg;
	enum osc_hash hash;
	struct osc_slice master_secret; /* 1..OSC_SECRET_MAX bytes */
	struct osc_slice master_salt;   /* 0..OSC_SECRET_MAX bytes */
	bool has_id_context;
	struct osc_slice id_context;
	struct osc_id client_id;
	struct osc_id server_id;
	uint32_t window;
	/* First numbers, and whether the window for what that side sends is lost. */
	uint64_t client_seq, server_seq;
	bool client_window_lost; /* the window for what the client sends (kept by the server) */
	bool server_window_lost;
};

/*
 * osc_new_context_check - everything that loading the directory would check
 *
 * Returns OSC_OK or OSC_ECONTEXT with the reason in the detail.
 */
enum osc_err osc_new_context_check(
    const struct osc_new_context *context, struct osc_detail *detail);

/*
 * osc_new_context_write - make the directory, completely or not at all
 *
 * Everything is made in a temporary directory beside path, fsynced, and renamed
 * without replacing anything; the parent is fsynced. Modes: 0700 directory,
 * 0644 settings.json, 0600 the rest, whatever the umask. On failure nothing is left behind.
 *
 * Returns OSC_OK, OSC_EEXISTS, OSC_EIO, OSC_ENOMEM, or what the check returns.
 */
enum osc_err osc_new_context_write(
    const struct osc_new_context *context, const char *path, struct osc_detail *detail);

#endif
