/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_TESTS_SCENES_H
#define OSC_TESTS_SCENES_H

/* What programs do with context directories, for tests in which calls fail (refuse.h). */

#include "refuse.h"
#include "session/diagnose.h"
#include "session/peek.h"
#include "session/receive.h"
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
act_ask(void)
{
	const struct osc_session_options options = {.directory = talk_name("client")};

	return talk(&options, true, osc_slice(talk_get, sizeof(talk_get)));
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

static const struct scene scenes[] = {
    {"create", prepare_create, act_create, check_create, 5},
    {"index", start_fresh, act_index, NULL, 5},
    {"protect a first request", start_fresh, act_ask, check_ask, 10},
    {"protect a request", NULL, act_ask, check_ask, 10},
    {"unprotect it", ask, act_receive, check_receive, 10},
    {"refuse it", prepare_replay, act_reply, NULL, 10},
    {"protect a response", prepare_answer, act_answer, NULL, 10},
    {"unprotect it", prepare_accept, act_accept, NULL, 10},
    {"peek", ask, act_peek, NULL, 10},
    {"diagnose", ask, act_diagnose, NULL, 10},
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
