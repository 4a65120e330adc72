/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <stdio.h>

#include "cli.h"
#include "refusal.h"

#define ID_SHOWN ((size_t)32) /* bytes; no ID of a context is longer, but a kid may be */
#define TRIED_TEXT 512
#define ID_TEXT (2 * ID_SHOWN + sizeof("..."))

static const char *
id_text(char text[static ID_TEXT], struct osc_slice id)
{
	size_t len = id.len < ID_SHOWN ? id.len : ID_SHOWN;

	if (id.len == 0)
		return "empty";
	osc_hex_encode(text, osc_slice(id.ptr, len));
	memcpy(text + 2 * len, len < id.len ? "..." : "", len < id.len ? sizeof("...") : 1);
	return text;
}

static void
hint_ids(struct refusal *refusal, const struct osc_work *work)
{
	char kid[ID_TEXT], recipient[ID_TEXT];

	if (work->endpoint == NULL)
		(void)snprintf(refusal->hint, sizeof(refusal->hint), "its kid is %s",
		    id_text(kid, work->message.option.kid));
	else
		(void)snprintf(refusal->hint, sizeof(refusal->hint),
		    "its kid is %s, and the Recipient ID of this context is %s",
		    id_text(kid, work->message.option.kid),
		    id_text(recipient, osc_id_slice(&work->endpoint->context.recipient_id)));
}

struct osc_item
refusal_tell(struct refusal *refusal, const struct osc_item *item, const struct osc_work *work)
{
	struct osc_item told = *item;

	if (item->err == OSC_EKID) {
		hint_ids(refusal, work);
		told.hint = refusal->hint;
	} else if (item->err == OSC_ETAG) {
		told.hint = NULL;
		/* Its request has verified, or it would not be bound. */
		if (!work->message.is_request && work->bound && work->n_receipts > 0)
			told.hint =
			    "the request verifies, so the keys are the same: the peer's Sender ID "
			    "is another, or this answers another request, or it was changed";
	}
	return told;
}

/* The names that there is room for; the others are counted. */
static void
list_tried(char text[static TRIED_TEXT], const struct osc_tried *tried, size_t n)
{
	const size_t room = TRIED_TEXT - sizeof(" and 18446744073709551615 more");
	size_t len = 0, shown = 0;
	const char *path;

	for (; shown < n && shown < OSC_TRIED_SHOWN; shown++) {
		path = tried->shown[shown]->path;
		if (len + strlen(path) + sizeof(", ") > room)
			break;
		len += (size_t)snprintf(
		    text + len, TRIED_TEXT - len, "%s%s", shown > 0 ? ", " : "", path);
	}
	if (shown < n)
		(void)snprintf(text + len, TRIED_TEXT - len, "%s%zu%s", shown > 0 ? " and " : "",
		    n - shown, shown > 0 ? " more" : "");
}

void
refusal_hint_tried(const struct osc_item *item, const struct osc_work *work)
{
	const struct osc_tried *tried = &work->tried;
	int status = osc_err_status(item->err);
	char text[TRIED_TEXT] = "";

	if (tried->n == 0)
		return;
	if (status == 4) {
		list_tried(text, tried, tried->n);
		cli_hint("fit and were tried: %s", text);
	} else if (status == 6 && work->endpoint != NULL) {
		/* It is the last one that was tried. */
		list_tried(text, tried, tried->n - 1);
		cli_hint("it verifies in %s%s%s", work->endpoint->path,
		    tried->n > 1 ? "; fit and were tried before: " : "", text);
	}
}
