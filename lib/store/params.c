/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <stdlib.h>

#include "base/secret.h"
#include "store/settings.h"

/* OSCORE option: flags, Partial IV and the length of the kid context take 7 bytes of 255. */
#define OPTION_FOR_IDS (OSC_OPTION_MAX - 7)

static enum osc_err
check_id(const struct osc_settings *s, const struct osc_id *id, const char *name,
    struct osc_detail *detail)
{
	if (id->len <= osc_alg_id_max(s->alg))
		return OSC_OK;
	return osc_detail_set(detail, OSC_ECONTEXT, NULL,
	    "\"%s\" is longer than %zu bytes, the limit of %s", name, osc_alg_id_max(s->alg),
	    s->alg->name);
}

enum osc_err
osc_settings_check(const struct osc_settings *settings, struct osc_detail *detail)
{
	bool pair = settings->dialect == OSC_DIALECT_PAIR;
	const char *first = pair ? "sender-id" : "client-sender-id";
	const char *second = pair ? "recipient-id" : "server-sender-id";
	enum osc_err err;

	err = check_id(settings, &settings->first, first, detail);
	if (err == OSC_OK)
		err = check_id(settings, &settings->second, second, detail);
	if (err != OSC_OK)
		return err;
	if (osc_slice_equal(osc_id_slice(&settings->first), osc_id_slice(&settings->second)))
		return osc_detail_set(detail, OSC_ECONTEXT, NULL,
		    "\"%s\" and \"%s\" are equal: both sides would use the same key", first,
		    second);
	if (settings->secret_len < 1 || settings->secret_len > OSC_SECRET_MAX)
		return osc_detail_set(
		    detail, OSC_ECONTEXT, NULL, "\"secret\" is not 1..255 bytes long");
	if (settings->salt_len > OSC_SECRET_MAX)
		return osc_detail_set(
		    detail, OSC_ECONTEXT, NULL, "\"salt\" is longer than 255 bytes");
	if (settings->window < 1 || settings->window > OSC_WINDOW_MAX)
		return osc_detail_set(detail, OSC_ECONTEXT, NULL, "\"window\" is not in 1..4096");
	return OSC_OK;
}

static enum osc_err
check_role(const struct osc_settings *s, enum osc_role role, struct osc_detail *detail)
{
	static const char *const names[] = {
	    [OSC_ROLE_NONE] = "", [OSC_ROLE_CLIENT] = "client", [OSC_ROLE_SERVER] = "server"};

	if (s->pinned != OSC_ROLE_NONE && role != OSC_ROLE_NONE && role != s->pinned) {
		osc_detail_set(detail, OSC_EROLE, NULL,
		    "this directory is for the %s, not for the %s", names[s->pinned], names[role]);
		osc_detail_hint(detail,
		    "in the wrong role this machine would use the numbers and keys of the other "
		    "side: leave --role out");
		return OSC_EROLE;
	}
	if (s->dialect == OSC_DIALECT_ROLE && s->pinned == OSC_ROLE_NONE && role == OSC_ROLE_NONE) {
		osc_detail_set(detail, OSC_ENOROLE, NULL,
		    "this directory serves client and server: say which one this machine is");
		osc_detail_hint(detail, "add --role client or --role server");
		return OSC_ENOROLE;
	}
	return OSC_OK;
}

void
osc_settings_ids(const struct osc_settings *settings, enum osc_role role, struct osc_id *own,
    struct osc_id *peer)
{
	enum osc_role side = settings->pinned != OSC_ROLE_NONE ? settings->pinned : role;
	bool swap = settings->dialect == OSC_DIALECT_ROLE && side == OSC_ROLE_SERVER;

	*own = swap ? settings->second : settings->first;
	*peer = swap ? settings->first : settings->second;
}

enum osc_err
osc_settings_params(const struct osc_settings *settings, enum osc_role role,
    struct osc_params *params, struct osc_detail *detail)
{
	enum osc_err err = check_role(settings, role, detail);

	if (err != OSC_OK)
		return err;
	*params = (struct osc_params){
	    .alg = settings->alg,
	    .hash = settings->hash,
	    .master_secret = osc_slice(settings->secret, settings->secret_len),
	    .master_salt = osc_slice(settings->secret + settings->secret_len, settings->salt_len),
	    .id_context = osc_slice(settings->id_context, settings->id_context_len),
	};
	osc_settings_ids(settings, role, &params->sender_id, &params->recipient_id);
	return OSC_OK;
}

bool
osc_settings_long_context(const struct osc_params *params)
{
	return osc_is_present(params->id_context) &&
	    params->id_context.len + params->sender_id.len > OPTION_FOR_IDS;
}

void
osc_settings_wipe(struct osc_settings *settings)
{
	osc_secret_free(settings->secret, settings->secret_room);
	free(settings->id_context);
	settings->secret = NULL;
	settings->id_context = NULL;
	settings->secret_len = settings->salt_len = settings->id_context_len = 0;
}
