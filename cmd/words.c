/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <stddef.h>
#include <stdio.h>

#include "core/unprotect.h"
#include "message/cborseq.h"
#include "core/uri.h"
#include "words.h"

#define BLOCK_NOT_ONLY 0xf8U /* RFC 7959, 2.2: the number of the block, whether there are more */

enum place { NOWHERE, AT_BYTE, AT_COLUMN, AT_OPTION, IN_INNER, IN_URI };

static const struct {
	enum osc_err err;
	enum place place;
	const char *words;
	const char *hint;
} table[] = {
    {OSC_EIO, NOWHERE, "input/output error", NULL},
    {OSC_EEMPTY, NOWHERE, "empty input", NULL},
    {OSC_EBUSY, NOWHERE, "context busy: another process holds the lock", NULL},
    {OSC_EEXISTS, NOWHERE, "exists already", NULL},
    {OSC_ENOMEM, NOWHERE, "no memory", NULL},
    {OSC_ECHANGED, NOWHERE, "changed by a program that ignores the lock", NULL},
    {OSC_ENOROLE, NOWHERE, "the role is missing: which side is this machine",
	"add --role client or --role server"},
    {OSC_EGONE, NOWHERE, "the directory is not there any more", NULL},
    {OSC_ESECOND, NOWHERE, "raw output holds one message, and there are more", "add '-t hex'"},
    {OSC_ERECEIPTS, NOWHERE, "--any-token needs a file with exactly one request", NULL},
    {OSC_ETERMINAL, NOWHERE, "binary output does not go to a terminal",
	"add '-t hex' or '-t json', or force it with '-o -'"},
    {OSC_ENOTOSCORE, NOWHERE, "not a protected message: no OSCORE option", NULL},
    {OSC_ERESET, NOWHERE, "not a protected message: the peer reset",
	"it did not want the message it was sent, or could not process it"},
    {OSC_ETAG, NOWHERE, "verification failed: the tag does not match",
	"keys, IDs, algorithm, or, for a response, the request differ; -v tries the usual mistakes"},
    {OSC_EKID, NOWHERE, "no context for this kid", NULL},
    {OSC_EKIDOWN, NOWHERE, "this side protected that message",
	"it is for the peer to unprotect: check --role"},
    {OSC_EKIDROLE, NOWHERE, "no context for this kid, but one that serves both roles would fit",
	"add '-r client' or '-r server'"},
    {OSC_EKIDCONTEXT, NOWHERE, "no context for this kid context", NULL},
    {OSC_ENOREQUEST, NOWHERE, "a response: add --request",
	"FILE is the protected request that this is the response to"},
    {OSC_ETOKEN, NOWHERE, "no request with the token of this response", NULL},
    {OSC_EAMBIGUOUS, NOWHERE, "two different requests have the token of this response", NULL},
    {OSC_EREQUEST, NOWHERE, "not a request protected with this context", NULL},
    {OSC_EREQUESTOWN, NOWHERE, "this side sent that request",
	"a response is protected for a request of the peer: check --role"},
    {OSC_EREQUESTPEER, NOWHERE, "the peer sent that request",
	"a response belongs to a request of this side: check --role"},
    {OSC_EOBSERVE, NOWHERE, "a notification, but the request has no Observe option", NULL},
    {OSC_ENOCID, NOWHERE, "a response does not say which context it needs",
	"name the context instead of --contexts"},
    {OSC_ENOEARLIER, NOWHERE, "a response, and no earlier request with its token", NULL},
    {OSC_ELONG, NOWHERE, "malformed: over 65535 bytes", NULL},
    {OSC_EOUTERLONG, NOWHERE, "the protected message would exceed 65535 bytes", NULL},
    {OSC_EHEADER, NOWHERE, "malformed: shorter than a CoAP header", NULL},
    {OSC_EVERSION, NOWHERE, "malformed: not CoAP version 1", NULL},
    {OSC_ETKL, NOWHERE, "malformed: token length over 8, or token cut off", NULL},
    {OSC_EEXTTOKEN, NOWHERE, "an extended token (token length 13 or 14, RFC 8974): not supported",
	"tokens have at most 8 bytes here"},
    {OSC_ECODE, NOWHERE, "malformed: a code of a reserved class, or 0.00 with more behind it",
	NULL},
    {OSC_ESIGNALING, NOWHERE, "a signaling message (code 7.xx, RFC 8323): not over UDP",
	"OSCORE leaves signaling messages as they are: keep it apart"},
    {OSC_EOPTION, AT_BYTE, "malformed: bad option", NULL},
    {OSC_EMARKER, AT_BYTE, "malformed: payload marker with nothing behind it", NULL},
    {OSC_EEMPTYMSG, NOWHERE, "an Empty message has nothing to protect", "send it as it is"},
    {OSC_EFLAGS, NOWHERE, "malformed OSCORE option: reserved flag bit 0x40", NULL},
    {OSC_EGROUP, NOWHERE, "a Group OSCORE message (flag 0x20 in the OSCORE option): not supported",
	NULL},
    {OSC_EEXTFLAGS, NOWHERE,
	"extended flags (flag 0x80 in the OSCORE option, as in key updates): not supported", NULL},
    {OSC_EOSCORE, NOWHERE, "malformed OSCORE option", NULL},
    {OSC_ENOPIV, NOWHERE, "malformed: a request without Partial IV", NULL},
    {OSC_ENOKID, NOWHERE, "malformed: a request without kid", NULL},
    {OSC_ENOPAYLOAD, NOWHERE, "malformed: OSCORE option, but no ciphertext", NULL},
    {OSC_EINNER, IN_INNER, "malformed inner message: bad option or marker", NULL},
    {OSC_EINNERCODE, NOWHERE, "malformed inner message: its code is of the wrong kind", NULL},
    {OSC_EINNEROPT, AT_OPTION, "malformed inner message: an outer option inside", NULL},
    {OSC_ENESTED, NOWHERE, "has an OSCORE option already", NULL},
    {OSC_EPROXYURI, IN_URI, "Proxy-Uri cannot be split",
	"an absolute URI without fragment and user info, and no Uri-* beside it"},
    {OSC_ERESPONSE, NOWHERE, "a response: add --request",
	"FILE is the protected request that this is the response to"},
    {OSC_EISREQUEST, NOWHERE, "a request is not bound to another: leave out --request", NULL},
    {OSC_EIDCONTEXT, NOWHERE, "the OSCORE option would exceed 255 bytes",
	"the ID Context is too long to be sent: add --no-kid-context"},
    {OSC_EACKREQUEST, NOWHERE, "malformed: a request of type ACK or RST, which every peer ignores",
	"a request is CON or NON (RFC 7252, 4.2, 4.3)"},
    {OSC_ERSTRESPONSE, NOWHERE, "malformed: a response of type RST, which every peer ignores",
	"a response is CON, NON or ACK (RFC 7252, 4.2, 4.3)"},
    {OSC_ENONEMPTY, NOWHERE, "malformed: an Empty message of type NON, which every peer ignores",
	"an Empty message is CON, ACK or RST (RFC 7252, 4.3)"},
    {OSC_EACKMID, NOWHERE,
	"an ACK, but the request is no CON with its Message ID: the peer would ignore it",
	"a piggybacked response has the Message ID of the CON, any other is CON or NON (RFC 7252, 5.2)"},
    {OSC_EHEX, AT_COLUMN, "malformed hex", NULL},
    {OSC_ERECEIPT, NOWHERE, "not an OSCORE request", NULL},
    {OSC_EJSON, NOWHERE, "malformed JSON", NULL},
    {OSC_EMESSAGE, NOWHERE, "malformed JSON message", NULL},
    {OSC_ECBOR, NOWHERE, "malformed: not a CBOR byte string", NULL},
    {OSC_EIMPORT, NOWHERE, "malformed: not of this format", NULL},
    {OSC_ENOECHO, NOWHERE, "no Echo option in this answer",
	"FILE is what oscore-unprotect made of the answer"},
    {OSC_EREPLAY, NOWHERE, "replayed message", NULL},
    {OSC_EREDERIVE, NOWHERE, "the peer asks to derive the keys anew (RFC 8613, B.2)",
	"send it the answer that --error-reply writes; its next request is let in"},
    {OSC_ELOST, NOWHERE,
	"the state is lost: this request may be old, and keys must be derived anew",
	"send the peer the answer that --error-reply writes, and its next request is let in; or "
	"protect a request with --rederive"},
    {OSC_ESTALE, NOWHERE, "replayed: an answer that was to derive keys anew (RFC 8613, B.2)", NULL},
    {OSC_EANSWER1, NOWHERE,
	"malformed: an answer that derives keys anew (RFC 8613, B.2) is 4.01 and nothing else",
	NULL},
    {OSC_EWINDOWLOST, NOWHERE, "the replay window is lost: this request may be old",
	"--error-reply makes the challenge that opens it again"},
    {OSC_EANSWERED, NOWHERE, "replayed: the request has had its response", NULL},
    {OSC_ENOTIFYPIV, NOWHERE, "replayed: a second response without Partial IV to this registration",
	NULL},
    {OSC_ENOTIFYOLD, NOWHERE, "replayed: not newer than the newest notification",
	"it may be a retransmission: acknowledge it again; with -k the run goes on"},
    {OSC_EROLE, NOWHERE, "the context is for the other role",
	"in the wrong role this machine would use the numbers and keys of the other side: leave "
	"--role out"},
    {OSC_ECOPY, NOWHERE, "a copy of a context that was used",
	"a copy repeats nonces: make a new context; if the directory was moved here and is used "
	"nowhere else, add --moved"},
    {OSC_EEXHAUSTED, NOWHERE, "no Sender Sequence Number is left",
	"make a new context with oscore-gen"},
};

static size_t
entry(enum osc_err err)
{
	size_t i = 0;

	while (i < sizeof(table) / sizeof(table[0]) && table[i].err != err)
		i++;
	return i;
}

static void
words_for_uri(char *buffer, const char *words, const struct osc_where *where)
{
	const char *reason = osc_uri_words((enum osc_uri_fault)where->reason);

	if (where->reason < OSC_URI_LONG)
		(void)snprintf(buffer, WORDS_MAX, "%s: %s: error at its byte %u", words, reason,
		    where->offset);
	else
		(void)snprintf(buffer, WORDS_MAX, "%s: %s", words, reason);
}

const char *
words_for(char *buffer, enum osc_err err, const struct osc_where *where)
{
	size_t i = entry(err);
	const char *words;

	if (osc_err_is_before(err))
		return "refused before";
	if (i == sizeof(table) / sizeof(table[0]))
		return "error";
	words = table[i].words;
	if (where == NULL)
		return words;
	switch (table[i].place) {
	case AT_BYTE:
		(void)snprintf(buffer, WORDS_MAX, "%s at byte %u", words, where->offset);
		return buffer;
	case AT_COLUMN:
		(void)snprintf(buffer, WORDS_MAX, "%s at column %u", words, where->offset);
		return buffer;
	case AT_OPTION:
		(void)snprintf(buffer, WORDS_MAX, "%s (number %u)", words, where->option);
		return buffer;
	case IN_INNER:
		(void)snprintf(
		    buffer, WORDS_MAX, "%s at byte %u of the plaintext", words, where->offset);
		return buffer;
	case IN_URI:
		words_for_uri(buffer, words, where);
		return buffer;
	case NOWHERE:
		break;
	}
	return words;
}

const char *
words_with(char *buffer, enum osc_err err, const struct osc_where *where, const char *note)
{
	const char *words = words_for(buffer, err, where);

	if (note == NULL)
		return words;
	/* An error with a note has no place: its words are not in the buffer. */
	(void)snprintf(buffer, WORDS_MAX, "%s: %s", words, note);
	return buffer;
}

const char *
words_hint(enum osc_err err)
{
	size_t i = entry(err);

	return i < sizeof(table) / sizeof(table[0]) ? table[i].hint : NULL;
}

/* A Block option outside that says: not the only block, Block1 or Block2. */
static bool
is_fragment(struct osc_slice message)
{
	struct osc_option option = {0};
	struct osc_coap coap;

	if (osc_coap_decode(&coap, message, NULL) != OSC_OK)
		return false;
	while (osc_option_next(&coap.options, &option))
		if ((option.number == OSC_OPT_BLOCK1 || option.number == OSC_OPT_BLOCK2) &&
		    option.value.len > 0 &&
		    (option.value.len > 1 || (option.value.ptr[0] & BLOCK_NOT_ONLY) != 0))
			return true;
	return false;
}

/* An Empty message and another one behind it, as datagrams look that were joined. */
static bool
is_joined(struct osc_slice message)
{
	return message.len > OSC_COAP_HEADER && (message.ptr[0] & 0x0fU) == 0 &&
	    message.ptr[1] == OSC_CODE_EMPTY && message.ptr[OSC_COAP_HEADER] >> 6 == 1;
}

/* What a request is that no context verifies, if it looks like one that needs more than a
 * context: the key exchange or the derivation that goes with it. */
static const char *
hint_derivation(struct osc_slice message)
{
	struct osc_unprotection request;
	struct osc_cborseq_item item;
	struct osc_slice value;

	if (osc_unprotect_decode(&request, message, NULL) != OSC_OK || !request.is_request)
		return NULL;
	if (osc_option_find(request.outer.options, OSC_OPT_EDHOC, &value))
		return "an EDHOC option (21): a request combined with EDHOC (RFC 9668), whose keys "
		       "are not there before EDHOC has ended";
	if (request.option.kid_context.len == 0)
		return NULL;
	osc_cborseq_decode(&item, request.option.kid_context);
	if (item.what == OSC_CBORSEQ_MESSAGE && item.used == request.option.kid_context.len)
		return "its kid context is a CBOR byte string: perhaps a request of RFC 8613, "
		       "Appendix B.2, which derives the keys anew";
	return NULL;
}

const char *
words_hint_about(enum osc_err err, struct osc_slice message)
{
	const char *derivation = NULL;

	if (err == OSC_ETAG || err == OSC_EKID || err == OSC_EKIDCONTEXT)
		derivation = hint_derivation(message);
	if (derivation != NULL)
		return derivation;
	if (err == OSC_ECODE && is_joined(message))
		return "an Empty message and one behind it: keep datagrams apart, on a packet "
		       "socket or in hex, or send requests as NON";
	if (err == OSC_ETAG && is_fragment(message))
		return "a Block option outside: a proxy has cut the message, join the blocks first";
	return words_hint(err);
}

bool
words_about_request(enum osc_err err)
{
	return err == OSC_EREQUEST || err == OSC_EREQUESTOWN || err == OSC_EREQUESTPEER ||
	    err == OSC_ERECEIPTS;
}
