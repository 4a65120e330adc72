/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "cli.h"
#include "limits.h"

#define SHORT_TAG 8
#define PROTECTED_MAX (UINT64_C(1) << 20)
#define FAILED_MAX (UINT64_C(1) << 14)

void
limits_watch(struct limits *limits, const struct osc_item *item, const struct osc_report *report)
{
	const struct osc_endpoint *endpoint = report->endpoint;
	const char *where = endpoint != NULL ? endpoint->path : NULL;

	if (endpoint != NULL && endpoint->context.alg->tag_len != SHORT_TAG)
		return;
	/* Only protecting knows a number of its own; it counts what went out with
	 * this key, but for the responses that took the nonce of their request. */
	if (item->err == OSC_OK && report->seq >= PROTECTED_MAX && !limits->protected_warned) {
		cli_warn(where,
		    "over 2^20 messages protected with a key of an 8-byte tag: make a new context");
		limits->protected_warned = true;
	}
	/* Where several contexts fit none is to blame: the run is counted. */
	if (item->err == OSC_ETAG && ++limits->failed == FAILED_MAX)
		cli_warn(where,
		    "2^14 messages failed verification in this run, with an 8-byte tag: make a new "
		    "context");
}
