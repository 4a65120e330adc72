/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "base/secret.h"
#include "compare.h"
#include "store/settings.h"

/* What must be equal on both sides, and who is who. */
enum difference {
	ALGORITHM,
	HASH,
	SECRET,
	SALT,
	ID_CONTEXT,
	FIRST_ID,  /* Sender ID of the first, Recipient ID of the second */
	SECOND_ID, /* the other way round */
	ROLE,
	DIFFERENCES,
};

static const char *const names[DIFFERENCES] = {"AEAD Algorithm", "HKDF Algorithm", "Master Secret",
    "Master Salt", "ID Context", "the Sender ID of the first and the Recipient ID of the second",
    "the Recipient ID of the first and the Sender ID of the second", NULL};

/* Secrets are compared by their hashes: how long that takes says nothing about them. */
static bool
same_secret(struct osc_slice a, struct osc_slice b, bool *failed)
{
	uint8_t hash_a[OSC_HASH_SIZE], hash_b[OSC_HASH_SIZE];

	if (!osc_secret_hash(hash_a, a.ptr, a.len) || !osc_secret_hash(hash_b, b.ptr, b.len))
		*failed = true;
	return memcmp(hash_a, hash_b, sizeof(hash_a)) == 0;
}

static unsigned
find(const struct osc_params *a, const struct osc_params *b, bool *failed)
{
	unsigned found = 0;

	if (a->alg != b->alg)
		found |= 1U << ALGORITHM;
	if (a->hash != b->hash)
		found |= 1U << HASH;
	if (!same_secret(a->master_secret, b->master_secret, failed))
		found |= 1U << SECRET;
	if (!same_secret(a->master_salt, b->master_salt, failed))
		found |= 1U << SALT;
	if (!osc_slice_same(a->id_context, b->id_context))
		found |= 1U << ID_CONTEXT;
	if (!osc_slice_equal(osc_id_slice(&a->sender_id), osc_id_slice(&b->recipient_id)))
		found |= 1U << FIRST_ID;
	if (!osc_slice_equal(osc_id_slice(&a->recipient_id), osc_id_slice(&b->sender_id)))
		found |= 1U << SECOND_ID;
	return found;
}

static unsigned
count(unsigned set)
{
	unsigned n = 0;

	for (; set != 0; set &= set - 1)
		n++;
	return n;
}

/* Both would send with one Sender ID; IDs alone do not differ then. */
static bool
is_one_side(const struct osc_params *a, const struct osc_params *b)
{
	return osc_slice_equal(osc_id_slice(&a->sender_id), osc_id_slice(&b->sender_id)) &&
	    osc_slice_equal(osc_id_slice(&a->recipient_id), osc_id_slice(&b->recipient_id));
}

static void
put_differences(struct osc_buffer *out, unsigned found, bool one_side)
{
	const unsigned ids = 1U << FIRST_ID | 1U << SECOND_ID;
	const char *comma = "";
	unsigned n = count(found), left = n;

	if (one_side && (found & ids) == ids) {
		osc_buffer_text(out, "both are the same side, with one Sender ID");
		found &= ~(ids | 1U << ROLE);
		left = count(found);
		comma = left > 0 ? "; " : "";
	} else if ((found & 1U << ROLE) != 0) {
		osc_buffer_text(out, "both are pinned to one role");
		found &= ~(1U << ROLE);
		left = count(found);
		comma = left > 0 ? "; " : "";
	}
	n = left;
	for (unsigned i = 0; i < DIFFERENCES; i++) {
		if ((found & 1U << i) == 0)
			continue;
		osc_buffer_print(out, "%s%s", comma, names[i]);
		left--;
		comma = left == 1 ? " and " : ", ";
	}
	if (n > 0)
		osc_buffer_text(out, n == 1 && (found & ids) == 0 ? " differs" : " differ");
	osc_buffer_text(out, "; else they match");
}

/* The views that a directory allows: one, or that of either side. */
static size_t
views(struct osc_params params[static 2], const struct osc_store *store, enum osc_role role)
{
	const struct osc_settings *settings = osc_store_settings(store);
	bool both = settings->dialect == OSC_DIALECT_ROLE && settings->role == OSC_ROLE_NONE &&
	    role == OSC_ROLE_NONE;

	params[0] = osc_settings_view(settings, both ? OSC_ROLE_CLIENT : role);
	params[1] = osc_params_mirror(&params[0]);
	return both ? 2 : 1;
}

enum osc_err
compare(struct osc_buffer *out, const struct osc_store *const stores[static 2],
    const char *const paths[static 2], enum osc_role role, bool *ends)
{
	enum osc_role first = osc_store_settings(stores[0])->role;
	enum osc_role second = osc_store_settings(stores[1])->role;
	struct osc_params a[2], b[2];
	size_t n_a = views(a, stores[0], role), n_b = views(b, stores[1], OSC_ROLE_NONE);
	unsigned best = ~0U, found;
	bool failed = false, one_side = false;

	for (size_t i = 0; i < n_a; i++)
		for (size_t j = 0; j < n_b; j++) {
			found = find(&a[i], &b[j], &failed);
			if (best != ~0U && count(found) >= count(best))
				continue;
			best = found;
			one_side = is_one_side(&a[i], &b[j]);
		}
	if (first != OSC_ROLE_NONE && first == second)
		best |= 1U << ROLE;
	*ends = best == 0;
	osc_buffer_print(out, "%s and %s are %sthe two ends of one context", paths[0], paths[1],
	    *ends ? "" : "not ");
	if (!*ends) {
		osc_buffer_text(out, ": ");
		put_differences(out, best, one_side);
	}
	if (osc_store_settings(stores[0])->rederive != osc_store_settings(stores[1])->rederive)
		osc_buffer_print(out, "; only %s has \"rederive\"",
		    paths[osc_store_settings(stores[0])->rederive ? 0 : 1]);
	osc_buffer_text(out, "\n");
	return failed || out->full ? OSC_ENOMEM : OSC_OK;
}
