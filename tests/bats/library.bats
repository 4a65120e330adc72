#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
#
# The library for other people's tests: its sample, and that what it asserts can fail.

# shellcheck disable=SC2030,SC2031,SC2154 # variables of the libraries
load helper
load net
load manual
load ../library/oscore

@test "the sample runs where it was copied to, with nothing but the programs and the library" {
	cp "$ROOT"/tests/library/* .
	run -0 --separate-stderr env -u BATS_TEST_TMPDIR bats --tap sample.bats
	equal "$(head -n 1 <<<"$output")" "1..$(grep -c '^@test' sample.bats)"
	equal "$(grep -c '^ok ' <<<"$output")" "$(grep -c '^@test' sample.bats)"
	equal "$stderr" ""
}

# must_fail ASSERTION... - it fails, and shows what there was
must_fail() {
	local said
	said=$("$@" 2>&1) && fail "passed: $*"
	[[ $said == *"status: $status"*"output: $output"*"stderr: $stderr"* ]] || fail "$*: $said"
}

@test "assertions hold for what came, and fail for all else" {
	# shellcheck disable=SC2016
	oscore_send 4142 bash -c 'cat; echo no >&2; exit 7'
	oscore_status 7
	must_fail oscore_status 0
	must_fail oscore_status 70
	oscore_output 4142
	must_fail oscore_output
	must_fail oscore_output 414
	oscore_text AB
	must_fail oscore_text ABC
	oscore_stderr '^n.$'
	must_fail oscore_stderr
	must_fail oscore_stderr yes
	oscore_send "" true
	oscore_status 0
	oscore_output
	oscore_stderr
	must_fail oscore_stderr .
	must_fail oscore_output 00
}

@test "sides: contexts, a message there and its answer back" {
	run oscore_protect client "$GET"
	differ "$status" 0
	[[ $output == *'no context of side "client": oscore_pair makes client and server' ]]
	oscore_pair --client-id 0a --server-id 0b --algorithm A128GCM
	request=$(oscore_protect client "$GET")
	equal "$(oscore-cid -f hex <<<"$request")" 0a
	equal "$(oscore_unprotect server "$request")" "$GET"
	response=$(oscore_protect server "$CONTENT" "$request")
	equal "$(oscore_unprotect client "$response" "$request")" "$CONTENT"
	run oscore_unprotect sever "$request"
	differ "$status" 0
	[[ $output == *'no context of side "sever": oscore_pair makes client and server' ]]
	run -6 --separate-stderr oscore_unprotect server "$request"
	refused "<stdin>:1" "replayed"
}

@test "numbers: the messages of RFC 8613, C.4, C.7 and C.8" {
	oscore_rfc 20:0
	run -0 --separate-stderr oscore_protect client "$GET"
	prints "$GET_PROTECTED"
	oscore_unprotect server "$GET_PROTECTED"
	equal "$(oscore_protect server "$CONTENT" "$GET_PROTECTED")" "$CONTENT_PROTECTED"
	equal "$(oscore_protect server "$CONTENT" "$GET_PROTECTED")" "$CONTENT_PROTECTED_NEW"
	oscore_rfc
	equal "$(oscore-cid -f hex --print partial-iv < <(oscore_protect client "$GET"))" 00
	equal "$(oscore_json "$(oscore_message "$(oscore_json "$GET")")")" "$(oscore_json "$GET")"
}

@test "a datagram over UDP, and its answer" {
	port=$(free_port)
	timeout 30 socat "UDP4-RECVFROM:$port,bind=127.0.0.1" EXEC:"rev",socktype=5 3>&- &
	server_process=$!
	bound "$port"
	oscore_send 4142 oscore_udp 127.0.0.1 "$port"
	wait "$server_process"
	oscore_status 0
	oscore_text BA
	# nobody there
	oscore_send 4142 oscore_udp 127.0.0.1 "$port" 1
	differ "$status" 0
	oscore_output
}

@test "the page names every function, and no other" {
	equal "$(sed -n 's/^\.It Ic \(oscore_[a-z]*\).*/\1/p' "$ROOT/man/oscore-bats.7" | sort)" \
		"$(sed -n 's/^\(oscore_[a-z]*\)() {/\1/p' "$ROOT/tests/library/oscore.bash" | grep -v fails | sort)"
}

@test "the example in the page runs" {
	cp "$ROOT/tests/library/oscore.bash" .
	displays "$ROOT/man/oscore-bats.7" EXAMPLES |
		sed 's|/usr/share/oscore-tools/bats/oscore|oscore|; s/my-proxy/cat/' >example.bats
	run -0 --separate-stderr env -u BATS_TEST_TMPDIR bats --tap example.bats
	prints $'1..1\nok 1 the server verifies what the proxy gives on'
}
