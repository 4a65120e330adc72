/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "outgoing.h"
#include "session/receive.h"

/*
 * A server with many contexts on its way through the world. The input says, step by step,
 * what the peers send, what is recorded and sent again, changed or not, what is lost, and when
 * the program starts anew. An oracle remembers everything:
 *
 *     no number of a context is accepted twice, whatever happens to windows and processes;
 *     what is accepted is what a peer sent, and it comes from the context that it is said to;
 *     no nonce is used twice under one key, and the peer opens every message that leaves;
 *     a request that is what a peer sent gets the verdict that a model foretells;
 *     each refused request gets the answer that it is to get.
 *
 * The state is on the disk, as always; only fsync and syncfs are left out, or fail.
 */

static struct {
	struct osc_session session;
	struct osc_session_options options;
	bool running;
	bool tight;       /* one context stays open, and is closed for the next */
	unsigned failing; /* so many fsyncs from now one fails; 0: none does */
} run;

/* What the linker puts in the place of the real ones. */
int __wrap_fsync(int fd);
int
__wrap_fsync(int fd)
{
	if (fd != -1 && (run.failing == 0 || --run.failing > 0))
		return 0;
	memory.vague = true;
	errno = EIO;
	return -1;
}

int __wrap_syncfs(int fd);
int
__wrap_syncfs(int fd)
{
	return __wrap_fsync(fd);
}

bool __wrap_osc_random(void *out, size_t len);
bool
__wrap_osc_random(void *out, size_t len)
{
	chance_bytes(out, len);
	return true;
}

static void
stop(void)
{
	struct model *model;

	if (run.running)
		osc_session_close(&run.session);
	run.running = false;
	arrivals.n = 0;
	for (size_t i = 0; i < PLACES; i++) {
		model = &memory.models[i];
		model->kept[0] = '\0';
		if (!model->back)
			continue;
		/* With the program ends what it knows of the state. */
		if (model->replaced) {
			directory_restore(&places[i]);
		} else {
			state_write(&places[i], model->newest, false);
			use_elsewhere(i);
		}
		model->back = model->replaced = false;
	}
}

static void
start(void)
{
	struct osc_detail detail = {0};

	if (run.running)
		return;
	osc_session_init(&run.session, &run.options);
	if (run.tight)
		osc_contexts_limit(&run.session.contexts, 1);
	MUST(osc_session_open(&run.session, false, &detail) == OSC_OK);
	run.running = true;
}

/* As much of the group as the session takes at once; false when the run ends. */
static bool
process_part(struct osc_item *items, size_t n, const struct arrival *list, size_t *done)
{
	struct osc_detail detail = {0};
	bool refused = false, well;

	well = went_well(osc_session_unprotect(&run.session, items, n, done, &detail), &detail);
	MUST(*done <= n && (*done > 0 || !well));
	for (size_t i = 0; i < *done; i++) {
		settle(&list[i], &items[i], osc_session_work(&run.session, i));
		refused = refused || items[i].err != OSC_OK;
	}
	return well && (run.options.keep_going || !refused);
}

/* The group, as a program does it. */
static void
process(void)
{
	struct osc_item items[GROUP_MAX] = {0};
	size_t n = arrivals.n, done;

	start();
	for (size_t i = 0; i < n; i++)
		items[i].in = osc_slice(arrivals.list[i].bytes, arrivals.list[i].len);
	for (size_t from = 0; from < n; from += done)
		if (!process_part(items + from, n - from, arrivals.list + from, &done)) {
			stop();
			return;
		}
	arrivals.n = 0;
}

/* The requests of this side, all that there are by now. */
static enum osc_err
own_requests(void *arg, struct osc_receipts *receipts, struct osc_detail *detail)
{
	enum osc_err err = OSC_OK;

	(void)arg;
	for (size_t i = 0; i < memory.n_own && err == OSC_OK; i++)
		err = osc_receipts_add(
		    receipts, osc_slice(memory.own[i].bytes, memory.own[i].len), detail);
	return err;
}

/* The program is started anew; what had not arrived by then never does. */
static void
restart(void)
{
	uint8_t flags = script_next();

	stop();
	run.options = (struct osc_session_options){
	    .directory = world_many,
	    .many = true,
	    .role = OSC_ROLE_SERVER,
	    .requests = (flags & 4) != 0 ? own_requests : NULL,
	    .keep_going = (flags & 1) == 0,
	    .error_reply = (flags & 2) == 0,
	};
	memory.replies = run.options.error_reply;
	run.tight = (flags & 8) != 0;
}

/* While no program of ours runs, another one uses the state, and leaves it without what it
 * does not know, or loses the window. */
static void
lose(void)
{
	uint8_t how = script_next();
	size_t place = how % PLACES;
	struct model *model = &memory.models[place];
	bool lost = (how & 0x80) != 0 || model->lost;
	char text[STATE_MAX];

	stop();
	if (!state_read(&places[place], text))
		return;
	state_write(&places[place], text, lost);
	use_elsewhere(place);
	model->lost = lost;
}

/* The state as the program that runs has left it, to be put back later. */
static void
keep(void)
{
	size_t place = script_next() % PLACES;
	struct model *model = &memory.models[place];

	if (run.running && !model->back && !model->lost)
		(void)state_read(&places[place], model->kept);
}

/* While the program runs an old state is put back, or a directory with an old state. It has
 * gone on since then, and nobody else has. */
static void
set_back(void)
{
	uint8_t how = script_next();
	size_t place = how % PLACES;
	struct model *model = &memory.models[place];

	if (!run.running || model->back || model->lost || model->kept[0] == '\0' ||
	    !state_read(&places[place], model->newest) || strcmp(model->kept, model->newest) == 0)
		return;
	model->back = true;
	model->replaced = (how & 0x80) != 0;
	if (model->replaced)
		directory_replace(&places[place], model->kept);
	else
		state_write(&places[place], model->kept, false);
}

/* One of the next fsyncs fails. */
static void
fail(void)
{
	run.failing = 1 + script_next() % 8;
}

static void
step(void)
{
	static void (*const steps[])(void) = {send_request, send_again, process, answer, restart,
	    lose, send_own, respond, send_garbage, fail, keep, set_back, send_request, send_request,
	    send_again, process};

	steps[script_next() % SIZE(steps)]();
	if (arrivals.n == GROUP_MAX)
		process();
}

/* Where memory came from costs much, and is seldom asked. */
const char *__asan_default_options(void);
const char *
__asan_default_options(void)
{
	return "malloc_context_size=3:quarantine_size_mb=16";
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool ready;

	if (!ready) {
		osc_secret_init();
		world_make(places, PLACES);
		ready = true;
	}
	memset(&run, 0, sizeof(run));
	memset(&memory, 0, sizeof(memory));
	chance_state = 0;
	script = osc_slice(data, size);
	for (size_t i = 0; i < PLACES; i++)
		place_reset(&places[i]);
	restart();
	for (size_t i = 0; i < STEPS_MAX && script.len > 0; i++)
		step();
	process();
	stop();
	return 0;
}
