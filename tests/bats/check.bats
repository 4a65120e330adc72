#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
#
# oscore-show --check: each finding, and silence on what is sound.

# shellcheck disable=SC2154 # stderr comes from run
load helper

# A secret that nobody has printed.
SOUND=a0a1a2a3a4a5a6a7a8a9aaabacadaeaf

# context DIR SETTINGS [SECRET-FILE [SECRETS]] - a directory with these members
context() {
	mkdir -m 700 "$1"
	echo "{\"algorithm\": \"AES-CCM-16-64-128\", $2}" >"$1/settings.json"
	(umask 077 && echo "{${4:-\"secret_hex\": \"$SOUND\"}}" >"$1/${3:-secret.json}")
}

PAIR='"sender-id_hex": "01", "recipient-id_hex": "00"'
ROLE='"client-sender-id_hex": "01", "server-sender-id_hex": "00"'

# finds LINE... - exactly these findings, in any order
finds() {
	equal "$status" 7
	equal "$stderr" ""
	equal "$(sort <<<"$output")" "$(printf '%s\n' "$@" | sort)"
}

# check ARGUMENT...
check() {
	run --separate-stderr oscore-show --check "$@"
}

@test "silence: pairs, both dialects, new and used, alone, together and in a tree" {
	mkdir tree
	oscore-gen --pair client server
	oscore-gen tree/both
	oscore-gen --id-context 01 --client-id 05 -r server tree/05@01
	oscore-gen --client-id 06 -r server tree/06
	oscore-gen --client-id '' -r server tree/_
	for _ in unused used; do
		for arguments in client server "client server" tree/both tree/05@01 "-C tree"; do
			# shellcheck disable=SC2086 # words
			check $arguments
			equal "$status" 0
			silent
		done
		echo "$GET" >request
		oscore-protect -f hex client request | oscore-unprotect -f hex server >/dev/null
		oscore-protect -f hex -r client tree/both request >/dev/null
		oscore-protect -f hex tree/05@01 request >/dev/null
	done
}

@test "more directories than there was room for at first: each is looked at" {
	mkdir tree
	for ((i = 10; i < 50; i++)); do
		oscore-gen --client-id $i -r server tree/$i
	done
	check -C tree
	equal "$status" 0
	silent
	cp -r tree/10 tree/copy
	check -C tree
	equal "$(grep -c 'tree/copy: can send with the same Sender Key as tree/10' <<<"$output")" 1
}

@test "a copy of a context that was used" {
	oscore-gen --pair client server
	oscore-gen both
	feed "$GET" oscore-protect client >request
	feed "$GET" oscore-protect -r client both >request
	for dir in client both; do
		cp -r $dir copy
		check copy
		finds 'copy/sequence.json: this is a copy of a context that was used: make a new context; or add --moved once, if it was moved here'
		rm -r copy
		mv $dir elsewhere
		check elsewhere
		equal "$status" 0
		silent
		rm -r elsewhere
	done
	oscore-gen --pair --rederive client2 server2
	feed "$GET" oscore-protect client2 >request
	cp -r client2 copy
	check copy
	finds 'copy/sequence.json: this is a copy of a context that was used: derive the keys anew, with oscore-protect --rederive; or add --moved once, if it was moved here'
}

@test "permissions and owner" {
	context a "$PAIR"
	chmod 640 a/secret.json
	chmod 770 a
	chmod 666 a/settings.json
	state a '{"next-to-send": 0, "received": {"index": 0, "bitfield": 0}}'
	chmod 602 a/sequence.json
	check a
	finds 'a: others can write to this directory: chmod go-w it' \
		'a/secret.json: others can read or write this secret: chmod 600 it' \
		'a/settings.json: others can write it: chmod go-w it' \
		'a/sequence.json: others can write it: chmod o-w it'
	[ "$(id -u)" -eq 0 ] || skip "only root can give files away"
	context b "$PAIR"
	chown 1 b/secret.json
	check b
	finds 'b/secret.json: belongs to user 1, the directory to user 0: chown it'
}

@test "a datum in both files, and missing ones" {
	context a "$PAIR" secret.json '"secret_hex": "'$SOUND'", "algorithm": "A128GCM"'
	check a
	finds 'a/secret.json: "algorithm" is given twice: "algorithm" in settings.json and "algorithm" in secret.json'
	context b "$PAIR" secret.json '"salt_hex": "00"'
	check b
	finds 'b: "secret" is missing'
	context c '"sender-id_hex": "01"'
	check c
	finds 'c: "recipient-id" is missing'
	mkdir d
	check d
	finds 'd: not a context: no settings.json, secrets.json or secret.json'
	check missing
	finds 'missing: cannot open the context directory: No such file or directory'
	context e "$ROLE"
	sed -i 's/"algorithm": "[^"]*", //' e/settings.json
	check e
	finds 'e: no "algorithm", and aiocoap 0.4b1 meant AES-CCM-64-64-128: add it'
}

@test "unknown keys, misspelt ones, and what aiocoap does not read" {
	context a "$PAIR"', "slat_hex": "00", "widnow": 32, "comment": "mine", "master_salt_hex": "00", "kid-context_ascii": "x", "hkdf": "sha256"'
	check a
	finds 'a/settings.json: "slat_hex": unknown key, nothing reads it; did you mean "salt_hex"?' \
		'a/settings.json: "widnow": unknown key, nothing reads it; did you mean "window"?' \
		'a/settings.json: "comment": unknown key, nothing reads it: remove it' \
		'a/settings.json: "master_salt_hex": unknown key, nothing reads it; did you mean "salt_hex"?' \
		'a/settings.json: "kid-context_ascii": unknown key, nothing reads it; did you mean "id-context_ascii"?' \
		'a/settings.json: "hkdf": unknown key, nothing reads it; did you mean "kdf-hashfun"?'
	context e "$PAIR"', "mast_hex": "00", "masterkey": "x", "hashing": 1'
	check e
	finds 'e/settings.json: "mast_hex": unknown key, nothing reads it: remove it' \
		'e/settings.json: "masterkey": unknown key, nothing reads it: remove it' \
		'e/settings.json: "hashing": unknown key, nothing reads it: remove it'
	context b '"client-id_hex": "01", "server-id_hex": "00"' secrets.json
	check b
	finds 'b/settings.json: "client-id_hex": aiocoap does not read it: name it "client-sender-id_hex"' \
		'b/settings.json: "server-id_hex": aiocoap does not read it: name it "server-sender-id_hex"'
	context c "$PAIR" secrets.json
	check c
	finds 'c/secrets.json: aiocoap does not read this file beside "sender-id": name it secret.json'
	context d "$PAIR"
	sed -i 's,"AES-CCM-16-64-128",24,' d/settings.json
	check d
	finds 'd/settings.json: "algorithm": aiocoap does not read a number: write "ChaCha20/Poly1305"'
}

@test "hex with key and place, IDs that are too long or equal" {
	context a "$PAIR" secret.json '"secret_hex": "a0a1x2"'
	check a
	finds 'a/secret.json: "secret_hex" is not hex: character 5 of the value'
	context b '"sender-id_hex": "0102030405060708", "recipient-id_hex": "00"'
	check b
	finds 'b/settings.json: "sender-id_hex" is longer than 7 bytes, the limit of AES-CCM-16-64-128'
	context c '"sender-id_hex": "00", "recipient-id_hex": "00"'
	check c
	finds 'c: "sender-id" and "recipient-id" are equal: both sides would use the same key'
	context d "$PAIR"', "id-context_hex": "'"$(printf '%0498d' 0)"'"'
	check d
	finds 'd: "id-context" may be too long to be sent: make a new context with a shorter one, or use --no-kid-context'
}

@test "secrets that are short or published, and none of them is shown" {
	context a "$PAIR" secret.json '"secret_hex": "a0a1"'
	check a
	finds 'a/secret.json: "secret" is shorter than 16 bytes: make a new context with oscore-gen'
	context b "$PAIR" secret.json '"secret_hex": "'"$SECRET"'"'
	check b
	finds 'b/secret.json: "secret" is the one printed in RFC 8613: for tests only, make a new context'
	[[ $output != *"$SECRET"* ]] || fail "the secret is shown"
}

@test "numbers near the end, and over the key limits" {
	context a "$PAIR"
	pair_state a 524288 0 0
	check a
	finds 'a/sequence.json: half of the 1048576 messages for one key are used: make a new context soon'
	pair_state a 1048577 0 0
	check a
	finds 'a/sequence.json: over the limit of 1048576 messages for one key: make a new context'
	pair_state a 1099510579200 0 0
	check a
	finds 'a/sequence.json: over the limit of 1048576 messages for one key: make a new context' \
		'a/sequence.json: only 1048576 Sender Sequence Numbers are left: make a new context'
	pair_state a 1099510579199 0 0
	check a
	finds 'a/sequence.json: over the limit of 1048576 messages for one key: make a new context'
	pair_state a 1099511627776 0 0
	check a
	finds 'a/sequence.json: over the limit of 1048576 messages for one key: make a new context' \
		'a/sequence.json: no Sender Sequence Number is left: make a new context'
	# either side of a directory that serves both
	context both "$ROLE" secrets.json
	state both '{"used": {"01": 0, "00": 1099511627776}, "seen": {"01": [], "00": []}}'
	check both
	finds 'both/sequence.json: over the limit of 1048576 messages for one key: make a new context' \
		'both/sequence.json: no Sender Sequence Number is left: make a new context'
}

@test "state that is missing or cannot be read, once" {
	context a "$PAIR"
	state a '{"next-to-send": 0, "received": {"index": 0}}'
	check a
	finds 'a/sequence.json: "received" is no object with "index" and "bitfield"'
	oscore-gen both
	rm both/sequence.json
	check both
	equal "$status" 7
	equal "$(wc -l <<<"$output")" 1
	[[ $output == both/sequence.json:* ]] || fail "$output"
}

@test "leftovers, and a lock that is held" {
	oscore-gen --pair client server
	echo "$GET" >request
	oscore-protect -f hex client request >/dev/null
	touch client/.sequence-abcdefgh.json
	check client
	finds 'client/.sequence-abcdefgh.json: left by a run that was killed: the next use removes it'
	run --separate-stderr flock client/lock oscore-show --check client
	finds 'client/lock: another process holds the lock: look again when it has ended'
	snapshot client >before
	check client
	equal "$(snapshot client)" "$(cat before)"
	# and it is not kept
	run -0 --separate-stderr oscore-protect -f hex client request
	mkdir tree
	mkdir -m 700 tree/.oscore-gen-abcdef
	check -C tree
	finds 'tree/.oscore-gen-abcdef: holds the secret of a run of oscore-gen that was killed: the next one beside it removes it'
}

@test "across: one Sender Key in two directories, two for one kid" {
	context a "$PAIR"
	cp -a a b
	check a b
	finds 'b: can send with the same Sender Key as a: both would use the same numbers, remove one, or pin each to its role' \
		'b: is for messages with the same kid and ID Context as a: under one directory, -C tries both'
	# two neutral copies are both sides each; pinned to different roles they are sound
	context c "$ROLE" secrets.json
	cp -a c d
	check c d
	equal "$status" 7
	equal "$(grep -c 'same Sender Key' <<<"$output")" 2
	context e "$ROLE"', "role": "client"' secrets.json
	context f "$ROLE"', "role": "server"' secrets.json
	check e f
	equal "$status" 0
	silent
	# another secret, the same kid; and with another ID Context
	context g "$PAIR" secret.json '"secret_hex": "b0a1a2a3a4a5a6a7a8a9aaabacadaeaf"'
	context h "$PAIR"', "id-context_hex": ""'
	check a g h
	finds 'g: is for messages with the same kid and ID Context as a: under one directory, -C tries both'
}

@test "in a tree: a directory named for another kid; what is no context is passed over" {
	mkdir -p tree/no-context
	touch tree/file
	context tree/00 "$PAIR"
	context tree/07 '"sender-id_hex": "01", "recipient-id_hex": "06"'
	context tree/08@aa '"sender-id_hex": "01", "recipient-id_hex": "08"'
	context tree/09@bb '"sender-id_hex": "01", "recipient-id_hex": "09", "id-context_hex": "aa"'
	context tree/0a '"sender-id_hex": "01", "recipient-id_hex": "0a", "id-context_hex": "aa"'
	context tree/0b@_ '"sender-id_hex": "01", "recipient-id_hex": "0b", "id-context_hex": ""'
	# which sends with another key each
	for name in 00 07 08@aa 09@bb 0a 0b@_; do
		sed -i "s/\"sender-id_hex\": \"01\"/\"sender-id_hex\": \"${name:0:2}ff\"/" "tree/$name/settings.json"
	done
	check -C tree
	finds 'tree/07: named for another kid or kid context than its messages have: rename it' \
		'tree/08@aa: named for another kid or kid context than its messages have: rename it' \
		'tree/09@bb: named for another kid or kid context than its messages have: rename it'
	# only there the name says something
	check tree/07
	equal "$status" 0
	silent
}

@test "many, in a file, and the usage" {
	for i in 1 2 3 4 5 6 7 8; do
		context "c$i" '"sender-id_hex": "0'$i'", "recipient-id_hex": "1'$i'", "typo": 1'
	done
	run -7 --separate-stderr oscore-show --check c1 c2 c3 -o findings c4 c5 c6 c7 c8
	silent
	equal "$(wc -l <findings)" 8
	run -2 --separate-stderr oscore-show --check
	usage_error "DIR is missing"
	run -2 --separate-stderr oscore-show -C .
	usage_error "goes with --check"
	run -2 --separate-stderr oscore-show --check -C . c1
	usage_error "not both"
	run -2 --separate-stderr oscore-show --check -t json c1
	usage_error "do not go with --check"
	run -2 --separate-stderr oscore-show --check -r client c1
	usage_error "do not go with --check"
	run -7 --separate-stderr oscore-show --check -C nothing
	refused nothing
	run -1 --separate-stderr to /dev/full oscore-show --check c1
	said "write"
}
