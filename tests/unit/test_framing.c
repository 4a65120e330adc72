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

/* Only for bytes with which a message in the format in use cannot begin. */
static void
test_format_suggest(void)
{
	struct osc_frame frame = {.any = true};
	const char *name, *want;

	for (int format = OSC_FORMAT_RAW; format <= OSC_FORMAT_JSON; format++)
		for (unsigned c = 0; c <= 255; c++) {
			bool digit = c >= '0' && c <= '9';

			want = "";
			if (c == '{')
				want = format == OSC_FORMAT_JSON ? "" : "json";
			else if (format != OSC_FORMAT_HEX && (digit || c == '#'))
				want = "hex";
			else if (begins_datagram(c) && format != OSC_FORMAT_RAW &&
			    !(format == OSC_FORMAT_JSON && c == '['))
				want = "raw";
			frame.first = (uint8_t)c;
			frame.format = (enum osc_format)format;
			name = "";
			CHECK(osc_frame_suggest(&frame, &name) == (want[0] != '\0'));
			CHECK(strcmp(name, want) == 0);
		}
}

static enum osc_err
write_message(struct osc_buffer *out, enum osc_format format, const char *digits)
{
	return osc_frame_write(out, format, unhex(digits), NULL, osc_slice(NULL, 0));
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
		CHECK(osc_frame_write(&out, OSC_FORMAT_HEX, osc_slice(message, 5000), NULL,
			  osc_slice(NULL, 0)) == OSC_OK);
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
	RUN(test_format_suggest);
	RUN(test_frame_write);
	RUN(test_frame_write_growth);
	return unit_end();
}
