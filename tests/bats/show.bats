#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
#
# oscore-show: what it says about one context, and about two.

# shellcheck disable=SC2016,SC2154 # scripts for bash -c; stderr comes from run
load helper

# fingerprint NAME HEX - as oscore-show(1) says that it is computed
fingerprint() {
	{
		printf 'oscore-tools fingerprint\0%s\0' "$1"
		raw "$2"
	} | sha256sum | cut -c 1-16
}

# line NAME - its value in the output
line() {
	sed -n "s/^$1: //p" <<<"$output"
}

@test "a context in lines: the values of RFC 8613, Appendix C.1.1" {
	client_and_server
	run -0 --separate-stderr oscore-show client
	prints "Role: not said
AEAD Algorithm: AES-CCM-16-64-128 (10)
HKDF Algorithm: HKDF SHA-256 (-10)
Master Secret: 16 bytes, fingerprint $(fingerprint "Master Secret" "${SECRET:?}")
Master Salt: 8 bytes, fingerprint $(fingerprint "Master Salt" "$SALT")
ID Context: none
Common IV: 13 bytes, fingerprint $(fingerprint "Common IV" 4622d4dd6d944168eefb54987c)
Sender ID: empty
Sender Key: 16 bytes, fingerprint $(fingerprint Key f0910ed7295e6ad4b54fc793154302ff)
Sender Sequence Number: 20, 1099511627756 left
Key Limit: 1048576 messages with the Sender Key, at most 20 protected
Recipient ID: 01
Recipient Key: 16 bytes, fingerprint $(fingerprint Key ffb14e093c94c9cac9471648b4f98710)
Replay Window Size: 32
Replay Window: from 0, nothing received
Echo Challenge: none"
}

@test "--show-secrets: the bytes beside the fingerprints" {
	client_and_server
	run -0 --separate-stderr oscore-show --show-secrets client
	equal "$(line "Master Secret")" \
		"16 bytes, fingerprint $(fingerprint "Master Secret" "${SECRET:?}"), $SECRET"
	equal "$(line "Common IV" | sed 's/.*, //')" 4622d4dd6d944168eefb54987c
	equal "$(line "Sender Key" | sed 's/.*, //')" f0910ed7295e6ad4b54fc793154302ff
	equal "$(line "Recipient Key" | sed 's/.*, //')" ffb14e093c94c9cac9471648b4f98710
	equal "$(oscore-show client | grep -c "$SECRET\|$SALT" || true)" 0
}

@test "fingerprints are equal on both sides, crosswise for the keys" {
	oscore-gen --id-context aabb --master-salt 0102 --pair client server
	for name in "Master Secret" "Master Salt" "ID Context" "Common IV"; do
		equal "$(oscore-show client | grep "^$name:")" "$(oscore-show server | grep "^$name:")"
	done
	output=$(oscore-show client)
	sender=$(line "Sender Key") recipient=$(line "Recipient Key")
	output=$(oscore-show server)
	equal "$sender" "$(line "Recipient Key")"
	equal "$recipient" "$(line "Sender Key")"
	differ "$sender" "$recipient"
}

@test "numbers and windows: received, lost, with a challenge, used up" {
	pair_context client "" 01
	pair_state client 1099511627776 9 2147483655
	run -0 --separate-stderr oscore-show client
	equal "$(line "Sender Sequence Number")" "none is left"
	equal "$(line "Replay Window")" "from 9, received 9-11 40"
	equal "$(line "Echo Challenge")" none
	said "warning: over the limit"
	state client '{"next-to-send": 5, "received": "unknown", "echo_hex": "0001020304050607"}'
	run -0 --separate-stderr oscore-show client
	equal "$stderr" ""
	equal "$(line "Replay Window")" "lost (RFC 8613, Appendix B.1.2)"
	equal "$(line "Echo Challenge")" outstanding
	equal "$(line "Key Limit")" "1048576 messages with the Sender Key, at least 5 protected"
	grep -q 0001020304050607 <<<"$output" && fail "the challenge is shown"
	oscore-show -t json client 2>/dev/null >described
	equal "$(jq -c '[."replay-window", ."challenge-outstanding", ."next-to-send"]' described)" \
		"[null,true,5]"
}

@test "key limits: warned about from the half on, and -q drops it" {
	pair_context client "" 01
	pair_state client 524287 0 0
	run -0 --separate-stderr oscore-show client
	equal "$stderr" ""
	# each request that was received may have had an answer under the same key
	pair_state client 524287 0 1
	run -0 --separate-stderr oscore-show client
	equal "$(line "Key Limit")" \
		"1048576 messages with the Sender Key, at most 524288 protected"
	equal "$stderr" "oscore-show: client: warning: half of the 1048576 messages for one key are used: make a new context soon"
	run -0 --separate-stderr oscore-show -q client
	equal "$stderr" ""
	pair_state client 1048577 0 0
	run -0 --separate-stderr oscore-show client
	equal "$stderr" "oscore-show: client: warning: over the limit of 1048576 messages for one key: make a new context"
}

@test "json: the keys of settings.json, fingerprints beside them, and the state" {
	role_context both '"id-context_hex": "", "window": 64'
	state both '{"used": {"": 7, "01": 3}, "seen": {"": [-1, 4], "01": [-1, 1, 2]}}'
	run -0 --separate-stderr oscore-show -t json -r server both
	equal "$(jq -c 'del(.fingerprints)' <<<"$output")" '{"role":"server","sender-id_hex":"01","recipient-id_hex":"","id-context_hex":"","algorithm":"AES-CCM-16-64-128","kdf-hashfun":"sha256","window":64,"secret_hex":"'"$SECRET"'","salt_hex":"'"$SALT"'","next-to-send":3,"received":"unknown","numbers-left":1099511627773,"replay-window":{"index":0,"received":[4]},"challenge-outstanding":false,"key-limit":{"messages":1048576,"protected":8}}'
	equal "$(jq -r .fingerprints.secret <<<"$output")" "$(fingerprint "Master Secret" "$SECRET")"
	equal "$(jq -r .fingerprints.salt <<<"$output")" "$(fingerprint "Master Salt" "$SALT")"
	equal "$(jq '.fingerprints | length' <<<"$output")" 5
	# the keys of the other role are the same, the other way round
	oscore-show -q -t json -r client both 2>/dev/null >client.json
	equal "$(jq -r '.fingerprints."sender-key"' client.json)" \
		"$(jq -r '.fingerprints."recipient-key"' <<<"$output")"
	oscore-show -r server both >lines
	grep -q "^Sender Key:.*$(jq -r '.fingerprints."sender-key"' <<<"$output")\$" lines
}

@test "an export warns that two would go on with its numbers, and -q does not drop that" {
	oscore-gen --pair client server
	run -0 --separate-stderr oscore-show -q -t json client
	equal "$stderr" "oscore-show: client: warning: before the export is used stop using client: its numbers go on from there"
}

@test "nothing is made or changed, no lock is waited for, a copy may be looked at" {
	oscore-gen --pair client server
	text "$GET" oscore-protect -f hex client >/dev/null
	cp -a client copy
	for directory in client copy server; do
		snapshot "$directory" >before
		run -0 --separate-stderr oscore-show "$directory"
		equal "$stderr" ""
		equal "$(snapshot "$directory")" "$(cat before)"
	done
	run -0 --separate-stderr flock client/lock timeout 5 oscore-show client
	pair_context fresh 01 02
	run -0 --separate-stderr oscore-show fresh
	equal "$(names fresh)" "secret.json settings.json "
}

@test "a secret does not go to a terminal without --show-secrets" {
	oscore-gen --pair client server
	secret=$(jq -r .secret_hex client/secret.json)
	run -2 script -qec 'oscore-show -t json client' /dev/null
	[[ $output != *"$secret"* ]] || fail "the secret is on the terminal"
	[[ $output == *"<stdout>: a terminal, and this holds the Master Secret"*"add '-o FILE', or --show-secrets"* ]] ||
		fail "not said why"
	run -2 script -qec 'oscore-show -t json -o - client' /dev/null
	run -2 script -qec 'oscore-show -t json -o /dev/tty client' /dev/null
	[[ $output != *"$secret"* ]] || fail "the secret is on the terminal"
	run -0 script -qec 'oscore-show -t json --show-secrets client' /dev/null
	[[ $output == *"$secret"* ]] || fail "no secret"
	run -0 script -qec 'oscore-show client' /dev/null
	[[ $output == *"Sender ID: 01"* ]] || fail "no description"
}

@test "-o: for the owner alone, whatever was there, and nothing after an error" {
	oscore-gen --pair client server
	run -0 --separate-stderr oscore-show -t json -o file client
	equal "$output" ""
	equal "$(mode_of file)" 600
	jq -e .secret_hex file >/dev/null
	echo old >old
	chmod 644 old
	(umask 0 && oscore-show -t json -o old client 2>/dev/null)
	equal "$(mode_of old)" 600
	cmp old file
	run -7 --separate-stderr oscore-show -t json -o file nothing
	refused nothing
	cmp old file
	oscore-show -o text client
	equal "$(cat text)" "$(oscore-show client)"
	equal "$(mode_of text)" 644
	run -2 --separate-stderr oscore-show -o client/settings.json client
	usage_error "belongs to a context"
	run -1 --separate-stderr to /dev/full oscore-show client
	said "^oscore-show: <stdout>: write"
}

@test "the role: needed where the directory does not say it" {
	oscore-gen both
	run -2 --separate-stderr oscore-show both
	refused both "serves client and server" "hint: add --role"
	run -0 --separate-stderr oscore-show -r server both
	equal "$(line Role)" server
	equal "$(line "Sender ID")" 00
	oscore-gen -r client pinned
	run -0 --separate-stderr oscore-show pinned
	equal "$(line Role)" client
	run -7 --separate-stderr oscore-show -r server pinned
	refused pinned "for the client, not for the server"
}

@test "what cannot be loaded: 7, one line" {
	run -7 --separate-stderr oscore-show nothing
	refused nothing
	pair_context client "" 01
	state client '{"next-to-send": -1}'
	run -7 --separate-stderr oscore-show client
	refused client/sequence.json
}

@test "usage" {
	oscore-gen --pair client server
	run -2 --separate-stderr oscore-show
	usage_error "CONTEXT is missing"
	run -2 --separate-stderr oscore-show client server client
	usage_error "too many operands"
	run -2 --separate-stderr oscore-show -t json client server
	usage_error "do not go with two contexts"
	run -2 --separate-stderr oscore-show -t xml client
	usage_error "--to: text"
}

@test "two contexts: the two ends of one, in either order and form" {
	oscore-gen --pair client server
	run -0 --separate-stderr oscore-show client server
	prints "client and server are the two ends of one context"
	run -0 --separate-stderr oscore-show server client
	prints "server and client are the two ends of one context"
	role_context both
	pair_context peer "" 01
	run -0 --separate-stderr oscore-show both peer
	run -0 --separate-stderr oscore-show peer both
	run -0 --separate-stderr oscore-show -r server both peer
	prints "both and peer are the two ends of one context"
	run -7 --separate-stderr oscore-show -r client both peer
	prints "both and peer are not the two ends of one context: both are the same side, with one Sender ID; else they match"
	# with state that cannot be read: it has no part in this
	state peer nonsense
	run -0 --separate-stderr oscore-show peer both
}

@test "two contexts: only one allows its keys to be derived anew" {
	oscore-gen --pair --rederive client server
	run -0 --separate-stderr oscore-show client server
	prints "client and server are the two ends of one context"
	sed -i '/rederive/d' server/settings.json
	run -0 --separate-stderr oscore-show client server
	prints 'client and server are the two ends of one context; only client has "rederive"'
	run -0 --separate-stderr oscore-show server client
	prints 'server and client are the two ends of one context; only client has "rederive"'
}

@test "two contexts: what differs, by name" {
	oscore-gen -r client a
	cp -a a b
	run -7 --separate-stderr oscore-show a b
	prints "a and b are not the two ends of one context: both are the same side, with one Sender ID; else they match"
	oscore-gen --pair --master-salt 00 client server
	sed -i 's/"salt_hex": "00"/"salt_hex": "01"/' server/secret.json
	run -7 --separate-stderr oscore-show client server
	prints "client and server are not the two ends of one context: Master Salt differs; else they match"
	sed -i 's/"role": "server"/"role": "client"/' server/settings.json
	run -7 --separate-stderr oscore-show client server
	prints "client and server are not the two ends of one context: both are pinned to one role; Master Salt differs; else they match"
	run -7 --separate-stderr oscore-show client nothing
	refused nothing
}

@test "two contexts: every mistake, and every pair of two, is named" {
	BINDIR=$BINDIR run -0 --separate-stderr "$ROOT/tests/vectors/compared"
	silent
}
