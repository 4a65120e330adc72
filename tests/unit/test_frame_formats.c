/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <sys/socket.h>
#include <unistd.h>

#include "base/secret.h"
#include "helper.h"
#include "message/frame.h"

/* Streams of JSON and CBOR, and sockets that keep messages apart. */

static struct osc_item items[OSC_GROUP_ITEMS];
static struct osc_frame frame;

/* The input is these bytes, and then the end, or nothing yet; returns the end to write to. */
static int
input(enum osc_format format, struct osc_slice bytes, bool complete)
{
	int ends[2];

	if (pipe(ends) != 0 || write(ends[1], bytes.ptr, bytes.len) != (ssize_t)bytes.len)
		abort();
	osc_frame_init(&frame, ends[0], format);
	if (complete)
		(void)close(ends[1]);
	return ends[1];
}

static size_t
read_group(size_t max)
{
	size_t n = SIZE_MAX;

	CHECK(osc_frame_read(&frame, items, max, &n, NULL) == OSC_OK);
	return n;
}

static void
done(void)
{
	CHECK(read_group(OSC_GROUP_ITEMS) == 0);
	CHECK(read_group(OSC_GROUP_ITEMS) == 0);
	osc_frame_free(&frame);
	(void)close(frame.fd);
}

static bool
item_is(size_t i, uint64_t number, enum osc_err err, const char *digits)
{
	return items[i].number == number && items[i].err == err && same(items[i].in, digits);
}

static void
test_frame_json(void)
{
	(void)input(OSC_FORMAT_JSON,
	    slice_of(" {\"code\":\"GET\",\"mid\":1,\"token_hex\":\"\",\"meta\":[1, \"}\"]}\n\n"
		     "{\"code\":\"PUT\",\"mid\":2,\"token_hex\":\"\"}{\"cod\":1}[1] 2\"x\"null "
		     "{\"code\":\"0.00\",\"mid\":3} "),
	    true);
	CHECK(read_group(OSC_GROUP_ITEMS) == 8);
	CHECK(item_is(0, 1, OSC_OK, "50010001"));
	CHECK(osc_slice_equal(items[0].meta, slice_of("[1, \"}\"]")) && items[0].note == NULL);
	CHECK(item_is(1, 2, OSC_OK, "50030002") && items[1].meta.len == 0);
	CHECK(item_is(2, 3, OSC_EMESSAGE, "") && strstr(items[2].note, "\"code\"") != NULL);
	for (size_t i = 3; i < 7; i++)
		CHECK(item_is(i, i + 1, OSC_EMESSAGE, "") &&
		    strcmp(items[i].note, "not a JSON object") == 0);
	CHECK(item_is(7, 8, OSC_OK, "40000003"));
	done();
}

static void
test_frame_json_ends(void)
{
	static const char *const bad[] = {"{\"code\":\"GET\",}", "}", "]", ",", ":", "nul", "{1}",
	    "{\"code\":\"GET\",\"code\":\"GET\"}", "\xef\xbb\xbf{}", "\x01"};
	char text[128];

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		(void)snprintf(text, sizeof(text),
		    "{\"code\":\"GET\",\"mid\":1,\"token_hex\":\"\"} %s {\"code\":\"GET\"}",
		    bad[i]);
		(void)input(OSC_FORMAT_JSON, slice_of(text), true);
		CHECK(read_group(OSC_GROUP_ITEMS) == 2);
		CHECK(item_is(0, 1, OSC_OK, "50010001"));
		CHECK(item_is(1, 2, OSC_EJSON, "") && items[1].note != NULL);
		done();
	}
	(void)input(OSC_FORMAT_JSON, slice_of("{\"code\":\"GET\",\"meta\":\"\\"), true);
	CHECK(read_group(OSC_GROUP_ITEMS) == 1 && items[0].err == OSC_EJSON);
	done();
	(void)input(OSC_FORMAT_JSON, slice_of(" \r\n\t "), true);
	done();
	(void)input(OSC_FORMAT_JSON, slice_of(""), true);
	done();
}

/* Cut anywhere, and with groups of any size, a stream is the same. */
static void
test_frame_json_pieces(void)
{
	static const char text[] =
	    "{\"code\":\"GET\",\"mid\":1,\"token_hex\":\"\",\"payload\":\"\\\"}\",\"meta\":{}} "
	    "{\"code\":\"PUT\",\"mid\":2,\"token_hex\":\"\"}";
	size_t len = sizeof(text) - 1, end = (size_t)(strchr(text, ' ') - text), n;
	struct osc_slice rest;
	int to;

	for (size_t cut = 1; cut < len; cut++) {
		to = input(OSC_FORMAT_JSON, osc_slice((const uint8_t *)text, cut), false);
		n = 0;
		if (cut >= end) {
			n = read_group(OSC_GROUP_ITEMS);
			CHECK(n == 1 && item_is(0, 1, OSC_OK, "50010001ff227d"));
			CHECK(osc_slice_equal(items[0].meta, slice_of("{}")));
		}
		rest = osc_slice((const uint8_t *)text + cut, len - cut);
		CHECK(write(to, rest.ptr, rest.len) == (ssize_t)rest.len);
		(void)close(to);
		for (; n < 2; n++) {
			CHECK(read_group(1) == 1);
			CHECK(item_is(0, n + 1, OSC_OK, n == 0 ? "50010001ff227d" : "50030002"));
		}
		done();
	}
}

static void
test_frame_cborseq(void)
{
	(void)input(OSC_FORMAT_CBORSEQ,
	    unhex("444001000105626162"
		  "5802aabb40"
		  "58018141aa44"),
	    true);
	CHECK(read_group(OSC_GROUP_ITEMS) == 8);
	CHECK(item_is(0, 1, OSC_OK, "40010001"));
	CHECK(item_is(1, 2, OSC_ECBOR, "") && item_is(2, 3, OSC_ECBOR, ""));
	CHECK(item_is(3, 4, OSC_OK, "aabb") && item_is(4, 5, OSC_OK, ""));
	CHECK(item_is(5, 6, OSC_OK, "81") && item_is(6, 7, OSC_OK, "aa"));
	CHECK(item_is(7, 8, OSC_ECBOR, "")); /* cut off at the end */
	done();
}

static void
test_frame_cborseq_ends(void)
{
	static const char *const bad[] = {"ff", "5c", "81ff", "9f5c", "7bffffffffffffffff"};
	static const char *const other[] = {"80", "a0", "c005", "5f41aaff", "9f9fff05ff", "e0"};
	char digits[64];

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		(void)snprintf(digits, sizeof(digits), "41aa%s41bb", bad[i]);
		(void)input(OSC_FORMAT_CBORSEQ, unhex(digits), true);
		CHECK(read_group(OSC_GROUP_ITEMS) == 2);
		CHECK(item_is(0, 1, OSC_OK, "aa") && item_is(1, 2, OSC_ECBOR, ""));
		done();
	}
	for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++) {
		(void)snprintf(digits, sizeof(digits), "41aa%s41bb", other[i]);
		(void)input(OSC_FORMAT_CBORSEQ, unhex(digits), true);
		CHECK(read_group(OSC_GROUP_ITEMS) == 3);
		CHECK(item_is(1, 2, OSC_ECBOR, "") && item_is(2, 3, OSC_OK, "bb"));
		done();
	}
}

/* A string that is too long is refused at its head, and its bytes are passed over. */
static void
test_frame_cborseq_long(void)
{
	static uint8_t zeros[70000];
	FILE *file = tmpfile();
	int to;

	to = input(OSC_FORMAT_CBORSEQ, unhex("41aa5a00010000"), false);
	CHECK(read_group(OSC_GROUP_ITEMS) == 2);
	CHECK(item_is(0, 1, OSC_OK, "aa") && item_is(1, 2, OSC_ELONG, ""));
	CHECK(write(to, zeros, 1000) == 1000);
	(void)close(to);
	done();
	if (file == NULL || fwrite("\x41\xaa\x5a\0\1\x11\x70", 7, 1, file) != 1 ||
	    fwrite(zeros, sizeof(zeros), 1, file) != 1 || fwrite("\x41\xbb", 2, 1, file) != 1 ||
	    fflush(file) != 0)
		abort();
	osc_frame_init(&frame, dup(fileno(file)), OSC_FORMAT_CBORSEQ);
	(void)lseek(frame.fd, 0, SEEK_SET);
	CHECK(read_group(1) == 1 && item_is(0, 1, OSC_OK, "aa"));
	CHECK(read_group(1) == 1 && item_is(0, 2, OSC_ELONG, ""));
	CHECK(read_group(1) == 1 && item_is(0, 3, OSC_OK, "bb"));
	done();
	osc_frame_init(&frame, dup(fileno(file)), OSC_FORMAT_CBORSEQ);
	(void)lseek(frame.fd, 0, SEEK_SET);
	(void)fclose(file);
	CHECK(read_group(OSC_GROUP_ITEMS) == 3 && item_is(0, 1, OSC_OK, "aa"));
	CHECK(item_is(1, 2, OSC_ELONG, "") && item_is(2, 3, OSC_OK, "bb"));
	done();
}

static void
test_frame_packets(void)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) != 0)
		abort();
	CHECK(send(ends[1], "\x40\x01\x00\x01", 4, 0) == 4);
	CHECK(send(ends[1], "\x40\x01\x00\x02\xff", 5, 0) == 5);
	osc_frame_init(&frame, ends[0], OSC_FORMAT_RAW);
	CHECK(frame.packet.is_packet && frame.packet.connected && frame.packet.empty_is_end);
	CHECK(read_group(OSC_GROUP_ITEMS) == 2);
	CHECK(item_is(0, 1, OSC_OK, "40010001") && item_is(1, 2, OSC_OK, "40010002ff"));
	CHECK(send(ends[1], "\x40\x01\x00\x03", 4, 0) == 4);
	CHECK(send(ends[1], "\x40\x01\x00\x04", 4, 0) == 4);
	(void)shutdown(ends[1], SHUT_WR);
	CHECK(read_group(1) == 1 && item_is(0, 3, OSC_OK, "40010003"));
	CHECK(read_group(1) == 1 && item_is(0, 4, OSC_OK, "40010004"));
	done();
	(void)close(ends[1]);
}

static void
test_frame_packets_peek(void)
{
	uint8_t first = 0;
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) != 0)
		abort();
	CHECK(send(ends[1], "\x40\x01\x00\x01", 4, 0) == 4);
	CHECK(send(ends[1], "\x50\x01\x00\x02", 4, 0) == 4);
	(void)close(ends[1]);
	osc_frame_init(&frame, ends[0], OSC_FORMAT_RAW);
	CHECK(osc_frame_peek(&frame, &first, NULL) == OSC_OK && first == 0x40);
	CHECK(read_group(1) == 1 && item_is(0, 1, OSC_OK, "40010001"));
	CHECK(read_group(1) == 1 && item_is(0, 2, OSC_OK, "50010002"));
	done();
}

static void
test_frame_packet_look(void)
{
	int ends[2], udp = socket(AF_INET, SOCK_DGRAM, 0);
	struct osc_packet packet = osc_packet_look(udp);

	CHECK(packet.is_packet && !packet.connected && !packet.empty_is_end);
	(void)close(udp);
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
		abort();
	CHECK(!osc_packet_look(ends[0]).is_packet);
	(void)close(ends[0]);
	(void)close(ends[1]);
	if (pipe(ends) != 0)
		abort();
	CHECK(!osc_packet_look(ends[0]).is_packet && !osc_packet_look(-1).is_packet);
	(void)close(ends[0]);
	(void)close(ends[1]);
}

static bool
writes(enum osc_format format, const char *digits, enum osc_err err, const char *text, size_t len)
{
	struct osc_buffer out = {0};
	enum osc_err got = digits != NULL
	    ? osc_frame_write(&out, format, unhex(digits), NULL)
	    : osc_frame_write_refused(&out, format, OSC_EREPLAY, "words");
	bool ok = got == err &&
	    osc_slice_equal(osc_slice(out.ptr, out.len), osc_slice((const uint8_t *)text, len));

	osc_buffer_free(&out);
	return ok;
}

static void
test_frame_writes(void)
{
	CHECK(writes(OSC_FORMAT_CBORSEQ, "40010001", OSC_OK, "\x44\x40\x01\x00\x01", 5));
	CHECK(writes(OSC_FORMAT_CBORSEQ, NULL, OSC_OK, "\x06", 1));
	CHECK(writes(OSC_FORMAT_PAYLOAD, "40010001b161ff6162", OSC_OK, "ab", 2));
	CHECK(writes(OSC_FORMAT_PAYLOAD, "40010001", OSC_OK, "", 0));
	CHECK(writes(OSC_FORMAT_PAYLOAD, "40010001ff", OSC_EMARKER, "", 0));
	CHECK(writes(OSC_FORMAT_PAYLOAD, NULL, OSC_OK, "", 0));
	CHECK(writes(OSC_FORMAT_RAW, NULL, OSC_OK, "", 0));
	CHECK(writes(OSC_FORMAT_JSON, NULL, OSC_OK, "{\"error\":6,\"message\":\"words\"}\n", 30));
	CHECK(writes(OSC_FORMAT_JSON, "4001", OSC_EHEADER, "", 0));
	CHECK(osc_format_has_boundaries(OSC_FORMAT_HEX) &&
	    osc_format_has_boundaries(OSC_FORMAT_JSON));
	CHECK(osc_format_has_boundaries(OSC_FORMAT_CBORSEQ));
	CHECK(!osc_format_has_boundaries(OSC_FORMAT_RAW));
	CHECK(!osc_format_has_boundaries(OSC_FORMAT_PAYLOAD));
}

int
main(void)
{
	osc_secret_init();
	RUN(test_frame_json);
	RUN(test_frame_json_ends);
	RUN(test_frame_json_pieces);
	RUN(test_frame_cborseq);
	RUN(test_frame_cborseq_ends);
	RUN(test_frame_cborseq_long);
	RUN(test_frame_packets);
	RUN(test_frame_packets_peek);
	RUN(test_frame_packet_look);
	RUN(test_frame_writes);
	return unit_end();
}
