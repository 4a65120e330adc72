/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "base/secret.h"
#include "core/rederive.h"
#include "session/mistakes.h"

#define CUT 16 /* bytes that a Master Secret is cut to */

static struct osc_value *
add(struct osc_mistakes *to, enum osc_dimension dimension, enum osc_change change, unsigned count)
{
	struct osc_value *value = &to->values[dimension][to->count[dimension]++];

	value->change = change;
	value->mistakes = count;
	return value;
}

static struct osc_slice
text_of(struct osc_mistakes *to, struct osc_slice bytes, const char *digits)
{
	uint8_t *text = to->spelled[to->n_spelled++];

	for (size_t i = 0; i < bytes.len; i++) {
		text[2 * i] = (uint8_t)digits[bytes.ptr[i] >> 4];
		text[2 * i + 1] = (uint8_t)digits[bytes.ptr[i] & 15];
	}
	return osc_slice(text, 2 * bytes.len);
}

/* Of length 0 if the text is not hex. */
static struct osc_slice
bytes_of(struct osc_mistakes *to, struct osc_slice text)
{
	uint8_t *bytes = to->spelled[to->n_spelled];
	size_t len = 0;

	if (!osc_secret_hex(bytes, OSC_SECRET_MAX, &len, (const char *)text.ptr, text.len))
		return osc_slice(NULL, 0);
	to->n_spelled++;
	return osc_slice(bytes, len);
}

/* A Master Secret may have been cut as well. */
static void
add_spelling(struct osc_mistakes *to, enum osc_dimension dimension, enum osc_change change,
    struct osc_slice bytes)
{
	unsigned count = change == OSC_CHANGE_NONE ? 0 : 1;
	enum osc_change cut = OSC_CHANGE_CUT;

	add(to, dimension, change, count)->bytes = bytes;
	if (dimension != OSC_D_SECRET || bytes.len <= CUT)
		return;
	if (change == OSC_CHANGE_TEXT)
		cut = OSC_CHANGE_TEXT_CUT;
	else if (change == OSC_CHANGE_BYTES)
		cut = OSC_CHANGE_BYTES_CUT;
	add(to, dimension, cut, count + 1)->bytes = osc_slice(bytes.ptr, CUT);
}

/* Master Salt and Master Secret: as they are, and hex taken for text or text for hex. */
static void
add_spellings(struct osc_mistakes *to, enum osc_dimension dimension, struct osc_slice own)
{
	struct osc_slice bytes;

	add_spelling(to, dimension, OSC_CHANGE_NONE, own);
	if (own.len == 0)
		return;
	if (2 * own.len <= OSC_SECRET_MAX) {
		add_spelling(to, dimension, OSC_CHANGE_TEXT, text_of(to, own, "0123456789abcdef"));
		add_spelling(to, dimension, OSC_CHANGE_TEXT, text_of(to, own, "0123456789ABCDEF"));
	}
	bytes = bytes_of(to, own);
	if (bytes.len > 0)
		add_spelling(to, dimension, OSC_CHANGE_BYTES, bytes);
}

/* The kid says who protected the message; without one it may be either side. */
static void
add_ids(struct osc_mistakes *to, const struct osc_evidence *evidence)
{
	const struct osc_oscore_option *option = &evidence->message->option;
	struct osc_slice id = osc_id_slice(&evidence->params->recipient_id);
	struct osc_slice other = osc_id_slice(&evidence->params->sender_id), peer = id;

	if (evidence->side == OSC_SIDE_OWN) {
		id = other;
		other = peer;
	}
	if (!osc_is_present(option->kid)) {
		add(to, OSC_D_IDS, OSC_CHANGE_NONE, 0)->bytes = id;
		add(to, OSC_D_IDS, OSC_CHANGE_SWAPPED, 1)->bytes = other;
	} else if (osc_slice_equal(option->kid, id)) {
		add(to, OSC_D_IDS, OSC_CHANGE_NONE, 0)->bytes = id;
	} else if (osc_slice_equal(option->kid, other)) {
		add(to, OSC_D_IDS, OSC_CHANGE_SWAPPED, 1)->bytes = other;
	} else {
		add(to, OSC_D_IDS, OSC_CHANGE_KID, 1)->bytes = option->kid;
	}
}

static void
add_id_context(struct osc_mistakes *to, enum osc_change change, struct osc_slice bytes)
{
	add(to, OSC_D_ID_CONTEXT, change, change == OSC_CHANGE_NONE ? 0 : 1)->bytes = bytes;
}

/* A kid context that is not this side's ID Context is a mistake in any case. */
static void
add_id_contexts(struct osc_mistakes *to, const struct osc_evidence *evidence)
{
	struct osc_slice own = evidence->params->id_context;
	struct osc_slice kid_context = evidence->message->option.kid_context;
	bool refused = osc_is_present(kid_context) && !osc_slice_same(kid_context, own);
	struct osc_slice inside;

	add_id_context(to, refused ? OSC_CHANGE_IGNORED : OSC_CHANGE_NONE, own);
	if (refused)
		add_id_context(to, OSC_CHANGE_MESSAGE, kid_context);
	if (refused && osc_rederive_unwrap(&inside, kid_context))
		add_id_context(to, OSC_CHANGE_REDERIVED, inside);
	if (osc_is_present(own))
		add_id_context(to, OSC_CHANGE_ABSENT, OSC_ABSENT);
	if (!osc_is_present(own) || own.len > 0)
		add_id_context(to, OSC_CHANGE_EMPTY, osc_present(NULL, 0));
}

void
osc_mistakes_list(struct osc_mistakes *mistakes, const struct osc_evidence *evidence)
{
	const struct osc_params *params = evidence->params;

	mistakes->count[OSC_D_REQUEST] = evidence->message->is_request ? 1 : evidence->n_requests;
	add_ids(mistakes, evidence);
	add_id_contexts(mistakes, evidence);
	add_spellings(mistakes, OSC_D_SALT, params->master_salt);
	if (params->master_salt.len > 0)
		(void)add(mistakes, OSC_D_SALT, OSC_CHANGE_ABSENT, 1);
	add_spellings(mistakes, OSC_D_SECRET, params->master_secret);
	while (osc_alg_at(mistakes->count[OSC_D_ALGORITHM]) != NULL)
		mistakes->count[OSC_D_ALGORITHM]++;
	mistakes->count[OSC_D_HASH] = OSC_SHA512 + 1;
}

unsigned
osc_mistakes_count(const struct osc_mistakes *mistakes, const struct osc_evidence *evidence,
    enum osc_dimension dimension, size_t pick)
{
	switch (dimension) {
	case OSC_D_REQUEST:
		return evidence->message->is_request || pick < evidence->n_tried ? 0 : 1;
	case OSC_D_ALGORITHM:
	case OSC_D_HASH:
		return pick == 0 ? 0 : 1;
	default:
		return mistakes->values[dimension][pick].mistakes;
	}
}

/* In a table with this side's entry moved to the front: where entry `pick` was. */
static size_t
place(size_t pick, size_t own)
{
	if (pick == 0)
		return own;
	return pick <= own ? pick - 1 : pick;
}

const struct osc_alg *
osc_mistakes_alg(const struct osc_evidence *evidence, size_t pick)
{
	size_t own = 0;

	while (osc_alg_at(own) != evidence->params->alg)
		own++;
	return osc_alg_at(place(pick, own));
}

enum osc_hash
osc_mistakes_hash(const struct osc_evidence *evidence, size_t pick)
{
	return (enum osc_hash)place(pick, evidence->params->hash);
}
