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

static void
put_oscore(struct osc_coap_writer *w, const struct osc_oscore_option *oscore)
{
	uint8_t *to = osc_coap_put_option_head(w, OSC_OPT_OSCORE, osc_oscore_option_size(oscore));

	if (to != NULL)
		(void)osc_oscore_option_encode(to, oscore);
}

void
osc_split_outer(
    struct osc_coap_writer *w, struct osc_slice options, const struct osc_oscore_option *oscore)
{
	struct osc_option option = {0};
	bool written = false;

	while (osc_option_next(&options, &option)) {
		if (!osc_option_is_outer(option.number) && option.number != OSC_OPT_OBSERVE)
			continue;
		if (!written && option.number > OSC_OPT_OSCORE) {
			put_oscore(w, oscore);
			written = true;
		}
		osc_coap_put_option(w, option.number, option.value);
	}
	if (!written)
		put_oscore(w, oscore);
}

void
osc_split_inner(struct osc_coap_writer *w, struct osc_slice options, bool response)
{
	struct osc_option option = {0};

	while (osc_option_next(&options, &option)) {
		if (osc_option_is_outer(option.number))
			continue;
		if (option.number == OSC_OPT_OBSERVE && response)
			option.value.len = 0;
		osc_coap_put_option(w, option.number, option.value);
	}
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
static bool
next_outer(struct osc_slice *outer, struct osc_option *option, bool edhoc_inside)
{
	while (osc_option_next(outer, option))
		if (osc_option_is_outer(option->number) && option->number != OSC_OPT_OSCORE &&
		    !(option->number == OSC_OPT_EDHOC && edhoc_inside))
			return true;
	return false;
}

/* The last three bytes of the Partial IV without leading zeros. Without Partial IV it is the
 * oldest notification: no number from 0 to 2^23 - 2 is below this one (RFC 7641, 3.4). */
static struct osc_slice
observe_value(uint8_t out[static OBSERVE_MAX], const struct osc_piv *piv)
{
	uint64_t number = piv->len > 0 ? piv->seq : OBSERVE_OLDEST;
	struct osc_slice value = osc_slice(out, 0);

	for (unsigned i = 0; i < OBSERVE_MAX; i++) {
		out[value.len] = (uint8_t)(number >> (8U * (OBSERVE_MAX - 1U - i)));
		if (value.len > 0 || out[0] != 0)
			value.len++;
	}
	return value;
}

void
osc_merge(struct osc_coap_writer *w, struct osc_slice outer, struct osc_slice inner,
    const struct osc_piv *piv)
{
	struct osc_option out = {0}, in = {0};
	struct osc_slice value;
	bool edhoc_inside = osc_option_find(inner, OSC_OPT_EDHOC, &value);
	bool have_out = next_outer(&outer, &out, edhoc_inside);
	bool have_in = osc_option_next(&inner, &in);
	uint8_t observe[OBSERVE_MAX];
	bool observed = false;

	while (have_out || have_in) {
		if (have_out && (!have_in || out.number <= in.number)) {
			osc_coap_put_option(w, out.number, out.value);
			have_out = next_outer(&outer, &out, edhoc_inside);
			continue;
		}
		if (in.number != OSC_OPT_OBSERVE || piv == NULL) {
			osc_coap_put_option(w, in.number, in.value);
		} else if (!observed) {
			/* Observe is not repeatable: what follows the first would be
			 * ignored (RFC 7252, 5.4.5), and must not make the message grow. */
			osc_coap_put_option(w, in.number, observe_value(observe, piv));
			observed = true;
		}
		have_in = osc_option_next(&inner, &in);
	}
}
