/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */

/*
 * The core in a program of your own, in C or C++: a client protects the request of RFC 8613,
 * Appendix C.4, a server unprotects it, all in memory.
 *
 * What is left to the program, since the core keeps nothing: the next Sender Sequence Number
 * is durable before a message leaves, and the replay window before a request is acted on.
 */
#include <stdio.h>
#include <stdlib.h>

#include "core/protect.h"
#include "core/unprotect.h"
#include "core/window.h"

static const uint8_t secret[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
static const uint8_t salt[] = {0x9e, 0x7c, 0xa9, 0x22, 0x23, 0x78, 0x63, 0x40};
static const uint8_t get[] = {0x44, 0x01, 0x5d, 0x1f, 0x00, 0x00, 0x39, 0x74, 0x39, 'l', 'o', 'c',
    'a', 'l', 'h', 'o', 's', 't', 0x83, 't', 'v', '1'};

static enum osc_err
protect(const struct osc_context *client, uint64_t seq, struct osc_slice plain, uint8_t *out,
    size_t cap, size_t *len)
{
	struct osc_protection protection = {.has_piv = true, .seq = seq, .kid_context = true};
	struct osc_aead_job job;
	enum osc_err err = osc_coap_decode(&protection.plain, plain, NULL);

	if (err == OSC_OK)
		err = osc_protect_check(&protection.plain, NULL);
	if (err == OSC_OK)
		err = osc_protect_write(&protection, client, out, cap, len, &job);
	if (err == OSC_OK)
		osc_aead_seal(&job, 1);
	return err;
}

/* text and out have as many bytes as the datagram */
static enum osc_err
unprotect(const struct osc_context *server, struct osc_window *window, struct osc_slice datagram,
    uint8_t *text, uint8_t *out, size_t *len)
{
	struct osc_unprotection message;
	struct osc_exchange request;
	struct osc_slice opened;
	struct osc_inner inner;
	enum osc_err err = osc_unprotect_decode(&message, datagram, NULL);

	if (err == OSC_OK && !message.is_request)
		err = OSC_ENOREQUEST;
	if (err == OSC_OK)
		err = osc_unprotect_match(&message, server, OSC_SIDE_PEER);
	if (err == OSC_OK)
		err = osc_window_check(window, message.option.piv.seq);
	if (err != OSC_OK)
		return err;
	osc_unprotect_exchange(&request, &message);
	err = osc_unprotect_open(&message, server, OSC_SIDE_PEER, &request, text, &opened);
	if (err == OSC_OK)
		err = osc_window_commit(window, message.option.piv.seq);
	if (err == OSC_OK)
		err = osc_inner_decode(&inner, opened, message.is_request, NULL);
	if (err == OSC_OK)
		*len = osc_unprotect_write(out, datagram.len, &message, &inner);
	return err;
}

static void
print(const uint8_t *bytes, size_t len)
{
	while (len-- > 0)
		printf("%02x", *bytes++);
	printf("\n");
}

int
main(void)
{
	const struct osc_alg *alg = osc_alg_by_number(OSC_ALG_DEFAULT);
	const struct osc_params params = {
	    .alg = alg,
	    .hash = OSC_SHA256,
	    .master_secret = osc_slice(secret, sizeof(secret)),
	    .master_salt = osc_slice(salt, sizeof(salt)),
	    .id_context = OSC_ABSENT,
	    .sender_id = {.len = 0, .bytes = {0}},
	    .recipient_id = {.len = 1, .bytes = {0x01}},
	};
	const struct osc_params mirrored = osc_params_mirror(&params);
	uint8_t scratch[OSC_INFO_MAX], sealed[512], text[512], plain[512];
	void *client_keys = malloc(osc_context_size(alg)),
	     *server_keys = malloc(osc_context_size(alg));
	struct osc_context client, server;
	struct osc_window window;
	size_t sealed_len = 0, plain_len = 0;
	enum osc_err err;

	if (client_keys == NULL || server_keys == NULL)
		return 1;
	osc_context_derive(&client, client_keys, &params, scratch);
	osc_context_derive(&server, server_keys, &mirrored, scratch);
	osc_window_init(&window, OSC_WINDOW_DEFAULT, 0);

	err =
	    protect(&client, 20, osc_slice(get, sizeof(get)), sealed, sizeof(sealed), &sealed_len);
	if (err == OSC_OK)
		err = unprotect(
		    &server, &window, osc_slice(sealed, sealed_len), text, plain, &plain_len);
	if (err == OSC_OK) {
		print(sealed, sealed_len);
		print(plain, plain_len);
		err = unprotect(
		    &server, &window, osc_slice(sealed, sealed_len), text, plain, &plain_len);
		printf("again: %d\n", (int)err);
	}
	free(client_keys);
	free(server_keys);
	return err == OSC_EREPLAY ? 0 : osc_err_status(err);
}
