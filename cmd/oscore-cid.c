/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cid_text.h"
#include "cli.h"
#include "core/unprotect.h"
#include "input.h"
#include "options.h"

enum { OPTION_PRINT = 256 };

static const struct cli_option table[] = {
    {'C', "contexts", "DIR", "print the contexts under DIR that fit"},
    {OPTION_PRINT, "print", "PART", "only kid, kid-context or partial-iv"},
    {'f', "from", "FORMAT", "input: raw (default), hex, json or cborseq"},
    {'t', "to", "FORMAT", "output: line (default) or json"},
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

static enum cid_part
part_by_name(const char *name)
{
	if (strcmp(name, "kid") == 0)
		return CID_KID;
	if (strcmp(name, "kid-context") == 0)
		return CID_KID_CONTEXT;
	if (strcmp(name, "partial-iv") == 0)
		return CID_PIV;
	cli_usage("--print: kid, kid-context or partial-iv, not %s", name);
}

static bool
is_json(const char *name)
{
	if (strcmp(name, "json") != 0 && strcmp(name, "line") != 0)
		cli_usage("--to: line or json, not %s", name);
	return strcmp(name, "json") == 0;
}

struct cid {
	const char *name;
	struct osc_frame frame;
	enum cid_part part;
	bool json;
	const char *contexts; /* directory of -C; NULL: none */
	struct osc_index index;
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

	osc_buffer_cut(&cid->lines, 0);
	for (size_t i = 0; i < n && go_on && err == OSC_OK; i++) {
		if (items[i].err == OSC_OK)
			items[i].err = osc_unprotect_decode(&message, items[i].in, &items[i].where);
		if (items[i].err != OSC_OK) {
			input_refused(cid->name, &cid->frame, &items[i], NULL, false);
			if (cid->status == 0)
				cid->status = osc_err_status(items[i].err);
			go_on = false;
			break;
		}
		found = osc_is_present(message.option.kid);
		if (cid->contexts != NULL)
			err = cid_contexts(&cid->lines, &cid->index, &message.option, &found);
		else if (cid->json)
			err = cid_json(&cid->lines, &message);
		else
			err = cid_line(&cid->lines, cid->part, &message.option, &found);
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
	int fd = input_open(file, &cid->name);
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
		if (err == OSC_OK && total == 0 && n > 0 && cid->contexts != NULL)
			err = osc_index_load(&cid->index, cid->contexts, &detail);
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
	osc_index_free(&cid->index);
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
		else if (key == 't')
			cid.json = is_json(arg);
		else if (key == 'C')
			cid.contexts = arg;
		else if (key == 'q')
			cli_quiet();
	}
	if (cid.json && cid.part != CID_ALL)
		cli_usage("--print goes with '--to line'");
	if (cid.contexts != NULL && (cid.json || cid.part != CID_ALL))
		cli_usage("--contexts goes without --print and '--to json'");
	file = cli_operand();
	if (cli_operand() != NULL)
		cli_usage("too many operands");
	return cli_end(run(&cid, file, format));
}
