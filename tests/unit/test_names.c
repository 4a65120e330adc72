/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "core/coap.h"
#include "helper.h"
#include "message/names.h"
#include "message/utf8.h"

static bool
registered(uint32_t number, enum osc_value_format format, const char *name)
{
	const struct osc_option_name *by_number = osc_option_by_number(number);
	const struct osc_option_name *by_name = osc_option_by_name(slice_of(name));

	return by_number != NULL && by_number == by_name && by_number->number == number &&
	    by_number->format == format && strcmp(by_number->name, name) == 0;
}

static void
test_names_options(void)
{
	CHECK(registered(1, OSC_VALUE_OPAQUE, "If-Match"));
	CHECK(registered(3, OSC_VALUE_STRING, "Uri-Host"));
	CHECK(registered(4, OSC_VALUE_OPAQUE, "ETag"));
	CHECK(registered(5, OSC_VALUE_EMPTY, "If-None-Match"));
	CHECK(registered(6, OSC_VALUE_UINT, "Observe"));
	CHECK(registered(7, OSC_VALUE_UINT, "Uri-Port"));
	CHECK(registered(8, OSC_VALUE_STRING, "Location-Path"));
	CHECK(registered(9, OSC_VALUE_OPAQUE, "OSCORE"));
	CHECK(registered(11, OSC_VALUE_STRING, "Uri-Path"));
	CHECK(registered(12, OSC_VALUE_UINT, "Content-Format"));
	CHECK(registered(14, OSC_VALUE_UINT, "Max-Age"));
	CHECK(registered(15, OSC_VALUE_STRING, "Uri-Query"));
	CHECK(registered(16, OSC_VALUE_UINT, "Hop-Limit"));
	CHECK(registered(17, OSC_VALUE_UINT, "Accept"));
	CHECK(registered(19, OSC_VALUE_UINT, "Q-Block1"));
	CHECK(registered(20, OSC_VALUE_STRING, "Location-Query"));
	CHECK(registered(21, OSC_VALUE_EMPTY, "EDHOC"));
	CHECK(registered(23, OSC_VALUE_UINT, "Block2"));
	CHECK(registered(27, OSC_VALUE_UINT, "Block1"));
	CHECK(registered(28, OSC_VALUE_UINT, "Size2"));
	CHECK(registered(31, OSC_VALUE_UINT, "Q-Block2"));
	CHECK(registered(35, OSC_VALUE_STRING, "Proxy-Uri"));
	CHECK(registered(39, OSC_VALUE_STRING, "Proxy-Scheme"));
	CHECK(registered(60, OSC_VALUE_UINT, "Size1"));
	CHECK(registered(252, OSC_VALUE_OPAQUE, "Echo"));
	CHECK(registered(258, OSC_VALUE_UINT, "No-Response"));
	CHECK(registered(292, OSC_VALUE_OPAQUE, "Request-Tag"));
	CHECK(registered(235, OSC_VALUE_OPAQUE, "Proxy-Cri"));
	CHECK(registered(239, OSC_VALUE_UINT, "Proxy-Scheme-Number"));
	CHECK(registered(2055, OSC_VALUE_OPAQUE, "SCP82-Params"));
	CHECK(registered(2056, OSC_VALUE_STRING, "X-Admin-Protocol"));
}

static void
test_names_order(void)
{
	uint32_t known = 0;

	/* Each number is found, so the table is sorted; each name leads back to it. */
	for (uint32_t number = 0; number <= 65535; number++) {
		const struct osc_option_name *name = osc_option_by_number(number);

		if (name == NULL)
			continue;
		known++;
		CHECK(name->number == number && osc_option_by_name(slice_of(name->name)) == name);
	}
	CHECK(known == 34);
	CHECK(osc_option_by_number(0) == NULL && osc_option_by_number(65536 + 11) == NULL);
}

static void
test_names_case(void)
{
	CHECK(osc_option_by_name(slice_of("uri-path"))->number == 11);
	CHECK(osc_option_by_name(slice_of("URI-PATH"))->number == 11);
	CHECK(osc_option_by_name(slice_of("eTAG"))->number == 4);
	CHECK(osc_option_by_name(slice_of("Uri-Pat")) == NULL);
	CHECK(osc_option_by_name(slice_of("Uri-Pathh")) == NULL);
	CHECK(osc_option_by_name(slice_of("")) == NULL);
	CHECK(osc_option_by_name(osc_slice((const uint8_t *)"Echo\0", 5)) == NULL);
	CHECK(osc_option_by_name(slice_of("11")) == NULL);
}

static bool
near(const char *word, const char *name)
{
	const char *found = osc_option_nearest(slice_of(word));

	return name == NULL ? found == NULL : found != NULL && strcmp(found, name) == 0;
}

static void
test_names_nearest(void)
{
	static const char word[] = "ffffffffffffffffffffffffffffffffffffffffffffffffffffffff";

	CHECK(near("Uri-Pth", "Uri-Path"));
	CHECK(near("uri_path", "Uri-Path"));
	CHECK(near("UriPath", "Uri-Path"));
	CHECK(near("Uri-Ptah", "Uri-Path"));
	CHECK(near("content-type", NULL) || near("content-type", "Content-Format"));
	CHECK(near("ContentFormat", "Content-Format"));
	CHECK(near("Etga", "ETag"));
	CHECK(near("ehco", "Echo"));
	CHECK(near("", NULL));
	CHECK(near("x", NULL));
	CHECK(near("Uri-Ho", "Uri-Host") && near("token", NULL));
	/* NULs, behind a whole name too */
	CHECK(osc_option_nearest(osc_slice((const uint8_t *)"ETag\0xyzabcdefghi", 17)) == NULL);
	CHECK(osc_code_nearest(osc_slice((const uint8_t *)"GET\0xyzabcdefghijkl", 19)) == NULL);
	CHECK(near(word, NULL));
	CHECK(strcmp(osc_code_nearest(slice_of("GTE")), "GET") == 0);
	CHECK(strcmp(osc_code_nearest(slice_of("delet")), "DELETE") == 0);
	CHECK(osc_code_nearest(slice_of("9.99")) == NULL);
}

static bool
is_code(const char *text, uint8_t want)
{
	uint8_t code = 0xee;

	return osc_code_parse(&code, slice_of(text)) && code == want;
}

static void
test_names_codes(void)
{
	static const char *const bad[] = {"", "9.99", "2.5", "2.005", "02.05", "2,05", "2.05 ",
	    "1.00", "6.00", "7.01", "2.32", "-.05", "2.0x", "x.05", "GETT", "EMPTY", "Content", "1",
	    "2.05\n", "0.32"};
	uint8_t code;

	CHECK(is_code("GET", 1) && is_code("get", 1) && is_code("0.01", 1));
	CHECK(is_code("POST", 2) && is_code("Put", 3) && is_code("DELETE", 4));
	CHECK(is_code("FETCH", 5) && is_code("PATCH", 6) && is_code("iPATCH", 7));
	CHECK(is_code("IPATCH", 7) && is_code("ipatch", 7));
	CHECK(is_code("0.00", 0) && is_code("0.31", 31));
	CHECK(is_code("2.05", 0x45) && is_code("5.31", 0xbf) && is_code("4.04", 0x84));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK(!osc_code_parse(&code, slice_of(bad[i])));
}

/* Every code that a message can have is printed as something that is read back. */
static void
test_names_codes_back(void)
{
	char text[OSC_CODE_TEXT];

	for (unsigned code = 0; code <= 255; code++)
		if (code == 0 || osc_code_is_request((uint8_t)code) ||
		    osc_code_is_response((uint8_t)code))
			CHECK(is_code(osc_code_print(text, (uint8_t)code), (uint8_t)code));
	CHECK(strcmp(osc_code_print(text, 7), "iPATCH") == 0);
	CHECK(strcmp(osc_code_print(text, 8), "0.08") == 0);
	CHECK(strcmp(osc_code_print(text, 0), "0.00") == 0);
	CHECK(strcmp(osc_code_print(text, 0x45), "2.05") == 0);
}

static bool
clean(const char *digits)
{
	struct osc_slice bytes = unhex(digits);
	uint8_t *block = copy_exactly(bytes);
	bool verdict = osc_utf8_is_clean(osc_slice(block, bytes.len));

	free(block);
	return verdict;
}

static void
test_utf8_clean(void)
{
	CHECK(clean("") && clean("6f6e") && clean("090a0d20") && clean("7e"));
	CHECK(clean("c3a9") && clean("e282ac") && clean("f09f9880") && clean("c2a0"));
	CHECK(clean("f48fbfbf") && clean("ed9fbf") && clean("ee8080") && clean("efbbbf"));
	/* C0, DEL, C1 */
	CHECK(!clean("00") && !clean("1b") && !clean("1f") && !clean("08") && !clean("0b"));
	CHECK(!clean("6100") && !clean("7f") && !clean("c280") && !clean("c29f"));
	/* U+061C, 200E, 200F, 2028 to 202E, 2066 to 2069, and their neighbours */
	CHECK(!clean("d89c") && clean("d89b") && clean("d89d"));
	CHECK(!clean("e2808e") && !clean("e2808f") && clean("e2808d") && clean("e28090"));
	CHECK(!clean("e280a8") && !clean("e280a9") && !clean("e280aa") && !clean("e280ae"));
	CHECK(clean("e280a7") && clean("e280af"));
	CHECK(!clean("e281a6") && !clean("e281a9") && clean("e281a5") && clean("e281aa"));
	/* No UTF-8: overlong, surrogates, beyond U+10FFFF, cut off, stray */
	CHECK(!clean("c080") && !clean("c1bf") && !clean("e09fbf") && !clean("f08fbfbf"));
	CHECK(!clean("eda080") && !clean("edbfbf") && !clean("f4908080") && !clean("f5808080"));
	CHECK(!clean("c3") && !clean("e282") && !clean("f09f98") && !clean("80") && !clean("ff"));
	CHECK(!clean("c328") && !clean("e28228") && !clean("61c3"));
}

int
main(void)
{
	RUN(test_names_options);
	RUN(test_names_order);
	RUN(test_names_case);
	RUN(test_names_nearest);
	RUN(test_names_codes);
	RUN(test_names_codes_back);
	RUN(test_utf8_clean);
	return unit_end();
}
