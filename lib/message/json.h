/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_MESSAGE_JSON_H
#define OSC_MESSAGE_JSON_H

#include "base/bytes.h"
#include "base/error.h"
#include "base/jsonscan.h"

/*
 * A message as a JSON object. Only "code" has to be there; "uri" may say Uri-Host, Uri-Port,
 * Uri-Path and Uri-Query, or "message_hex" the whole datagram:
 *
 *     {"type":"NON","code":"GET","mid":23839,"token_hex":"00003974",
 *      "options":[["Uri-Host","localhost"],["Observe",0],["If-None-Match"],[65000,{"hex":""}]],
 *      "payload":"on","payload_hex":"6f6e","oscore":null,"meta":{}}
 *
 * {"error":6,"message":"replayed message"} stands for a message that was refused before.
 */

#define OSC_JSON_TEXT_MAX ((size_t)1024 * 1024) /* bytes in the longest object */
#define OSC_JSON_MESSAGE_DEPTH 64               /* objects and arrays inside each other */

/* Memory that osc_json_decode uses again for each message, and what it tells beside the
 * datagram; all zero is empty. */
struct osc_json_scratch {
	struct osc_buffer options;
	struct osc_buffer value;
	struct osc_buffer uri;
	struct osc_json_scan scan;      /* of the next text, if it was looked at before */
	bool no_type, no_mid, no_token; /* the last message does not say it: it was chosen */
};

void osc_json_scratch_free(struct osc_json_scratch *scratch);

/*
 * osc_json_decode - a JSON object to a datagram
 *
 * out     receives the datagram, behind what is in it; untouched after an error
 * text    one object, blanks around it allowed
 * meta    receives the text of the member "meta", in `text`; empty if there is none
 * detail  its text says what is wrong, its hint which value is hardly meant; never NULL
 *
 * Returns OSC_OK, also for a "message_hex" that is no CoAP message; OSC_EJSON for a text that
 * is no JSON object (or has a key twice, or is nested too deeply); OSC_EMESSAGE for one that is
 * no message; osc_err_before() of the status for one that was refused before, with the reason
 * in the detail; OSC_ELONG for a datagram over the limit; OSC_ENOMEM; OSC_EIO if the system
 * has no random bytes for Message ID and token.
 */
enum osc_err osc_json_decode(struct osc_buffer *out, struct osc_slice text, struct osc_slice *meta,
    struct osc_json_scratch *scratch, struct osc_detail *detail);

/* osc_json_check - is this JSON of some kind, no object perhaps? OSC_OK, OSC_EJSON, OSC_ENOMEM */
enum osc_err osc_json_check(struct osc_slice text);

#endif
