/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "base/secret.h"
#include "store/bignum.h"
#include "unit.h"

/* An independent way to decimal numbers: doubling digit by digit. */
static void
double_decimal(char *digits, unsigned carry)
{
	size_t len = strlen(digits);

	for (size_t i = len; i-- > 0;) {
		carry += 2 * (unsigned)(digits[i] - '0');
		digits[i] = (char)('0' + carry % 10);
		carry /= 10;
	}
	if (carry > 0) {
		memmove(digits + 1, digits, len + 1);
		digits[0] = (char)('0' + carry);
	}
}

static struct osc_slice
slice(const char *text)
{
	return osc_slice((const uint8_t *)text, strlen(text));
}

static void
test_bignum(void)
{
	uint64_t words[OSC_WINDOW_WORDS], again[OSC_WINDOW_WORDS];
	char expected[OSC_BIGNUM_SIZE + 2] = "0", out[OSC_BIGNUM_SIZE];
	uint32_t random = 1;
	unsigned bit;

	/* Bits from the top, so that the number grows by doubling. */
	memset(words, 0, sizeof(words));
	for (unsigned len = 1; len <= OSC_WINDOW_MAX; len++) {
		random = random * 1664525 + 1013904223;
		bit = len == 1 ? 1 : random >> 31;
		double_decimal(expected, bit);
		for (size_t i = OSC_WINDOW_WORDS - 1; i > 0; i--)
			words[i] = words[i] << 1 | words[i - 1] >> 63;
		words[0] = words[0] << 1 | bit;
		if (len > 140 && len < 4080 && len % 97 != 0)
			continue;
		CHECK(osc_bignum_format(out, words) == strlen(expected));
		CHECK(strcmp(out, expected) == 0);
		CHECK(osc_bignum_parse(again, slice(expected)));
		CHECK(memcmp(words, again, sizeof(words)) == 0);
	}
	double_decimal(expected, 0);
	CHECK(!osc_bignum_parse(again, slice(expected)));
}

static void
test_bignum_ends(void)
{
	uint64_t words[OSC_WINDOW_WORDS], again[OSC_WINDOW_WORDS];
	char out[OSC_BIGNUM_SIZE], over[OSC_BIGNUM_SIZE + 2];

	memset(words, 0, sizeof(words));
	CHECK(osc_bignum_format(out, words) == 1 && strcmp(out, "0") == 0);
	CHECK(osc_bignum_parse(again, slice("0")) && again[0] == 0);
	words[0] = UINT64_C(1000000000);
	CHECK(osc_bignum_format(out, words) == 10 && strcmp(out, "1000000000") == 0);
	words[0] = UINT64_C(10000000000000000000);
	CHECK(osc_bignum_format(out, words) == 20 && strcmp(out, "10000000000000000000") == 0);
	memset(words, 0xff, sizeof(words));
	CHECK(osc_bignum_format(out, words) == OSC_BIGNUM_SIZE - 1);
	CHECK(osc_bignum_parse(again, slice(out)) && memcmp(words, again, sizeof(words)) == 0);
	/* 2^4096 - 1 ends in 5: with 6 it is one too large. */
	out[OSC_BIGNUM_SIZE - 2] = '6';
	CHECK(!osc_bignum_parse(again, slice(out)));
	memset(over, '1', sizeof(over) - 1);
	over[sizeof(over) - 1] = '\0';
	CHECK(!osc_bignum_parse(again, slice(over)));
}

int
main(void)
{
	RUN(test_bignum);
	RUN(test_bignum_ends);
	return unit_end();
}
