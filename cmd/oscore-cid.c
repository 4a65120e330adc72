/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "core/unprotect.h"
#include "message/hex.h"
#include "options.h"

enum { OPTION_PRINT = 256 };
enum part { PART_ALL, PART_KID, PART_KID_CONTEXT, PART_PIV };

static const struct cli_option table[] = {
    {OPTION_PRINT, "print", "PART", "only kid, kid-context or partial-iv"},
    {'f', "from", "FORMAT", "input: raw (default) or hex"},
    {'q', "quiet", NULL, "no hints and warnings"},
    CLI_COMMON_OPTIONS,
};

static const struct cli_program program = {
    .name = "oscore-cid",
    .usage = "[OPTION]... [FILE]",
    .purpose = "Say which context a message needs: KID, or KID@KIDCONTEXT, in hex.",
    .options = table,
    .example = "oscore-unprotect \"contexts/$(oscore-cid request)\" request",
};

static enum part
part_by_name(const char *name)
{
	if (strcmp(name, "kid") == 0)
		return PART_KID;
	if (strcmp(name, "kid-context") == 0)
		return PART_KID_CONTEXT;
	if (strcmp(name, "partial-iv") == 0)
		return PART_PIV;
	cli_usage("--print: kid, kid-context or partial-iv, not %s", name);
}

/* Bytes as hex, "_" if there are none: a file name in any case. */
static enum osc_err
put_bytes(struct osc_buffer *line, struct osc_slice bytes)
{
	char *to = (char *)osc_buffer_reserve(line, 2 * bytes.len + 1);

	if (to == NULL)
		return OSC_ENOMEM;
	osc_hex_encode(to, bytes);
	line->len += 2 * bytes.len;
	if (bytes.len == 0)
		line->ptr[line->len++] = '_';
	return OSC_OK;
}

static enum osc_err
put_char(struct osc_buffer *line, char c)
{
	uint8_t *to = osc_buffer_reserve(line, 1);

	if (to == NULL)
		return OSC_ENOMEM;
	*to = (uint8_t)c;
	line->len++;
	return OSC_OK;
}

/* One line; *found tells if what was asked for is in the message. */
static enum osc_err
put_line(struct osc_buffer *line, enum part part, const struct osc_option_value *value, bool *found)
{
	enum osc_err err = OSC_OK;
	bool all = part == PART_ALL;

	*found = part == PART_PIV      ? value->piv.len > 0
	    : part == PART_KID_CONTEXT ? value->has_kid_context
				       : value->has_kid;
	if (*found && (all || part == PART_KID))
		err = put_bytes(line, value->kid);
	if (err == OSC_OK && *found && all && value->has_kid_context)
		err = put_char(line, '@');
	if (err == OSC_OK && *found && value->has_kid_context && (all || part == PART_KID_CONTEXT))
		err = put_bytes(line, value->kid_context);
	if (err == OSC_OK && *found && part == PART_PIV)
		err = put_bytes(line, osc_slice(value->piv.bytes, value->piv.len));
	return err == OSC_OK ? put_char(line, '\n') : err;
}

struct cid {
	const char *name;
	struct osc_frame frame;
	enum part part;
	struct osc_buffer lines;
	int status;
};

/* One group; false after a message that is no OSCORE message. */
static bool
answer_group(struct cid *cid, struct osc_item *items, size_t n)
{
	struct osc_unprotection message;
	struct osc_detail detail = {0};
	bool found, go_on = true;
	enum osc_err err = OSC_OK;

	cid->lines.len = 0;
	for (size_t i = 0; i < n && go_on && err == OSC_OK; i++) {
		if (items[i].err == OSC_OK)
			items[i].err = osc_unprotect_decode(&message, items[i].in, &items[i].where);
		if (items[i].err != OSC_OK) {
			stream_refused(cid->name, &cid->frame, &items[i], NULL);
			if (cid->status == 0)
				cid->status = osc_err_status(items[i].err);
			go_on = false;
			break;
		}
		err = put_line(&cid->lines, cid->part, &message.option, &found);
		if (!found && cid->status == 0)
			cid->status = 1;
	}
	if (err == OSC_OK && cli_flush((const char *)cid->lines.ptr, cid->lines.len) != 0)
		cid->status = 1;
	else if (err == OSC_OK)
		return go_on;
	if (err != OSC_OK) {
		cli_fail(err, &detail, cid->name);
		cid->status = osc_err_status(err);
	}
	return false;
}

static int
run(struct cid *cid, const char *file, enum osc_format format)
{
	struct osc_item *items = calloc(OSC_GROUP_ITEMS, sizeof(*items));
	struct osc_detail detail = {0};
	int fd = stream_open_input(file, &cid->name);
	size_t n = 0, total = 0;
	enum osc_err err = items != NULL ? OSC_OK : OSC_ENOMEM;

	if (fd < 0) {
		free(items);
		return 1;
	}
	osc_frame_init(&cid->frame, fd, format);
	do {
		if (err == OSC_OK)
			err = osc_frame_read(&cid->frame, items, OSC_GROUP_ITEMS, &n, &detail);
		total += n;
		if (err == OSC_OK && total == 0)
			err = OSC_EEMPTY;
		if (err != OSC_OK) {
			cli_fail(err, &detail, cid->name);
			cid->status = cid->status != 0 ? cid->status : osc_err_status(err);
		}
	} while (err == OSC_OK && n > 0 && answer_group(cid, items, n));
	osc_frame_free(&cid->frame);
	osc_buffer_free(&cid->lines);
	free(items);
	if (fd != STDIN_FILENO)
		(void)close(fd);
	return cid->status;
}

int
main(int argc, char **argv)
{
	struct cid cid = {0};
	enum osc_format format = OSC_FORMAT_RAW;
	const char *arg, *file;
	int key;

	cli_start(&program, argc, argv);
	while ((key = cli_next(&arg)) != -1) {
		if (key == OPTION_PRINT)
			cid.part = part_by_name(arg);
		else if (key == 'f')
			format = options_format("--from", arg);
		else if (key == 'q')
			cli_quiet();
	}
	file = cli_operand();
	if (cli_operand() != NULL)
		cli_usage("too many operands");
	return cli_end(run(&cid, file, format));
}
