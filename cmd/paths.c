/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "paths.h"
#include "store/contents.h"

#define PATH_SIZE 4096 /* of the longest path that the system takes */
#define LINKS_MAX 40   /* as many as it follows */

static bool
same_inode(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* The directory that a name would be made in, and the name; the path is cut in two. */
static bool
split(char *path, struct stat *parent, const char **name)
{
	size_t len = strlen(path);
	char *slash;

	while (len > 1 && path[len - 1] == '/')
		path[--len] = '\0';
	slash = strrchr(path, '/');
	*name = slash != NULL ? slash + 1 : path;
	if (slash == NULL)
		return stat(".", parent) == 0;
	if (slash == path)
		return stat("/", parent) == 0;
	*slash = '\0';
	return stat(path, parent) == 0;
}

static bool
same_name(const char *a, const char *b)
{
	char *left = strdup(a), *right = strdup(b);
	const char *left_name, *right_name;
	struct stat left_parent, right_parent;
	bool same = false;

	if (left != NULL && right != NULL && split(left, &left_parent, &left_name) &&
	    split(right, &right_parent, &right_name))
		same =
		    same_inode(&left_parent, &right_parent) && strcmp(left_name, right_name) == 0;
	free(left);
	free(right);
	return same;
}

bool
paths_same(const char *a, const char *b)
{
	struct stat left, right;
	bool have_left = stat(a, &left) == 0, have_right = stat(b, &right) == 0;

	if (have_left && have_right)
		return same_inode(&left, &right) &&
		    (S_ISREG(left.st_mode) || S_ISDIR(left.st_mode));
	return !have_left && !have_right && same_name(a, b);
}

/* Where an output is written in the end. */
struct target {
	char path[PATH_SIZE]; /* its directory, if it has one */
	const char *name;
	struct stat directory;
	struct stat file;
	bool is_file; /* there is one */
};

static bool
follow(struct target *target, const char *path)
{
	char *to = target->path, link[PATH_SIZE];
	const char *slash;
	size_t keep;
	ssize_t n;

	target->is_file = stat(path, &target->file) == 0 && S_ISREG(target->file.st_mode);
	if (snprintf(to, sizeof(target->path), "%s", path) >= (int)sizeof(target->path))
		return false;
	/* Links that lead to nothing yet are followed too: the file would be made there. */
	for (int i = 0; i < LINKS_MAX && (n = readlink(to, link, sizeof(link) - 1)) > 0; i++) {
		link[n] = '\0';
		slash = link[0] != '/' ? strrchr(to, '/') : NULL;
		keep = slash != NULL ? (size_t)(slash + 1 - to) : 0;
		if (keep + (size_t)n >= sizeof(target->path))
			return false;
		memcpy(to + keep, link, (size_t)n + 1);
	}
	return split(to, &target->directory, &target->name);
}

static bool
stat_in(const char *directory, const char *name, struct stat *st)
{
	char path[PATH_SIZE];

	return snprintf(path, sizeof(path), "%s/%s", directory, name) < (int)sizeof(path) &&
	    stat(path, st) == 0;
}

static bool
is_context(const char *directory)
{
	struct stat st;

	for (size_t i = 0; i < OSC_STATIC_FILES; i++)
		if (stat_in(directory, osc_context_files[i], &st))
			return true;
	return false;
}

static bool
touches(const struct target *target, const char *directory)
{
	struct stat st;

	if (stat(directory, &st) == 0 && same_inode(&st, &target->directory))
		return true;
	for (size_t i = 0; i < OSC_CONTEXT_FILES && target->is_file; i++)
		if (stat_in(directory, osc_context_files[i], &st) && same_inode(&st, &target->file))
			return true;
	return false;
}

/* Worth looking at each of many contexts, of which there may be thousands. */
static bool
is_suspicious(const struct target *target)
{
	bool suspicious = target->is_file && target->file.st_nlink > 1;

	for (size_t i = 0; i < OSC_CONTEXT_FILES; i++)
		suspicious = suspicious || strcmp(target->name, osc_context_files[i]) == 0;
	return suspicious || is_context(target->name == target->path ? "." : target->path);
}

/* A context under the directory that the target touches; target: NULL for any. */
static bool
among_many(const struct target *target, const char *directory)
{
	DIR *list = opendir(directory);
	const struct dirent *entry;
	char path[PATH_SIZE];
	bool found = false;

	while (!found && list != NULL && (entry = readdir(list)) != NULL)
		found = entry->d_name[0] != '.' &&
		    snprintf(path, sizeof(path), "%s/%s", directory, entry->d_name) <
			(int)sizeof(path) &&
		    is_context(path) && (target == NULL || touches(target, path));
	if (list != NULL)
		(void)closedir(list);
	return found;
}

bool
paths_in_context(const char *path, const char *directory, bool many)
{
	struct target target = {0};

	if (!follow(&target, path))
		return false;
	if (!many)
		return touches(&target, directory);
	return is_suspicious(&target) && among_many(&target, directory);
}

bool
paths_lone_context(const char *directory)
{
	return is_context(directory) && !among_many(NULL, directory);
}

bool
paths_is_directory(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool
paths_is_input(const char *path)
{
	struct stat st;

	return strcmp(path, "-") == 0 || (stat(path, &st) == 0 && !S_ISDIR(st.st_mode));
}
