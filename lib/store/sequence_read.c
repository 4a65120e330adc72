/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "store/reading.h"

#define HEX_ID_SIZE (2 * OSC_ID_MAX + 1)

/* The values that make up one side; NULL: not there. */
struct values {
	const struct json_t *next;
	struct json_t *seen, *answered;
	const struct json_t *echo;
	const char *own, *peer;          /* for the labels; NULL in the pair dialect */
	const char *next_key, *seen_key; /* likewise */
};

static enum osc_err
read_window(struct osc_reading *r, const struct values *v, struct osc_side *side)
{
	struct osc_window *window = &side->state.window;
	struct osc_raw raw = {0};
	enum osc_err err = OSC_OK;

	osc_reading_label(r, v->seen_key, v->peer);
	side->has_window = true;
	if (osc_reading_word(v->seen, "unknown"))
		osc_window_lose(window);
	else if (r->sequence->dialect == OSC_DIALECT_PAIR)
		err = osc_reading_received(r, v->seen, window, &raw);
	else
		err = osc_reading_seen(r, v->seen, window, &raw);
	if (err == OSC_OK && window->known) {
		osc_reading_label(r, "answered", v->peer);
		err = osc_reading_answered(r, v->answered, window, &raw);
	}
	/* Of no use while the window is known. */
	if (err == OSC_OK && v->echo != NULL && !window->known) {
		osc_reading_label(r, "echo_hex", v->peer);
		err = osc_reading_echo(r, v->echo, &side->state);
	}
	return err;
}

static enum osc_err
read_side(struct osc_reading *r, const struct values *v, bool in_use, struct osc_side *side)
{
	enum osc_err err = OSC_OK;

	memset(side, 0, sizeof(*side));
	osc_window_init(&side->state.window, r->sequence->window, 0);
	osc_reading_label(
	    r, v->next == NULL ? v->next_key : v->seen_key, v->next == NULL ? v->own : v->peer);
	if (in_use && (v->next == NULL || v->seen == NULL)) {
		(void)osc_reading_fail(r, "is missing");
		if (v->own != NULL)
			osc_detail_hint(r->detail,
			    "the file was last written by a program that keeps one side only; "
			    "make a new context");
		return OSC_ESTATE;
	}
	if (v->next != NULL) {
		osc_reading_label(r, v->next_key, v->own);
		err = osc_reading_next(r, v->next, side);
	}
	if (err == OSC_OK && v->seen != NULL)
		err = read_window(r, v, side);
	return err;
}

static enum osc_err
read_pair(struct osc_reading *r, struct osc_side *mine)
{
	struct json_t *root = r->json->root;
	struct values v = {
	    .next = osc_json_member(root, "next-to-send"),
	    .seen = osc_json_member(root, "received"),
	    .answered = osc_json_member(root, "answered"),
	    .echo = osc_json_member(root, "echo_hex"),
	    .next_key = "next-to-send",
	    .seen_key = "received",
	};

	if (osc_json_member(root, "used") != NULL || osc_json_member(root, "seen") != NULL)
		return osc_detail_set(r->detail, OSC_ESTATE, NULL,
		    "holds the state of the other dialect: \"used\", \"seen\"");
	return read_side(r, &v, true, mine);
}

static void
id_to_hex(char hex[static HEX_ID_SIZE], const struct osc_id *id)
{
	osc_hex_encode(hex, osc_id_slice(id));
	hex[2 * (size_t)id->len] = '\0';
}

/* An object whose keys are IDs of this context, and nothing else. */
static enum osc_err
read_object(struct osc_reading *r, const char *key, bool needed, const char *own, const char *peer,
    struct json_t **object)
{
	struct json_t *value;
	const char *name;
	void *iter = NULL;

	osc_reading_label(r, key, NULL);
	*object = osc_json_member(r->json->root, key);
	if (*object == NULL)
		return needed ? osc_reading_fail(r, "is missing") : OSC_OK;
	if (!osc_json_is_object(*object))
		return osc_reading_fail(r, "is no object");
	while (osc_json_next(*object, &iter, &name, &value))
		if (strcmp(name, own) != 0 && strcmp(name, peer) != 0)
			return osc_reading_fail(
			    r, "has a key that is neither of the two IDs in lower-case hex");
	return OSC_OK;
}

static enum osc_err
read_role(struct osc_reading *r, struct osc_side *mine, struct osc_side *other)
{
	struct json_t *root = r->json->root, *used, *seen, *answered, *echo;
	char own[HEX_ID_SIZE], peer[HEX_ID_SIZE];
	struct values v = {.own = own, .peer = peer, .next_key = "used", .seen_key = "seen"};
	enum osc_err err;

	if (osc_json_member(root, "next-to-send") != NULL ||
	    osc_json_member(root, "received") != NULL)
		return osc_detail_set(r->detail, OSC_ESTATE, NULL,
		    "holds the state of the other dialect: \"next-to-send\", \"received\"");
	id_to_hex(own, &r->sequence->own);
	id_to_hex(peer, &r->sequence->peer);
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
check_own_id(struct osc_reading *r)
{
	struct json_t *value = osc_json_member(r->json->root, "own-id_hex");
	char own[HEX_ID_SIZE];

	if (value == NULL || r->sequence->dialect != OSC_DIALECT_PAIR)
		return OSC_OK;
	id_to_hex(own, &r->sequence->own);
	if (osc_reading_word(value, own))
		return OSC_OK;
	osc_detail_set(r->detail, OSC_EOWNID, NULL,
	    "is the state of another Sender ID than that of the settings: the IDs were edited");
	osc_detail_hint(r->detail, "put the IDs back, or make a new pair with oscore-gen");
	return OSC_EOWNID;
}

static enum osc_err
read_mark(struct osc_reading *r, const char *key, bool *has, uint64_t *out)
{
	struct json_t *value = osc_json_member(r->json->root, key);

	*has = value != NULL;
	*out = 0;
	osc_reading_label(r, key, NULL);
	return *has ? osc_reading_unsigned(r, value, out) : OSC_OK;
}

enum osc_err
osc_sequence_parse(struct osc_sequence *sequence, struct osc_slice text, struct osc_detail *detail)
{
	struct osc_sequence fresh = *sequence;
	struct osc_side other = {0};
	struct osc_json json = {0};
	struct osc_reading r = {.json = &json, .sequence = sequence, .detail = detail};
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
	if (err == OSC_OK) {
		*sequence = fresh;
		if (sequence->other != NULL)
			*sequence->other = other;
	}
	osc_json_free(&json);
	return err;
}
