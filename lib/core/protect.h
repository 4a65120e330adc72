/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_CORE_PROTECT_H
#define OSC_CORE_PROTECT_H

#include "core/aead.h"
#include "core/coap.h"
#include "core/context.h"
#include "core/option.h"
#include "core/split.h"

OSC_C_BEGIN

/*
 * Protecting a message (8.1, 8.3) in three steps, so that the caller can make
 * the sequence number durable between the second and the output:
 *
 *     osc_protect_check   can this message be protected at all?
 *     osc_protect_write   lay it out with a number; the inner text at its final place
 *     osc_aead_seal       encrypt in place
 */

/* Bytes that an OSCORE message can be longer than twice its plain message
 * (Observe stands inside and outside): option, tag, code, marker, and option
 * headers that grow when the stream is split. */
#define OSC_PROTECT_EXTRA 352

/* Besides what varies: head, flags, Partial IV, length of the kid context and kid of the OSCORE
 * option; marker; code. */
#define OSC_PROTECT_FIXED (2 + 1 + OSC_PIV_MAX + 1 + OSC_ID_MAX + 1 + 1)

/* One message to protect. */
struct osc_protection {
	struct osc_coap plain;
	const struct osc_exchange
	    *request;     /* for a response: its request; NULL: this is a request */
	bool has_piv;     /* always for a request */
	uint64_t seq;     /* with has_piv: the Sender Sequence Number */
	bool kid_context; /* a request carries the ID Context, if there is one */
};

/*
 * osc_protect_check - what can be said without a context
 *
 * A Proxy-Uri must have been split by osc_rewrite before (4.1.3.3). Returns OSC_OK,
 * OSC_EEMPTYMSG, OSC_ENESTED (4.1.3.7), or what osc_coap_check_type returns.
 */
static inline enum osc_err
osc_protect_check(const struct osc_coap *plain, struct osc_where *where)
{
	enum osc_err err = osc_coap_check_type(plain);

	if (err != OSC_OK)
		return err;
	if (plain->code == OSC_CODE_EMPTY)
		return OSC_EEMPTYMSG;
	/* Only to say where: most messages have no such option. */
	return osc_coap_has(plain, OSC_OPT_OSCORE) ? osc_split_check(plain->options, where)
						   : OSC_OK;
}

/*
 * osc_protect_option - the value of the OSCORE option that the message will have (5, 6.1)
 *
 * The slices point into the context.
 */
void osc_protect_option(struct osc_oscore_option *value, const struct osc_protection *protection,
    const struct osc_context *context);

/* osc_protect_room - bytes that osc_protect_write, or osc_protect_layout, will not exceed */
static inline size_t
osc_protect_room(const struct osc_coap *plain, const struct osc_context *context)
{
	/* Where options are left out the one behind may need two bytes more for its number, and
	 * each has a byte at least; Observe stands inside and outside. */
	return OSC_COAP_HEADER + plain->token.len + plain->body.len + 3 * plain->options.len +
	    OSC_PROTECT_FIXED + context->id_context.len + context->wrapped[OSC_SIDE_OWN].len +
	    context->alg->tag_len;
}

/* An OSCORE message whose inner text is still in the clear. */
struct osc_layout {
	size_t len;                      /* bytes, with the tag that is still to come */
	size_t text_at;                  /* where the inner text begins; the tag ends the message */
	struct osc_oscore_option option; /* its slices point into the context */
};

/*
 * osc_protect_layout - write the OSCORE message, its inner text still in the clear
 *
 * out  cap bytes; osc_protect_room is enough, and so is 2 * the plain message +
 *      OSC_PROTECT_EXTRA. Holds plaintext until it is sealed
 *
 * Returns OSC_OK, OSC_EIDCONTEXT if the OSCORE option would exceed 255 bytes
 * (2), or OSC_EOUTERLONG if the message would exceed a datagram; no number has been
 * used then.
 */
enum osc_err osc_protect_layout(const struct osc_protection *protection,
    const struct osc_context *context, uint8_t *out, size_t cap, struct osc_layout *layout);

/* osc_protect_prepare - what osc_aead_seal needs for what osc_protect_layout has written to out */
void osc_protect_prepare(struct osc_aead_job *job, const struct osc_context *context,
    const struct osc_exchange *request, const struct osc_layout *layout, uint8_t *out);

/* osc_protect_write - both at once; out_len receives the length of the message */
enum osc_err osc_protect_write(const struct osc_protection *protection,
    const struct osc_context *context, uint8_t *out, size_t cap, size_t *out_len,
    struct osc_aead_job *job);

OSC_C_END

#endif
