/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */

/* Each allocation refused in turn: an error, nothing out, nothing used twice. */

#include "base/jsonload.h"
#include "frames.h"
#include "scenes.h"

REFUSABLE(void *, NULL, malloc, (size_t size), size)
REFUSABLE(void *, NULL, calloc, (size_t n, size_t size), n, size)
REFUSABLE(void *, NULL, realloc, (void *ptr, size_t size), ptr, size)

/* Nothing here depends on what is on a disk. */
int __wrap_fsync(int fd);
int
__wrap_fsync(int fd)
{
	(void)fd;
	return 0;
}

int __wrap_syncfs(int fd);
int
__wrap_syncfs(int fd)
{
	(void)fd;
	return 0;
}

/* One refusal alone, and nothing from there on. What was refused may be asked for again, or be
 * spared. */
static void
play(const struct scene *scene)
{
	unsigned at = 1;
	enum osc_err err;
	bool failed;

	for (;; at++) {
		err = scene_once(scene, at, true, ENOMEM, &failed);
		if (!failed)
			break;
		CHECK(err == OSC_ENOMEM || (err == OSC_OK && scene->spare));
		scene_check(scene, at, err);
		err = scene_once(scene, at, false, ENOMEM, &failed);
		CHECK(err == OSC_ENOMEM || (err == OSC_OK && scene->spare));
		scene_check(scene, at, err);
	}
	if (err != OSC_OK)
		printf(
		    "# %s: %d %s: %s\n", scene->name, (int)err, talk_detail.path, talk_detail.text);
	CHECK(err == OSC_OK);
	scene_check(scene, 0, err);
	CHECK(at > scene->least);
	printf("# %s: %u allocations\n", scene->name, at - 1);
}

/* --- messages --- */

static const char *scene_text;
static enum osc_format scene_format;
static struct osc_buffer written, wanted;

static void
prepare_frame(void)
{
	osc_buffer_cut(&written, 0);
	file_with((const uint8_t *)scene_text, strlen(scene_text), scene_format);
}

/* Read everything, and write it in all formats. A group that was begun is given out, and what
 * follows is read again. */
static enum osc_err
act_frame(void)
{
	struct osc_about about = {.protected = true, .kid = unhex("01"), .context = "x"};
	enum osc_err err;
	size_t n = 1;

	for (err = OSC_OK; err == OSC_OK && n > 0;) {
		err = osc_frame_read(&frame, items, OSC_GROUP_ITEMS, &n, NULL);
		for (size_t i = 0; err == OSC_OK && i < n; i++) {
			about.meta = items[i].meta;
			for (int f = 0; err == OSC_OK && f <= OSC_FORMAT_PAYLOAD; f++)
				err = items[i].err == OSC_OK
				    ? osc_frame_write(
					  &written, (enum osc_format)f, items[i].in, &about)
				    : osc_frame_write_refused(
					  &written, (enum osc_format)f, items[i].err, "refused");
		}
	}
	osc_frame_free(&frame);
	(void)close(frame.fd);
	return err;
}

/* All of it, or nothing of what failed. */
static void
check_frame(enum osc_err err)
{
	CHECK(written.len <= wanted.len && memcmp(written.ptr, wanted.ptr, written.len) == 0);
	CHECK(err != OSC_OK || written.len == wanted.len);
}

static void
test_no_memory_frames(void)
{
	static const char json[] =
	    "{\"code\": \"GET\", \"token_hex\": \"00003974\", \"mid\": 1, \"payload_hex\": \"6f\","
	    " \"options\": [[\"Uri-Host\", \"a\"], [\"Observe\", 0], [65000, {\"hex\": \"01\"}]],"
	    " \"meta\": {\"id\": [1]}}\n5\n{\"code\": 7}\n";
	/* What jansson makes of it needs several blocks. */
	char many[16 * 1000 + 128] = "{\"code\": \"GET\", \"mid\": 1, \"token_hex\": \"\",\n"
				     "\"meta\": [0";
	const struct {
		enum osc_format format;
		const char *text;
	} inputs[] = {{OSC_FORMAT_RAW,
			  "D\1\1\1abcd\xff"
			  "abc"},
	    {OSC_FORMAT_HEX, "# comment\n44010001aabbccdd\n44010002aabbccdd\nno hex\n"},
	    {OSC_FORMAT_JSON, json},
	    {OSC_FORMAT_CBORSEQ,
		"LD\1\1\1abcd\xff"
		"abc\5\x9f"},
	    {OSC_FORMAT_JSON, many}};
	const struct scene scene = {
	    "frame", prepare_frame, act_frame, check_frame, 1, .spare = true};

	for (int i = 0; i < 1000; i++)
		memcpy(many + strlen(many), ",{\"a\":[\"b\"]}", sizeof(",{\"a\":[\"b\"]}"));
	memcpy(many + strlen(many), "]}", sizeof("]}"));
	for (size_t i = 0; i < sizeof(inputs) / sizeof(inputs[0]); i++) {
		scene_text = inputs[i].text;
		scene_format = inputs[i].format;
		prepare_frame();
		CHECK(act_frame() == OSC_OK);
		osc_buffer_cut(&wanted, 0);
		osc_buffer_put(&wanted, osc_buffer_slice(&written));
		play(&scene);
	}
	osc_buffer_free(&written);
	osc_buffer_free(&wanted);
}

static void
test_no_memory_scenes(void)
{
	scenes_start();
	for (size_t i = 0; i < N_SCENES; i++)
		play(&scenes[i]);
}

int
main(void)
{
	dir_make();
	osc_secret_init();
	RUN(test_no_memory_frames);
	RUN(test_no_memory_scenes);
	talk_end();
	return unit_end();
}
