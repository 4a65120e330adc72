/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <assert.h>

#include "base/secret.h"
#include "core/ccm.h"

#define BLOCK 16
#define AAD_LENGTH 2 /* bytes of the length before the AAD */
#define STREAM 48    /* blocks of the key stream at once */

/* What the lanes are in the middle of. */
struct work {
	uint8_t mac[OSC_CCM_LANES][BLOCK];
	uint8_t first[OSC_CCM_LANES][BLOCK]; /* of the key stream: it hides the tag */
	uint8_t stream[STREAM][BLOCK];
};

/* out may be a. */
static void
xor_block(uint8_t *out, const uint8_t *a, const uint8_t *b)
{
	uint64_t x[2], y[2];

	memcpy(x, a, BLOCK);
	memcpy(y, b, BLOCK);
	x[0] ^= y[0];
	x[1] ^= y[1];
	memcpy(out, x, BLOCK);
}

static void
xor_part(uint8_t *out, const uint8_t *a, const uint8_t *b, size_t len)
{
	if (len >= BLOCK) {
		xor_block(out, a, b);
		return;
	}
	for (size_t i = 0; i < len; i++)
		out[i] = a[i] ^ b[i];
}

/* The first n bytes of a block, 16 at most, and zeros behind them. */
static void
cut_block(uint8_t *block, size_t n)
{
	static const uint8_t ones_and_zeros[2 * BLOCK] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
	uint64_t x[2], y[2];

	if (n >= BLOCK)
		return;
	memcpy(x, block, BLOCK);
	memcpy(y, ones_and_zeros + BLOCK - n, BLOCK);
	x[0] &= y[0];
	x[1] &= y[1];
	memcpy(block, x, BLOCK);
}

/* Flags, nonce, and a number that fits in two bytes (RFC 3610, 2.2 and 2.3). */
static void
put_block(uint8_t *block, uint8_t flags, const struct osc_ccm_lane *lane, size_t number)
{
	block[0] = flags;
	memcpy(block + 1, lane->job->nonce, OSC_NONCE_MAX);
	for (size_t i = 1U + lane->nonce_len; i < BLOCK - 2; i++)
		block[i] = 0;
	block[BLOCK - 2] = (uint8_t)(number >> 8);
	block[BLOCK - 1] = (uint8_t)number;
}

/* Block k of the AAD, with its length before and zeros behind (RFC 3610, 2.2). */
static void
add_aad(uint8_t *mac, const struct osc_aead_job *job, size_t k)
{
	size_t at = k * BLOCK;
	uint8_t block[BLOCK];

	if (k == 0) {
		block[0] = 0;
		block[1] = (uint8_t)job->aad_len;
		memcpy(block + AAD_LENGTH, job->aad, BLOCK - AAD_LENGTH);
	} else {
		memcpy(block, job->aad + at - AAD_LENGTH, BLOCK);
	}
	cut_block(block, AAD_LENGTH + job->aad_len - at);
	xor_block(mac, mac, block);
}

static void
encrypt(const struct osc_ccm_lane *lane, uint8_t (*blocks)[BLOCK], size_t n)
{
	lane->encrypt(lane->key, n * BLOCK, blocks[0], blocks[0]);
}

/* One block of each of the first n lanes. */
static void
encrypt_all(const struct osc_ccm_lane *lanes, uint8_t (*blocks)[BLOCK], size_t n)
{
	size_t begin = 0, end;

	while (begin < n) {
		for (end = begin + 1; end < n && lanes[end].key == lanes[begin].key; end++)
			;
		encrypt(&lanes[begin], blocks + begin, end - begin);
		begin = end;
	}
}

/* The longest first: the lanes that are still running are the first ones, in every step. */
static void
sort(struct osc_ccm_lane *lanes, size_t n)
{
	struct osc_ccm_lane lane;
	size_t k;

	for (size_t i = 1; i < n; i++) {
		if (lanes[i].aad_blocks + lanes[i].text_blocks <=
		    lanes[i - 1].aad_blocks + lanes[i - 1].text_blocks)
			continue;
		lane = lanes[i];
		for (k = i; k > 0 &&
		     lane.aad_blocks + lane.text_blocks >
			 lanes[k - 1].aad_blocks + lanes[k - 1].text_blocks;
		     k--)
			lanes[k] = lanes[k - 1];
		lanes[k] = lane;
	}
}

static void
start(struct osc_ccm_lane *lanes, size_t n, size_t tags)
{
	for (size_t i = 0; i < n; i++) {
		lanes[i].len = lanes[i].job->in_len - tags * lanes[i].tag_len;
		assert(lanes[i].len <= OSC_MESSAGE_MAX);
		lanes[i].text_blocks = (lanes[i].len + BLOCK - 1) / BLOCK;
		lanes[i].aad_blocks = lanes[i].job->aad_len == 0
		    ? 0
		    : (AAD_LENGTH + lanes[i].job->aad_len + BLOCK - 1) / BLOCK;
	}
	sort(lanes, n);
}

static void
mac_start(const struct osc_ccm_lane *lanes, size_t n, struct work *work)
{
	const struct osc_ccm_lane *lane;
	uint8_t flags;

	for (size_t i = 0; i < n; i++) {
		lane = &lanes[i];
		flags = (uint8_t)((lane->aad_blocks > 0 ? 0x40U : 0U) |
		    (lane->tag_len - 2U) / 2U << 3 | (14U - lane->nonce_len));
		put_block(work->mac[i], flags, lane, lane->len);
	}
	encrypt_all(lanes, work->mac, n);
}

/* The MACs of AAD and texts, which are not yet hidden. */
static void
mac(const struct osc_ccm_lane *lanes, size_t n, struct work *work, bool opened)
{
	const struct osc_ccm_lane *lane;
	const uint8_t *text;
	size_t at;

	mac_start(lanes, n, work);
	for (size_t step = 0; n > 0; step++) {
		while (n > 0 && lanes[n - 1].aad_blocks + lanes[n - 1].text_blocks <= step)
			n--;
		for (size_t i = 0; i < n; i++) {
			lane = &lanes[i];
			if (step < lane->aad_blocks) {
				add_aad(work->mac[i], lane->job, step);
				continue;
			}
			at = (step - lane->aad_blocks) * BLOCK;
			text = (opened ? lane->job->out : lane->job->in) + at;
			xor_part(work->mac[i], work->mac[i], text, lane->len - at);
		}
		encrypt_all(lanes, work->mac, n);
	}
}

/* Where the key stream has come to: a lane, and a block of it. */
struct place {
	size_t lane, block;
};

/* How many blocks of a lane come next, if there is room for so many; goes behind them. */
static size_t
advance(struct place *place, const struct osc_ccm_lane *lanes, size_t room)
{
	size_t left = lanes[place->lane].text_blocks + 1 - place->block;

	if (left > room) {
		place->block += room;
		return room;
	}
	place->lane++;
	place->block = 0;
	return left;
}

static void
count_blocks(uint8_t (*stream)[BLOCK], size_t n, const struct osc_ccm_lane *lane, size_t number)
{
	put_block(stream[0], (uint8_t)(14U - lane->nonce_len), lane, number);
	for (size_t i = 1; i < n; i++) {
		number++;
		memcpy(stream[i], stream[0], BLOCK - 2);
		stream[i][BLOCK - 2] = (uint8_t)(number >> 8);
		stream[i][BLOCK - 1] = (uint8_t)number;
	}
}

/* Make blocks of one key, as many as there is room for. */
static size_t
make_stream(const struct osc_ccm_lane *lanes, size_t n, struct place *place, struct work *work)
{
	const struct osc_ccm_lane *first = &lanes[place->lane];
	struct place begin;
	size_t made = 0, more;

	while (made < STREAM && place->lane < n && lanes[place->lane].key == first->key) {
		begin = *place;
		more = advance(place, lanes, STREAM - made);
		count_blocks(work->stream + made, more, &lanes[begin.lane], begin.block);
		made += more;
	}
	encrypt(first, work->stream, made);
	return made;
}

/* The blocks behind the first one, which hides the tag, are for the text. */
static void
use_blocks(uint8_t (*stream)[BLOCK], size_t n, const struct osc_ccm_lane *lane, size_t block)
{
	const uint8_t *in = lane->job->in;
	uint8_t *out = lane->job->out;
	size_t at = (block - 1) * BLOCK;

	for (size_t i = 0; i < n; i++, at += BLOCK)
		xor_part(out + at, in + at, stream[i], lane->len - at);
}

/* Encrypt or decrypt the texts, and keep what hides the tags. */
static void
crypt(const struct osc_ccm_lane *lanes, size_t n, struct work *work)
{
	struct place made = {0, 0}, used = {0, 0}, begin;
	size_t blocks, more, first;

	while (used.lane < n) {
		blocks = make_stream(lanes, n, &made, work);
		for (size_t k = 0; k < blocks; k += more) {
			begin = used;
			more = advance(&used, lanes, blocks - k);
			first = begin.block == 0 ? 1 : 0;
			if (first > 0)
				memcpy(work->first[begin.lane], work->stream[k], BLOCK);
			use_blocks(work->stream + k + first, more - first, &lanes[begin.lane],
			    begin.block + first);
		}
	}
}

void
osc_ccm_seal(struct osc_ccm_lane *lanes, size_t n)
{
	struct work work;

	start(lanes, n, 0);
	mac(lanes, n, &work, false);
	crypt(lanes, n, &work);
	for (size_t i = 0; i < n; i++) {
		xor_block(work.mac[i], work.mac[i], work.first[i]);
		memcpy(lanes[i].job->out + lanes[i].len, work.mac[i], lanes[i].tag_len);
	}
	osc_wipe(&work, sizeof(work));
}

void
osc_ccm_open(struct osc_ccm_lane *lanes, size_t n)
{
	const uint8_t *tag;
	struct work work;
	unsigned differs;

	start(lanes, n, 1);
	crypt(lanes, n, &work);
	mac(lanes, n, &work, true);
	/* Without a branch that depends on where the tags differ. */
	for (size_t i = 0; i < n; i++) {
		tag = lanes[i].job->in + lanes[i].len;
		differs = 0;
		for (size_t k = 0; k < lanes[i].tag_len; k++)
			differs |= (unsigned)(work.mac[i][k] ^ work.first[i][k] ^ tag[k]);
		lanes[i].job->ok = differs == 0;
	}
	osc_wipe(&work, sizeof(work));
}
