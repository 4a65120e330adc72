/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <unistd.h>

#include "cli.h"
#include "core/rewrite.h"
#include "echo_file.h"
#include "input.h"
#include "words.h"

/* The first message of the file; its first byte decides how it is read. */
static enum osc_err
read_answer(struct osc_frame *frame, struct osc_item *item, struct osc_detail *detail)
{
	size_t n = 0;
	enum osc_err err = osc_frame_detect(frame, detail);

	if (err != OSC_OK)
		return err;
	err = osc_frame_read(frame, item, 1, &n, detail);
	if (err == OSC_OK && n == 0)
		err = OSC_EEMPTY;
	return err == OSC_OK ? item->err : err;
}

static enum osc_err
find_echo(const struct osc_item *item, struct osc_buffer *echo)
{
	struct osc_coap coap;
	struct osc_slice value;
	enum osc_err err = osc_coap_decode(&coap, item->in, NULL);

	if (err != OSC_OK)
		return err;
	if (!osc_option_find(coap.options, OSC_OPT_ECHO, &value))
		return OSC_ENOECHO;
	osc_buffer_put(echo, value);
	return echo->full ? OSC_ENOMEM : OSC_OK;
}

int
echo_file_read(const char *file, struct osc_buffer *echo)
{
	struct osc_detail detail = {0};
	struct osc_item item = {0};
	struct osc_frame frame;
	const char *name;
	enum osc_err err;
	int fd = input_open(file, &name);

	if (fd < 0)
		return 1;
	osc_frame_init(&frame, fd, OSC_FORMAT_HEX);
	err = read_answer(&frame, &item, &detail);
	if (err == OSC_OK)
		err = find_echo(&item, echo);
	if (err != OSC_OK)
		cli_fail(err, &detail, name);
	osc_frame_free(&frame);
	if (fd != STDIN_FILENO)
		(void)close(fd);
	return osc_err_status(err);
}
