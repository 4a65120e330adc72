/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <stdlib.h>

#include "session/group.h"
#include "session/peek.h"

void
osc_session_init(struct osc_session *session, const struct osc_session_options *options)
{
	memset(session, 0, sizeof(*session));
	session->options = *options;
	if (options->many)
		osc_contexts_init(&session->contexts, options->directory, options->role,
		    osc_session_flags(options));
	if (options->many && options->dry_run)
		osc_contexts_in_memory(&session->contexts);
}

enum osc_err
osc_session_open(struct osc_session *session, bool any_role, struct osc_detail *detail)
{
	const struct osc_session_options *options = &session->options;
	unsigned flags = osc_session_flags(options);
	enum osc_err err;

	if (options->directory == NULL)
		return OSC_OK;
	session->contexts.any_role = any_role;
	if (options->many)
		return osc_contexts_check(&session->contexts, detail);
	err = osc_endpoint_open(&session->one, options->directory, options->role, flags, detail);
	if (err == OSC_ENOROLE && any_role)
		err = osc_endpoint_open(
		    &session->one, options->directory, OSC_ROLE_CLIENT, flags, detail);
	session->opened = err == OSC_OK;
	if (err == OSC_OK && options->rederive && !osc_endpoint_rederives(&session->one)) {
		err = osc_detail_set(detail, OSC_ECONTEXT, options->directory,
		    "the keys of this context are not to be derived anew: no \"rederive\"");
		osc_detail_hint(detail, "both sides need \"rederive\": true in settings.json");
	}
	return err;
}

const struct osc_endpoint *
osc_session_unwarned(struct osc_session *session)
{
	if (session->options.many)
		return osc_contexts_unwarned(&session->contexts);
	if (!session->opened || session->one.warned)
		return NULL;
	session->one.warned = true;
	return &session->one;
}

void
osc_session_close(struct osc_session *session)
{
	osc_endpoint_close(&session->one);
	osc_contexts_close(&session->contexts);
	osc_receipts_free(&session->receipts);
	osc_peeked_free(session->peeked);
	osc_buffer_free(&session->edited);
	osc_buffer_free(&session->out);
	osc_buffer_free(&session->replies);
	osc_buffer_free(&session->texts);
	osc_buffer_free(&session->scratch);
	osc_works_free(session);
	free(session->work);
	free(session->jobs);
	free(session->receiving);
	free(session->held);
	free(session->commits);
	memset(session, 0, sizeof(*session));
}
