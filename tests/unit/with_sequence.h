/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_TESTS_SEQUENCE_H
#define OSC_TESTS_SEQUENCE_H

/* The state of a directory as text, for the tests of it. */

#include "base/secret.h"
#include "store/sequence_read.h"
#include "unit.h"

static struct osc_detail detail;
static struct osc_sequence sequence;
static const struct osc_id id_01 = {1, {0x01}}, id_empty = {0, {0}};

static inline void
start(enum osc_dialect dialect, uint32_t window)
{
	CHECK(osc_sequence_init(&sequence, dialect, &id_01, &id_empty, window) == OSC_OK);
}

static inline enum osc_err
parse(const char *text)
{
	memset(&detail, 0, sizeof(detail));
	return osc_sequence_parse(
	    &sequence, osc_slice((const uint8_t *)text, strlen(text)), &detail);
}

static inline bool
refused(const char *text, const char *why)
{
	struct osc_state before = sequence.mine.state;
	enum osc_err err = parse(text);

	if (err != OSC_ESTATE || strstr(detail.text, why) == NULL) {
		printf("# %.200s: %d %s\n", text, (int)err, detail.text);
		return false;
	}
	return memcmp(&before, &sequence.mine.state, sizeof(before)) == 0;
}

static inline bool
formats_as(const char *expected)
{
	struct osc_buffer text = {0};
	bool same;

	osc_sequence_format(&sequence, &text);
	same =
	    !text.full && text.len == strlen(expected) && memcmp(text.ptr, expected, text.len) == 0;
	if (!same)
		printf("# %.*s\n", (int)text.len, (const char *)text.ptr);
	osc_buffer_free(&text);
	return same;
}

/* Format, parse into a second sequence, compare. */
static inline bool
survives(void)
{
	struct osc_buffer text = {0};
	struct osc_sequence again;
	bool same;

	CHECK(osc_sequence_init(&again, sequence.dialect, &sequence.own, &sequence.peer,
		  sequence.window) == OSC_OK);
	if (sequence.rederived != NULL)
		CHECK(osc_sequence_rederive(&again) == OSC_OK);
	osc_sequence_format(&sequence, &text);
	same = osc_sequence_parse(&again, osc_buffer_slice(&text), &detail) == OSC_OK &&
	    osc_state_equal(&sequence.mine.state, &again.mine.state) &&
	    sequence.inode == again.inode && sequence.btime == again.btime;
	if (sequence.other != NULL)
		same = same && osc_state_equal(&sequence.other->state, &again.other->state);
	if (sequence.rederived != NULL)
		same = same && osc_rederived_equal(sequence.rederived, again.rederived);
	osc_buffer_free(&text);
	osc_sequence_free(&again);
	return same;
}

#define PAIR(next, rest) "{\"next-to-send\": " next ", " rest "}"
#define RECEIVED(index, bits) "\"received\": {\"index\": " index ", \"bitfield\": " bits "}"
#define ANSWERED(index, bits) "\"answered\": {\"index\": " index ", \"bitfield\": " bits "}"

#endif
