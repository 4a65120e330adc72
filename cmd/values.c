/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "cli.h"
#include "message/format.h"
#include "message/hex.h"
#include "values.h"

static struct osc_slice
text_of(const char *arg)
{
	return osc_slice((const uint8_t *)arg, strlen(arg));
}

static const char *
algorithm_name(size_t i)
{
	const struct osc_alg *alg = osc_alg_at(i);

	return alg != NULL ? alg->name : NULL;
}

struct osc_slice
value_word_at(const char *words, size_t i)
{
	const char *(*names)(size_t i) = NULL, *name;
	size_t len;

	if (*words == CLI_ALGORITHMS[0])
		names = algorithm_name;
	else if (*words == CLI_FORMATS[0])
		names = osc_format_input_name;
	for (size_t n = 0; names != NULL && (name = names(n)) != NULL; n++)
		if (i-- == 0)
			return text_of(name);
	for (words += names != NULL; *words != '\0'; words += len) {
		words += *words == ' ';
		for (len = 0; words[len] != '\0' && words[len] != ' ';)
			len++;
		if (i-- == 0)
			return osc_slice((const uint8_t *)words, len);
	}
	return OSC_ABSENT;
}

/* The words as in a sentence: "a, b or c". */
static _Noreturn void
refuse_word(const char *option, const char *arg, const char *words)
{
	struct osc_buffer list = {0};
	struct osc_slice word;

	for (size_t i = 0; osc_is_present(word = value_word_at(words, i)); i++) {
		if (i > 0)
			osc_buffer_text(
			    &list, osc_is_present(value_word_at(words, i + 1)) ? ", " : " or ");
		osc_buffer_put(&list, word);
	}
	cli_usage("%s: %.*s, not %s", option, (int)list.len, (const char *)list.ptr, arg);
}

size_t
value_word(const char *option, const char *arg, const char *words)
{
	struct osc_slice word;

	for (size_t i = 0; osc_is_present(word = value_word_at(words, i)); i++)
		if (osc_same_word(word, arg))
			return i;
	refuse_word(option, arg, words);
}

enum osc_role
value_role(const char *arg)
{
	return value_word("--role", arg, CLI_ROLES) == 0 ? OSC_ROLE_CLIENT : OSC_ROLE_SERVER;
}

uint64_t
value_number(const char *option, const char *arg, uint64_t min, uint64_t max)
{
	char *end = NULL;
	unsigned long long value = 0;

	errno = 0;
	if (arg[0] >= '0' && arg[0] <= '9')
		value = strtoull(arg, &end, 10);
	if (end == NULL || *end != '\0' || errno != 0 || value < min || value > max)
		cli_usage("%s: a number from %llu to %llu, not %s", option, (unsigned long long)min,
		    (unsigned long long)max, arg);
	return value;
}

void
value_hex(struct osc_buffer *to, const char *option, const char *arg)
{
	size_t len = strlen(arg);
	uint8_t *bytes;

	osc_buffer_cut(to, 0);
	bytes = osc_buffer_reserve(to, len);
	if (bytes == NULL || osc_hex_decode(bytes, &to->len, text_of(arg), NULL) != OSC_OK)
		cli_usage("%s: hex digits, two for each byte, not %s", option, arg);
}

void
value_id(struct osc_id *id, const char *option, const char *arg)
{
	struct osc_buffer bytes = {0};

	value_hex(&bytes, option, arg);
	if (bytes.len > OSC_ID_MAX) {
		cli_say(NULL, "%s: an ID has at most %d bytes", option, OSC_ID_MAX);
		cli_end(osc_err_status(OSC_ECONTEXT));
	}
	id->len = (uint8_t)bytes.len;
	osc_copy(id->bytes, bytes.ptr, bytes.len);
	osc_buffer_free(&bytes);
}

const struct osc_alg *
value_algorithm(const char *arg)
{
	const struct osc_alg *alg = osc_alg_by_name(text_of(arg));
	char *end;
	long number;

	if (alg == NULL && arg[0] >= '0' && arg[0] <= '9') {
		number = strtol(arg, &end, 10);
		if (*end == '\0')
			alg = osc_alg_by_number(number);
	}
	if (alg == NULL)
		cli_usage("--algorithm: unknown: %s (see --list-algorithms)", arg);
	return alg;
}

void
value_sender_seq(uint64_t *client, uint64_t *server, const char *arg)
{
	const char *colon = strchr(arg, ':');
	char first[24];

	if (colon == NULL) {
		*client = *server = value_number("--sender-seq", arg, 0, OSC_SEQ_MAX);
		return;
	}
	if ((size_t)(colon - arg) >= sizeof(first))
		cli_usage("--sender-seq: N or CLIENT:SERVER, not %s", arg);
	(void)snprintf(first, sizeof(first), "%.*s", (int)(colon - arg), arg);
	*client = value_number("--sender-seq", first, 0, OSC_SEQ_MAX);
	*server = value_number("--sender-seq", colon + 1, 0, OSC_SEQ_MAX);
}

enum osc_hash
value_hash(const char *arg)
{
	/* SHA-384 can be loaded, but has no COSE number: nothing new is made with it. */
	return value_word("--hkdf", arg, CLI_HASHES) == 0 ? OSC_SHA256 : OSC_SHA512;
}
