/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <stdio.h>

#include "base/secret.h"
#include "cli.h"
#include "core/unprotect.h"
#include "diagnosis.h"
#include "session/diagnose.h"

#define CHANGES_MAX 7 /* a diagnosis has a member for each */
#define CHANGE_SIZE 256

const char *
diagnosis_hash(enum osc_hash hash)
{
	switch (hash) {
	case OSC_SHA384:
		return "SHA-384";
	case OSC_SHA512:
		return "SHA-512";
	case OSC_SHA256:
	default:
		return "SHA-256";
	}
}

enum what { IDS, ID_CONTEXT, SALT, SECRET };

/* With what the message verifies, and which side has it. */
static const struct {
	enum what what;
	enum osc_change change;
	const char *words;
} table[] = {
    {IDS, OSC_CHANGE_SWAPPED,
	"with the roles swapped: one side has the wrong role, or this side sent it itself; if both "
	"have the same directory, make a new pair (swapped IDs in settings.json would use numbers "
	"twice)"},
    {IDS, OSC_CHANGE_KID,
	"with its kid as the ID of the sender: the IDs are not the same on both sides"},
    {ID_CONTEXT, OSC_CHANGE_ABSENT, "without ID Context: this side has one, the peer has none"},
    {ID_CONTEXT, OSC_CHANGE_EMPTY,
	"with an empty ID Context: the peer has that, this side has another or none"},
    {ID_CONTEXT, OSC_CHANGE_REDERIVED,
	"as a request that derives the keys anew (RFC 8613, B.2): this directory has no "
	"\"rederive\": true"},
    {ID_CONTEXT, OSC_CHANGE_MESSAGE,
	"with its kid context as ID Context: this side has another or none"},
    {ID_CONTEXT, OSC_CHANGE_IGNORED,
	"with this side's ID Context or lack of it: the peer sends a kid context that it does not use"},
    {SALT, OSC_CHANGE_ABSENT, "without Master Salt: this side has one, the peer has none"},
    {SALT, OSC_CHANGE_TEXT,
	"with the digits of the Master Salt as text: what is hex on this side is text for the peer"},
    {SALT, OSC_CHANGE_BYTES,
	"with the Master Salt read as hex: what is text on this side is hex for the peer"},
    {SECRET, OSC_CHANGE_TEXT,
	"with the digits of the Master Secret as text: what is hex on this side is text for the peer"},
    {SECRET, OSC_CHANGE_BYTES,
	"with the Master Secret read as hex: what is text on this side is hex for the peer"},
    {SECRET, OSC_CHANGE_CUT, "with the first 16 bytes of the Master Secret: the peer has cut it"},
    {SECRET, OSC_CHANGE_TEXT_CUT,
	"with the first 16 digits of the Master Secret as text: what is hex on this side is text "
	"for the peer, who has cut it"},
    {SECRET, OSC_CHANGE_BYTES_CUT,
	"with the Master Secret read as hex, and 16 bytes of that: what is text on this side is hex "
	"for the peer, who has cut it"},
};

struct changes {
	char words[CHANGES_MAX][CHANGE_SIZE];
	size_t n;
};

static void
note(struct changes *changes, enum what what, enum osc_change change)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].what == what && table[i].change == change)
			(void)snprintf(
			    changes->words[changes->n++], CHANGE_SIZE, "%s", table[i].words);
}

static void
note_request(struct changes *changes, const struct osc_unprotection *request)
{
	char token[2 * OSC_TOKEN_MAX + 1] = "";

	osc_hex_encode(token, request->outer.token);
	(void)snprintf(changes->words[changes->n++], CHANGE_SIZE,
	    "as the answer to another request of the file, that with token 0x%s and Partial IV %llu",
	    token, (unsigned long long)request->option.piv.seq);
}

static void
note_all(
    struct changes *changes, const struct osc_diagnosis *diagnosis, const struct osc_params *params)
{
	changes->n = 0;
	if (diagnosis->request != NULL)
		note_request(changes, diagnosis->request);
	note(changes, IDS, diagnosis->ids);
	note(changes, ID_CONTEXT, diagnosis->id_context);
	note(changes, SALT, diagnosis->salt);
	note(changes, SECRET, diagnosis->secret);
	if (diagnosis->alg != NULL)
		(void)snprintf(changes->words[changes->n++], CHANGE_SIZE,
		    "with the algorithm %s: the peer has that, this side has %s",
		    diagnosis->alg->name, params->alg->name);
	if (diagnosis->hash_differs)
		(void)snprintf(changes->words[changes->n++], CHANGE_SIZE,
		    "with HKDF %s: the peer has that, this side has HKDF %s",
		    diagnosis_hash(diagnosis->hash), diagnosis_hash(params->hash));
}

/* Is it a copy of what came before, or a forgery? Nothing of its text is kept. */
static void
say_replay(const struct osc_work *work)
{
	const struct osc_window *window = &osc_store_state(work->endpoint->store)->window;
	size_t len = work->message.outer.payload.len;
	uint64_t seq = work->exchange.piv.seq;
	uint8_t *scratch = osc_wiping_malloc(len);
	struct osc_slice text;
	bool verifies;

	if (scratch == NULL)
		return;
	verifies = osc_unprotect_open(&work->message, work->endpoint->active, OSC_SIDE_PEER,
		       &work->exchange, scratch, &text) == OSC_OK;
	osc_wiping_free(scratch);
	cli_hint("its number is %llu, and the window begins at %llu: %s; its tag %s",
	    (unsigned long long)seq, (unsigned long long)window->index,
	    seq < window->index ? "too old, or received before" : "received before",
	    verifies ? "verifies" : "does not verify, so it is no copy");
}

void
diagnosis_say(struct osc_session *session, size_t i, const struct osc_item *item, size_t *effort)
{
	const struct osc_params *params = NULL;
	struct osc_diagnosis diagnosis;
	struct changes changes;
	const char *subject = item->err == OSC_EREQUEST ? "the request" : "it", *path;

	if (item->err == OSC_OK)
		return;
	if (item->err == OSC_EREPLAY && osc_session_work(session, i)->bound) {
		say_replay(osc_session_work(session, i));
		return;
	}
	if (osc_session_diagnose(&diagnosis, &params, session, i, item->err, effort) != OSC_OK) {
		cli_hint("no memory to look for the mistake");
		return;
	}
	if (!diagnosis.tried)
		return;
	if (!diagnosis.verifies) {
		cli_hint("%s",
		    diagnosis.complete
			? "no usual mistake explains it: other keys, or it was changed on the way"
			: "not all of the usual mistakes were tried: enough was tried in this run");
		return;
	}
	note_all(&changes, &diagnosis, params);
	path = diagnosis.endpoint != NULL ? diagnosis.endpoint->path : "";
	for (size_t k = 0; k < changes.n; k++)
		cli_hint("%s%s%s%s %s", k == 0 ? subject : "and at the same time",
		    k == 0 ? " verifies" : "", k == 0 && path[0] != '\0' ? " in " : "",
		    k == 0 ? path : "", changes.words[k]);
}
