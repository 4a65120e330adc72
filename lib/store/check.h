/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_STORE_CHECK_H
#define OSC_STORE_CHECK_H

#include "store/file.h"
#include "store/store.h"

/*
 * What may be wrong with context directories, each alone and all together, whether it keeps
 * them from being loaded or not. Nothing is made or changed; the lock of a directory is
 * tried, and given back at once.
 */

struct osc_check_mark; /* of a key or a kid, and whose it is */

struct osc_check {
	/* Is told each finding: the file, what is wrong, and what to do about it. */
	void (*found)(void *arg, const struct osc_detail *finding);
	void *arg;
	struct osc_check_paths {
		char **ptr; /* of the directories that were looked at; on the heap */
		size_t n, cap;
	} paths;
	struct osc_check_marks {
		struct osc_check_mark *ptr; /* on the heap */
		size_t n, cap;
	} senders, recipients;
};

/*
 * osc_check_directory - look at one context
 *
 * named  it is one of a directory of contexts, where its name says whose messages are for it
 *
 * What is missing or cannot be opened is a finding. Returns OSC_OK, OSC_EIO or OSC_ENOMEM.
 */
enum osc_err osc_check_directory(
    struct osc_check *check, const char *path, bool named, struct osc_detail *detail);

/* osc_check_tree - look at all contexts in a directory; OSC_ECONTEXT if it is none */
enum osc_err osc_check_tree(struct osc_check *check, const char *path, struct osc_detail *detail);

/* osc_check_across - what is wrong between those that were looked at, when all were */
void osc_check_across(struct osc_check *check);

void osc_check_free(struct osc_check *check);

/* For the files that are osc_check_directory together. */

/* osc_check_say - a finding, about NAME in a directory, or the directory itself (NULL) */
void osc_check_say(const struct osc_check *check, const struct osc_dir *dir, const char *name,
    const char *fmt, ...) OSC_PRINTF(4, 5);

/* osc_check_files - permissions, owners, leftovers, the lock */
void osc_check_files(const struct osc_check *check, const struct osc_dir *dir);

/* osc_check_keys - keys in the static files that nobody reads */
enum osc_err osc_check_keys(const struct osc_check *check, const struct osc_dir *dir);

#endif
