/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_TESTS_UNIT_H
#define OSC_TESTS_UNIT_H

/*
 * The whole unit test framework: a test is a function, a check is a line.
 *
 *     static void test_window_one(void) { CHECK(osc_window_check(...) == OSC_OK); }
 *     int main(void) { RUN(test_window_one); return unit_end(); }
 *
 * Output is TAP, one line per test; a test without a single check fails.
 */

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

static unsigned unit_checks, unit_failures, unit_tests, unit_failed_tests;

#define CHECK(cond) unit_check((cond), __FILE__, __LINE__, #cond)
#define RUN(test) unit_run((test), #test)

static inline void
unit_check(bool ok, const char *file, int line, const char *what)
{
	unit_checks++;
	if (ok)
		return;
	unit_failures++;
	if (unit_failures <= 20)
		printf("# %s:%d: not true: %s\n", file, line, what);
}

static inline void
unit_run(void (*test)(void), const char *name)
{
	unit_checks = unit_failures = 0;
	test();
	unit_tests++;
	if (unit_checks == 0)
		printf("# %s checks nothing\n", name);
	if (unit_checks == 0 || unit_failures > 0)
		unit_failed_tests++;
	printf("%s %u - %s\n", unit_checks == 0 || unit_failures > 0 ? "not ok" : "ok", unit_tests,
	    name);
	fflush(stdout);
}

static inline int
unit_end(void)
{
	printf("1..%u\n", unit_tests);
	return unit_failed_tests == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
