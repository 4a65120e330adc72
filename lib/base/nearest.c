/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "base/ascii.h"
#include "base/nearest.h"

#define WORD_MAX 40  /* no name is longer; nothing longer is near one */
#define PREFIX_MIN 4 /* letters of a name that leave little doubt */

static unsigned
least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Edits from a word to a name; neither is longer than WORD_MAX. */
static unsigned
distance(struct osc_slice word, const char *name)
{
	unsigned rows[3][WORD_MAX + 1], *before = rows[0], *last = rows[1], *row = rows[2], *spare;
	size_t len = strlen(name);
	bool equal;

	for (size_t k = 0; k <= len; k++)
		last[k] = (unsigned)k;
	for (size_t i = 1; i <= word.len; i++) {
		row[0] = (unsigned)i;
		for (size_t k = 1; k <= len; k++) {
			equal = osc_lower(word.ptr[i - 1]) == osc_lower((uint8_t)name[k - 1]);
			row[k] = least(least(last[k], row[k - 1]) + 1, last[k - 1] + !equal);
			if (i > 1 && k > 1 &&
			    osc_lower(word.ptr[i - 1]) == osc_lower((uint8_t)name[k - 2]) &&
			    osc_lower(word.ptr[i - 2]) == osc_lower((uint8_t)name[k - 1]))
				row[k] = least(row[k], before[k - 2] + 1);
		}
		spare = before;
		before = last;
		last = row;
		row = spare;
	}
	return last[len];
}

/* Is the word the beginning of the name? */
static bool
begins(const char *name, struct osc_slice word)
{
	for (size_t i = 0; i < word.len; i++)
		if (name[i] == '\0' || osc_lower((uint8_t)name[i]) != osc_lower(word.ptr[i]))
			return false;
	return true;
}

const char *
osc_name_nearest(struct osc_slice word, const char *(*next)(size_t i))
{
	const char *name, *best = NULL;
	unsigned edits, least_edits = 4;

	if (word.len == 0 || word.len > WORD_MAX)
		return NULL;
	for (size_t i = 0; (name = next(i)) != NULL; i++) {
		if (strlen(name) > WORD_MAX)
			continue;
		edits = distance(word, name);
		if (edits < least_edits && edits <= strlen(name) / 3) {
			best = name;
			least_edits = edits;
		}
	}
	for (size_t i = 0; best == NULL && word.len >= PREFIX_MIN && (name = next(i)) != NULL; i++)
		if (begins(name, word))
			best = name;
	return best;
}
