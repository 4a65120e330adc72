/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <stdlib.h>
#include <unistd.h>

#include "base/io.h"
#include "base/secret.h"
#include "cli.h"
#include "core/cose.h"
#include "core/protect.h"
#include "core/split.h"
#include "core/unprotect.h"
#include "diagnosis.h"
#include "explain.h"
#include "session/diagnose.h"

void
explain_init(struct explain *explain, bool on, bool show_secrets, const char *name)
{
	memset(explain, 0, sizeof(*explain));
	explain->on = on;
	explain->name = name;
	explain->show_secrets = show_secrets;
	explain->effort = OSC_DIAGNOSE_EFFORT;
}

void
explain_free(struct explain *explain)
{
	osc_buffer_free(&explain->lines);
	osc_buffer_free(&explain->context);
}

/* The RFC writes "0 byte", "1 byte", "2 bytes". */
static const char *
unit(size_t n)
{
	return n < 2 ? "byte" : "bytes";
}

static void say_words(struct explain *explain, const char *name, const char *fmt, ...)
    OSC_PRINTF(3, 4);

/* A value in words; not for secrets. */
static void
say_words(struct explain *explain, const char *name, const char *fmt, ...)
{
	struct osc_buffer *buffer = &explain->lines;
	va_list args;
	size_t at;

	osc_buffer_print(buffer, "%s: ", name);
	at = buffer->len;
	va_start(args, fmt);
	osc_buffer_vprint(buffer, fmt, args);
	va_end(args);
	/* A file name may hold anything: one line stays one line. */
	for (; at < buffer->len; at++)
		if (buffer->ptr[at] < 0x20 || buffer->ptr[at] == 0x7f)
			buffer->ptr[at] = '?';
	osc_buffer_text(buffer, "\n");
}

/* A value that anybody may see. Digits go straight into the buffer: printf would leave
 * secrets on the stack. */
static void
say_bytes(struct explain *explain, const char *name, struct osc_slice bytes)
{
	osc_buffer_print(&explain->lines, "%s: 0x", name);
	osc_buffer_hex(&explain->lines, bytes);
	osc_buffer_print(&explain->lines, " (%zu %s)\n", bytes.len, unit(bytes.len));
}

/* A value that is hidden, but for its length, unless secrets are shown. */
static void
say_secret(struct explain *explain, const char *name, struct osc_slice bytes)
{
	if (explain->show_secrets)
		say_bytes(explain, name, bytes);
	else
		say_words(explain, name, "%zu %s, hidden", bytes.len, unit(bytes.len));
}

static void
write_lines(struct explain *explain)
{
	if (explain->lines.full)
		cli_say(NULL, "no memory to explain");
	else if (explain->lines.len > 0)
		(void)osc_io_write(STDERR_FILENO, explain->lines.ptr, explain->lines.len);
	osc_wipe(explain->lines.ptr, explain->lines.len);
	osc_buffer_cut(&explain->lines, 0);
}

/* One message on its way to paper. */
struct view {
	struct explain *explain;
	const struct osc_item *item;
	const struct osc_work *work;
	const struct osc_params *params;
	bool is_request;
	bool has_message; /* there is an OSCORE message: always, but in a dry run */
	struct osc_unprotection message;
	uint8_t *scratch;
};

static void
say_info(struct view *view, const char *name, struct osc_slice id, const char *type)
{
	const struct osc_params *params = view->params;
	size_t len =
	    osc_kdf_info(view->scratch, OSC_INFO_MAX + params->id_context.len, params, id, type);

	say_bytes(view->explain, name, osc_slice(view->scratch, len));
}

static void
say_key(struct view *view, const char *name, const struct osc_id *id)
{
	uint8_t key[OSC_KEY_MAX];

	osc_derive_key(key, view->params, id, view->scratch);
	say_secret(view->explain, name, osc_slice(key, view->params->alg->key_len));
	osc_wipe(key, sizeof(key));
}

static void
say_nonce(struct view *view, const char *name, const struct osc_id *id, uint64_t seq)
{
	const struct osc_alg *alg = view->params->alg;
	uint8_t common_iv[OSC_NONCE_MAX], base[OSC_NONCE_MAX], nonce[OSC_NONCE_MAX];

	osc_derive_common_iv(common_iv, view->params, view->scratch);
	osc_nonce_base(base, alg, id, common_iv);
	osc_nonce_make(nonce, alg, base, seq);
	say_bytes(view->explain, name, osc_slice(nonce, alg->nonce_len));
}

static void
say_common_iv(struct view *view)
{
	uint8_t common_iv[OSC_NONCE_MAX];

	osc_derive_common_iv(common_iv, view->params, view->scratch);
	say_bytes(view->explain, "Common IV", osc_slice(common_iv, view->params->alg->nonce_len));
}

/* C.1 to C.3 */
static void
say_derivation(struct view *view)
{
	const struct osc_params *params = view->params;
	struct osc_slice sender = osc_id_slice(&params->sender_id),
			 recipient = osc_id_slice(&params->recipient_id);
	struct explain *explain = view->explain;

	say_words(explain, cli_program_name, "%s: Key Derivation", view->work->endpoint->path);
	say_secret(explain, "Master Secret", params->master_secret);
	if (params->master_salt.len > 0)
		say_bytes(explain, "Master Salt", params->master_salt);
	say_bytes(explain, "Sender ID", sender);
	say_bytes(explain, "Recipient ID", recipient);
	if (osc_is_present(params->id_context))
		say_bytes(explain, "ID Context", params->id_context);
	say_info(view, "info (for Sender Key)", sender, "Key");
	say_info(view, "info (for Recipient Key)", recipient, "Key");
	say_info(view, "info (for Common IV)", osc_slice(NULL, 0), "IV");
	say_key(view, "Sender Key", &params->sender_id);
	say_key(view, "Recipient Key", &params->recipient_id);
	say_common_iv(view);
	say_nonce(view, "sender nonce", &params->sender_id, 0);
	say_nonce(view, "recipient nonce", &params->recipient_id, 0);
}

/* Common Context, and the Sender or Recipient Context that protected the message. */
static void
say_context(struct view *view)
{
	const struct osc_params *params = view->params;
	bool own = view->work->side == OSC_SIDE_OWN;
	const struct osc_id *id = own ? &params->sender_id : &params->recipient_id;
	struct explain *explain = view->explain;

	say_words(explain, "AEAD Algorithm", "%d (%s)", params->alg->cose, params->alg->name);
	say_words(explain, "Key Derivation Function", "HKDF %s", diagnosis_hash(params->hash));
	say_common_iv(view);
	if (osc_is_present(params->id_context))
		say_bytes(explain, "ID Context", params->id_context);
	say_bytes(explain, own ? "Sender ID" : "Recipient ID", osc_id_slice(id));
	say_key(view, own ? "Sender Key" : "Recipient Key", id);
	if (view->work->outgoing)
		say_words(explain, "Sender Sequence Number", "%llu",
		    (unsigned long long)view->work->sending.seq);
}

/* The inner text of a message that was protected here: split once more. */
static size_t
split_text(uint8_t *out, size_t cap, const struct osc_coap *plain, bool is_request)
{
	struct osc_coap_writer w;

	osc_coap_writer_init(&w, out, cap);
	osc_coap_put_byte(&w, plain->code);
	osc_split_inner(&w, plain->options, plain->has, !is_request);
	osc_coap_put_payload(&w, plain->payload);
	return w.len;
}

/* The parameters under which request #1 was: its Common IV goes into the nonce of response #1. */
static struct osc_params
params_of_request(const struct view *view)
{
	struct osc_params params = *view->params;

	if (view->work->derived != NULL && view->work->derived->answer)
		params.id_context = view->work->derived->first;
	return params;
}

static void
take_nonces(struct osc_context *context, const struct view *view)
{
	struct osc_params params = params_of_request(view);
	uint8_t common_iv[OSC_NONCE_MAX];

	osc_derive_common_iv(common_iv, &params, view->scratch);
	if (view->work->side == OSC_SIDE_PEER)
		osc_nonce_base(context->sender_nonce, params.alg, &params.sender_id, common_iv);
	else
		osc_nonce_base(
		    context->recipient_nonce, params.alg, &params.recipient_id, common_iv);
	osc_wipe(common_iv, sizeof(common_iv));
}

/* The inner text of a message that was accepted: opened once more. */
static size_t
open_text(uint8_t *out, const struct view *view)
{
	const struct osc_derived *derived = view->work->derived;
	const struct osc_params *params = view->params;
	void *memory = osc_secret_alloc(osc_context_size(params->alg));
	struct osc_slice text = {0};
	struct osc_context context;

	if (memory == NULL)
		return 0;
	osc_context_derive(&context, memory, params, view->scratch);
	/* The nonce of a response #1 is that of its request as it was (B.2). */
	if (derived != NULL && derived->answer)
		take_nonces(&context, view);
	(void)osc_unprotect_open(
	    &view->message, &context, view->work->side, &view->work->exchange, out, &text);
	osc_secret_free(memory, osc_context_size(params->alg));
	return text.len;
}

static void
say_plaintext(struct view *view)
{
	const struct osc_coap *plain = view->work->outgoing ? &view->work->sending.plain : NULL;
	size_t cap = view->message.outer.payload.len, len;
	uint8_t *text;

	if (view->item->err != OSC_OK)
		return;
	if (plain != NULL)
		cap = 2 * plain->body.len + OSC_PROTECT_EXTRA;
	text = osc_wiping_malloc(cap);
	if (text == NULL) {
		view->explain->lines.full = true;
		return;
	}
	if (plain != NULL)
		len = split_text(text, cap, plain, view->is_request);
	else
		len = open_text(text, view);
	say_secret(view->explain, "plaintext", osc_slice(text, len));
	osc_wiping_free(text);
}

static void
say_nonce_of_request(struct view *view)
{
	const struct osc_exchange *exchange = &view->work->exchange;
	const struct osc_params *before = view->params;
	struct osc_params params = params_of_request(view);

	view->params = &params;
	say_nonce(view, "nonce", &exchange->kid, exchange->piv.seq);
	view->params = before;
}

/* The COSE and cryptographic parameters. */
static void
say_parameters(struct view *view)
{
	const struct osc_work *work = view->work;
	const struct osc_oscore_option *option = osc_work_option(work);
	const struct osc_params *params = view->params;
	bool own = work->side == OSC_SIDE_OWN;
	const struct osc_id *id = own ? &params->sender_id : &params->recipient_id;
	struct explain *explain = view->explain;
	uint8_t array[OSC_AAD_ARRAY_MAX], aad[OSC_AAD_MAX];
	size_t len;

	if (option->piv.len > 0)
		say_bytes(explain, "Partial IV", osc_piv_slice(&option->piv));
	if (osc_is_present(option->kid))
		say_bytes(explain, "kid", option->kid);
	if (osc_is_present(option->kid_context))
		say_bytes(explain, "kid context", option->kid_context);
	len = osc_aad_array(array, params->alg, &work->exchange);
	say_bytes(explain, "aad_array", osc_slice(array, len));
	len = osc_aad_make(aad, sizeof(aad), params->alg, &work->exchange);
	say_bytes(explain, "AAD", osc_slice(aad, len));
	say_plaintext(view);
	say_key(view, "encryption key", id);
	if (option->piv.len > 0)
		say_nonce(view, "nonce", id, option->piv.seq);
	else
		say_nonce_of_request(view);
}

/* C.4 to C.8 */
static void
say_message(struct view *view, const char *name)
{
	const struct osc_item *item = view->item;
	struct explain *explain = view->explain;
	struct osc_slice value = {0};

	say_words(explain, cli_program_name, "%s:%llu: OSCORE %s%s", name,
	    (unsigned long long)item->number, view->is_request ? "Request" : "Response",
	    !view->is_request && osc_work_option(view->work)->piv.len > 0 ? " with Partial IV"
									  : "");
	if (item->err == OSC_OK)
		say_secret(explain,
		    view->is_request ? "Unprotected CoAP request" : "Unprotected CoAP response",
		    view->work->outgoing ? item->in : item->out);
	say_context(view);
	say_parameters(view);
	if (!view->has_message)
		return;
	(void)osc_option_find(view->message.outer.options, OSC_OPT_OSCORE, &value);
	say_bytes(explain, "OSCORE option value", value);
	say_bytes(explain, "ciphertext", view->message.outer.payload);
	say_bytes(explain,
	    view->is_request ? "Protected CoAP request (OSCORE message)"
			     : "Protected CoAP response (OSCORE message)",
	    view->work->outgoing ? item->out : item->in);
}

/* The keys are explained once for a context, and again when another one was between. */
static bool
is_new_context(struct explain *explain, const char *path, struct osc_slice id)
{
	struct osc_buffer now = {0};
	bool same;

	/* A path ends before the byte that separates it. */
	osc_buffer_put(&now, osc_slice((const uint8_t *)path, strlen(path) + 1));
	osc_buffer_put(&now, id);
	same = !now.full &&
	    osc_slice_equal(osc_buffer_slice(&now), osc_buffer_slice(&explain->context));
	osc_buffer_free(&explain->context);
	explain->context = now;
	return !same;
}

static void
explain_message(struct explain *explain, const struct osc_item *item, const struct osc_work *work)
{
	struct osc_params params = *osc_store_params(work->endpoint->store);
	struct view view = {.explain = explain, .item = item, .work = work, .params = &params};
	struct osc_slice datagram = work->outgoing ? item->out : item->in;

	if (work->derived != NULL)
		params.id_context = work->derived->id;
	view.has_message =
	    datagram.len > 0 && osc_unprotect_decode(&view.message, datagram, NULL) == OSC_OK;
	view.is_request = work->outgoing ? osc_code_is_request(work->sending.plain.code)
					 : view.message.is_request;
	view.scratch = malloc(OSC_INFO_MAX + view.params->id_context.len);
	if (view.scratch == NULL) {
		explain->lines.full = true;
	} else {
		if (is_new_context(explain, work->endpoint->path, params.id_context))
			say_derivation(&view);
		say_message(&view, explain->name);
	}
	write_lines(explain);
	free(view.scratch);
}

void
explain_settled(
    struct explain *explain, struct osc_session *session, size_t i, const struct osc_item *item)
{
	const struct osc_work *work = osc_session_work(session, i);

	/* A message that is not protected has no context. */
	if (work->endpoint != NULL && work->bound &&
	    (item->err == OSC_OK || item->err == OSC_ETAG || item->err == OSC_EREDERIVE ||
		item->err == OSC_ELOST))
		explain_message(explain, item, work);
	diagnosis_say(session, i, item, &explain->effort);
}
