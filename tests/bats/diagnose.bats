#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
#
# -v after a failed verification: which of the usual mistakes explains it.

# shellcheck disable=SC2016,SC2154 # scripts for bash -c; stderr comes from run
load helper

# Secret and salt of this side are text that reads as hex, too: each can be mistaken both ways.
SECRET_TEXT=00112233445566778899aabbccddeeff
SALT_TEXT=9e7ca92223786340

# peer DIR - the context of the peer, the client 00, as the variables say
peer() {
	mkdir -m 700 "$1"
	echo "{\"sender-id_hex\": \"$own\", \"recipient-id_hex\": \"$other\", \"algorithm\": \"$algorithm\",
		\"kdf-hashfun\": \"$hash\"${id_context:+, $id_context}}" >"$1/settings.json"
	(umask 077 && echo "{$secret${salt:+, $salt}}" >"$1/secret.json")
}

# right - what the peer of a server has who has made no mistake
right() {
	own=00 other=01 algorithm=AES-CCM-16-64-128 hash=sha256 id_context='"id-context_hex": "37cb"'
	secret="\"secret_ascii\": \"$SECRET_TEXT\"" salt="\"salt_ascii\": \"$SALT_TEXT\""
}

server() {
	right
	own=01 other=00 peer server
}

# a message by such a peer, at the end of `stream`
add_message() {
	rm -rf peer
	peer peer
	oscore-protect -f hex peer request >>stream
}

prepare() {
	echo "$GET" >request
	server
	# the first use makes files, whatever becomes of the message
	right
	peer first
	broken "$(oscore-protect -f hex first request)" | { oscore-unprotect -f hex server 2>/dev/null || true; }
	: >stream
}

@test "the good context verifies" {
	prepare
	right
	peer peer
	oscore-protect -f hex peer request >req
	run -0 --separate-stderr oscore-unprotect -f hex server req
	prints "$GET"
}

@test "every mistake, and every pair of two, is named, and the state stays as it is" {
	BINDIR=$BINDIR run -0 --separate-stderr "$ROOT/tests/vectors/mistakes"
	silent
}

@test "what no mistake explains is not explained" {
	prepare
	right
	add_message
	broken "$(cat stream)" >changed
	# three mistakes at once
	salt="" hash=sha512 algorithm=A128GCM
	add_message
	tail -n 1 stream >>changed
	before=$(snapshot server)
	run -4 --separate-stderr oscore-unprotect -k -f hex -v server changed
	equal "$(grep -c ': hint: no usual mistake explains it: ' <<<"$stderr")" 2
	[[ $stderr != *"it verifies"* ]] || fail explained
	equal "$(snapshot server)" "$before"
}

@test "what may be spent in a run has a limit" {
	prepare
	right
	add_message
	broken "$(cat stream)" >one
	for _ in {1..200}; do cat one; done >many
	run -4 --separate-stderr oscore-unprotect -k -f hex -v server many
	said ': hint: no usual mistake explains it' ': hint: not all of the usual mistakes were tried'
}

@test "a kid context that the peer does not use itself" {
	prepare
	right
	peer peer
	oscore-protect -f hex peer request | sed 's/0237cb/0237cc/' >stream
	run -4 --separate-stderr oscore-unprotect -f hex -v server stream
	said "hint: it verifies with this side's ID Context"
}

@test "without -v, with -q, and for a replay nothing is tried" {
	prepare
	right
	peer peer
	oscore-protect -f hex peer request >good
	run -4 --separate-stderr oscore-unprotect -f hex server <(broken "$(cat good)")
	[[ $stderr != *"no usual mistake"* ]] || fail "tried"
	run -4 --separate-stderr oscore-unprotect -q -f hex -v server <(broken "$(cat good)")
	[[ $stderr != *"no usual mistake"* ]] || fail "said"
	oscore-unprotect -f hex server good >/dev/null
	run -6 --separate-stderr oscore-unprotect -f hex -v server good
	equal "$(wc -l <<<"$stderr")" 2
	[[ $stderr != *"no usual mistake"* ]] || fail "tried for a replay"
}

@test "nothing that is tried is shown: no key, no plaintext" {
	prepare
	right
	salt="" secret="\"secret_hex\": \"$SECRET_TEXT\""
	add_message
	run -4 --separate-stderr oscore-unprotect -f hex -v --show-secrets server stream
	said "verifies without Master Salt" "at the same time with the Master Secret read as hex"
	# the secret of this side may be shown; what was tried may not
	[[ $stderr == *"0x$(printf %s "$SECRET_TEXT" | xxd -p | tr -d '\n')"* ]] || fail "not shown"
	[[ $stderr != *"$SECRET_TEXT"* && $stderr != *b3747631* && $stderr != *plaintext* ]] || fail shown
}

@test "a response: the other request of the file" {
	client_and_server
	printf '%s\n' "$GET" "$GET_B" | oscore-protect -f hex client >requests
	oscore-unprotect -f hex server requests >/dev/null
	# the answer to the first, with the token of the second
	echo "$CONTENT" | oscore-protect -f hex --request requests server | sed 's/00003974/00003975/' >resp
	before=$(snapshot client)
	run -4 --separate-stderr oscore-unprotect -f hex --request requests -v client resp
	equal "$output" ""
	said "hint: it verifies as the answer to another request of the file, that with token 0x00003974 and Partial IV 20"
	equal "$(snapshot client)" "$before"
}

@test "the request of a response: the mistake is looked for in the request" {
	client_and_server
	oscore-protect -f hex client <(echo "$GET") >req
	pair_context other 01 "" '"id-context_hex": "37cb"'
	pair_state other 0 0 0
	run -4 --separate-stderr oscore-protect -f hex -v --request req other <(echo "$CONTENT")
	equal "$output" ""
	said "req: not a request protected with this context" "hint: the request verifies without ID Context"
	pair_context wrong "" 01 '"kdf-hashfun": "sha512"'
	echo "$CONTENT_PROTECTED" >resp
	run -4 --separate-stderr oscore-unprotect -f hex -v --request req wrong resp
	said "req: not a request protected with this context" "hint: the request verifies with HKDF SHA-256"
}

@test "-p: the roles are no mistake, other parameters are" {
	prepare
	right
	salt=""
	add_message
	right
	peer twin
	oscore-protect -f hex twin request >>stream
	run -4 --separate-stderr oscore-unprotect -k -p -f hex -v server stream
	said "hint: it verifies without Master Salt"
	[[ $output == *"$GET" ]] || fail "the second"
	run -0 --separate-stderr oscore-unprotect -p -f hex -v twin <(tail -n 1 stream)
}
