#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
#
# Many contexts under one directory, and other processes beside: locks, limits, numbers.

# shellcheck disable=SC2016,SC2154 # scripts for bash -c; stderr comes from run
load helper
load contexts

# hold FILE - lock it in a process of its own, whose id is then in holder
hold() {
	(
		exec 3>&- 9<"$1"
		flock 9
		touch held
		exec sleep 30
	) &
	holder=$!
	until [ -e held ]; do sleep 0.01; done
}

let_go() {
	kill "$holder"
	wait "$holder" || true
}

@test "a context that is locked keeps nobody from what came before it" {
	peer a 01
	peer b 02
	peer c 03
	unprotect "$(from b)"
	printf '%s\n' "$(from a)" "$(from c)" "$(from b)" "$(from a)" >stream
	hold ctx/b/lock
	: >out
	oscore-unprotect -f hex -t json -C ctx stream >out &
	program=$!
	for ((tries = 0; tries < 500; tries++)); do
		[ "$(wc -l <out)" -lt 2 ] || break
		sleep 0.01
	done
	equal "$(jq -r .oscore.context out | tr '\n' ' ')" "ctx/a ctx/c "
	# and while it waits it holds no other lock
	flock -n ctx/a/lock true
	flock -n ctx/c/lock true
	let_go
	wait "$program"
	equal "$(jq -r .oscore.context out | tr '\n' ' ')" "ctx/a ctx/c ctx/b ctx/a "
}

@test "a context that stays busy refuses its messages with 1, and no others" {
	peer a 01
	peer b 02
	unprotect "$(from a)"$'\n'"$(from b)"
	printf '%s\n' "$(from a)" "$(from b)" "$(from a)" >stream
	hold ctx/b/lock
	run -1 --separate-stderr oscore-unprotect -k -f hex -C ctx stream
	let_go
	equal "${lines[0]}" "$GET"
	[[ ${lines[1]} == "# 1 ctx/b/lock: busy"* ]] || fail "${lines[1]}"
	equal "${lines[2]}" "$GET"
	one_error ctx/b
	said "busy"
	equal "$(member ctx/a received)" '{"index":0,"bitfield":7}'
	equal "$(member ctx/b received)" '{"index":0,"bitfield":1}'
}

@test "a context whose state cannot be written: those behind it are left as they were" {
	need_unprivileged
	peer a 01
	peer b 02
	peer c 03
	all=$(printf '%s\n' "$(from a)" "$(from b)" "$(from c)")
	unprotect "$all"
	all=$(printf '%s\n' "$(from a)" "$(from b)" "$(from c)")
	chmod 500 ctx/b
	run -1 --separate-stderr unprivileged oscore-unprotect -f hex -C ctx <<<"$all"
	equal "$output" "$GET"
	said "ctx/b"
	equal "$(member ctx/a received)" '{"index":0,"bitfield":3}'
	equal "$(member ctx/b received)" '{"index":0,"bitfield":1}'
	equal "$(member ctx/c received)" '{"index":0,"bitfield":1}'
	# with -k only its own messages are refused, replayed ones by their window
	run -6 --separate-stderr unprivileged oscore-unprotect -k -f hex -C ctx <<<"$all"
	equal "$(cut -c 1-4 <<<"$output")" "# 6 "$'\n'"# 1 "$'\n'"${GET:0:4}"
	equal "${lines[2]}" "$GET"
	equal "$(member ctx/b received)" '{"index":0,"bitfield":1}'
	equal "$(member ctx/c received)" '{"index":0,"bitfield":3}'
}

@test "a context that is made while the stream runs" {
	peer a 01
	peer b 02
	mv ctx/b later
	mkfifo in
	oscore-unprotect -q -k -f hex -t json -C ctx in >out 2>/dev/null &
	program=$!
	exec 5>in
	# say LINE COUNT - send it, and wait for so many lines
	say() {
		echo "$1" >&5
		for ((tries = 0; tries < 500; tries++)); do
			[ "$(wc -l <out)" -lt "$2" ] || return 0
			sleep 0.01
		done
		return 1
	}
	say "$(from a)" 1
	say "$(from b)" 2
	mv later ctx/b
	say "$(from b)" 3
	exec 5>&-
	wait "$program" || equal $? 4
	equal "$(jq -r '.oscore.context // .error' out | tr '\n' ' ')" "ctx/a 4 ctx/b "
}

@test "warnings of each context are said once" {
	peer 01 01
	peer 02 02
	chmod 644 ctx/*/secret.json
	messages=$(from 01 && from 02 && from 01 && from 02)
	run -0 --separate-stderr unprotect "$messages"
	equal "$(grep -c 'ctx/01' <<<"$stderr")" 1
	equal "$(grep -c 'ctx/02' <<<"$stderr")" 1
	run -0 --separate-stderr unprotect "$(from 01)" -q
	prints "$GET"
}

# make_many N - contexts with kids of 2 bytes, from 0100 on, named n0100 and so on; the first M
# have peers
make_many() {
	mkdir ctx peers
	python3 - "$1" "$2" "$SECRET" "$SALT" <<-'PYTHON'
		import os, sys

		n, m = int(sys.argv[1]), int(sys.argv[2])
		secret = '{"secret_hex": "%s", "salt_hex": "%s"}\n' % tuple(sys.argv[3:5])
		os.umask(0o077)


		def make(path, own, peer):
		    os.mkdir(path)
		    with open(path + "/settings.json", "w") as file:
		        file.write('{"sender-id_hex": "%s", "recipient-id_hex": "%s", "algorithm": 10}\n' % (own, peer))
		    with open(path + "/secret.json", "w") as file:
		        file.write(secret)


		for i in range(n):
		    kid = "%04x" % (256 + i * 6)
		    make("ctx/n" + kid, "ff", kid)
		    if i % (n // m) == 0:
		        make("peers/n" + kid, kid, "ff")
	PYTHON
}

# from_all - a request of each peer, shuffled, with "ctx/NAME" before it
from_all() {
	# shellcheck disable=SC2011,SC2012 # plain names
	ls peers | xargs -P 4 -I NAME bash -c \
		'echo "ctx/NAME $(oscore-protect -f hex peers/NAME <<<"$1")"' - "$GET" |
		sort -R --random-source=/bin/sh
}

@test "more contexts than descriptors" {
	make_many 60 60
	from_all >stream
	from_all >>stream
	run -0 --separate-stderr bash -c '
		ulimit -n 64
		cut -d " " -f 2 stream | oscore-unprotect -f hex -t json -C ctx | jq -r .oscore.context
	'
	equal "$stderr" ""
	equal "$output" "$(cut -d ' ' -f 1 stream)"
	for directory in ctx/*; do
		equal "$(member "$directory" received)" '{"index":0,"bitfield":3}'
	done
}

@test "more contexts in one group than are held at once" {
	make_many 140 140
	from_all >stream
	cut -d ' ' -f 2 stream >messages
	run -0 --separate-stderr oscore-unprotect -f hex -t json -C ctx messages
	equal "$stderr" ""
	equal "$(jq -r .oscore.context <<<"$output")" "$(cut -d ' ' -f 1 stream)"
	run -6 --separate-stderr oscore-unprotect -k -f hex -C ctx messages
	equal "$(cut -c 1-4 <<<"$output" | sort | uniq -c | tr -s ' ')" " 140 # 6 "
}

@test "a context that is exhausted answers nothing, the others do" {
	peer a 01
	peer b 02
	from a >req.a
	from b >req.b
	oscore-unprotect -f hex -C ctx req.a >/dev/null
	oscore-unprotect -f hex -C ctx req.b >/dev/null
	pair_state ctx/a 1099511627776 0 1 0
	# another token for the second one
	sed 's/00003974/00003975/' req.b >other
	text "${CONTENT/00003974/00003975}" oscore-protect -f hex --request other -C ctx >/dev/null
	cat req.a other >requests
	printf '%s\n' "$CONTENT" "${CONTENT/00003974/00003975}" >responses
	run -8 --separate-stderr oscore-protect -k -f hex --request requests -C ctx responses
	equal "$(cut -c 1-4 <<<"$output")" $'# 8 \n6444'
	equal "$(next_of ctx/a)" 1099511627776
}

@test "descriptors that end while a new context is opened beside those in use" {
	make_many 60 60
	from_all >once
	from_all >twice
	{ head -n 20 once && head -n 20 twice && tail -n +21 once; } >stream
	cut -d ' ' -f 2 stream >messages
	mv ctx fresh
	# 20 are known when the others are opened beside them; one limit of two is odd
	for limit in 48 49; do
		rm -rf ctx
		cp -r fresh ctx
		: >out
		run -0 --separate-stderr bash -c '
			ulimit -n "$1"
			{
				head -n 20 messages
				for ((tries = 0; tries < 500; tries++)); do
					[ "$(wc -l <out)" -lt 20 ] || break
					sleep 0.01
				done
				tail -n +21 messages
			} | oscore-unprotect -f hex -t json -C ctx >out
		' - "$limit"
		equal "$stderr" ""
		equal "$(jq -r .oscore.context out)" "$(cut -d ' ' -f 1 stream)"
	done
}

@test "descriptors that end while directories are looked into beside those in use" {
	make_many 30 30
	from_all | sort >stream
	cut -d ' ' -f 2 stream >messages
	# the first ones are found by their names, at the others the program has to look
	head -n 15 stream | while read -r directory _; do
		mv "$directory" "ctx/${directory#ctx/n}"
	done
	mv ctx fresh
	for limit in {20..40}; do
		rm -rf ctx
		cp -r fresh ctx
		run -0 --separate-stderr bash -c 'ulimit -n "$1"
			oscore-unprotect -k -f hex -C ctx messages' - "$limit"
		equal "$stderr" ""
		equal "$(sort -u <<<"$output")" "$GET"
	done
}

@test "10000 contexts, looked for by name and by looking at all" {
	make_many 10000 50
	from_all >stream
	run -0 --separate-stderr bash -c \
		'cut -d " " -f 2 stream | oscore-unprotect -f hex -t json -C ctx | jq -r .oscore.context'
	equal "$stderr" ""
	equal "$output" "$(cut -d ' ' -f 1 stream)"
	# by name: what is not named is not even read
	for directory in peers/*; do
		mv "ctx/${directory#peers/}" "ctx/${directory#peers/n}"
	done
	from_all | sed 's,ctx/n,ctx/,' >stream
	# LeakSanitizer does not work under strace
	export ASAN_OPTIONS=detect_leaks=0
	run -0 --separate-stderr bash -c \
		'cut -d " " -f 2 stream | strace -f -o calls oscore-unprotect -f hex -t json -C ctx | jq -r .oscore.context'
	equal "$output" "$(cut -d ' ' -f 1 stream)"
	equal "$(grep -c 'openat.*settings.json' calls)" 50
}

@test "contexts that cannot be used cost no descriptors" {
	make_many 60 60
	from_all >stream
	cut -d ' ' -f 2 stream | oscore-unprotect -f hex -C ctx >/dev/null
	mv ctx original
	cp -r original ctx
	from_all >again
	run -7 --separate-stderr bash -c '
		ulimit -n 48
		cut -d " " -f 2 again | oscore-unprotect -k -f hex -C ctx
	'
	equal "$(cut -c 1-4 <<<"$output" | sort -u)" "# 7 "
	equal "$(wc -l <<<"$output")" 60
	equal "$(grep -c 'this is a copy of a context that was used' <<<"$stderr")" 60
}

@test "a context that changes its name within a group" {
	peer a 01
	peer b 02
	for _ in 1 2 3; do from a; done >messages
	from b >>messages
	mkfifo in
	oscore-unprotect -k -f hex -t json -C ctx <in >out 2>err &
	program=$!
	exec 5>in
	head -n 1 messages >&5
	for ((tries = 0; tries < 500; tries++)); do
		[ "$(wc -l <out)" -lt 1 ] || break
		sleep 0.01
	done
	mv ctx/a ctx/z
	ln -s z ctx/a2
	tail -n 3 messages >&5
	exec 5>&-
	wait "$program"
	equal "$(jq -r '.oscore.context // .error' out | tr '\n' ' ')" "ctx/a ctx/a2 ctx/a2 ctx/b "
	equal "$(member ctx/z received)" '{"index":0,"bitfield":7}'
}

# go_elsewhere - to a directory in memory; false if there is no place for it
go_elsewhere() {
	elsewhere=$(mktemp -d -p /dev/shm 2>/dev/null) || return 1
	cd "$elsewhere" || return 1
}

teardown() {
	[ -z "${elsewhere:-}" ] || rm -rf "$elsewhere"
}

# durable_calls MESSAGES - unprotect them, and print how many calls made something durable; where
# one call does for a whole file system
durable_calls() {
	ASAN_OPTIONS=detect_leaks=0 strace -f -o trace -e trace=fsync,fdatasync,syncfs \
		oscore-unprotect -q -f hex -C ctx "$1" >out
	grep -c sync trace
}

@test "the states of all contexts of a group become durable together, whatever their number" {
	go_elsewhere || skip "no file system in memory"
	make_many 100 100
	for _ in 1 2; do
		from_all | cut -d ' ' -f 2 >messages
		# what a first use makes
		oscore-unprotect -q -f hex -C ctx messages >out
		from_all | cut -d ' ' -f 2 >messages
		head -n 1 messages >one
		head -n 11 messages | tail -n +2 >ten
		tail -n +12 messages >rest
		run -0 --separate-stderr durable_calls one
		equal "$output" 2
		run -0 --separate-stderr durable_calls ten
		equal "$output" 3
		run -0 --separate-stderr durable_calls rest
		equal "$output" 3
		equal "$(wc -l <out)" 89
	done
	run -6 --separate-stderr oscore-unprotect -q -k -f hex -C ctx messages
	equal "$(cut -c 1-4 <<<"$output" | sort | uniq -c | tr -s ' ')" " 100 # 6 "
}

@test "what is not durable together does not leave, of none of the contexts" {
	go_elsewhere || skip "no file system in memory"
	for name in a b c; do
		peer $name 0$name - "$(printf '%032d' $((0x$name)))"
	done
	unprotect "$(from a && from b && from c)"
	for call in 1 2; do
		for option in -q -k; do
			{ from a && from b && from c; } >messages
			run -1 --separate-stderr env ASAN_OPTIONS=detect_leaks=0 strace -f -o trace \
				-e trace=syncfs -e "inject=syncfs:error=EIO:when=$call" \
				oscore-unprotect $option -f hex -C ctx messages
			if [ $option = -q ]; then
				equal "$output" ""
			else
				equal "$(cut -c 1-4 <<<"$output" | tr '\n' ' ')" "# 1  # 1  # 1  "
			fi
			said "ctx/a: cannot make the file system durable: Input/output error"
			# before the files were replaced nothing is used up; behind that all is
			again=$([ $call = 1 ] && echo 0 || echo 6)
			run "-$again" --separate-stderr oscore-unprotect -q -k -f hex -C ctx messages
			equal "$(cut -c 1-3 <<<"$output" | sort -u)" "$([ $call = 1 ] && echo 440 || echo "# 6")"
		done
	done
}

# more_than_open DIR KID N - contexts named by kids from that on, and a forged message for each
more_than_open() {
	python3 - "$@" <<-'PYTHON'
		import os, sys

		top, first, n = sys.argv[1], int(sys.argv[2], 16), int(sys.argv[3])
		os.umask(0o077)
		for i in range(first, first + n):
		    os.mkdir("%s/%06x" % (top, i))
		    with open("%s/%06x/settings.json" % (top, i), "w") as file:
		        file.write('{"sender-id_hex": "ff", "recipient-id_hex": "%06x", "secret_hex": "%08x",'
		                   ' "algorithm": 10}' % (i, i))
		    print("44025d1f00003974950900%06xff%032x" % (i, 1))
	PYTHON
}

@test "more contexts than stay open: what was closed is opened again, and nothing is forgotten" {
	# in memory, where there is such a place: so many directories take long on a disk
	go_elsewhere || true
	peer a 0a
	peer b 0b - "$OTHER_SECRET"
	more_than_open ctx 100000 17000 >forged
	first=$(from a)
	second=$(from b)
	cp -r ctx/b older
	mkfifo in
	oscore-unprotect -q -k -f hex -C ctx in >out 2>err &
	program=$!
	exec 5>in
	# say FILE - its messages, and wait for what becomes of them
	say() {
		local had
		had=$(wc -l <out)
		cat "$1" >&5
		for ((tries = 0; tries < 3000; tries++)); do
			[ "$(wc -l <out)" -lt $((had + $(wc -l <"$1"))) ] || return 0
			sleep 0.01
		done
		fail "no answer"
	}
	printf '%s\n' "$first" "$second" >both
	say both
	say forged
	printf '%s\n' "$first" "$(from a)" >again
	say again
	# an older directory is put in the place of one that is closed
	mv ctx/b away
	mv older ctx/b
	printf '%s\n' "$second" "$(from b)" "$(from a)" >again
	say again
	exec 5>&-
	status=0
	wait "$program" || status=$?
	equal "$status" 4
	equal "$(grep -v '^# 4' out | cut -c 1-4 | tr '\n' ' ')" "4401 4401 # 6  4401 # 7  # 7  4401 "
	grep -q '^# 7 ctx/b/sequence.json: went back' out
}

@test "-p, more contexts than stay open: those of the requests that are remembered do" {
	go_elsewhere || true
	peer a 0a
	more_than_open ctx 100000 19000 >forged
	asked=$(from a)
	feed "$asked" oscore-unprotect ctx/a >/dev/null
	raw "$asked" >request
	answer=$(feed "$CONTENT" oscore-protect -t hex --request request ctx/a)
	{ echo "$asked" && cat forged && echo "$answer"; } >messages
	run -4 --separate-stderr bash -c 'oscore-unprotect -q -k -p -f hex -C ctx messages | grep -v "^# 4"; exit "${PIPESTATUS[0]}"'
	equal "$output" "$GET"$'\n'"$CONTENT"
}
