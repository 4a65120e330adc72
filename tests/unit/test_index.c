/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <time.h>

#include "base/secret.h"
#include "many.h"

static struct osc_detail detail;

/* found - the names that fit, sorted, with a blank behind each */
static const char *
found(const struct osc_index *index, struct osc_wanted what)
{
	static char names[400];
	const struct osc_index_entry *entry;
	size_t at = 0, n = 0, len = 0;
	const char *list[16];

	while ((entry = osc_index_next(index, &at, &what)) != NULL && n < 16) {
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
	CHECK(osc_index_load(index, dir_path, &detail) == OSC_OK);
}

static void
test_index_empty(void)
{
	struct osc_index index;

	many_clear();
	load(&index);
	CHECK(index.n == 0 && finds(&index, wanted("", NULL, OSC_ROLE_NONE), ""));
	osc_index_free(&index);
	CHECK(osc_index_load(&index, dir_name("missing"), &detail) == OSC_ECONTEXT);
	CHECK(index.n == 0 && strstr(detail.path, "missing") != NULL);
	dir_write("file", "");
	CHECK(osc_index_load(&index, dir_name("file"), &detail) == OSC_ECONTEXT);
	CHECK(osc_index_load(&index, dir_name("file/x"), NULL) == OSC_ECONTEXT);
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
	CHECK(index.n == 6);
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
	CHECK(index.n == 4);
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
	CHECK(index.n == 2);
	CHECK(finds(&index, wanted("01", NULL, OSC_ROLE_NONE), "a link "));
	osc_index_free(&index);
	(void)unlink(dir_name(".hidden/settings.json"));
}

static void
test_index_stale(void)
{
	struct timespec ticks = {0, 20000000}; /* the clock of the file system is coarse */
	struct osc_index index;

	many_clear();
	many_pair("a", "ff", "01", NULL);
	load(&index);
	CHECK(!osc_index_stale(&index, dir_path));
	(void)nanosleep(&ticks, NULL);
	dir_write("a/other", ""); /* below: not the directory itself */
	CHECK(!osc_index_stale(&index, dir_path));
	many_pair("b", "ff", "02", NULL);
	CHECK(osc_index_stale(&index, dir_path));
	osc_index_free(&index);
	load(&index);
	CHECK(!osc_index_stale(&index, dir_path) && index.n == 2);
	CHECK(osc_index_stale(&index, dir_name("missing")));
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
	CHECK(index.n == 200);
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
	if (!osc_secret_init())
		return EXIT_FAILURE;
	dir_make();
	RUN(test_index_empty);
	RUN(test_index_kid);
	RUN(test_index_kid_context);
	RUN(test_index_roles);
	RUN(test_index_passes_over);
	RUN(test_index_stale);
	RUN(test_index_many);
	many_clear();
	dir_remove();
	return unit_end();
}
