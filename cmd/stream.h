/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_CMD_STREAM_H
#define OSC_CMD_STREAM_H

#include "message/frame.h"
#include "session/session.h"

/*
 * The way of messages through a program: read a group, let the session process
 * it, report what is refused, write the rest, until the input ends.
 */

struct stream_options {
	const char *file;   /* NULL or "-": standard input */
	const char *output; /* FILE of -o; NULL: standard output */
	const char *reply;  /* FILE of --error-reply; NULL: none */
	char *request;      /* FILE of --request; NULL: none */
	enum osc_format from, to;
	bool to_given;
	bool payload_allowed; /* as an output format */
	bool peek;            /* the messages are only looked at */
	bool fail;            /* status 9 if a verified answer is an error */
	bool show_secrets;    /* in the derivation: keys and plaintext */
	struct osc_session_options session;
};

typedef enum osc_err stream_process(struct osc_session *session, struct osc_item *items, size_t n,
    size_t *done, struct osc_detail *detail);

/* stream_run - returns the exit status; everything that went wrong has been said */
int stream_run(const struct stream_options *options, stream_process *process);

#endif
