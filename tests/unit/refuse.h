/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_TESTS_REFUSE_H
#define OSC_TESTS_REFUSE_H

/*
 * Calls that fail on purpose: each that the linker leads here (WRAP in the Makefile), one
 * after the other.
 */

#include <errno.h>

#include "base/error.h"
#include "unit.h"

static struct {
	unsigned at;    /* which call fails, from 1; 0: none */
	bool stay;      /* and all behind it */
	unsigned calls; /* since refuse_start */
	int error;      /* with what */
} refusal;

static inline void
refuse_start(unsigned at, bool stay, int error)
{
	refusal.at = at;
	refusal.stay = stay;
	refusal.calls = 0;
	refusal.error = error;
}

/* refuse_end - no call fails any more; has one? */
static inline bool
refuse_end(void)
{
	bool failed = refusal.at > 0 && refusal.calls >= refusal.at;

	refusal.at = 0;
	return failed;
}

static inline bool
refused(void)
{
	if (refusal.at == 0 || ++refusal.calls < refusal.at)
		return false;
	if (refusal.calls > refusal.at && !refusal.stay)
		return false;
	errno = refusal.error;
	return true;
}

/* REFUSABLE(int, -1, fsync, (int fd), fd) - the function that stands in for fsync */
#define REFUSABLE(type, failed, name, parameters, ...)                                             \
	type __real_##name parameters;                                                             \
	type __wrap_##name parameters;                                                             \
	type __wrap_##name parameters                                                              \
	{                                                                                          \
		return refused() ? (failed) : __real_##name(__VA_ARGS__);                          \
	}

/* Something that must hold whichever of its calls fails. */
struct scene {
	const char *name;
	void (*prepare)(void);       /* may be NULL */
	enum osc_err (*act)(void);   /* its calls are those that fail */
	void (*check)(enum osc_err); /* what must hold then; may be NULL */
	unsigned least;              /* so many calls are made, at least */
	bool spare;                  /* some of the memory is not needed */
};

static inline enum osc_err
scene_once(const struct scene *scene, unsigned at, bool stay, int error, bool *failed)
{
	enum osc_err err;

	if (scene->prepare != NULL)
		scene->prepare();
	refuse_start(at, stay, error);
	err = scene->act();
	*failed = refuse_end();
	return err;
}

/* scene_check - the check of a scene, which says at which call it does not hold */
static inline void
scene_check(const struct scene *scene, unsigned at, enum osc_err err)
{
	unsigned failures = unit_failures;

	if (scene->check != NULL)
		scene->check(err);
	if (unit_failures > failures)
		printf("# %s: call %u failed, result %d\n", scene->name, at, (int)err);
}

#endif
