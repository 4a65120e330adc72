/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <stdlib.h>

#include "base/secret.h"
#include "store/bignum.h"
#include "store/sequence.h"

static void
side_init(struct osc_side_state *side, uint32_t window)
{
	memset(side, 0, sizeof(*side));
	osc_window_init(&side->state.window, window, 0);
	side->has_next = side->has_window = true;
}

enum osc_err
osc_sequence_init(struct osc_sequence *sequence, enum osc_dialect dialect, const struct osc_id *own,
    const struct osc_id *peer, uint32_t window)
{
	memset(sequence, 0, sizeof(*sequence));
	sequence->dialect = dialect;
	sequence->own = *own;
	sequence->peer = *peer;
	sequence->window = window;
	side_init(&sequence->mine, window);
	if (dialect == OSC_DIALECT_PAIR)
		return OSC_OK;
	sequence->other = malloc(sizeof(*sequence->other));
	if (sequence->other == NULL)
		return OSC_ENOMEM;
	side_init(sequence->other, window);
	return OSC_OK;
}

static void
side_lose(struct osc_side_state *side)
{
	side->state.next = OSC_SEQ_MAX + 1;
	side->state.echo_len = 0;
	osc_window_lose(&side->state.window);
	side->has_next = side->has_window = true;
}

void
osc_sequence_lose(struct osc_sequence *sequence)
{
	side_lose(&sequence->mine);
	if (sequence->other != NULL)
		side_lose(sequence->other);
	if (sequence->rederived != NULL)
		memset(sequence->rederived, 0, sizeof(*sequence->rederived));
}

enum osc_err
osc_sequence_rederive(struct osc_sequence *sequence)
{
	sequence->rederived = osc_wiping_malloc(sizeof(*sequence->rederived));
	if (sequence->rederived == NULL)
		return OSC_ENOMEM;
	memset(sequence->rederived, 0, sizeof(*sequence->rederived));
	return OSC_OK;
}

void
osc_sequence_free(struct osc_sequence *sequence)
{
	free(sequence->other);
	osc_wiping_free(sequence->rederived);
	sequence->other = NULL;
	sequence->rederived = NULL;
}

/* aiocoap writes numbers beyond the last one; what it wrote is never made lower. */
static uint64_t
next_of(const struct osc_side_state *side)
{
	uint64_t next = side->state.next;

	return next > OSC_SEQ_MAX && side->floor > next ? side->floor : next;
}

static void
put_bits(struct osc_buffer *text, uint64_t index, const uint64_t *words)
{
	char digits[OSC_BIGNUM_SIZE];

	(void)osc_bignum_format(digits, words);
	osc_buffer_text(text, "{\"index\": ");
	osc_buffer_number(text, index);
	osc_buffer_text(text, ", \"bitfield\": ");
	osc_buffer_text(text, digits);
	osc_buffer_text(text, "}");
}

static void
put_list(struct osc_buffer *text, const struct osc_window *window)
{
	if (window->index == 0)
		osc_buffer_text(text, "[-1");
	else {
		osc_buffer_text(text, "[");
		osc_buffer_number(text, window->index - 1);
	}
	for (uint32_t k = 0; k < window->size; k++)
		if (osc_window_seen(window, k)) {
			osc_buffer_text(text, ", ");
			osc_buffer_number(text, window->index + k);
		}
	osc_buffer_text(text, "]");
}

static void
put_echo(struct osc_buffer *text, const struct osc_state *state)
{
	osc_buffer_text(text, "\"");
	osc_buffer_hex(text, osc_slice(state->echo, sizeof(state->echo)));
	osc_buffer_text(text, "\"");
}

/* A challenge is of use only while the window is lost. */
static bool
needs_echo(const struct osc_state *state)
{
	return state->echo_len > 0 && !state->window.known;
}

static void
put_next(struct osc_buffer *text, const char *between, const char *key)
{
	osc_buffer_text(text, ",");
	osc_buffer_text(text, between);
	osc_buffer_text(text, key);
}

static void
put_mark(const struct osc_sequence *sequence, struct osc_buffer *text, const char *between)
{
	if (sequence->has_inode) {
		put_next(text, between, "\"inode\": ");
		osc_buffer_number(text, sequence->inode);
	}
	if (sequence->has_btime) {
		put_next(text, between, "\"btime\": ");
		osc_buffer_number(text, sequence->btime);
	}
}

void
osc_state_format(const struct osc_state *state, uint64_t next, struct osc_buffer *text)
{
	const struct osc_window *window = &state->window;

	osc_buffer_text(text, "\"next-to-send\": ");
	osc_buffer_number(text, next);
	osc_buffer_text(text, ", \"received\": ");
	if (window->known) {
		put_bits(text, window->index, window->seen);
		osc_buffer_text(text, ", \"answered\": ");
		put_bits(text, window->index, window->answered);
	} else
		osc_buffer_text(text, "\"unknown\"");
	if (needs_echo(state)) {
		osc_buffer_text(text, ", \"echo_hex\": ");
		put_echo(text, state);
	}
}

static void
put_rederived(const struct osc_sequence *sequence, struct osc_buffer *text, const char *between)
{
	if (sequence->rederived == NULL || osc_rederived_empty(sequence->rederived))
		return;
	put_next(text, between, "\"rederived\": ");
	osc_rederived_format(sequence->rederived, text);
}

static void
format_pair(const struct osc_sequence *sequence, struct osc_buffer *text)
{
	osc_buffer_text(text, "{");
	osc_state_format(&sequence->mine.state, next_of(&sequence->mine), text);
	osc_buffer_text(text, ", \"own-id_hex\": \"");
	osc_buffer_hex(text, osc_id_slice(&sequence->own));
	osc_buffer_text(text, "\"");
	put_mark(sequence, text, " ");
	put_rederived(sequence, text, " ");
	osc_buffer_text(text, "}\n");
}

/* The objects of the role dialect: each has at most an entry for either ID. */
enum object { USED, SEEN, ANSWERED, ECHO_HEX };

static bool
put_value(
    struct osc_buffer *text, enum object object, const struct osc_side_state *side, bool write)
{
	const struct osc_window *window = &side->state.window;

	switch (object) {
	case USED:
		if (write)
			osc_buffer_number(text, next_of(side));
		return side->has_next;
	case SEEN:
		if (write && window->known)
			put_list(text, window);
		else if (write)
			osc_buffer_text(text, "\"unknown\"");
		return side->has_window;
	case ANSWERED:
		if (write)
			put_bits(text, window->index, window->answered);
		return side->has_window && window->known;
	case ECHO_HEX:
	default:
		if (write)
			put_echo(text, &side->state);
		return side->has_window && needs_echo(&side->state);
	}
}

static void
put_object(const struct osc_sequence *sequence, struct osc_buffer *text, enum object object)
{
	static const char *const names[] = {"used", "seen", "answered", "echo_hex"};
	const struct osc_side_state *sides[] = {&sequence->mine, sequence->other};
	/* Numbers are kept under the own ID, windows under the ID of who sends. */
	const struct osc_id *ids[] = {&sequence->own, &sequence->peer};
	unsigned count = 0;

	for (size_t i = 0; i < 2; i++) {
		if (!put_value(text, object, sides[i], false))
			continue;
		if (count++ == 0) {
			osc_buffer_text(text, object == USED ? "  \"" : ",\n  \"");
			osc_buffer_text(text, names[object]);
			osc_buffer_text(text, "\": {");
		} else
			osc_buffer_text(text, ", ");
		osc_buffer_text(text, "\"");
		osc_buffer_hex(text, osc_id_slice(ids[object == USED ? i : 1 - i]));
		osc_buffer_text(text, "\": ");
		(void)put_value(text, object, sides[i], true);
	}
	if (count > 0)
		osc_buffer_text(text, "}");
}

void
osc_sequence_format(const struct osc_sequence *sequence, struct osc_buffer *text)
{
	if (sequence->dialect == OSC_DIALECT_PAIR) {
		format_pair(sequence, text);
		return;
	}
	osc_buffer_text(text, "{\n");
	for (enum object object = USED; object <= ECHO_HEX; object++)
		put_object(sequence, text, object);
	put_mark(sequence, text, "\n  ");
	put_rederived(sequence, text, "\n  ");
	osc_buffer_text(text, "\n}\n");
}

void
osc_sequence_mark(struct osc_sequence *sequence, const struct osc_stamp *stamp)
{
	sequence->has_inode = stamp != NULL;
	sequence->inode = stamp != NULL ? stamp->ino : 0;
	sequence->has_btime = stamp != NULL && stamp->has_btime;
	sequence->btime = sequence->has_btime ? stamp->btime : 0;
}

bool
osc_sequence_is_copy(const struct osc_sequence *sequence, const struct osc_stamp *stamp)
{
	if (sequence->has_inode && sequence->inode != stamp->ino)
		return true;
	return sequence->has_btime && (!stamp->has_btime || sequence->btime != stamp->btime);
}

bool
osc_state_equal(const struct osc_state *a, const struct osc_state *b)
{
	const struct osc_window *v = &a->window, *w = &b->window;

	if (a->next != b->next || v->known != w->known || needs_echo(a) != needs_echo(b))
		return false;
	if (needs_echo(a) && memcmp(a->echo, b->echo, sizeof(a->echo)) != 0)
		return false;
	return !v->known ||
	    (v->index == w->index && memcmp(v->seen, w->seen, sizeof(v->seen)) == 0 &&
		memcmp(v->answered, w->answered, sizeof(v->answered)) == 0);
}

bool
osc_state_follows(const struct osc_state *before, const struct osc_state *after)
{
	const struct osc_window *old = &before->window, *new = &after->window;
	uint64_t k;

	if (after->next < before->next)
		return false;
	if (!old->known || !new->known)
		return true;
	if (new->index < old->index)
		return false;
	for (uint32_t i = 0; i < old->size; i++) {
		if (old->index + i < new->index || !osc_window_seen(old, i))
			continue;
		k = old->index + i - new->index;
		if (!osc_window_seen(new, (uint32_t)k) ||
		    (osc_window_answered(old, i) && !osc_window_answered(new, (uint32_t)k)))
			return false;
	}
	return true;
}

void
osc_sequence_keep(struct osc_snapshot *snapshot, const struct osc_sequence *sequence)
{
	snapshot->state = sequence->mine.state;
	if (sequence->rederived != NULL)
		snapshot->rederived = *sequence->rederived;
}

bool
osc_sequence_changed(const struct osc_snapshot *snapshot, const struct osc_sequence *sequence)
{
	return !osc_state_equal(&snapshot->state, &sequence->mine.state) ||
	    (sequence->rederived != NULL &&
		!osc_rederived_equal(&snapshot->rederived, sequence->rederived));
}

bool
osc_sequence_follows(const struct osc_snapshot *snapshot, const struct osc_sequence *sequence)
{
	return osc_state_follows(&snapshot->state, &sequence->mine.state) &&
	    (sequence->rederived == NULL ||
		osc_rederived_follows(&snapshot->rederived, sequence->rederived));
}
