/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_TESTS_FOREIGN_H
#define OSC_TESTS_FOREIGN_H

/* sequence.json in the hands of others, who keep nothing that they do not know. */

#include "oracle.h"

static inline bool
state_read(const struct place *place, char text[static STATE_MAX])
{
	int fd = open(world_path("many/%s/sequence.json", place->name), O_RDONLY);
	ssize_t len;

	text[0] = '\0';
	if (fd == -1)
		return false;
	len = read(fd, text, STATE_MAX);
	MUST(len > 0 && len < STATE_MAX && close(fd) == 0);
	text[len] = '\0';
	return true;
}

/* The value of a key in a text: up to and with the next `to`. */
static inline struct osc_slice
state_value(const char *text, const char *key, char to)
{
	const char *from = strstr(text, key), *end;

	MUST(from != NULL);
	from += strlen(key);
	end = strchr(from, to);
	MUST(end != NULL);
	return osc_slice((const uint8_t *)from, (size_t)(end - from) + 1);
}

static inline void
state_role(struct osc_buffer *out, const struct place *place, const char *text, bool lost)
{
	osc_buffer_text(out, "{\"used\": ");
	osc_buffer_put(out, state_value(text, "\"used\": ", '}'));
	osc_buffer_text(out, ", \"seen\": ");
	if (lost)
		osc_buffer_print(out, "{\"%s\": \"unknown\", \"%s\": []}", place->peer, place->own);
	else
		osc_buffer_put(out, state_value(text, "\"seen\": ", '}'));
}

static inline void
state_pair(struct osc_buffer *out, const char *text, bool lost)
{
	static const char *const unknown[] = {
	    "\"unknown\"", "{\"index\": null, \"bitfield\": null}"};

	osc_buffer_text(out, "{\"next-to-send\": ");
	osc_buffer_put(out, state_value(text, "\"next-to-send\": ", ','));
	osc_buffer_text(out, " \"received\": ");
	if (lost)
		osc_buffer_text(out, unknown[strlen(text) % 2]);
	else
		osc_buffer_put(out, state_value(text, "\"received\": ", '}'));
}

/* state_write - what another program makes of a state; lost: it does not know the window */
static inline void
state_write(const struct place *place, const char *text, bool lost)
{
	struct osc_buffer out = {0};

	if (place->neutral)
		state_role(&out, place, text, lost);
	else
		state_pair(&out, text, lost);
	osc_buffer_text(&out, "}");
	MUST(!out.full);
	world_write(world_path("new"), osc_buffer_slice(&out));
	MUST(rename(world_path("new"), world_path("many/%s/sequence.json", place->name)) == 0);
	osc_buffer_free(&out);
}

/* directory_replace, directory_restore - another directory under the name, with an old state;
 * the right one again */
static inline void
directory_replace(const struct place *place, const char *text)
{
	MUST(rename(world_path("many/%s", place->name), world_path("old-%s", place->name)) == 0);
	place_write(place, world_path("many/%s", place->name));
	state_write(place, text, false);
}

static inline void
directory_restore(const struct place *place)
{
	place_reset(place);
	MUST(unlink(world_path("many/%s/settings.json", place->name)) == 0);
	MUST(rmdir(world_path("many/%s", place->name)) == 0);
	MUST(rename(world_path("old-%s", place->name), world_path("many/%s", place->name)) == 0);
}

/* use_elsewhere - another program has written the state: it has answered all, for all we know,
 * and our challenge is void */
static inline void
use_elsewhere(size_t place)
{
	memory.models[place].challenged = false;
	for (size_t i = 0; i < memory.n_struck; i++)
		if (memory.struck[i].place == place)
			memory.struck[i].unanswered = false;
}

#endif
