/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_TESTS_MANY_H
#define OSC_TESTS_MANY_H

/* Context directories in the directory of a test, and what is looked for among them. */

#include "dir.h"
#include "helper.h"
#include "store/index.h"

#define MANY_SECRET "0102030405060708090a0b0c0d0e0f10"

static inline void
many_make(const char *name, const char *settings)
{
	char file[200];

	if (mkdir(dir_name(name), 0700) != 0) {
		perror(dir_name(name));
		exit(EXIT_FAILURE);
	}
	(void)snprintf(file, sizeof(file), "%s/settings.json", name);
	dir_write(file, settings);
}

/* many_pair - a context in the pair dialect; id_context is NULL for none */
static inline void
many_pair(const char *name, const char *own, const char *peer, const char *id_context)
{
	char text[400], context[100] = "";

	if (id_context != NULL)
		(void)snprintf(
		    context, sizeof(context), ", \"id-context_hex\": \"%s\"", id_context);
	(void)snprintf(text, sizeof(text),
	    "{\"sender-id_hex\": \"%s\", \"recipient-id_hex\": \"%s\", \"secret_hex\": \"%s\","
	    " \"algorithm\": 10%s}",
	    own, peer, MANY_SECRET, context);
	many_make(name, text);
}

/* many_other - a context in the pair dialect with a secret of its own */
static inline void
many_other(const char *name, const char *own, const char *peer, unsigned secret)
{
	char text[400];

	(void)snprintf(text, sizeof(text),
	    "{\"sender-id_hex\": \"%s\", \"recipient-id_hex\": \"%s\","
	    " \"secret_hex\": \"%032x\", \"algorithm\": 10}",
	    own, peer, secret);
	many_make(name, text);
}

/* many_neutral - a context for both roles; role is NULL, or pins it */
static inline void
many_neutral(const char *name, const char *client, const char *server, const char *role)
{
	char text[400], pin[40] = "";

	if (role != NULL)
		(void)snprintf(pin, sizeof(pin), ", \"role\": \"%s\"", role);
	(void)snprintf(text, sizeof(text),
	    "{\"client-sender-id_hex\": \"%s\", \"server-sender-id_hex\": \"%s\","
	    " \"secret_hex\": \"%s\", \"algorithm\": 10%s}",
	    client, server, MANY_SECRET, pin);
	many_make(name, text);
}

/* many_clear - remove everything, one floor down */
static inline void
many_clear(void)
{
	DIR *list = opendir(dir_path), *below;
	struct dirent *entry;
	int fd;

	while (list != NULL && (entry = readdir(list)) != NULL) {
		fd = entry->d_name[0] == '.'
		    ? -1
		    : openat(dirfd(list), entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
		below = fd == -1 ? NULL : fdopendir(fd);
		while (below != NULL && (entry = readdir(below)) != NULL)
			(void)unlinkat(fd, entry->d_name, 0);
		if (below != NULL)
			(void)closedir(below);
	}
	if (list != NULL)
		(void)closedir(list);
	dir_clear();
}

/* wanted - kid and kid context in hex; the latter is NULL for none */
static inline struct osc_wanted
wanted(const char *kid, const char *kid_context, enum osc_role role)
{
	struct osc_wanted out = {.kid = unhex(kid), .role = role};

	if (kid_context != NULL)
		out.kid_context = unhex(kid_context);
	return out;
}

#endif
