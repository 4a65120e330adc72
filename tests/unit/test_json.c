/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "base/secret.h"
#include "core/coap.h"
#include "helper.h"
#include "message/json.h"

static struct osc_buffer out;
static struct osc_slice meta;
static struct osc_json_scratch scratch;
static struct osc_detail detail;

static enum osc_err
decode_bytes(const char *text, size_t len)
{
	/* In a block of its own; it stays for the meta slice. */
	static uint8_t *block;

	free(block);
	block = copy_exactly(osc_slice((const uint8_t *)text, len));
	out.len = 0;
	return osc_json_decode(&out, osc_slice(block, len), &meta, &scratch, &detail);
}

static enum osc_err
decode(const char *text)
{
	return decode_bytes(text, strlen(text));
}

static bool
is_message(const char *text, const char *digits)
{
	enum osc_err err = decode(text);

	if (err != OSC_OK)
		printf("# %d %s\n", (int)err, detail.text);
	return err == OSC_OK && same(osc_slice(out.ptr, out.len), digits);
}

/* Options of a message, with everything else given. */
static bool
options_are(const char *options, const char *digits)
{
	char text[512], bytes[512];

	(void)snprintf(text, sizeof(text),
	    "{\"code\":\"GET\",\"mid\":1,\"token_hex\":\"\",\"options\":%s}", options);
	(void)snprintf(bytes, sizeof(bytes), "50010001%s", digits);
	return is_message(text, bytes);
}

static bool
refused(const char *text, enum osc_err err, const char *why)
{
	enum osc_err got = decode(text);

	if (got != err || strstr(detail.text, why) == NULL)
		printf("# %d %s\n", (int)got, detail.text);
	return got == err && out.len == 0 && strstr(detail.text, why) != NULL;
}

static bool
no_message(const char *text, const char *why)
{
	return refused(text, OSC_EMESSAGE, why);
}

static void
test_json_message(void)
{
	CHECK(is_message(
	    "{\"type\":\"NON\",\"code\":\"GET\",\"mid\":23839,\"token_hex\":\"00003974\","
	    "\"options\":[[\"Uri-Host\",\"localhost\"],[\"Uri-Path\",\"tv1\"],"
	    "[\"Observe\",0],[\"ETag\",{\"hex\":\"4f01\"}],[\"If-None-Match\"],"
	    "[65000,{\"hex\":\"\"}]],\"payload\":\"on\",\"payload_hex\":\"6f6e\","
	    "\"oscore\":{\"a\":[1]},\"meta\":{\"b\":2}}",
	    "54015d1f00003974396c6f63616c686f7374124f01101053747631e0fcd0ff6f6e"));
	CHECK(osc_slice_equal(meta, slice_of("{\"b\":2}")));
	CHECK(is_message(" {\"code\":\"2.05\",\"type\":\"ack\",\"mid\":0,\"token_hex\":\"AbCd\"}\n",
	    "62450000abcd"));
	CHECK(meta.len == 0);
	CHECK(is_message("{\"code\":\"0.00\",\"type\":\"RST\",\"mid\":65535}", "7000ffff"));
	CHECK(is_message("{\"code\":\"PUT\",\"type\":\"CON\",\"mid\":1,\"token_hex\":\"\","
			 "\"payload\":\"a\\u0000\\u00e9\"}",
	    "40030001ff6100c3a9"));
	/* An empty payload is no payload. */
	CHECK(is_message(
	    "{\"code\":\"PUT\",\"mid\":1,\"token_hex\":\"\",\"payload\":\"\"}", "50030001"));
	CHECK(is_message(
	    "{\"code\":\"PUT\",\"mid\":1,\"token_hex\":\"\",\"payload_hex\":\"\"}", "50030001"));
}

static void
test_json_defaults(void)
{
	uint8_t first[8];

	CHECK(decode("{\"code\":\"GET\"}") == OSC_OK && out.len == 8);
	CHECK(out.ptr[0] == 0x54 && out.ptr[1] == 1);
	memcpy(first, out.ptr, 8);
	CHECK(decode("{\"code\":\"GET\"}") == OSC_OK && memcmp(first, out.ptr, 8) != 0);
	CHECK(decode("{\"code\":\"GET\",\"mid\":7}") == OSC_OK && out.len == 8);
	CHECK(out.ptr[2] == 0 && out.ptr[3] == 7);
	/* An Empty message has no token. */
	CHECK(decode("{\"code\":\"0.00\"}") == OSC_OK && out.len == 4);
}

static void
test_json_options(void)
{
	CHECK(options_are("[]", ""));
	CHECK(options_are("[[\"uri-PATH\",\"a\"],[11,\"b\"]]", "b1610162"));
	/* Sorted; those with the same number stay in order. */
	CHECK(options_are("[[15,\"q\"],[11,\"b\"],[3,\"h\"],[11,\"a\"],[15,\"p\"],[11,\"\"]]",
	    "3168816201610041710170"));
	/* The type of the value decides, not what is in it. */
	CHECK(options_are("[[12,\"0\"]]", "c130"));
	CHECK(options_are("[[12,0]]", "c0"));
	CHECK(options_are("[[12,50]]", "c132"));
	CHECK(options_are("[[12,256]]", "c20100"));
	CHECK(options_are("[[12,{\"hex\":\"0032\"}]]", "c20032"));
	CHECK(options_are("[[12,18446744073709551615]]", "c8ffffffffffffffff"));
	CHECK(options_are("[[12,1000000000000000000]]", "c80de0b6b3a7640000"));
	CHECK(options_are("[[5]]", "50"));
	CHECK(options_are("[[5,{\"hex\":\"00\"}]]", "5100"));
	CHECK(options_are("[[0],[0],[65535,\"x\"]]", "0000e1fef278"));
	CHECK(options_are("[[11,\"\\u0000\"]]", "b100"));
}

static void
test_json_no_message(void)
{
	CHECK(no_message("{}", "\"code\" is missing"));
	CHECK(no_message("{\"cod\":\"GET\"}", "did you mean \"code\"?"));
	CHECK(no_message("{\"code\":\"GET\",\"Payload\":\"\"}", "did you mean \"payload\"?"));
	CHECK(no_message("{\"code\":\"GET\",\"xyzzy\":\"\"}", "\"xyzzy\": unknown key"));
	CHECK(no_message("{\"code\":\"GET\",\"a\\u001b[\\\"\\u00e9\":0}", "\"a?[???\": unknown"));
	CHECK(no_message("{\"code\":1}", "code: not a string"));
	CHECK(no_message("{\"code\":2.05}", "code: not a string"));
	CHECK(no_message("{\"code\":\"9.99\"}", "code: \"9.99\""));
	CHECK(no_message("{\"code\":\"GTE\"}", "did you mean \"GET\"?"));
	CHECK(no_message("{\"code\":\"GET\",\"type\":\"non \"}", "type: \"non \""));
	CHECK(no_message("{\"code\":\"GET\",\"type\":1}", "type: not a string"));
	CHECK(no_message("{\"code\":\"GET\",\"mid\":70000}", "mid: not from 0 to 65535"));
	CHECK(no_message("{\"code\":\"GET\",\"mid\":-1}", "mid: not from 0 to 65535"));
	CHECK(no_message("{\"code\":\"GET\",\"mid\":99999999999999999999}", "mid: not from"));
	CHECK(no_message("{\"code\":\"GET\",\"mid\":1.0}", "mid: not an integer"));
	CHECK(no_message("{\"code\":\"GET\",\"mid\":null}", "mid: not an integer"));
	CHECK(no_message(
	    "{\"code\":\"GET\",\"token_hex\":\"000102030405060708\"}", "token_hex: 9 bytes"));
	CHECK(no_message("{\"code\":\"GET\",\"token_hex\":\"0\"}", "token_hex: not hex"));
	CHECK(no_message("{\"code\":\"GET\",\"token_hex\":\"0g\"}", "token_hex: not hex"));
	CHECK(no_message("{\"code\":\"GET\",\"token_hex\":\"00 01\"}", "token_hex: something"));
	CHECK(no_message("{\"code\":\"GET\",\"token_hex\":\"0x01\"}", "token_hex: something"));
	CHECK(no_message("{\"code\":\"GET\",\"token_hex\":1}", "token_hex: not a string"));
	CHECK(no_message("{\"code\":\"GET\",\"payload\":1}", "payload: not a string"));
	CHECK(no_message("{\"code\":\"GET\",\"payload\":null}", "payload: not a string"));
	CHECK(no_message("{\"code\":\"GET\",\"payload_hex\":[]}", "payload_hex: not a string"));
	CHECK(no_message("{\"code\":\"GET\",\"payload_hex\":\"x\"}", "payload_hex: not hex"));
	CHECK(
	    no_message("{\"code\":\"GET\",\"payload\":\"a\",\"payload_hex\":\"62\"}", "disagree"));
	CHECK(no_message("{\"code\":\"GET\",\"payload_hex\":\"\",\"payload\":\"a\"}", "disagree"));
	CHECK(no_message("{\"code\":\"0.00\",\"payload\":\"a\"}", "0.00 goes without"));
	CHECK(no_message("{\"code\":\"0.00\",\"token_hex\":\"01\"}", "0.00 goes without"));
	CHECK(no_message("{\"code\":\"0.00\",\"options\":[[1]]}", "0.00 goes without"));
}

static bool
no_option(const char *options, const char *why)
{
	char text[512];

	(void)snprintf(text, sizeof(text), "{\"code\":\"GET\",\"options\":%s}", options);
	return no_message(text, why);
}

static void
test_json_no_option(void)
{
	CHECK(no_option("{}", "options: not an array"));
	CHECK(no_option("null", "options: not an array"));
	CHECK(no_option("[1]", "options[0]: not an array"));
	CHECK(no_option("[[1],{}]", "options[1]: not an array"));
	CHECK(no_option("[[]]", "options[0]: not an array"));
	CHECK(no_option("[[1,2,3]]", "options[0]: not an array"));
	CHECK(no_option("[[\"Uri-Pth\",\"\"]]", "did you mean \"Uri-Path\"?"));
	CHECK(no_option("[[\"xyzzyxyzzy\",\"\"]]", "a number would do"));
	CHECK(no_option("[[\"11\",\"\"]]", "\"11\" is not the name of an option"));
	CHECK(no_option("[[65536,\"\"]]", "not from 0 to 65535"));
	CHECK(no_option("[[-1,\"\"]]", "not from 0 to 65535"));
	CHECK(no_option("[[1.5,\"\"]]", "neither a name nor a number"));
	CHECK(no_option("[[null]]", "neither a name nor a number"));
	CHECK(no_option("[[11,true]]", "options[0]: the value"));
	CHECK(no_option("[[11,null]]", "options[0]: the value"));
	CHECK(no_option("[[11,[]]]", "options[0]: the value"));
	CHECK(no_option("[[6,1.0]]", "options[0]: the value"));
	CHECK(no_option("[[6,-0]]", "options[0]: the value"));
	CHECK(no_option("[[6,-1]]", "options[0]: a negative value"));
	CHECK(no_option("[[6,18446744073709551616]]", "over 64 bits"));
	CHECK(no_option("[[4,{}]]", "not {\"hex\":...}"));
	CHECK(no_option("[[4,{\"Hex\":\"00\"}]]", "not {\"hex\":...}"));
	CHECK(no_option("[[4,{\"hex\":\"00\",\"x\":1}]]", "not {\"hex\":...}"));
	CHECK(no_option("[[1],[4,{\"hex\":1}]]", "options[1]: not a string of hex"));
	CHECK(no_option("[[4,{\"hex\":\"0\"}]]", "options[0]: not hex"));
}

static void
test_json_not_json(void)
{
	static const char nul[] = "{\"code\":\"GET\0\"}";

	CHECK(refused("{\"code\":\"GET\"", OSC_EJSON, "ends too early"));
	CHECK(refused("{\"code\":\"GET\",}", OSC_EJSON, "not JSON"));
	CHECK(refused("{\"code\":\"GET\",\"code\":\"GET\"}", OSC_EJSON, "twice"));
	CHECK(refused("{\"code\":\"GET\",\"\\u0063ode\":\"GET\"}", OSC_EJSON, "twice"));
	CHECK(refused("{\"code\":\"GET\",\"meta\":{\"a\":1,\"a\":1}}", OSC_EJSON, "twice"));
	CHECK(refused("{\"code\":\"GET\",\"payload\":\"\xff\"}", OSC_EJSON, "UTF-8"));
	CHECK(refused("{\"code\":\"GET\",\"payload\":\"\\ud800\"}", OSC_EJSON, "not JSON"));
	CHECK(refused("[]", OSC_EJSON, "not a JSON object"));
	CHECK(decode_bytes(nul, sizeof(nul) - 1) == OSC_EJSON);
}

static void
test_json_check(void)
{
	static const char *const values[] = {"[1]", "\"x\"", "1", "null", "{}", " [{\"a\": 1}] "};
	static const char *const others[] = {"[1", "nul", "", "1 2", "]"};

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		CHECK(osc_json_check(slice_of(values[i])) == OSC_OK);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		CHECK(osc_json_check(slice_of(others[i])) == OSC_EJSON);
}

static bool
meta_is(const char *text, const char *want)
{
	return decode(text) == OSC_OK && osc_slice_equal(meta, slice_of(want));
}

static void
test_json_meta(void)
{
	CHECK(meta_is("{\"meta\":1.50,\"code\":\"GET\"}", "1.50"));
	CHECK(meta_is(
	    "{\"code\":\"GET\",\"meta\" : { \"a\" : [ 1, {} ] } }", "{ \"a\" : [ 1, {} ] }"));
	CHECK(meta_is("{\"code\":\"GET\",\"meta\":null}", "null"));
	CHECK(meta_is("{\"code\":\"GET\",\"meta\":\"}\\\"{,\"}", "\"}\\\"{,\""));
	CHECK(meta_is("{\"code\":\"GET\",\"\\u006deta\":\"x\"}", "\"x\""));
	CHECK(
	    meta_is("{\"oscore\":{\"meta\":1,\"}\":[\"]\"]},\"payload\":\"meta\",\"code\":\"GET\","
		    "\"meta\":12345678901234567890123}",
		"12345678901234567890123"));
	CHECK(meta_is("{\"code\":\"GET\",\"oscore\":{\"meta\":1}}", ""));
}

/* A payload of this many letters, or an option of this many zero bytes. */
static enum osc_err
decode_long(const char *before, char letter, size_t len, const char *after)
{
	size_t head = strlen(before), tail = strlen(after);
	char *text = malloc(head + len + tail + 1);
	enum osc_err err;

	if (text == NULL)
		abort();
	memcpy(text, before, head);
	memset(text + head, letter, len);
	memcpy(text + head + len, after, tail + 1);
	err = decode(text);
	free(text);
	return err;
}

static void
test_json_lengths(void)
{
	const char *payload = "{\"code\":\"PUT\",\"token_hex\":\"\",\"payload\":\"";
	const char *option = "{\"code\":\"PUT\",\"options\":[[4,{\"hex\":\"";

	CHECK(decode_long(payload, 'a', 65535 - 5, "\"}") == OSC_OK && out.len == 65535);
	CHECK(decode_long(payload, 'a', 65535 - 4, "\"}") == OSC_ELONG && out.len == 0);
	CHECK(decode_long(payload, 'a', 70000, "\"}") == OSC_ELONG && out.len == 0);
	CHECK(decode_long(option, '0', 2 * 65535, "\"}]]}") == OSC_ELONG && out.len == 0);
	CHECK(decode_long(option, '0', 2 * 65536, "\"}]]}") == OSC_ELONG && out.len == 0);
	CHECK(decode_long(option, '0', 2 * 65000, "\"}]]}") == OSC_OK && out.len > 65000);
}

int
main(void)
{
	osc_secret_init();
	RUN(test_json_message);
	RUN(test_json_defaults);
	RUN(test_json_options);
	RUN(test_json_no_message);
	RUN(test_json_no_option);
	RUN(test_json_not_json);
	RUN(test_json_check);
	RUN(test_json_meta);
	RUN(test_json_lengths);
	osc_buffer_free(&out);
	osc_json_scratch_free(&scratch);
	return unit_end();
}
