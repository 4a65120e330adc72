/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <unistd.h>

#include "base/io.h"
#include "base/secret.h"
#include "cli.h"
#include "lines.h"

/* The RFC writes "0 byte", "1 byte", "2 bytes". */
static const char *
unit(size_t n)
{
	return n < 2 ? "byte" : "bytes";
}

void
lines_say(struct lines *lines, const char *name, const char *fmt, ...)
{
	struct osc_buffer *buffer = &lines->buffer;
	va_list args;
	size_t at;

	osc_buffer_print(buffer, "%s: ", name);
	at = buffer->len;
	va_start(args, fmt);
	osc_buffer_vprint(buffer, fmt, args);
	va_end(args);
	/* A file name may hold anything: one line stays one line. */
	for (; at < buffer->len; at++)
		if (buffer->ptr[at] < 0x20 || buffer->ptr[at] == 0x7f)
			buffer->ptr[at] = '?';
	osc_buffer_text(buffer, "\n");
}

/* Digits go straight into the buffer: printf would leave secrets on the stack. */
void
lines_bytes(struct lines *lines, const char *name, struct osc_slice bytes)
{
	osc_buffer_print(&lines->buffer, "%s: 0x", name);
	osc_buffer_hex(&lines->buffer, bytes);
	osc_buffer_print(&lines->buffer, " (%zu %s)\n", bytes.len, unit(bytes.len));
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
	if (lines->buffer.full)
		cli_say(NULL, "no memory to explain");
	else if (lines->buffer.len > 0)
		(void)osc_io_write(STDERR_FILENO, lines->buffer.ptr, lines->buffer.len);
	osc_wipe(lines->buffer.ptr, lines->buffer.len);
	osc_buffer_cut(&lines->buffer, 0);
}

void
lines_free(struct lines *lines)
{
	osc_buffer_free(&lines->buffer);
}
