#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
#
# What RFC 8613 says and no other file tests: classes of options, signaling, flags, limits.
# tests/conformance.md lists all of it.

# shellcheck disable=SC2016,SC2154 # scripts for bash -c; stderr comes from run
# shellcheck disable=SC2086 # a program with its options in one variable
load helper

# options_tool - options.py: options read and written in another way than the programs do
options_tool() {
	cat >options.py <<-'PYTHON'
		def head(delta, length):
		    def part(n):
		        if n < 13:
		            return n, b""
		        if n < 269:
		            return 13, bytes([n - 13])
		        return 14, (n - 269).to_bytes(2, "big")
		    (d, more), (l, rest) = part(delta), part(length)
		    return bytes([d << 4 | l]) + more + rest

		def write(options):
		    out, last = b"", 0
		    for number, value in sorted(options, key=lambda option: option[0]):
		        out += head(number - last, len(value)) + value
		        last = number
		    return out

		def read(data):
		    """code, options, payload"""
		    at, number, options = 4 + (data[0] & 15), 0, []
		    while at < len(data) and data[at] != 0xFF:
		        delta, length = data[at] >> 4, data[at] & 15
		        at += 1
		        sizes = []
		        for n in delta, length:
		            if n == 13:
		                n, at = 13 + data[at], at + 1
		            elif n == 14:
		                n, at = 269 + int.from_bytes(data[at:at + 2], "big"), at + 2
		            sizes.append(n)
		        number += sizes[0]
		        options.append((number, data[at:at + sizes[1]]))
		        at += sizes[1]
		    return data[1], options, data[at + 1:]
	PYTHON
}

@test "4.1: all 65536 option numbers: 3, 7, 9, 21, 35, 39 are class U, Observe is both, the rest class E" {
	client_and_server
	options_tool
	# One request for each number; 9 is refused and 35 wants a URI.
	python3 - >plain <<-'PYTHON'
		from options import write

		for n in range(65536):
		    if n != 9:
		        value = b"coap://h" if n == 35 else b"v"
		        print((bytes([0x40, 1, n >> 8, n & 255]) + write([(n, value)])).hex())
	PYTHON
	oscore-protect -f hex client plain >protected
	oscore-unprotect -f hex server protected >unprotected
	run -0 --separate-stderr cmp plain unprotected
	silent
	run -0 --separate-stderr python3 - <<-'PYTHON'
		from options import read

		lines = [bytes.fromhex(line) for line in open("protected")]
		assert len(lines) == 65535
		for line in lines:
		    n = line[2] << 8 | line[3]
		    code, options, payload = read(line)
		    outside = [number for number, _ in options if number != 9]
		    assert outside == ([n] if n in (3, 6, 7, 21, 35, 39) else []), (n, outside)
		    assert code == (0x05 if n == 6 else 0x02), (n, code)
		    assert payload
	PYTHON
	silent
}

@test "8.2, 8.4: all 65536 option numbers outside: class U is kept, the rest is dropped, and nothing else changes" {
	client_and_server
	options_tool
	text "$(yes 4001000010 | head -n 65535)" oscore-protect -f hex client >protected
	python3 - >changed <<-'PYTHON'
		from options import read, write

		numbers = (n for n in range(65536) if n != 9)
		for n, line in zip(numbers, open("protected")):
		    code, options, payload = read(bytes.fromhex(line))
		    # Any code of a request will do (4.2).
		    message = bytes([0x40, 1 + n % 31, n >> 8, n & 255])
		    print((message + write(options + [(n, b"v")]) + b"\xff" + payload).hex())
	PYTHON
	oscore-unprotect -f hex server changed >plain
	run -0 --separate-stderr python3 - <<-'PYTHON'
		from options import read

		lines = [bytes.fromhex(line) for line in open("plain")]
		assert len(lines) == 65535
		for line in lines:
		    n = line[2] << 8 | line[3]
		    code, options, payload = read(line)
		    kept = [(n, b"v")] if n in (3, 7, 21, 35, 39) else []
		    assert code == 1 and payload == b"" and options == sorted([(1, b"")] + kept), (n, options)
	PYTHON
	silent
}

@test "4.1.1: Max-Age, Block, Size, Q-Block, No-Response, Echo, Request-Tag, Hop-Limit go inside, in responses too" {
	client_and_server
	options_tool
	printf '%s\n' '{"code": "PUT", "type": "CON", "mid": 7, "token_hex": "aa", "options": [["Max-Age", 5],
		["Hop-Limit", 9], [19, 1], ["Block2", 6], ["Block1", 14], ["Size2", 3], [31, 2], ["Size1", 9],
		["Echo", {"hex": "e0"}], ["No-Response", 26], ["Request-Tag", {"hex": "f0"}]]}' >request
	run -0 --separate-stderr oscore-protect -f json -t hex client request
	prints "$output"
	printf '%s\n' "$output" >req
	run -0 --separate-stderr python3 -c \
		'from options import read; print([n for n, v in read(bytes.fromhex(open("req").read()))[1]])'
	prints '[9]'
	run -0 --separate-stderr oscore-unprotect -f hex server req
	prints "$(oscore-unprotect -p -f json -t hex client request)"
	sed 's/PUT/2.04/; s/CON/ACK/' request >answer
	run -0 --separate-stderr oscore-protect -f json -t hex --request req server answer
	printf '%s\n' "$output" >resp
	run -0 --separate-stderr python3 -c \
		'from options import read; print([n for n, v in read(bytes.fromhex(open("resp").read()))[1]])'
	prints '[9]'
	run -0 --separate-stderr oscore-unprotect -f hex --request req client resp
	prints "$(oscore-unprotect -p -f json -t hex client answer)"
}

@test "4.1.3.2: Uri-Host and Uri-Port that were changed on the way: what came is handed on, and only this server verifies it" {
	client_and_server
	pair_context other 02 "" '"id-context_hex": "02"'
	# Uri-Host localhost becomes example, with Uri-Port 7 behind it
	changed=${GET_PROTECTED/396c6f63616c686f7374620914/376578616d706c654107220914}
	run -0 --separate-stderr text "$changed" oscore-unprotect -f hex server
	prints 44015d1f00003974376578616d706c65410743747631
	run -4 --separate-stderr text "$changed" oscore-unprotect -f hex other
	refused "<stdin>:1" "tag"
}

@test "4.2: payload and code are not visible, header fields are kept" {
	client_and_server
	for type in 4 5; do
		run -0 --separate-stderr text "${type}4045d1f00003974b3747631ff73656372657470617373" \
			oscore-protect -f hex client
		[[ $output == ${type}4025d1f00003974* && $output != *747631* && $output != *7365637265* ]] ||
			fail "visible"
	done
}

@test "4.3: a signaling message is named, and no number is used" {
	client_and_server
	before=$(snapshot client)
	for code in e0 e1 e2 e3 e4 e5 ff; do
		run -5 --separate-stderr text "40${code}0001" oscore-protect -f hex client
		refused "<stdin>:1" "signaling" "7\.xx"
		run -5 --separate-stderr text "40${code}0001920914ff00" oscore-unprotect -f hex client
		refused "<stdin>:1" "signaling"
		run -5 --separate-stderr text "40${code}0001920914ff00" oscore-cid -f hex
		refused "<stdin>:1" "signaling"
	done
	equal "$(snapshot client)" "$before"
}

@test "5: a response has no kid and no kid context" {
	pair_context client aa bb '"id-context_hex": "0102"'
	pair_context server bb aa '"id-context_hex": "0102"'
	text "$GET" oscore-protect -f hex client >req
	run -0 --separate-stderr oscore-cid -f hex req
	prints aa@0102
	oscore-unprotect -f hex server req >/dev/null
	run -0 --separate-stderr text "$CONTENT" oscore-protect -f hex --request req server
	[[ $output == 64445d1f0000397490ff* ]] || fail "not an empty option"
	run -0 --separate-stderr text "$CONTENT" oscore-protect -f hex --request req server
	[[ $output == 64445d1f00003974920100ff* ]] || fail "not a Partial IV alone"
}

@test "6.1: Group OSCORE and extended flags are named, by oscore-cid too" {
	client_and_server
	before=$(snapshot server)
	for program in "oscore-cid" "oscore-unprotect server"; do
		run -5 --separate-stderr text 44025d1f00003974932900aaff00 $program -f hex
		refused "<stdin>:1" "Group OSCORE" "0x20"
		run -5 --separate-stderr text 44025d1f00003974938900aaff00 $program -f hex
		refused "<stdin>:1" "extended flags" "0x80"
		run -5 --separate-stderr text 44025d1f00003974934900aaff00 $program -f hex
		refused "<stdin>:1" "malformed OSCORE option" "0x40"
	done
	equal "$(snapshot server)" "$before"
}

@test "7.1: a response verifies with its own request only, with and without Partial IV" {
	client_and_server
	text "$(printf '%s\n%s' "$GET" "$GET")" oscore-protect -f hex client >both
	sed -n 1p both >first
	sed -n 2p both >second
	oscore-unprotect -f hex server both >/dev/null
	for option in "" --new-piv; do
		text "$CONTENT" oscore-protect -f hex $option --request first server >resp
		run -4 --separate-stderr oscore-unprotect -f hex --request second client resp
		refused "resp:1" "tag"
		run -0 --separate-stderr oscore-unprotect -f hex --request first client resp
		prints "$CONTENT"
	done
}

@test "8.2: unknown critical options: dropped outside, handed on inside" {
	client_and_server
	# number 2049, critical, 1 byte
	text 44015d1f00003974e106f461 oscore-protect -f hex client >req
	run -0 --separate-stderr oscore-unprotect -f hex server req
	prints 44015d1f00003974e106f461
	outside=$(text "$GET" oscore-protect -f hex client | sed 's/\(.*\)\(620915\)ff/\1\2e106eb61ff/')
	[[ $outside == *620915e106eb61ff* ]] || fail "not added"
	run -0 --separate-stderr text "$outside" oscore-unprotect -f hex server
	prints "$GET"
}

@test "8.3: an error that the application gives is protected like any response" {
	accepted
	run -0 --separate-stderr text 64845d1f00003974ff6e6f oscore-protect -f hex --request req server
	[[ $output == 64445d1f0000397490ff* && $output != *6e6f ]] || fail "not protected"
	run -0 --separate-stderr text "$output" oscore-unprotect -f hex --request req client
	prints 64845d1f00003974ff6e6f
}

@test "8.2: an unprotected error is 3, with code and text, and said to be not authenticated" {
	accepted
	while read -r code shown words; do
		run -3 --separate-stderr text \
			"64${code}5d1f00003974d001ff$(printf %s "$words" | xxd -p)" \
			oscore-unprotect -f hex --request req client
		refused "<stdin>:1" "$shown" "not authenticated" "$words"
	done <<-'ANSWERS'
		80 4\.00 Decryption failed
		81 4\.01 Security context not found
		81 4\.01 Replay detected
		82 4\.02 Failed to decode COSE
		a3 5\.03 busy
		a4 5\.04 timeout
	ANSWERS
	# A text that a terminal could obey is not shown.
	run -3 --separate-stderr text 64815d1f00003974ff1b5b324a oscore-unprotect -f hex --request req \
		client
	refused "<stdin>:1" "4\.01" "not authenticated"
	[[ $stderr != *$'\e'* && $stderr != *2J* ]] || fail "shown"
}

@test "RFC 7252, 3: token lengths 9 to 12 and 15, versions; extended tokens (RFC 8974) are named" {
	client_and_server
	before=$(snapshot client)
	for first in 49 4a 4b 4c 4f; do
		run -5 --separate-stderr text "${first}015d1f000102030405060708090a0b0c0d0e" \
			oscore-protect -f hex client
		refused "<stdin>:1" "token length"
	done
	for first in 4d 4e; do
		for command in "oscore-protect client" "oscore-unprotect client" oscore-cid; do
			run -5 --separate-stderr text "${first}015d1f000102030405060708090a0b0c0d0e" \
				$command -f hex
			refused "<stdin>:1" "extended token" "8974" "not supported"
		done
	done
	for first in 04 84 c4; do
		run -5 --separate-stderr text "${first}015d1f00003974" oscore-protect -f hex client
		refused "<stdin>:1" "version 1"
	done
	equal "$(snapshot client)" "$before"
}

@test "RFC 7252, 4.1, 12.1: code 0.00 and the reserved classes" {
	client_and_server
	before=$(snapshot client)
	for message in 4000000111 4100000101 40000001ff01 40000001ff; do
		for program in oscore-protect oscore-unprotect; do
			run -5 --separate-stderr text "$message" $program -f hex client
			refused "<stdin>:1" "malformed"
		done
	done
	for code in 20 3f c0 df; do
		for program in oscore-protect oscore-unprotect; do
			run -5 --separate-stderr text "40${code}0001" $program -f hex client
			refused "<stdin>:1" "malformed.*reserved class"
		done
	done
	# ping, Acknowledgement and Reset
	for first in 40 60 70; do
		run -3 --separate-stderr text "${first}000001" oscore-unprotect -f hex client
		refused "<stdin>:1" "not a protected message"
	done
	equal "$(snapshot client)" "$before"
}

@test "RFC 7252, 4.2, 4.3: what every peer ignores: 5, with no number and no answer" {
	client_and_server
	raw "$GET_PROTECTED" >req
	oscore-unprotect server req >/dev/null
	before=$(snapshot client && snapshot server)
	request=$GET_PROTECTED
	broken=$(broken "$GET_PROTECTED")
	option=${GET_PROTECTED/620914/622914}
	# with the types ACK and RST, genuine, forged and with a bad OSCORE option
	for message in "$request" "$broken" "$option"; do
		for first in 64 74; do
			run -5 --separate-stderr text "$first${message:2}" \
				oscore-unprotect -f hex --error-reply reply server
			refused "<stdin>:1" "a request of type ACK or RST"
			[ ! -e reply ] || fail "an answer"
		done
	done
	for first in 64 74; do
		run -5 --separate-stderr text "$first${GET:2}" oscore-protect -f hex client
		refused "<stdin>:1" "a request of type ACK or RST"
		run -5 --separate-stderr text "$first${GET:2}" oscore-unprotect -f hex server
		refused "<stdin>:1" "a request of type ACK or RST"
	done
	run -5 --separate-stderr text "74${CONTENT:2}" oscore-protect -f hex --request req server
	refused "<stdin>:1" "a response of type RST"
	for message in "$CONTENT" "$CONTENT_PROTECTED"; do
		run -5 --separate-stderr text "74${message:2}" \
			oscore-unprotect -f hex --request req --error-reply reply client
		refused "<stdin>:1" "a response of type RST"
	done
	for program in oscore-protect oscore-unprotect; do
		run -5 --separate-stderr text 50005d1f $program -f hex client
		refused "<stdin>:1" "an Empty message of type NON"
	done
	equal "$(snapshot client && snapshot server)" "$before"
	[ ! -e reply ] || fail "an answer"
	# a piggybacked and a separate response, and every other Empty message, are none of these
	for first in 6 4 5; do
		run -0 --separate-stderr text "$first${CONTENT_PROTECTED:1}" \
			oscore-unprotect -f hex --request req client
		prints "$first${CONTENT:1}"
	done
	for message in 40005d1f 60005d1f 70005d1f; do
		run -5 --separate-stderr text $message oscore-protect -f hex client
		refused "<stdin>:1" "nothing to protect"
		run -3 --separate-stderr text $message oscore-unprotect -f hex server
		refused "<stdin>:1"
	done
}

@test "key limits: over 2^20 messages with an 8-byte tag are warned about, once in a run" {
	client_and_server
	pair_state client 1048574 0 0
	run -0 --separate-stderr text "$(printf '%s\n%s' "$GET" "$GET")" oscore-protect -f hex client
	equal "$stderr" ""
	run -0 --separate-stderr text "$(printf '%s\n%s\n%s' "$GET" "$GET" "$GET")" \
		oscore-protect -f hex client
	equal "$stderr" "oscore-protect: client: warning: over 2^20 messages protected with a key of an\
 8-byte tag: make a new context"
	run -0 --separate-stderr text "$GET" oscore-protect -q -f hex client
	equal "$stderr" ""
	# It crosses the limit in the middle of a run.
	pair_state client 1048575 0 0
	run -0 --separate-stderr text "$(printf '%s\n%s\n%s' "$GET" "$GET" "$GET")" \
		oscore-protect -f hex client
	equal "$(wc -l <<<"$stderr")" 1
	# A tag of 16 bytes has no such limit.
	sed -i 's/AES-CCM-16-64-128/A128GCM/' client/settings.json
	run -0 --separate-stderr text "$GET" oscore-protect -f hex client
	equal "$stderr" ""
}

@test "key limits: 2^14 failed verifications with an 8-byte tag are warned about, within a run" {
	client_and_server
	forged=$(broken "$GET_PROTECTED")
	yes "$forged" | head -n 16383 >lines
	run -4 --separate-stderr bash -c 'oscore-unprotect -k -f hex server lines 2>&1 >/dev/null |
		grep warning; exit "${PIPESTATUS[0]}"'
	prints ""
	echo "$forged" >>lines
	run -4 --separate-stderr bash -c 'oscore-unprotect -k -f hex server lines 2>&1 >/dev/null |
		grep warning; exit "${PIPESTATUS[0]}"'
	prints "oscore-unprotect: server: warning: 2^14 messages failed verification in this run, with an\
 8-byte tag: make a new context"
	sed -i 's/AES-CCM-16-64-128/A128GCM/' server/settings.json
	run -4 --separate-stderr bash -c 'oscore-unprotect -k -f hex server lines 2>&1 >/dev/null |
		grep warning; exit "${PIPESTATUS[0]}"'
	prints ""
}

@test "4.1.3.4.2: a fragment that a proxy made does not verify, and is named" {
	client_and_server
	before=$(member server received)
	# outer Block1: 0, more, 16 bytes; then 1, last; the whole message as block 0, no more
	fragment=44025d1f00003974396c6f63616c686f7374620914
	for value in 08 10 0018; do
		run -4 --separate-stderr text "${fragment}d$((${#value} / 2))05${value}ff612f1092f1776f1c16" \
			oscore-unprotect -f hex server
		refused "<stdin>:1" "verification failed" "hint: a Block option outside.*join"
	done
	equal "$(member server received)" "$before"
	run -0 --separate-stderr text "${fragment}d10500ff612f1092f1776f1c1668b3825e" \
		oscore-unprotect -f hex server
	prints "$GET"
}
