/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <assert.h>
#include <inttypes.h>

#include "store/create.h"
#include "store/datum.h"
#include "store/newdir.h"
#include "store/sequence.h"
#include "store/settings.h"

#define SETTINGS_EXTRA 1024 /* bytes of settings.json beside the ID Context, at most */

enum osc_err
osc_new_context_check(const struct osc_new_context *context, struct osc_detail *detail)
{
	const struct osc_settings *settings = &context->settings;

	assert(settings->dialect != OSC_DIALECT_PAIR || settings->role != OSC_ROLE_NONE);
	if (context->client_seq > OSC_SEQ_MAX || context->server_seq > OSC_SEQ_MAX)
		return osc_detail_set(
		    detail, OSC_ECONTEXT, NULL, "the first number is beyond 2^40-1");
	if (settings->params.id_context.len > (OSC_STATIC_MAX - SETTINGS_EXTRA) / 2)
		return osc_detail_set(detail, OSC_ECONTEXT, NULL, "\"id-context\" is too long");
	return osc_settings_check(settings, detail);
}

static void
put_bytes(struct osc_buffer *text, const char *key, struct osc_slice bytes, const char *end)
{
	osc_buffer_print(text, "    \"%s\": \"", key);
	osc_buffer_hex(text, bytes);
	osc_buffer_print(text, "\"%s\n", end);
}

static enum osc_err
write_settings(const struct osc_settings *s, struct osc_newdir *newdir)
{
	const struct osc_params *params = &s->params;
	bool pair = s->dialect == OSC_DIALECT_PAIR;
	struct osc_buffer text = {0};
	enum osc_err err;

	osc_buffer_text(&text, "{\n");
	put_bytes(&text, pair ? "sender-id_hex" : "client-sender-id_hex",
	    osc_id_slice(&params->sender_id), ",");
	put_bytes(&text, pair ? "recipient-id_hex" : "server-sender-id_hex",
	    osc_id_slice(&params->recipient_id), ",");
	if (osc_is_present(params->id_context))
		put_bytes(&text, "id-context_hex", params->id_context, ",");
	osc_buffer_print(&text, "    \"algorithm\": \"%s\",\n    \"kdf-hashfun\": \"%s\",\n",
	    params->alg->name, osc_hash_name(params->hash));
	osc_buffer_print(&text, "    \"window\": %" PRIu32 ",\n", s->window);
	if (s->role != OSC_ROLE_NONE)
		osc_buffer_print(&text, "    \"role\": \"%s\",\n",
		    s->role == OSC_ROLE_SERVER ? "server" : "client");
	if (s->rederive)
		osc_buffer_text(&text, "    \"rederive\": true,\n");
	osc_buffer_text(&text, "    \"sequence-file\": true\n}\n");
	err = osc_newdir_file(newdir, "settings.json", 0644, &text);
	osc_buffer_free(&text);
	return err;
}

static enum osc_err
write_secret(const struct osc_settings *s, struct osc_newdir *newdir)
{
	const char *name = s->dialect == OSC_DIALECT_ROLE ? "secrets.json" : "secret.json";
	bool salt = s->params.master_salt.len > 0;
	struct osc_buffer text = {0};
	enum osc_err err;

	osc_buffer_text(&text, "{\n");
	put_bytes(&text, "secret_hex", s->params.master_secret, salt ? "," : "");
	if (salt)
		put_bytes(&text, "salt_hex", s->params.master_salt, "");
	osc_buffer_text(&text, "}\n");
	err = osc_newdir_file(newdir, name, 0600, &text);
	osc_buffer_free(&text);
	return err;
}

static void
set_side(struct osc_side_state *side, uint64_t next, uint64_t peer_next, bool lost)
{
	side->state.next = next;
	osc_window_init(&side->state.window, side->state.window.size, peer_next);
	if (lost)
		osc_window_lose(&side->state.window);
}

static enum osc_err
write_sequence(const struct osc_new_context *c, struct osc_newdir *newdir)
{
	const struct osc_settings *s = &c->settings;
	struct osc_params params = osc_settings_view(s, OSC_ROLE_CLIENT);
	bool is_server = s->role == OSC_ROLE_SERVER;
	struct osc_sequence sequence;
	struct osc_buffer text = {0};
	struct osc_side_state *client, *server;
	enum osc_err err;

	err = osc_sequence_init(
	    &sequence, s->dialect, &params.sender_id, &params.recipient_id, s->window);
	if (err != OSC_OK)
		return err;
	client = is_server ? sequence.other : &sequence.mine;
	server = is_server ? &sequence.mine : sequence.other;
	if (client != NULL)
		set_side(client, c->client_seq, c->server_seq, c->server_window_lost);
	if (server != NULL)
		set_side(server, c->server_seq, c->client_seq, c->client_window_lost);
	osc_sequence_format(&sequence, &text);
	err = osc_newdir_file(newdir, OSC_SEQUENCE_FILE, 0600, &text);
	osc_buffer_free(&text);
	osc_sequence_free(&sequence);
	return err;
}

/* Everything but the name. */
static enum osc_err
prepare(const struct osc_new_context *context, const char *path, struct osc_newdir *newdir,
    struct osc_detail *detail)
{
	enum osc_err err = osc_newdir_start(newdir, path, detail);

	if (err == OSC_OK)
		err = write_settings(&context->settings, newdir);
	if (err == OSC_OK)
		err = write_secret(&context->settings, newdir);
	if (err == OSC_OK)
		err = write_sequence(context, newdir);
	return err == OSC_OK ? osc_newdir_sync(newdir) : err;
}

enum osc_err
osc_new_contexts_write(const struct osc_new_context *contexts, const char *const *paths, size_t n,
    size_t *made, struct osc_detail *detail)
{
	struct osc_newdir newdirs[OSC_NEW_MAX];
	enum osc_err err = OSC_OK;
	size_t begun = 0;

	assert(n >= 1 && n <= OSC_NEW_MAX);
	*made = 0;
	for (size_t i = 0; i < n && err == OSC_OK; i++)
		err = osc_new_context_check(&contexts[i], detail);
	while (err == OSC_OK && begun < n) {
		err = prepare(&contexts[begun], paths[begun], &newdirs[begun], detail);
		begun++;
	}
	while (err == OSC_OK && *made < n) {
		err = osc_newdir_place(&newdirs[*made]);
		if (err == OSC_OK)
			++*made;
	}
	for (size_t i = 0; i < begun; i++)
		osc_newdir_end(&newdirs[i], i < *made ? OSC_OK : err);
	return err;
}
