/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "helper.h"
#include "message/hex.h"

static void
check_good(const char *text, const char *digits)
{
	uint8_t out[64], *block = copy_exactly(slice_of(text));
	size_t len = SIZE_MAX;

	CHECK(osc_hex_decode(out, &len, osc_slice(block, strlen(text)), NULL) == OSC_OK);
	CHECK(len <= sizeof(out) && same(osc_slice(out, len), digits));
	/* and in the place of the text itself */
	len = SIZE_MAX;
	CHECK(osc_hex_decode(block, &len, osc_slice(block, strlen(text)), NULL) == OSC_OK);
	CHECK(len <= sizeof(out) && same(osc_slice(block, len), digits));
	free(block);
}

static void
test_hex_good(void)
{
	check_good("", "");
	check_good("00", "00");
	check_good("00ff80", "00ff80");
	check_good("aAbBcCdDeEfF", "aabbccddeeff");
	check_good("0123456789abcdef", "0123456789abcdef");
	check_good("44 02:5d-1f\t00", "44025d1f00");
	check_good("  : - \t\r", "");
	check_good("44\r", "44");
	check_good("0x44", "44");
	check_good("0X44", "44");
	check_good("0x4402", "4402");
	check_good("0x44 0x02 0X5d", "44025d");
	check_good("0x000x00", "0000");
}

static void
check_bad(const char *text, unsigned column)
{
	uint8_t out[64], *block = copy_exactly(slice_of(text));
	struct osc_where where = {0};
	size_t len;

	CHECK(osc_hex_decode(out, &len, osc_slice(block, strlen(text)), &where) == OSC_EHEX);
	CHECK(where.offset == column);
	CHECK(osc_hex_decode(out, &len, osc_slice(block, strlen(text)), NULL) == OSC_EHEX);
	free(block);
}

static void
test_hex_bad(void)
{
	check_bad("4", 2);
	check_bad("440", 4);
	check_bad("4g", 2);
	check_bad("g4", 1);
	check_bad("44 g4", 4);
	check_bad("4 4", 2);
	check_bad("4:4", 2);
	check_bad("0x", 3);
	check_bad("0x 44", 3);
	check_bad("0x4", 4);
	check_bad("440x", 5);
	check_bad("0xx4", 3);
	check_bad("x44", 1);
	check_bad("44,02", 3);
	check_bad("44\xc2\xa0", 3);
	check_bad("44#", 3);
	check_bad("44\n02", 3);
}

static void
test_hex_nul(void)
{
	static const uint8_t text[] = {'4', '4', 0, '0', '2'};
	struct osc_where where = {0};
	uint8_t out[8];
	size_t len;

	CHECK(osc_hex_decode(out, &len, osc_slice(text, 5), &where) == OSC_EHEX);
	CHECK(where.offset == 3);
	CHECK(osc_hex_decode(out, &len, osc_slice(NULL, 0), NULL) == OSC_OK && len == 0);
}

/* Every byte alone, and as the second digit. */
static void
test_hex_all_bytes(void)
{
	uint8_t text[2], out[2];
	size_t len;

	for (unsigned c = 0; c <= 255; c++) {
		bool digit = c != 0 && strchr("0123456789abcdefABCDEF", (int)c) != NULL;
		bool space = c != 0 && strchr(" \t\r:-", (int)c) != NULL;

		text[0] = (uint8_t)c;
		CHECK((osc_hex_decode(out, &len, osc_slice(text, 1), NULL) == OSC_OK) == space);
		text[0] = '7';
		text[1] = (uint8_t)c;
		CHECK((osc_hex_decode(out, &len, osc_slice(text, 2), NULL) == OSC_OK) == digit);
	}
}

static void
test_hex_identity(void)
{
	uint8_t bytes[256], back[256], *text;
	size_t len;

	for (size_t i = 0; i < 256; i++)
		bytes[i] = (uint8_t)i;
	text = malloc(513);
	text[512] = 0xee;
	osc_hex_encode((char *)text, osc_slice(bytes, 256));
	CHECK(text[512] == 0xee);
	CHECK(memcmp(text, "000102030405060708090a0b0c0d0e0f", 32) == 0);
	CHECK(osc_hex_decode(back, &len, osc_slice(text, 512), NULL) == OSC_OK);
	CHECK(len == 256 && memcmp(back, bytes, 256) == 0);
	osc_hex_encode((char *)text, osc_slice(NULL, 0));
	free(text);
}

int
main(void)
{
	RUN(test_hex_good);
	RUN(test_hex_bad);
	RUN(test_hex_nul);
	RUN(test_hex_all_bytes);
	RUN(test_hex_identity);
	return unit_end();
}
