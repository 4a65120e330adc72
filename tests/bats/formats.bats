#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
#
# How messages come in and go out: raw and hex, one and many, too long, none.

# shellcheck disable=SC2016,SC2154 # scripts for bash -c; stderr comes from run
load helper

# socket KIND DIR PYTHON - run oscore-protect on one end of a socket pair, with
# `ours`, the other end, and `run(stdin, stdout)` at hand
socket() {
	python3 - "$@" <<-'PYTHON'
		import os, socket, subprocess, sys

		kind, context, script = sys.argv[1:]
		ours, theirs = socket.socketpair(socket.AF_UNIX, getattr(socket, kind))
		ours.setblocking(False)


		def run(stdin, stdout, *options):
		    done = subprocess.run(
		        ["oscore-protect", *options, context],
		        stdin=stdin, stdout=stdout, stderr=subprocess.PIPE, timeout=30, check=False,
		    )
		    print(done.returncode, done.stderr.decode(), end="")


		exec(script)
	PYTHON
}

# terminal PROGRAM ARGUMENT... - run with standard output on a terminal, print what came there
terminal() {
	python3 - "$@" <<-'PYTHON'
		import os, pty, subprocess, sys, tty

		ours, theirs = pty.openpty()
		tty.setraw(theirs)
		done = subprocess.run(
		    sys.argv[1:], stdin=open("message", "rb"), stdout=theirs, \
			stderr=subprocess.PIPE,
		    timeout=30, check=False,
		)
		os.close(theirs)
		sys.stderr.write(done.stderr.decode())
		os.set_blocking(ours, False)
		try:
		    print(os.read(ours, 65536).hex())
		except (BlockingIOError, OSError):
		    pass
		sys.exit(done.returncode)
	PYTHON
}

@test "raw is the default, for one message" {
	client_and_server
	run -0 --separate-stderr feed "$GET" to out oscore-protect client
	silent
	equal "$(hex_of out)" "$GET_PROTECTED"
	run -0 --separate-stderr to plain oscore-unprotect server out
	silent
	equal "$(hex_of plain)" "$GET"
}

@test "-f hex: output is a lower-case line without separators" {
	client_and_server
	run -0 --separate-stderr text "${GET^^}" to out oscore-protect -f hex client
	silent
	equal "$(od -An -c out | tr -d ' \n')" "$GET_PROTECTED\\n"
}

@test "-f and -t may differ" {
	client_and_server
	run -0 --separate-stderr feed "$GET" oscore-protect -f raw -t hex client
	prints "$GET_PROTECTED"
	run -0 --separate-stderr text "$output" to plain oscore-unprotect --from hex --to raw server
	silent
	equal "$(hex_of plain)" "$GET"
}

@test "hex: separators, prefix, case, comments and blank lines do not count" {
	for line in "44 01 5d 1f 00 00 39 74 39 6c 6f 63 61 6c 68 6f 73 74 83 74 76 31" \
		"44:01:5D:1F:00:00:39:74:39:6c:6f:63:61:6c:68:6f:73:74:83:74:76:31" \
		"44-01-5d-1f-00-00-39-74-39-6c-6f-63-61-6c-68-6f-73-74-83-74-76-31" \
		"0x$GET" "  $GET  " "${GET^^}" \
			"0x44 0x01 0x5d1f 00003974 396c6f63616c686f737483747631"; do
		client_and_server
		run -0 --separate-stderr text $'# a comment\n\n'"$line"$'\n   \n#' oscore-protect \
			-f hex client
		prints "$GET_PROTECTED"
		rm -r client server
	done
}

@test "hex: the last line may lack its newline, lines may end in CR LF" {
	client_and_server
	run -0 --separate-stderr bash -c 'printf %s "$1" | oscore-protect -f hex client' - "$GET"
	prints "$GET_PROTECTED"
	run -0 --separate-stderr bash -c 'printf "%s\r\n" "$1" | oscore-unprotect -f hex server' - \
		"$GET_PROTECTED"
	prints "$GET"
}

@test "hex: an odd number of digits or something else is refused and uses no number" {
	client_and_server
	before=$(snapshot client)
	for line in "${GET}4" 4 "${GET}g" "${GET/5d/5x}" "x$GET" "$GET # comment" '"'"$GET"'"'; do
		run -5 --separate-stderr text "$line" oscore-protect -f hex client
		refused "<stdin>:1" "hex|digit"
	done
	equal "$(snapshot client)" "$before"
}

@test "hex: NUL and bytes beyond ASCII are refused" {
	client_and_server
	for byte in '\0' '\303\251' '\377'; do
		run -5 --separate-stderr bash -c \
			'printf "%s$2\n" "$1" | oscore-protect -f hex client' - "$GET" "$byte"
		refused "<stdin>:1"
	done
	equal "$(next_of client)" 20
}

@test "hex: several messages, one line each" {
	client_and_server
	run -0 --separate-stderr text "$GET"$'\n'"$GET_B"$'\n'"$GET" oscore-protect -f hex client
	equal "$stderr" ""
	equal "${#lines[@]}" 3
	equal "${lines[0]}" "$GET_PROTECTED"
	[[ ${lines[1]} == 44025d2000003975920915ff* ]] || fail "second number"
	[[ ${lines[2]} == *620916ff* ]] || fail "third number"
	equal "$(next_of client)" 23
	run -0 --separate-stderr text "$output" oscore-unprotect -f hex server
	prints "$GET"$'\n'"$GET_B"$'\n'"$GET"
}

@test "hex: the errors of a stream say which line" {
	client_and_server
	run -5 --separate-stderr text "$GET"$'\n'"$GET"$'\n'4401 oscore-protect -f hex client
	one_error "<stdin>:3"
	text "$GET"$'\n4401' cat >messages
	run -5 --separate-stderr oscore-protect -f hex client messages
	one_error "messages:2"
}

@test "without -k a stream ends at the first refused message" {
	client_and_server
	run -3 --separate-stderr text "$GET_PROTECTED"$'\n'"$GET"$'\n'"$GET_PROTECTED" \
		oscore-unprotect -f hex server
	equal "$output" "$GET"
	one_error "<stdin>:2"
	run -5 --separate-stderr text "$GET"$'\n4401\n'"$GET" oscore-protect -f hex client
	equal "$output" "$GET_PROTECTED"
	equal "$(next_of client)" 21
}

@test "with -k each refused message gives a comment with its status in its place" {
	client_and_server
	run -6 --separate-stderr text \
		"$GET_PROTECTED"$'\n'"$GET_PROTECTED"$'\n'"$GET"$'\n4401\n'"${GET_PROTECTED/0914/0915}" \
		oscore-unprotect -f hex -k server
	equal "${#lines[@]}" 5
	equal "${lines[0]}" "$GET"
	[[ ${lines[1]} == "# 6 "* ]] || fail "second line"
	[[ ${lines[2]} == "# 3 "* ]] || fail "third line"
	[[ ${lines[3]} == "# 5 "* ]] || fail "fourth line"
	[[ ${lines[4]} == "# 4 "* ]] || fail "fifth line"
	for n in 2 3 4 5; do
		said "^oscore-unprotect: <stdin>:$n: "
	done
}

@test "-k: protect goes on too, and lines that are no hex keep their place" {
	client_and_server
	run -5 --separate-stderr text "$GET"$'\nxyz\n'"$GET_PROTECTED"$'\n'"$GET_B" oscore-protect \
		-f hex --keep-going client
	equal "${#lines[@]}" 4
	equal "${lines[0]}" "$GET_PROTECTED"
	[[ ${lines[1]} == "# 5 "* ]] || fail "second line"
	[[ ${lines[2]} == "# 5 "* ]] || fail "third line"
	[[ ${lines[3]} == *920915ff* ]] || fail "fourth line"
	equal "$(next_of client)" 22
}

@test "-k stops when the numbers are exhausted" {
	client_and_server
	pair_state client 1099511627774 0 0
	run -8 --separate-stderr text "$GET"$'\n'"$GET"$'\n'"$GET"$'\n'"$GET" oscore-protect -f \
		hex -k client
	equal "$(grep -c '^4402' <<<"$output")" 2
	one_error ""
	equal "$(next_of client)" 1099511627776
}

@test "a stream longer than a group keeps order and numbers" {
	client_and_server
	yes "$GET" | head -n 3000 >messages
	run -0 --separate-stderr to out oscore-protect -f hex client messages
	silent
	equal "$(wc -l <out)" 3000
	equal "$(sort -u out | wc -l)" 3000
	equal "$(next_of client)" 3020
	run -0 --separate-stderr to plain oscore-unprotect -f hex server out
	silent
	cmp plain messages
	run -6 --separate-stderr oscore-unprotect -f hex server out
	refused "out:1"
}

@test "a second raw message to a file is a usage error, before it is processed" {
	client_and_server
	run -2 --separate-stderr text "$GET"$'\n'"$GET"$'\n'"$GET" to out oscore-protect -f hex -t \
		raw client
	equal "$(hex_of out)" "$GET_PROTECTED"
	equal "$(next_of client)" 21
	said "raw|message"
}

@test "hex read as raw: malformed, with a hint" {
	client_and_server
	before=$(snapshot client)
	run -5 --separate-stderr text "$GET" oscore-protect client
	refused "<stdin>:1"
	said "^oscore-protect: hint: .*-f hex"
	run -5 --separate-stderr text "$GET_PROTECTED" oscore-unprotect client
	said "^oscore-unprotect: hint: .*-f hex"
	run -5 --separate-stderr text "$GET_PROTECTED" oscore-cid
	said "^oscore-cid: hint: .*-f hex"
	equal "$(snapshot client)" "$before"
}

@test "raw read as hex: malformed, with a hint" {
	client_and_server
	run -5 --separate-stderr feed "$GET" oscore-protect -f hex client
	refused "<stdin>:1"
	said "hint: .*-f raw"
	equal "$(next_of client)" 20
}

@test "empty input is 1 and touches nothing" {
	client_and_server
	before=$(snapshot .)
	for program in "oscore-protect client" "oscore-unprotect client" "oscore-cid"; do
		for format in raw hex; do
			# shellcheck disable=SC2086
			run -1 --separate-stderr $program -f "$format" </dev/null
			refused "<stdin>" "empty|no message"
		done
		# shellcheck disable=SC2086
		run -1 --separate-stderr text $'# only a comment\n\n' $program -f hex
		refused "<stdin>" "empty|no message"
	done
	equal "$(snapshot .)" "$before"
}

# request_of SIZE - a request of that many bytes, raw
request_of() {
	raw 40020001ff
	head -c $(($1 - 5)) /dev/zero
}

@test "hex with as many separators as it can have, of the longest message" {
	client_and_server
	{
		printf '4005 0001 ff'
		head -c 65530 /dev/zero | od -An -v -tx1 | tr -d '\n' | sed 's/ \(..\)/ 0x\1:/g'
	} >line
	run -5 --separate-stderr oscore-protect -f hex client line
	refused "line:1" "would exceed"
}

@test "65535 bytes are a message, 65536 are not" {
	client_and_server
	request_of 65535 >long
	# protected it would be longer, and over the limit
	run -5 --separate-stderr oscore-protect client long
	refused "long:1" "the protected message would exceed 65535 bytes"
	request_of 65536 >longer
	run -5 --separate-stderr oscore-protect client longer
	refused "longer:1" "65535|too long|too large"
	equal "$(next_of client)" 20
	# OSCORE option (3 bytes), one more marker and code, tag (8)
	request_of $((65535 - 13)) >fits
	run -0 --separate-stderr to out oscore-protect client fits
	silent
	equal "$(wc -c <out)" 65535
	run -0 --separate-stderr to plain oscore-unprotect server out
	silent
	cmp plain fits
}

@test "one byte more than fits is refused and uses no number" {
	client_and_server
	request_of $((65535 - 12)) >long
	run -5 --separate-stderr oscore-protect client long
	refused "long:1"
	equal "$(next_of client)" 20
}

@test "a hex line that is too long is refused, and -k finds the next line" {
	client_and_server
	{
		echo "$GET"
		head -c 3000000 /dev/zero | tr '\0' 4
		echo
		echo "$GET_B"
	} >messages
	run -5 --separate-stderr oscore-protect -f hex client messages
	equal "$output" "$GET_PROTECTED"
	one_error "messages:2"
	run -5 --separate-stderr oscore-protect -f hex -k client messages
	equal "${#lines[@]}" 3
	[[ ${lines[1]} == "# 5 "* ]] || fail "second line"
	[[ ${lines[2]} == 44025d2000003975* ]] || fail "third line"
}

@test "endless input is cut off" {
	client_and_server
	run -5 --separate-stderr timeout 20 oscore-protect client /dev/zero
	refused "/dev/zero:1"
	run -5 --separate-stderr timeout 20 bash -c \
		'tr "\0" 4 </dev/zero | oscore-protect -f hex client'
	one_error "<stdin>:1"
	equal "$(next_of client)" 20
}

@test "input that comes in small pieces is one message" {
	client_and_server
	run -0 --separate-stderr bash -c '
		for byte in $(sed "s/../\\\\x& /g" <<<"$1"); do printf "$byte"; done | \
			oscore-protect -t hex client
	' - "$GET"
	prints "$GET_PROTECTED"
}

@test "a stream answers each message before it waits for the next" {
	client_and_server
	mkfifo in out
	oscore-protect -f hex client <in >out 3>&- &
	exec 7>in 8<out
	echo "$GET" >&7
	read -r -t 20 answer <&8
	equal "$answer" "$GET_PROTECTED"
	equal "$(next_of client)" 21
	echo "$GET_B" >&7
	read -r -t 20 answer <&8
	[[ $answer == *920915ff* ]] || fail "$answer"
	exec 7>&-
	wait $!
	exec 8<&-
}

@test "a sequenced-packet socket has one message per read and write" {
	client_and_server
	run -0 --separate-stderr socket SOCK_SEQPACKET client "
for message in ('$GET', '$GET_B'):
    ours.send(bytes.fromhex(message))
ours.shutdown(socket.SHUT_WR)
run(theirs, theirs)
print(ours.recv(65536).hex())
print(ours.recv(65536).hex())
"
	equal "$stderr" ""
	equal "${lines[0]}" "0 $GET_PROTECTED"
	[[ ${lines[1]} == 44025d2000003975920915ff* ]] || fail "second message"
}

@test "a connected datagram socket keeps messages apart on output" {
	client_and_server
	text "$GET"$'\n'"$GET_B" cat >messages
	run -0 --separate-stderr socket SOCK_DGRAM client "
run(open('messages'), theirs, '-f', 'hex', '-t', 'raw')
print(ours.recv(65536).hex())
print(ours.recv(65536).hex())
"
	equal "$stderr" ""
	equal "${lines[0]}" "0 $GET_PROTECTED"
	[[ ${lines[1]} == 44025d2000003975920915ff* ]] || fail "second message"
}

@test "an unconnected datagram socket on standard output is refused before a number is used" {
	client_and_server
	raw "$GET" >message
	run -0 --separate-stderr socket SOCK_DGRAM client "
run(open('message'), socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
"
	[[ $output == "1 oscore-protect: "* ]] || fail "status 1"
	equal "$(next_of client)" 20
}

@test "raw output to a terminal is refused before a number is used" {
	client_and_server
	raw "$GET" >message
	run -2 --separate-stderr terminal oscore-protect client
	equal "$output" ""
	said "terminal" "hint: .*-t hex"
	equal "$(next_of client)" 20
	raw "$GET_PROTECTED" >message
	before=$(snapshot server)
	run -2 --separate-stderr terminal oscore-unprotect server
	equal "$output" ""
	equal "$(snapshot server)" "$before"
}

@test "a terminal takes hex, and raw with -o -" {
	client_and_server
	raw "$GET" >message
	run -0 --separate-stderr terminal oscore-protect -t hex client
	equal "$output" "$(printf '%s\n' "$GET_PROTECTED" | xxd -p | tr -d '\n')"
	pair_state client 20 0 0
	run -0 --separate-stderr terminal oscore-protect -o - client
	equal "$output" "$GET_PROTECTED"
}
