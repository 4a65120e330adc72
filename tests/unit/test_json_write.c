/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "base/secret.h"
#include "core/coap.h"
#include "helper.h"
#include "message/json.h"
#include "message/jsonwrite.h"

static struct osc_buffer out;
static struct osc_slice meta;
static struct osc_json_scratch scratch;
static struct osc_detail detail;

static bool
is_line(const char *digits, const struct osc_about *about, const char *its_meta, const char *line)
{
	struct osc_buffer text = {0};
	struct osc_about all = about != NULL ? *about : (struct osc_about){0};
	bool ok;

	all.meta = slice_of(its_meta);
	ok = osc_json_encode(&text, unhex(digits), &all) == OSC_OK &&
	    osc_slice_equal(osc_slice(text.ptr, text.len), slice_of(line));

	if (!ok)
		printf("# got %.*s# not %s", (int)text.len, (const char *)text.ptr, line);
	osc_buffer_free(&text);
	return ok;
}

static void
test_json_lines(void)
{
	struct osc_about about = {.protected = true,
	    .kid = unhex("01"),
	    .piv = unhex("0014"),
	    .sender_id = osc_present(NULL, 0)};

	CHECK(is_line("54015d1f00003974396c6f63616c686f7374124f01101053747631e0fcd0ff6f6e", NULL,
	    "",
	    "{\"type\":\"NON\",\"code\":\"GET\",\"mid\":23839,\"token_hex\":\"00003974\","
	    "\"options\":[[\"Uri-Host\",\"localhost\"],[\"ETag\",{\"hex\":\"4f01\"}],"
	    "[\"If-None-Match\"],[\"Observe\",0],[\"Uri-Path\",\"tv1\"],[65000,{\"hex\":\"\"}]],"
	    "\"payload\":\"on\",\"payload_hex\":\"6f6e\",\"oscore\":null}\n"));
	CHECK(is_line("7000ffff", &about, "{\"a\":\n [1]}",
	    "{\"type\":\"RST\",\"code\":\"0.00\",\"mid\":65535,\"token_hex\":\"\",\"options\":[],"
	    "\"payload\":\"\",\"payload_hex\":\"\",\"oscore\":{\"kid_hex\":\"01\","
	    "\"kid-context_hex\":null,\"partial-iv_hex\":\"0014\",\"sender-id_hex\":\"\","
	    "\"context\":null},\"meta\":{\"a\":  [1]}}\n"));
	about = (struct osc_about){.protected = true,
	    .kid_context = osc_present(NULL, 0),
	    .sender_id = unhex("00"),
	    .context = "a\"\xff\n\x1b/\xc3\xa9"};
	CHECK(is_line("62450000abcdff1b", &about, "",
	    "{\"type\":\"ACK\",\"code\":\"2.05\",\"mid\":0,\"token_hex\":\"abcd\",\"options\":[],"
	    "\"payload_hex\":\"1b\",\"oscore\":{\"kid_hex\":null,\"kid-context_hex\":\"\","
	    "\"partial-iv_hex\":null,\"sender-id_hex\":\"00\","
	    "\"context\":\"a\\\"\xef\xbf\xbd\\n\\u001b/\xc3\xa9\"}}\n"));
	about.protected = false;
	CHECK(is_line("40080000ff22095c0a0d", &about, "1",
	    "{\"type\":\"CON\",\"code\":\"0.08\",\"mid\":0,\"token_hex\":\"\",\"options\":[],"
	    "\"payload\":\"\\\"\\t\\\\\\n\\r\",\"payload_hex\":\"22095c0a0d\",\"oscore\":null,"
	    "\"meta\":1}\n"));
}

/* Hex wherever the nicer form would not give the same bytes, or is not clean. */
static void
test_json_falls_back(void)
{
	static const struct {
		const char *digits, *option;
	} cases[] = {
	    {"61ff", "[\"Observe\",255]"},
	    {"6100", "[\"Observe\",{\"hex\":\"00\"}]"},
	    {"620001", "[\"Observe\",{\"hex\":\"0001\"}]"},
	    {"68ffffffffffffffff", "[\"Observe\",18446744073709551615]"},
	    {"69010000000000000000", "[\"Observe\",{\"hex\":\"010000000000000000\"}]"},
	    {"5100", "[\"If-None-Match\",{\"hex\":\"00\"}]"},
	    {"b0", "[\"Uri-Path\",\"\"]"},
	    {"b1ff", "[\"Uri-Path\",{\"hex\":\"ff\"}]"},
	    {"b100", "[\"Uri-Path\",{\"hex\":\"00\"}]"},
	    {"b10a", "[\"Uri-Path\",\"\\n\"]"},
	    {"b3e280ae", "[\"Uri-Path\",{\"hex\":\"e280ae\"}]"},
	    {"b2c3a9", "[\"Uri-Path\",\"\xc3\xa9\"]"},
	    {"40", "[\"ETag\",{\"hex\":\"\"}]"},
	    {"20", "[2,{\"hex\":\"\"}]"},
	    {NULL, NULL},
	};
	char digits[64], line[256];

	for (size_t i = 0; cases[i].digits != NULL; i++) {
		(void)snprintf(digits, sizeof(digits), "40010001%s", cases[i].digits);
		(void)snprintf(line, sizeof(line),
		    "{\"type\":\"CON\",\"code\":\"GET\",\"mid\":1,\"token_hex\":\"\",\"options\":[%s],"
		    "\"payload\":\"\",\"payload_hex\":\"\",\"oscore\":null}\n",
		    cases[i].option);
		CHECK(is_line(digits, NULL, "", line));
	}
}

static void
test_json_refusals(void)
{
	struct osc_buffer text = {0};

	CHECK(osc_json_encode_refused(&text, 6, "a \"b\"\t\x01\xff") == OSC_OK);
	CHECK(osc_slice_equal(osc_slice(text.ptr, text.len),
	    slice_of("{\"error\":6,\"message\":\"a \\\"b\\\"\\t\\u0001\xef\xbf\xbd\"}\n")));
	text.len = 0;
	CHECK(osc_json_encode(&text, unhex("400100"), NULL) == OSC_EHEADER);
	CHECK(text.len == 0);
	osc_buffer_free(&text);
}

/* Write as JSON, read again: the same bytes, and a line that can be read. */
static bool
survives(struct osc_slice datagram)
{
	static struct osc_buffer line;
	enum osc_err err;

	line.len = 0;
	err = osc_json_encode(&line, datagram, NULL);
	if (err == OSC_OK && line.len > OSC_JSON_TEXT_MAX)
		return false;
	out.len = 0;
	if (err == OSC_OK)
		err =
		    osc_json_decode(&out, osc_slice(line.ptr, line.len), &meta, &scratch, &detail);
	if (err != OSC_OK)
		printf("# %d %s in %.*s\n", (int)err, detail.text, (int)line.len,
		    (const char *)line.ptr);
	return err == OSC_OK && osc_slice_equal(osc_slice(out.ptr, out.len), datagram);
}

/* Values that are text, numbers, nearly so, or anything. */
static size_t
some_value(uint8_t *to)
{
	static const char *const texts[] = {"", "tv1", "\xc3\xa9", "\xe2\x80\xa8", "a\"b\\",
	    "\x1b[0m", "\xed\xa0\x80", "\xf0\x9f\x98\x80", "\r\n\t", "\x7f"};
	static const size_t lengths[] = {0, 1, 2, 3, 4, 7, 8, 9, 12, 13, 14, 268, 269, 270};
	const char *text = texts[chance(sizeof(texts) / sizeof(texts[0]))];
	size_t len = lengths[chance(sizeof(lengths) / sizeof(lengths[0]))];

	if (chance(3) == 0) {
		memcpy(to, text, strlen(text));
		return strlen(text);
	}
	chance_bytes(to, len);
	if (len > 0 && chance(3) == 0)
		to[0] = 0;
	if (chance(3) == 0)
		for (size_t i = 0; i < len; i++)
			to[i] = (uint8_t)(0x20 + to[i] % 0x60);
	return len;
}

static size_t
some_datagram(uint8_t *to, size_t cap)
{
	static const uint8_t codes[] = {1, 2, 5, 7, 8, 31, 0x40, 0x45, 0x84, 0xa0, 0xbf};
	uint8_t token[OSC_TOKEN_MAX], value[512];
	struct osc_coap_writer w;
	uint32_t number = 0;

	osc_coap_writer_init(&w, to, cap);
	if (chance(50) == 0) {
		osc_coap_put_header(
		    &w, (uint8_t)chance(4), 0, (uint16_t)chance(65536), osc_slice(NULL, 0));
		return w.len;
	}
	chance_bytes(token, sizeof(token));
	osc_coap_put_header(&w, (uint8_t)chance(4), codes[chance(sizeof(codes))],
	    (uint16_t)chance(65536), osc_slice(token, pick(OSC_TOKEN_MAX + 1)));
	for (uint64_t n = chance(6); n > 0; n--) {
		number += (uint32_t)(chance(4) == 0 ? 0
			: chance(8) == 0            ? chance(9000)
						    : chance(12));
		osc_coap_put_option(&w, number, osc_slice(value, some_value(value)));
	}
	if (chance(3) > 0)
		osc_coap_put_payload(&w, osc_slice(value, some_value(value)));
	return w.len;
}

static unsigned long rounds = 20000;

static void
test_json_round_trip(void)
{
	uint8_t datagram[8192];
	bool all = true;

	chance_start(7252);
	for (unsigned long i = 0; i < rounds && all; i++)
		all = survives(osc_slice(datagram, some_datagram(datagram, sizeof(datagram))));
	CHECK(all);
}

/* The longest lines: tens of thousands of options, or a payload full of quotes. */
static void
test_json_round_trip_long(void)
{
	static uint8_t datagram[OSC_MESSAGE_MAX];
	static const uint32_t numbers[] = {0, 1, 5, 6, 11, 12, 60, 292, 2049, 65000, 65535};
	static const struct osc_slice values[] = {
	    {NULL, 0}, {(const uint8_t *)"\xff", 1}, {(const uint8_t *)"\"\"", 2}};
	struct osc_coap_writer w;

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		for (size_t k = 0; k < 3; k++) {
			osc_coap_writer_init(&w, datagram, sizeof(datagram));
			osc_coap_put_header(&w, 0, 1, 65535, osc_slice(NULL, 0));
			while (sizeof(datagram) - w.len > 4 + values[k].len)
				osc_coap_put_option(&w, numbers[i], values[k]);
			CHECK(!w.full && survives(osc_slice(datagram, w.len)));
		}
	memset(datagram, '"', sizeof(datagram));
	memcpy(datagram, "\x40\x01\x00\x01\xff", 5);
	CHECK(survives(osc_slice(datagram, sizeof(datagram))));
}

/* With an argument: that many random datagrams instead. */
int
main(int argc, char **argv)
{
	osc_secret_init();
	if (argc > 1)
		rounds = strtoul(argv[1], NULL, 10);
	RUN(test_json_lines);
	RUN(test_json_falls_back);
	RUN(test_json_refusals);
	RUN(test_json_round_trip);
	RUN(test_json_round_trip_long);
	osc_buffer_free(&out);
	osc_json_scratch_free(&scratch);
	return unit_end();
}
