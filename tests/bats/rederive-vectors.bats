#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
#
# RFC 8613, Appendix B.2: every run of tests/vectors, by the programs of either side. What they
# draw at random is given to them by a library that is preloaded.

# shellcheck disable=SC2094,SC2154 # row is only read; stderr comes from run
load helper

ROWS() {
	cat "$ROOT"/tests/vectors/rederive.jsonl "$ROOT"/tests/vectors/rederive-peer.jsonl
}

# of KEY - a member of the row; empty if it has none
of() {
	jq -r ".$1 // \"\"" row
}

# directory SIDE - as the row has it, unused
directory() {
	local own peer
	own=$(of "$1_id")
	case $1 in client) peer=$(of server_id) ;; *) peer=$(of client_id) ;; esac
	rm -rf "$1"
	mkdir -m 700 "$1"
	jq "{\"sender-id_hex\": \"$own\", \"recipient-id_hex\": \"$peer\", rederive: true,
		algorithm: (.algorithm // \"AES-CCM-16-64-128\"), \"kdf-hashfun\": (.hkdf // \"sha256\")}
		+ (if .started_by == \"server\" then {\"id-context_hex\": .id1} else {} end)" row >"$1/settings.json"
	(umask 077 && jq '{secret_hex: .secret, salt_hex: .salt}' row >"$1/secret.json")
}

# fixed R COMMAND... - with these 8 random bytes
fixed() {
	local random=$1
	shift
	# The sanitizers have to be first; they do without what is only preloaded for its numbers.
	ASAN_OPTIONS=verify_asan_link_order=0:$ASAN_OPTIONS LD_PRELOAD=$BATS_FILE_TMPDIR/random.so RANDOM_8=$random "$@"
}

setup_file() {
	cc -shared -fPIC -O1 -o "$BATS_FILE_TMPDIR/random.so" "$BATS_TEST_DIRNAME/random.c"
}

NUMBERS='"received": {"index": 0, "bitfield": 0}'
BESIDE='"next-to-send": 1099511627776, "received": "unknown"'

# lay_out - the messages of the row in files, and its IDs
lay_out() {
	local name
	printf '%s' "$1" >row
	for name in request_1 response_1 response_1_with_partial_iv request_2 response_2; do
		raw "$(of $name)" >$name
	done
	id3=$(of r2)$(of r3)
	directory client
	directory server
}

@test "each run opens by -p, on either side, without any state" {
	local side name
	while read -r line; do
		lay_out "$line"
		for name in request_1 response_1 request_2 response_2; do
			of $name
		done >capture
		for side in client server; do
			run -0 --separate-stderr oscore-unprotect -p -f hex -t json $side capture
			equal "$stderr" ""
			equal "$(jq -r .code <<<"${lines[1]}")" 4.01
			equal "${#lines[@]}" 4
		done
	done < <(ROWS)
}

@test "the client of each run" {
	local line name plain
	while read -r line; do
		lay_out "$line"
		if [ "$(of started_by)" != server ]; then
			plain=$(oscore-unprotect -p client request_1 | xxd -p | tr -d '\n')
			if [ "$(of r1 | wc -c)" = 17 ] && [ -z "$(of by)" ]; then
				run -0 to made feed "$plain" fixed "$(of r1)" oscore-protect --rederive client
				equal "$(hex_of made)" "$(of request_1)"
				equal "$(jq -r .rederived.r1_hex client/sequence.json)" "$(of r1)"
			fi
			state client "{$BESIDE, \"rederived\": {\"r1_hex\": \"$(of r1)\"}}"
		else
			state client "{\"next-to-send\": 1, $NUMBERS}"
		fi
		cp client/sequence.json begun
		for name in response_1 response_1_with_partial_iv; do
			[ -s $name ] || continue
			state client "$(<begun)"
			run -0 --separate-stderr fixed "$(of r3)" oscore-unprotect -t json --request request_1 client $name
			equal "$(jq -r .code <<<"$output")" 4.01
			equal "$(jq -r '.rederived.pending."id-context_hex" | .[:-16]' client/sequence.json)" "$(of r2)"
		done
		if [ "$(of r3 | wc -c)" = 17 ]; then
			equal "$(jq -r '.rederived.pending."id-context_hex"' client/sequence.json)" "$id3"
		fi
		# Their requests #2 have the Partial IV 1; ours begin with 0.
		state client "{$BESIDE, \"rederived\": {\"pending\": {\"id-context_hex\": \"$id3\", \"next-to-send\": 1, $NUMBERS}}}"
		plain=$(oscore-unprotect -p client request_2 | xxd -p | tr -d '\n')
		if [ -z "$(of by)" ]; then
			run -0 to made feed "$plain" oscore-protect client
			equal "$(hex_of made)" "$(of request_2)"
		fi
		run -0 --separate-stderr oscore-unprotect -t json --request request_2 client response_2
		equal "$stderr" ""
		equal "$(jq -c '.rederived | [."id-context_hex", .pending]' client/sequence.json)" "[\"$id3\",null]"
	done < <(ROWS)
}

@test "the server of each run" {
	local line key
	while read -r line; do
		lay_out "$line"
		key=$(of hmac_key)
		if [ "$(of s2 | wc -c)" = 17 ]; then
			state server "{$BESIDE, \"rederived\": {\"hmac-key_hex\": \"$key\", \"hmac-made\": $(date +%s)}}"
			run -6 --separate-stderr fixed "$(of s2)" oscore-unprotect --error-reply reply server request_1
			equal "$output" ""
			equal "$(hex_of reply)" "$(of response_1)"
			run -0 oscore-unprotect server request_2
			equal "$(jq -c '.rederived | [."id-context_hex", .received.bitfield, ."hmac-key_hex"]' server/sequence.json)" "[\"$id3\",2,null]"
		else
			run -6 --separate-stderr oscore-unprotect --error-reply reply server request_1
			run -0 oscore-unprotect -t json -p client request_1
			state server "{$BESIDE, \"rederived\": {\"id-context_hex\": \"$id3\", \"next-to-send\": 0, $NUMBERS}}"
			run -0 oscore-unprotect server request_2
		fi
		run -6 oscore-unprotect server request_2
		if [ -z "$(of by)" ]; then
			plain=$(printf '%s\n%s\n' "$(of request_2)" "$(of response_2)" |
				oscore-unprotect -p -f hex client | tail -n 1)
			run -0 to made feed "$plain" oscore-protect --request request_2 server
			equal "$(hex_of made)" "$(of response_2)"
		fi
	done < <(ROWS)
}

@test "without random numbers: 1, and nothing is written or put out" {
	local line before none=zzzzzzzzzzzzzzzz
	read -r line < <(ROWS)
	lay_out "$line"
	state client "{$BESIDE, \"rederived\": {\"r1_hex\": \"$(of r1)\"}}"
	state server "{\"next-to-send\": 1, $NUMBERS}"
	before=$(cat client/sequence.json server/sequence.json)
	run -1 --separate-stderr feed "$GET" fixed $none oscore-protect --rederive client
	equal "$output" ""
	[[ $stderr == *"no random numbers"* ]]
	run -1 --separate-stderr fixed $none oscore-unprotect --request request_1 client response_1
	equal "$output" ""
	run -1 --separate-stderr fixed $none oscore-unprotect --error-reply reply server request_1
	[ ! -e reply ]
	export RANDOM_32=$none$none$none$none
	run -1 fixed 0000000000000000 oscore-unprotect --error-reply reply server request_1
	equal "$(cat client/sequence.json server/sequence.json)" "$before"
}
