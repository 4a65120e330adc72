/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <stdlib.h>
#include <sys/stat.h>

#include "base/secret.h"
#include "session/endpoint.h"
#include "store/rederived.h"
#include "store/settings.h"

static uint64_t
next_serial(void)
{
	static uint64_t serial;

	return ++serial;
}

/* The info structure holds no secret, only its length varies. */
static bool
derive(struct osc_context *context, const struct osc_params *params)
{
	void *memory = osc_secret_alloc(osc_context_size(params->alg));
	uint8_t *scratch = malloc(OSC_INFO_MAX + params->id_context.len);
	bool ok = memory != NULL && scratch != NULL;

	if (ok)
		osc_context_derive(context, memory, params, scratch);
	else
		osc_secret_free(memory, osc_context_size(params->alg));
	free(scratch);
	return ok;
}

static enum osc_err
derive_base(struct osc_endpoint *endpoint, struct osc_detail *detail)
{
	bool ok = derive(&endpoint->context, osc_store_params(endpoint->store));

	osc_store_forget_secret(endpoint->store);
	if (!ok)
		return osc_detail_set(detail, OSC_ENOMEM, NULL, "no memory");
	endpoint->base_serial = next_serial();
	osc_endpoint_activate(endpoint, NULL, false);
	return OSC_OK;
}

bool
osc_endpoint_is_there(const struct osc_endpoint *endpoint)
{
	struct stat st;

	return stat(endpoint->path, &st) == 0 && st.st_dev == endpoint->dev &&
	    st.st_ino == endpoint->ino;
}

struct osc_keys *
osc_endpoint_keys(struct osc_endpoint *endpoint, struct osc_slice id_context)
{
	struct osc_params params = *osc_store_params(endpoint->store);
	struct osc_keys *keys = endpoint->derived;
	struct osc_slice wrapped;

	while (keys != NULL && !osc_slice_equal(osc_slice(keys->id, keys->id_len), id_context))
		keys = keys->next;
	if (keys != NULL)
		return keys;
	keys = calloc(1, sizeof(*keys) + id_context.len);
	if (keys == NULL)
		return NULL;
	osc_copy(keys->id, id_context.ptr, id_context.len);
	keys->id_len = id_context.len;
	params.id_context = osc_slice(keys->id, keys->id_len);
	if (!derive(&keys->context, &params)) {
		free(keys);
		return NULL;
	}
	if (id_context.len > 0 && id_context.len <= OSC_REDERIVE_ID_MAX) {
		wrapped =
		    osc_slice(keys->wrapped, osc_rederive_wrap(keys->wrapped, params.id_context));
		keys->context.wrapped[OSC_SIDE_OWN] = keys->context.wrapped[OSC_SIDE_PEER] =
		    wrapped;
	}
	keys->serial = next_serial();
	keys->next = endpoint->derived;
	endpoint->derived = keys;
	return keys;
}

static void
free_first(struct osc_endpoint *endpoint)
{
	struct osc_keys *keys = endpoint->derived;

	endpoint->derived = keys->next;
	osc_secret_free(keys->context.sender_key, osc_context_size(endpoint->context.alg));
	free(keys);
}

void
osc_endpoint_forget(struct osc_endpoint *endpoint)
{
	while (endpoint->derived != NULL)
		free_first(endpoint);
	osc_endpoint_activate(endpoint, NULL, false);
}

void
osc_endpoint_drop(struct osc_endpoint *endpoint, struct osc_keys *keys)
{
	osc_endpoint_activate(endpoint, NULL, false);
	if (keys == endpoint->derived && !keys->kept)
		free_first(endpoint);
}

void
osc_endpoint_activate(struct osc_endpoint *endpoint, struct osc_keys *keys, bool wraps)
{
	endpoint->active = keys != NULL ? &keys->context : &endpoint->context;
	endpoint->joined = false;
	endpoint->serial = keys != NULL ? keys->serial : endpoint->base_serial;
	if (keys != NULL)
		keys->context.wraps = wraps;
}

void
osc_endpoint_join(struct osc_endpoint *endpoint, const struct osc_keys *first,
    struct osc_keys *second, enum osc_side asker, struct osc_slice r2)
{
	osc_rederive_join(&second->joined, first != NULL ? &first->context : &endpoint->context,
	    &second->context, asker, r2);
	endpoint->active = &second->joined;
	endpoint->joined = true;
	endpoint->serial = next_serial();
}

enum osc_err
osc_endpoint_choose(struct osc_endpoint *endpoint)
{
	const struct osc_epoch *current;
	struct osc_keys *keys = NULL;

	if (!osc_endpoint_rederives(endpoint))
		return OSC_OK;
	current = &osc_store_rederived(endpoint->store)->current;
	osc_store_use(endpoint->store, NULL);
	if (current->there && !current->base) {
		keys = osc_endpoint_keys(endpoint, osc_epoch_id(current));
		if (keys == NULL)
			return OSC_ENOMEM;
	}
	osc_endpoint_activate(endpoint, keys, false);
	return OSC_OK;
}

enum osc_err
osc_endpoint_open(struct osc_endpoint *endpoint, const char *path, enum osc_role role,
    unsigned flags, struct osc_detail *detail)
{
	enum osc_err err;

	memset(endpoint, 0, sizeof(*endpoint));
	err = osc_store_open(&endpoint->store, path, role, flags | OSC_STORE_STATIC, detail);
	if (err == OSC_OK) {
		endpoint->path = osc_store_path(endpoint->store);
		endpoint->rederives = osc_store_settings(endpoint->store)->rederive;
		osc_store_directory(endpoint->store, &endpoint->dev, &endpoint->ino);
		err = derive_base(endpoint, detail);
	}
	if (err != OSC_OK)
		osc_endpoint_close(endpoint);
	return err;
}

enum osc_err
osc_endpoint_look(struct osc_endpoint *endpoint, struct osc_detail *detail)
{
	enum osc_err err = OSC_OK;

	if (!endpoint->looked || (osc_endpoint_rederives(endpoint) && !endpoint->held)) {
		err = osc_store_look(endpoint->store, detail);
		if (err == OSC_OK)
			err = osc_endpoint_choose(endpoint);
	}
	endpoint->looked = err == OSC_OK;
	return err;
}

void
osc_endpoint_close(struct osc_endpoint *endpoint)
{
	osc_endpoint_forget(endpoint);
	if (endpoint->context.alg != NULL)
		osc_secret_free(
		    endpoint->context.sender_key, osc_context_size(endpoint->context.alg));
	osc_store_close(&endpoint->store);
	free(endpoint->twin);
	memset(endpoint, 0, sizeof(*endpoint));
}
