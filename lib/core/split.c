/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "core/split.h"

#define OBSERVE_MAX 3 /* bytes (RFC 7641, 2) */
#define OBSERVE_OLDEST 0xffffffU

static enum osc_err
refuse(struct osc_where *where, enum osc_err err, const struct osc_option *option)
{
	if (where != NULL)
		where->option = option->number;
	return err;
}

enum osc_err
osc_split_check(struct osc_slice options, struct osc_where *where)
{
	struct osc_option option = {0};

	while (osc_option_next(&options, &option)) {
		if (option.number == OSC_OPT_OSCORE)
			return refuse(where, OSC_ENESTED, &option);
	}
	return OSC_OK;
}

enum osc_err
osc_merge_check(struct osc_slice inner, struct osc_where *where)
{
	struct osc_option option = {0};

	while (osc_option_next(&inner, &option))
		if (osc_option_is_outer(option.number) && option.number != OSC_OPT_EDHOC)
			return refuse(where, OSC_EINNEROPT, &option);
	return OSC_OK;
}

/* The next outer option that stays; one that is inside too does not (4.1: the
 * inner one is meant for the endpoint). */
OSC_INLINE bool
next_outer(struct osc_slice *outer, struct osc_option *option, uint64_t stay)
{
	while (osc_option_next(outer, option))
		if (option->number < 64 && (stay >> option->number & 1) != 0)
			return true;
	return false;
}

/* Its value is the last three bytes of the Partial IV without leading zeros. Without Partial IV it
 * is the oldest notification: no number from 0 to 2^23 - 2 is below this one (RFC 7641, 3.4). */
OSC_INLINE void
put_observe(struct osc_coap_writer *w, const struct osc_piv *piv)
{
	uint32_t number = piv->len > 0 ? (uint32_t)piv->seq & OBSERVE_OLDEST : OBSERVE_OLDEST;
	size_t len = 0;
	uint8_t *to;

	while (len < OBSERVE_MAX && number >> 8 * len != 0)
		len++;
	to = osc_coap_put_option_head(w, OSC_OPT_OBSERVE, len);
	for (size_t i = 0; to != NULL && i < len; i++)
		to[i] = (uint8_t)(number >> 8 * (len - 1 - i));
}

void
osc_merge(struct osc_coap_writer *w, struct osc_slice outer, struct osc_slice inner, uint64_t has,
    const struct osc_piv *piv)
{
	uint64_t stay = OSC_OUTER_OPTIONS & ~(UINT64_C(1) << OSC_OPT_OSCORE | has);
	struct osc_option out = {0}, in = {0};
	bool have_out = next_outer(&outer, &out, stay);
	bool have_in = osc_option_next(&inner, &in);
	bool observed = false;

	while (have_out || have_in) {
		if (have_out && (!have_in || out.number <= in.number)) {
			osc_coap_put_option(w, out.number, out.value);
			have_out = next_outer(&outer, &out, stay);
			continue;
		}
		if (in.number != OSC_OPT_OBSERVE || piv == NULL) {
			osc_coap_put_option(w, in.number, in.value);
			/* Behind the outer ones, and what is changed, they are copied as they are. */
			if (!have_out && (piv == NULL || in.number > OSC_OPT_OBSERVE)) {
				osc_coap_put_rest(w, inner);
				return;
			}
		} else if (!observed) {
			/* Observe is not repeatable: what follows the first would be
			 * ignored (RFC 7252, 5.4.5), and must not make the message grow. */
			put_observe(w, piv);
			observed = true;
		}
		have_in = osc_option_next(&inner, &in);
	}
}
