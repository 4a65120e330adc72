/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <sched.h>
#include <sys/wait.h>

#include "frames.h"

static void
test_frame_lines(void)
{
	(void)pipe_with(
	    "4401\n\n# comment\n \t# 4402\n0x44 03\r\n\r\n 44:04 \n4405", true, OSC_FORMAT_HEX);
	CHECK(read_group(OSC_GROUP_ITEMS) == 4);
	CHECK(is_item(0, 1, "4401") && is_item(1, 5, "4403"));
	CHECK(is_item(2, 7, "4404") && is_item(3, 8, "4405"));
	done();
}

static void
test_frame_nothing(void)
{
	(void)pipe_with("", true, OSC_FORMAT_HEX);
	done();
	CHECK(!frame.any);
	(void)pipe_with("\n# 4401\n", true, OSC_FORMAT_HEX);
	done();
	CHECK(frame.any);
	(void)pipe_with("", true, OSC_FORMAT_RAW);
	done();
	CHECK(!frame.any);
}

/* What is there is a group; half a line waits for its rest. */
static void
test_frame_partial_lines(void)
{
	int end = pipe_with("4401\n44", false, OSC_FORMAT_HEX);

	CHECK(read_group(OSC_GROUP_ITEMS) == 1 && is_item(0, 1, "4401"));
	CHECK(write(end, "0", 1) == 1 && write(end, "2\n4403\n#", 8) == 8);
	CHECK(read_group(OSC_GROUP_ITEMS) == 2);
	CHECK(is_item(0, 2, "4402") && is_item(1, 3, "4403"));
	CHECK(write(end, " 4404\n4405\n", 11) == 11);
	CHECK(read_group(OSC_GROUP_ITEMS) == 1 && is_item(0, 5, "4405"));
	CHECK(write(end, "4406", 4) == 4 && close(end) == 0);
	CHECK(read_group(OSC_GROUP_ITEMS) == 1 && is_item(0, 6, "4406"));
	done();
}

/* Line by line through a pipe that is empty again and again, blocking or not. */
static void
test_frame_slow_writer(void)
{
	static const char text[] = "4401\n# x\n4402\r\n4403\n";
	size_t total;
	uint64_t last;

	for (int nonblocking = 0; nonblocking <= 1; nonblocking++) {
		int end = pipe_with("", false, OSC_FORMAT_HEX);
		pid_t child = fork();

		if (child == 0) {
			for (size_t i = 0; i < sizeof(text) - 1; i++)
				if (write(end, text + i, 1) != 1 || sched_yield() != 0)
					_exit(1);
			_exit(0);
		}
		(void)close(end);
		if (nonblocking)
			CHECK(fcntl(frame.fd, F_SETFL, O_NONBLOCK) == 0);
		total = 0;
		last = 0;
		for (size_t n; (n = read_group(2)) > 0; total += n)
			for (size_t i = 0; i < n; last = items[i].number, i++)
				CHECK(items[i].number > last && items[i].in.len == 2);
		CHECK(total == 3 && last == 4);
		osc_frame_free(&frame);
		(void)close(frame.fd);
		CHECK(waitpid(child, NULL, 0) == child);
	}
}

static void
test_frame_max(void)
{
	(void)pipe_with("4401\n4402\n4403\n4404\n4405\n4406\n4407\n", true, OSC_FORMAT_HEX);
	CHECK(read_group(3) == 3 && is_item(0, 1, "4401") && is_item(2, 3, "4403"));
	CHECK(read_group(3) == 3 && is_item(0, 4, "4404") && is_item(2, 6, "4406"));
	CHECK(read_group(3) == 1 && is_item(0, 7, "4407"));
	done();
}

static void
test_frame_bad_lines(void)
{
	(void)pipe_with("4401\n44zz\n440\n0x\n4405\nhello\n4407\n", true, OSC_FORMAT_HEX);
	CHECK(read_group(OSC_GROUP_ITEMS) == 7);
	CHECK(is_item(0, 1, "4401") && is_item(4, 5, "4405") && is_item(6, 7, "4407"));
	CHECK(items[1].err == OSC_EHEX && items[1].number == 2 && items[1].where.offset == 3);
	CHECK(items[2].err == OSC_EHEX && items[2].number == 3 && items[2].where.offset == 4);
	CHECK(items[3].err == OSC_EHEX && items[3].number == 4 && items[3].where.offset == 3);
	CHECK(items[5].err == OSC_EHEX && items[5].where.offset == 1);
	done();
}

static void
test_frame_raw(void)
{
	int end = pipe_with("\x44\x01", false, OSC_FORMAT_RAW);

	CHECK(write(end, "\n\xff#", 3) == 3 && close(end) == 0);
	CHECK(read_group(OSC_GROUP_ITEMS) == 1 && is_item(0, 1, "44010aff23"));
	done();
}

static void
test_frame_peek(void)
{
	uint8_t first = 0;

	for (int twice = 0; twice <= 1; twice++) {
		(void)pipe_with("4401\n4402\n", true, OSC_FORMAT_HEX);
		for (int i = 0; i <= twice; i++)
			CHECK(osc_frame_peek(&frame, &first, NULL) == OSC_OK && first == '4');
		CHECK(read_group(OSC_GROUP_ITEMS) == 2 && is_item(1, 2, "4402"));
		CHECK(osc_frame_peek(&frame, &first, NULL) == OSC_OK && first == '4');
		done();
	}
	(void)pipe_with("\x41\x01", true, OSC_FORMAT_RAW);
	CHECK(osc_frame_peek(&frame, &first, NULL) == OSC_OK && first == 0x41);
	CHECK(read_group(1) == 1 && is_item(0, 1, "4101"));
	done();
	(void)pipe_with("", true, OSC_FORMAT_RAW);
	CHECK(osc_frame_suggest(&frame) == NULL);
	CHECK(osc_frame_peek(&frame, &first, NULL) == OSC_EEMPTY);
	CHECK(osc_frame_peek(&frame, &first, NULL) == OSC_EEMPTY);
	CHECK(osc_frame_suggest(&frame) == NULL);
	done();
}

static void
test_frame_read_error(void)
{
	struct osc_detail detail = {0};
	uint8_t first;
	size_t n;

	for (int format = OSC_FORMAT_RAW; format <= OSC_FORMAT_HEX; format++) {
		osc_frame_init(&frame, open("/", O_RDONLY), (enum osc_format)format);
		CHECK(osc_frame_read(&frame, items, 1, &n, &detail) == OSC_EIO && n == 0);
		CHECK(strncmp(detail.text, "read: ", 6) == 0);
		CHECK(osc_frame_peek(&frame, &first, NULL) == OSC_EIO);
		osc_frame_free(&frame);
		(void)close(frame.fd);
	}
}

int
main(void)
{
	RUN(test_frame_lines);
	RUN(test_frame_nothing);
	RUN(test_frame_partial_lines);
	RUN(test_frame_slow_writer);
	RUN(test_frame_max);
	RUN(test_frame_bad_lines);
	RUN(test_frame_raw);
	RUN(test_frame_peek);
	RUN(test_frame_read_error);
	return unit_end();
}
