/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */

/*
 * Preloaded: a program stays dumpable, so that an ordinary user's tracer may
 * look into its memory.
 */

int
prctl(int option, ...)
{
	(void)option;
	return 0;
}
