/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_CORE_SPLIT_H
#define OSC_CORE_SPLIT_H

#include "core/coap.h"
#include "core/option.h"

OSC_C_BEGIN

/*
 * Options by class (4.1): protecting splits one sorted stream of options in
 * two, unprotecting merges two in one. No option is stored on the way.
 */

/* Class U: 3, 7, 9, 21, 35, 39, as in struct osc_coap. All others, and unknown ones, are class E
 * (4.1). */
#define OSC_OUTER_OPTIONS                                                                          \
	(UINT64_C(1) << OSC_OPT_URI_HOST | UINT64_C(1) << OSC_OPT_URI_PORT |                       \
	    UINT64_C(1) << OSC_OPT_OSCORE | UINT64_C(1) << OSC_OPT_EDHOC |                         \
	    UINT64_C(1) << OSC_OPT_PROXY_URI | UINT64_C(1) << OSC_OPT_PROXY_SCHEME)

static inline bool
osc_option_is_outer(uint32_t number)
{
	return number < 64 && (OSC_OUTER_OPTIONS >> number & 1) != 0;
}

/*
 * osc_split_check - may these options be protected?
 *
 * Returns OSC_OK or OSC_ENESTED (4.1.3.7).
 */
enum osc_err osc_split_check(struct osc_slice options, struct osc_where *where);

/* osc_split_last - the highest number in a set as in struct osc_coap; 0 of an empty one */
OSC_INLINE uint32_t
osc_split_last(uint64_t set)
{
	return set != 0 ? 63U - (uint32_t)__builtin_clzll(set) : 0;
}

/*
 * osc_split_outer - write the outer options, with the OSCORE option among them (4.1.2)
 *
 * has  as in struct osc_coap: behind the last outer option nothing is looked at; bits of options
 *      that are not there do no harm
 *
 * Observe goes outside with its value, too (4.1.3.5).
 */
OSC_INLINE void
osc_split_outer(struct osc_coap_writer *w, struct osc_slice options, uint64_t has,
    const struct osc_oscore_option *oscore)
{
	uint64_t outer = OSC_OUTER_OPTIONS | UINT64_C(1) << OSC_OPT_OBSERVE;
	uint32_t last = osc_split_last(has & outer);
	struct osc_option option = {0};
	bool more = osc_option_next(&options, &option) && option.number <= last;
	uint8_t *to;

	while (more && option.number <= OSC_OPT_OSCORE) {
		if ((outer >> option.number & 1) != 0)
			osc_coap_put_option(w, option.number, option.value);
		more = osc_option_next(&options, &option) && option.number <= last;
	}
	to = osc_coap_put_option_head(w, OSC_OPT_OSCORE, osc_oscore_option_size(oscore));
	if (to != NULL)
		(void)osc_oscore_option_encode(to, oscore);
	while (more) {
		if ((outer >> option.number & 1) != 0)
			osc_coap_put_option(w, option.number, option.value);
		more = osc_option_next(&options, &option) && option.number <= last;
	}
}

/*
 * osc_split_inner - write the inner options (4.1.1)
 *
 * has  as for osc_split_outer
 *
 * In a response Observe is empty inside (4.1.3.5.2). Behind the last option that stays outside, or
 * is changed, all are copied as they are.
 */
OSC_INLINE void
osc_split_inner(struct osc_coap_writer *w, struct osc_slice options, uint64_t has, bool response)
{
	uint64_t observe = (uint64_t)response << OSC_OPT_OBSERVE;
	uint32_t last = osc_split_last(has & (OSC_OUTER_OPTIONS | observe));
	struct osc_option option = {0};

	while (osc_option_next(&options, &option)) {
		if (osc_option_is_outer(option.number))
			continue;
		if (option.number == OSC_OPT_OBSERVE && response)
			option.value.len = 0;
		osc_coap_put_option(w, option.number, option.value);
		if (option.number > last) {
			osc_coap_put_rest(w, options);
			return;
		}
	}
}

/*
 * osc_merge_check - may these options stand inside?
 *
 * Returns OSC_OK, or OSC_EINNEROPT for an OSCORE option or one that addresses
 * proxies (Uri-Host, Uri-Port, Proxy-Uri, Proxy-Scheme). Other options of class
 * U are accepted inside: deployed peers send them.
 */
enum osc_err osc_merge_check(struct osc_slice inner, struct osc_where *where);

/*
 * osc_merge - write the options of the plain message (8.2 step 7, 8.4 step 6)
 *
 * outer  options of the OSCORE message; all but class U are dropped, and what
 *        is inside too
 * inner  passed osc_merge_check
 * has    which options are inside, as in struct osc_coap
 * piv    in a response: the value that Observe gets (4.1.3.5.2), its last three
 *        bytes as an unsigned integer; of length 0 if the response has no
 *        Partial IV: then it is 16777215, older than all that are below 2^23 - 1
 *        (RFC 7641, 3.4). NULL for a request: Observe keeps its value.
 */
void osc_merge(struct osc_coap_writer *w, struct osc_slice outer, struct osc_slice inner,
    uint64_t has, const struct osc_piv *piv);

OSC_C_END

#endif
