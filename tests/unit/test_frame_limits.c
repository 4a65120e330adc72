/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <sys/wait.h>

#include "frames.h"
#include "message/hex.h"

static void
test_frame_many(void)
{
	static char text[2500 * 9 + 1];
	static const size_t want[] = {1024, 1024, 452};
	uint64_t number = 0;

	for (size_t i = 0; i < 2500; i++)
		(void)snprintf(text + 9 * i, 10, "%08x\n", 0x44000000 + (unsigned)i);
	file_with((const uint8_t *)text, sizeof(text) - 1, OSC_FORMAT_HEX);
	for (size_t g = 0; g < 3; g++) {
		CHECK(read_group(OSC_GROUP_ITEMS) == want[g]);
		for (size_t i = 0; i < want[g]; i++, number++)
			CHECK(items[i].number == number + 1 && items[i].in.len == 4 &&
			    items[i].in.ptr[2] == number / 256 &&
			    items[i].in.ptr[3] == number % 256);
	}
	done();
}

/* Large messages: groups end at OSC_GROUP_BYTES, and the slices are right although the buffer
 * has moved while the group grew. */
static void
test_frame_large(void)
{
	const size_t n = 24, len = 65535;
	char *text = malloc(n * (2 * len + 1));
	uint8_t *bytes = malloc(len);
	size_t seen = 0, bytes_in, count;
	bool right = true;

	for (size_t i = 0; i < n; i++) {
		memset(bytes, 0x40 + (int)i, len);
		osc_hex_encode(text + i * (2 * len + 1), osc_slice(bytes, len));
		text[(i + 1) * (2 * len + 1) - 1] = '\n';
	}
	file_with((const uint8_t *)text, n * (2 * len + 1), OSC_FORMAT_HEX);
	while ((count = read_group(OSC_GROUP_ITEMS)) > 0) {
		bytes_in = 0;
		for (size_t i = 0; i < count; i++, seen++) {
			CHECK(items[i].err == OSC_OK && items[i].number == seen + 1);
			CHECK(items[i].in.len == len);
			for (size_t k = 0; k < len; k++)
				right = right && items[i].in.ptr[k] == 0x40 + seen;
			bytes_in += items[i].in.len;
		}
		CHECK(bytes_in < OSC_GROUP_BYTES + len && count > 1);
	}
	CHECK(right && seen == n);
	CHECK(frame.buffer.cap <= (size_t)4 * 1024 * 1024);
	done();
	free(bytes);
	free(text);
}

/* Lines around OSC_LINE_MAX, between good ones; the last without an end. */
static void
check_long_line(size_t len, bool ended)
{
	static uint8_t text[3 * OSC_LINE_MAX + 64];
	size_t at = 0, n, total = 0;
	bool fits = len <= OSC_LINE_MAX;

	memcpy(text, "4401\n", 5);
	at = 5;
	for (int line = 0; line < 2; line++) {
		memset(text + at, ' ', len);
		memcpy(text + at + len - 4, "4402", 4);
		at += len;
		text[at++] = '\n';
	}
	if (ended) {
		memcpy(text + at, "4403\n", 5);
		at += 5;
	} else {
		at--;
	}
	file_with(text, at, OSC_FORMAT_HEX);
	while ((n = read_group(OSC_GROUP_ITEMS)) > 0)
		for (size_t i = 0; i < n; i++) {
			total++;
			CHECK(items[i].number == total);
			if (total == 2 || total == 3)
				CHECK(fits ? is_item(i, total, "4402")
					   : items[i].err == OSC_ELONG && items[i].in.len == 0);
			else
				CHECK(is_item(i, total, total == 1 ? "4401" : "4403"));
		}
	CHECK(total == (ended ? 4U : 3U));
	done();
}

static void
test_frame_long_lines(void)
{
	static const size_t lengths[] = {5, 65536, OSC_LINE_MAX - 1, OSC_LINE_MAX, OSC_LINE_MAX + 1,
	    OSC_LINE_MAX + 2, OSC_LINE_MAX + 65535, OSC_LINE_MAX + 65536, OSC_LINE_MAX + 65537};

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		check_long_line(lengths[i], true);
		check_long_line(lengths[i], false);
	}
}

/* A comment is one whatever its length is, and whether its end was read with its beginning. */
static void
test_frame_long_comments(void)
{
	static const size_t lengths[] = {OSC_LINE_MAX - 1, OSC_LINE_MAX, OSC_LINE_MAX + 1,
	    OSC_LINE_MAX + 65536, 2 * OSC_LINE_MAX};
	static uint8_t text[3 * OSC_LINE_MAX];

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		memset(text, 'x', sizeof(text));
		memcpy(text, "4401\n # ", 8);
		memcpy(text + 5 + lengths[i], "\n4402", 5);
		file_with(text, 5 + lengths[i] + 5, OSC_FORMAT_HEX);
		CHECK(read_group(1) == 1 && is_item(0, 1, "4401"));
		CHECK(read_group(1) == 1 && is_item(0, 3, "4402"));
		done();
	}
}

/* A line without end does not fill the memory. */
static void
test_frame_endless_line(void)
{
	const size_t len = (size_t)8 * 1024 * 1024;
	uint8_t *text = malloc(len);

	memset(text, '4', len);
	memcpy(text + len - 5, "\n4402", 5);
	file_with(text, len, OSC_FORMAT_HEX);
	CHECK(read_group(1) == 1 && items[0].err == OSC_ELONG && items[0].number == 1);
	CHECK(read_group(1) == 1 && is_item(0, 2, "4402"));
	CHECK(frame.buffer.cap <= (size_t)1024 * 1024);
	done();
	free(text);
}

/* Behind the prefix something without a message, over and over, then one. */
static void
check_endless(const char *prefix, const char *line, const char *message, enum osc_format format)
{
	const size_t total = (size_t)16 * 1024 * 1024;
	static char block[64 * 1024];
	size_t len = strlen(line), used = sizeof(block) / len * len;
	int ends[2], status = -1;
	pid_t writer;

	for (size_t at = 0; at < used; at += len)
		memcpy(block + at, line, len);
	if (pipe(ends) != 0)
		abort();
	writer = fork();
	if (writer == 0) {
		bool good = true;

		(void)close(ends[0]);
		good = write(ends[1], prefix, strlen(prefix)) == (ssize_t)strlen(prefix);
		for (size_t at = 0; at < total; at += used)
			good = good && write(ends[1], block, used) == (ssize_t)used;
		good = good && write(ends[1], message, strlen(message)) > 0;
		_exit(good ? 0 : 1);
	}
	(void)close(ends[1]);
	osc_frame_init(&frame, ends[0], format);
	if (prefix[0] != '\0')
		CHECK(read_group(format == OSC_FORMAT_JSON ? 1 : OSC_GROUP_ITEMS) == 1 &&
		    items[0].number == 1);
	CHECK(read_group(OSC_GROUP_ITEMS) == 1 && items[0].err == OSC_OK);
	CHECK(frame.buffer.cap <= (size_t)4 * 1024 * 1024);
	done();
	CHECK(writer > 0 && waitpid(writer, &status, 0) == writer && status == 0);
}

static void
test_frame_endless_nothing(void)
{
	static const char *const lines[] = {"# nothing to see here\n", "\n", "  \r\n"};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		check_endless("", lines[i], "4402\n", OSC_FORMAT_HEX);
		CHECK(items[0].in.len == 2);
	}
	for (size_t i = 1; i < sizeof(lines) / sizeof(lines[0]); i++)
		check_endless("", lines[i], "{\"code\": \"GET\"}\n", OSC_FORMAT_JSON);
	check_endless("4401\n", lines[0], "4402\n", OSC_FORMAT_HEX);
	check_endless("{\"code\": \"GET\"}\n", lines[1], "{\"code\": \"GET\"}\n", OSC_FORMAT_JSON);
	check_endless("\x9f", "\x05", "\xff\x42\x44\x02", OSC_FORMAT_CBORSEQ);
}

/* 65535 bytes are a message, more are not, and endless input is left after that. */
static void
test_frame_raw_limit(void)
{
	static const size_t lengths[] = {65534, 65535, 65536, 65537, 200000};
	static uint8_t bytes[200000];

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		file_with(bytes, lengths[i], OSC_FORMAT_RAW);
		CHECK(read_group(1) == 1);
		CHECK(items[0].err == (lengths[i] <= 65535 ? OSC_OK : OSC_ELONG));
		CHECK(items[0].in.len == (lengths[i] <= 65535 ? lengths[i] : 65536));
		done();
	}
	osc_frame_init(&frame, open("/dev/zero", O_RDONLY), OSC_FORMAT_RAW);
	CHECK(read_group(1) == 1 && items[0].err == OSC_ELONG && items[0].in.len == 65536);
	CHECK(frame.buffer.cap <= 131072);
	done();
}

int
main(void)
{
	RUN(test_frame_many);
	RUN(test_frame_large);
	RUN(test_frame_long_lines);
	RUN(test_frame_long_comments);
	RUN(test_frame_endless_line);
	RUN(test_frame_endless_nothing);
	RUN(test_frame_raw_limit);
	return unit_end();
}
