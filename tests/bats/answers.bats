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
