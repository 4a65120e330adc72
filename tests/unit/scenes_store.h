/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_TESTS_SCENES_STORE_H
#define OSC_TESTS_SCENES_STORE_H

/* Looking through directories, and taking contexts of other programs. */

#include "refuse.h"
#include "store/check.h"
#include "store/commit.h"
#include "store/foreign.h"
#include "talk.h"

static unsigned findings;

static inline void
found(void *arg, const struct osc_detail *finding)
{
	(void)arg;
	CHECK(finding->text[0] != '\0');
	findings++;
}

/* One for both roles, under a name that is not its own, with an ID Context; and its twin. */
static inline void
prepare_checked(void)
{
	static const char settings[] =
	    "{\"client-sender-id_hex\": \"01\", \"server-sender-id_hex\": \"02\","
	    " \"id-context_hex\": \"\", \"no such\": 0, " TALK_SECRET "}";

	(void)mkdir(talk_name("checked"), 0700);
	talk_make("checked/03", settings);
	talk_make("checked/01@_", settings);
	dir_write("checked/03/sequence.json", "{\"used\": {\"01\": 7, \"02\": 9}, \"seen\": {}}");
}

static inline enum osc_err
act_check_tree(void)
{
	struct osc_check check = {.found = found};
	enum osc_err err;

	findings = 0;
	err = osc_check_tree(&check, talk_name("checked"), &talk_detail);
	if (err == OSC_OK)
		osc_check_across(&check);
	osc_check_free(&check);
	return err;
}

/* The names, the keys that nobody reads, the twins; but what cannot be looked at is passed over. */
static inline void
check_findings(enum osc_err err)
{
	CHECK(err != OSC_OK || findings > 0 || refusal.stay);
}

static inline enum osc_err
act_import(void)
{
	static const char secret[] = "0102030405060708090a0b0c0d0e0f10";
	static const uint8_t map[] = {0xa2, 2, 0x41, 0xaa, 6, 0x41, 0xbb};
	static char texts[4][400];
	const struct osc_foreign *const formats[] = {
	    &osc_foreign_json, &osc_foreign_libcoap, &osc_foreign_wireshark, &osc_foreign_edhoc};
	struct osc_import import;
	enum osc_err err;

	(void)snprintf(texts[0], sizeof(texts[0]),
	    "{\"sender-id_hex\": \"01\", \"recipient-id_hex\": \"02\", \"id-context_hex\": \"aa\","
	    " \"secret_hex\": \"%s\"}",
	    secret);
	(void)snprintf(texts[1], sizeof(texts[1]),
	    "master_secret,hex,%s\nsender_id,hex,01\nrecipient_id,hex,02\nid_context,hex,aa\n",
	    secret);
	(void)snprintf(texts[2], sizeof(texts[2]),
	    "\"01\",\"02\",\"%s\",\"\",\"aa\",\"AES-CCM-16-64-128 (CCM*)\"\n", secret);
	(void)snprintf(texts[3], sizeof(texts[3]),
	    "{\"prk-exporter_hex\": \"%s%s\", \"c-i_hex\": \"00\", \"c-r_hex\": \"01\","
	    " \"suite\": 0}",
	    secret, secret);
	err = osc_foreign_rfc9203.read(&import, osc_slice(map, sizeof(map)), &talk_detail);
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]) && err == OSC_OK; i++) {
		osc_import_free(&import);
		err = formats[i]->read(&import, slice_of(texts[i]), &talk_detail);
	}
	if (err == OSC_OK)
		osc_import_free(&import);
	return err;
}

/* --- two stores that are committed together --- */

static const char *const together[] = {"client", "contexts/01"};
static uint64_t together_next[2]; /* what their states may not fall behind */

static inline uint64_t
together_read(size_t i)
{
	static const char key[] = "\"next-to-send\": ";
	const char *text;
	char file[64];

	(void)snprintf(file, sizeof(file), "%s/sequence.json", together[i]);
	if (!dir_has(file))
		return 0;
	text = strstr(dir_read(file), key);
	return text != NULL ? strtoull(text + strlen(key), NULL, 10) : 0;
}

static inline void
prepare_together(void)
{
	for (size_t i = 0; i < 2; i++)
		together_next[i] = together_read(i);
}

static inline enum osc_err
act_together(void)
{
	struct osc_commit commits[2] = {0};
	enum osc_err err = OSC_OK;

	for (size_t i = 0; i < 2 && err == OSC_OK; i++) {
		err = osc_store_open(
		    &commits[i].store, talk_name(together[i]), OSC_ROLE_NONE, 0, &talk_detail);
		if (err == OSC_OK)
			err = osc_store_begin(commits[i].store, &talk_detail);
		if (err == OSC_OK)
			osc_store_state(commits[i].store)->next++;
	}
	if (err == OSC_OK) {
		osc_commit_all(commits, 2, false);
		err = commits[0].err != OSC_OK ? commits[0].err : commits[1].err;
	}
	for (size_t i = 0; i < 2; i++)
		osc_store_close(&commits[i].store);
	return err;
}

/* Each state is what it was or one number on; both are, if it went well. */
static inline void
check_together(enum osc_err err)
{
	uint64_t now;

	for (size_t i = 0; i < 2; i++) {
		now = together_read(i);
		CHECK(now == together_next[i] + 1 || (err != OSC_OK && now == together_next[i]));
	}
}

#endif
