/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/io.h"
#include "base/secret.h"
#include "message/frame.h"
#include "session/receipts.h"

/* Far more than a run can need; endless input must end somewhere. */
#define RECEIPTS_BYTES_MAX ((size_t)64 * 1024 * 1024)
#define RECEIPTS_MAX ((size_t)256 * 1024)

/* Where each datagram lies while the data still grows and moves. */
struct extent {
	size_t at, len;
};

struct reading {
	struct osc_receipts *receipts;
	struct osc_buffer extents; /* of struct extent */
	struct osc_detail *detail;
	const char *path;
};

static enum osc_err
refuse(const struct reading *reading, const struct osc_item *item, const char *words)
{
	char where[sizeof(reading->detail->path)];

	(void)snprintf(
	    where, sizeof(where), "%s:%llu", reading->path, (unsigned long long)item->number);
	return osc_detail_set(reading->detail, OSC_ERECEIPT, where, "%s", words);
}

static enum osc_err
add(struct reading *reading, const struct osc_item *item)
{
	struct osc_buffer *data = &reading->receipts->data;
	struct extent extent = {data->len, item->in.len};
	struct osc_unprotection message;
	uint8_t *to;

	if (item->err != OSC_OK)
		return refuse(reading, item, "cannot be read");
	if (osc_unprotect_decode(&message, item->in, NULL) != OSC_OK || !message.is_request)
		return refuse(reading, item, "not an OSCORE request");
	if (item->in.len > RECEIPTS_BYTES_MAX - data->len ||
	    reading->extents.len / sizeof(extent) >= RECEIPTS_MAX)
		return osc_detail_set(
		    reading->detail, OSC_ERECEIPT, reading->path, "too many requests");
	to = osc_buffer_reserve(data, item->in.len);
	if (to == NULL)
		return OSC_ENOMEM;
	osc_copy(to, item->in.ptr, item->in.len);
	data->len += item->in.len;
	to = osc_buffer_reserve(&reading->extents, sizeof(extent));
	if (to == NULL)
		return OSC_ENOMEM;
	memcpy(to, &extent, sizeof(extent));
	reading->extents.len += sizeof(extent);
	return OSC_OK;
}

static enum osc_err
read_all(struct reading *reading, int fd)
{
	struct osc_item *items = malloc(OSC_GROUP_ITEMS * sizeof(*items));
	struct osc_frame frame;
	uint8_t first;
	size_t n = 0;
	enum osc_err err = OSC_OK;

	osc_frame_init(&frame, fd, OSC_FORMAT_HEX);
	if (items == NULL) {
		err = OSC_ENOMEM;
		goto out;
	}
	/* A local file: unlike input, its first byte may choose the parser. */
	err = osc_frame_peek(&frame, &first, reading->detail);
	if (err == OSC_EEMPTY)
		err = OSC_OK; /* said by the caller, as for a file of comments */
	else if (err == OSC_OK)
		frame.format = osc_format_detect(first);
	if (err != OSC_OK)
		goto out;
	do {
		err = osc_frame_read(&frame, items, OSC_GROUP_ITEMS, &n, reading->detail);
		for (size_t i = 0; err == OSC_OK && i < n; i++)
			err = add(reading, &items[i]);
	} while (err == OSC_OK && n > 0);
out:
	osc_frame_free(&frame);
	free(items);
	return err;
}

static int
compare(const void *a, const void *b)
{
	const struct osc_receipt *left = a, *right = b;
	struct osc_slice slices[2][2] = {
	    {left->message.outer.token, right->message.outer.token},
	    {left->datagram, right->datagram},
	};
	int order = 0;

	for (int i = 0; order == 0 && i < 2; i++) {
		if (slices[i][0].len != slices[i][1].len)
			return slices[i][0].len < slices[i][1].len ? -1 : 1;
		if (slices[i][0].len > 0)
			order = memcmp(slices[i][0].ptr, slices[i][1].ptr, slices[i][0].len);
	}
	return order;
}

/* Take the datagrams apart; sort; identical ones count once. */
static enum osc_err
build(struct reading *reading)
{
	struct osc_receipts *receipts = reading->receipts;
	size_t n = reading->extents.len / sizeof(struct extent), kept = 0;
	struct osc_receipt *receipt;
	struct extent extent;

	assert(n > 0); /* a file without a request has been refused */
	receipts->list = calloc(n, sizeof(*receipts->list));
	if (receipts->list == NULL)
		return OSC_ENOMEM;
	for (size_t i = 0; i < n; i++) {
		memcpy(&extent, reading->extents.ptr + i * sizeof(extent), sizeof(extent));
		receipt = &receipts->list[i];
		receipt->datagram = osc_slice(receipts->data.ptr + extent.at, extent.len);
		(void)osc_unprotect_decode(&receipt->message, receipt->datagram, NULL);
	}
	qsort(receipts->list, n, sizeof(*receipts->list), compare);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || compare(&receipts->list[kept - 1], &receipts->list[i]) != 0)
			receipts->list[kept++] = receipts->list[i];
	receipts->n = kept;
	return OSC_OK;
}

enum osc_err
osc_receipts_load(struct osc_receipts *receipts, const char *path, struct osc_detail *detail)
{
	struct reading reading = {.receipts = receipts, .detail = detail, .path = path};
	bool standard_input = strcmp(path, "-") == 0;
	enum osc_err err;
	int fd;

	memset(receipts, 0, sizeof(*receipts));
	if (standard_input)
		reading.path = path = "<stdin>";
	fd = standard_input ? STDIN_FILENO : osc_io_open_read(path);
	if (fd < 0)
		return osc_detail_errno(detail, OSC_EIO, path, "open");
	(void)osc_detail_set(detail, OSC_OK, path, "%s", "");
	err = read_all(&reading, fd);
	if (err == OSC_OK && reading.extents.len == 0) {
		err = osc_detail_set(detail, OSC_EEMPTY, path, "no request in it");
		osc_detail_hint(detail,
		    "tee writes its standard output before its files: let the request be complete "
		    "before it is needed");
	}
	if (err == OSC_OK)
		err = build(&reading);
	if (err == OSC_ENOMEM)
		(void)osc_detail_set(detail, err, path, "no memory");
	if (!standard_input)
		(void)close(fd);
	osc_buffer_free(&reading.extents);
	if (err != OSC_OK)
		osc_receipts_free(receipts);
	return err;
}

struct osc_receipt *
osc_receipts_find(struct osc_receipts *receipts, struct osc_slice token, size_t *n)
{
	struct osc_receipt key = {.message.outer.token = token};
	size_t low = 0, high = receipts->n, middle;

	/* The empty datagram of the key sorts before all with the same token. */
	while (low < high) {
		middle = low + (high - low) / 2;
		if (compare(&receipts->list[middle], &key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (*n = 0; low + *n < receipts->n; (*n)++)
		if (!osc_slice_equal(receipts->list[low + *n].message.outer.token, token))
			break;
	return *n > 0 ? &receipts->list[low] : NULL;
}

static bool
verify(struct osc_receipt *receipt, const struct osc_context *context, enum osc_side side,
    uint8_t *scratch)
{
	struct osc_aead_job job;
	struct osc_slice text, value;
	struct osc_inner inner;

	if (osc_unprotect_match(&receipt->message, context, side) != OSC_OK)
		return false;
	osc_unprotect_exchange(&receipt->exchange, &receipt->message);
	osc_unprotect_prepare(&receipt->message, context, side, &receipt->exchange, scratch, &job);
	osc_aead_open(osc_unprotect_key(context, side), &job, 1);
	if (!job.ok)
		return false;
	text = osc_slice(scratch, job.in_len - context->alg->tag_len);
	/* A request that will be refused for its inner text has no Observe. */
	receipt->observe = osc_inner_decode(&inner, text, true, NULL) == OSC_OK &&
	    osc_option_find(inner.options, OSC_OPT_OBSERVE, &value);
	/* As an unsigned integer, 0 is empty, but 00 is 0 too (RFC 7252, 3.2). */
	receipt->registration = receipt->observe;
	for (size_t i = 0; receipt->observe && i < value.len; i++)
		receipt->registration = receipt->registration && value.ptr[i] == 0;
	osc_wipe(scratch, text.len);
	return true;
}

enum osc_err
osc_receipt_check(struct osc_receipt *receipt, const struct osc_context *context,
    enum osc_side side, uint8_t *scratch)
{
	enum osc_side other = side == OSC_SIDE_OWN ? OSC_SIDE_PEER : OSC_SIDE_OWN;

	if (receipt->checked == context)
		return receipt->verdict;
	receipt->checked = context;
	if (verify(receipt, context, side, scratch))
		receipt->verdict = OSC_OK;
	else if (!verify(receipt, context, other, scratch))
		receipt->verdict = OSC_EREQUEST;
	else
		receipt->verdict = side == OSC_SIDE_PEER ? OSC_EREQUESTOWN : OSC_EREQUESTPEER;
	return receipt->verdict;
}

enum osc_err
osc_receipt_accept(struct osc_receipt *receipt, bool observe, const struct osc_piv *piv)
{
	if (observe && !receipt->observe)
		return OSC_EOBSERVE;
	if (!observe || !receipt->registration) {
		if (receipt->answered)
			return OSC_EANSWERED;
		if (piv->len == 0 && receipt->nonce_used)
			return OSC_ENOTIFYPIV;
		receipt->nonce_used = receipt->nonce_used || piv->len == 0;
		receipt->answered = true;
		return OSC_OK;
	}
	if (piv->len == 0) {
		/* Whatever took the nonce of the request, it is used up (8.4.2). */
		if (receipt->nonce_used)
			return OSC_ENOTIFYPIV;
		receipt->nonce_used = true;
		return OSC_OK;
	}
	if (receipt->notified && piv->seq <= receipt->newest)
		return OSC_ENOTIFYOLD;
	receipt->notified = true;
	receipt->newest = piv->seq;
	return OSC_OK;
}

void
osc_receipts_free(struct osc_receipts *receipts)
{
	osc_buffer_free(&receipts->data);
	free(receipts->list);
	receipts->list = NULL;
	receipts->n = 0;
}
