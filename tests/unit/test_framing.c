/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "helper.h"
#include "message/frame.h"

/* The formats: names, detection, and what they write. */

static void
test_format_names(void)
{
	static const char *const names[] = {"raw", "hex", "json", "cborseq", "payload"};
	enum osc_format format;

	for (size_t i = 0; i < 5; i++) {
		CHECK(osc_format_by_name(&format, names[i]) && format == (enum osc_format)i);
		CHECK(strcmp(osc_format_name(format), names[i]) == 0);
		CHECK(osc_format_has_boundaries(format) == (i >= 1 && i <= 3));
	}
	CHECK(!osc_format_by_name(&format, "") && !osc_format_by_name(&format, "he"));
	CHECK(!osc_format_by_name(&format, "hexx"));
	CHECK(format == OSC_FORMAT_PAYLOAD);
	CHECK(osc_format_by_name(&format, "Hex") && format == OSC_FORMAT_HEX);
}

static bool
begins_datagram(unsigned c)
{
	return c >= 0x40 && c <= 0x7f && c != '{';
}

/* A datagram starts with 40 to 7f, but not with the brace of JSON; hex text of one with
 * something else. */
static void
test_format_detect(void)
{
	for (unsigned c = 0; c <= 255; c++)
		CHECK(osc_format_detect((uint8_t)c) ==
		    (c == '{'                    ? OSC_FORMAT_JSON
			    : begins_datagram(c) ? OSC_FORMAT_RAW
						 : OSC_FORMAT_HEX));
}

/* What a message in the format in use may begin with is not taken for another one. */
static void
test_looks_like(void)
{
	static const struct {
		const char *head, *words; /* NULL: nothing is said */
		enum osc_format format;
	} cases[] = {
	    {"44015d1f", NULL, OSC_FORMAT_HEX},
	    {"44015d1f", "-f hex", OSC_FORMAT_RAW},
	    {" # a comment", "-f hex", OSC_FORMAT_JSON},
	    {"{\"code\"", NULL, OSC_FORMAT_JSON},
	    {"{\"code\"", "-f json", OSC_FORMAT_HEX},
	    {"D\x01]\x1f", NULL, OSC_FORMAT_RAW},
	    {"D\x01]\x1f", "-f raw", OSC_FORMAT_HEX},
	    {"D\x01]\x1f", "-f raw", OSC_FORMAT_JSON},
	    {"\x80\x01]\x1f", NULL, OSC_FORMAT_HEX},
	    {"", NULL, OSC_FORMAT_HEX},
	    {"  ", NULL, OSC_FORMAT_RAW},
	};
	struct osc_frame frame = {.format = OSC_FORMAT_HEX};
	const char *said;

	CHECK(osc_frame_suggest(&frame) == NULL);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		said = osc_looks_like(slice_of(cases[i].head), cases[i].format);
		CHECK((said == NULL) == (cases[i].words == NULL));
		CHECK(said == NULL || strstr(said, cases[i].words) != NULL);
	}
	for (int format = OSC_FORMAT_RAW; format <= OSC_FORMAT_CBORSEQ; format++)
		for (unsigned c = 0; c < 65536; c++) {
			uint8_t bytes[2] = {(uint8_t)(c >> 8), (uint8_t)c};

			(void)osc_looks_like(osc_slice(bytes, 2), (enum osc_format)format);
			(void)osc_looks_like(osc_slice(bytes, 1), (enum osc_format)format);
		}
}

static enum osc_err
write_message(struct osc_buffer *out, enum osc_format format, const char *digits)
{
	return osc_frame_write(out, format, unhex(digits), NULL);
}

static void
test_frame_write(void)
{
	struct osc_buffer out = {0};

	CHECK(write_message(&out, OSC_FORMAT_HEX, "440100ff00000000") == OSC_OK);
	CHECK(write_message(&out, OSC_FORMAT_HEX, "40020001") == OSC_OK);
	CHECK(osc_frame_write_refused(&out, OSC_FORMAT_HEX, OSC_EREPLAY, "replayed message") ==
	    OSC_OK);
	CHECK(osc_frame_write_refused(&out, OSC_FORMAT_HEX, OSC_ETAG, "") == OSC_OK);
	CHECK(osc_slice_equal(osc_slice(out.ptr, out.len),
	    slice_of("440100ff00000000\n40020001\n# 6 replayed message\n# 4 \n")));
	out.len = 0;
	CHECK(write_message(&out, OSC_FORMAT_RAW, "40020001") == OSC_OK);
	CHECK(osc_frame_write_refused(&out, OSC_FORMAT_RAW, OSC_EREPLAY, "replayed message") ==
	    OSC_OK);
	CHECK(same(osc_slice(out.ptr, out.len), "40020001"));
	out.len = 0;
	CHECK(write_message(&out, OSC_FORMAT_PAYLOAD,
		  "40450001"
		  "ff"
		  "6869") == OSC_OK);
	CHECK(write_message(&out, OSC_FORMAT_PAYLOAD, "40450001") == OSC_OK);
	CHECK(same(osc_slice(out.ptr, out.len), "6869"));
	out.len = 0;
	CHECK(write_message(&out, OSC_FORMAT_CBORSEQ, "40020001") == OSC_OK);
	CHECK(osc_frame_write_refused(&out, OSC_FORMAT_CBORSEQ, OSC_EREPLAY, "words") == OSC_OK);
	CHECK(same(osc_slice(out.ptr, out.len),
	    "44"
	    "40020001"
	    "06"));
	osc_buffer_free(&out);
}

/* Appending moves the buffer and keeps what is in it. */
static void
test_frame_write_growth(void)
{
	static uint8_t message[5000];
	struct osc_buffer out = {0};
	bool right = true;

	memset(message, 0xab, sizeof(message));
	for (int i = 0; i < 100; i++)
		CHECK(osc_frame_write(&out, OSC_FORMAT_HEX, osc_slice(message, 5000), NULL) ==
		    OSC_OK);
	CHECK(out.len == (size_t)100 * 10001);
	for (size_t i = 0; i < out.len; i++)
		right = right && out.ptr[i] == (i % 10001 == 10000 ? '\n' : "ab"[i % 10001 % 2]);
	CHECK(right);
	osc_buffer_free(&out);
}

int
main(void)
{
	RUN(test_format_names);
	RUN(test_format_detect);
	RUN(test_looks_like);
	RUN(test_frame_write);
	RUN(test_frame_write_growth);
	return unit_end();
}
