/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "base/secret.h"
#include "fuzz.h"
#include "store/sequence_read.h"

/*
 * sequence.json in both dialects. What is refused leaves the state as it was; what
 * is accepted is written again, and reads back as the same state: no number gets
 * lower, nothing that was seen becomes new.
 */

static const struct osc_id own = {1, {0x0a}}, peer = {0, {0}};

static void
start(struct osc_sequence *sequence, enum osc_dialect dialect, uint32_t window)
{
	MUST(osc_sequence_init(sequence, dialect, &own, &peer, window) == OSC_OK);
	MUST(osc_sequence_rederive(sequence) == OSC_OK);
}

static void
check(enum osc_dialect dialect, uint32_t window, struct osc_slice text)
{
	struct osc_sequence sequence, again;
	struct osc_state before;
	struct osc_rederived rederived;
	struct osc_buffer written = {0};
	struct osc_detail detail = {0};
	enum osc_err err;

	start(&sequence, dialect, window);
	start(&again, dialect, window);
	before = sequence.mine.state;
	rederived = *sequence.rederived;
	err = osc_sequence_parse(&sequence, text, &detail);
	if (err != OSC_OK) {
		MUST(err == OSC_ESTATE && detail.text[0] != '\0');
		MUST(osc_state_equal(&before, &sequence.mine.state));
		MUST(osc_rederived_equal(&rederived, sequence.rederived));
	} else {
		MUST(sequence.mine.state.next <= OSC_SEQ_MAX + 1);
		MUST(sequence.mine.state.window.size == window);
		osc_sequence_format(&sequence, &written);
		MUST(!written.full);
		MUST(osc_sequence_parse(&again, osc_buffer_slice(&written), NULL) == OSC_OK);
		MUST(osc_state_equal(&sequence.mine.state, &again.mine.state));
		MUST(osc_state_follows(&sequence.mine.state, &again.mine.state));
		MUST(osc_rederived_equal(sequence.rederived, again.rederived));
		MUST(osc_rederived_follows(sequence.rederived, again.rederived));
		MUST(again.mine.floor >= sequence.mine.floor);
	}
	osc_buffer_free(&written);
	osc_sequence_free(&sequence);
	osc_sequence_free(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint32_t windows[] = {1, 32, 100, OSC_WINDOW_MAX};
	struct osc_slice text = osc_slice(data, size);

	if (size == 0)
		return 0;
	/* The last byte chooses the window; a text may well end with white space. */
	check(OSC_DIALECT_PAIR, windows[data[size - 1] % 4], text);
	check(OSC_DIALECT_ROLE, windows[data[size - 1] % 4], text);
	return 0;
}
