/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "base/io.h"
#include "base/secret.h"
#include "cli.h"
#include "lines.h"

#define LINE_MAX_WORDS 1024

static void
append(struct lines *lines, const char *text, size_t len)
{
	uint8_t *to = osc_buffer_reserve(&lines->buffer, len);

	if (to == NULL) {
		lines->no_memory = true;
		return;
	}
	memcpy(to, text, len);
	lines->buffer.len += len;
}

/* The RFC writes "0 byte", "1 byte", "2 bytes". */
static const char *
unit(size_t n)
{
	return n < 2 ? "byte" : "bytes";
}

void
lines_say(struct lines *lines, const char *name, const char *fmt, ...)
{
	char words[LINE_MAX_WORDS];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(words, sizeof(words), fmt, args);
	va_end(args);
	/* A file name may hold anything: one line stays one line. */
	for (char *c = words; *c != '\0'; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = '?';
	append(lines, name, strlen(name));
	append(lines, ": ", 2);
	append(lines, words, strlen(words));
	append(lines, "\n", 1);
}

/* Digits go straight into the buffer: snprintf would leave secrets on the stack. */
static void
append_hex(struct lines *lines, struct osc_slice bytes)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t *to = osc_buffer_reserve(&lines->buffer, 2 * bytes.len);

	if (to == NULL) {
		lines->no_memory = true;
		return;
	}
	for (size_t i = 0; i < bytes.len; i++) {
		*to++ = (uint8_t)digits[bytes.ptr[i] >> 4];
		*to++ = (uint8_t)digits[bytes.ptr[i] & 15];
	}
	lines->buffer.len += 2 * bytes.len;
}

void
lines_bytes(struct lines *lines, const char *name, struct osc_slice bytes)
{
	char tail[64];
	int n = snprintf(tail, sizeof(tail), " (%zu %s)\n", bytes.len, unit(bytes.len));

	append(lines, name, strlen(name));
	append(lines, ": 0x", 4);
	if (bytes.len > 0)
		append_hex(lines, bytes);
	append(lines, tail, (size_t)n);
}

void
lines_secret(struct lines *lines, const char *name, struct osc_slice bytes)
{
	if (lines->show_secrets)
		lines_bytes(lines, name, bytes);
	else
		lines_say(lines, name, "%zu %s, hidden", bytes.len, unit(bytes.len));
}

void
lines_write(struct lines *lines)
{
	if (lines->no_memory)
		cli_say(NULL, "no memory to explain");
	else if (lines->buffer.len > 0)
		(void)osc_io_write(STDERR_FILENO, lines->buffer.ptr, lines->buffer.len);
	osc_wipe(lines->buffer.ptr, lines->buffer.len);
	osc_buffer_cut(&lines->buffer, 0);
	lines->no_memory = false;
}

void
lines_free(struct lines *lines)
{
	osc_buffer_free(&lines->buffer);
}
