/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "base/jsonload.h"
#include "base/secret.h"
#include "store/bignum.h"
#include "store/sequence_read.h"

#define HEX_ID_SIZE (2 * OSC_ID_MAX + 1)

/* What is being read. What reads a value returns OSC_OK, or OSC_ESTATE with label and reason in
 * the detail. */
struct reading {
	const struct osc_json *json;
	const struct osc_sequence *sequence; /* dialect, IDs, size of the window */
	struct osc_detail *detail;
	/* What is being read, for people: a key, and the ID that it is of, or NULL. */
	const char *key, *id;
	const char *part;                         /* of it; NULL: the whole */
	char own[HEX_ID_SIZE], peer[HEX_ID_SIZE]; /* the IDs, in the role dialect */
};

/* The bits of a window as they stand in the file, counted from `first`. */
struct raw {
	uint64_t first;
	uint64_t bits[OSC_WINDOW_WORDS];
};

static bool
bit(const uint64_t *words, uint64_t k)
{
	return k < OSC_WINDOW_MAX && (words[k / 64] >> (k % 64) & 1) != 0;
}

static enum osc_err
fail(struct reading *r, const char *why)
{
	const char *id = r->id, *of = id != NULL ? "\" of \"" : "";

	if (r->part != NULL)
		return osc_detail_set(r->detail, OSC_ESTATE, NULL, "\"%s\" in \"%s%s%s\" %s",
		    r->part, r->key, of, id != NULL ? id : "", why);
	return osc_detail_set(
	    r->detail, OSC_ESTATE, NULL, "\"%s%s%s\" %s", r->key, of, id != NULL ? id : "", why);
}

/* What is read next: "key", or "key" of "id" if id is not NULL. */
static void
set_label(struct reading *r, const char *key, const char *id)
{
	r->key = key;
	r->id = id;
}

/* The role dialect may have its numbers in strings. */
static enum osc_err
read_integer(struct reading *r, const struct json_t *value, struct osc_integer *out)
{
	struct osc_slice text;

	if (osc_json_integer(r->json, value, out))
		return OSC_OK;
	if (r->sequence->dialect == OSC_DIALECT_ROLE && osc_json_string(value, &text) &&
	    osc_integer_parse(out, text))
		return OSC_OK;
	return fail(r, "is not a plain integer");
}

static enum osc_err
read_unsigned(struct reading *r, const struct json_t *value, uint64_t *out)
{
	struct osc_integer number;
	enum osc_err err = read_integer(r, value, &number);

	if (err != OSC_OK)
		return err;
	if (number.negative)
		return fail(r, "is negative");
	if (number.wide)
		return fail(r, "does not fit in 64 bits");
	*out = number.value;
	return OSC_OK;
}

/* 2^40 and more means exhausted, and is kept. */
static enum osc_err
read_next(struct reading *r, const struct json_t *value, struct osc_side_state *side)
{
	enum osc_err err = read_unsigned(r, value, &side->floor);

	if (err != OSC_OK)
		return err;
	side->has_next = true;
	side->state.next = side->floor > OSC_SEQ_MAX ? OSC_SEQ_MAX + 1 : side->floor;
	return OSC_OK;
}

static enum osc_err
read_bitfield(struct reading *r, const struct json_t *value, uint64_t *words)
{
	struct osc_integer number;
	enum osc_err err = read_integer(r, value, &number);

	if (err != OSC_OK)
		return err;
	if (number.negative)
		return fail(r, "is negative");
	memset(words, 0, OSC_WINDOW_WORDS * sizeof(*words));
	if (number.digits.len == 0)
		words[0] = number.value;
	else if (!osc_bignum_parse(words, number.digits))
		return fail(r, "has more than 4096 bits");
	return OSC_OK;
}

/* {"index": ..., "bitfield": ...} */
static enum osc_err
read_raw(struct reading *r, struct json_t *value, struct raw *raw)
{
	struct json_t *index = osc_json_member(value, "index");
	struct json_t *bitfield = osc_json_member(value, "bitfield");
	struct reading inner = *r;
	enum osc_err err;

	if (!osc_json_is_object(value) || index == NULL || bitfield == NULL)
		return fail(r, "is no object with \"index\" and \"bitfield\"");
	inner.part = "index";
	err = read_unsigned(&inner, index, &raw->first);
	if (err == OSC_OK && raw->first > OSC_SEQ_MAX + 1)
		err = fail(&inner, "is beyond 2^40");
	if (err != OSC_OK)
		return err;
	inner.part = "bitfield";
	return read_bitfield(&inner, bitfield, raw->bits);
}

static bool
is_word(const struct json_t *value, const char *word)
{
	struct osc_slice text;

	return osc_json_string(value, &text) &&
	    osc_slice_equal(text, osc_slice((const uint8_t *)word, strlen(word)));
}

/* Number first + k was seen. */
static enum osc_err
strike(struct reading *r, struct osc_window *window, uint64_t first, uint64_t k)
{
	if (first + k > OSC_SEQ_MAX)
		return fail(r, "holds a number beyond 2^40-1");
	osc_window_set(window, first, k);
	return OSC_OK;
}

/* Pair dialect. */
static enum osc_err
read_received(struct reading *r, struct json_t *value, struct osc_window *window, struct raw *raw)
{
	enum osc_err err;

	if (osc_json_is_object(value) && osc_json_is_null(osc_json_member(value, "index")) &&
	    osc_json_is_null(osc_json_member(value, "bitfield"))) {
		osc_window_lose(window);
		return OSC_OK;
	}
	err = read_raw(r, value, raw);
	if (err != OSC_OK)
		return err;
	osc_window_init(window, r->sequence->window, raw->first);
	for (uint64_t k = 0; k < OSC_WINDOW_MAX && err == OSC_OK; k++)
		if (raw->bits[k / 64] == 0)
			k |= 63; /* nothing in this word */
		else if (bit(raw->bits, k))
			err = strike(r, window, raw->first, k);
	return err;
}

/* Role dialect: a list with rising numbers; all below the first are seen too. */
static enum osc_err
read_seen(struct reading *r, const struct json_t *value, struct osc_window *window, struct raw *raw)
{
	struct osc_integer number;
	enum osc_err err = OSC_OK;
	int64_t last = -1, seq;
	uint64_t k;

	if (!osc_json_is_array(value))
		return fail(r, "is no list");
	memset(raw, 0, sizeof(*raw));
	osc_window_init(window, r->sequence->window, 0);
	for (size_t i = 0; i < osc_json_length(value) && err == OSC_OK; i++) {
		err = read_integer(r, osc_json_at(value, i), &number);
		if (err != OSC_OK)
			return err;
		if (number.negative && (number.wide || number.value != 1))
			return fail(r, "holds a number below -1");
		if (number.wide || number.value > OSC_SEQ_MAX)
			return fail(r, "holds a number beyond 2^40-1");
		seq = number.negative ? -1 : (int64_t)number.value;
		if (i > 0 && seq <= last)
			return fail(r, "is not in rising order");
		last = seq;
		if (i == 0) {
			raw->first = (uint64_t)(seq + 1);
			osc_window_init(window, r->sequence->window, raw->first);
			continue;
		}
		k = (uint64_t)seq - raw->first;
		if (k < OSC_WINDOW_MAX)
			raw->bits[k / 64] |= UINT64_C(1) << (k % 64);
		err = strike(r, window, raw->first, k);
	}
	return err;
}

/*
 * What another program wrote last has no answers, or stale ones; it may have
 * answered each request. Compared is what stands in the file: the window may
 * have been moved since, if it was made smaller.
 */
static enum osc_err
read_answered(
    struct reading *r, struct json_t *value, struct osc_window *window, const struct raw *seen)
{
	struct raw answered = {0};
	bool copy = value == NULL;
	enum osc_err err;

	if (!copy) {
		err = read_raw(r, value, &answered);
		if (err != OSC_OK)
			return err;
		copy = answered.first != seen->first;
		for (size_t i = 0; i < OSC_WINDOW_WORDS; i++)
			copy = copy || (answered.bits[i] & ~seen->bits[i]) != 0;
	}
	for (uint32_t k = 0; k < window->size; k++)
		if (copy || bit(answered.bits, window->index + k - seen->first))
			osc_window_mark(window, k);
	return OSC_OK;
}

static enum osc_err
read_echo(struct reading *r, const struct json_t *value, struct osc_state *state)
{
	struct osc_slice text;
	size_t len;

	if (!osc_json_string(value, &text) ||
	    !osc_secret_hex(
		state->echo, sizeof(state->echo), &len, (const char *)text.ptr, text.len) ||
	    len != sizeof(state->echo))
		return fail(r, "is not 16 hex digits");
	state->echo_len = (uint8_t)len;
	return OSC_OK;
}

/* The values that make up one side; NULL: not there. */
struct values {
	const struct json_t *next;
	struct json_t *seen, *answered;
	const struct json_t *echo;
	const char *own, *peer;          /* for the labels; NULL in the pair dialect */
	const char *next_key, *seen_key; /* likewise */
};

static enum osc_err
read_window(struct reading *r, const struct values *v, struct osc_side_state *side)
{
	struct osc_window *window = &side->state.window;
	struct raw raw = {0};
	enum osc_err err = OSC_OK;

	set_label(r, v->seen_key, v->peer);
	side->has_window = true;
	if (is_word(v->seen, "unknown"))
		osc_window_lose(window);
	else if (r->sequence->dialect == OSC_DIALECT_PAIR)
		err = read_received(r, v->seen, window, &raw);
	else
		err = read_seen(r, v->seen, window, &raw);
	if (err == OSC_OK && window->known) {
		set_label(r, "answered", v->peer);
		err = read_answered(r, v->answered, window, &raw);
	}
	/* Of no use while the window is known. */
	if (err == OSC_OK && v->echo != NULL && !window->known) {
		set_label(r, "echo_hex", v->peer);
		err = read_echo(r, v->echo, &side->state);
	}
	return err;
}

static enum osc_err
read_side(struct reading *r, const struct values *v, bool in_use, struct osc_side_state *side)
{
	enum osc_err err = OSC_OK;

	memset(side, 0, sizeof(*side));
	osc_window_init(&side->state.window, r->sequence->window, 0);
	set_label(
	    r, v->next == NULL ? v->next_key : v->seen_key, v->next == NULL ? v->own : v->peer);
	if (in_use && (v->next == NULL || v->seen == NULL)) {
		(void)fail(r, "is missing");
		if (v->own != NULL)
			osc_detail_hint(r->detail,
			    "the file was last written by a program that keeps one side only; "
			    "make a new context");
		return OSC_ESTATE;
	}
	if (v->next != NULL) {
		set_label(r, v->next_key, v->own);
		err = read_next(r, v->next, side);
	}
	if (err == OSC_OK && v->seen != NULL)
		err = read_window(r, v, side);
	return err;
}

static enum osc_err
read_numbers(struct reading *r, struct json_t *object, struct osc_side_state *side)
{
	struct values v = {
	    .next = osc_json_member(object, "next-to-send"),
	    .seen = osc_json_member(object, "received"),
	    .answered = osc_json_member(object, "answered"),
	    .echo = osc_json_member(object, "echo_hex"),
	    .next_key = "next-to-send",
	    .seen_key = "received",
	};

	return read_side(r, &v, true, side);
}

enum osc_err
osc_sequence_read_numbers(struct osc_state *state, const struct osc_json *json,
    struct json_t *object, uint32_t window, struct osc_detail *detail)
{
	const struct osc_sequence pair = {.dialect = OSC_DIALECT_PAIR, .window = window};
	struct reading r = {.json = json, .sequence = &pair, .detail = detail};
	struct osc_side_state side;
	enum osc_err err = read_numbers(&r, object, &side);

	*state = side.state;
	return err;
}

static enum osc_err
read_pair(struct reading *r, struct osc_side_state *mine)
{
	struct json_t *root = r->json->root;

	if (osc_json_member(root, "used") != NULL || osc_json_member(root, "seen") != NULL)
		return osc_detail_set(r->detail, OSC_ESTATE, NULL,
		    "holds the state of the other dialect: \"used\", \"seen\"");
	return read_numbers(r, root, mine);
}

static void
id_to_hex(char hex[static HEX_ID_SIZE], const struct osc_id *id)
{
	osc_hex_encode(hex, osc_id_slice(id));
	hex[2 * (size_t)id->len] = '\0';
}

/* An object whose keys are IDs of this context, and nothing else. */
static enum osc_err
read_object(struct reading *r, const char *key, bool needed, const char *own, const char *peer,
    struct json_t **object)
{
	struct json_t *value;
	const char *name;
	void *iter = NULL;

	set_label(r, key, NULL);
	*object = osc_json_member(r->json->root, key);
	if (*object == NULL)
		return needed ? fail(r, "is missing") : OSC_OK;
	if (!osc_json_is_object(*object))
		return fail(r, "is no object");
	while (osc_json_next(*object, &iter, &name, &value))
		if (strcmp(name, own) != 0 && strcmp(name, peer) != 0)
			return fail(
			    r, "has a key that is neither of the two IDs in lower-case hex");
	return OSC_OK;
}

static enum osc_err
read_role(struct reading *r, struct osc_side_state *mine, struct osc_side_state *other)
{
	struct json_t *root = r->json->root, *used, *seen, *answered, *echo;
	const char *own = r->own, *peer = r->peer;
	struct values v = {.own = own, .peer = peer, .next_key = "used", .seen_key = "seen"};
	enum osc_err err;

	if (osc_json_member(root, "next-to-send") != NULL ||
	    osc_json_member(root, "received") != NULL)
		return osc_detail_set(r->detail, OSC_ESTATE, NULL,
		    "holds the state of the other dialect: \"next-to-send\", \"received\"");
	id_to_hex(r->own, &r->sequence->own);
	id_to_hex(r->peer, &r->sequence->peer);
	err = read_object(r, "used", true, own, peer, &used);
	if (err == OSC_OK)
		err = read_object(r, "seen", true, own, peer, &seen);
	if (err == OSC_OK)
		err = read_object(r, "answered", false, own, peer, &answered);
	if (err == OSC_OK)
		err = read_object(r, "echo_hex", false, own, peer, &echo);
	if (err != OSC_OK)
		return err;
	for (int i = 0; i < 2 && err == OSC_OK; i++) {
		v.own = i == 0 ? own : peer;
		v.peer = i == 0 ? peer : own;
		v.next = osc_json_member(used, v.own);
		v.seen = osc_json_member(seen, v.peer);
		v.answered = osc_json_member(answered, v.peer);
		v.echo = osc_json_member(echo, v.peer);
		err = read_side(r, &v, i == 0, i == 0 ? mine : other);
	}
	return err;
}

/* Numbers and window of the pair dialect do not say whose they are: with the IDs of
 * settings.json swapped, the numbers of one key would be used with the other. */
static enum osc_err
check_own_id(struct reading *r)
{
	struct json_t *value = osc_json_member(r->json->root, "own-id_hex");
	char own[HEX_ID_SIZE];

	if (value == NULL || r->sequence->dialect != OSC_DIALECT_PAIR)
		return OSC_OK;
	id_to_hex(own, &r->sequence->own);
	if (is_word(value, own))
		return OSC_OK;
	osc_detail_set(r->detail, OSC_EOWNID, NULL,
	    "is the state of another Sender ID than that of the settings: the IDs were edited");
	osc_detail_hint(r->detail, "put the IDs back, or make a new pair with oscore-gen");
	return OSC_EOWNID;
}

static enum osc_err
read_mark(struct reading *r, const char *key, bool *has, uint64_t *out)
{
	struct json_t *value = osc_json_member(r->json->root, key);

	*has = value != NULL;
	*out = 0;
	set_label(r, key, NULL);
	return *has ? read_unsigned(r, value, out) : OSC_OK;
}

/* The last that is read: what is right is taken over at once. Most contexts have none, and need
 * neither the room for it nor the wiping. */
OSC_RARE static enum osc_err
read_rederived(struct osc_sequence *sequence, const struct osc_json *json,
    const struct osc_state *base, struct osc_detail *detail)
{
	struct osc_rederived rederived = {0};
	enum osc_err err = osc_rederived_parse(&rederived, json, base, detail);

	if (err == OSC_OK)
		*sequence->rederived = rederived;
	osc_wipe(&rederived, sizeof(rederived));
	return err;
}

enum osc_err
osc_sequence_parse(struct osc_sequence *sequence, struct osc_slice text, struct osc_detail *detail)
{
	struct osc_sequence fresh = *sequence;
	struct osc_side_state other = {0};
	struct osc_json json = {0};
	struct reading r = {.json = &json, .sequence = sequence, .detail = detail};
	enum osc_err err;

	err = osc_json_load(&json, text, OSC_ESTATE, detail);
	if (err == OSC_OK && sequence->dialect == OSC_DIALECT_PAIR)
		err = read_pair(&r, &fresh.mine);
	else if (err == OSC_OK)
		err = read_role(&r, &fresh.mine, &other);
	if (err == OSC_OK)
		err = check_own_id(&r);
	if (err == OSC_OK)
		err = read_mark(&r, "inode", &fresh.has_inode, &fresh.inode);
	if (err == OSC_OK)
		err = read_mark(&r, "btime", &fresh.has_btime, &fresh.btime);
	if (err == OSC_OK && sequence->rederived != NULL)
		err = read_rederived(sequence, &json, &fresh.mine.state, detail);
	if (err == OSC_OK) {
		*sequence = fresh;
		if (sequence->other != NULL)
			*sequence->other = other;
	}
	osc_json_free(&json);
	return err;
}
