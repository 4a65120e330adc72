#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
#
# -o: when a file is made, and how.

# shellcheck disable=SC2016,SC2154 # scripts for bash -c; stderr comes from run
load helper

protect() {
	text "$GET" oscore-protect -f hex "$@"
}

@test "a new file, nothing on standard output" {
	client_and_server
	run -0 --separate-stderr protect -o out client
	silent
	equal "$(cat out)" "$GET_PROTECTED"
	run -0 --separate-stderr oscore-unprotect -f hex --output plain server out
	silent
	equal "$(cat plain)" "$GET"
	equal "$(names .)" "client out plain server "
}

@test "the mode of a new file obeys the umask" {
	client_and_server
	umask 027
	protect -o out client
	[[ $(mode_of out) =~ ^6[04]0$ ]] || fail "$(mode_of out)"
}

@test "an existing file is replaced by rename" {
	client_and_server
	echo old >out
	ln out keep
	run -0 --separate-stderr protect -o out client
	silent
	equal "$(cat keep)" old
	equal "$(cat out)" "$GET_PROTECTED"
}

@test "/dev/null, /dev/stdout and a FIFO are opened and written" {
	client_and_server
	run -0 --separate-stderr protect -o /dev/null client
	silent
	[ -c /dev/null ]
	mkfifo fifo
	cat fifo >copy 3>&- &
	run -0 --separate-stderr protect -o fifo client
	silent
	wait $!
	[[ $(cat copy) == *620915ff* ]] || fail "$(cat copy)"
	[ -p fifo ]
}

@test "/dev/full: 1, the number stays used" {
	client_and_server
	run -1 --separate-stderr protect -o /dev/full client
	one_error /dev/full
	equal "$(next_of client)" 21
	[ -c /dev/full ]
}

@test "nothing went through: no file is made, an old one stays" {
	client_and_server
	before=$(names .)
	run -5 --separate-stderr text 4401 oscore-protect -f hex -o out client
	run -6 --separate-stderr bash -c '
		echo "$1" | oscore-unprotect -f hex server >/dev/null
		echo "$1" | oscore-unprotect -f hex -o out server
	' - "$GET_PROTECTED"
	run -1 --separate-stderr oscore-protect -o out client </dev/null
	run -7 --separate-stderr protect -o out missing
	run -2 --separate-stderr protect -o out --no-such-option client
	equal "$(names .)" "$before"
	echo old >out
	run -5 --separate-stderr text 4401 oscore-protect -f hex -o out client
	equal "$(cat out)" old
}

@test "a file behind a link is written in place, when something goes there" {
	client_and_server
	echo old >file
	ln -s file link
	run -3 --separate-stderr text "$GET" oscore-unprotect -f hex -o link server
	equal "$(cat file)" old
	run -0 --separate-stderr text "$GET_PROTECTED" oscore-unprotect -f hex -o link server
	equal "$(cat file)" "$GET"
	[ -L link ]
	echo old, and longer than the payload of the message >file
	text "$GET" oscore-protect -f hex client >req
	text "$CONTENT" oscore-protect -f hex --request req server >response
	run -0 --separate-stderr oscore-unprotect -f hex -t payload --request req -o link client response
	equal "$(cat file)" "Hello World!"
}

@test "a name of length zero is no file: 1, before a number is used" {
	client_and_server
	before=$(snapshot client)
	run -1 --separate-stderr text "$GET" oscore-protect -f hex -o "" client
	equal "$(snapshot client)" "$before"
	equal "$(names .)" "client server "
}

@test "a close that is interrupted is a close" {
	client_and_server
	traced='echo "$1" | strace -f -o calls -e trace=close $2 oscore-protect -n -f hex client'
	run -0 --separate-stderr env ASAN_OPTIONS=detect_leaks=0 bash -c "$traced" bash "$GET"
	n=$(sed '/close(1)/q' calls | wc -l)
	run -0 --separate-stderr env ASAN_OPTIONS=detect_leaks=0 bash -c "${traced/ -n/}" bash "$GET" \
		"-e inject=close:error=EINTR:when=$n+"
	prints "$GET_PROTECTED"
	[[ $(cat calls) == *"close(1) "*EINTR* ]] || fail "not delivered"
	run -0 --separate-stderr env ASAN_OPTIONS=detect_leaks=0 bash -c \
		"${traced/ -n/ -o out}" bash "$GET" "-e inject=close:error=EINTR:when=$((n - 1))+"
	[[ $(cat out) == "44025d1f"* ]] || fail "no file"
}

@test "what went through before a refused message is in the file" {
	client_and_server
	run -5 --separate-stderr text "$GET"$'\n4401\n'"$GET" oscore-protect -f hex -o out client
	equal "$output" ""
	equal "$(cat out)" "$GET_PROTECTED"
	run -5 --separate-stderr text "$GET"$'\n4401\n'"$GET_B" oscore-protect -f hex -k -o out \
		client
	equal "$(wc -l <out)" 3
	[[ $(sed -n 2p out) == "# 5 "* ]] || fail "$(cat out)"
	run -2 --separate-stderr text "$GET"$'\n'"$GET" oscore-protect -f hex -t raw -o raw client
	equal "$(wc -c <raw)" 35
}

@test "with -k and nothing but refused messages there is no file" {
	client_and_server
	run -5 --separate-stderr text $'4401\n4401' oscore-protect -f hex -k -o out client
	equal "$output" ""
	[ ! -e out ]
}

@test "a file that cannot be made: 1, before a number is used" {
	client_and_server
	run -1 --separate-stderr protect -o no/such/dir/out client
	refused no/such/dir "no such file"
	run -1 --separate-stderr protect -o server client
	refused server "directory"
	equal "$(next_of client)" 20
}

@test "- is standard output" {
	client_and_server
	run -0 --separate-stderr protect -o - client
	prints "$GET_PROTECTED"
	[ ! -e ./- ]
}

@test "standard output may be closed if -o is given" {
	client_and_server
	run -0 --separate-stderr bash -c 'echo "$1" | oscore-protect -f hex -o out client >&-' - \
		"$GET"
	equal "$(cat out)" "$GET_PROTECTED"
}

@test "the file may be the input" {
	client_and_server
	echo "$GET" >message
	run -0 --separate-stderr oscore-protect -f hex -o message client message
	silent
	equal "$(cat message)" "$GET_PROTECTED"
}
