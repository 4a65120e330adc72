/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "paths.h"

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
