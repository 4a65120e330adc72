/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_TESTS_WORLD_H
#define OSC_TESTS_WORLD_H

/*
 * Context directories of one side, made once, in memory if there is a file system for
 * that; and the keys of the other side, which sends what it is told to.
 */

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/secret.h"
#include "../unit/contexts.h"
#include "fuzz.h"

#define LETTER_MAX ((size_t)256) /* bytes in the longest message of the peer */

/* A context. */
struct place {
	const char *name;       /* of the directory */
	const char *own, *peer; /* Sender ID and Recipient ID, in hex */
	const char *id_context; /* likewise; NULL: none */
	uint8_t secret;         /* each byte of the Master Secret */
	int algorithm;
	uint32_t window;
	bool neutral;     /* it serves both roles; this side is the server */
	struct pair keys; /* the peer is the client */
};

/* A message before it is sealed. */
struct letter {
	uint8_t type, code; /* outside */
	uint16_t mid;
	struct osc_slice token;
	struct osc_oscore_option option;
	struct osc_slice text; /* inside */
};

/* The input: it says what happens. Behind its end there is nothing but zeros. */
static struct osc_slice script;

static inline uint8_t
script_next(void)
{
	if (script.len == 0)
		return 0;
	script.len--;
	return *script.ptr++;
}

static char world_root[64] = "/dev/shm/oscore-fuzz-XXXXXX";
static char world_many[80]; /* where they are */

/* world_path - of something in the world; valid until the next four calls */
static inline const char *world_path(const char *fmt, ...) OSC_PRINTF(1, 2);
static inline const char *
world_path(const char *fmt, ...)
{
	static char paths[4][192];
	static unsigned turn;
	char *out = paths[turn++ % 4];
	size_t len = strlen(world_root);
	va_list args;

	memcpy(out, world_root, len);
	out[len] = '/';
	va_start(args, fmt);
	(void)vsnprintf(out + len + 1, sizeof(paths[0]) - len - 1, fmt, args);
	va_end(args);
	return out;
}

static inline void
world_write(const char *path, struct osc_slice bytes)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	MUST(fd != -1 && write(fd, bytes.ptr, bytes.len) == (ssize_t)bytes.len);
	MUST(close(fd) == 0);
}

static inline void
place_derive(struct place *place)
{
	uint8_t secret[16];
	struct osc_params params = {
	    .alg = osc_alg_by_number(place->algorithm),
	    .hash = OSC_SHA256,
	    .sender_id = id_of(place->peer),
	    .recipient_id = id_of(place->own),
	    .master_secret = osc_slice(secret, sizeof(secret)),
	};
	struct osc_slice id_context;

	if (place->id_context != NULL) {
		id_context = unhex(place->id_context);
		params.id_context = osc_present(id_context.ptr, id_context.len);
	}
	memset(secret, place->secret, sizeof(secret));
	pair_make(&place->keys, &params);
}

/* place_write - the directory, as oscore-gen would make it; path is one of world_path */
static inline void
place_write(const struct place *place, const char *path)
{
	const char *own = place->neutral ? "server-sender-id" : "sender-id";
	const char *peer = place->neutral ? "client-sender-id" : "recipient-id";
	struct osc_buffer text = {0};
	char file[256];

	(void)snprintf(file, sizeof(file), "%s/settings.json", path);
	MUST(mkdir(path, 0700) == 0);
	osc_buffer_print(&text, "{\"%s_hex\": \"%s\", \"%s_hex\": \"%s\", \"secret_hex\": \"", own,
	    place->own, peer, place->peer);
	for (int i = 0; i < 16; i++)
		osc_buffer_print(&text, "%02x", place->secret);
	osc_buffer_print(
	    &text, "\", \"algorithm\": %d, \"window\": %u", place->algorithm, place->window);
	if (place->id_context != NULL)
		osc_buffer_print(&text, ", \"id-context_hex\": \"%s\"", place->id_context);
	osc_buffer_text(&text, "}");
	MUST(!text.full);
	world_write(file, osc_buffer_slice(&text));
	osc_buffer_free(&text);
}

/* place_reset - as if it had never been used */
static inline void
place_reset(const struct place *place)
{
	(void)unlink(world_path("many/%s/sequence.json", place->name));
	(void)unlink(world_path("many/%s/lock", place->name));
	(void)unlink(world_path("many/%s/.used", place->name));
}

static inline int
world_remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static inline void
world_remove(void)
{
	(void)nftw(world_root, world_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* world_make - the directories, under "many" */
static inline void
world_make(struct place *places, size_t n)
{
	if (mkdtemp(world_root) == NULL) {
		memcpy(world_root, "/tmp/oscore-fuzz-XXXXXX", sizeof("/tmp/oscore-fuzz-XXXXXX"));
		MUST(mkdtemp(world_root) != NULL);
	}
	(void)snprintf(world_many, sizeof(world_many), "%s/many", world_root);
	MUST(atexit(world_remove) == 0 && mkdir(world_many, 0700) == 0);
	for (size_t i = 0; i < n; i++) {
		place_derive(&places[i]);
		place_write(&places[i], world_path("many/%s", places[i].name));
	}
}

/*
 * letter_seal - write the message as the side of the context would
 *
 * out       LETTER_MAX bytes
 * exchange  of a request receives what binds the responses to it; of a response it is
 *           what binds that
 *
 * Returns the length.
 */
static inline size_t
letter_seal(uint8_t *out, const struct letter *letter, const struct osc_context *from,
    struct osc_exchange *exchange)
{
	uint8_t value[OSC_OPTION_MAX];
	struct osc_unprotection message;
	struct osc_coap_writer w;
	struct osc_aead_job job;

	osc_coap_writer_init(&w, out, LETTER_MAX - from->alg->tag_len);
	osc_coap_put_header(&w, letter->type, letter->code, letter->mid, letter->token);
	osc_coap_put_option(
	    &w, OSC_OPT_OSCORE, osc_slice(value, osc_oscore_option_encode(value, &letter->option)));
	osc_coap_put_payload(&w, letter->text);
	MUST(!w.full);
	/* Nonce and AAD as for opening what this side has sent. */
	MUST(osc_unprotect_decode(&message, osc_slice(out, w.len), NULL) == OSC_OK);
	if (message.is_request)
		osc_unprotect_exchange(exchange, &message);
	osc_unprotect_prepare(&message, from, OSC_SIDE_OWN, exchange, NULL, &job);
	job.out = out + w.len - letter->text.len;
	job.in = job.out;
	osc_aead_seal(&job, 1);
	return w.len + from->alg->tag_len;
}

#endif
