/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "base/secret.h"
#include "many.h"
#include "session/contexts.h"

#define CANDIDATES 150

static struct osc_endpoint *const *found; /* of the last search */
static struct osc_detail detail;
static size_t n;

static enum osc_err
find(struct osc_contexts *contexts, const char *kid, const char *kid_context)
{
	struct osc_wanted what = wanted(kid, kid_context, contexts->role);
	enum osc_err err;

	memset(&detail, 0, sizeof(detail));
	err = osc_contexts_find(contexts, &what, &detail);
	found = contexts->found;
	n = contexts->n_found;
	return err;
}

static bool
is(const struct osc_endpoint *endpoint, const char *name)
{
	return strcmp(strrchr(endpoint->path, '/') + 1, name) == 0;
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
	CHECK(find(&contexts, "01", NULL) == OSC_OK && n == 1 && is(found[0], "01"));
	CHECK(find(&contexts, "01", "aa") == OSC_OK && n == 1 && is(found[0], "01@aa"));
	CHECK(!contexts.have_index && contexts.n == 2);
	/* remembered, even when the directory is gone */
	CHECK(rename(dir_name("01"), dir_name("x")) == 0);
	CHECK(find(&contexts, "01", NULL) == OSC_OK && n == 1 && is(found[0], "01"));
	/* a name that is that of another context */
	CHECK(find(&contexts, "03", NULL) == OSC_OK && n == 1 && is(found[0], "02"));
	CHECK(find(&contexts, "02", NULL) == OSC_EKID && n == 0);
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
	CHECK(find(&contexts, "01", NULL) == OSC_ETWIN);
	CHECK(strstr(detail.path, dir_path) != NULL && strstr(detail.text, dir_path) != NULL);
	CHECK(strstr(detail.text, detail.path) == NULL);
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
	many_pair("03", "ff", "03", NULL);
	many_pair("04", "ff", "05", NULL);
	many_pair("d", "ff", "04", NULL);
	dir_write("b/sequence.json", "{");
	dir_write("03/sequence.json", "{");
	dir_write("04/sequence.json", "{");
	CHECK(find(&contexts, "01", NULL) == OSC_OK && n == 1);
	CHECK(find(&contexts, "02", NULL) == OSC_ESTATE);
	CHECK(find(&contexts, "03", NULL) == OSC_ESTATE);
	CHECK(find(&contexts, "04", NULL) == OSC_OK && n == 1 && is(found[0], "d"));
	osc_contexts_close(&contexts);
	osc_contexts_init(&contexts, dir_name("missing"), OSC_ROLE_NONE, 0);
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

static void
test_contexts_limit(void)
{
	struct osc_contexts contexts;
	char name[8];

	start(&contexts);
	for (unsigned i = 0; i < 32; i++) {
		(void)snprintf(name, sizeof(name), "%02x", i);
		many_pair(name, "ff", name, NULL);
	}
	contexts.limit = 8;
	for (unsigned i = 0; i < 32; i++) {
		(void)snprintf(name, sizeof(name), "%02x", i);
		osc_contexts_next_group(&contexts);
		CHECK(!osc_contexts_full(&contexts));
		CHECK(find(&contexts, name, NULL) == OSC_OK && n == 1 && is(found[0], name));
		/* 00 is in use all the time, so it stays */
		CHECK(find(&contexts, "00", NULL) == OSC_OK && n == 1 && is(found[0], "00"));
		CHECK(contexts.n <= 9);
	}
	/* within a group nothing is closed */
	for (unsigned i = 0; i < 32; i++) {
		(void)snprintf(name, sizeof(name), "%02x", i);
		CHECK(find(&contexts, name, NULL) == OSC_OK);
	}
	CHECK(contexts.n == 32 && osc_contexts_full(&contexts));
	osc_contexts_next_group(&contexts);
	CHECK(contexts.n == 4);
	osc_contexts_close(&contexts);
	CHECK(contexts.n == 0 && contexts.open == NULL);
}

static void
test_contexts_unwarned(void)
{
	struct osc_contexts contexts;
	struct osc_endpoint *endpoint;
	unsigned count = 0;

	start(&contexts);
	many_pair("01", "ff", "01", NULL);
	many_pair("02", "ff", "02", NULL);
	many_pair("03", "ff", "03", NULL);
	CHECK(osc_contexts_unwarned(&contexts) == NULL);
	CHECK(find(&contexts, "01", NULL) == OSC_OK && find(&contexts, "02", NULL) == OSC_OK);
	while ((endpoint = osc_contexts_unwarned(&contexts)) != NULL && count < 10) {
		CHECK(is(endpoint, count == 0 ? "01" : "02"));
		endpoint->warned = true;
		count++;
	}
	CHECK(count == 2);
	CHECK(find(&contexts, "01", NULL) == OSC_OK && osc_contexts_unwarned(&contexts) == NULL);
	CHECK(find(&contexts, "03", NULL) == OSC_OK);
	CHECK(is(osc_contexts_unwarned(&contexts), "03"));
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
		many_pair(name, "ff", "01", name + 1);
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
	if (!osc_secret_init())
		return EXIT_FAILURE;
	dir_make();
	RUN(test_cid_format);
	RUN(test_contexts_by_name);
	RUN(test_contexts_scan);
	RUN(test_contexts_same_key);
	RUN(test_contexts_broken);
	RUN(test_contexts_roles);
	RUN(test_contexts_limit);
	RUN(test_contexts_unwarned);
	RUN(test_contexts_many_candidates);
	many_clear();
	dir_remove();
	return unit_end();
}
