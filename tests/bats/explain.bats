#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
#
# -v and --show-secrets: RFC 8613, Appendix C, in its own words, and what stays hidden.

# shellcheck disable=SC2016,SC2153,SC2154 # scripts for bash -c; SECRET and stderr come from elsewhere
load helper

VECTORS=$ROOT/tests/vectors/rfc8613-appendix-c.json
GET_C5=440171c30000b932396c6f63616c686f737483747631
GET_C6=44012f8eef9bbf7a396c6f63616c686f737483747631

# expected SECTION - the values of a section of the RFC, one "Name: value" a line
expected() {
	jq -er --arg section "$1" '.[$section].values[] | "\(.[0]): \(.[1])"' "$VECTORS"
}

# hidden - the same without what is secret
hidden() {
	sed -E -e '/^(Master Secret|Sender Key|Recipient Key|encryption key|plaintext|Unprotected CoAP [a-z]+):/ {
		s/0x[0-9a-f]* \(([0-9]+ bytes?)\)/\1, hidden/ }'
}

# block HEADING - the lines behind one heading, up to the next
block() {
	awk -v heading="$1" '/^oscore-/ { in_block = $0 == heading; next } in_block' <<<"$stderr"
}

# make CLIENT-ID OPTION... - the context by oscore-gen, both roles in one directory
make() {
	(umask 077 && echo "$SECRET" >secret)
	oscore-gen --secret-file secret --sender-seq 20:0 --client-id "$1" --server-id 01 "${@:2}" both
}

# explains SECTION DERIVATION HEADING - what stands on standard error is what the RFC says
explains() {
	equal "$(block "${stderr%%:*}: both: Key Derivation")" "$(expected "$2")"
	equal "$(block "${stderr%%:*}: <stdin>:1: $3")" "$(expected "$1")"
}

# no_secrets - nothing in $stderr that must not be there; the messages are those of C.4 and C.7
no_secrets() {
	local secret
	# Master Secret, both keys, the plaintexts and the messages they come from
	for secret in "$SECRET" f0910ed7295e6ad4b54fc793154302ff ffb14e093c94c9cac9471648b4f98710 \
		01b3747631 45ff48656c6c6f20576f726c6421 83747631 48656c6c6f20576f726c6421; do
		[[ $stderr != *"$secret"* ]] || fail "shown: $secret"
	done
	[[ $stderr != *tv1* && $stderr != *Hello* ]] || fail "shown as text"
}

@test "C.4: a request, and the derivation of C.1" {
	make "" --master-salt "$SALT"
	run -0 --separate-stderr text "$GET" oscore-protect -f hex -r client -v --show-secrets both
	equal "$output" "$GET_PROTECTED"
	explains C.4 C.1.1 "OSCORE Request"
}

@test "C.5: no Master Salt, and the derivation of C.2" {
	make 00
	run -0 --separate-stderr text "$GET_C5" oscore-protect -f hex -r client -v --show-secrets both
	explains C.5 C.2.1 "OSCORE Request"
}

@test "C.6: ID Context, and the derivation of C.3" {
	make "" --master-salt "$SALT" --id-context 37cbf3210017a2d3
	run -0 --separate-stderr text "$GET_C6" oscore-protect -f hex -r client -v --show-secrets both
	explains C.6 C.3.1 "OSCORE Request"
}

@test "C.7 and C.8: responses, and the derivation of the server" {
	make "" --master-salt "$SALT"
	text "$GET" oscore-protect -f hex -r client both >req
	oscore-unprotect -f hex -r server both req >/dev/null
	run -0 --separate-stderr text "$CONTENT" oscore-protect -f hex -r server --request req \
		--explain --show-secrets both
	equal "$output" "$CONTENT_PROTECTED"
	explains C.7 C.1.2 "OSCORE Response"
	run -0 --separate-stderr text "$CONTENT" oscore-protect -f hex -r server --request req \
		--explain --show-secrets both
	equal "$output" "$CONTENT_PROTECTED_NEW"
	explains C.8 C.1.2 "OSCORE Response with Partial IV"
}

@test "the derivations of C.2 and C.3 for the server" {
	make 00
	run -0 --separate-stderr text "$GET" oscore-protect -n -f hex -r server -v --show-secrets both
	equal "$(block "oscore-protect: both: Key Derivation")" "$(expected C.2.2)"
	rm -r both
	make "" --master-salt "$SALT" --id-context 37cbf3210017a2d3
	run -0 --separate-stderr text "$GET" oscore-protect -n -f hex -r server -v --show-secrets both
	equal "$(block "oscore-protect: both: Key Derivation")" "$(expected C.3.2)"
}

# as_receiver - the receiver calls the sender's context its Recipient Context, and knows no number
as_receiver() {
	sed -e '/^Sender Sequence Number/d' -e 's/^Sender \(ID\|Key\):/Recipient \1:/'
}

@test "the receiver explains the same" {
	make "" --master-salt "$SALT"
	text "$GET" oscore-protect -f hex -r client both >req
	run -0 --separate-stderr oscore-unprotect -f hex -r server -v --show-secrets both req
	equal "$output" "$GET"
	equal "$(block "oscore-unprotect: req:1: OSCORE Request")" "$(expected C.4 | as_receiver)"
	equal "$(block "oscore-unprotect: both: Key Derivation")" "$(expected C.1.2)"
	text "$CONTENT" oscore-protect -f hex -r server --request req both >resp
	text "$CONTENT" oscore-protect -f hex -r server --request req both >resp-piv
	run -0 --separate-stderr oscore-unprotect -f hex -r client --request req -v --show-secrets \
		both resp
	equal "$(block "oscore-unprotect: resp:1: OSCORE Response")" "$(expected C.7 | as_receiver)"
	run -0 --separate-stderr oscore-unprotect -f hex -r client --request req -v --show-secrets \
		both resp-piv
	equal "$(block "oscore-unprotect: resp-piv:1: OSCORE Response with Partial IV")" \
		"$(expected C.8 | as_receiver)"
	# both directions at once, from the side of the client
	cat req resp resp-piv >all
	run -0 --separate-stderr oscore-unprotect -f hex -r client -p -v --show-secrets both all
	equal "$(block "oscore-unprotect: all:1: OSCORE Request")" \
		"$(expected C.4 | sed '/^Sender Sequence Number/d')"
	equal "$(block "oscore-unprotect: all:2: OSCORE Response")" "$(expected C.7 | as_receiver)"
	equal "$(block "oscore-unprotect: all:3: OSCORE Response with Partial IV")" \
		"$(expected C.8 | as_receiver)"
}

@test "without --show-secrets no key, no secret, no plaintext" {
	make "" --master-salt "$SALT"
	run -0 --separate-stderr text "$GET" oscore-protect -f hex -r client -v both
	equal "$output" "$GET_PROTECTED"
	equal "$(block "oscore-protect: <stdin>:1: OSCORE Request")" "$(expected C.4 | hidden)"
	equal "$(block "oscore-protect: both: Key Derivation")" "$(expected C.1.1 | hidden)"
	no_secrets
	text "$GET_PROTECTED" cat >req
	run -0 --separate-stderr oscore-unprotect -f hex -r server -v both req
	equal "$(block "oscore-unprotect: req:1: OSCORE Request")" \
		"$(expected C.4 | as_receiver | hidden)"
	no_secrets
	run -0 --separate-stderr text "$CONTENT" oscore-protect -f hex -r server --request req -v both
	equal "$(block "oscore-protect: <stdin>:1: OSCORE Response")" "$(expected C.7 | hidden)"
	no_secrets
	run -0 --separate-stderr text "$CONTENT_PROTECTED" oscore-unprotect -f hex -r client \
		--request req -v both
	no_secrets
	run -0 --separate-stderr oscore-unprotect -f hex -p -v both req
	no_secrets
}

@test "-n ends at nonce and AAD, and uses nothing up" {
	make "" --master-salt "$SALT"
	before=$(snapshot both)
	run -0 --separate-stderr text "$GET" oscore-protect -n -f hex -r client -v both
	equal "$output" ""
	equal "$(block "oscore-protect: <stdin>:1: OSCORE Request")" \
		"$(expected C.4 | hidden | sed '/^nonce/q')"
	no_secrets
	run -0 --separate-stderr text "$GET" oscore-protect -n -f hex -r client -v --show-secrets both
	equal "$(block "oscore-protect: <stdin>:1: OSCORE Request")" "$(expected C.4 | sed '/^nonce/q')"
	equal "$(snapshot both)" "$before"
}

@test "a stream: the keys once, the messages one by one" {
	make "" --master-salt "$SALT"
	run -0 --separate-stderr text "$GET"$'\n'"$GET_B" oscore-protect -f hex -r client -v both
	equal "$(grep -c '^oscore-protect: both: Key Derivation$' <<<"$stderr")" 1
	equal "$(grep '^Sender Sequence Number' <<<"$stderr")" \
		"Sender Sequence Number: 20"$'\n'"Sender Sequence Number: 21"
	equal "$(grep '^Partial IV' <<<"$stderr")" "Partial IV: 0x14 (1 byte)"$'\n'"Partial IV: 0x15 (1 byte)"
	equal "$(grep '^oscore-' <<<"$stderr" | sed 1d)" \
		"oscore-protect: <stdin>:1: OSCORE Request"$'\n'"oscore-protect: <stdin>:2: OSCORE Request"
}

@test "an Echo that was added is in the plaintext that is explained" {
	client_and_server
	# 4.01 with Echo (252) 0102030405060708
	text 64815d1f00003974d8ef0102030405060708 cat >challenge
	text "$GET" oscore-protect -n -f hex -v --show-secrets --echo challenge client 2>dry
	run -0 --separate-stderr text "$GET" oscore-protect -f hex -v --show-secrets --echo challenge \
		client
	said '^plaintext: 0x01b3747631d8e40102030405060708 \(15 bytes\)$' "^Unprotected CoAP request: 0x$GET "
	equal "$(block "oscore-protect: <stdin>:1: OSCORE Request" | sed '/^nonce/q')" \
		"$(sed '1,/OSCORE Request$/d' dry)"
	text "$output" oscore-unprotect -f hex -v --show-secrets server 2>received >/dev/null
	equal "$(grep ^plaintext received)" "$(grep ^plaintext <<<"$stderr")"
}

@test "of a refused message no plaintext, with --show-secrets neither" {
	client_and_server
	oscore-unprotect -f hex server <<<"$GET_PROTECTED" >/dev/null
	# a replay: its number, and no more
	run -6 --separate-stderr text "$GET_PROTECTED" oscore-unprotect -f hex -v --show-secrets server
	refused "<stdin>:1" "replay"
	said "hint: its number is 20, and the window begins at 0: received before; its tag verifies"
	equal "$(wc -l <<<"$stderr")" 2
	# a changed tag: what the tag was tried with, and no more
	pair_state server 0 0 0
	run -4 --separate-stderr text "$(broken "$GET_PROTECTED")" oscore-unprotect -f hex -v \
		--show-secrets server
	equal "$output" ""
	said '^nonce: 0x4622d4dd6d944168eefb549868 ' '^AAD: 0x8368456e637279707' "no usual mistake"
	grep -qE '^(plaintext|Unprotected)' <<<"$stderr" && fail "plaintext"
	[[ $stderr != *01b3747631* ]] || fail "plaintext"
	# a lost window: it verifies, and is refused
	state server '{"next-to-send": 0, "received": "unknown"}'
	run -6 --separate-stderr text "$GET_PROTECTED" oscore-unprotect -f hex -v --show-secrets server
	[[ $stderr != *01b3747631* && $stderr != *plaintext:* ]] || fail "plaintext"
	# a message that --keep-going went past is in its place
	pair_state server 0 0 0
	run -4 --separate-stderr text "$(broken "$GET_PROTECTED")"$'\n'"$GET_PROTECTED" \
		oscore-unprotect -k -f hex -v --show-secrets server
	equal "$(grep -c '^plaintext' <<<"$stderr")" 1
	equal "$(block "oscore-unprotect: <stdin>:2: OSCORE Request")" "$(expected C.4 | as_receiver)"
}

# no_growth COMMAND... - run where no file may grow; standard error is a pipe, which may
no_growth() {
	(ulimit -f 0 && "$@") 2>&1 | cat >&2
	return "${PIPESTATUS[0]}"
}

@test "nothing is explained of what did not become durable" {
	client_and_server
	echo "$GET" >plain
	run -1 --separate-stderr no_growth oscore-protect -f hex -v --show-secrets client plain
	refused client/
	[[ $stderr != *0x* ]] || fail "explained"
	echo "$GET_PROTECTED" >req
	run -1 --separate-stderr no_growth oscore-unprotect -f hex -v --show-secrets server req
	refused server/
	[[ $stderr != *0x* ]] || fail "explained"
}

@test "--show-secrets alone is a usage error" {
	client_and_server
	run -2 --separate-stderr text "$GET" oscore-protect -f hex --show-secrets client
	usage_error "--show-secrets goes with --explain"
	run -2 --separate-stderr text "$GET_PROTECTED" oscore-unprotect -f hex --show-secrets server
	usage_error "--show-secrets goes with --explain"
}

@test "standard error that is closed or full changes nothing" {
	client_and_server
	text "$GET" oscore-protect -f hex -v client >out 2>&-
	equal "$(cat out)" "$GET_PROTECTED"
	text "$GET_PROTECTED" oscore-unprotect -f hex -v server >out 2>/dev/full
	equal "$(cat out)" "$GET"
}
