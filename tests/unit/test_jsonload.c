/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "base/jsonload.h"
#include "base/secret.h"
#include "unit.h"

static struct osc_detail detail;

/* The text is copied to the heap in its exact length: a read beyond it shows. */
static enum osc_err
load(struct osc_json *json, const char *text, size_t len)
{
	uint8_t *copy = malloc(len > 0 ? len : 1);
	enum osc_err err;

	osc_copy(copy, (const uint8_t *)text, len);
	err = osc_json_load(json, osc_slice(copy, len), OSC_ESTATE, &detail);
	if (err != OSC_OK)
		free(copy);
	return err;
}

static void
unload(struct osc_json *json)
{
	uint8_t *copy = NULL;

	/* The only pointer that is not const is the one we made above. */
	memcpy(&copy, &json->text.ptr, sizeof(copy));
	osc_json_free(json);
	free(copy);
}

static bool
refused(const char *text, const char *why)
{
	struct osc_json json;
	enum osc_err err = load(&json, text, strlen(text));

	if (err == OSC_OK)
		unload(&json);
	return err == OSC_ESTATE && json.root == NULL && strstr(detail.text, why) != NULL;
}

static void
test_jsonload_refuses(void)
{
	CHECK(refused("", "empty"));
	CHECK(refused(" \r\n\t", "empty"));
	CHECK(refused("[1]", "not a JSON object"));
	CHECK(refused("1", "not JSON"));
	CHECK(refused("{} {}", "line 1, column 4: something follows"));
	CHECK(refused("\xef\xbb\xbf{}", "byte order mark"));
	CHECK(refused("{\"a\": \"\xff\"}", "invalid UTF-8"));
	CHECK(refused("{\"a\": 1", "ends too early"));
	CHECK(refused("{\"a\": 1,}", "not JSON"));
	CHECK(refused("{\"a\": 01}", "not JSON"));
	CHECK(refused("{\"a\": 0100000000000000000000}", "not JSON"));
	CHECK(refused("{\"a\": +1}", "not JSON"));
	CHECK(refused("{\"a\": NaN}", "not JSON"));
	CHECK(refused("{\"a\": 1e999}", "out of range"));
	CHECK(refused("{\"a\": 12345678901234567890-}", "out of range"));
	CHECK(refused("{\"a\": -}", "not JSON"));
	CHECK(refused("{\"a\": \"x", "ends too early"));
	CHECK(refused("{\"a\": \"x\\", "line 1"));
	CHECK(refused("{\"a\\u0000\": 1}", "NUL"));
	CHECK(refused("{'a': 1}", "not JSON"));
	CHECK(refused("/* */ {}", "not JSON"));
}

static void
test_jsonload_nul_bytes(void)
{
	struct osc_json json;

	CHECK(load(&json, "{}\0", 3) == OSC_ESTATE);
	CHECK(load(&json, "\0\0\0\0", 4) == OSC_ESTATE);
}

static void
test_jsonload_duplicates(void)
{
	CHECK(refused("{\"a\": 1, \"a\": 2}", "twice"));
	CHECK(refused("{\"a-b\": 1, \"a\\u002db\": 2}", "twice"));
	CHECK(refused("{\"x\": {\"a\": 1, \"\\u0061\": 1}}", "twice"));
}

static void
test_jsonload_quotes_nothing(void)
{
	CHECK(refused("{\"secret_hex\": \"0102\n0304\"}", "line 1"));
	CHECK(strstr(detail.text, "0102") == NULL);
	CHECK(refused("{\"secret_hex\": deadbeef}", "line 1"));
	CHECK(strstr(detail.text, "dead") == NULL);
}

static void
test_jsonload_depth(void)
{
	struct osc_json json;
	const char *deepest = "{\"a\":[[[[[[[1]]]]]]]}";

	CHECK(load(&json, deepest, strlen(deepest)) == OSC_OK);
	unload(&json);
	CHECK(refused("{\"a\":[[[[[[[[1]]]]]]]]}", "line 1, column 13: nested too deeply"));
	CHECK(refused("{\n\"a\":[[[[[[[[", "line 2, column 12: nested too deeply"));
	/* Brackets in strings do not count. */
	deepest = "{\"a\":\"[[[[[[[[[[{{{{{{{{{{\\\"[[[[\"}";
	CHECK(load(&json, deepest, strlen(deepest)) == OSC_OK);
	unload(&json);
}

static bool
is_integer(const char *text, bool negative, bool wide, uint64_t value)
{
	struct osc_json json;
	struct osc_integer number = {0};
	char object[512];
	bool ok;

	(void)snprintf(object, sizeof(object), "{\"b\":[7],\n \"a\": %s }", text);
	if (load(&json, object, strlen(object)) != OSC_OK)
		return false;
	ok = osc_json_integer(&json, osc_json_member(json.root, "a"), &number) &&
	    number.negative == negative && number.wide == wide && number.value == value;
	if (ok && number.digits.len > 0)
		ok = osc_slice_equal(number.digits,
		    osc_slice((const uint8_t *)text + negative, strlen(text) - negative));
	unload(&json);
	return ok;
}

static void
test_jsonload_integers(void)
{
	CHECK(is_integer("0", false, false, 0));
	CHECK(is_integer("-1", true, false, 1));
	CHECK(is_integer("999999999999999999", false, false, UINT64_C(999999999999999999)));
	CHECK(is_integer("-999999999999999999", true, false, UINT64_C(999999999999999999)));
	CHECK(is_integer("1000000000000000000", false, false, UINT64_C(1000000000000000000)));
	CHECK(is_integer("1000000000000000017", false, false, UINT64_C(1000000000000000017)));
	CHECK(is_integer("-1000000000000000017", true, false, UINT64_C(1000000000000000017)));
	CHECK(is_integer("9223372036854775807", false, false, UINT64_C(9223372036854775807)));
	CHECK(is_integer("-9223372036854775808", true, false, UINT64_C(9223372036854775808)));
	CHECK(is_integer("18446744073709551615", false, false, UINT64_MAX));
	CHECK(is_integer("18446744073709551616", false, true, 0));
	CHECK(is_integer("18446744073709551620", false, true, 0));
	CHECK(is_integer("-18446744073709551621", true, true, 0));
	CHECK(is_integer("99999999999999999999999999999999999999999999999999", false, true, 0));
}

static void
test_jsonload_not_integers(void)
{
	CHECK(!is_integer("-0", false, false, 0));
	CHECK(!is_integer("1.0", false, false, 1));
	CHECK(!is_integer("1e3", false, false, 1000));
	CHECK(!is_integer("12345678901234567890.0", false, true, 0));
	CHECK(!is_integer("12345678901234567890e1", false, true, 0));
	CHECK(!is_integer("\"1\"", false, false, 1));
	CHECK(!is_integer("true", false, false, 1));
	CHECK(!is_integer("null", false, false, 0));
	CHECK(!is_integer("[1]", false, false, 1));
}

static void
test_jsonload_integers_in_strings(void)
{
	struct osc_json json;
	struct osc_slice value;
	const char *text = "{\"12345678901234567890123\": \"x -0 12345678901234567890 \\\" -0\"}";

	CHECK(load(&json, text, strlen(text)) == OSC_OK);
	CHECK(osc_json_string(osc_json_member(json.root, "12345678901234567890123"), &value));
	CHECK(value.len == strlen("x -0 12345678901234567890 \" -0"));
	CHECK(memcmp(value.ptr, "x -0 12345678901234567890 \" -0", value.len) == 0);
	unload(&json);
}

static void
test_jsonload_columns_stay(void)
{
	CHECK(refused("{\"a\": 123456789012345678901234567890, x}", "line 1, column 39"));
}

static void
test_jsonload_parse_integer(void)
{
	static const char *const bad[] = {"", "-", "-0", "00", "01", "+1", " 1", "1 ", "1x", "0x1"};
	struct osc_integer number;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK(!osc_integer_parse(
		    &number, osc_slice((const uint8_t *)bad[i], strlen(bad[i]))));
	CHECK(osc_integer_parse(&number, osc_slice((const uint8_t *)"0", 1)));
	CHECK(number.value == 0 && !number.negative && !number.wide);
	CHECK(osc_integer_parse(&number, osc_slice((const uint8_t *)"-18446744073709551615", 21)));
	CHECK(number.value == UINT64_MAX && number.negative && !number.wide);
}

static void
test_jsonload_values(void)
{
	const char *text = "{\"t\": true, \"f\": false, \"n\": null, \"s\": \"a\\u0000b\","
			   " \"l\": [1, 2], \"o\": {}}";
	struct json_t *value, *root;
	struct osc_json json;
	struct osc_slice string;
	const char *key;
	void *iter = NULL;
	unsigned members = 0;
	bool b = false;

	CHECK(load(&json, text, strlen(text)) == OSC_OK);
	root = json.root;
	CHECK(osc_json_bool(osc_json_member(root, "t"), &b) && b);
	CHECK(osc_json_bool(osc_json_member(root, "f"), &b) && !b);
	CHECK(!osc_json_bool(osc_json_member(root, "n"), &b));
	CHECK(osc_json_is_null(osc_json_member(root, "n")));
	CHECK(!osc_json_is_null(osc_json_member(root, "missing")));
	CHECK(osc_json_string(osc_json_member(root, "s"), &string) && string.len == 3);
	CHECK(memcmp(string.ptr, "a\0b", 3) == 0);
	CHECK(!osc_json_string(osc_json_member(root, "l"), &string));
	CHECK(osc_json_is_array(osc_json_member(root, "l")));
	CHECK(osc_json_length(osc_json_member(root, "l")) == 2);
	CHECK(osc_json_at(osc_json_member(root, "l"), 2) == NULL);
	CHECK(osc_json_is_object(osc_json_member(root, "o")));
	CHECK(!osc_json_is_object(osc_json_member(root, "l")));
	CHECK(osc_json_member(osc_json_member(root, "l"), "x") == NULL);
	while (osc_json_next(root, &iter, &key, &value))
		members++;
	CHECK(members == 6);
	CHECK(osc_jansson_version()[0] == '2');
	unload(&json);
}

/* Values of all sizes are where they were put, whatever came before and behind them. */
static void
test_jsonload_many_values(void)
{
	static char text[100000];
	static char large[9000];
	size_t len = 0, count = 0;
	struct osc_json json;
	struct osc_slice string;
	struct json_t *list;
	bool same = true;

	memset(large, 'x', sizeof(large));
	len += (size_t)snprintf(text, sizeof(text), "{\"l\": [");
	for (size_t size = 1; size < sizeof(large); size += 1 + size / 4)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s\"%.*s\"",
		    count++ > 0 ? "," : "", (int)size, large);
	len += (size_t)snprintf(text + len, sizeof(text) - len, "]}");
	CHECK(load(&json, text, len) == OSC_OK);
	list = osc_json_member(json.root, "l");
	CHECK(osc_json_length(list) == count);
	for (size_t i = 0, size = 1; i < count; i++, size += 1 + size / 4)
		same = same && osc_json_string(osc_json_at(list, i), &string) &&
		    osc_slice_equal(string, osc_slice((const uint8_t *)large, size));
	CHECK(same);
	unload(&json);
}

int
main(void)
{
	osc_secret_init();
	RUN(test_jsonload_refuses);
	RUN(test_jsonload_nul_bytes);
	RUN(test_jsonload_duplicates);
	RUN(test_jsonload_quotes_nothing);
	RUN(test_jsonload_depth);
	RUN(test_jsonload_integers);
	RUN(test_jsonload_not_integers);
	RUN(test_jsonload_integers_in_strings);
	RUN(test_jsonload_columns_stay);
	RUN(test_jsonload_parse_integer);
	RUN(test_jsonload_values);
	RUN(test_jsonload_many_values);
	return unit_end();
}
