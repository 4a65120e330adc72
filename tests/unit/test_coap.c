/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "core/coap.h"
#include "helper.h"

static enum osc_err
decode(struct osc_coap *coap, const char *digits, struct osc_where *where)
{
	/* In a block of its own, so that reading too far is seen; it stays for the slices. */
	static uint8_t *block;
	struct osc_slice bytes = unhex(digits);

	free(block);
	block = copy_exactly(bytes);
	return osc_coap_decode(coap, osc_slice(block, bytes.len), where);
}

static void
test_coap_message(void)
{
	struct osc_coap coap;
	struct osc_option option = {0};
	struct osc_slice rest, value;

	CHECK(decode(&coap, "44015d1f00003974396c6f63616c686f737483747631ff6869", NULL) == OSC_OK);
	CHECK(coap.type == OSC_COAP_CON && coap.code == OSC_CODE(0, 1) && coap.mid == 0x5d1f);
	CHECK(same(coap.token, "00003974") && same(coap.payload, "6869"));
	CHECK(same(coap.options, "396c6f63616c686f737483747631"));
	CHECK(same(coap.body, "396c6f63616c686f737483747631ff6869"));
	rest = coap.options;
	CHECK(osc_option_next(&rest, &option));
	CHECK(option.number == 3 && same(option.value, "6c6f63616c686f7374"));
	CHECK(osc_option_next(&rest, &option));
	CHECK(option.number == 11 && same(option.value, "747631"));
	CHECK(!osc_option_next(&rest, &option));
	CHECK(osc_option_find(coap.options, 11, &value) && same(value, "747631"));
	CHECK(!osc_option_find(coap.options, 12, &value));
	CHECK(!osc_option_find(osc_slice(NULL, 0), 3, &value));
}

/* RFC 7252, 3: version, type, token length, code. */
static void
test_coap_header(void)
{
	uint8_t header[16] = {0};
	struct osc_coap coap;
	enum osc_err want;

	for (unsigned first = 0; first <= 255; first++)
		for (size_t len = 0; len <= 13; len++) {
			uint8_t *block;

			header[0] = (uint8_t)first;
			header[1] = 0x45;
			block = copy_exactly(osc_slice(header, len));
			want = OSC_OK;
			if (len < 4)
				want = OSC_EHEADER;
			else if (first >> 6 != 1)
				want = OSC_EVERSION;
			else if ((first & 15) == 13 || (first & 15) == 14)
				want = OSC_EEXTTOKEN;
			else if ((first & 15) > 8 || len < 4 + (first & 15))
				want = OSC_ETKL;
			/* What is left are options 0 of length 0. */
			CHECK(osc_coap_decode(&coap, osc_slice(block, len), NULL) == want);
			if (want == OSC_OK) {
				CHECK(coap.type == (first >> 4 & 3));
				CHECK(coap.token.len == (first & 15));
				CHECK(coap.options.len == len - 4 - (first & 15));
			}
			free(block);
		}
	CHECK(osc_coap_decode(&coap, osc_slice(NULL, 0), NULL) == OSC_EHEADER);
}

static void
test_coap_codes(void)
{
	uint8_t message[] = {0x40, 0, 0, 0, 0x11, 0x2a};
	struct osc_coap coap;
	struct osc_where where;
	bool request, response;

	for (unsigned code = 1; code <= 255; code++) {
		message[1] = (uint8_t)code;
		request = code < 0x20;
		response = code >= 0x40 && code < 0xc0;
		CHECK(osc_code_is_request((uint8_t)code) == request);
		CHECK(osc_code_is_response((uint8_t)code) == response);
		CHECK(osc_coap_decode(&coap, osc_slice(message, 6), &where) ==
		    (request || response      ? OSC_OK
			    : code >= 7U << 5 ? OSC_ESIGNALING
					      : OSC_ECODE));
	}
	CHECK(!osc_code_is_request(0) && !osc_code_is_response(0));
	CHECK(decode(&coap, "40000001", NULL) == OSC_OK);
	CHECK(decode(&coap, "70000001", NULL) == OSC_OK && coap.type == OSC_COAP_RST);
	CHECK(decode(&coap, "4100000101", &where) == OSC_ECODE && where.offset == 1);
	CHECK(decode(&coap, "4000000111", NULL) == OSC_ECODE);
	CHECK(decode(&coap, "40000001ff01", NULL) == OSC_ECODE);
	CHECK(decode(&coap, "40000001ff", NULL) == OSC_ECODE);
}

/* What may be what (RFC 7252, 4.3, table 1). */
static void
test_coap_types(void)
{
	static const struct {
		uint8_t code;
		enum osc_err con, non, ack, rst;
	} cases[] = {
	    {0x00, OSC_OK, OSC_ENONEMPTY, OSC_OK, OSC_OK},
	    {0x01, OSC_OK, OSC_OK, OSC_EACKREQUEST, OSC_EACKREQUEST},
	    {0x1f, OSC_OK, OSC_OK, OSC_EACKREQUEST, OSC_EACKREQUEST},
	    {0x40, OSC_OK, OSC_OK, OSC_OK, OSC_ERSTRESPONSE},
	    {0xbf, OSC_OK, OSC_OK, OSC_OK, OSC_ERSTRESPONSE},
	};
	struct osc_coap coap = {0};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const enum osc_err wanted[] = {
		    cases[i].con, cases[i].non, cases[i].ack, cases[i].rst};

		coap.code = cases[i].code;
		for (coap.type = OSC_COAP_CON; coap.type <= OSC_COAP_RST; coap.type++)
			CHECK(osc_coap_check_type(&coap) == wanted[coap.type]);
	}
}

static void
test_coap_markers(void)
{
	struct osc_coap coap;
	struct osc_where where = {0};

	CHECK(decode(&coap, "40010000ff", &where) == OSC_EMARKER && where.offset == 4);
	CHECK(decode(&coap,
		  "4101000001"
		  "b161"
		  "ff",
		  &where) == OSC_EMARKER &&
	    where.offset == 7);
	CHECK(decode(&coap, "40010000ff00", NULL) == OSC_OK && same(coap.payload, "00"));
	/* ff in values and behind the marker is no marker. */
	CHECK(decode(&coap, "40010000b2ffffffffff", NULL) == OSC_OK);
	CHECK(same(coap.options, "b2ffff") && same(coap.payload, "ffff"));
	CHECK(decode(&coap, "48010000ffffffffffffffff", NULL) == OSC_OK);
	CHECK(coap.token.len == 8 && coap.body.len == 0 && coap.payload.len == 0);
}

static void
test_coap_bad_options(void)
{
	static const struct {
		const char *options;
		unsigned offset;
	} cases[] = {
	    {"b1", 4},                /* value cut off */
	    {"b26100", 0},            /* (good: value of two) */
	    {"b36100", 4}, {"d1", 4}, /* extensions cut off */
	    {"d0", 4}, {"e0", 4}, {"e000", 4}, {"0d", 4}, {"0e", 4}, {"0e00", 4}, {"dd00", 4},
	    {"ee000000", 4}, {"0d00", 4},                             /* 13 bytes, none there */
	    {"f0", 4},                                                /* nibble 15 */
	    {"f100", 4}, {"0f", 4}, {"1f00000000", 4}, {"b161f1", 6}, /* the second one */
	    {"b161b2ff", 6}, {"e0fef2", 0},                           /* (good: 65535) */
	    {"e0fef3", 4},                                            /* 65536 */
	    {"e0feff", 4},   /* 65548, which wraps to 12 in 16 bits */
	    {"e0ffff", 4},   /* 65804 */
	    {"e0fef210", 7}, /* 65535 + 1 */
	};
	struct osc_coap coap;
	struct osc_where where;
	char digits[64];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		(void)snprintf(digits, sizeof(digits), "40010000%s", cases[i].options);
		where.offset = 0;
		CHECK(
		    decode(&coap, digits, &where) == (cases[i].offset == 0 ? OSC_OK : OSC_EOPTION));
		CHECK(where.offset == cases[i].offset);
	}
}

/* A length of 65804 is the largest that an option can say; a body may be that long. */
static void
test_coap_longest_option(void)
{
	static uint8_t body[5 + 65804];
	struct osc_slice options, payload;
	struct osc_option option = {0};

	memcpy(body, "\x0e\xff\xff", 3);
	CHECK(osc_coap_split_body(&options, &payload, osc_slice(body, 3 + 65804), NULL) == OSC_OK);
	CHECK(osc_option_next(&options, &option) && option.value.len == 65804);
	CHECK(osc_coap_split_body(&options, &payload, osc_slice(body, 3 + 65803), NULL) ==
	    OSC_EOPTION);
}

static void
test_coap_too_long(void)
{
	static uint8_t message[OSC_MESSAGE_MAX + 1] = {0x40, 0x02, 0, 0, 0xff};
	struct osc_coap coap;
	struct osc_where where;

	CHECK(osc_coap_decode(&coap, osc_slice(message, OSC_MESSAGE_MAX), NULL) == OSC_OK);
	CHECK(coap.payload.len == OSC_MESSAGE_MAX - 5);
	CHECK(osc_coap_decode(&coap, osc_slice(message, OSC_MESSAGE_MAX + 1), &where) == OSC_ELONG);
}

/* Any bytes: what is accepted is read in steps that add up, and written again it is the
 * same: there is one way to write an option. */
static void
test_coap_random(void)
{
	static const uint8_t likely[] = {
	    0x00, 0x10, 0xb1, 0xd0, 0x0d, 0xe0, 0x0e, 0xff, 0x60, 0x90};
	struct osc_slice options, payload, rest;
	struct osc_coap_writer w;
	struct osc_option option;
	uint8_t body[40], out[64], *block;
	size_t len, accepted = 0;

	chance_start(6);
	for (int round = 0; round < 200000; round++) {
		len = pick(sizeof(body));
		for (size_t i = 0; i < len; i++)
			body[i] = chance(3) == 0 ? (uint8_t)chance(256) : likely[chance(10)];
		block = copy_exactly(osc_slice(body, len));
		if (osc_coap_split_body(&options, &payload, osc_slice(block, len), NULL) ==
		    OSC_OK) {
			accepted++;
			osc_coap_writer_init(&w, out, sizeof(out));
			memset(&option, 0, sizeof(option));
			for (rest = options; osc_option_next(&rest, &option);)
				osc_coap_put_option(&w, option.number, option.value);
			osc_coap_put_payload(&w, payload);
			CHECK(!w.full && option.number <= 65535);
			CHECK(w.len == len && (len == 0 || memcmp(out, body, len) == 0));
		}
		free(block);
	}
	CHECK(accepted > 1000);
}

static void
test_coap_version(void)
{
	CHECK(strchr(osc_libcoap_version(), '.') != NULL);
}

int
main(void)
{
	RUN(test_coap_message);
	RUN(test_coap_header);
	RUN(test_coap_codes);
	RUN(test_coap_types);
	RUN(test_coap_markers);
	RUN(test_coap_bad_options);
	RUN(test_coap_longest_option);
	RUN(test_coap_too_long);
	RUN(test_coap_random);
	RUN(test_coap_version);
	return unit_end();
}
