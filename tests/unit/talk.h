/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_TESTS_TALK_H
#define OSC_TESTS_TALK_H

/* A client and a server, in the directories of a test, that exchange messages by sessions. */

#include <ftw.h>

#include "base/secret.h"
#include "dir.h"
#include "helper.h"
#include "session/receive.h"
#include "session/send.h"

#define TALK_SECRET "\"secret_hex\": \"0102030405060708090a0b0c0d0e0f10\", \"algorithm\": 10"

static struct osc_detail talk_detail;

/* talk_name - the path of something in the directory; valid until the program ends */
static inline const char *
talk_name(const char *name)
{
	static char paths[32][300];
	static size_t n;

	for (size_t i = 0; i < n; i++)
		if (strcmp(paths[i] + strlen(dir_path) + 1, name) == 0)
			return paths[i];
	if (n == sizeof(paths) / sizeof(paths[0]))
		abort();
	(void)snprintf(paths[n], sizeof(paths[0]), "%s/%s", dir_path, name);
	return paths[n++];
}

static inline void
talk_make(const char *name, const char *settings)
{
	char file[64];

	if (mkdir(talk_name(name), 0700) != 0 && errno != EEXIST) {
		perror(name);
		exit(EXIT_FAILURE);
	}
	(void)snprintf(file, sizeof(file), "%s/settings.json", name);
	dir_write(file, settings);
}

/* talk_start - two directories, never used */
static inline void
talk_start(void)
{
	static const char *const files[] = {"settings.json", "sequence.json", "lock", ".used"};
	static const char *const names[] = {"client", "contexts/01"};
	char path[64];

	(void)mkdir(talk_name("contexts"), 0700);
	for (size_t i = 0; i < 2; i++)
		for (size_t k = 0; k < sizeof(files) / sizeof(files[0]); k++) {
			(void)snprintf(path, sizeof(path), "%s/%s", names[i], files[k]);
			(void)unlink(dir_name(path));
		}
	talk_make(
	    "client", "{\"sender-id_hex\": \"01\", \"recipient-id_hex\": \"02\", " TALK_SECRET "}");
	talk_make("contexts/01",
	    "{\"sender-id_hex\": \"02\", \"recipient-id_hex\": \"01\", " TALK_SECRET "}");
}

static inline int
talk_remove(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st;
	(void)type;
	(void)where;
	return remove(path);
}

/* talk_end - the directory is gone, and all that is in it */
static inline void
talk_end(void)
{
	(void)nftw(dir_path, talk_remove, 8, FTW_DEPTH | FTW_PHYS);
}

/* RFC 8613, C.4 and C.7 */
static const uint8_t talk_get[] = {0x44, 0x01, 0x5d, 0x1f, 0, 0, 0x39, 0x74, 0x39, 'l', 'o', 'c',
    'a', 'l', 'h', 'o', 's', 't', 0x83, 't', 'v', '1'};
static const uint8_t talk_content[] = {0x64, 0x45, 0x5d, 0x1f, 0, 0, 0x39, 0x74, 0xff, 'H', 'e',
    'l', 'l', 'o', ' ', 'W', 'o', 'r', 'l', 'd', '!'};

/* What came out last. */
static uint8_t talk_bytes[OSC_MESSAGE_MAX], talk_reply_bytes[OSC_MESSAGE_MAX];
static struct osc_slice talk_out, talk_reply;

static inline struct osc_slice
talk_copy(uint8_t *to, struct osc_slice bytes)
{
	osc_copy(to, bytes.ptr, bytes.len);
	return osc_slice(to, bytes.len);
}

/* talk_holds - are there inner options or payloads of these messages in a buffer? */
static inline bool
talk_holds(const struct osc_buffer *buffer)
{
	static const char *const inner[] = {"tv1", "World"};

	for (size_t i = 0; i < sizeof(inner) / sizeof(inner[0]); i++)
		for (size_t at = 0; at + strlen(inner[i]) <= buffer->len; at++)
			if (memcmp(buffer->ptr + at, inner[i], strlen(inner[i])) == 0)
				return true;
	return false;
}

/* talk_group - one message through a session that goes on; what came out is in talk_out and
 * talk_reply */
static inline enum osc_err
talk_group(struct osc_session *session, bool protect, struct osc_item *item)
{
	size_t done = 0;
	enum osc_err err;

	talk_out = talk_reply = osc_slice(NULL, 0);
	item->err = OSC_OK;
	item->out = osc_slice(NULL, 0);
	osc_wipe(session->out.ptr, session->out.high); /* what left with an earlier group */
	err = (protect ? osc_session_protect : osc_session_unprotect)(
	    session, item, 1, &done, &talk_detail);
	if (err != OSC_OK || done == 0 || item->err != OSC_OK) {
		/* What does not leave does not stay. */
		CHECK(item->out.len == 0);
		CHECK(protect || !talk_holds(&session->out));
	}
	if (err == OSC_OK && done == 1) {
		err = item->err;
		if (err == OSC_OK)
			talk_out = talk_copy(talk_bytes, item->out);
		talk_reply = talk_copy(talk_reply_bytes, osc_session_work(session, 0)->reply);
	}
	return err;
}

/* talk_item - one message through a session of its own */
static inline enum osc_err
talk_item(const struct osc_session_options *options, bool protect, struct osc_item *item)
{
	struct osc_session session = {0};
	enum osc_err err;

	talk_out = talk_reply = osc_slice(NULL, 0);
	memset(&talk_detail, 0, sizeof(talk_detail));
	osc_session_init(&session, options);
	err = osc_session_open(&session, false, &talk_detail);
	if (err == OSC_OK)
		err = talk_group(&session, protect, item);
	osc_session_close(&session);
	return err;
}

/* talk - the same for bytes */
static inline enum osc_err
talk(const struct osc_session_options *options, bool protect, struct osc_slice message)
{
	struct osc_item item = {.in = message, .number = 1};

	return talk_item(options, protect, &item);
}

#endif
