/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "contexts.h"

/* Open what must not open: refused, and nothing of the text stays in out. */
static bool
same_key(const struct osc_aead_key *a, const struct osc_aead_key *b)
{
	return osc_slice_equal(osc_aead_key_bytes(a), osc_aead_key_bytes(b));
}

static void
check_refused(const struct osc_aead_key *key, struct osc_aead_job job, size_t tag_len)
{
	size_t room = job.in_len > tag_len ? job.in_len - tag_len : 0;
	uint8_t *out = malloc(room + 1);
	bool wiped = true;

	memset(out, 0xa5, room + 1);
	job.out = out;
	job.ok = true;
	job.key = key;
	osc_aead_open(&job, 1);
	CHECK(!job.ok);
	for (size_t i = 0; i < room; i++)
		wiped = wiped && out[i] == 0;
	CHECK(wiped);
	CHECK(out[room] == 0xa5);
	free(out);
}

/* One bit of text, tag, nonce, AAD or key changed. */
static void
check_flips(const struct osc_alg *alg)
{
	uint8_t bytes[OSC_KEY_MAX], sealed[24 + TAG_MAX];
	struct osc_aead_job job = {.aad_len = 9, .in_len = 24}, changed;
	struct osc_aead_key *key, *other;

	chance_bytes(bytes, sizeof(bytes));
	chance_bytes(job.nonce, sizeof(job.nonce));
	chance_bytes(job.aad, 9);
	chance_bytes(sealed, sizeof(sealed));
	key = key_new(alg, bytes);
	job.key = key;
	job.in = job.out = sealed;
	osc_aead_seal(&job, 1);
	job.in_len += alg->tag_len;
	for (size_t bit = 0; bit < 8 * job.in_len; bit++) {
		sealed[bit / 8] ^= (uint8_t)(1U << bit % 8);
		check_refused(key, job, alg->tag_len);
		sealed[bit / 8] ^= (uint8_t)(1U << bit % 8);
	}
	for (size_t bit = 0; bit < (size_t)8 * alg->nonce_len; bit++) {
		changed = job;
		changed.nonce[bit / 8] ^= (uint8_t)(1U << bit % 8);
		check_refused(key, changed, alg->tag_len);
	}
	for (size_t bit = 0; bit < (size_t)8 * 9; bit++) {
		changed = job;
		changed.aad[bit / 8] ^= (uint8_t)(1U << bit % 8);
		check_refused(key, changed, alg->tag_len);
	}
	for (size_t i = 0; i < alg->key_len; i++) {
		bytes[i] ^= 0x10;
		other = key_new(alg, bytes);
		check_refused(other, job, alg->tag_len);
		free(other);
		bytes[i] ^= 0x10;
	}
	changed = job;
	changed.aad_len--;
	check_refused(key, changed, alg->tag_len);
	for (size_t len = 0; len < job.in_len; len++) {
		changed = job;
		changed.in_len = len;
		check_refused(key, changed, alg->tag_len);
	}
	free(key);
}

static void
test_aead_flips(void)
{
	const struct osc_alg *alg;

	chance_start(8);
	for (size_t i = 0; (alg = osc_alg_at(i)) != NULL; i++)
		check_flips(alg);
}

/* An empty text, with a tag that is right: a message holds a code at least. */
static void
test_aead_empty(void)
{
	static const uint8_t bytes[OSC_KEY_MAX] = {1};
	uint8_t sealed[TAG_MAX];
	const struct osc_alg *alg;
	struct osc_aead_job job;
	struct osc_aead_key *key;

	for (size_t i = 0; (alg = osc_alg_at(i)) != NULL; i++) {
		key = key_new(alg, bytes);
		memset(&job, 0, sizeof(job));
		job.key = key;
		job.in = job.out = sealed;
		osc_aead_seal(&job, 1);
		job.in_len = alg->tag_len;
		check_refused(key, job, alg->tag_len);
		free(key);
	}
}

/* Jobs of one call do not touch each other; a bad one in the middle is the only bad one. */
static void
test_aead_groups(void)
{
	static uint8_t sealed[33][64 + TAG_MAX], opened[33][64];
	uint8_t bytes[OSC_KEY_MAX], text[33][64];
	struct osc_aead_job jobs[33];
	const struct osc_alg *alg;
	struct osc_aead_key *key;

	chance_start(9);
	for (size_t a = 0; (alg = osc_alg_at(a)) != NULL; a++) {
		chance_bytes(bytes, sizeof(bytes));
		key = key_new(alg, bytes);
		memset(jobs, 0, sizeof(jobs));
		for (size_t i = 0; i < 33; i++) {
			jobs[i].key = key;
			jobs[i].in_len = 1 + pick(64);
			jobs[i].aad_len = pick(OSC_AAD_MAX + 1);
			chance_bytes(jobs[i].nonce, sizeof(jobs[i].nonce));
			chance_bytes(jobs[i].aad, jobs[i].aad_len);
			chance_bytes(text[i], 64);
			memcpy(sealed[i], text[i], 64);
			jobs[i].in = jobs[i].out = sealed[i];
		}
		osc_aead_seal(jobs, 33);
		for (size_t i = 0; i < 33; i++) {
			jobs[i].in_len += alg->tag_len;
			jobs[i].out = opened[i];
		}
		sealed[16][0] ^= 1;
		osc_aead_open(jobs, 33);
		for (size_t i = 0; i < 33; i++) {
			CHECK(jobs[i].ok == (i != 16));
			CHECK(i == 16 ||
			    memcmp(opened[i], text[i], jobs[i].in_len - alg->tag_len) == 0);
		}
		osc_aead_seal(NULL, 0);
		osc_aead_open(NULL, 0);
		free(key);
	}
}

/* The longest text: what CCM with a nonce of 13 bytes can count. */
static void
test_aead_longest(void)
{
	static uint8_t sealed[OSC_MESSAGE_MAX + TAG_MAX], opened[OSC_MESSAGE_MAX];
	static const uint8_t bytes[OSC_KEY_MAX] = {2};
	const struct osc_alg *alg;
	struct osc_aead_key *key;
	struct osc_aead_job job;
	bool zero;

	for (size_t i = 0; (alg = osc_alg_at(i)) != NULL; i++) {
		key = key_new(alg, bytes);
		memset(&job, 0, sizeof(job));
		job.key = key;
		memset(sealed, 0, sizeof(sealed));
		job.in = job.out = sealed;
		job.in_len = OSC_MESSAGE_MAX;
		osc_aead_seal(&job, 1);
		job.in_len += alg->tag_len;
		job.out = opened;
		osc_aead_open(&job, 1);
		zero = job.ok;
		for (size_t k = 0; k < OSC_MESSAGE_MAX; k++)
			zero = zero && opened[k] == 0;
		CHECK(zero);
		free(key);
	}
}

static void
test_aead_key_equal(void)
{
	uint8_t bytes[OSC_KEY_MAX];
	struct osc_aead_key *key, *other;
	const struct osc_alg *alg;

	chance_start(12);
	for (size_t a = 0; (alg = osc_alg_at(a)) != NULL; a++) {
		chance_bytes(bytes, sizeof(bytes));
		key = key_new(alg, bytes);
		other = key_new(alg, bytes);
		CHECK(same_key(key, key) && same_key(key, other));
		free(other);
		for (size_t i = 0; i < alg->key_len; i++) {
			bytes[i] ^= 0x80;
			other = key_new(alg, bytes);
			CHECK(!same_key(key, other));
			free(other);
			bytes[i] ^= 0x80;
		}
		/* The same bytes for another algorithm are another key. */
		for (size_t b = 0; osc_alg_at(b) != NULL; b++) {
			other = key_new(osc_alg_at(b), bytes);
			CHECK(same_key(key, other) == (a == b));
			free(other);
		}
		free(key);
	}
}

int
main(void)
{
	RUN(test_aead_key_equal);
	RUN(test_aead_flips);
	RUN(test_aead_empty);
	RUN(test_aead_groups);
	RUN(test_aead_longest);
	return unit_end();
}
