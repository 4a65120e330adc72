/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <stdlib.h>

#include "base/secret.h"
#include "session/receipts.h"

/* Far more than a run can need; endless input must end somewhere. */
#define RECEIPTS_BYTES_MAX ((size_t)64 * 1024 * 1024)
#define RECEIPTS_MAX ((size_t)256 * 1024)

static bool
is_plain_request(struct osc_slice datagram)
{
	struct osc_coap coap;

	return osc_coap_decode(&coap, datagram, NULL) == OSC_OK && osc_code_is_request(coap.code);
}

enum osc_err
osc_receipts_add(
    struct osc_receipts *receipts, struct osc_slice datagram, struct osc_detail *detail)
{
	struct osc_unprotection message;
	enum osc_err err = osc_unprotect_decode(&message, datagram, NULL);

	if (err == OSC_ENOTOSCORE && is_plain_request(datagram)) {
		(void)osc_detail_set(detail, OSC_ERECEIPT, NULL,
		    "not an OSCORE request: this is a plain one, and the protected one is needed");
		osc_detail_hint(
		    detail, "it is what oscore-protect wrote, or oscore-unprotect read");
		return OSC_ERECEIPT;
	}
	if (err != OSC_OK || !message.is_request)
		return osc_detail_set(detail, OSC_ERECEIPT, NULL, "not an OSCORE request");
	if (datagram.len > RECEIPTS_BYTES_MAX - receipts->data.len || receipts->n >= RECEIPTS_MAX)
		return osc_detail_set(detail, OSC_ERECEIPT, NULL, "too many requests");
	osc_buffer_put(&receipts->data, datagram);
	osc_buffer_put(
	    &receipts->lengths, osc_slice((const uint8_t *)&datagram.len, sizeof(datagram.len)));
	if (receipts->data.full || receipts->lengths.full)
		return OSC_ENOMEM;
	receipts->n++;
	return OSC_OK;
}

static int
compare_bytes(struct osc_slice left, struct osc_slice right)
{
	if (left.len != right.len)
		return left.len < right.len ? -1 : 1;
	return left.len > 0 ? memcmp(left.ptr, right.ptr, left.len) : 0;
}

static int
compare(const void *a, const void *b)
{
	const struct osc_receipt *left = a, *right = b;
	int order = compare_bytes(left->message.outer.token, right->message.outer.token);

	return order != 0 ? order : compare_bytes(left->datagram, right->datagram);
}

/* By ciphertext; one that is before another in the list stays before it. */
static int
compare_sealed(const void *a, const void *b)
{
	const struct osc_receipt *left = *(struct osc_receipt *const *)a;
	const struct osc_receipt *right = *(struct osc_receipt *const *)b;
	int order = compare_bytes(left->message.outer.payload, right->message.outer.payload);

	return order != 0 ? order : (left > right) - (left < right);
}

static bool
same_sealed(const struct osc_receipt *left, const struct osc_receipt *right)
{
	return osc_slice_equal(left->message.outer.payload, right->message.outer.payload);
}

/* Find those that are the same request under other headers. */
static enum osc_err
join(struct osc_receipts *receipts)
{
	struct osc_receipt **order = calloc(receipts->n + 1, sizeof(struct osc_receipt *));

	if (order == NULL)
		return OSC_ENOMEM;
	for (size_t i = 0; i < receipts->n; i++)
		order[i] = &receipts->list[i];
	qsort(order, receipts->n, sizeof(struct osc_receipt *), compare_sealed);
	for (size_t i = 0; i < receipts->n; i++)
		order[i]->same =
		    i > 0 && same_sealed(order[i - 1], order[i]) ? order[i - 1]->same : order[i];
	free(order);
	return OSC_OK;
}

/* Take the datagrams apart; sort; identical ones count once. */
enum osc_err
osc_receipts_sort(struct osc_receipts *receipts)
{
	size_t n = receipts->n, kept = 0, at = 0, len;
	struct osc_receipt *receipt;

	receipts->list = calloc(n > 0 ? n : 1, sizeof(*receipts->list));
	if (receipts->list == NULL)
		return OSC_ENOMEM;
	for (size_t i = 0; i < n; i++, at += len) {
		memcpy(&len, receipts->lengths.ptr + i * sizeof(len), sizeof(len));
		receipt = &receipts->list[i];
		receipt->datagram = osc_slice(receipts->data.ptr + at, len);
		(void)osc_unprotect_decode(&receipt->message, receipt->datagram, NULL);
	}
	osc_buffer_free(&receipts->lengths);
	qsort(receipts->list, n, sizeof(*receipts->list), compare);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || compare(&receipts->list[kept - 1], &receipts->list[i]) != 0)
			receipts->list[kept++] = receipts->list[i];
	receipts->n = kept;
	return join(receipts);
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
	struct osc_slice text, value;
	struct osc_inner inner;

	if (osc_unprotect_match(&receipt->message, context, side) != OSC_OK)
		return false;
	osc_unprotect_exchange(&receipt->exchange, &receipt->message);
	if (osc_unprotect_open(
		&receipt->message, context, side, &receipt->exchange, scratch, &text) != OSC_OK)
		return false;
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
osc_receipt_check(struct osc_receipt *receipt, const struct osc_context *context, uint64_t serial,
    enum osc_side side, uint8_t *scratch)
{
	enum osc_side other = side == OSC_SIDE_OWN ? OSC_SIDE_PEER : OSC_SIDE_OWN;

	if (receipt->checked == serial)
		return receipt->verdict;
	receipt->checked = serial;
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
	struct osc_receipt *same = receipt->same;

	if (observe && !receipt->observe)
		return OSC_EOBSERVE;
	if (!observe || !receipt->registration) {
		if (same->answered)
			return OSC_EANSWERED;
		if (piv->len == 0 && same->nonce_used)
			return OSC_ENOTIFYPIV;
		same->nonce_used = same->nonce_used || piv->len == 0;
		same->answered = true;
		return OSC_OK;
	}
	if (piv->len == 0) {
		/* Whatever took the nonce of the request, it is used up (8.4.2). */
		if (same->nonce_used)
			return OSC_ENOTIFYPIV;
		same->nonce_used = true;
		return OSC_OK;
	}
	if (same->notified && piv->seq <= same->newest)
		return OSC_ENOTIFYOLD;
	same->notified = true;
	same->newest = piv->seq;
	return OSC_OK;
}

void
osc_receipts_free(struct osc_receipts *receipts)
{
	osc_buffer_free(&receipts->data);
	osc_buffer_free(&receipts->lengths);
	free(receipts->list);
	receipts->list = NULL;
	receipts->n = 0;
}
