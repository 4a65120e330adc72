/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "core/option.h"
#include "helper.h"

static enum osc_err
decode(struct osc_oscore_option *value, const char *digits)
{
	return osc_oscore_option_decode(value, unhex(digits), NULL);
}

/* RFC 8613, 6.3. */
static void
test_option_rfc(void)
{
	struct osc_oscore_option value;

	CHECK(decode(&value, "090525") == OSC_OK);
	CHECK(value.piv.seq == 5 && value.piv.len == 1 && value.piv.bytes[0] == 5);
	CHECK(osc_is_present(value.kid) && same(value.kid, "25") &&
	    !osc_is_present(value.kid_context));

	CHECK(decode(&value, "0900") == OSC_OK);
	CHECK(value.piv.seq == 0 && value.piv.len == 1 && value.piv.bytes[0] == 0);
	CHECK(
	    osc_is_present(value.kid) && value.kid.len == 0 && !osc_is_present(value.kid_context));

	CHECK(decode(&value, "19050544616c656b") == OSC_OK);
	CHECK(value.piv.seq == 5 && value.piv.len == 1);
	CHECK(osc_is_present(value.kid) && value.kid.len == 0);
	CHECK(osc_is_present(value.kid_context) && same(value.kid_context, "44616c656b"));

	CHECK(decode(&value, "") == OSC_OK);
	CHECK(
	    value.piv.len == 0 && !osc_is_present(value.kid) && !osc_is_present(value.kid_context));

	CHECK(decode(&value, "0107") == OSC_OK);
	CHECK(value.piv.seq == 7 && value.piv.len == 1 && !osc_is_present(value.kid) &&
	    !osc_is_present(value.kid_context));
}

/* What the option means, written again in another way (6.1). */
static enum osc_err
expect(struct osc_oscore_option *value, const uint8_t *in, size_t len)
{
	size_t left = len;
	unsigned n;

	memset(value, 0, sizeof(*value));
	if (left == 0)
		return OSC_OK;
	if (in[0] & 0x40)
		return OSC_EFLAGS;
	if (in[0] >= 0x80)
		return OSC_EEXTFLAGS;
	if (in[0] >= 0x20)
		return OSC_EGROUP;
	if (in[0] == 0)
		return OSC_EOSCORE;
	n = in[0] & 7;
	left--;
	if (n >= 6 || left < n)
		return OSC_EOSCORE;
	value->piv.len = (uint8_t)n;
	for (unsigned i = 0; i < n; i++)
		value->piv.seq = 256 * value->piv.seq + in[1 + i];
	left -= n;
	if (in[0] & 0x10) {
		if (left == 0 || left - 1 < in[1 + n])
			return OSC_EOSCORE;
		value->kid_context = osc_slice(in + 2 + n, in[1 + n]);
		left -= 1U + in[1 + n];
	}
	if (in[0] & 8)
		value->kid = osc_slice(in + len - left, left);
	else if (left > 0)
		return OSC_EOSCORE;
	return OSC_OK;
}

static void
compare(const uint8_t *in, size_t len)
{
	uint8_t *block = copy_exactly(osc_slice(in, len));
	uint8_t out[OSC_OPTION_MAX];
	struct osc_oscore_option got, want;
	struct osc_where where = {0};
	enum osc_err err = osc_oscore_option_decode(&got, osc_slice(block, len), &where);

	CHECK(err == expect(&want, block, len));
	if (err != OSC_OK) {
		CHECK(where.option == 9 && where.offset <= len);
		free(block);
		return;
	}
	CHECK(got.piv.len == want.piv.len && got.piv.seq == want.piv.seq);
	CHECK(got.piv.len == 0 || memcmp(got.piv.bytes, block + 1, got.piv.len) == 0);
	CHECK(osc_slice_same(got.kid, want.kid));
	CHECK(osc_slice_same(got.kid_context, want.kid_context));
	CHECK(osc_oscore_option_size(&got) == len);
	CHECK(osc_oscore_option_encode(out, &got) == len && memcmp(out, block, len) == 0);
	free(block);
}

static void
test_option_all_flags(void)
{
	uint8_t in[20];

	chance_start(2);
	for (unsigned flags = 0; flags <= 255; flags++)
		for (size_t len = 0; len <= sizeof(in); len++)
			for (int round = 0; round < 8; round++) {
				chance_bytes(in, sizeof(in));
				/* Every other time small numbers, so that lengths fit. */
				for (size_t i = 0; round % 2 == 0 && i < sizeof(in); i++)
					in[i] %= 12;
				in[0] = (uint8_t)flags;
				compare(in, len);
			}
}

/* The length of a kid context against what is there, at every length of the rest. */
static void
test_option_kid_context_lengths(void)
{
	uint8_t in[OSC_OPTION_MAX + 1] = {0};

	for (size_t len = 2; len <= OSC_OPTION_MAX; len++)
		for (unsigned s = 0; s <= 255; s++) {
			in[0] = len % 2 == 0 ? 0x10 : 0x18;
			in[1] = (uint8_t)s;
			compare(in, len);
		}
}

static void
test_option_boundaries(void)
{
	static uint8_t in[300];
	struct osc_oscore_option value;
	struct osc_where where = {0};

	CHECK(decode(&value, "00") == OSC_EOSCORE);
	CHECK(decode(&value, "0000") == OSC_EOSCORE);
	CHECK(decode(&value, "20") == OSC_EGROUP && decode(&value, "40") == OSC_EFLAGS);
	CHECK(decode(&value, "80") == OSC_EEXTFLAGS && decode(&value, "2914") == OSC_EGROUP);
	CHECK(decode(&value, "a9") == OSC_EEXTFLAGS && decode(&value, "e0") == OSC_EFLAGS);
	CHECK(decode(&value, "06010203040506") == OSC_EOSCORE);
	CHECK(decode(&value, "0701020304050607") == OSC_EOSCORE);
	CHECK(decode(&value, "0501020304") == OSC_EOSCORE);
	CHECK(decode(&value, "050102030405") == OSC_OK && value.piv.seq == 0x0102030405);
	CHECK(decode(&value, "05ffffffffff") == OSC_OK && value.piv.seq == OSC_SEQ_MAX);
	CHECK(decode(&value, "01") == OSC_EOSCORE);
	CHECK(decode(&value, "010101") == OSC_EOSCORE);
	CHECK(decode(&value, "10") == OSC_EOSCORE);
	CHECK(decode(&value, "1000") == OSC_OK && osc_is_present(value.kid_context));
	CHECK(decode(&value, "1001") == OSC_EOSCORE);
	CHECK(decode(&value, "100000") == OSC_EOSCORE);
	CHECK(decode(&value, "1800") == OSC_OK && osc_is_present(value.kid) &&
	    osc_is_present(value.kid_context));
	CHECK(decode(&value, "08") == OSC_OK && osc_is_present(value.kid) && value.kid.len == 0);

	in[0] = 0x08;
	CHECK(osc_oscore_option_decode(&value, osc_slice(in, 255), NULL) == OSC_OK);
	CHECK(value.kid.len == 254);
	CHECK(osc_oscore_option_decode(&value, osc_slice(in, 256), &where) == OSC_EOSCORE);
	CHECK(where.option == 9 && where.offset == 255);
}

/* Leading zeros are kept for the AAD and do not change the number. */
static void
test_option_leading_zeros(void)
{
	static const char *const forms[] = {
	    "0114", "020014", "03000014", "0400000014", "050000000014"};
	struct osc_oscore_option value;
	uint8_t out[8];

	for (size_t i = 0; i < 5; i++) {
		CHECK(decode(&value, forms[i]) == OSC_OK);
		CHECK(value.piv.seq == 20 && value.piv.len == i + 1 && value.piv.bytes[i] == 20);
		CHECK(same(osc_slice(out, osc_oscore_option_encode(out, &value)), forms[i]));
	}
}

static void
test_piv_encode(void)
{
	static const struct {
		uint64_t seq;
		const char *bytes;
	} cases[] = {
	    {0, "00"},
	    {1, "01"},
	    {23, "17"},
	    {24, "18"},
	    {255, "ff"},
	    {256, "0100"},
	    {65535, "ffff"},
	    {65536, "010000"},
	    {0xffffff, "ffffff"},
	    {0x1000000, "01000000"},
	    {UINT32_MAX, "ffffffff"},
	    {UINT64_C(1) << 32, "0100000000"},
	    {OSC_SEQ_MAX, "ffffffffff"},
	};
	struct osc_piv piv;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		osc_piv_encode(&piv, cases[i].seq);
		CHECK(piv.seq == cases[i].seq);
		CHECK(same(osc_slice(piv.bytes, piv.len), cases[i].bytes));
	}
}

/* Whatever is encoded is decoded to the same value. */
static void
test_option_identity(void)
{
	static const size_t context_lengths[] = {0, 1, 8, 23, 24, 200, 239, 240};
	uint8_t bytes[300], out[OSC_OPTION_MAX], *block;
	struct osc_oscore_option value, again;
	size_t size;

	chance_start(3);
	for (int round = 0; round < 4000; round++) {
		memset(&value, 0, sizeof(value));
		chance_bytes(bytes, sizeof(bytes));
		if (chance(4) > 0)
			osc_piv_encode(&value.piv, chance(OSC_SEQ_MAX + 1) >> chance(40));
		if (chance(2) == 0)
			value.kid = osc_slice(bytes, pick(8));
		if (chance(2) == 0)
			value.kid_context = osc_slice(bytes + 8, context_lengths[chance(8)]);
		size = osc_oscore_option_size(&value);
		CHECK(size <= OSC_OPTION_MAX);
		CHECK(osc_oscore_option_encode(out, &value) == size);
		block = copy_exactly(osc_slice(out, size));
		CHECK(osc_oscore_option_decode(&again, osc_slice(block, size), NULL) == OSC_OK);
		CHECK(again.piv.seq == value.piv.seq && again.piv.len == value.piv.len);
		CHECK(osc_slice_same(again.kid, value.kid));
		CHECK(osc_slice_same(again.kid_context, value.kid_context));
		free(block);
	}
}

static void
test_option_too_long(void)
{
	static uint8_t bytes[300];
	struct osc_oscore_option value = {0};

	osc_piv_encode(&value.piv, OSC_SEQ_MAX);
	value.kid = osc_slice(bytes, 7);
	value.kid_context = osc_slice(bytes, 241);
	CHECK(osc_oscore_option_size(&value) == 255);
	value.kid_context.len = 242;
	CHECK(osc_oscore_option_size(&value) == 256);
	value.kid_context.len = SIZE_MAX / 2;
	CHECK(osc_oscore_option_size(&value) > OSC_OPTION_MAX);
}

int
main(void)
{
	RUN(test_option_rfc);
	RUN(test_option_all_flags);
	RUN(test_option_kid_context_lengths);
	RUN(test_option_boundaries);
	RUN(test_option_leading_zeros);
	RUN(test_piv_encode);
	RUN(test_option_identity);
	RUN(test_option_too_long);
	return unit_end();
}
