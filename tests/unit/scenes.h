/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_TESTS_SCENES_H
#define OSC_TESTS_SCENES_H

/* What programs do with context directories, for tests in which calls fail (refuse.h). */

#include "refuse.h"
#include "session/diagnose.h"
#include "session/peek.h"
#include "session/receive.h"
#include "scenes_store.h"
#include "store/create.h"
#include "store/index.h"
#include "talk.h"

/* --- directories --- */

static inline void
prepare_create(void)
{
	(void)nftw(talk_name("made"), talk_remove, 8, FTW_DEPTH | FTW_PHYS);
	(void)mkdir(talk_name("made"), 0700);
}

static inline enum osc_err
act_create(void)
{
	static const uint8_t secret[16] = {1};
	struct osc_new_context context = {.settings = {.dialect = OSC_DIALECT_ROLE, .window = 32}};
	const char *path = talk_name("made/new");
	size_t made;

	context.settings.params.alg = osc_alg_by_number(OSC_ALG_DEFAULT);
	context.settings.params.master_secret = osc_slice(secret, sizeof(secret));
	context.settings.params.master_salt = osc_slice(secret, 4);
	context.settings.params.sender_id = (struct osc_id){1, {1}};
	return osc_new_contexts_write(&context, &path, 1, &made, &talk_detail);
}

/* All of it is there, or nothing. Where nothing can be removed either, what is there stays. */
static inline void
check_create(enum osc_err err)
{
	static const char *const files[] = {
	    "made/new/settings.json", "made/new/secrets.json", "made/new/sequence.json"};

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		CHECK(dir_has(files[i]) == (err == OSC_OK) || refusal.stay);
	CHECK(dir_has("made/new") == (err == OSC_OK) || refusal.stay);
}

static inline enum osc_err
act_index(void)
{
	struct osc_index index;
	enum osc_err err;
	bool changed;

	osc_index_init(&index, talk_name("contexts"));
	err = osc_index_load(&index, &changed, &talk_detail);
	if (err == OSC_OK)
		err = osc_index_read(&index, OSC_ABSENT, &talk_detail);
	if (err == OSC_OK && index.n != 1)
		err = OSC_ECONTEXT; /* what cannot be read is left out */
	osc_index_free(&index);
	return err;
}

/* --- conversations --- */

static uint8_t request_bytes[256];
static struct osc_slice request;

/* The request that responses are bound to. */
static inline enum osc_err
the_request(void *arg, struct osc_receipts *receipts, struct osc_detail *detail)
{
	(void)arg;
	return osc_receipts_add(receipts, request, detail);
}

static inline enum osc_err
act_ask_as(uint8_t type)
{
	static uint8_t bytes[sizeof(talk_get)];
	const struct osc_session_options options = {.directory = talk_name("client")};

	memcpy(bytes, talk_get, sizeof(bytes));
	bytes[0] = (uint8_t)((bytes[0] & 0xcf) | type << 4);
	return talk(&options, true, osc_slice(bytes, sizeof(bytes)));
}

static inline enum osc_err
act_ask(void)
{
	return act_ask_as(OSC_COAP_CON);
}

static int64_t newest; /* Partial IV; -1: none yet */

static inline void
start_fresh(void)
{
	talk_start();
	newest = -1;
}

/* No number is used twice, and none that was taken comes back. */
static inline void
check_ask(enum osc_err err)
{
	struct osc_unprotection message;

	if (err == OSC_OK) {
		CHECK(osc_unprotect_decode(&message, talk_out, NULL) == OSC_OK);
		CHECK((int64_t)message.option.piv.seq > newest);
		newest = (int64_t)message.option.piv.seq;
		request = talk_copy(request_bytes, talk_out);
		return;
	}
	CHECK(talk_out.len == 0);
	err = act_ask();
	CHECK(err == OSC_OK);
	if (err == OSC_OK)
		check_ask(err);
	else
		printf("# %s: %s\n", talk_detail.path, talk_detail.text);
}

static inline void
ask(void)
{
	CHECK(act_ask() == OSC_OK);
	check_ask(OSC_OK);
}

static inline enum osc_err
act_receive(void)
{
	const struct osc_session_options options = {
	    .directory = talk_name("contexts"), .many = true, .explain = true};

	return talk(&options, false, request);
}

/* In the second time only if it was not in the first time. */
static inline void
check_receive(enum osc_err err)
{
	enum osc_err again = act_receive();

	CHECK(again == OSC_EREPLAY || (err != OSC_OK && again == OSC_OK));
}

/* What is wrong with one context refuses its messages, and the session goes on. */
static inline enum osc_err
act_receive_on(void)
{
	const struct osc_session_options options = {
	    .directory = talk_name("contexts"), .many = true, .keep_going = true};

	return talk(&options, false, request);
}

static inline void
prepare_answer(void)
{
	ask();
	CHECK(act_receive() == OSC_OK);
}

static inline enum osc_err
act_answer(void)
{
	const struct osc_session_options options = {
	    .directory = talk_name("contexts/01"), .requests = the_request};

	return talk(&options, true, osc_slice(talk_content, sizeof(talk_content)));
}

static inline void
prepare_accept(void)
{
	prepare_answer();
	CHECK(act_answer() == OSC_OK);
}

static inline enum osc_err
act_accept(void)
{
	static uint8_t bytes[256];
	const struct osc_session_options options = {
	    .directory = talk_name("client"), .requests = the_request};

	if (talk_out.len == 0)
		return OSC_EIO;
	return talk(&options, false, talk_copy(bytes, talk_out));
}

static inline enum osc_err
act_peek(void)
{
	struct osc_session_options options = {.directory = talk_name("contexts/01")};
	struct osc_session session = {0};
	struct osc_item item = {.in = request};
	size_t done = 0;
	enum osc_err err;

	osc_session_init(&session, &options);
	err = osc_session_open(&session, true, &talk_detail);
	if (err == OSC_OK)
		err = osc_session_peek(&session, &item, 1, &done, &talk_detail);
	if (err == OSC_OK)
		err = item.err;
	osc_session_close(&session);
	return err;
}

static inline void
prepare_replay(void)
{
	ask();
	CHECK(act_receive() == OSC_OK);
}

/* What is received again gets its answer, or none. */
static inline enum osc_err
act_reply(void)
{
	const struct osc_session_options options = {
	    .directory = talk_name("contexts/01"), .keep_going = true, .error_reply = true};
	enum osc_err err = talk(&options, false, request);

	CHECK(talk_out.len == 0 && (err == OSC_EREPLAY) == (talk_reply.len > 0));
	return err == OSC_EREPLAY ? OSC_OK : err;
}

/* A message of a peer with another Master Salt, and what is said of it. */
static inline enum osc_err
act_diagnose(void)
{
	struct osc_session_options options = {.directory = talk_name("other"), .explain = true};
	struct osc_session session = {0};
	struct osc_item item = {.in = request};
	const struct osc_params *params;
	struct osc_diagnosis diagnosis;
	size_t done = 0, effort = OSC_DIAGNOSE_EFFORT;
	enum osc_err err;

	osc_session_init(&session, &options);
	err = osc_session_open(&session, false, &talk_detail);
	if (err == OSC_OK)
		err = osc_session_unprotect(&session, &item, 1, &done, &talk_detail);
	if (err == OSC_OK && item.err == OSC_ETAG) {
		err = osc_session_diagnose(&diagnosis, &params, &session, 0, item.err, &effort);
		CHECK(err != OSC_OK || (diagnosis.verifies && diagnosis.salt == OSC_CHANGE_ABSENT));
	} else if (err == OSC_OK) {
		err = item.err;
	}
	osc_session_close(&session);
	return err;
}

static inline enum osc_err
act_answer_among(void)
{
	const struct osc_session_options options = {
	    .directory = talk_name("contexts"), .many = true, .requests = the_request};

	return talk(&options, true, osc_slice(talk_content, sizeof(talk_content)));
}

/* A response that takes type, Message ID and token from its request. */
static inline enum osc_err
act_complete(void)
{
	const struct osc_session_options options = {
	    .directory = talk_name("contexts/01"), .requests = the_request};
	struct osc_item item = {.in = osc_slice(talk_content, sizeof(talk_content)),
	    .number = 1,
	    .no_type = true,
	    .no_mid = true,
	    .no_token = true};

	return talk_item(&options, true, &item);
}

/* A request that gets an Echo, and is written anew for it. */
static inline enum osc_err
act_ask_with_echo(void)
{
	const struct osc_session_options options = {
	    .directory = talk_name("client"), .echo = osc_slice(talk_get, 8)};

	return talk(&options, true, osc_slice(talk_get, sizeof(talk_get)));
}

/* The state is in another file, as after a move of the directory. */
static inline void
moved(const char *name)
{
	char file[64];
	char *text;

	(void)snprintf(file, sizeof(file), "%s/sequence.json", name);
	text = strdup(dir_read(file));
	(void)rename(dir_name(file), talk_name("kept"));
	dir_write(file, text);
	free(text);
}

static inline void
prepare_moved(void)
{
	ask();
	moved("client");
}

static inline enum osc_err
act_ask_moved(void)
{
	const struct osc_session_options options = {
	    .directory = talk_name("client"), .moved = true};

	return talk(&options, true, osc_slice(talk_get, sizeof(talk_get)));
}

/* The move may not have been accepted: then nothing but --moved helps. */
static inline void
check_ask_moved(enum osc_err err)
{
	if (err != OSC_OK)
		CHECK(act_ask_moved() == OSC_OK);
	check_ask(OSC_OK);
}

static inline void
prepare_moved_among(void)
{
	ask();
	CHECK(act_receive() == OSC_OK);
	ask();
	moved("contexts/01");
}

static inline enum osc_err
act_receive_moved(void)
{
	const struct osc_session_options options = {
	    .directory = talk_name("contexts"), .many = true, .moved = true};

	return talk(&options, false, request);
}

static inline void
check_receive_moved(enum osc_err err)
{
	enum osc_err again = act_receive_moved();

	CHECK(again == OSC_EREPLAY || (err != OSC_OK && again == OSC_OK));
}

/* The directory gets another name while the session runs: what it had come to is kept. */
static inline enum osc_err
act_receive_renamed(void)
{
	const struct osc_session_options options = {
	    .directory = talk_name("contexts"), .many = true};
	struct osc_item item = {.in = request, .number = 1};
	struct osc_session session = {0};
	enum osc_err err;

	osc_session_init(&session, &options);
	err = osc_session_open(&session, false, &talk_detail);
	if (err == OSC_OK)
		err = talk_group(&session, false, &item);
	if (err == OSC_OK) {
		(void)rename(dir_name("contexts/01"), dir_name("contexts/other"));
		err = talk_group(&session, false, &item);
		(void)rename(dir_name("contexts/other"), dir_name("contexts/01"));
		CHECK(err != OSC_OK);
		err = err == OSC_EREPLAY ? OSC_OK : err;
	}
	osc_session_close(&session);
	return err;
}

/* The window is lost, and the request is not confirmable: its answer takes random numbers for
 * the Echo and for the Message ID. */
static inline void
prepare_challenge(void)
{
	talk_start();
	newest = -1;
	CHECK(act_ask_as(OSC_COAP_NON) == OSC_OK);
	check_ask(OSC_OK);
	dir_write("contexts/01/sequence.json", "{\"next-to-send\": 5, \"received\": \"unknown\"}");
}

static inline enum osc_err
act_challenge(void)
{
	const struct osc_session_options options = {
	    .directory = talk_name("contexts/01"), .keep_going = true, .error_reply = true};
	enum osc_err err = talk(&options, false, request);

	CHECK(talk_out.len == 0 && (err == OSC_EWINDOWLOST) == (talk_reply.len > 0));
	return err == OSC_EWINDOWLOST ? OSC_OK : err;
}

static inline enum osc_err
act_challenge_among(void)
{
	const struct osc_session_options options = {.directory = talk_name("contexts"),
	    .many = true,
	    .keep_going = true,
	    .error_reply = true};
	enum osc_err err = talk(&options, false, request);

	return err == OSC_EWINDOWLOST && talk_reply.len > 0 ? OSC_OK : err;
}

/* Nothing but an answer leaves, and its number is durable. */
static inline void
check_challenge(enum osc_err err)
{
	static const char key[] = "\"next-to-send\": ";
	const char *text = strstr(dir_read("contexts/01/sequence.json"), key);
	struct osc_unprotection reply;

	CHECK(talk_out.len == 0 && (err != OSC_OK || talk_reply.len > 0));
	if (talk_reply.len == 0)
		return;
	CHECK(osc_unprotect_decode(&reply, talk_reply, NULL) == OSC_OK);
	CHECK(text != NULL && reply.option.piv.len > 0 &&
	    reply.option.piv.seq < strtoull(text + strlen(key), NULL, 10));
}

/* The same for a message that was changed on its way: the answer is not protected. */
static inline enum osc_err
act_refuse_forged(void)
{
	static uint8_t bytes[256];
	const struct osc_session_options options = {
	    .directory = talk_name("contexts/01"), .keep_going = true, .error_reply = true};
	struct osc_slice forged = talk_copy(bytes, request);
	enum osc_err err;

	bytes[forged.len - 1] ^= 1;
	err = talk(&options, false, forged);
	CHECK(talk_out.len == 0 && (err == OSC_ETAG) == (talk_reply.len > 0));
	return err == OSC_ETAG ? OSC_OK : err;
}

static const struct scene scenes[] = {
    {"create", prepare_create, act_create, check_create, 5, false},
    {"index", start_fresh, act_index, NULL, 5, false},
    {"protect a first request", start_fresh, act_ask, check_ask, 10, false},
    {"protect a request", NULL, act_ask, check_ask, 10, false},
    {"unprotect it", ask, act_receive, check_receive, 10, false},
    {"unprotect it, and go on", ask, act_receive_on, check_receive, 10, false},
    {"refuse it", prepare_replay, act_reply, NULL, 10, false},
    {"protect a response", prepare_answer, act_answer, NULL, 10, false},
    {"unprotect it", prepare_accept, act_accept, NULL, 10, false},
    {"peek", ask, act_peek, NULL, 10, false},
    {"diagnose", ask, act_diagnose, NULL, 10, false},
    {"protect a response among many", prepare_answer, act_answer_among, NULL, 10, false},
    {"complete a response", prepare_answer, act_complete, NULL, 10, false},
    {"protect with Echo", ask, act_ask_with_echo, NULL, 10, false},
    {"protect after a move", prepare_moved, act_ask_moved, check_ask_moved, 10, false},
    {"unprotect after a move", prepare_moved_among, act_receive_moved, check_receive_moved, 10,
	false},
    {"unprotect after a new name", ask, act_receive_renamed, NULL, 10, true},
    {"challenge", prepare_challenge, act_challenge, NULL, 10, false},
    {"challenge among many", prepare_challenge, act_challenge_among, check_challenge, 10, true},
    {"refuse a forged message", prepare_challenge, act_refuse_forged, NULL, 10, false},
    {"commit together", prepare_together, act_together, check_together, 10, false},
    {"check", prepare_checked, act_check_tree, check_findings, 10, false},
    {"import", NULL, act_import, NULL, 0, false},
};

#define N_SCENES (sizeof(scenes) / sizeof(scenes[0]))

/* scenes_start - after dir_make */
static inline void
scenes_start(void)
{
	start_fresh();
	talk_make("other",
	    "{\"sender-id_hex\": \"02\", \"recipient-id_hex\": \"01\","
	    " \"salt_hex\": \"aa\", " TALK_SECRET "}");
}

#endif
