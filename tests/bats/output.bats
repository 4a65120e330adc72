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

# kept WORDS... - refused for its output, with the input unread
kept() {
	run --separate-stderr timeout 60 "$@" <&7
	[ "$status" -eq 2 ] || fail "$*"
	equal "$output" ""
	said "(--output|--error-reply): .* belongs to a context in use"
	one_error "--"
}

# each_kept CONTEXT DIR PATH - by each option that names an output
each_kept() {
	kept oscore-protect -o "$3" "$1"
	kept oscore-unprotect --error-reply "$3" "$1"
	kept oscore-unprotect -C "$2" -o "$3"
	kept oscore-unprotect -C "$2" --error-reply "$3"
}

# contexts, and as descriptor 7 an input that never comes
contexts_in_use() {
	accepted
	oscore-gen both
	mkdir all
	mv client server both all
	mkfifo fifo
	exec 7<>fifo
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

@test "an output in the directory of a context is refused, whatever its name" {
	contexts_in_use
	before=$(snapshot .)
	for name in sequence.json settings.json secret.json secrets.json lock .used new; do
		each_kept all/server all "all/server/$name"
		each_kept all/both all "all/both/$name"
	done
	for how in -n "--request req" "--new-piv --request req"; do
		# shellcheck disable=SC2086
		kept oscore-protect $how -o all/server/lock all/server
	done
	kept oscore-unprotect -p -o all/server/lock all/server
	kept oscore-unprotect -o all/server/lock --error-reply reply all/server
	equal "$(snapshot .)" "$before"
}

@test "oscore-show writes to no file of a context that it looks at" {
	contexts_in_use
	before=$(snapshot .)
	for name in sequence.json secret.json lock .used new; do
		for row in "all/server" "all/server all/client" "all/client all/server" "--check all/server" \
			"--check all/client all/both all/server" "--check -C all"; do
			# shellcheck disable=SC2086
			run -2 --separate-stderr oscore-show -o "all/server/$name" $row
			usage_error "--output: .* belongs to a context"
		done
	done
	equal "$(snapshot .)" "$before"
}

@test "an output in the directory of a context is refused, however it is spelled" {
	contexts_in_use
	mkdir links
	ln -s ../all/server links/directory
	for name in sequence.json secrets.json; do
		ln -sf "../all/server/$name" links/link
		ln -sf link links/second
		ln -sf "$PWD/links/second" third
		before=$(snapshot .)
		for path in ./all//server/./"$name" "$PWD/all/server/$name" all/both/../server/"$name" \
			links/directory/"$name" links/link links/second third; do
			each_kept all/server all "$path"
		done
		each_kept links/directory links "all/server/$name"
		each_kept links/directory/ "$PWD/all/../links/" "third"
		equal "$(snapshot .)" "$before"
	done
}

@test "an output in the working directory is refused if that is the context" {
	contexts_in_use
	cd all/server
	before=$(snapshot .)
	for name in sequence.json .used new; do
		each_kept . .. "$name"
		each_kept "$PWD" ../../all "./$name"
	done
	equal "$(snapshot .)" "$before"
}

@test "an output that is another name of a file of a context is refused" {
	contexts_in_use
	mkdir elsewhere
	for name in sequence.json settings.json secret.json lock; do
		ln "all/server/$name" elsewhere/hard
		ln -s hard elsewhere/link
		before=$(snapshot .)
		each_kept all/server all elsewhere/hard
		each_kept all/server all elsewhere/link
		equal "$(snapshot .)" "$before"
		rm elsewhere/*
	done
	# settings that lie elsewhere
	mv all/server/settings.json elsewhere
	ln -s ../../elsewhere/settings.json all/server/settings.json
	before=$(snapshot .)
	each_kept all/server all elsewhere/settings.json
	equal "$(snapshot .)" "$before"
}

@test "a context that lies elsewhere is in use too when a link under DIR leads to it" {
	contexts_in_use
	mv all/server .
	ln -s ../server all/01
	before=$(snapshot .)
	for name in sequence.json .used new; do
		each_kept all/01 all "server/$name"
	done
	equal "$(snapshot .)" "$before"
}

@test "outputs beside a context, in a plain directory under DIR, or in no context in use, are none of it" {
	client_and_server
	mkdir all all/plain
	mv client server all
	oscore-gen other
	rm other/sequence.json
	for path in all/message all/plain/message all/plain/lock other/message settings.json lock; do
		text "$GET" oscore-protect -q -f hex -o "$path" all/client
		cp "$path" request
		run -0 --separate-stderr oscore-unprotect -f hex -C all -o "$path" request
		silent
		equal "$(cat "$path")" "$GET"
		run -6 --separate-stderr oscore-unprotect -f hex -C all --error-reply "$path" request
		differ "$(cat "$path")" "$GET"
	done
}
