/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "base/secret.h"
#include "many.h"
#include "session/search.h"

#define CANDIDATES 150

static struct osc_endpoint *found[CANDIDATES + 1]; /* of the last search */
static struct osc_detail detail;
static size_t n;

/* find - up to max candidates; none: why not. Without candidates, or behind the last, the
 * verdict. */
static enum osc_err
find_some(struct osc_contexts *contexts, const char *kid, const char *kid_context, size_t max)
{
	struct osc_wanted what = wanted(kid, kid_context, contexts->role);
	struct osc_endpoint *endpoint;
	struct osc_search search;
	enum osc_err err = OSC_OK;

	n = 0;
	osc_search_init(&search, contexts, &what);
	while (n < max && (endpoint = osc_search_next(&search)) != NULL)
		found[n++] = endpoint;
	if (n < max)
		err = osc_search_verdict(&search);
	detail = search.detail;
	osc_search_free(&search);
	return err == OSC_ETAG ? OSC_OK : err;
}

static enum osc_err
find(struct osc_contexts *contexts, const char *kid, const char *kid_context)
{
	return find_some(contexts, kid, kid_context, CANDIDATES + 1);
}

static bool
is(const struct osc_endpoint *endpoint, const char *name)
{
	return strcmp(strrchr(endpoint->path, '/') + 1, name) == 0;
}

static enum osc_err
use(struct osc_contexts *contexts, struct osc_endpoint *endpoint)
{
	struct osc_wanted what = {
	    .kid = osc_id_slice(&osc_store_params(endpoint->store)->recipient_id)};

	return osc_contexts_use(contexts, endpoint, &what, &detail);
}

static void
start(struct osc_contexts *contexts)
{
	many_clear();
	osc_contexts_init(contexts, dir_path, OSC_ROLE_NONE, 0);
	osc_contexts_next_group(contexts);
}

static void
test_cid_format(void)
{
	static const struct {
		const char *kid, *kid_context, *name;
	} cases[] = {
	    {"", NULL, "_"},
	    {"", "", "_@_"},
	    {"01", NULL, "01"},
	    {"01", "", "01@_"},
	    {"", "37cb", "_@37cb"},
	    {"0aFF", "00", "0aff@00"},
	};
	static uint8_t longest[255];
	char name[OSC_CID_MAX];
	struct osc_wanted what;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		what = wanted(cases[i].kid, cases[i].kid_context, OSC_ROLE_NONE);
		osc_cid_format(name, &what);
		CHECK(strcmp(name, cases[i].name) == 0);
	}
	what.kid = what.kid_context = osc_slice(longest, sizeof(longest));
	osc_cid_format(name, &what);
	CHECK(strlen(name) == OSC_CID_MAX - 1);
}

static void
test_contexts_by_name(void)
{
	struct osc_contexts contexts;

	start(&contexts);
	many_pair("01", "ff", "01", NULL);
	many_pair("twin", "ff", "01", NULL);
	many_pair("01@aa", "ff", "01", "aa");
	many_pair("02", "ff", "03", NULL);
	CHECK(find_some(&contexts, "01", NULL, 1) == OSC_OK && n == 1 && is(found[0], "01"));
	CHECK(find_some(&contexts, "01", "aa", 1) == OSC_OK && n == 1 && is(found[0], "01@aa"));
	CHECK(!contexts.index.loaded && contexts.n == 2);
	/* a name that is that of another context */
	CHECK(find(&contexts, "03", NULL) == OSC_OK && n == 1 && is(found[0], "02"));
	CHECK(find(&contexts, "02", NULL) == OSC_EKID && n == 0);
	osc_contexts_close(&contexts);
}

/* The named one first, then the others; but names of other kids are taken at their word. */
static void
test_contexts_order(void)
{
	struct osc_contexts contexts;

	start(&contexts);
	many_other("0a", "ff", "0a", 1);
	many_other("0a-new", "ff", "0a", 2);
	many_other("0b", "ff", "0a", 3);
	many_other("a", "ff", "0a", 4);
	CHECK(find(&contexts, "0a", NULL) == OSC_OK && n == 3);
	CHECK(is(found[0], "0a") && is(found[1], "0a-new") && is(found[2], "a"));
	CHECK(use(&contexts, found[2]) == OSC_OK);
	CHECK(find(&contexts, "0a", NULL) == OSC_OK && n == 3);
	CHECK(is(found[0], "0a") && is(found[1], "a") && is(found[2], "0a-new"));
	CHECK(find_some(&contexts, "0a", NULL, 2) == OSC_OK && n == 2 && is(found[1], "a"));
	CHECK(rename(dir_name("0a"), dir_name("0a-old")) == 0);
	osc_contexts_next_group(&contexts);
	CHECK(find(&contexts, "0a", NULL) == OSC_OK && n == 4 && is(found[0], "a"));
	osc_contexts_close(&contexts);
}

/* Between two groups the tree may change in every way. */
static void
test_contexts_changes(void)
{
	struct osc_contexts contexts;
	const struct osc_endpoint *before;
	uint64_t serial;

	start(&contexts);
	many_other("01", "ff", "01", 1);
	CHECK(find(&contexts, "01", NULL) == OSC_OK && n == 1);
	before = found[0];
	serial = before->serial;
	CHECK(find(&contexts, "01", NULL) == OSC_OK && n == 1 && found[0] == before);
	/* another one comes */
	osc_contexts_next_group(&contexts);
	many_other("later", "ff", "01", 2);
	CHECK(find(&contexts, "01", NULL) == OSC_OK && n == 2 && is(found[1], "later"));
	CHECK(found[0] == before);
	/* one is replaced: noticed when it is used, or does not verify */
	osc_contexts_next_group(&contexts);
	CHECK(unlink(dir_name("01/settings.json")) == 0 && rmdir(dir_name("01")) == 0);
	many_other("01", "ff", "01", 3);
	CHECK(!osc_contexts_unchanged(before));
	CHECK(osc_contexts_drop(&contexts, found[0]) == OSC_OK);
	CHECK(find(&contexts, "01", NULL) == OSC_OK && n == 2 && found[0]->serial != serial);
	CHECK(osc_contexts_unchanged(found[0]));
	/* one is edited in place */
	serial = found[0]->serial;
	dir_write("01/settings.json",
	    "{\"sender-id_hex\": \"ff\", \"recipient-id_hex\": \"01\", \"secret_hex\": \"0a0b\"}");
	CHECK(!osc_contexts_unchanged(found[0]));
	CHECK(osc_contexts_drop(&contexts, found[0]) == OSC_OK);
	CHECK(find(&contexts, "01", NULL) == OSC_OK && n == 2 && found[0]->serial != serial);
	/* both go */
	osc_contexts_next_group(&contexts);
	many_clear();
	CHECK(osc_contexts_drop(&contexts, found[0]) == OSC_OK);
	CHECK(osc_contexts_drop(&contexts, found[1]) == OSC_OK);
	osc_contexts_next_group(&contexts);
	CHECK(find(&contexts, "01", NULL) == OSC_EKID && contexts.n == 0);
	osc_contexts_close(&contexts);
}

/* Whatever has the keys of one that is gone goes on from where that was. */
static void
test_contexts_past(void)
{
	struct osc_contexts contexts;
	enum osc_err expected[] = {OSC_EBACK, OSC_OK}, err;
	const char *const states[] = {
	    "{\"next-to-send\": 4, \"received\": {\"index\": 0, \"bitfield\": 3}}",
	    "{\"next-to-send\": 5, \"received\": {\"index\": 0, \"bitfield\": 7}}",
	};

	start(&contexts);
	many_pair("01", "ff", "01", NULL);
	dir_write("01/sequence.json",
	    "{\"next-to-send\": 5, \"received\": {\"index\": 0, \"bitfield\": 7}}");
	CHECK(find(&contexts, "01", NULL) == OSC_OK && n == 1);
	CHECK(osc_store_begin(found[0]->store, &detail) == OSC_OK);
	osc_store_end(found[0]->store);
	osc_store_rest(found[0]->store);
	for (size_t i = 0; i < 2; i++) {
		many_clear();
		many_pair("x", "ff", "01", NULL);
		dir_write("x/sequence.json", states[i]);
		/* the inode number may have been given to the new one */
		err = osc_store_begin(found[0]->store, &detail);
		CHECK(err == OSC_EGONE || err == OSC_ESETTINGS);
		CHECK(osc_contexts_drop(&contexts, found[0]) == OSC_OK);
		osc_contexts_next_group(&contexts);
		CHECK(find(&contexts, "01", NULL) == OSC_OK && n == 1 && is(found[0], "x"));
		CHECK(osc_store_begin(found[0]->store, &detail) == expected[i]);
		osc_store_end(found[0]->store);
		osc_store_rest(found[0]->store);
	}
	/* other keys have nothing to do with it */
	many_clear();
	many_other("01", "ff", "01", 9);
	CHECK(osc_contexts_drop(&contexts, found[0]) == OSC_OK);
	osc_contexts_next_group(&contexts);
	CHECK(find(&contexts, "01", NULL) == OSC_OK && n == 1);
	CHECK(osc_store_begin(found[0]->store, &detail) == OSC_OK);
	osc_contexts_close(&contexts);
}

static void
test_contexts_scan(void)
{
	struct osc_contexts contexts;

	start(&contexts);
	many_pair("a", "ff", "01", "aa");
	many_pair("b", "ff", "01", "bb");
	many_pair("c", "ff", "02", NULL);
	CHECK(find(&contexts, "01", NULL) == OSC_OK && n == 2);
	CHECK(find(&contexts, "01", NULL) == OSC_OK && n == 2);
	CHECK(find(&contexts, "01", "aa") == OSC_OK && n == 1 && is(found[0], "a"));
	CHECK(find(&contexts, "01", "bb") == OSC_OK && n == 1 && is(found[0], "b"));
	CHECK(find(&contexts, "01", "cc") == OSC_EKIDCONTEXT);
	CHECK(find(&contexts, "02", "aa") == OSC_EKIDCONTEXT);
	CHECK(find(&contexts, "03", "aa") == OSC_EKID);
	CHECK(contexts.n == 2);
	/* nothing is remembered of what was not found */
	many_pair("d", "ff", "03", "aa");
	osc_contexts_next_group(&contexts);
	CHECK(find(&contexts, "03", "aa") == OSC_OK && n == 1 && is(found[0], "d"));
	osc_contexts_close(&contexts);
}

static void
test_contexts_same_key(void)
{
	struct osc_contexts contexts;

	start(&contexts);
	many_pair("a", "ff", "01", NULL);
	many_pair("b", "fe", "01", NULL); /* the Recipient Key does not depend on the Sender ID */
	CHECK(find(&contexts, "01", NULL) == OSC_ETWIN && n == 1);
	CHECK(use(&contexts, found[0]) == OSC_ETWIN);
	CHECK(strstr(detail.path, dir_path) != NULL && strstr(detail.text, dir_path) != NULL);
	CHECK(strstr(detail.text, detail.path) == NULL);
	/* and when the other one is gone it is no twin any more */
	CHECK(rename(strstr(found[0]->path, "/a") != NULL ? dir_name("b") : dir_name("a"),
		  dir_name("gone")) == 0);
	CHECK(use(&contexts, found[0]) == OSC_OK);
	osc_contexts_close(&contexts);
	/* one directory by two names is one context */
	start(&contexts);
	many_pair("a", "ff", "01", NULL);
	CHECK(symlink("a", dir_name("b")) == 0);
	CHECK(find(&contexts, "01", NULL) == OSC_OK && n == 1);
	CHECK(find(&contexts, "01", NULL) == OSC_OK && n == 1 && contexts.n == 1);
	osc_contexts_close(&contexts);
}

static void
test_contexts_broken(void)
{
	struct osc_contexts contexts;

	start(&contexts);
	many_pair("a", "ff", "01", NULL);
	many_pair("b", "ff", "02", NULL);
	many_other("b2", "ff", "02", 2);
	many_pair("03", "ff", "03", NULL);
	many_pair("04", "ff", "05", NULL);
	many_pair("d", "ff", "04", NULL);
	dir_write("b/secret.json", "{");
	dir_write("03/secret.json", "{");
	dir_write("04/secret.json", "{");
	CHECK(find(&contexts, "01", NULL) == OSC_OK && n == 1);
	/* said if no other verifies the message */
	CHECK(find(&contexts, "02", NULL) == OSC_ECONTEXT && n == 1 && is(found[0], "b2"));
	CHECK(strcmp(detail.path, dir_name("b/secret.json")) == 0);
	CHECK(find(&contexts, "03", NULL) == OSC_ECONTEXT && n == 0);
	CHECK(find(&contexts, "04", NULL) == OSC_OK && n == 1 && is(found[0], "d"));
	osc_contexts_close(&contexts);
	osc_contexts_init(&contexts, dir_name("missing"), OSC_ROLE_NONE, 0);
	CHECK(osc_contexts_check(&contexts, &detail) == OSC_ECONTEXT);
	osc_contexts_next_group(&contexts);
	CHECK(find(&contexts, "01", NULL) == OSC_ECONTEXT);
	osc_contexts_close(&contexts);
}

static void
test_contexts_roles(void)
{
	enum osc_err other = OSC_EKIDROLE; /* for a role that was not asked for */
	struct osc_contexts contexts;

	many_clear();
	many_neutral("a", "0c", "05", NULL);
	many_neutral("0d", "0d", "06", NULL);
	for (int role = OSC_ROLE_NONE; role <= OSC_ROLE_SERVER; role++) {
		osc_contexts_init(&contexts, dir_path, (enum osc_role)role, 0);
		osc_contexts_next_group(&contexts);
		CHECK(find(&contexts, "0c", NULL) == (role == OSC_ROLE_SERVER ? OSC_OK : other));
		CHECK(find(&contexts, "0d", NULL) == (role == OSC_ROLE_SERVER ? OSC_OK : other));
		CHECK(find(&contexts, "05", NULL) == (role == OSC_ROLE_CLIENT ? OSC_OK : other));
		CHECK(find(&contexts, "0f", NULL) == OSC_EKID);
		osc_contexts_close(&contexts);
		other = OSC_EKID;
	}
	many_neutral("b", "0e", "07", "server");
	osc_contexts_init(&contexts, dir_path, OSC_ROLE_CLIENT, 0);
	CHECK(find(&contexts, "0e", NULL) == OSC_EROLE);
	osc_contexts_close(&contexts);
}

/* Those that a message has verified in, once each. */
static void
test_contexts_unwarned(void)
{
	struct osc_contexts contexts;
	struct osc_endpoint *endpoint;

	start(&contexts);
	for (unsigned i = 1; i <= 3; i++)
		many_pair(i == 1 ? "01"
			: i == 2 ? "02"
				 : "03",
		    "ff",
		    i == 1       ? "01"
			: i == 2 ? "02"
				 : "03",
		    NULL);
	CHECK(find(&contexts, "01", NULL) == OSC_OK && osc_contexts_unwarned(&contexts) == NULL);
	endpoint = found[0];
	CHECK(find(&contexts, "02", NULL) == OSC_OK);
	CHECK(use(&contexts, endpoint) == OSC_OK);
	CHECK(use(&contexts, endpoint) == OSC_OK);
	CHECK(use(&contexts, found[0]) == OSC_OK);
	CHECK(is(osc_contexts_unwarned(&contexts), "01"));
	CHECK(is(osc_contexts_unwarned(&contexts), "02"));
	CHECK(osc_contexts_unwarned(&contexts) == NULL);
	CHECK(use(&contexts, endpoint) == OSC_OK);
	CHECK(osc_contexts_unwarned(&contexts) == NULL);
	osc_contexts_close(&contexts);
}

static void
test_contexts_many_candidates(void)
{
	struct osc_contexts contexts;
	char name[8];

	start(&contexts);
	for (unsigned i = 0; i < CANDIDATES; i++) {
		(void)snprintf(name, sizeof(name), "a%02x", i);
		many_pair(name, "ff", "01", name + 1); /* each has keys of its own */
	}
	for (int again = 0; again < 2; again++)
		CHECK(find(&contexts, "01", NULL) == OSC_OK && n == CANDIDATES);
	for (unsigned i = 0; i < CANDIDATES; i++) {
		(void)snprintf(name, sizeof(name), "a%02x", i);
		CHECK(find(&contexts, "01", name + 1) == OSC_OK && n == 1 && is(found[0], name));
	}
	osc_contexts_close(&contexts);
}

int
main(void)
{
	osc_secret_init();
	dir_make();
	RUN(test_cid_format);
	RUN(test_contexts_by_name);
	RUN(test_contexts_order);
	RUN(test_contexts_changes);
	RUN(test_contexts_past);
	RUN(test_contexts_scan);
	RUN(test_contexts_same_key);
	RUN(test_contexts_broken);
	RUN(test_contexts_roles);
	RUN(test_contexts_unwarned);
	RUN(test_contexts_many_candidates);
	many_clear();
	dir_remove();
	return unit_end();
}
