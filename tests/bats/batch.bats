#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
#
# Messages of a stream are sealed and opened side by side, and judged one by one: what is said of
# each must be what is said of it alone, before and behind it.

# shellcheck disable=SC2154 # stderr comes from run
load helper

# requests FIRST N - so many protected requests, each with a Message ID of its own
requests() {
	local i
	for ((i = $1; i < $1 + $2; i++)); do
		printf '4401%04x%s\n' "$i" "${GET:8}"
	done | oscore-protect -f hex client
}

# statuses - of each line of output its status, 0 for a message
statuses() {
	sed 's/^# \([0-9]\) .*/\1/; s/^[0-9a-f]\{2,\}$/0/' <<<"$output" | tr -d '\n'
}

@test "a copy beside its original is a replay, whatever its tag" {
	client_and_server
	mapfile -t sent < <(requests 1 3)
	printf '%s\n' "${sent[0]}" "${sent[0]}" "$(broken "${sent[0]}")" "${sent[1]}" \
		"$(broken "${sent[2]}")" "${sent[2]}" "$GET" "${sent[1]}" >in
	run -6 --separate-stderr oscore-unprotect -q -k -f hex server in
	[ "$(statuses)" = 06604036 ]
	[ "${lines[3]}" = "44010002${GET:8}" ]
	[ "${lines[5]}" = "44010003${GET:8}" ]
}

@test "what is behind a refused message is not used up, though it was opened" {
	client_and_server
	mapfile -t sent < <(requests 1 5)
	printf '%s\n' "${sent[0]}" "$(broken "${sent[1]}")" "${sent[2]}" "${sent[3]}" >in
	run -4 --separate-stderr oscore-unprotect -q -f hex server in
	[ "$output" = "44010001${GET:8}" ]
	printf '%s\n' "${sent[@]}" >in
	run -6 --separate-stderr oscore-unprotect -q -k -f hex server in
	[ "$(statuses)" = 60000 ]
}

@test "each place in a batch may be the forged one" {
	client_and_server
	requests 1 150 >good
	awk 'NR % 7 == 3 { sub(/.$/, /0$/ ? "1" : "0") } { print }' good >in
	run -4 --separate-stderr oscore-unprotect -q -k -f hex server in
	[ "$(statuses)" = "$(awk '{ printf "%d", NR % 7 == 3 ? 4 : 0 }' good)" ]
	run -6 --separate-stderr oscore-unprotect -q -k -f hex server good
	[ "$(statuses | head -c 10)" = 6666666666 ]
}

@test "messages of several contexts, shuffled, in one batch" {
	mkdir all
	for i in 1 2 3 4 5; do
		pair_context "client$i" "0$i" ff
		pair_context "all/0$i" ff "0$i"
		printf '{"secret_hex": "%s%02d"}\n' "$SECRET" "$i" | tee "all/0$i/secret.json" >"client$i/secret.json"
		yes "$GET" | head -n 60 | oscore-protect -q -f hex "client$i" >"from$i"
	done
	paste -d '\n' from1 from2 from3 from4 from5 >in
	run -0 --separate-stderr oscore-unprotect -q -f hex -C all in
	[ "${#lines[@]}" -eq 300 ]
	[ "$(sort -u <<<"$output")" = "$GET" ]
	run -6 --separate-stderr oscore-unprotect -q -k -f hex -C all in
	[ "$(statuses)" = "$(printf '6%.0s' {1..300})" ]
}

@test "responses in one batch: the nonce of the request once, an own Partial IV for each other" {
	accepted
	yes "$CONTENT" | head -n 100 >in
	run -0 --separate-stderr oscore-protect -q -f hex --request req server in
	[ "${lines[0]}" = "$CONTENT_PROTECTED" ]
	[ "$(sort -u <<<"$output" | wc -l)" -eq 100 ]
	head -n 1 <<<"$output" >out
	tail -n 99 <<<"$output" >>out
	run -6 --separate-stderr oscore-unprotect -q -k -f hex --request req client out
	[ "$(statuses | tr -d 6)" = 0 ]
	[ "${lines[0]}" = "$CONTENT" ]
}

# under_strace ARGUMENT... - strace with them; LeakSanitizer does not work under it
under_strace() {
	ASAN_OPTIONS=detect_leaks=0 strace -f -o trace "$@"
}

# durable COMMAND... - run it, and print how many of its calls made something durable
durable() {
	under_strace -e trace=fsync,fdatasync "$@" >out
	grep -c sync trace
}

@test "plentiful input: one durable write for 1024 messages, and no more are lost with it" {
	client_and_server
	yes "$GET" | head -n 10240 >in
	# ten times of a file and of a directory, and what a first use makes
	run -0 --separate-stderr durable oscore-protect -q -f hex client in
	[ "$(wc -l <out)" -eq 10240 ]
	[ "$output" -ge 20 ] && [ "$output" -le 24 ]
	mv out protected
	run -0 --separate-stderr durable oscore-unprotect -q -f hex server protected
	[ "$(sort -u out)" = "$GET" ]
	[ "$output" -ge 20 ] && [ "$output" -le 24 ]
	run -1 --separate-stderr under_strace -e trace=fsync \
		-e inject=fsync:error=EIO:when=3 oscore-protect -q -f hex -o out client in
	equal "$(wc -l <out)" 1024
	[[ $stderr == 'oscore-protect: client'*'Input/output error' ]]
}

@test "input that comes one by one: a durable write and an answer for each message" {
	client_and_server
	mkfifo to from
	under_strace -e trace=fsync oscore-protect -q -f hex client <to >from &
	exec 8>to 9<from
	for _ in 1 2 3 4 5; do
		echo "$GET" >&8
		read -r -t 10 answer <&9
		[ -n "$answer" ]
	done
	exec 8>&- 9<&-
	wait
	[ "$(grep -c sync trace)" -ge 10 ]
}

@test "a write that is not durable: nothing of all the groups that it is for leaves" {
	client_and_server
	yes "$GET" | head -n 5000 >in
	run -1 --separate-stderr under_strace -e trace=fsync \
		-e inject=fsync:error=EIO:when=1 oscore-protect -q -f hex -o out client in
	[ -z "$output" ]
	[[ $stderr == 'oscore-protect: client'*'Input/output error' ]]
	[ ! -e out ]
}

# many_words FILE - a message to accept, and behind it more refused ones than a pipe takes lines about
many_words() {
	text "$GET"$'\n'"$GET" oscore-protect -f hex client | tail -n 1 >"$1"
	yes "$(broken "$GET_PROTECTED")" | head -n 3000 >>"$1"
}

@test "a reader of standard error that waits keeps nobody from the context" {
	accepted
	many_words in
	text "$GET" oscore-protect -f hex client >other
	mkfifo words
	exec 8<>words
	timeout 30 oscore-unprotect -k -f hex server in >out 2>&8 &
	program=$!
	sleep 0.5
	run -0 --separate-stderr oscore-unprotect -f hex server other
	prints "$GET"
	cat <&8 >/dev/null &
	reader=$!
	status=0
	wait "$program" || status=$?
	kill "$reader"
	equal "$status $(head -n 1 out)" "6 $GET"
}

@test "what is not durable when a message is refused does not leave" {
	accepted
	many_words in
	run -1 --separate-stderr under_strace -e trace=fsync \
		-e inject=fsync:error=EIO:when=1 oscore-unprotect -k -f hex server in
	[ -z "$output" ]
	equal "$(wc -l <<<"$stderr")" 1
	said "server.*Input/output error"
}

@test "few long messages, and then many short ones, under one durable write" {
	client_and_server
	local long
	long=${GET}ff$(yes 61 | head -n 30000 | tr -d '\n')
	{ for ((i = 0; i < 20; i++)); do echo "$long"; done && yes "$GET" | head -n 1500; } >in
	run -0 --separate-stderr to out oscore-protect -f hex client in
	equal "$stderr" ""
	[ "$(wc -l <out)" -eq 1520 ]
	run -0 --separate-stderr to back oscore-unprotect -f hex server out
	equal "$stderr" ""
	cmp in back
}

@test "nobody reads what is said about messages: the context is not held" {
	client_and_server
	oscore-protect -f hex client <<<"$GET" >first
	oscore-protect -f hex client <<<"$GET" >second
	{ cat first && yes "$(broken "$(<first)")" | head -n 5000; } >in
	mkfifo said
	exec 8<>said
	timeout 30 oscore-unprotect -k -f hex -o out server in 2>said 3>&- &
	program=$!
	[ "$(head -c 60000 <&8 | wc -c)" -eq 60000 ]
	run -0 --separate-stderr timeout 8 oscore-unprotect -f hex server second
	equal "$output" "$GET"
	kill "$program"
	wait "$program" || true
}
