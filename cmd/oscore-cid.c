/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "core/unprotect.h"
#include "input.h"
#include "options.h"
#include "store/index.h"
#include "values.h"

#define PARTS "kid kid-context partial-iv"
#define OUTPUTS "line json"

enum { OPTION_PRINT = 256 };

static const struct cli_option table[] = {
    {'C', "contexts", "DIR", "print the contexts under DIR that fit"},
    {OPTION_PRINT, "print", "PART=" PARTS, "only kid, kid-context or partial-iv"},
    OPTION_FROM,
    {'t', "to", "FORMAT=" OUTPUTS, "output: line (default) or json"},
    {'k', "keep-going", NULL, "go on behind what is no OSCORE message"},
    {'q', "quiet", NULL, "no hints and warnings"},
    CLI_COMMON_OPTIONS,
};

static const struct cli_program program = {
    .name = "oscore-cid",
    .usage = "[OPTION]... [FILE]",
    .purpose = "Say which context a message needs: KID, or KID@KIDCONTEXT, in hex.",
    .options = table,
    .example = "oscore-unprotect \"contexts/$(oscore-cid request)\" request",
    .operands = "FILE",
};

enum cid_part { CID_ALL, CID_KID, CID_KID_CONTEXT, CID_PIV };

static enum cid_part
part_by_name(const char *name)
{
	static const enum cid_part parts[] = {CID_KID, CID_KID_CONTEXT, CID_PIV};

	return parts[value_word("--print", name, PARTS)];
}

struct cid {
	const char *name;
	struct osc_frame frame;
	enum cid_part part;
	bool json;
	bool keep_going;
	const char *contexts; /* directory of -C; NULL: none */
	struct osc_index index;
	struct osc_buffer lines;
	int status;
};

/* Bytes as hex, "_" if there are none: a file name in any case. */
static void
put_bytes(struct osc_buffer *lines, struct osc_slice bytes)
{
	osc_buffer_hex(lines, bytes);
	if (bytes.len == 0)
		osc_buffer_text(lines, "_");
}

/* KID or KID@KIDCONTEXT, or one part; an empty line, and false, if it is not there. */
static bool
put_line(struct osc_buffer *lines, enum cid_part part, const struct osc_oscore_option *value)
{
	bool all = part == CID_ALL;
	bool found = part == CID_PIV  ? value->piv.len > 0
	    : part == CID_KID_CONTEXT ? osc_is_present(value->kid_context)
				      : osc_is_present(value->kid);

	if (found && (all || part == CID_KID))
		put_bytes(lines, value->kid);
	if (found && all && osc_is_present(value->kid_context))
		osc_buffer_text(lines, "@");
	if (found && osc_is_present(value->kid_context) && (all || part == CID_KID_CONTEXT))
		put_bytes(lines, value->kid_context);
	if (found && part == CID_PIV)
		put_bytes(lines, osc_piv_slice(&value->piv));
	osc_buffer_text(lines, "\n");
	return found;
}

/* A member of the object: hex in quotes, or null for what is absent. */
static void
put_member(struct osc_buffer *lines, const char *key, struct osc_slice bytes)
{
	osc_buffer_print(lines, ",\"%s\":%s", key, osc_is_present(bytes) ? "\"" : "null");
	if (!osc_is_present(bytes))
		return;
	osc_buffer_hex(lines, bytes);
	osc_buffer_text(lines, "\"");
}

/* The object of one message. */
static void
put_json(struct osc_buffer *lines, const struct osc_unprotection *message)
{
	const struct osc_oscore_option *value = &message->option;

	osc_buffer_print(lines, "{\"request\":%s", message->is_request ? "true" : "false");
	put_member(lines, "kid_hex", value->kid);
	put_member(lines, "kid-context_hex", value->kid_context);
	put_member(lines, "partial-iv_hex", osc_piv_slice(&value->piv));
	osc_buffer_text(lines, "}\n");
}

/* The directories that fit, on one line, so that line N is about message N. False: there is
 * none, and the line is empty. */
static bool
put_contexts(
    struct osc_buffer *lines, const struct osc_index *index, const struct osc_oscore_option *value)
{
	struct osc_wanted wanted = {
	    .kid = value->kid,
	    .kid_context = value->kid_context,
	    .either = true,
	};
	const struct osc_index_entry *entry = NULL;
	bool found = false;

	while (
	    osc_is_present(value->kid) && (entry = osc_index_next(index, &wanted, entry)) != NULL) {
		osc_buffer_print(lines, "%s%s", found ? " " : "", entry->path);
		found = true;
	}
	osc_buffer_text(lines, "\n");
	return found;
}

/* False if what was asked for is not in the message. */
static bool
answer(struct cid *cid, const struct osc_unprotection *message)
{
	if (cid->contexts != NULL)
		return put_contexts(&cid->lines, &cid->index, &message->option);
	if (!cid->json)
		return put_line(&cid->lines, cid->part, &message->option);
	put_json(&cid->lines, message);
	return osc_is_present(message->option.kid);
}

/* What lies under the directory may change while a run lasts. */
static enum osc_err
look_around(struct cid *cid, struct osc_detail *detail)
{
	bool changed;
	enum osc_err err = osc_index_load(&cid->index, &changed, detail);

	if (err == OSC_OK)
		err = osc_index_read(&cid->index, OSC_ABSENT, detail);
	return err;
}

/* One group; false after a message that is no OSCORE message. */
static bool
answer_group(struct cid *cid, struct osc_item *items, size_t n)
{
	struct osc_unprotection message;
	struct osc_detail detail = {0};
	enum osc_err err = cid->contexts != NULL ? look_around(cid, &detail) : OSC_OK;
	bool go_on = err == OSC_OK;

	osc_buffer_cut(&cid->lines, 0);
	for (size_t i = 0; i < n && go_on; i++) {
		if (items[i].err == OSC_OK)
			items[i].err = osc_unprotect_decode(&message, items[i].in, &items[i].where);
		if (items[i].err != OSC_OK) {
			input_refused(cid->name, &cid->frame, &items[i], NULL, false);
			if (cid->status == 0)
				cid->status = osc_err_status(items[i].err);
			go_on = cid->keep_going;
			if (go_on)
				osc_buffer_text(&cid->lines, "\n");
		} else if (!answer(cid, &message) && cid->status == 0) {
			cid->status = 1;
		}
	}
	if (cid->lines.full)
		err = OSC_ENOMEM;
	if (err != OSC_OK) {
		cli_fail(err, &detail, cid->name);
		cid->status = osc_err_status(err);
		return false;
	}
	if (cli_flush((const char *)cid->lines.ptr, cid->lines.len) == 0)
		return go_on;
	cid->status = 1;
	return false;
}

static int
run(struct cid *cid, const char *file, enum osc_format format)
{
	struct osc_item *items = malloc(OSC_GROUP_ITEMS * sizeof(*items));
	struct osc_detail detail = {0};
	int fd = input_open(file, &cid->name);
	size_t n = 0, total = 0;
	bool changed;
	enum osc_err err = items != NULL ? OSC_OK : OSC_ENOMEM;

	if (fd < 0) {
		free(items);
		return 1;
	}
	osc_frame_init(&cid->frame, fd, format);
	osc_index_init(&cid->index, cid->contexts);
	/* What is wrong with it is said before input is waited for. */
	if (err == OSC_OK && cid->contexts != NULL)
		err = osc_index_load(&cid->index, &changed, &detail);
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
	const char *file;
	char *arg;
	int key;

	cli_start(&program, argc, argv);
	while ((key = cli_next(&arg)) != -1) {
		if (key == OPTION_PRINT)
			cid.part = part_by_name(arg);
		else if (key == 'f')
			format = options_format("--from", arg);
		else if (key == 't')
			cid.json = value_word("--to", arg, OUTPUTS) == 1;
		else if (key == 'C')
			cid.contexts = arg;
		else if (key == 'k')
			cid.keep_going = true;
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
	if (cid.contexts != NULL)
		options_contexts(cid.contexts);
	cli_end(run(&cid, file, format));
}
