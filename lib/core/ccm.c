/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <assert.h>

#include "base/secret.h"
#include "core/ccm.h"

#define BLOCK OSC_CCM_BLOCK
#define AAD_LENGTH 2 /* bytes of the length before the AAD */
#define STREAM 32    /* blocks of the key stream of one message at once */

/* What the lanes are in the middle of, with n of them. */
struct work {
	/* n MACs; n blocks of key stream that hide the tags; n that hide the first of the text */
	uint8_t rows[3 * OSC_CCM_LANES][BLOCK];
	uint8_t stream[STREAM][BLOCK]; /* for the rest of one text */
	bool one_key;
};

/* A block as two numbers, its first byte the lowest one. */
struct block {
	uint64_t lo, hi;
};

OSC_INLINE struct block
load(const uint8_t *from)
{
	return (struct block){osc_load64(from), osc_load64(from + 8)};
}

OSC_INLINE void
store(uint8_t *to, struct block block)
{
	osc_store64(to, block.lo);
	osc_store64(to + 8, block.hi);
}

/* The first n bytes of a block, and zeros behind them; none behind is read. */
OSC_INLINE struct block
load_part(const uint8_t *from, size_t n)
{
	if (n >= BLOCK)
		return load(from);
	if (n > 8)
		return (struct block){
		    osc_load64(from), osc_load64(from + n - 8) >> 8 * (BLOCK - n)};
	return (struct block){osc_load_short(from, n), 0};
}

OSC_INLINE void
store_part(uint8_t *to, struct block block, size_t n)
{
	if (n >= BLOCK) {
		store(to, block);
	} else if (n > 8) {
		osc_store64(to, block.lo);
		osc_store64(to + n - 8, block.lo >> 8 * (n - 8) | block.hi << 8 * (BLOCK - n));
	} else {
		osc_store_short(to, block.lo, n);
	}
}

OSC_INLINE void
add(uint8_t *to, struct block block)
{
	struct block sum = load(to);

	sum.lo ^= block.lo;
	sum.hi ^= block.hi;
	store(to, sum);
}

/* Flags, nonce, and at the end a number that fits in two bytes (RFC 3610, 2.2 and 2.3). */
OSC_INLINE void
put(uint8_t *to, const struct osc_ccm_lane *lane, unsigned flags, size_t number)
{
	uint64_t bytes = (number & 0xff) << 8 | number >> 8;

	osc_store64(to, lane->nonce[0] | flags);
	osc_store64(to + 8, lane->nonce[1] | bytes << 48);
}

static unsigned
mac_flags(const struct osc_ccm_lane *lane)
{
	return (lane->aad_blocks > 0 ? 0x40U : 0U) | (lane->tag_len - 2U) / 2U << 3 |
	    (14U - lane->nonce_len);
}

static unsigned
stream_flags(const struct osc_ccm_lane *lane)
{
	return 14U - lane->nonce_len;
}

/* Block k of the AAD, with its length before and zeros behind (RFC 3610, 2.2). */
OSC_INLINE struct block
aad_block(const struct osc_aead_job *job, size_t k)
{
	size_t left = AAD_LENGTH + job->aad_len - k * BLOCK;
	struct block block;

	if (k == 0) {
		block.lo = osc_load64(job->aad) << 16 | (uint64_t)job->aad_len << 8;
		block.hi = osc_load64(job->aad + 8 - AAD_LENGTH);
	} else {
		block = load(job->aad + k * BLOCK - AAD_LENGTH);
	}
	/* What is behind the AAD counts for nothing. */
	if (left <= 8)
		return (struct block){block.lo & UINT64_MAX >> 8 * (8 - left), 0};
	if (left < BLOCK)
		block.hi &= UINT64_MAX >> 8 * (BLOCK - left);
	return block;
}

static void
encrypt(const struct osc_ccm_lane *lane, uint8_t (*blocks)[BLOCK], size_t n)
{
	lane->encrypt(lane->key, n * BLOCK, blocks[0], blocks[0]);
}

/* One block of each of the first n lanes. */
static void
encrypt_row(const struct osc_ccm_lane *lanes, uint8_t (*blocks)[BLOCK], size_t n, bool one_key)
{
	size_t begin = 0, end;

	while (begin < n) {
		end = one_key ? n : begin + 1;
		while (end < n && lanes[end].key == lanes[begin].key)
			end++;
		encrypt(&lanes[begin], blocks + begin, end - begin);
		begin = end;
	}
}

/* Longer ones first: the lanes that are still running are the first ones, in every step. */
static void
insert(struct osc_ccm_lane *lanes, size_t at)
{
	struct osc_ccm_lane lane = lanes[at];

	for (; at > 0 && lane.blocks > lanes[at - 1].blocks; at--)
		lanes[at] = lanes[at - 1];
	lanes[at] = lane;
}

OSC_INLINE void
measure(struct osc_ccm_lane *lane, bool with_tag)
{
	const struct osc_aead_job *job = lane->job;
	uint64_t last = osc_load_short(job->nonce + 7, lane->nonce_len - 7U);

	lane->len = with_tag ? job->in_len - lane->tag_len : job->in_len;
	assert(lane->len <= OSC_MESSAGE_MAX);
	lane->aad_blocks = job->aad_len == 0 ? 0 : (AAD_LENGTH + job->aad_len + BLOCK - 1) / BLOCK;
	lane->blocks = lane->aad_blocks + (lane->len + BLOCK - 1) / BLOCK;
	lane->nonce[0] = osc_load64(job->nonce) << 8;
	lane->nonce[1] = last;
}

/* All that does not wait for anything: the blocks that the MACs begin with, and the first two
 * of each key stream. */
static void
start(struct osc_ccm_lane *lanes, size_t n, struct work *work, bool with_tag)
{
	work->one_key = true;
	for (size_t i = 0; i < n; i++) {
		measure(&lanes[i], with_tag);
		work->one_key = work->one_key && lanes[i].key == lanes[0].key;
		if (i > 0 && lanes[i].blocks > lanes[i - 1].blocks)
			insert(lanes, i);
	}
	for (size_t i = 0; i < n; i++) {
		put(work->rows[i], &lanes[i], mac_flags(&lanes[i]), lanes[i].len);
		put(work->rows[n + i], &lanes[i], stream_flags(&lanes[i]), 0);
		put(work->rows[2 * n + i], &lanes[i], stream_flags(&lanes[i]), 1);
	}
	if (work->one_key) {
		encrypt(lanes, work->rows, 3 * n);
		return;
	}
	for (size_t row = 0; row < 3; row++)
		encrypt_row(lanes, work->rows + row * n, n, false);
}

/* The MACs of AAD and texts, which are not yet hidden. */
static void
mac(const struct osc_ccm_lane *lanes, size_t n, struct work *work, bool opened)
{
	const struct osc_ccm_lane *lane;
	const uint8_t *text;
	size_t at;

	for (size_t step = 0; n > 0; step++) {
		while (n > 0 && lanes[n - 1].blocks <= step)
			n--;
		for (size_t i = 0; i < n; i++) {
			lane = &lanes[i];
			if (step < lane->aad_blocks) {
				add(work->rows[i], aad_block(lane->job, step));
				continue;
			}
			at = (step - lane->aad_blocks) * BLOCK;
			text = (opened ? lane->job->out : lane->job->in) + at;
			add(work->rows[i], load_part(text, lane->len - at));
		}
		encrypt_row(lanes, work->rows, n, work->one_key);
	}
}

/* Encrypt or decrypt one block, or the part of one that there is. */
OSC_INLINE void
use(const struct osc_ccm_lane *lane, size_t at, const uint8_t *stream)
{
	struct block block = load_part(lane->job->in + at, lane->len - at), key = load(stream);

	block.lo ^= key.lo;
	block.hi ^= key.hi;
	store_part(lane->job->out + at, block, lane->len - at);
}

/* All of a text but its first block. */
static void
crypt_rest(const struct osc_ccm_lane *lane, struct work *work)
{
	size_t n;

	for (size_t at = BLOCK; at < lane->len; at += n * BLOCK) {
		n = (lane->len - at + BLOCK - 1) / BLOCK;
		n = n < STREAM ? n : STREAM;
		for (size_t i = 0; i < n; i++)
			put(work->stream[i], lane, stream_flags(lane), at / BLOCK + i + 1);
		encrypt(lane, work->stream, n);
		for (size_t i = 0; i < n; i++)
			use(lane, at + i * BLOCK, work->stream[i]);
	}
}

static void
crypt(const struct osc_ccm_lane *lanes, size_t n, struct work *work)
{
	for (size_t i = 0; i < n; i++) {
		use(&lanes[i], 0, work->rows[2 * n + i]);
		if (lanes[i].len > BLOCK)
			crypt_rest(&lanes[i], work);
	}
}

/* The tag of lane i, as it is in the message. */
OSC_INLINE struct block
hide(const struct work *work, size_t n, size_t i)
{
	struct block tag = load(work->rows[i]), key = load(work->rows[n + i]);

	return (struct block){tag.lo ^ key.lo, tag.hi ^ key.hi};
}

void
osc_ccm_seal(struct osc_ccm_lane *lanes, size_t n)
{
	OSC_UNSET struct work work;

	start(lanes, n, &work, false);
	mac(lanes, n, &work, false);
	crypt(lanes, n, &work);
	for (size_t i = 0; i < n; i++)
		store_part(lanes[i].job->out + lanes[i].len, hide(&work, n, i), lanes[i].tag_len);
	osc_wipe(&work, sizeof(work));
}

void
osc_ccm_open(struct osc_ccm_lane *lanes, size_t n)
{
	struct block made, tag;
	OSC_UNSET struct work work;
	uint64_t differs;

	start(lanes, n, &work, true);
	crypt(lanes, n, &work);
	mac(lanes, n, &work, true);
	/* Without a branch that depends on where the tags differ. */
	for (size_t i = 0; i < n; i++) {
		made = hide(&work, n, i);
		tag = load_part(lanes[i].job->in + lanes[i].len, lanes[i].tag_len);
		differs = made.lo ^ tag.lo;
		if (lanes[i].tag_len > 8)
			differs |= made.hi ^ tag.hi;
		lanes[i].job->ok = differs == 0;
	}
	osc_wipe(&work, sizeof(work));
}
