/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_STORE_CREATE_H
#define OSC_STORE_CREATE_H

#include "store/settings.h"

/* What a new directory shall hold. In the pair dialect the role says which side it is for.
 * There is always a sequence.json, so settings.sequence_file is of no account. */
struct osc_new_context {
	struct osc_settings settings;
	/* First numbers, and whether the window for what that side sends is lost: that for
	 * what the client sends is kept by the server. */
	uint64_t client_seq, server_seq;
	bool client_window_lost, server_window_lost;
};

/*
 * osc_new_context_check - everything that loading the directory would check
 *
 * Returns OSC_OK or OSC_ECONTEXT with the reason in the detail.
 */
enum osc_err osc_new_context_check(
    const struct osc_new_context *context, struct osc_detail *detail);

#define OSC_NEW_MAX 2 /* at once: a pair */

/*
 * osc_new_contexts_write - make directories, each completely or not at all
 *
 * n     1..OSC_NEW_MAX contexts and their paths
 * made  receives how many are there, from the first: one that fails may leave those before it
 *
 * Everything is made in temporary directories beside the paths and fsynced; then they are
 * renamed in their order without replacing anything, and each parent is fsynced. So what
 * may fail has been done before the first has its name. Modes: 0700 directory, 0644
 * settings.json, 0600 the rest, whatever the umask. Nothing else is left behind.
 *
 * Returns OSC_OK, OSC_EEXISTS, OSC_EIO, OSC_ENOMEM, or what the check returns.
 */
enum osc_err osc_new_contexts_write(const struct osc_new_context *contexts,
    const char *const *paths, size_t n, size_t *made, struct osc_detail *detail);

#endif
