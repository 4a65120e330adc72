#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
#
# Observe (RFC 8613, 4.1.3.5, 7.4.1, 8.3.1, 8.4.2; RFC 7641).

# shellcheck disable=SC2016,SC2154 # scripts for bash -c; stderr comes from run
load helper

# the same registration as a cancellation, and a notification with the value 0x010203
CANCEL=44015d1f00003974610153747631
NOTIFY_LONG=64455d1f0000397463010203ff6f6e

# registered - the server has accepted the registration in req
registered() {
	client_and_server
	text "$REGISTER" oscore-protect -f hex client >req
	oscore-unprotect -f hex server req >/dev/null
}

# answers LINES [OPTION...] - protect responses to req
answers() {
	local lines=$1
	shift
	text "$lines" oscore-protect -f hex --request req "$@" server
}

# hear LINES [OPTION...] - unprotect responses to req
hear() {
	local lines=$1
	shift
	text "$lines" oscore-unprotect -f hex --request req "$@" client
}

# codes - of each line: the outer code, and the first option as it is
codes() {
	python3 -c '
import sys
for line in sys.stdin:
    data = bytes.fromhex(line)
    options = data[4 + (data[0] & 15):]
    print("%d.%02d" % (data[1] >> 5, data[1] & 31), options[:1 + (options[0] & 15)].hex())
'
}

# outer VALUE MESSAGE - the message with this outer Observe value, in hex; - for none
outer() {
	python3 - "$@" <<-'PYTHON'
		import sys

		value, data = sys.argv[1], bytes.fromhex(sys.argv[2])
		end = 4 + (data[0] & 15)
		options, rest, number = [], data[end:], 0
		while rest and rest[0] != 0xFF:
		    number, length = number + (rest[0] >> 4), rest[0] & 15
		    assert rest[0] >> 4 < 13 and length < 13
		    options.append((number, rest[1:1 + length]))
		    rest = rest[1 + length:]
		options = [option for option in options if option[0] != 6]
		if value != "-":
		    options = sorted(options + [(6, bytes.fromhex(value))])
		out, last = data[:end], 0
		for number, text in options:
		    out += bytes([(number - last) << 4 | len(text)]) + text
		    last = number
		print((out + rest).hex())
	PYTHON
}

@test "a registration and a cancellation are 0.05 outside, with the value inside and outside" {
	client_and_server
	for row in "$REGISTER 60" "$CANCEL 6101"; do
		read -r message option <<<"$row"
		text "$message" oscore-protect -f hex client >req
		equal "$(codes <req)" "0.05 $option"
		run -0 --separate-stderr oscore-unprotect -f hex server req
		prints "$message"
	done
}

@test "a request without Observe is 0.02 outside" {
	client_and_server
	run -0 --separate-stderr text "$GET" oscore-protect -f hex client
	equal "$(codes <<<"$output")" "0.02 396c6f63616c686f7374"
}

@test "each registration has a Partial IV of its own" {
	client_and_server
	run -0 --separate-stderr text "$REGISTER"$'\n'"$REGISTER" oscore-protect -f hex client
	differ "${lines[0]}" "${lines[1]}"
	equal "$(next_of client)" 22
}

@test "a notification is 2.05 outside with the plain value, inside it is empty" {
	registered
	answers "$NOTIFY"$'\n'"$NOTIFY_LONG" >responses
	equal "$(codes <responses)" $'2.05 6107\n2.05 63010203'
	# code, Observe of length zero, marker, payload; whatever the value was
	run -0 --separate-stderr bash -c 'sed "s/^64455d1f00003974\(6107\|63010203\)32010[01]ff//" responses'
	equal "$((${#lines[0]} / 2)) $((${#lines[1]} / 2))" "$((5 + 8)) $((5 + 8))"
}

@test "an error notification is 2.05 outside too" {
	registered
	# 4.04 with Observe, as it comes
	run -0 --separate-stderr answers 64845d1f000039746107
	equal "$(codes <<<"$output")" "2.05 6107"
	run -0 --separate-stderr hear "$output"
	prints 64845d1f0000397460
}

@test "a response without Observe, also to a registration, is 2.04 outside" {
	registered
	run -0 --separate-stderr answers "$CONTENT"
	equal "$(codes <<<"$output" | cut -c 1-5)" "2.04 "
	run -0 --separate-stderr hear "$output"
	prints "$CONTENT"
}

@test "every notification has a Partial IV, the first one too" {
	registered
	run -0 --separate-stderr answers "$NOTIFY"$'\n'"$NOTIFY"$'\n'"$NOTIFY"
	equal "$(oscore-cid -f hex --print partial-iv <<<"$output" | tr '\n' ' ')" "00 01 02 "
	# over processes
	run -0 --separate-stderr answers "$NOTIFY"
	equal "$(oscore-cid -f hex --print partial-iv <<<"$output")" 03
	# it is an answer: the nonce of the request is not for the next response
	text "$REGISTER" oscore-protect -f hex client >req
	oscore-unprotect -f hex server req
	run -0 --separate-stderr answers "$NOTIFY"
	equal "$(oscore-cid -f hex --print partial-iv <<<"$output")" 04
	run -0 --separate-stderr answers "$CONTENT"
	equal "$(oscore-cid -f hex --print partial-iv <<<"$output")" 05
}

@test "notifications that take their header from the request" {
	registered
	printf '{"type":"NON","code":"2.05","options":[["Observe",%s]],"payload":"on"}\n' 1 2 3 >notifications
	run -0 --separate-stderr to protected oscore-protect -f json -t hex --request req server notifications
	run -0 --separate-stderr hear "$(cat protected)" -t json
	equal "$(jq -r '[.type, ."token_hex", .payload] | join(" ")' <<<"$output" | sort -u)" "NON 00003974 on"
	equal "${#lines[@]}" 3
}

@test "a fresh pair: the values of Observe go up from the first notification on" {
	oscore-gen --pair client server
	text "$REGISTER" oscore-protect -f hex client >req
	oscore-unprotect -f hex server req >/dev/null
	run -0 --separate-stderr hear "$(answers "$NOTIFY"$'\n'"$NOTIFY"$'\n'"$NOTIFY")"
	prints $'64455d1f0000397460ff6f6e\n64455d1f000039746101ff6f6e\n64455d1f000039746102ff6f6e'
}

@test "the value that is heard is that of the Partial IV, three bytes of it" {
	registered
	for row in "1 6101" "255 61ff" "256 620100" "65535 62ffff" "65536 63010000" \
		"16777215 63ffffff" "16777216 60" "16777217 6101" "4295032833 63010001"; do
		read -r number option <<<"$row"
		pair_state server "$number" 20 1 1
		run -0 --separate-stderr hear "$(answers "$NOTIFY_LONG")"
		prints "64455d1f00003974${option}ff6f6e"
	done
}

@test "without Partial IV the value is 16777215: the oldest, whatever came before" {
	registered
	run -0 --separate-stderr hear "$NOTIFY_FIRST"
	prints 64455d1f0000397463ffffffff6f6e
	# an error, too; it was computed apart
	run -0 --separate-stderr hear 64455d1f00003974610730ff1a3580bc11583876964d
	prints 64845d1f0000397463ffffff
	notifications=$(answers "$NOTIFY"$'\n'"$NOTIFY")
	for order in "$NOTIFY_FIRST"$'\n'"$notifications" "$notifications"$'\n'"$NOTIFY_FIRST"; do
		run -0 --separate-stderr hear "$order"
		equal "$(sort <<<"$output" | cut -c 17-24 | tr '\n' ' ')" "60ff6f6e 6101ff6f 63ffffff "
	done
}

@test "the outer Observe is not looked at: missing, changed, added" {
	registered
	response=$(answers "$NOTIFY" --new-piv)
	for value in - "" 00 09 ffffff; do
		run -0 --separate-stderr hear "$(outer "$value" "$response")"
		prints 64455d1f0000397460ff6f6e
	done
	# a response that is no notification does not become one
	response=$(answers "$CONTENT")
	for value in - "" 07; do
		run -0 --separate-stderr hear "$(outer "$value" "$response")"
		prints "$CONTENT"
	done
	# nor a request a registration, nor a registration something else
	for row in "$GET -" "$GET _" "$GET 01" "$REGISTER -" "$REGISTER 01" "$CANCEL -" "$CANCEL _"; do
		read -r message value <<<"$row"
		request=$(text "$message" oscore-protect -f hex client)
		run -0 --separate-stderr oscore-unprotect -f hex server < <(
			outer "${value/_/}" "$request"
		)
		prints "$message"
	done
}

@test "the order within a run" {
	registered
	echo "$NOTIFY_FIRST" >all
	answers "$NOTIFY"$'\n'"$NOTIFY"$'\n'"$NOTIFY" >>all
	# in their order, and some missing
	run -0 --separate-stderr hear "$(cat all)"
	equal "${#lines[@]}" 4
	run -0 --separate-stderr hear "$(sed -n '1p;4p' all)"
	equal "${#lines[@]}" 2
	# an older one behind a newer one, the same twice, a second without Partial IV
	for order in '3p 2p' '2p 2p' '1p 1p'; do
		read -r first second <<<"$order"
		run -6 --separate-stderr hear "$(sed -n "$first" all && sed -n "$second" all)"
		equal "${#lines[@]}" 1
		one_error "<stdin>:2"
	done
	# the oldest may still come behind
	run -0 --separate-stderr hear "$(sed -n 3p all && sed -n 1p all)"
	equal "${#lines[@]}" 2
	# a refused one does not end the observation
	run -6 --separate-stderr hear "$(sed -n '2p' all && sed -n 2p all && sed -n 3p all)" -k
	equal "$(grep -c '^64' <<<"$output")" 2
}

@test "a notification for a request without Observe: 4" {
	accepted
	response=$(text "$NOTIFY" oscore-protect -f hex --request req server)
	run -4 --separate-stderr hear "$response"
	refused "<stdin>:1" "Observe"
}

@test "a cancellation is answered once" {
	client_and_server
	text "$CANCEL" oscore-protect -f hex client >req
	oscore-unprotect -f hex server req
	answers "$CONTENT"$'\n'"$CONTENT" >all
	run -6 --separate-stderr hear "$(cat all)"
	equal "$output" "$CONTENT"
	one_error "<stdin>:2"
}

@test "Observe in JSON" {
	registered
	run -0 --separate-stderr bash -c '
		jq -nc "{code:\"2.05\",token_hex:\"00003974\",options:[[\"Observe\",7]],payload:\"on\"}" |
			oscore-protect -f json -t hex --request req --new-piv server |
			oscore-unprotect -f hex -t json --request req client | jq -c "[.code,.options,.payload]"
	'
	prints '["2.05",[["Observe",0]],"on"]'
}
