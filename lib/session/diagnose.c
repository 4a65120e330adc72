/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <stdlib.h>

#include "base/secret.h"
#include "core/cose.h"
#include "session/group.h"
#include "session/mistakes.h"
#include "session/search.h"

#define MISTAKES_MAX 2 /* at once */
#define REQUESTS_MAX 1024

/* What an attempt costs beside the bytes of the message: a key and a Common IV. */
#define ATTEMPT ((size_t)4096)

struct search {
	const struct osc_evidence *evidence;
	struct osc_mistakes *mistakes;
	size_t pick[OSC_DIMENSIONS];
	size_t *effort;
	bool spent;               /* the effort was not enough */
	struct osc_aead_key *key; /* room for one of any algorithm */
	size_t key_room;
	uint8_t *scratch; /* for the derivation */
	uint8_t *text;    /* as large as the ciphertext */
};

static const struct osc_value *
picked(const struct search *search, enum osc_dimension dimension)
{
	return &search->mistakes->values[dimension][search->pick[dimension]];
}

/* Nonce and AAD (5.2, 5.4) of an attempt. */
static void
prepare(const struct search *search, const struct osc_params *params,
    const struct osc_unprotection *request, struct osc_aead_job *job)
{
	const struct osc_unprotection *message = search->evidence->message;
	uint8_t common_iv[OSC_NONCE_MAX], base[OSC_NONCE_MAX];
	struct osc_exchange exchange;
	bool own_piv = message->option.piv.len > 0;

	job->key = search->key;
	osc_unprotect_exchange(&exchange, request);
	osc_derive_common_iv(common_iv, params, search->scratch);
	osc_nonce_base(base, params->alg, own_piv ? &params->sender_id : &exchange.kid, common_iv);
	osc_nonce_make(
	    job->nonce, params->alg, base, own_piv ? message->option.piv.seq : exchange.piv.seq);
	job->aad_len = osc_aad_make(job->aad, sizeof(job->aad), params->alg, &exchange);
	job->in = message->outer.payload.ptr;
	job->in_len = message->outer.payload.len;
	job->out = search->text;
	osc_wipe(common_iv, sizeof(common_iv));
}

/* Does the message verify with the values picked? The view is that of who
 * protected it: the Sender ID is his. */
static bool
attempt(struct search *search)
{
	const struct osc_evidence *evidence = search->evidence;
	const struct osc_unprotection *message = evidence->message, *request = message;
	struct osc_slice id = picked(search, OSC_D_IDS)->bytes;
	struct osc_params params = {
	    .alg = osc_mistakes_alg(evidence, search->pick[OSC_D_ALGORITHM]),
	    .hash = osc_mistakes_hash(evidence, search->pick[OSC_D_HASH]),
	    .master_secret = picked(search, OSC_D_SECRET)->bytes,
	    .master_salt = picked(search, OSC_D_SALT)->bytes,
	    .id_context = picked(search, OSC_D_ID_CONTEXT)->bytes,
	};
	size_t cost = ATTEMPT + message->outer.payload.len;
	uint8_t key[OSC_KEY_MAX];
	struct osc_aead_job job;

	if (!message->is_request)
		request = evidence->requests[search->pick[OSC_D_REQUEST]];
	if (id.len > osc_alg_id_max(params.alg) ||
	    request->option.kid.len > osc_alg_id_max(params.alg))
		return false;
	if (*search->effort < cost) {
		search->spent = true;
		return false;
	}
	*search->effort -= cost;
	params.sender_id.len = (uint8_t)id.len;
	osc_copy(params.sender_id.bytes, id.ptr, id.len);
	osc_derive_key(key, &params, &params.sender_id, search->scratch);
	osc_aead_key_init(search->key, params.alg, key);
	osc_wipe(key, sizeof(key));
	prepare(search, &params, request, &job);
	osc_aead_open(&job, 1);
	/* That it verifies is all that is wanted. */
	osc_wipe(search->text, message->outer.payload.len);
	osc_wipe(search->key, search->key_room);
	return job.ok;
}

/* All picks, from this dimension on, that take exactly so many mistakes. Requests
 * vary slowest: with the right ones everything is tried first. */
static bool
search_from(struct search *search, enum osc_dimension dimension, unsigned mistakes)
{
	unsigned count;

	if (dimension == OSC_DIMENSIONS)
		return mistakes == 0 && attempt(search);
	for (size_t i = 0; i < search->mistakes->count[dimension] && !search->spent; i++) {
		count = osc_mistakes_count(search->mistakes, search->evidence, dimension, i);
		if (count > mistakes)
			continue;
		search->pick[dimension] = i;
		if (search_from(search, dimension + 1, mistakes - count))
			return true;
	}
	return false;
}

static void
conclude(struct osc_diagnosis *diagnosis, const struct search *search)
{
	const struct osc_evidence *evidence = search->evidence;
	const size_t *pick = search->pick;

	diagnosis->verifies = true;
	diagnosis->ids = picked(search, OSC_D_IDS)->change;
	diagnosis->id_context = picked(search, OSC_D_ID_CONTEXT)->change;
	diagnosis->salt = picked(search, OSC_D_SALT)->change;
	diagnosis->secret = picked(search, OSC_D_SECRET)->change;
	if (pick[OSC_D_ALGORITHM] != 0)
		diagnosis->alg = osc_mistakes_alg(evidence, pick[OSC_D_ALGORITHM]);
	diagnosis->hash_differs = pick[OSC_D_HASH] != 0;
	diagnosis->hash = osc_mistakes_hash(evidence, pick[OSC_D_HASH]);
	if (!evidence->message->is_request && pick[OSC_D_REQUEST] >= evidence->n_tried)
		diagnosis->request = evidence->requests[pick[OSC_D_REQUEST]];
}

static size_t
largest_key(void)
{
	size_t size = 0;

	for (size_t i = 0; osc_alg_at(i) != NULL; i++)
		if (osc_aead_key_size(osc_alg_at(i)) > size)
			size = osc_aead_key_size(osc_alg_at(i));
	return size;
}

enum osc_err
osc_diagnose(struct osc_diagnosis *diagnosis, const struct osc_evidence *evidence, size_t *effort)
{
	const struct osc_unprotection *message = evidence->message;
	struct search search = {.evidence = evidence, .effort = effort, .key_room = largest_key()};
	size_t context_len = evidence->params->id_context.len + message->option.kid_context.len;
	enum osc_err err = OSC_OK;
	bool found = false;

	memset(diagnosis, 0, sizeof(*diagnosis));
	search.mistakes = osc_secret_alloc(sizeof(*search.mistakes));
	search.key = osc_secret_alloc(search.key_room);
	search.scratch = malloc(OSC_INFO_MAX + context_len);
	search.text = malloc(message->outer.payload.len);
	if (search.mistakes == NULL || search.key == NULL || search.scratch == NULL ||
	    search.text == NULL) {
		err = OSC_ENOMEM;
		goto out;
	}
	osc_mistakes_list(search.mistakes, evidence);
	for (unsigned mistakes = 0; mistakes <= MISTAKES_MAX && !found; mistakes++)
		found = search_from(&search, 0, mistakes);
	diagnosis->tried = true;
	diagnosis->complete = !search.spent;
	if (found)
		conclude(diagnosis, &search);
out:
	osc_secret_free(search.mistakes, sizeof(*search.mistakes));
	osc_secret_free(search.key, search.key_room);
	free(search.scratch);
	free(search.text);
	return err;
}

/* The requests that a response may belong to: first those it was tried with. Returns
 * their number. */
static size_t
list_requests(const struct osc_unprotection **list, size_t *n_tried, struct osc_session *session,
    const struct osc_work *work)
{
	const struct osc_receipt *receipt;
	size_t n = 0, at = 0;

	while (n < REQUESTS_MAX && (receipt = osc_work_receipt(work, &at)) != NULL)
		list[n++] = &receipt->message;
	*n_tried = n;
	for (size_t i = 0; i < session->receipts.n && n < REQUESTS_MAX; i++) {
		receipt = &session->receipts.list[i];
		if (receipt < work->receipts || receipt >= work->receipts + work->n_receipts)
			list[n++] = &receipt->message;
	}
	return n;
}

/* What is known of a refused item; false if there is nothing to look into. */
static bool
gather(struct osc_evidence *evidence, const struct osc_work *work, enum osc_err err)
{
	if (work->endpoint == NULL)
		return false;
	evidence->params = osc_store_params(work->endpoint->store);
	switch (err) {
	case OSC_ETAG:
	case OSC_EKID:
	case OSC_EKIDOWN:
	case OSC_EKIDCONTEXT:
		evidence->message = &work->message;
		evidence->side = work->side;
		return true;
	case OSC_EREQUEST:
		/* A response that is to be unprotected needs a request of this side. */
		evidence->message = &work->receipts->message;
		evidence->side = work->message.outer.payload.len > 0 ? OSC_SIDE_OWN : OSC_SIDE_PEER;
		return true;
	default:
		return false;
	}
}

/* Of the contexts that fit, the one in which it verifies after all. */
static enum osc_err
diagnose_among(struct osc_diagnosis *diagnosis, struct osc_evidence *evidence,
    struct osc_contexts *contexts, const struct osc_work *work, size_t *effort)
{
	struct osc_wanted wanted = osc_work_wanted(work, contexts->role);
	struct osc_endpoint *endpoint;
	struct osc_search search;
	enum osc_err err = OSC_OK;
	bool complete = true;

	osc_search_init(&search, contexts, &wanted);
	while (err == OSC_OK && !diagnosis->verifies &&
	    (endpoint = osc_search_next(&search)) != NULL) {
		evidence->params = osc_store_params(endpoint->store);
		err = osc_diagnose(diagnosis, evidence, effort);
		complete = complete && diagnosis->complete;
		diagnosis->endpoint = endpoint;
	}
	diagnosis->complete = complete;
	osc_search_free(&search);
	return err;
}

/* With the requests that the response may belong to. */
static enum osc_err
diagnose_response(struct osc_diagnosis *diagnosis, struct osc_evidence *evidence,
    struct osc_session *session, const struct osc_work *work, size_t *effort)
{
	const struct osc_unprotection **requests;
	struct osc_unprotection peeked = {0};
	enum osc_err err;

	requests = calloc(REQUESTS_MAX, sizeof(const struct osc_unprotection *));
	if (requests == NULL)
		return OSC_ENOMEM;
	if (session->peeked == NULL) {
		evidence->n_requests = list_requests(requests, &evidence->n_tried, session, work);
	} else {
		/* Of the requests seen, only what binds the response is kept. */
		peeked.option.kid = osc_present(work->exchange.kid.bytes, work->exchange.kid.len);
		peeked.option.piv = work->exchange.piv;
		requests[0] = &peeked;
		evidence->n_requests = evidence->n_tried = 1;
	}
	evidence->requests = requests;
	err = osc_diagnose(diagnosis, evidence, effort);
	free(requests);
	return err;
}

enum osc_err
osc_session_diagnose(struct osc_diagnosis *diagnosis, const struct osc_params **params,
    struct osc_session *session, size_t i, enum osc_err err, size_t *effort)
{
	const struct osc_work *work = &session->work[i];
	struct osc_evidence evidence = {.message = &work->message, .side = work->side};

	memset(diagnosis, 0, sizeof(*diagnosis));
	if (session->options.many && err == OSC_ETAG && work->message.is_request) {
		err = diagnose_among(diagnosis, &evidence, &session->contexts, work, effort);
		*params = evidence.params;
		return err;
	}
	if (!gather(&evidence, work, err))
		return OSC_OK;
	*params = evidence.params;
	if (!evidence.message->is_request)
		return diagnose_response(diagnosis, &evidence, session, work, effort);
	return osc_diagnose(diagnosis, &evidence, effort);
}
