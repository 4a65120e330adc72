#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
#
# CBOR sequences of byte strings.

# shellcheck disable=SC2016,SC2154 # scripts for bash -c; stderr comes from run
load helper

# item HEX - a byte string of less than 256 bytes
item() {
	local length=$((${#1} / 2))
	if [ "$length" -lt 24 ]; then
		printf '%02x%s' $((0x40 + length)) "$1"
	else
		printf '58%02x%s' "$length" "$1"
	fi
}

@test "in and out: each message a byte string with the shortest head" {
	client_and_server
	run -0 --separate-stderr feed "$(item "$GET")$(item "$GET_B")" to out oscore-protect -f cborseq client
	silent
	[[ $(hex_of out) == "$(item "$GET_PROTECTED")5819"44025d2000003975920915ff* ]] || fail "$(hex_of out)"
	run -0 --separate-stderr to plain oscore-unprotect -f cborseq server out
	silent
	equal "$(hex_of plain)" "$(item "$GET")$(item "$GET_B")"
}

@test "longer heads than needed are read" {
	client_and_server
	length=$(printf %02x $((${#GET} / 2)))
	for head in "58$length" "5900$length" "5a000000$length" "5b00000000000000$length"; do
		run -0 --separate-stderr feed "$head$GET" oscore-protect -n -f cborseq client
		silent
	done
}

@test "what is no byte string: 5, and nothing is used up" {
	client_and_server
	before=$(snapshot client)
	# integer, text, array, map, tag, null, float, in pieces, reserved, break
	for bytes in 05 626162 8141aa a0 c041aa f6 f93c00 5f41aaff 5c ff 7f6161ff; do
		run -5 --separate-stderr feed "$bytes" oscore-protect -f cborseq client
		refused "<stdin>:1" "CBOR"
		run -5 --separate-stderr feed "$(item "$GET")$bytes" oscore-protect -n -f cborseq client
		refused "<stdin>:2" "CBOR"
	done
	# cut off
	for bytes in "56${GET%??}" 58 59ff 5b00; do
		run -5 --separate-stderr feed "$bytes" oscore-protect -f cborseq client
		refused "<stdin>:1"
	done
	run -5 --separate-stderr feed 40 oscore-protect -f cborseq client
	refused "<stdin>:1"
	equal "$(snapshot client)" "$before"
}

@test "-k goes on behind what is no byte string, but is CBOR" {
	client_and_server
	for bytes in 05 626162 80 8141aa a0 a1410102 c044 c041aa d81841aa f6 f93c00 e0 f820 5f41aaff \
		7f6161ff 9f01029f6161ff83040506ff bf0102ff c1c281a10102 7a00010000"$(printf %0131072d 0)"; do
		[ "$bytes" = c044 ] && bytes=c04400000000
		run -5 --separate-stderr feed "$(item "$GET")$bytes$(item "$GET_B")" \
			oscore-protect -k -f cborseq -t hex client
		equal "${#lines[@]}" 3
		[[ ${lines[1]} == "# 5 "* ]] || fail "$bytes"
		[[ ${lines[0]} == 44025d1f* && ${lines[2]} == 44* ]] || fail "$bytes"
		one_error "<stdin>:2"
	done
	# what is none ends the stream, also inside of something else
	for bytes in 5c 81ff 9ff81f ff 9f; do
		run -5 --separate-stderr feed "$(item "$GET")$bytes$(item "$GET_B")" \
			oscore-protect -k -n -f cborseq -t hex client
		one_error "<stdin>:2"
	done
}

@test "-k goes on behind every tag, however short its head" {
	client_and_server
	for tag in {192..215}; do
		tag=$(printf %02x "$tag")
		run -5 --separate-stderr feed "$(item "$GET")${tag}01$(item "$GET_B")" \
			oscore-protect -k -f cborseq -t hex client
		equal "${#lines[@]}" 3
		[[ ${lines[0]} == 44025d1f* && ${lines[1]} == "# 5 "* && ${lines[2]} == 44* ]] || fail "$tag"
		one_error "<stdin>:2" "CBOR"
	done
}

@test "a head over the limit is refused without waiting for the rest" {
	client_and_server
	mkfifo in
	exec 7<>in
	for head in 5a00010000 5affffffff 5b0000000000010000 5bffffffffffffffff; do
		raw "$head" >&7
		run -5 --separate-stderr timeout 10 oscore-protect -f cborseq client in 7>&-
		refused "in:1" "65535"
	done
	exec 7>&-
	run -5 --separate-stderr feed 7bffffffffffffffff oscore-protect -f cborseq client
	refused "<stdin>:1" "byte string"
}

@test "-k: status in the place of a message, and what can be skipped is" {
	client_and_server
	run -5 --separate-stderr feed "$(item "$GET")05$(item 4401)6161$(item "$GET")" to out oscore-protect -k -f cborseq client
	[[ $(hex_of out) == "$(item "$GET_PROTECTED")050505"* ]] || fail "$(hex_of out)"
	equal "$(next_of client)" 22
	for n in 2 3 4; do
		said "<stdin>:$n: malformed"
	done
	# our own output, with the statuses in it
	run -5 --separate-stderr to plain oscore-unprotect -k -f cborseq server out
	equal "$(hex_of plain)" "$(item "$GET")050505$(item "$GET")"
}

@test "-k: too long a string is skipped, what is no CBOR ends the stream" {
	client_and_server
	{
		raw "5a00011170"
		head -c 70000 /dev/zero
		raw "$(item "$GET")5c$(item "$GET")"
	} >messages
	run -5 --separate-stderr to out oscore-protect -k -f cborseq client messages
	equal "$(hex_of out)" "05$(item "$GET_PROTECTED")05"
	said "messages:1: .*65535" "messages:3: .*CBOR"
}

@test "replays" {
	client_and_server
	run -6 --separate-stderr feed "$(item "$GET_PROTECTED")$(item "$GET_PROTECTED")" to out oscore-unprotect -k -f cborseq server
	equal "$(hex_of out)" "$(item "$GET")06"
}

@test "empty input is 1" {
	client_and_server
	for format in cborseq json; do
		run -1 --separate-stderr oscore-protect -f "$format" client </dev/null
		refused "<stdin>" empty
	done
}

@test "a stream longer than a group keeps order and numbers, 65535 bytes too" {
	client_and_server
	for ((i = 0; i < 3000; i++)); do
		printf '5003%04x\n' "$i"
	done >messages
	run -0 --separate-stderr to out oscore-protect -f hex -t cborseq client messages
	silent
	run -0 --separate-stderr to plain oscore-unprotect -f cborseq -t hex server out
	silent
	cmp plain messages
	printf '50030001ff%0130800d\n' 0 >messages
	run -0 --separate-stderr to out oscore-protect -f hex -t cborseq client messages
	silent
	run -0 --separate-stderr to plain oscore-unprotect -f cborseq -t hex server out
	silent
	cmp plain messages
}

@test "to a terminal: refused before a number is used" {
	client_and_server
	raw "$(item "$GET")" >message
	run -2 --separate-stderr python3 - <<-'PYTHON'
		import pty, subprocess, sys

		ours, theirs = pty.openpty()
		sys.exit(subprocess.run(
		    ["oscore-protect", "-f", "cborseq", "client", "message"], stdout=theirs, timeout=30,
		).returncode)
	PYTHON
	refused "" "terminal" "hint: .*-t hex.*-t json"
	equal "$(next_of client)" 20
}
