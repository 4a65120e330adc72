/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "message/hex.h"
#include "values.h"

enum osc_role
value_role(const char *arg)
{
	if (strcmp(arg, "client") == 0)
		return OSC_ROLE_CLIENT;
	if (strcmp(arg, "server") == 0)
		return OSC_ROLE_SERVER;
	cli_usage("--role: client or server, not %s", arg);
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
	if (bytes == NULL ||
	    osc_hex_decode(bytes, &to->len, osc_slice((const uint8_t *)arg, len), NULL) != OSC_OK)
		cli_usage("%s: hex digits, two for each byte, not %s", option, arg);
}

void
value_id(struct osc_id *id, const char *option, const char *arg)
{
	struct osc_buffer bytes = {0};

	value_hex(&bytes, option, arg);
	if (bytes.len > OSC_ID_MAX) {
		cli_say(NULL, "%s: an ID has at most %d bytes", option, OSC_ID_MAX);
		exit(cli_end(osc_err_status(OSC_ECONTEXT)));
	}
	id->len = (uint8_t)bytes.len;
	osc_copy(id->bytes, bytes.ptr, bytes.len);
	osc_buffer_free(&bytes);
}

const struct osc_alg *
value_algorithm(const char *arg)
{
	const struct osc_alg *alg = osc_alg_by_name(osc_slice((const uint8_t *)arg, strlen(arg)));
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
	enum osc_hash hash;

	/* SHA-384 can be loaded, but has no COSE number: nothing new is made with it. */
	if (!osc_hash_by_name(&hash, osc_slice((const uint8_t *)arg, strlen(arg))) ||
	    hash == OSC_SHA384)
		cli_usage("--hkdf: sha256 or sha512, not %s", arg);
	return hash;
}
