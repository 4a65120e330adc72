/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <stdlib.h>

#include "base/secret.h"
#include "session/endpoint.h"

/* The info structure holds no secret, only its length varies. */
static enum osc_err
derive(struct osc_endpoint *endpoint, struct osc_detail *detail)
{
	const struct osc_params *params = osc_store_params(endpoint->store);
	void *memory = osc_secret_alloc(osc_context_size(params->alg));
	uint8_t *scratch = malloc(OSC_INFO_MAX + params->id_context.len);
	enum osc_err err = OSC_OK;

	if (memory == NULL || scratch == NULL)
		err = osc_detail_set(detail, OSC_ENOMEM, NULL, "no memory");
	else
		osc_context_derive(&endpoint->context, memory, params, scratch);
	osc_store_forget_secret(endpoint->store);
	if (err != OSC_OK)
		osc_secret_free(memory, osc_context_size(params->alg));
	free(scratch);
	return err;
}

enum osc_err
osc_endpoint_open(struct osc_endpoint *endpoint, const char *path, enum osc_role role,
    unsigned flags, struct osc_detail *detail)
{
	static uint64_t serial;
	enum osc_err err;

	memset(endpoint, 0, sizeof(*endpoint));
	endpoint->serial = ++serial;
	endpoint->path = malloc(strlen(path) + 1);
	if (endpoint->path == NULL)
		return osc_detail_set(detail, OSC_ENOMEM, NULL, "no memory");
	memcpy(endpoint->path, path, strlen(path) + 1);
	err = osc_store_open(&endpoint->store, path, role, flags | OSC_STORE_STATIC, detail);
	if (err == OSC_OK) {
		osc_store_directory(endpoint->store, &endpoint->dev, &endpoint->ino);
		err = derive(endpoint, detail);
	}
	if (err != OSC_OK)
		osc_endpoint_close(endpoint);
	return err;
}

enum osc_err
osc_endpoint_look(struct osc_endpoint *endpoint, struct osc_detail *detail)
{
	enum osc_err err = OSC_OK;

	if (!endpoint->looked)
		err = osc_store_look(endpoint->store, detail);
	endpoint->looked = err == OSC_OK;
	return err;
}

void
osc_endpoint_close(struct osc_endpoint *endpoint)
{
	if (endpoint->context.alg != NULL)
		osc_secret_free(
		    endpoint->context.sender_key, osc_context_size(endpoint->context.alg));
	osc_store_close(&endpoint->store);
	free(endpoint->path);
	free(endpoint->twin);
	memset(endpoint, 0, sizeof(*endpoint));
}
