/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/io.h"
#include "message/frame.h"
#include "request_file.h"

/* Put the number of the message behind the name of the file. */
static enum osc_err
refuse(const struct osc_item *item, enum osc_err err, struct osc_detail *detail)
{
	size_t len = strlen(detail->path);

	(void)snprintf(detail->path + len, sizeof(detail->path) - len, ":%llu",
	    (unsigned long long)item->number);
	return err;
}

static enum osc_err
add(struct osc_receipts *receipts, const struct osc_item *item, struct osc_detail *detail)
{
	enum osc_err err = OSC_ERECEIPT;

	/* What -k leaves is a comment in hex; in JSON it is no request either. */
	if (osc_err_is_before(item->err))
		return OSC_OK;
	if (item->err != OSC_OK)
		(void)osc_detail_set(detail, err, NULL, "cannot be read");
	else
		err = osc_receipts_add(receipts, item->in, detail);
	return err == OSC_OK || err == OSC_ENOMEM ? err : refuse(item, err, detail);
}

static enum osc_err
read_all(struct osc_receipts *receipts, int fd, struct osc_detail *detail)
{
	struct osc_item *items = malloc(OSC_GROUP_ITEMS * sizeof(*items));
	struct osc_frame frame;
	size_t n = 0;
	enum osc_err err = items != NULL ? OSC_OK : OSC_ENOMEM;

	osc_frame_init(&frame, fd, OSC_FORMAT_HEX);
	/* A local file: unlike input, its first byte may choose the parser. */
	if (err == OSC_OK)
		err = osc_frame_detect(&frame, detail);
	do {
		if (err == OSC_OK)
			err = osc_frame_read(&frame, items, OSC_GROUP_ITEMS, &n, detail);
		for (size_t i = 0; err == OSC_OK && i < n; i++)
			err = add(receipts, &items[i], detail);
	} while (err == OSC_OK && n > 0);
	if (err == OSC_OK && receipts->n == 0) /* comments only */
		err = OSC_EEMPTY;
	osc_frame_free(&frame);
	free(items);
	return err;
}

enum osc_err
request_file_read(void *arg, struct osc_receipts *receipts, struct osc_detail *detail)
{
	const char *file = arg;
	bool standard_input = strcmp(file, "-") == 0;
	const char *name = standard_input ? "<stdin>" : file;
	int fd = standard_input ? STDIN_FILENO : osc_io_open_read(file);
	enum osc_err err;

	if (fd < 0)
		return osc_detail_errno(detail, OSC_EIO, name, "open");
	(void)osc_detail_set(detail, OSC_OK, name, "%s", "");
	err = read_all(receipts, fd, detail);
	if (err == OSC_EEMPTY) {
		(void)osc_detail_set(detail, err, name, "no request in it");
		osc_detail_hint(detail,
		    "tee writes its standard output before its files: let the request be complete "
		    "before it is needed");
	}
	if (!standard_input)
		(void)close(fd);
	return err;
}
