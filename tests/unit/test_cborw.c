/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "core/cborw.h"
#include "helper.h"

/* Heads at every change of length (RFC 8949, 3): argument, and its bytes with major type 0. */
static const struct {
	uint64_t argument;
	const char *head;
} heads[] = {
    {0, "00"},
    {1, "01"},
    {23, "17"},
    {24, "1818"},
    {25, "1819"},
    {255, "18ff"},
    {256, "190100"},
    {65535, "19ffff"},
    {65536, "1a00010000"},
    {UINT32_MAX, "1affffffff"},
    {UINT64_C(1) << 32, "1b0000000100000000"},
    {INT64_MAX, "1b7fffffffffffffff"},
};

#define N_HEADS (sizeof(heads) / sizeof(heads[0]))

/* Is this the head with another major type? */
static bool
is_head(const uint8_t *bytes, unsigned major, size_t i)
{
	struct osc_slice head = unhex(heads[i].head);
	uint8_t first = (uint8_t)(head.ptr[0] | major << 5);

	return bytes[0] == first && memcmp(bytes + 1, head.ptr + 1, head.len - 1) == 0;
}

static void
test_cborw_int(void)
{
	struct osc_cborw w;
	uint8_t out[16];

	for (size_t i = 0; i < N_HEADS; i++) {
		osc_cborw_init(&w, out, sizeof(out));
		osc_cborw_int(&w, (int64_t)heads[i].argument);
		CHECK(!w.full && same(osc_slice(out, w.len), heads[i].head));
		osc_cborw_init(&w, out, sizeof(out));
		osc_cborw_int(&w, -1 - (int64_t)heads[i].argument);
		CHECK(!w.full && w.len == strlen(heads[i].head) / 2 && is_head(out, 1, i));
	}
}

static void
test_cborw_array(void)
{
	struct osc_cborw w;
	uint8_t out[16];

	for (size_t i = 0; i < N_HEADS; i++) {
		if ((size_t)heads[i].argument != heads[i].argument)
			continue; /* more than a size_t holds here */
		osc_cborw_init(&w, out, sizeof(out));
		osc_cborw_array(&w, (size_t)heads[i].argument);
		CHECK(!w.full && w.len == strlen(heads[i].head) / 2 && is_head(out, 4, i));
	}
}

static void
test_cborw_strings(void)
{
	static uint8_t content[65536 + 1], out[65536 + 16];
	struct osc_cborw w;
	size_t head;

	memset(content, 'x', sizeof(content) - 1);
	for (size_t i = 0; i < N_HEADS && heads[i].argument <= 65536; i++) {
		head = strlen(heads[i].head) / 2;
		osc_cborw_init(&w, out, sizeof(out));
		osc_cborw_bytes(&w, osc_slice(content, (size_t)heads[i].argument));
		CHECK(!w.full && w.len == head + heads[i].argument && is_head(out, 2, i));
		CHECK(memcmp(out + head, content, (size_t)heads[i].argument) == 0);

		content[heads[i].argument] = '\0';
		osc_cborw_init(&w, out, sizeof(out));
		osc_cborw_text(&w, (const char *)content);
		content[heads[i].argument] = heads[i].argument < 65536 ? 'x' : '\0';
		CHECK(!w.full && w.len == head + heads[i].argument && is_head(out, 3, i));
		CHECK(memcmp(out + head, content, (size_t)heads[i].argument) == 0);
	}
	osc_cborw_init(&w, out, sizeof(out));
	osc_cborw_bytes(&w, osc_slice(NULL, 0));
	osc_cborw_null(&w);
	CHECK(!w.full && same(osc_slice(out, w.len), "40f6"));
}

/* Items of every kind, with heads of every length. */
static void
write_all(struct osc_cborw *w)
{
	static uint8_t content[300];

	osc_cborw_array(w, 24);
	osc_cborw_bytes(w, osc_slice(content, 3));
	osc_cborw_null(w);
	osc_cborw_int(w, 65536);
	osc_cborw_text(w, "Encrypt0");
	osc_cborw_int(w, -500);
	osc_cborw_bytes(w, osc_slice(content, 300));
	osc_cborw_int(w, INT64_MAX);
	osc_cborw_bytes(w, osc_slice(NULL, 0));
}

/* At each capacity that is too small the writer says so at the end, whatever
 * small items would still have fit, and stays inside. */
static void
test_cborw_full(void)
{
	uint8_t big[512], *out;
	struct osc_cborw w;
	size_t need;

	osc_cborw_init(&w, big, sizeof(big));
	write_all(&w);
	need = w.len;
	CHECK(!w.full && need == 2 + 4 + 1 + 5 + 9 + 3 + 303 + 9 + 1);
	for (size_t cap = 0; cap <= need + 1; cap++) {
		out = malloc(cap + 1);
		out[cap] = 0xee;
		osc_cborw_init(&w, out, cap);
		write_all(&w);
		CHECK(w.full == (cap < need));
		CHECK(w.full || (w.len == need && memcmp(out, big, need) == 0));
		CHECK(out[cap] == 0xee);
		free(out);
	}
}

static void
test_cborw_version(void)
{
	CHECK(osc_cbor_version()[0] >= '0' && osc_cbor_version()[0] <= '9');
	CHECK(strchr(osc_cbor_version(), '.') != NULL);
}

int
main(void)
{
	RUN(test_cborw_int);
	RUN(test_cborw_array);
	RUN(test_cborw_strings);
	RUN(test_cborw_full);
	RUN(test_cborw_version);
	return unit_end();
}
