/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_TESTS_DIR_H
#define OSC_TESTS_DIR_H

/* A directory for a test, and short words for what happens in it. */

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir_path[200];

/* dir_name - the path of something in it; name may be ""; valid until the next four calls */
static inline const char *
dir_name(const char *name)
{
	static char names[4][400];
	static unsigned turn;
	char *out = names[turn++ % 4];

	(void)snprintf(out, sizeof(names[0]), "%s%s%s", dir_path, name[0] != '\0' ? "/" : "", name);
	return out;
}

static inline void
dir_make(void)
{
	const char *tmp = getenv("TMPDIR");

	(void)snprintf(
	    dir_path, sizeof(dir_path), "%s/oscore-unit-XXXXXX", tmp != NULL ? tmp : "/tmp");
	if (mkdtemp(dir_path) == NULL) {
		perror(dir_path);
		exit(EXIT_FAILURE);
	}
}

static inline void
dir_write_bytes(const char *name, const void *bytes, size_t len)
{
	int fd = open(dir_name(name), O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd == -1 || write(fd, bytes, len) != (ssize_t)len || close(fd) == -1) {
		perror(dir_name(name));
		exit(EXIT_FAILURE);
	}
}

static inline void
dir_write(const char *name, const char *text)
{
	dir_write_bytes(name, text, strlen(text));
}

/* dir_read - a file of at most 1 MiB, NUL-terminated; "" if it is not there */
static inline const char *
dir_read(const char *name)
{
	static char text[1 << 20];
	int fd = open(dir_name(name), O_RDONLY);
	ssize_t n = fd == -1 ? 0 : read(fd, text, sizeof(text) - 1);

	if (fd != -1)
		(void)close(fd);
	text[n > 0 ? n : 0] = '\0';
	return text;
}

static inline bool
dir_has(const char *name)
{
	return access(dir_name(name), F_OK) == 0;
}

static inline mode_t
dir_mode(const char *name)
{
	struct stat st;

	return stat(dir_name(name), &st) == 0 ? st.st_mode & 07777 : 0;
}

/* dir_count - how many files there are */
static inline unsigned
dir_count(void)
{
	DIR *list = opendir(dir_path);
	struct dirent *entry;
	unsigned n = 0;

	while (list != NULL && (entry = readdir(list)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			n++;
	if (list != NULL)
		(void)closedir(list);
	return n;
}

/* dir_clear - remove what is in it */
static inline void
dir_clear(void)
{
	DIR *list = opendir(dir_path);
	struct dirent *entry;

	while (list != NULL && (entry = readdir(list)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (unlinkat(dirfd(list), entry->d_name, 0) == -1)
			(void)unlinkat(dirfd(list), entry->d_name, AT_REMOVEDIR);
	}
	if (list != NULL)
		(void)closedir(list);
	(void)chmod(dir_path, 0700);
}

static inline void
dir_remove(void)
{
	dir_clear();
	(void)rmdir(dir_path);
}

#endif
