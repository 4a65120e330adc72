/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <stdlib.h>

#include "base/bytes.h"
#include "base/secret.h"

#define FIRST_CAPACITY 4096

void
osc_buffer_cut(struct osc_buffer *buffer, size_t len)
{
	buffer->len = len;
}

uint8_t *
osc_buffer_reserve(struct osc_buffer *buffer, size_t more)
{
	size_t cap = buffer->cap > 0 ? buffer->cap : FIRST_CAPACITY;
	uint8_t *ptr;

	if (more > SIZE_MAX / 2 - buffer->len)
		return NULL;
	while (cap < buffer->len + more)
		cap *= 2;
	if (cap > buffer->cap) {
		/* Not realloc: it would leave a copy of the old contents behind. */
		ptr = malloc(cap);
		if (ptr == NULL)
			return NULL;
		osc_copy(ptr, buffer->ptr, buffer->len);
		osc_wipe(buffer->ptr, buffer->high);
		free(buffer->ptr);
		buffer->high = buffer->len;
		buffer->ptr = ptr;
		buffer->cap = cap;
	}
	if (buffer->high < buffer->len + more)
		buffer->high = buffer->len + more;
	return buffer->ptr + buffer->len;
}

void
osc_buffer_free(struct osc_buffer *buffer)
{
	osc_wipe(buffer->ptr, buffer->high);
	free(buffer->ptr);
	memset(buffer, 0, sizeof(*buffer));
}
