/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "base/secret.h"
#include "many.h"

static struct osc_detail detail;

/* found - the names that fit, sorted, with a blank behind each */
static const char *
found(const struct osc_index *index, struct osc_wanted what)
{
	static char names[400];
	const struct osc_index_entry *entry = NULL;
	size_t n = 0, len = 0;
	const char *list[16];

	while ((entry = osc_index_next(index, &what, entry)) != NULL && n < 16) {
		list[n] = strrchr(entry->path, '/') + 1;
		for (size_t k = n; k > 0 && strcmp(list[k - 1], list[k]) > 0; k--) {
			const char *other = list[k];

			list[k] = list[k - 1];
			list[k - 1] = other;
		}
		n++;
	}
	names[0] = '\0';
	for (size_t i = 0; i < n && len < sizeof(names); i++)
		len += (size_t)snprintf(names + len, sizeof(names) - len, "%s ", list[i]);
	return names;
}

static bool
finds(const struct osc_index *index, struct osc_wanted what, const char *names)
{
	const char *got = found(index, what);

	if (strcmp(got, names) == 0)
		return true;
	printf("# got '%s', not '%s'\n", got, names);
	return false;
}

static void
load(struct osc_index *index)
{
	bool changed;

	osc_index_init(index, dir_path);
	CHECK(osc_index_load(index, &changed, &detail) == OSC_OK);
	CHECK(osc_index_read(index, OSC_ABSENT, &detail) == OSC_OK);
}

/* fails - a directory that is none */
static bool
fails(const char *directory)
{
	struct osc_index index;
	bool changed;

	osc_index_init(&index, directory);
	return osc_index_load(&index, &changed, &detail) == OSC_ECONTEXT && index.n == 0;
}

static bool
knows(const struct osc_index *index, size_t n)
{
	size_t known = 0;

	for (size_t i = 0; i < index->n; i++)
		known += index->entries[i]->known;
	return known == n;
}

static void
test_index_empty(void)
{
	struct osc_index index;

	many_clear();
	load(&index);
	CHECK(index.n == 0 && finds(&index, wanted("", NULL, OSC_ROLE_NONE), ""));
	osc_index_free(&index);
	CHECK(fails(dir_name("missing")) && strstr(detail.path, "missing") != NULL);
	dir_write("file", "");
	CHECK(fails(dir_name("file")) && fails(dir_name("file/x")));
}

static void
test_index_kid(void)
{
	struct osc_index index;

	many_clear();
	many_pair("a", "ff", "01", NULL);
	many_pair("b", "ff", "0100", NULL);
	many_pair("c", "ff", "", NULL);
	many_pair("d", "01", "02", NULL);
	many_pair("e", "fe", "01", NULL);
	many_pair("f", "ff", "00", NULL);
	load(&index);
	CHECK(knows(&index, 6));
	CHECK(finds(&index, wanted("01", NULL, OSC_ROLE_NONE), "a e "));
	CHECK(finds(&index, wanted("0100", NULL, OSC_ROLE_NONE), "b "));
	CHECK(finds(&index, wanted("", NULL, OSC_ROLE_NONE), "c "));
	CHECK(finds(&index, wanted("00", NULL, OSC_ROLE_NONE), "f "));
	CHECK(finds(&index, wanted("ff", NULL, OSC_ROLE_NONE), ""));
	CHECK(finds(&index, wanted("010000", NULL, OSC_ROLE_NONE), ""));
	CHECK(finds(&index, wanted("0102030405060708", NULL, OSC_ROLE_NONE), ""));
	osc_index_free(&index);
}

static void
test_index_kid_context(void)
{
	struct osc_index index;

	many_clear();
	many_pair("none", "ff", "01", NULL);
	many_pair("empty", "ff", "01", "");
	many_pair("zero", "ff", "01", "00");
	many_pair("long", "ff", "01", "0000");
	load(&index);
	CHECK(finds(&index, wanted("01", NULL, OSC_ROLE_NONE), "empty long none zero "));
	CHECK(finds(&index, wanted("01", "", OSC_ROLE_NONE), "empty "));
	CHECK(finds(&index, wanted("01", "00", OSC_ROLE_NONE), "zero "));
	CHECK(finds(&index, wanted("01", "0000", OSC_ROLE_NONE), "long "));
	CHECK(finds(&index, wanted("01", "000000", OSC_ROLE_NONE), ""));
	CHECK(finds(&index, wanted("02", "00", OSC_ROLE_NONE), ""));
	osc_index_free(&index);
}

static void
test_index_roles(void)
{
	struct osc_index index;
	struct osc_wanted what;

	many_clear();
	many_neutral("neutral", "0c", "05", NULL);
	many_neutral("client", "0c", "05", "client");
	many_neutral("server", "0c", "05", "server");
	many_pair("pair", "05", "0c", NULL);
	load(&index);
	CHECK(knows(&index, 4));
	CHECK(finds(&index, wanted("0c", NULL, OSC_ROLE_NONE), "pair server "));
	CHECK(finds(&index, wanted("05", NULL, OSC_ROLE_NONE), "client "));
	CHECK(finds(&index, wanted("0c", NULL, OSC_ROLE_SERVER), "neutral pair server "));
	CHECK(finds(&index, wanted("0c", NULL, OSC_ROLE_CLIENT), "pair server "));
	CHECK(finds(&index, wanted("05", NULL, OSC_ROLE_CLIENT), "client neutral "));
	CHECK(finds(&index, wanted("05", NULL, OSC_ROLE_SERVER), "client "));
	what = wanted("0c", NULL, OSC_ROLE_NONE);
	what.either = true;
	CHECK(finds(&index, what, "neutral pair server "));
	what.kid = unhex("05");
	CHECK(finds(&index, what, "client neutral "));
	what.kid = unhex("06");
	CHECK(finds(&index, what, ""));
	osc_index_free(&index);
}

static void
test_index_passes_over(void)
{
	struct osc_index index;

	many_clear();
	many_pair("a", "ff", "01", NULL);
	many_pair(".hidden", "ff", "01", NULL);
	many_make("broken", "{");
	many_make("half", "{\"sender-id_hex\": \"01\"}");
	CHECK(mkdir(dir_name("empty"), 0700) == 0);
	dir_write("file", "{}");
	CHECK(symlink("nowhere", dir_name("dangling")) == 0);
	CHECK(symlink("a", dir_name("link")) == 0);
	CHECK(mkfifo(dir_name("fifo"), 0600) == 0);
	load(&index);
	CHECK(knows(&index, 2));
	CHECK(finds(&index, wanted("01", NULL, OSC_ROLE_NONE), "a link "));
	osc_index_free(&index);
	(void)unlink(dir_name(".hidden/settings.json"));
}

/* again - load it once more; has anything changed? */
static bool
again(struct osc_index *index)
{
	bool changed = false;

	CHECK(osc_index_load(index, &changed, &detail) == OSC_OK);
	CHECK(osc_index_read(index, OSC_ABSENT, &detail) == OSC_OK);
	return changed;
}

static void
test_index_changes(void)
{
	struct osc_index index;

	many_clear();
	many_pair("a", "ff", "01", NULL);
	load(&index);
	CHECK(!again(&index));
	dir_write("a/other", ""); /* below: not the directory itself */
	CHECK(!again(&index));
	/* It comes, changes its name, is made anew, and goes. */
	many_pair("b", "ff", "02", NULL);
	CHECK(again(&index) && finds(&index, wanted("02", NULL, OSC_ROLE_NONE), "b "));
	CHECK(rename(dir_name("b"), dir_name("c")) == 0 && again(&index));
	CHECK(finds(&index, wanted("02", NULL, OSC_ROLE_NONE), "c "));
	CHECK(unlink(dir_name("c/settings.json")) == 0 && rmdir(dir_name("c")) == 0);
	many_pair("c", "ff", "03", NULL);
	CHECK(again(&index) && finds(&index, wanted("02", NULL, OSC_ROLE_NONE), ""));
	CHECK(finds(&index, wanted("03", NULL, OSC_ROLE_NONE), "c "));
	CHECK(unlink(dir_name("c/settings.json")) == 0 && rmdir(dir_name("c")) == 0);
	CHECK(again(&index) && knows(&index, 1) && !osc_index_has(&index, "c"));
	CHECK(finds(&index, wanted("01", NULL, OSC_ROLE_NONE), "a ") && !again(&index));
	osc_index_free(&index);
}

/* Names that are those of other kids are taken at their word, if that is wanted. */
static void
test_index_names(void)
{
	static const char *const words[] = {"01", "0a0b", "_", "01@02", "_@_", "01@_"};
	static const char *const others[] = {
	    "1", "0A", "a", "01@", "@01", "01@2", "x1", "__", "_1"};
	const size_t n_others = sizeof(others) / sizeof(others[0]);
	struct osc_index index;
	bool changed;

	many_clear();
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		many_pair(words[i], "ff", "07", NULL);
	for (size_t i = 0; i < n_others; i++)
		many_pair(others[i], "ff", "07", NULL);
	osc_index_init(&index, dir_path);
	CHECK(osc_index_load(&index, &changed, &detail) == OSC_OK && changed && knows(&index, 0));
	for (int twice = 0; twice < 2; twice++) {
		CHECK(osc_index_read(&index, unhex("0c"), &detail) == OSC_OK);
		CHECK(knows(&index, n_others));
	}
	CHECK(osc_index_read(&index, unhex("01"), &detail) == OSC_OK);
	CHECK(knows(&index, n_others + 3));
	CHECK(osc_index_read(&index, osc_present(NULL, 0), &detail) == OSC_OK);
	CHECK(knows(&index, n_others + 5));
	CHECK(finds(&index, wanted("07", NULL, OSC_ROLE_NONE),
	    "01 01@ 01@02 01@2 01@_ 0A 1 @01 _ _1 _@_ __ a x1 "));
	CHECK(osc_index_read(&index, OSC_ABSENT, &detail) == OSC_OK && knows(&index, index.n));
	osc_index_free(&index);
}

static void
test_index_many(void)
{
	struct osc_index index;
	char name[16], kid[16];

	many_clear();
	for (unsigned i = 0; i < 200; i++) {
		(void)snprintf(name, sizeof(name), "n%u", i);
		(void)snprintf(kid, sizeof(kid), "%04x", i);
		many_pair(name, "ff", kid, "aabb");
	}
	load(&index);
	CHECK(knows(&index, 200));
	for (unsigned i = 0; i < 200; i++) {
		(void)snprintf(name, sizeof(name), "n%u ", i);
		(void)snprintf(kid, sizeof(kid), "%04x", i);
		CHECK(finds(&index, wanted(kid, "aabb", OSC_ROLE_NONE), name));
	}
	osc_index_free(&index);
}

int
main(void)
{
	osc_secret_init();
	dir_make();
	RUN(test_index_empty);
	RUN(test_index_kid);
	RUN(test_index_kid_context);
	RUN(test_index_roles);
	RUN(test_index_passes_over);
	RUN(test_index_changes);
	RUN(test_index_names);
	RUN(test_index_many);
	many_clear();
	dir_remove();
	return unit_end();
}
