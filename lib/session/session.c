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
}

enum osc_err
osc_session_check_role(struct osc_session *session, struct osc_detail *detail)
{
	const struct osc_session_options *options = &session->options;
	enum osc_err err;

	if (options->role != OSC_ROLE_NONE || options->many)
		return OSC_OK;
	/* Input may block from here on: without need no key comes into memory. */
	if (!osc_index_serves_both(options->directory))
		return OSC_OK;
	err = osc_endpoint_open(
	    &session->one, options->directory, OSC_ROLE_NONE, osc_session_flags(options), detail);
	session->opened = err == OSC_OK;
	/* Other errors are reported in their order, behind those of the message. */
	return err == OSC_ENOROLE ? err : OSC_OK;
}

const struct osc_report *
osc_session_report(const struct osc_session *session, size_t i)
{
	return &session->work[i].report;
}

const struct osc_endpoint *
osc_session_unwarned(struct osc_session *session)
{
	struct osc_endpoint *endpoint = NULL;

	if (session->options.many)
		endpoint = osc_contexts_unwarned(&session->contexts);
	else if (session->opened && !session->one.warned)
		endpoint = &session->one;
	if (endpoint != NULL)
		endpoint->warned = true;
	return endpoint;
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
	osc_buffer_free(&session->scratch);
	free(session->work);
	free(session->jobs);
	free(session->held);
	memset(session, 0, sizeof(*session));
}
