/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"

static void set_text(struct osc_detail *detail, const char *path, const char *fmt, va_list args)
    OSC_PRINTF(3, 0);

static void
set_text(struct osc_detail *detail, const char *path, const char *fmt, va_list args)
{
	if (path != NULL)
		(void)snprintf(detail->path, sizeof(detail->path), "%s", path);
	(void)vsnprintf(detail->text, sizeof(detail->text), fmt, args);
	detail->hint[0] = '\0';
}

enum osc_err
osc_detail_set(struct osc_detail *detail, enum osc_err err, const char *path, const char *fmt, ...)
{
	va_list args;

	if (detail != NULL) {
		va_start(args, fmt);
		set_text(detail, path, fmt, args);
		va_end(args);
	}
	return err;
}

enum osc_err
osc_detail_errno(
    struct osc_detail *detail, enum osc_err err, const char *path, const char *fmt, ...)
{
	int saved = errno;
	va_list args;
	size_t len;

	if (detail != NULL) {
		va_start(args, fmt);
		set_text(detail, path, fmt, args);
		va_end(args);
		len = strlen(detail->text);
		(void)snprintf(
		    detail->text + len, sizeof(detail->text) - len, ": %s", strerror(saved));
	}
	errno = saved;
	return err;
}

void
osc_detail_hint(struct osc_detail *detail, const char *fmt, ...)
{
	va_list args;

	if (detail == NULL)
		return;
	va_start(args, fmt);
	(void)vsnprintf(detail->hint, sizeof(detail->hint), fmt, args);
	va_end(args);
}
