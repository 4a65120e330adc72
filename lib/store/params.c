/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <stdlib.h>

#include "base/secret.h"
#include "store/settings.h"

/* OSCORE option: flags, Partial IV and the length of the kid context take 7 bytes of 255. */
#define OPTION_FOR_IDS (OSC_OPTION_MAX - 7)

static enum osc_err
check_id(
    const struct osc_alg *alg, const struct osc_id *id, const char *name, struct osc_detail *detail)
{
	if (id->len <= osc_alg_id_max(alg))
		return OSC_OK;
	return osc_detail_set(detail, OSC_ECONTEXT, NULL,
	    "\"%s\" is longer than %zu bytes, the limit of %s", name, osc_alg_id_max(alg),
	    alg->name);
}

enum osc_err
osc_settings_check(const struct osc_settings *settings, struct osc_detail *detail)
{
	const struct osc_params *params = &settings->params;
	bool pair = settings->dialect == OSC_DIALECT_PAIR;
	const char *first = pair ? "sender-id" : "client-sender-id";
	const char *second = pair ? "recipient-id" : "server-sender-id";
	enum osc_err err;

	err = check_id(params->alg, &params->sender_id, first, detail);
	if (err == OSC_OK)
		err = check_id(params->alg, &params->recipient_id, second, detail);
	if (err != OSC_OK)
		return err;
	if (osc_slice_equal(osc_id_slice(&params->sender_id), osc_id_slice(&params->recipient_id)))
		return osc_detail_set(detail, OSC_ECONTEXT, NULL,
		    "\"%s\" and \"%s\" are equal: both sides would use the same key", first,
		    second);
	if (params->master_secret.len < 1 || params->master_secret.len > OSC_SECRET_MAX)
		return osc_detail_set(
		    detail, OSC_ECONTEXT, NULL, "\"secret\" is not 1..255 bytes long");
	if (params->master_salt.len > OSC_SECRET_MAX)
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

	if (s->role != OSC_ROLE_NONE && role != OSC_ROLE_NONE && role != s->role)
		return osc_detail_set(detail, OSC_EROLE, NULL,
		    "this directory is for the %s, not for the %s", names[s->role], names[role]);
	if (s->dialect == OSC_DIALECT_ROLE && s->role == OSC_ROLE_NONE && role == OSC_ROLE_NONE)
		return osc_detail_set(detail, OSC_ENOROLE, NULL,
		    "this directory serves client and server: say which one this machine is");
	return OSC_OK;
}

struct osc_params
osc_settings_view(const struct osc_settings *settings, enum osc_role role)
{
	enum osc_role side = settings->role != OSC_ROLE_NONE ? settings->role : role;

	if (settings->dialect == OSC_DIALECT_ROLE && side == OSC_ROLE_SERVER)
		return osc_params_mirror(&settings->params);
	return settings->params;
}

enum osc_err
osc_settings_params(const struct osc_settings *settings, enum osc_role role,
    struct osc_params *params, struct osc_detail *detail)
{
	enum osc_err err = check_role(settings, role, detail);

	if (err == OSC_OK)
		*params = osc_settings_view(settings, role);
	return err;
}

bool
osc_settings_long_context(const struct osc_params *params)
{
	return osc_is_present(params->id_context) &&
	    params->id_context.len + params->sender_id.len > OPTION_FOR_IDS;
}

void
osc_settings_forget(struct osc_settings *settings)
{
	osc_secret_free(settings->loaded.secret, settings->loaded.secret_size);
	settings->loaded.secret = NULL;
	settings->params.master_secret = settings->params.master_salt = osc_slice(NULL, 0);
}

void
osc_settings_wipe(struct osc_settings *settings)
{
	osc_settings_forget(settings);
	free(settings->loaded.id_context);
	settings->loaded.id_context = NULL;
	settings->params.id_context = OSC_ABSENT;
}
