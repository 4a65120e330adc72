/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "core/coap.h"
#include "helper.h"

/* The number where an option's delta or length changes its form (RFC 7252, 3.1). */
static const uint32_t boundaries[] = {
    0, 1, 11, 12, 13, 14, 267, 268, 269, 270, 524, 525, 65534, 65535};

#define N_BOUNDARIES (sizeof(boundaries) / sizeof(boundaries[0]))

static size_t
extension(uint32_t value)
{
	return value < 13 ? 0 : value < 269 ? 1 : 2;
}

/* Each delta with each length, written and read again. */
static void
test_coap_option_forms(void)
{
	static uint8_t value[65535], out[65535 + 16];
	struct osc_coap_writer w;
	struct osc_option option;
	struct osc_slice rest, payload;

	memset(value, 0xff, sizeof(value));
	for (size_t d = 0; d < N_BOUNDARIES; d++)
		for (size_t l = 0; l < N_BOUNDARIES; l++) {
			size_t want =
			    1 + extension(boundaries[d]) + extension(boundaries[l]) + boundaries[l];

			osc_coap_writer_init(&w, out, sizeof(out));
			osc_coap_put_option(&w, boundaries[d], osc_slice(value, boundaries[l]));
			CHECK(!w.full && w.len == want);
			CHECK(osc_coap_split_body(&rest, &payload, osc_slice(out, w.len), NULL) ==
			    OSC_OK);
			CHECK(rest.len == want && payload.len == 0);
			memset(&option, 0, sizeof(option));
			CHECK(osc_option_next(&rest, &option) && rest.len == 0);
			CHECK(option.number == boundaries[d] && option.value.len == boundaries[l]);
			CHECK(option.value.len == 0 ||
			    memcmp(option.value.ptr, value, option.value.len) == 0);
			/* One byte short: neither written nor read. */
			osc_coap_writer_init(&w, out, want - 1);
			osc_coap_put_option(&w, boundaries[d], osc_slice(value, boundaries[l]));
			CHECK(w.full);
		}
}

static void
write_message(struct osc_coap_writer *w)
{
	static const uint8_t bytes[300] = {0};

	osc_coap_put_header(w, OSC_COAP_NON, OSC_CODE_POST, 0xabcd, osc_slice(bytes, 8));
	osc_coap_put_option(w, 3, osc_slice(bytes, 1));
	osc_coap_put_option(w, 3, osc_slice(NULL, 0));
	osc_coap_put_option(w, 16, osc_slice(bytes, 12));
	osc_coap_put_option(w, 29, osc_slice(bytes, 13));
	osc_coap_put_option(w, 600, osc_slice(bytes, 269));
	osc_coap_put_byte(w, 0xff);
	osc_coap_put_byte(w, 1);
	osc_coap_put_option(w, 11, osc_slice(bytes, 2));
	osc_coap_put_payload(w, osc_slice(bytes, 4));
}

/* At each capacity that is too small the writer says so at the end, and stays inside. */
static void
test_writer_full(void)
{
	uint8_t big[512], *out;
	struct osc_coap_writer w;
	size_t need;

	osc_coap_writer_init(&w, big, sizeof(big));
	write_message(&w);
	need = w.len;
	CHECK(!w.full && need == 12 + 2 + 1 + (2 + 12) + (3 + 13) + (5 + 269) + 1 + 1 + 3 + 5);
	for (size_t cap = 0; cap <= need + 1; cap++) {
		out = malloc(cap + 1);
		out[cap] = 0xee;
		osc_coap_writer_init(&w, out, cap);
		write_message(&w);
		CHECK(w.full == (cap < need));
		CHECK(w.full || (w.len == need && memcmp(out, big, need) == 0));
		CHECK(out[cap] == 0xee);
		free(out);
	}
}

static void
test_writer_message(void)
{
	uint8_t out[64];
	struct osc_coap_writer w;

	osc_coap_writer_init(&w, out, sizeof(out));
	osc_coap_put_header(&w, OSC_COAP_ACK, OSC_CODE_CONTENT, 0x5d1f, unhex("00003974"));
	osc_coap_put_payload(&w, slice_of("Hello World!"));
	CHECK(!w.full);
	CHECK(same(osc_slice(out, w.len), "64455d1f00003974ff48656c6c6f20576f726c6421"));
	/* No payload, no marker. */
	osc_coap_writer_init(&w, out, sizeof(out));
	osc_coap_put_header(&w, OSC_COAP_RST, OSC_CODE_EMPTY, 1, osc_slice(NULL, 0));
	osc_coap_put_payload(&w, osc_slice(NULL, 0));
	CHECK(same(osc_slice(out, w.len), "70000001"));
	/* Options behind a byte count from 0 again. */
	osc_coap_writer_init(&w, out, sizeof(out));
	osc_coap_put_option(&w, 11, unhex("61"));
	osc_coap_put_byte(&w, 0xff);
	osc_coap_put_option(&w, 3, unhex("62"));
	CHECK(same(osc_slice(out, w.len),
	    "b161"
	    "ff"
	    "3162"));
}

int
main(void)
{
	RUN(test_coap_option_forms);
	RUN(test_writer_full);
	RUN(test_writer_message);
	return unit_end();
}
