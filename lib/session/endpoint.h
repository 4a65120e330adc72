/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_SESSION_ENDPOINT_H
#define OSC_SESSION_ENDPOINT_H

#include <sys/types.h>

#include "core/context.h"
#include "store/store.h"

/* A context directory in use: its store and the keys derived from it. */
struct osc_endpoint {
	char *path;
	dev_t dev; /* with ino: which directory it is, whatever its name */
	ino_t ino;
	struct osc_store *store;
	struct osc_context context;
	bool settled;  /* it is no copy, or its move is noted: it may be used */
	bool held;     /* its lock is held, for the group under way */
	bool warned;   /* its warnings have been said */
	uint64_t used; /* serial number of the group that used it last */
};

/*
 * osc_endpoint_open - open a directory and derive its keys
 *
 * flags  enum osc_store_flag
 *
 * Takes no lock and changes nothing. Returns OSC_OK, or what osc_store_open
 * returns; *endpoint is all zero then.
 */
enum osc_err osc_endpoint_open(struct osc_endpoint *endpoint, const char *path, enum osc_role role,
    unsigned flags, struct osc_detail *detail);

/*
 * osc_endpoint_settle - once before the first use: is it a copy?
 *
 * With moved, the state is written at once, whatever becomes of the messages:
 * the next run must not need it again. With look, only the question is
 * answered. Returns OSC_OK, OSC_ECOPY, or the errors of begin and commit.
 */
enum osc_err osc_endpoint_settle(
    struct osc_endpoint *endpoint, bool moved, bool look, struct osc_detail *detail);

/* osc_endpoint_close - unlock, wipe, free; an endpoint of all zero is allowed */
void osc_endpoint_close(struct osc_endpoint *endpoint);

#endif
