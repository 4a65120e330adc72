/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <coap3/coap.h>

#include "core/coap.h"
#include "fuzz.h"

/*
 * Datagrams, decoded by us and by libcoap. The verdicts may differ in three
 * things only: classes of codes, option numbers over 65535 (which libcoap
 * counts modulo 65536), and lengths of options that libcoap knows.
 */

/* Lengths that the registry allows; libcoap refuses others. */
static const struct {
	uint32_t number;
	size_t min, max;
} known[] = {
    {COAP_OPTION_IF_MATCH, 0, 8},
    {COAP_OPTION_URI_HOST, 1, 255},
    {COAP_OPTION_ETAG, 1, 8},
    {COAP_OPTION_IF_NONE_MATCH, 0, 0},
    {COAP_OPTION_OBSERVE, 0, 3},
    {COAP_OPTION_URI_PORT, 0, 2},
    {COAP_OPTION_LOCATION_PATH, 0, 255},
    {COAP_OPTION_OSCORE, 0, 255},
    {COAP_OPTION_URI_PATH, 0, 255},
    {COAP_OPTION_CONTENT_FORMAT, 0, 2},
    {COAP_OPTION_MAXAGE, 0, 4},
    {COAP_OPTION_URI_QUERY, 1, 255},
    {COAP_OPTION_HOP_LIMIT, 1, 1},
    {COAP_OPTION_ACCEPT, 0, 2},
    {COAP_OPTION_LOCATION_QUERY, 0, 255},
    {COAP_OPTION_BLOCK2, 0, 3},
    {COAP_OPTION_BLOCK1, 0, 3},
    {COAP_OPTION_SIZE2, 0, 4},
    {COAP_OPTION_PROXY_URI, 1, 1034},
    {COAP_OPTION_PROXY_SCHEME, 1, 255},
    {COAP_OPTION_SIZE1, 0, 4},
    {COAP_OPTION_ECHO, 0, 40},
    {COAP_OPTION_NORESPONSE, 0, 1},
    {COAP_OPTION_RTAG, 0, 8},
};

static bool
has_odd_length(struct osc_slice options)
{
	struct osc_option option = {0};

	while (osc_option_next(&options, &option))
		for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
			if (option.number == known[i].number &&
			    (option.value.len < known[i].min || option.value.len > known[i].max))
				return true;
	return false;
}

static bool
same_bytes(struct osc_slice ours, const uint8_t *theirs, size_t len)
{
	return osc_slice_equal(ours, osc_slice(theirs, len));
}

/* Both have accepted: they must have read the same. */
static void
compare(const struct osc_coap *coap, const coap_pdu_t *pdu)
{
	coap_bin_const_t token = coap_pdu_get_token(pdu);
	coap_opt_iterator_t iterator;
	coap_opt_t *theirs;
	struct osc_option option = {0};
	struct osc_slice rest = coap->options;
	const uint8_t *payload = NULL;
	size_t len = 0;

	MUST(coap->type == (uint8_t)coap_pdu_get_type(pdu));
	MUST(coap->code == (uint8_t)coap_pdu_get_code(pdu));
	MUST(coap->mid == coap_pdu_get_mid(pdu));
	MUST(same_bytes(coap->token, token.s, token.length));
	(void)coap_get_data(pdu, &len, &payload);
	MUST(same_bytes(coap->payload, payload, len));
	(void)coap_option_iterator_init(pdu, &iterator, COAP_OPT_ALL);
	while (osc_option_next(&rest, &option)) {
		theirs = coap_option_next(&iterator);
		MUST(theirs != NULL && iterator.number == option.number);
		MUST(same_bytes(option.value, coap_opt_value(theirs), coap_opt_length(theirs)));
	}
	MUST(coap_option_next(&iterator) == NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct osc_coap coap;
	struct osc_where where = {0};
	enum osc_err err;
	coap_pdu_t *pdu;
	bool theirs;

	if (size > OSC_MESSAGE_MAX)
		return 0;
	coap_set_log_level(LOG_EMERG);
	err = osc_coap_decode(&coap, osc_slice(data, size), &where);
	MUST(where.offset <= size);
	pdu = coap_pdu_init(COAP_MESSAGE_CON, 0, 0, size);
	if (pdu == NULL)
		return 0;
	theirs = coap_pdu_parse(COAP_PROTO_UDP, data, size, pdu) > 0;
	if (err == OSC_OK && theirs)
		compare(&coap, pdu);
	else if (err == OSC_OK)
		MUST(has_odd_length(coap.options));
	else if (theirs)
		MUST(err == OSC_ECODE || err == OSC_ESIGNALING ||
		    (err == OSC_EOPTION && where.option > 65535));
	coap_delete_pdu(pdu);
	return 0;
}
