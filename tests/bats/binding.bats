#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
#
# How a response is bound to its request: --request, nonces, tokens.

# shellcheck disable=SC2016,SC2154 # scripts for bash -c; stderr comes from run
load helper

# what a protected response to GET begins with, by where its nonce comes from
OF_REQUEST=64445d1f0000397490ff
OWN_0=64445d1f00003974920100ff
OWN_1=64445d1f00003974920101ff

# shellcheck disable=SC2119,SC2120 # the options are given through run
# answer [OPTION...] - protect the response to GET in the server
answer() {
	text "$CONTENT" oscore-protect -f hex --request req "$@" server
}

# begins PREFIX - standard output, in silence
begins() {
	equal "$stderr" ""
	[[ $output == "$1"* ]] || fail "expected: $1..."
}

@test "a response needs --request, a request must not have it" {
	accepted
	before=$(snapshot server)
	run -5 --separate-stderr text "$CONTENT" oscore-protect -f hex server
	refused "<stdin>:1" "response" "--request"
	run -5 --separate-stderr text "$GET" oscore-protect -f hex --request req server
	refused "<stdin>:1" "request"
	equal "$(snapshot server)" "$before"
	run -4 --separate-stderr text "$CONTENT_PROTECTED" oscore-unprotect -f hex client
	refused "<stdin>:1" "response" "--request"
}

@test "rule 1: protect wants the peer's request" {
	accepted
	run -0 --separate-stderr text "$GET" to own oscore-protect -f hex server
	run -4 --separate-stderr text "$CONTENT" oscore-protect -f hex --request own server
	equal "$output" ""
	one_error own
	said "this side sent that request" "hint: .*role"
	equal "$(next_of server)" 1
}

@test "rule 1: unprotect wants the own request" {
	accepted
	run -0 --separate-stderr text "$GET" to of-server oscore-protect -f hex server
	run -4 --separate-stderr text "$CONTENT_PROTECTED" oscore-unprotect -f hex --request \
		of-server client
	refused of-server
	run -0 --separate-stderr text "$CONTENT_PROTECTED" oscore-unprotect -f hex --request req \
		client
	prints "$CONTENT"
}

@test "rule 1: the tag of the request is verified" {
	accepted
	before=$(snapshot server)
	broken "$GET_PROTECTED" >bad
	run -4 --separate-stderr text "$CONTENT" oscore-protect -f hex --request bad server
	refused bad "not a request protected with this context"
	run -4 --separate-stderr text "$CONTENT_PROTECTED" oscore-unprotect -f hex --request bad \
		client
	refused bad "not a request protected with this context"
	equal "$(snapshot server)" "$before"
}

@test "rule 1: a request of another context, by kid or by key" {
	accepted
	pair_context other-kid 02 01
	text "$GET" oscore-protect -f hex other-kid >req-kid
	pair_context other-key "" 01
	echo '{"secret_hex": "00112233445566778899aabbccddeeff"}' >other-key/secret.json
	text "$GET" oscore-protect -f hex other-key >req-key
	for file in req-kid req-key; do
		run -4 --separate-stderr text "$CONTENT" oscore-protect -f hex --request "$file" \
			server
		refused "$file" "not a request protected with this context"
	done
}

@test "rule 1: a kid context in the request must be the ID Context" {
	pair_context client "" 01 '"id-context_hex": "0102"'
	pair_context server 01 "" '"id-context_hex": "0102"'
	text "$GET" oscore-protect -f hex client >req
	oscore-unprotect -f hex server req
	sed 's/020102/020103/' req >other
	differ "$(cat req)" "$(cat other)"
	run -4 --separate-stderr text "$CONTENT" oscore-protect -f hex --request other server
	refused other
	run -0 --separate-stderr answer
	begins "$OF_REQUEST"
}

@test "rule 1: a request with extra outer options is the same request" {
	accepted
	# the token's request with an outer Uri-Path behind the OSCORE option, which is dropped
	echo "${GET_PROTECTED/620914ff/620914216cff}" >req-path
	run -0 --separate-stderr text "$CONTENT" oscore-protect -f hex --request req-path server
	prints "$CONTENT_PROTECTED"
	run -0 --separate-stderr answer
	begins "$OWN_0"
}

@test "rule 2: the first response takes the request's nonce, the next ones their own" {
	accepted
	run -0 --separate-stderr answer
	prints "$CONTENT_PROTECTED"
	equal "$(next_of server)" 0
	run -0 --separate-stderr answer
	prints "$CONTENT_PROTECTED_NEW"
	run -0 --separate-stderr answer
	begins "$OWN_1"
	equal "$(next_of server)" 2
}

@test "rule 2: --new-piv is an answer too" {
	accepted
	run -0 --separate-stderr answer --new-piv
	prints "$CONTENT_PROTECTED_NEW"
	run -0 --separate-stderr answer
	begins "$OWN_1"
}

@test "rule 2: an answer is on record even if it could not be written" {
	accepted
	run -1 --separate-stderr to /dev/full answer
	run -0 --separate-stderr answer
	begins "$OWN_0"
}

@test "rule 2: a request that this context has not accepted" {
	client_and_server
	raw "$GET_PROTECTED" >req
	run -0 --separate-stderr answer
	begins "$OWN_0"
	run -0 --separate-stderr answer
	begins "$OWN_1"
}

@test "rule 2: a request that has left the window" {
	accepted
	pair_state server 0 21 1 0
	run -0 --separate-stderr answer
	begins "$OWN_0"
}

@test "rule 2: the record decides, bit by bit" {
	accepted
	for record in '1048576 0 of-request' '1048576 1048576 own' '1048576 1 own' \
		'1048577 1 of-request' '0 0 own'; do
		read -r received answered nonce <<<"$record"
		pair_state server 0 0 "$received" "$answered"
		run -0 --separate-stderr answer
		if [ "$nonce" = own ]; then
			begins "$OWN_0"
		else
			begins "$OF_REQUEST"
		fi
	done
}

@test "rule 2: no record, or one with another index: all are answered" {
	accepted
	pair_state server 0 0 1048576
	run -0 --separate-stderr answer
	begins "$OWN_0"
	state server \
		'{"next-to-send": 0, "received": {"index": 0, "bitfield": 1048576}, "answered": {"index": 1, "bitfield": 0}}'
	run -0 --separate-stderr answer
	begins "$OWN_0"
}

@test "rule 2: with a lost window" {
	accepted
	state server '{"next-to-send": 0, "received": "unknown"}'
	run -0 --separate-stderr answer
	begins "$OWN_0"
	run -6 --separate-stderr oscore-unprotect server req
	refused "req:1"
}

@test "rule 2: in a stream, in input order" {
	client_and_server
	text "$GET"$'\n'"$GET_B" oscore-protect -f hex client >req
	oscore-unprotect -f hex server req
	run -0 --separate-stderr text "$CONTENT"$'\n'"$CONTENT_B" oscore-protect -f hex --request \
		req server
	equal "$stderr" ""
	[[ ${lines[0]} == "$OF_REQUEST"* ]] || fail "first"
	[[ ${lines[1]} == 64445d200000397590ff* ]] || fail "second"
	equal "$(next_of server)" 0
	run -0 --separate-stderr text "$output" oscore-unprotect -f hex --request req client
	prints "$CONTENT"$'\n'"$CONTENT_B"
}

@test "rule 2: many processes answer one request: one nonce of the request, no number twice" {
	accepted
	for i in 1 2 3 4 5 6; do
		answer >"answer$i" 3>&- &
	done
	wait
	equal "$(cat answer? | wc -l)" 6
	equal "$(grep -c "^$OF_REQUEST" <(cat answer?))" 1
	equal "$(cut -c1-24 answer? | sort -u | wc -l)" 6
	equal "$(next_of server)" 5
}

@test "rule 2: an exhausted context answers nothing, with the request's nonce neither" {
	accepted
	pair_state server 1099511627776 0 1048576 0
	before=$(cat server/sequence.json)
	run -8 --separate-stderr answer
	refused "" "exhausted|number"
	run -8 --separate-stderr answer --new-piv
	refused ""
	equal "$(cat server/sequence.json)" "$before"
}

@test "rule 3: another token is refused, --any-token accepts it" {
	accepted
	other=${CONTENT/00003974/0000aaaa}
	run -4 --separate-stderr text "$other" oscore-protect -f hex --request req server
	refused "<stdin>:1" "token"
	run -0 --separate-stderr text "$other" oscore-protect -f hex --request req --any-token \
		server
	prints "${CONTENT_PROTECTED/00003974/0000aaaa}"
	response=$output
	run -4 --separate-stderr text "$response" oscore-unprotect -f hex --request req client
	refused "<stdin>:1" "token"
	run -0 --separate-stderr text "$response" oscore-unprotect -f hex --request req \
		--any-token client
	prints "$other"
}

@test "rule 3: tokens of other lengths are other tokens" {
	accepted
	for header in 63455d1f000039 60455d1f 65455d1f0000397400; do
		run -4 --separate-stderr text "${header}ff4f4b" oscore-protect -f hex --request \
			req server
		refused "<stdin>:1" "token"
	done
}

@test "rule 4: the request file is not opened before a message has come" {
	accepted
	run -1 --separate-stderr oscore-protect --request no-such-file server </dev/null
	refused "<stdin>"
	run -1 --separate-stderr feed "$CONTENT" oscore-protect --request no-such-file server
	refused no-such-file "no such file"
	run -1 --separate-stderr feed "$CONTENT_PROTECTED" oscore-unprotect --request no-such-file \
		client
	refused no-such-file "no such file"
}

@test "rule 4: an empty request file is 1, with a hint about tee" {
	accepted
	true >empty
	run -1 --separate-stderr text "$CONTENT" oscore-protect -f hex --request empty server
	refused empty "empty"
	said "hint: .*tee"
}

@test "rule 4: in a pipeline, all programs start at once" {
	client_and_server
	mkfifo request
	feed "$GET" oscore-protect client | tee keep | oscore-unprotect server >plain
	equal "$(hex_of plain)" "$GET"
	run -0 --separate-stderr bash -c '
		{ cat keep >request & } 3>&-
		echo "$1" | oscore-protect -f hex --request request server |
			oscore-unprotect -f hex --request keep client
	' - "$CONTENT"
	prints "$CONTENT"
}

@test "rule 5: the request may be raw or hex, whatever the message is" {
	accepted
	echo "$GET_PROTECTED" >req.hex
	printf '# the request\n\n44 02 5D:1f%s\n' "${GET_PROTECTED#44025d1f}" >req.text
	for file in req req.hex req.text; do
		run -0 --separate-stderr text "$CONTENT_PROTECTED" oscore-unprotect -f hex \
			--request "$file" client
		prints "$CONTENT"
		run -0 --separate-stderr feed "$CONTENT_PROTECTED" oscore-unprotect -t hex \
			--request "$file" client
		prints "$CONTENT"
	done
}

@test "rule 5: of several requests the one with the token is taken" {
	client_and_server
	text "$GET_B"$'\n'"$GET" oscore-protect -f hex client >req
	oscore-unprotect -f hex server req
	for response in "$CONTENT" "$CONTENT_B"; do
		run -0 --separate-stderr text "$response" oscore-protect -f hex --request req server
		run -0 --separate-stderr text "$output" oscore-unprotect -f hex --request req client
		prints "$response"
	done
	equal "$(next_of server)" 0
}

@test "rule 5: requests that nobody asks for are not verified" {
	accepted
	text "$GET_B" oscore-protect -f hex client >req-b
	broken "$(cat req-b)" >both
	echo "$GET_PROTECTED" >>both
	run -0 --separate-stderr text "$CONTENT" oscore-protect -f hex --request both server
	prints "$CONTENT_PROTECTED"
	run -4 --separate-stderr text "$CONTENT_B" oscore-protect -f hex --request both server
	refused both
}

@test "rule 5: a line that is no OSCORE request is malformed" {
	accepted
	for line in "$GET" "$CONTENT_PROTECTED" "$CONTENT" 4401 xyz; do
		printf '%s\n%s\n' "$GET_PROTECTED" "$line" >lines
		run -5 --separate-stderr text "$CONTENT" oscore-protect -f hex --request lines \
			server
		refused lines
		run -5 --separate-stderr text "$CONTENT_PROTECTED" oscore-unprotect -f hex \
			--request lines client
		refused lines
	done
	for message in "$GET" "$CONTENT_PROTECTED"; do
		raw "$message" >bytes
		run -5 --separate-stderr text "$CONTENT" oscore-protect -f hex --request bytes \
			server
		refused bytes
	done
	run -0 --separate-stderr answer
	begins "$OF_REQUEST"
}

@test "rule 5: identical requests count once" {
	accepted
	printf '%s\n%s\n%s\n' "$GET_PROTECTED" "${GET_PROTECTED^^}" "0x$GET_PROTECTED" >thrice
	run -0 --separate-stderr text "$CONTENT" oscore-protect -f hex --request thrice server
	prints "$CONTENT_PROTECTED"
	run -0 --separate-stderr text "$CONTENT_PROTECTED" oscore-unprotect -f hex --any-token \
		--request thrice client
	prints "$CONTENT"
}

@test "rule 5: two requests with one token: protect refuses, unprotect finds out" {
	client_and_server
	text "$GET"$'\n'"$GET" oscore-protect -f hex client >both
	oscore-unprotect -f hex server both
	before=$(snapshot server)
	run -4 --separate-stderr text "$CONTENT" oscore-protect -f hex --request both server
	refused "<stdin>:1" "token"
	equal "$(snapshot server)" "$before"
	for n in 1 2; do
		sed -n "${n}p" both >one
		run -0 --separate-stderr text "$CONTENT" oscore-protect -f hex --request one server
		begins "$OF_REQUEST"
		run -0 --separate-stderr text "$output" oscore-unprotect -f hex --request both \
			client
		prints "$CONTENT"
	done
	run -4 --separate-stderr text "$(broken "$CONTENT_PROTECTED")" oscore-unprotect -f hex \
		--request both client
	refused "<stdin>:1"
}

@test "rule 5: three requests with one token: each response finds its own" {
	client_and_server
	printf '%s\n' "$GET" "$GET" "$GET" | oscore-protect -f hex client >three
	oscore-unprotect -f hex server three
	for n in 1 2 3; do
		sed -n "${n}p" three >one
		text "${CONTENT}0$n" oscore-protect -f hex --request one server >of_$n
	done
	# not of this context, with the same token
	pair_context strange "" 01
	sed -i "s/0102/0201/" strange/secret.json
	text "$GET" oscore-protect -f hex strange >>three
	for order in "1 2 3" "3 2 1" "3 1 2" "2 3 1"; do
		for n in $order; do cat of_"$n"; done >responses
		for requests in "$(cat three)" "$(tac three)"; do
			run -0 --separate-stderr oscore-unprotect -f hex --request <(echo "$requests") \
				client responses
			# shellcheck disable=SC2086 # several
			prints "$(printf "${CONTENT}0%s\n" $order)"
		done
	done
	run -0 --separate-stderr oscore-unprotect -f hex --request three client of_3
	prints "${CONTENT}03"
}

@test "rule 4: an error of the file names it, also behind a request of the stream" {
	client_and_server
	text "$GET"$'\n'"$GET_B" oscore-protect -f hex client >requests
	: >empty
	echo "$GET" >plain
	for row in "missing 1" "empty 1" "plain 5" "requests 2 --any-token"; do
		read -r file status option <<<"$row"
		rm -r client server
		client_and_server
		# shellcheck disable=SC2086 # none, if empty
		run "-$status" --separate-stderr text "$(head -n 1 requests)"$'\n'"$CONTENT_PROTECTED" \
			oscore-unprotect -f hex --request "$file" $option server
		equal "$output" "$GET"
		one_error "$file"
	done
}

@test "rule 5: a file of lines that are no requests ends at the first" {
	accepted
	{
		yes : | head -n 100000
		echo zz
	} >lines
	run -5 --separate-stderr text "$CONTENT" oscore-protect -f hex --request lines server
	refused "lines:1" "not an OSCORE request"
	run -5 --separate-stderr text "$CONTENT_PROTECTED" oscore-unprotect -f hex \
		--request lines client
	refused "lines:1" "not an OSCORE request"
}

@test "rule 5: --any-token needs a file with one request" {
	client_and_server
	text "$GET"$'\n'"$GET_B" oscore-protect -f hex client >both
	oscore-unprotect -f hex server both
	before=$(snapshot server)
	run -2 --separate-stderr text "$CONTENT" oscore-protect -f hex --any-token --request both \
		server
	equal "$output" ""
	said "any-token"
	run -2 --separate-stderr text "$CONTENT_PROTECTED" oscore-unprotect -f hex --any-token \
		--request both client
	equal "$output" ""
	equal "$(snapshot server)" "$before"
}

# observation - the server has accepted a registration; notes.hex has four notifications, the
# first one without Partial IV
observation() {
	client_and_server
	text "$REGISTER" oscore-protect -f hex client >req
	oscore-unprotect -f hex server req
	echo "$NOTIFY_FIRST" >notes.hex
	yes "$NOTIFY" | head -n 3 | oscore-protect -f hex --request req server >>notes.hex
}

@test "an observation: FETCH outside, the value arrives" {
	client_and_server
	run -0 --separate-stderr text "$REGISTER" oscore-protect -f hex client
	equal "$stderr" ""
	[[ $output == 44055d1f0000397460320914ff* ]] || fail "FETCH with an outer Observe"
	run -0 --separate-stderr text "$output" oscore-unprotect -f hex server
	prints "$REGISTER"
}

@test "notifications: the Partial IV gives the Observe value; without, it is the oldest" {
	observation
	mapfile -t notes <notes.hex
	equal "${#notes[@]}" 4
	for n in 1 2 3; do
		[[ ${notes[n]} =~ ^64455d1f00003974(6[0-3][0-9a-f]*)32010$((n - 1))ff ]] || fail "$n: ${notes[n]}"
	done
	run -0 --separate-stderr oscore-unprotect -f hex --request req client notes.hex
	equal "$stderr" ""
	equal "${lines[0]}" 64455d1f0000397463ffffffff6f6e
	equal "${lines[1]}" 64455d1f0000397460ff6f6e
	equal "${lines[2]}" 64455d1f000039746101ff6f6e
	equal "${lines[3]}" 64455d1f000039746102ff6f6e
}

@test "notifications: the Observe value has three bytes at most, without leading zeros" {
	for row in "256 620100" "65536 63010000" "16777216 60" "16777217 6101" \
		"1099511627774 63fffffe"; do
		read -r number observe <<<"$row"
		observation
		pair_state server "$number" 0 1048576
		text "$NOTIFY" oscore-protect -f hex --request req server >note
		run -0 --separate-stderr oscore-unprotect -f hex --request req client note
		prints "64455d1f00003974${observe}ff6f6e"
		rm -r client server
	done
}

@test "rule 6: a second notification without Partial IV in one run" {
	observation
	sed -n '1p;1p' notes.hex >stream
	run -6 --separate-stderr oscore-unprotect -f hex --request req client stream
	equal "$output" 64455d1f0000397463ffffffff6f6e
	one_error "stream:2"
}

@test "rule 6: notifications that are not above the newest" {
	observation
	for order in "3 3" "4 2" "3 2"; do
		true >stream
		for n in $order; do
			sed -n "${n}p" notes.hex >>stream
		done
		run -6 --separate-stderr oscore-unprotect -f hex --request req client stream
		equal "$(wc -l <<<"$output")" 1
		one_error "stream:2"
	done
	# one without Partial IV is the oldest, and accepted once, wherever it comes
	{ sed -n 3p notes.hex && sed -n 1p notes.hex; } >stream
	run -0 --separate-stderr oscore-unprotect -f hex --request req client stream
	prints $'64455d1f000039746101ff6f6e\n64455d1f0000397463ffffffff6f6e'
	sed -n '1p;3p;4p' notes.hex >stream
	run -0 --separate-stderr oscore-unprotect -f hex --request req client stream
	equal "$stderr" ""
	equal "${#lines[@]}" 3
}

@test "rule 6: a second response to a request without Observe in one run" {
	accepted
	answer >first
	answer >second
	run -6 --separate-stderr text "$(cat first second)" oscore-unprotect -f hex --request req \
		client
	equal "$output" "$CONTENT"
	one_error "<stdin>:2"
	run -6 --separate-stderr text "$(cat first first)" oscore-unprotect -f hex -k --request \
		req client
	equal "${lines[0]}" "$CONTENT"
	[[ ${lines[1]} == "# 6 "* ]] || fail "second line"
}

@test "rule 6: a request under several tokens has one response" {
	accepted
	# the same OSCORE message: another token and Message ID, and no Uri-Host outside
	sealed=0914ff${GET_PROTECTED#*0914ff}
	printf '%s\n' "${GET_PROTECTED/00003974/00003975}" "41025d20aa92$sealed" \
		"40025d1f92$sealed" >others
	{ echo "$GET_PROTECTED" && cat others; } >req.hex
	for token in 00003975 aa ""; do
		other=6$((${#token} / 2))${CONTENT_PROTECTED:2:6}$token${CONTENT_PROTECTED:16}
		run -6 --separate-stderr text "$CONTENT_PROTECTED"$'\n'"$other" \
			oscore-unprotect -f hex --request req.hex client
		equal "$output" "$CONTENT"
		one_error "<stdin>:2"
		said "has had its response"
		run -6 --separate-stderr text "$other"$'\n'"$CONTENT_PROTECTED_NEW" \
			oscore-unprotect -f hex --request req.hex client
		equal "$(wc -l <<<"$output")" 1
		one_error "<stdin>:2"
	done
}

@test "rule 6: a registration under several tokens has one order" {
	observation
	sed 's/00003974/00003975/' req | cat req - >two.hex
	for row in "1 1" "3 2" "3 3"; do
		read -r first second <<<"$row"
		sed -n "${first}p" notes.hex >stream
		sed -n "${second}p" notes.hex | sed 's/00003974/00003975/' >>stream
		run -6 --separate-stderr oscore-unprotect -f hex --request two.hex client stream
		equal "$(wc -l <<<"$output")" 1
		one_error "stream:2"
	done
	{ sed -n 2p notes.hex && sed -n 3p notes.hex | sed 's/00003974/00003975/'; } >stream
	run -0 --separate-stderr oscore-unprotect -f hex --request two.hex client stream
	equal "$stderr" ""
	equal "${#lines[@]}" 2
}

@test "rule 6: a refused response does not count" {
	accepted
	answer >first
	run -4 --separate-stderr text "$(broken "$(cat first)")"$'\n'"$(cat first)" \
		oscore-unprotect -f hex -k --request req client
	[[ ${lines[0]} == "# 4 "* ]] || fail "first line"
	equal "${lines[1]}" "$CONTENT"
}

@test "rule 6: between runs nothing is remembered" {
	observation
	before=$(snapshot client)
	for n in 1 1 3 2; do
		sed -n "${n}p" notes.hex >note
		run -0 --separate-stderr oscore-unprotect -f hex --request req client note
		equal "$stderr" ""
	done
	equal "$(snapshot client)" "$before"
}

@test "a notification to a request without Observe is refused" {
	observation
	text "$GET_B" oscore-protect -f hex client >req-b
	oscore-unprotect -f hex server req-b
	run --separate-stderr text "${NOTIFY/00003974/00003975}" oscore-protect -f hex --request \
		req-b server
	if [ "$status" -eq 0 ]; then
		run -4 --separate-stderr text "$output" oscore-unprotect -f hex --request req-b \
			client
	fi
	equal "$output" ""
	one_error "<stdin>:1"
}

@test "responses do not touch the state of the receiver" {
	accepted
	before=$(snapshot client)
	run -0 --separate-stderr text "$CONTENT_PROTECTED" oscore-unprotect -f hex --request req \
		client
	run -4 --separate-stderr text "$(broken "$CONTENT_PROTECTED")" oscore-unprotect -f hex \
		--request req client
	equal "$(snapshot client)" "$before"
}

@test "a response for the other direction, or with another request's numbers" {
	accepted
	yes "$GET" | head -n 2 | oscore-protect -f hex client | tail -n 1 >later
	run -4 --separate-stderr text "$CONTENT_PROTECTED" oscore-unprotect -f hex --request later \
		client
	refused "<stdin>:1"
	run -4 --separate-stderr text "$CONTENT_PROTECTED" oscore-unprotect -f hex --request req \
		server
	equal "$output" ""
}
