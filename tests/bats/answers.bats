#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
#
# Answers as they come over UDP (RFC 7252, 5.2), and as they are made.

# shellcheck disable=SC2016,SC2154 # scripts for bash -c; stderr comes from run
load helper

EMPTY_ACK=60005d1f
EMPTY_RST=70005d1f
SEPARATE=4${CONTENT_PROTECTED:1} # the same as CON

@test "with --request an Empty acknowledgement is passed over and does not count" {
	accepted
	for options in "" "-k" "--moved"; do
		# shellcheck disable=SC2086 # none or one
		run -0 --separate-stderr text "$EMPTY_ACK"$'\n'"$SEPARATE" \
			oscore-unprotect -f hex --request req $options client
		equal "$output" "4${CONTENT:1}"
		equal "$stderr" "oscore-unprotect: hint: <stdin>:1: an Empty acknowledgement: the response comes separately"
	done
	run -0 --separate-stderr text "$EMPTY_ACK"$'\n'"$SEPARATE" \
		oscore-unprotect -q -f hex -t payload --request req client
	prints "Hello World!"
	run -0 --separate-stderr text "$EMPTY_ACK"$'\n'"$SEPARATE" \
		oscore-unprotect -q -v -f hex -t payload --request req client
	equal "$(grep -c '^code: ' <<<"$stderr")" "$(grep -c '^code: 2.05' <<<"$stderr")"
	# alone it is no answer
	echo old >out
	run -1 --separate-stderr feed $EMPTY_ACK oscore-unprotect -q -o out --request req client
	refused "<stdin>" "no response, but an Empty acknowledgement"
	equal "$(cat out)" old
	# without --request nothing waits for one
	run -3 --separate-stderr text "$EMPTY_ACK" oscore-unprotect -f hex client
	refused "<stdin>:1" "not a protected message"
}

@test "an Empty reset is 3, and says that the peer reset" {
	accepted
	for request in "" "--request req"; do
		# shellcheck disable=SC2086 # none or two
		run -3 --separate-stderr text "$EMPTY_RST" oscore-unprotect -f hex $request client
		refused "<stdin>:1" "the peer reset"
	done
	run -3 --separate-stderr text "$EMPTY_RST"$'\n'"$CONTENT_PROTECTED" \
		oscore-unprotect -k -f hex --request req client
	equal "$output" $'# 3 not a protected message: the peer reset\n'"$CONTENT"
}

@test "datagrams that were joined: the hint says to keep them apart" {
	accepted
	for first in $EMPTY_ACK $EMPTY_RST; do
		run -5 --separate-stderr feed "$first$SEPARATE" oscore-unprotect --request req client
		refused "<stdin>:1" "hint: .*keep datagrams apart"
	done
	for message in 60005d1fff00 61005d1f40; do
		run -5 --separate-stderr feed $message oscore-unprotect --request req client
		refused "<stdin>:1"
		[[ $stderr != *"keep datagrams apart"* ]] || fail "a hint"
	done
}

@test "on a packet socket: an acknowledgement and the separate response" {
	accepted
	run -0 --separate-stderr python3 - $EMPTY_ACK "$SEPARATE" <<-'PYTHON'
		import socket, subprocess, sys

		ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
		for message in sys.argv[1:]:
		    ours.send(bytes.fromhex(message))
		ours.shutdown(socket.SHUT_WR)
		command = ["oscore-unprotect", "-t", "payload", "--request", "req", "client"]
		print(subprocess.run(command, stdin=theirs, timeout=30, check=False).returncode)
	PYTHON
	equal "$output" "Hello World!0"
	said "the response comes separately"
}

# answered JSON [OPTION...] - what the client hears when the server answers req with this
answered() {
	local json=$1
	shift
	text "$json" oscore-protect -f json -t hex --request req "$@" server |
		oscore-unprotect -f hex --request req client
}

@test "in JSON an answer takes type, Message ID and token from the one request" {
	accepted
	run -0 --separate-stderr answered '{"code":"2.05"}'
	prints 64455d1f00003974
	# what it says stays: a separate response has a Message ID of its own
	run -0 --separate-stderr answered '{"code":"2.05","type":"CON"}'
	matches '4445[0-9a-f]{4}00003974'
	first=$output
	run -0 --separate-stderr answered '{"code":"2.05","type":"CON"}'
	differ "$output" "$first"
	run -0 --separate-stderr answered '{"code":"2.05","type":"NON","mid":7,"token_hex":"00003974"}'
	prints 5445000700003974
	run -0 --separate-stderr answered '{"code":"2.05","type":"ACK","options":[["Max-Age",0]],"payload":"x"}'
	prints 64455d1f00003974d001ff78
	# to a Non-confirmable request: the same, with a Message ID of its own
	pair_state client 21 0 0
	text "5${GET:1}" oscore-protect -f hex client >req
	oscore-unprotect -f hex server req >/dev/null
	run -0 --separate-stderr answered '{"code":"2.05"}'
	matches '5445[0-9a-f]{4}00003974'
	first=$output
	run -0 --separate-stderr answered '{"code":"2.05"}'
	differ "$output" "$first"
	# an empty token is one
	text 50015d1fb3747631 oscore-protect -f hex client >req
	oscore-unprotect -f hex server req >/dev/null
	run -0 --separate-stderr answered '{"code":"2.05"}'
	matches '5045[0-9a-f]{4}'
	# what is protected is what -v shows
	text '{"code":"2.05"}' oscore-protect -n -v --show-secrets -f json --request req server 2>shown
	grep -qi '^.*unprotected.*: .*5045' shown || fail "$(cat shown)"
}

@test "in JSON an answer to one of several requests says which" {
	client_and_server
	text "$GET"$'\n'"$GET_B" oscore-protect -f hex client >req
	oscore-unprotect -f hex server req >/dev/null
	before=$(snapshot server)
	run -4 --separate-stderr text '{"code":"2.05"}' oscore-protect -f json --request req server
	refused "<stdin>:1" "no request with the token of this response"
	[[ $stderr != *any-token* ]] || fail "a dead end"
	equal "$(snapshot server)" "$before"
	run -0 --separate-stderr answered '{"code":"2.05","type":"ACK","mid":23840,"token_hex":"00003975"}'
	prints 64455d2000003975
}

@test "an acknowledgement with another Message ID than the CON is refused by protect" {
	accepted
	before=$(snapshot server)
	for message in "${CONTENT/5d1f/5d20}" "${NOTIFY/5d1f/0000}"; do
		run -5 --separate-stderr text "$message" oscore-protect -f hex --request req server
		refused "<stdin>:1" "no CON with its Message ID"
	done
	run -5 --separate-stderr text '{"code":"2.05","mid":1}' oscore-protect -f json --request req server
	refused "<stdin>:1" "no CON with its Message ID"
	equal "$(snapshot server)" "$before"
	# of a peer it is accepted: the Message ID may have been changed by a proxy
	run -0 --separate-stderr text "${CONTENT_PROTECTED/5d1f/5d20}" oscore-unprotect -f hex --request req client
	prints "${CONTENT/5d1f/5d20}"
	# nothing acknowledges a NON
	pair_state client 21 0 0
	text "5${GET:1}" oscore-protect -f hex client >req
	oscore-unprotect -f hex server req >/dev/null
	run -5 --separate-stderr text "$CONTENT" oscore-protect -f hex --request req server
	refused "<stdin>:1" "no CON with its Message ID"
}

@test "a response without Observe to a registration: a hint says that it ends the observation" {
	client_and_server
	text "$REGISTER"$'\n'"$GET_B" oscore-protect -f hex client >req
	oscore-unprotect -f hex server req >/dev/null
	run -0 --separate-stderr text "$NOTIFY"$'\n'"$CONTENT_B"$'\n'"$CONTENT" \
		oscore-protect -f hex --request req server
	equal "$stderr" "oscore-protect: hint: <stdin>:3: a response without Observe to a registration: it ends the observation"
	run -0 --separate-stderr text "$CONTENT" oscore-protect -q -f hex --request req server
	equal "$stderr" ""
	# a cancellation is answered without it
	text "44015d1f00003974610153747631" oscore-protect -f hex client >req
	oscore-unprotect -f hex server req >/dev/null
	run -0 --separate-stderr text "$CONTENT" oscore-protect -f hex --request req server
	equal "$stderr" ""
}

@test "requests of EDHOC and of Appendix B.2 are told apart from forged ones" {
	client_and_server
	before=$(cat server/sequence.json)
	run -4 --separate-stderr text "$(broken "${GET_PROTECTED/620914/620914c0}")" \
		oscore-unprotect -f hex server
	refused "<stdin>:1" "hint: an EDHOC option \(21\): a request combined with EDHOC"
	run -4 --separate-stderr text "${GET_PROTECTED/620914/6619140342aabb}" \
		oscore-unprotect -f hex server
	refused "<stdin>:1" "hint: its kid context is a CBOR byte string: .*Appendix B\.2"
	# not a byte string, more than one, cut off: as others
	for context in 02aabb 0382aabb 0442aabb00 0243aa; do
		length=$(printf %x $((2 + ${#context} / 2)))
		run -4 --separate-stderr text "${GET_PROTECTED/620914/6${length}1914$context}" \
			oscore-unprotect -f hex server
		refused "<stdin>:1" "no context for this kid context"
		[[ $stderr != *B.2* ]] || fail "$context"
	done
	equal "$(cat server/sequence.json)" "$before"
	# what verifies needs no word
	run -0 --separate-stderr text "${GET_PROTECTED/620914/620914c0}" oscore-unprotect -f hex server
	equal "$stderr" ""
}
