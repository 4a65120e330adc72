/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "base/secret.h"
#include "store/first.h"
#include "store/live.h"

static enum osc_err
no_memory(struct osc_detail *detail)
{
	return osc_detail_set(detail, OSC_ENOMEM, NULL, "no memory");
}

struct osc_live *
osc_live_make(const struct osc_dir *dir, const struct osc_settings *settings,
    const struct osc_params *params, bool mark)
{
	struct osc_live *live = osc_wiping_malloc(sizeof(*live));

	if (live == NULL)
		return NULL;
	memset(live, 0, sizeof(*live));
	live->file.dir = dir;
	live->file.sequence = &live->sequence;
	live->file.mark = mark;
	if (osc_sequence_init(&live->sequence, settings->dialect, &params->sender_id,
		&params->recipient_id, settings->window) != OSC_OK ||
	    (settings->rederive && osc_sequence_rederive(&live->sequence) != OSC_OK))
		osc_live_free(&live);
	return live;
}

void
osc_live_free(struct osc_live **live)
{
	if (*live == NULL)
		return;
	osc_wiping_free((*live)->before);
	osc_state_free(&(*live)->file);
	osc_sequence_free(&(*live)->sequence);
	osc_wiping_free(*live);
	*live = NULL;
}

/* Judging a missing file takes several looks, so somebody may make it in between. */
enum osc_err
osc_live_read(struct osc_live *live, bool sequence_file, struct osc_detail *detail)
{
	struct osc_state_file *file = &live->file;
	bool fresh = false;
	enum osc_err err = osc_state_read(file, detail);

	while (err == OSC_OK && !file->exists && !fresh) {
		err = osc_first_judge(file->dir, sequence_file, &fresh, detail);
		if (err == OSC_OK && !fresh)
			err = osc_state_read(file, detail);
	}
	return err;
}

enum osc_err
osc_live_admit(const struct osc_live *live, struct osc_high *high, struct osc_detail *detail)
{
	const struct osc_sequence *sequence = &live->sequence;
	enum osc_err err = osc_high_admit(high, &sequence->mine.state, sequence->rederived);

	if (err == OSC_ENOMEM)
		return no_memory(detail);
	if (err != OSC_EBACK)
		return err;
	osc_dir_where(detail, live->file.dir, OSC_SEQUENCE_FILE);
	osc_detail_set(
	    detail, OSC_EBACK, NULL, "went back: numbers that were used would be used again");
	osc_detail_hint(detail, "an old state was put back: make a new context");
	return OSC_EBACK;
}

enum osc_err
osc_live_keep(struct osc_live *live, struct osc_detail *detail)
{
	if (live->before == NULL)
		live->before = osc_wiping_malloc(sizeof(*live->before));
	if (live->before == NULL)
		return no_memory(detail);
	osc_sequence_keep(live->before, &live->sequence);
	return OSC_OK;
}

bool
osc_live_changed(const struct osc_live *live)
{
	return live->before != NULL && osc_sequence_changed(live->before, &live->sequence);
}

void
osc_live_release(struct osc_live *live)
{
	osc_state_drop(&live->file);
	if (osc_live_changed(live))
		live->file.stale = true;
	osc_wiping_free(live->before);
	live->before = NULL;
}
