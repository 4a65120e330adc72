# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
#
# For bats tests of programs that meet OSCORE messages; oscore-bats(7) describes it. A message is
# a word of hexadecimal digits, a side is "client" or "server".

# oscore_pair [OPTION...] - new contexts of both sides, made by oscore-gen with these options
oscore_pair() {
	local parent
	parent=$(mktemp -d "${BATS_TEST_TMPDIR:?}/oscore.XXXXXX") || return 1
	# shellcheck disable=SC2034 # for the tests
	client=$parent/client server=$parent/server
	oscore-gen -q --pair "$@" "$client" "$server"
}

# oscore_rfc [CLIENT:SERVER] - the contexts of RFC 8613, C.1, with these next numbers (0:0)
oscore_rfc() {
	local secret
	secret=$(mktemp "${BATS_TEST_TMPDIR:?}/secret.XXXXXX") &&
		echo 0102030405060708090a0b0c0d0e0f10 >"$secret" &&
		oscore_pair --secret-file "$secret" --master-salt 9e7ca92223786340 \
			--client-id '' --server-id 01 --sender-seq "${1:-0:0}"
}

# oscore_message JSON - a message as oscore-message(5) describes it
oscore_message() {
	oscore-unprotect -pq -f json -t hex <<<"$1"
}

# oscore_json MESSAGE - and back
oscore_json() {
	oscore-unprotect -pq -f hex -t json <<<"$1"
}

# oscore_protect SIDE MESSAGE [REQUEST] - protected by that side; a response with its request
oscore_protect() {
	oscore-protect -q -f hex ${3:+--request <(echo "$3")} "${!1:?no context of side \"$1\": oscore_pair makes client and server}" <<<"$2"
}

# oscore_unprotect SIDE MESSAGE [REQUEST] - verified by that side
oscore_unprotect() {
	oscore-unprotect -q -f hex ${3:+--request <(echo "$3")} "${!1:?no context of side \"$1\": oscore_pair makes client and server}" <<<"$2"
}

# oscore_send MESSAGE COMMAND... - its bytes into a command; $status, $output (in hex) and $stderr
# are what came of it
oscore_send() {
	local files
	files=$(mktemp -d "${BATS_TEST_TMPDIR:?}/send.XXXXXX") && xxd -r -p <<<"$1" >"$files/in" || return 1
	"${@:2}" <"$files/in" >"$files/out" 2>"$files/err" && status=0 || status=$?
	output=$(xxd -p "$files/out" | tr -d '\n')
	stderr=$(cat "$files/err")
}

# oscore_udp HOST PORT [SECONDS] - a datagram there, and the first one that comes back
oscore_udp() {
	exec 5<>"/dev/udp/$1/$2" && cat >&5 && timeout "${3:-5}" dd bs=64k count=1 status=none <&5
}

# What $status, $output and $stderr must be; without it the test fails, and all are shown.

oscore_fails() {
	printf '%s\n' "$@" "status: $status" "output: $output" "stderr: $stderr" >&2
	return 1
}

# oscore_status NUMBER
oscore_status() {
	[ "$status" = "$1" ] || oscore_fails "status is not $1"
}

# oscore_output [MESSAGE] - without a message: none came
oscore_output() {
	[ "$output" = "${1-}" ] || oscore_fails "output is not ${1:-empty}"
}

# oscore_text TEXT - output that is text, but for newlines at its end
oscore_text() {
	[ "$(xxd -r -p <<<"$output")" = "$1" ] || oscore_fails "output is not $1"
}

# oscore_stderr [REGEX] - without it: nothing was said
oscore_stderr() {
	if [ $# -eq 0 ]; then
		[ -z "$stderr" ] || oscore_fails "standard error is not empty"
	else
		grep -qE -e "$1" <<<"$stderr" || oscore_fails "standard error has no $1"
	fi
}
