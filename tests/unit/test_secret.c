/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <inttypes.h>
#include <sys/resource.h>

#include "base/secret.h"
#include "helper.h"

static void
test_secret_hex(void)
{
	uint8_t out[8];
	size_t len = 99;

	CHECK(osc_secret_hex(out, 8, &len, "", 0) && len == 0);
	CHECK(osc_secret_hex(out, 8, &len, "00ff1aB2", 8) && len == 4);
	CHECK(same(osc_slice(out, 4), "00ff1ab2"));
	CHECK(osc_secret_hex(out, 8, &len, "0123456789abcdef", 16) && len == 8);
	CHECK(same(osc_slice(out, 8), "0123456789abcdef"));
	CHECK(osc_secret_hex(out, 8, &len, "0011", 2) && len == 1);
}

static void
test_secret_hex_refused(void)
{
	static const char *const bad[] = {"0", "000", "0g", "g0", "00 11", " 00", "00 ", "0x00",
	    "00:11", "00\n", "-1", "00112", "\xc3\xa9"};
	uint8_t out[9];
	size_t len;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK(!osc_secret_hex(out, 8, &len, bad[i], strlen(bad[i])));
	CHECK(!osc_secret_hex(out, 8, &len,
	    "00\0"
	    "00",
	    5));
	CHECK(!osc_secret_hex(out, 8, &len, "0\0", 2));
	/* one byte too many */
	out[8] = 0xee;
	CHECK(!osc_secret_hex(out, 8, &len, "001122334455667788", 18));
	CHECK(!osc_secret_hex(out, 0, &len, "00", 2));
	CHECK(out[8] == 0xee);
}

/* Every byte as a digit. */
static void
test_secret_hex_all_bytes(void)
{
	char text[2] = "7";
	uint8_t out[1];
	size_t len;

	for (int c = 0; c <= 255; c++) {
		bool digit = c != 0 && strchr("0123456789abcdefABCDEF", c) != NULL;

		text[1] = (char)c;
		CHECK(osc_secret_hex(out, 1, &len, text, 2) == digit);
	}
}

static void
test_secret_alloc(void)
{
	static const size_t sizes[] = {0, 1, 15, 16, 17, 4096, 8192, 16 * 1024 - 64, 16 * 1024,
	    100 * 1024, 1, 7000, 7000, 7000};
	uint8_t *blocks[14];
	bool zero = true, kept = true;

	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < 14; i++) {
			blocks[i] = osc_secret_alloc(sizes[i]);
			CHECK(blocks[i] != NULL && (uintptr_t)blocks[i] % 16 == 0);
			for (size_t k = 0; k < sizes[i]; k++)
				zero = zero && blocks[i][k] == 0;
			memset(blocks[i], (int)i + 1, sizes[i]);
		}
		CHECK(zero);
		/* No two overlap. */
		for (size_t i = 0; i < 14; i++)
			for (size_t k = 0; k < sizes[i]; k++)
				kept = kept && blocks[i][k] == i + 1;
		CHECK(kept);
		osc_secret_wipe_all();
	}
	CHECK(osc_secret_alloc(SIZE_MAX) == NULL);
	CHECK(osc_secret_alloc(SIZE_MAX - 15) == NULL);
	osc_secret_wipe_all();
}

static void
test_wipe(void)
{
	uint8_t bytes[5] = {1, 2, 3, 4, 5};

	osc_wipe(bytes + 1, 3);
	CHECK(bytes[0] == 1 && bytes[1] == 0 && bytes[2] == 0 && bytes[3] == 0 && bytes[4] == 5);
	osc_wipe(bytes, 0);
	osc_wipe(NULL, 0);
	CHECK(bytes[0] == 1);
}

static void
test_wiping_malloc(void)
{
	uint8_t *block;

	for (size_t size = 0; size < 100; size++) {
		block = osc_wiping_malloc(size);
		CHECK(block != NULL && (uintptr_t)block % _Alignof(max_align_t) == 0);
		memset(block, 1, size);
		osc_wiping_free(block);
	}
	osc_wiping_free(NULL);
	CHECK(osc_wiping_malloc(SIZE_MAX) == NULL);
}

static void
test_random(void)
{
	uint8_t a[1000] = {0}, b[1000] = {0};
	unsigned zeros = 0;

	CHECK(osc_random(a, sizeof(a)) && osc_random(b, sizeof(b)));
	CHECK(memcmp(a, b, sizeof(a)) != 0);
	for (size_t i = 0; i < sizeof(a); i++)
		zeros += a[i] == 0;
	CHECK(zeros < 100);
	a[0] = 7;
	CHECK(osc_random(a, 0) && a[0] == 7);
}

static void
test_secret_init(void)
{
	struct rlimit limit;

	osc_secret_init();
	CHECK(getrlimit(RLIMIT_CORE, &limit) == 0 && limit.rlim_cur == 0 && limit.rlim_max == 0);
	osc_secret_init();
	CHECK(strchr(osc_sodium_version(), '.') != NULL);
}

static void
test_buffer_growth(void)
{
	struct osc_buffer buffer = {0};
	uint8_t *to;
	unsigned moves = 0;
	bool kept = true;

	for (size_t i = 0; i < 100000; i++) {
		const uint8_t *before = buffer.ptr;

		to = osc_buffer_reserve(&buffer, 1);
		CHECK(to == buffer.ptr + buffer.len && buffer.len < buffer.cap);
		*to = (uint8_t)(i * 7);
		buffer.len++;
		moves += buffer.ptr != before;
	}
	for (size_t i = 0; i < buffer.len; i++)
		kept = kept && buffer.ptr[i] == (uint8_t)(i * 7);
	CHECK(kept && moves <= 6);
	to = osc_buffer_reserve(&buffer, 1000000);
	CHECK(to == buffer.ptr + 100000 && buffer.cap >= 1100000 && buffer.ptr[1] == 7);
	osc_buffer_free(&buffer);
	CHECK(buffer.ptr == NULL && buffer.len == 0 && buffer.cap == 0);
	osc_buffer_free(&buffer);
}

/* What was reserved may hold plaintext, whether len was raised over it or not. */
static void
test_buffer_high(void)
{
	struct osc_buffer buffer = {0};

	CHECK(osc_buffer_reserve(&buffer, 100) != NULL && buffer.len == 0 && buffer.high == 100);
	CHECK(osc_buffer_reserve(&buffer, 10) != NULL && buffer.high == 100);
	buffer.len = 60;
	CHECK(osc_buffer_reserve(&buffer, 50) != NULL && buffer.high == 110);
	osc_buffer_cut(&buffer, 20);
	CHECK(buffer.len == 20 && buffer.high == 110);
	CHECK(osc_buffer_reserve(&buffer, 91) != NULL && buffer.high == 111);
	/* A new block holds nothing but what was kept, and what is reserved now. */
	CHECK(osc_buffer_reserve(&buffer, 2 * buffer.cap) != NULL);
	CHECK(buffer.high > 8192 && buffer.high <= buffer.cap);
	osc_buffer_free(&buffer);
	CHECK(buffer.high == 0);
}

static void
test_buffer_too_much(void)
{
	struct osc_buffer buffer = {0};
	uint8_t *before;

	CHECK(osc_buffer_reserve(&buffer, SIZE_MAX) == NULL && buffer.cap == 0);
	before = osc_buffer_reserve(&buffer, 10);
	buffer.len = 10;
	CHECK(before != NULL && osc_buffer_reserve(&buffer, SIZE_MAX - 5) == NULL);
	CHECK(buffer.ptr == before && buffer.len == 10);
	CHECK(osc_buffer_reserve(&buffer, SIZE_MAX / 2) == NULL);
	osc_buffer_free(&buffer);
}

static bool
holds(const struct osc_buffer *buffer, const char *text)
{
	return buffer->len == strlen(text) && memcmp(buffer->ptr, text, buffer->len) == 0;
}

static void
test_buffer_append(void)
{
	static const uint8_t bytes[] = {0x00, 0x9f, 0xa9};
	struct osc_buffer buffer = {0};

	osc_buffer_put(&buffer, osc_slice(NULL, 0));
	osc_buffer_hex(&buffer, osc_slice(NULL, 0));
	CHECK(buffer.len == 0 && !buffer.full);
	osc_buffer_text(&buffer, "a");
	osc_buffer_hex(&buffer, osc_slice(bytes, sizeof(bytes)));
	osc_buffer_print(&buffer, "%s-%d", "b", 7);
	osc_buffer_put(&buffer, osc_slice((const uint8_t *)"c\0", 1));
	CHECK(holds(&buffer, "a009fa9b-7c") && !buffer.full);
	osc_buffer_cut(&buffer, 0);
	/* Longer than what there is room for: it grows, and the text stays whole. */
	osc_buffer_print(&buffer, "%*s|%s", (int)buffer.cap, "", "end");
	CHECK(buffer.len > 4096 && memcmp(buffer.ptr + buffer.len - 5, " |end", 5) == 0);
	osc_buffer_free(&buffer);
}

static void
test_buffer_number(void)
{
	static const uint64_t numbers[] = {0, 9, 10, 99, 100, UINT64_C(1) << 40, UINT64_MAX};
	struct osc_buffer buffer = {0};
	char text[24];

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		osc_buffer_cut(&buffer, 0);
		osc_buffer_number(&buffer, numbers[i]);
		(void)snprintf(text, sizeof(text), "%" PRIu64, numbers[i]);
		CHECK(holds(&buffer, text));
	}
	osc_buffer_free(&buffer);
}

/* What there is no memory for leaves a gap, and that is not forgotten. */
static void
test_buffer_full(void)
{
	struct osc_buffer buffer = {0};

	osc_buffer_text(&buffer, "a");
	osc_buffer_put(&buffer, osc_slice(buffer.ptr, SIZE_MAX));
	CHECK(buffer.full && holds(&buffer, "a"));
	osc_buffer_text(&buffer, "b");
	CHECK(buffer.full && holds(&buffer, "ab"));
	osc_buffer_cut(&buffer, 1);
	CHECK(!buffer.full && holds(&buffer, "a"));
	osc_buffer_hex(&buffer, osc_slice(buffer.ptr, SIZE_MAX / 2));
	CHECK(buffer.full);
	osc_buffer_free(&buffer);
	CHECK(!buffer.full);
}

/* As much room as was asked for, and once only. */
static void
test_buffer_start(void)
{
	struct osc_buffer buffer = {0};

	CHECK(osc_buffer_start(&buffer, 5) && buffer.cap == 5 && buffer.len == 0);
	CHECK(osc_buffer_start(&buffer, 50) && buffer.cap == 5);
	osc_buffer_text(&buffer, "abcde");
	CHECK(buffer.cap == 5 && !buffer.full);
	osc_buffer_text(&buffer, "f");
	CHECK(holds(&buffer, "abcdef"));
	osc_buffer_free(&buffer);
}

int
main(void)
{
	RUN(test_secret_hex);
	RUN(test_secret_hex_refused);
	RUN(test_secret_hex_all_bytes);
	RUN(test_secret_alloc);
	RUN(test_wipe);
	RUN(test_wiping_malloc);
	RUN(test_random);
	RUN(test_secret_init);
	RUN(test_buffer_growth);
	RUN(test_buffer_append);
	RUN(test_buffer_number);
	RUN(test_buffer_full);
	RUN(test_buffer_start);
	RUN(test_buffer_high);
	RUN(test_buffer_too_much);
	return unit_end();
}
