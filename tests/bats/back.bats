#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
#
# A state that is set back, edited or kept alive while a run lasts or between two runs, and a
# tree of contexts that changes under a run.

# shellcheck disable=SC2016,SC2034,SC2154 # scripts for bash -c; stderr comes from run
load helper
load contexts

# start COMMAND... - reads messages from `say`, one line of output for each
start() {
	rm -f in
	true >out
	mkfifo in
	: >out
	"$@" <in >out 2>err &
	program=$!
	exec 5>in
}

# say LINE - send it, and wait for one more line of output, or for the end of the run
say() {
	local had
	had=$(wc -l <out)
	echo "$1" >&5
	for ((tries = 0; tries < 1000; tries++)); do
		[ "$(wc -l <out)" -le "$had" ] || return 0
		kill -0 "$program" 2>/dev/null || return 0
		sleep 0.01
	done
	fail "no answer"
}

# ended STATUS - end of input; what the run has said is in $stderr, its output in $output
ended() {
	exec 5>&-
	status=0
	wait "$program" || status=$?
	output=$(<out)
	stderr=$(<err)
	equal "$status" "$1"
}

@test "a stream does not take a lower state over: protect" {
	for files in "sequence.json" "settings.json secret.json sequence.json"; do
		rm -rf client server client2 server2
		oscore-gen --pair client server
		oscore-gen --pair client2 server2
		cp -r client backup
		start oscore-protect -f hex client
		say "$GET"
		for file in $files; do
			cp "client2/$file" "client/$file"
		done
		say "$GET_B"
		ended 7
		equal "$(wc -l <<<"$output")" 1
		one_error client/
		rm -r backup
	done
}

@test "a stream does not take a lower state over: unprotect, and with -C" {
	oscore-gen --pair client server
	mkdir ctx
	for form in "server" "-C ctx"; do
		rm -rf ctx/01
		cp -r server ctx/01
		directory=server
		[ "$form" = server ] || directory=ctx/01
		cp $directory/sequence.json fresh
		first=$(oscore-protect -f hex client <<<"$GET")
		second=$(oscore-protect -f hex client <<<"$GET")
		# shellcheck disable=SC2086 # two words
		start oscore-unprotect -f hex $form
		say "$first"
		cp fresh $directory/sequence.json
		say "$first"
		ended 7
		equal "$output" "$GET"
		one_error $directory/sequence.json
		said "went back"
		# a new run takes what is there, but under -C the process goes on with the others
		cp fresh $directory/sequence.json
		# shellcheck disable=SC2086
		start oscore-unprotect -k -f hex $form
		say "$second"
		cp fresh $directory/sequence.json
		say "$second"
		ended 7
		equal "${output%%$'\n'*}" "$GET"
	done
}

@test "a state that goes back is none that is lost, where keys may be derived anew" {
	oscore-gen --pair --rederive client server
	cp client/sequence.json fresh
	start oscore-protect -f hex client
	say "$GET"
	cat fresh >client/sequence.json
	say "$GET"
	ended 7
	equal "$(wc -l <<<"$output")" 1
	one_error client/sequence.json
	said "went back"
}

@test "--moved counts once in a stream" {
	oscore-gen --pair client server
	oscore-protect -f hex client <<<"$GET" >/dev/null
	cp -r client copy
	start oscore-protect -f hex --moved copy
	say "$GET"
	say "$GET"
	mv copy/sequence.json moved
	cp moved copy/sequence.json
	say "$GET"
	ended 7
	equal "$(wc -l <<<"$output")" 2
	one_error copy/sequence.json
}

@test "the directory is replaced by an older copy with the same keys: 7 for the life of the run" {
	peer 01 01
	peer 02 02
	cp -r ctx/01 older
	first=$(from 01)
	start oscore-unprotect -k -f hex -C ctx
	say "$first"
	mv ctx/01 away
	mv older ctx/01
	say "$first"
	say "$first"
	say "$(from 02)"
	# nor is it taken under another name
	mv ctx/01 ctx/other
	say "$first"
	mv ctx/other gone
	mv away ctx/01
	say "$first"
	say "$(from 01)"
	ended 7
	equal "$(cut -c 1-4 out | tr '\n' ' ')" "${GET:0:4} # 7  # 7  ${GET:0:4} # 7  # 6  ${GET:0:4} "
	said "ctx/01/sequence.json: went back"
}

@test "three directories are replaced by older copies: 7 for each" {
	peer 01 01
	peer 02 02
	peer 03 03 - "$OTHER_SECRET"
	cp -r ctx older
	for kid in 01 02 03; do
		from $kid >first.$kid
	done
	start oscore-unprotect -k -f hex -C ctx
	for kid in 01 02 03; do
		say "$(cat first.$kid)"
	done
	for kid in 01 02 03; do
		mv ctx/$kid away.$kid
		mv older/$kid ctx/$kid
		say "$(cat first.$kid)"
	done
	for kid in 01 02 03; do
		say "$(cat first.$kid)"
	done
	ended 7
	equal "$(cut -c 1-4 out | tr '\n' ' ')" \
		"${GET:0:4} ${GET:0:4} ${GET:0:4} # 7  # 7  # 7  # 7  # 7  # 7  "
	said "ctx/01/sequence.json: went back" "ctx/02/sequence.json: went back" \
		"ctx/03/sequence.json: went back"
}

@test "a directory with the same keys that cannot be loaded any more may have them still" {
	peer 01 01
	start oscore-unprotect -k -f hex -C ctx
	say "$(from 01)"
	cp -r ctx/01 ctx/copy
	# looks at all
	say "$(broken "$(from 01)")"
	say "$(from 01)"
	echo '{' >ctx/copy/settings.json
	say "$(from 01)"
	rm -r ctx/copy
	say "$(from 01)"
	ended 7
	equal "$(cut -c 1-4 out | tr '\n' ' ')" "${GET:0:4} # 7  # 7  # 7  ${GET:0:4} "
}

@test "what a link among many leads to goes away, where keys may be derived anew" {
	mkdir tree
	oscore-gen --pair --rederive client server
	ln -s ../server tree/01
	for n in 1 2; do
		oscore-protect -f hex client <<<"$GET" >q$n
	done
	start oscore-unprotect -k -f hex -C tree
	say "$(cat q1)"
	mv server away
	say "$(cat q2)"
	ended 4
	equal "$(cut -c 1-4 out | tr '\n' ' ')" "${GET:0:4} # 4  "
	mv away server
	run -0 --separate-stderr oscore-unprotect -f hex -C tree q2
	prints "$GET"
	run -6 --separate-stderr oscore-unprotect -f hex -C tree q1
	refused q1 "replayed"
}

@test "a context with other keys under its name is opened anew" {
	peer 01 01
	start oscore-unprotect -k -f hex -C ctx
	say "$(from 01)"
	# made anew
	rm -r ctx/01 peers/01
	peer 01 01 - "$OTHER_SECRET"
	say "$(from 01)"
	# edited in place
	for file in ctx/01/secret.json peers/01/secret.json; do
		printf '{"secret_hex": "%s"}' 000102030405060708090a0b0c0d0e0f >"$file"
	done
	rm peers/01/sequence.json peers/01/lock peers/01/.used
	say "$(from 01)"
	ended 6
	# the window of the old keys stays in the file: its number counts as seen
	equal "$(cut -c 1-4 out | tr '\n' ' ')" "${GET:0:4} ${GET:0:4} # 6  "
}

@test "settings that change under a stream: 7, never mixed with another state" {
	oscore-gen --pair client server
	start oscore-protect -f hex client
	say "$GET"
	sed -i 's/"window": 32/"window": 33/' client/settings.json
	say "$GET"
	ended 7
	one_error client/settings.json
	equal "$(wc -l <<<"$output")" 1
	run -0 --separate-stderr oscore-protect -f hex client <<<"$GET"
	# in place, with the size and the time of before
	start oscore-protect -f hex client
	say "$GET"
	touch -r client/settings.json times
	before=$(stat -c '%i %s %y' client/settings.json)
	changed=$(sed 's/"window": 33/"window": 34/' client/settings.json)
	printf '%s\n' "$changed" >client/settings.json
	touch -r times client/settings.json
	equal "$(stat -c '%i %s %y' client/settings.json)" "$before"
	say "$GET"
	ended 7
	one_error client/settings.json
}

@test "settings that change while the lock is waited for: 7, and no number is used" {
	oscore-gen --pair client server
	oscore-protect -f hex client <<<"$GET" >/dev/null
	before=$(cat client/sequence.json)
	flock client/lock bash -c 'touch held; until [ -e changed ]; do sleep 0.01; done' &
	until [ -e held ]; do sleep 0.01; done
	start oscore-protect -f hex client
	echo "$GET" >&5
	# it waits when it has the file open
	for ((tries = 0; tries < 1000; tries++)); do
		if readlink "/proc/$program/fd/"* | grep -q '/client/lock$'; then break; fi
		sleep 0.01
	done
	sed -i 's/"window": 32/"window": 33/' client/settings.json
	touch changed
	ended 7
	equal "$output" ""
	one_error client/settings.json
	equal "$(cat client/sequence.json)" "$before"
}

@test "the state says whose numbers it holds: swapped IDs are refused" {
	oscore-gen --pair client server
	oscore-protect -f hex client <<<"$GET" >req
	oscore-unprotect -f hex server req
	equal "$(member client own-id_hex)" '"01"'
	for side in client server; do
		sed -i 's/sender-id/x/; s/recipient-id/sender-id/; s/"x/"recipient-id/' $side/settings.json
		before=$(snapshot $side)
		run -7 --separate-stderr oscore-protect -f hex $side <<<"$GET"
		refused $side/sequence.json "Sender ID" "hint: .*new pair"
		run -7 --separate-stderr oscore-unprotect -f hex $side req
		refused $side/sequence.json "Sender ID"
		equal "$(snapshot $side)" "$before"
	done
	# what does not say it is taken as it is
	sed -i 's/, "own-id_hex": "[0-9]*"//' client/sequence.json
	run -0 --separate-stderr oscore-protect -f hex --moved client <<<"$GET"
}

@test "a second name made while the lock is held keeps the old state alive: refused" {
	oscore-gen --pair client server
	oscore-protect -f hex client <<<"$GET" >/dev/null
	# LeakSanitizer does not work under strace
	export ASAN_OPTIONS=detect_leaks=0
	# between reading and replacing: at the fsync of the temporary
	run -1 --separate-stderr strace -f -o calls -e trace=fsync \
		-e inject=fsync:delay_enter=300000:when=1 bash -c '
		(sleep 0.1; ln client/sequence.json saved) &
		oscore-protect -f hex client <<<"$1"
		status=$?
		wait
		exit $status' - "$GET"
	refused client/sequence.json
	# and it is refused as long as there is one
	run -7 --separate-stderr oscore-protect -f hex client <<<"$GET"
	refused client/sequence.json "more than one name"
	rm saved
	run -0 --separate-stderr oscore-protect -f hex client <<<"$GET"
}

@test "-C --moved: a message that does not verify accepts no move" {
	peer 01 01
	peer 02 02
	unprotect "$(from 01)"$'\n'"$(from 02)"
	for kid in 01 02; do
		from $kid >fresh.$kid
	done
	mv ctx original
	cp -r original ctx
	before=$(snapshot ctx)
	run -4 --separate-stderr unprotect "$(broken "$(cat fresh.01)")"$'\n'"$(broken "$(cat fresh.02)")" \
		--moved -k
	equal "$(cut -c 1-4 <<<"$output")" $'# 4 \n# 4 '
	equal "$(snapshot ctx)" "$before"
	run -7 --separate-stderr unprotect "$(cat fresh.01)"
	said "copy"
	run -4 --separate-stderr unprotect "$(broken "$(cat fresh.02)")"$'\n'"$(cat fresh.01)" --moved -k
	equal "${lines[1]}" "$GET"
	run -7 --separate-stderr unprotect "$(cat fresh.02)"
	said "copy"
}

@test "each refused request gets its answer, whatever cuts the group" {
	peer 01 01
	peer 02 02
	unprotect "$(from 01)"$'\n'"$(from 02)"
	first=$(from 01)
	second=$(from 02)
	unprotect "$second"
	# while another holds 02, the group is cut before its first message
	printf '%s\n' "$(broken "$first")" "$first" "$(from 02)" "$(broken "$(from 02)")" \
		"${GET_PROTECTED/620914/630914ee}" "$first" "$second" >stream
	flock ctx/02/lock bash -c 'touch held; exec sleep 0.5' &
	while [ ! -e held ]; do sleep 0.01; done
	run -4 --separate-stderr oscore-unprotect -k -f hex -C ctx --error-reply replies stream
	wait
	equal "$(cut -c 1-4 <<<"$output" | tr '\n' ' ')" \
		"# 4  ${GET:0:4} ${GET:0:4} # 4  # 4  # 6  # 6  "
	equal "$(wc -l <replies)" 5
	# a move of two contexts
	mv ctx original
	cp -r original ctx
	printf '%s\n' "$first" "$second" "$first" "$second" >stream
	run -6 --separate-stderr oscore-unprotect -k -f hex -C ctx --moved --error-reply replies stream
	equal "$(wc -l <replies)" 4
}

@test "what vanished is unknown, what is new is found, and a stream goes on" {
	peer 0a 0a
	peer 0b 0b
	start oscore-unprotect -k -f hex -C ctx
	say "$(from 0a)"
	say "$(from 0b)"
	# revoked: moved out
	mv ctx/0a out-of-it
	say "$(from 0a)"
	say "$(broken "$(from 0a)")"
	say "$(from 0b)"
	# moved in again
	mv out-of-it ctx/0a
	say "$(from 0a)"
	# a second one with the kid, beside it
	peer 0a-new 0a - "$OTHER_SECRET"
	say "$(from 0a-new)"
	say "$(from 0a)"
	# the old one goes, the new one takes its name
	rm -r ctx/0a
	mv ctx/0a-new ctx/0a
	say "$(from 0a-new)"
	# damaged: refuses its messages only
	cp ctx/0a/sequence.json kept
	echo "{" >ctx/0a/sequence.json
	say "$(from 0a-new)"
	say "$(from 0b)"
	ended 4
	equal "$(cut -c 1-4 out | tr '\n' ' ')" "4401 4401 # 4  # 4  4401 4401 4401 4401 4401 # 7  4401 "
}

@test "oscore-cid -C: what vanished is not printed, what is new is" {
	peer 0a 0a
	start oscore-cid -f hex -C ctx
	say "$(from 0a)"
	peer new 0a
	say "$(from 0a)" && say "$(from 0a)"
	rm -r ctx/0a
	say "$(from 0a)"
	ended 0
	equal "$(sort -u out | tr '\n' ' ')" "ctx/0a ctx/0a ctx/new ctx/new "
	equal "$(tail -n 1 out)" ctx/new
}

# exchange NAME - requests of ctx/NAME with two tokens in requests, and the responses of its
# peer in responses, with the kid in them
exchange() {
	printf '%s\n' "$GET" "$GET_B" | oscore-protect -f hex "ctx/$1" >requests
	oscore-unprotect -f hex "peers/$1" requests >/dev/null
	printf '%s\n' "$CONTENT" "6${CONTENT_B:1}" | sed s/5d20/5d1f/ >answers
	sed 's/^44025d20/44025d1f/' requests >both
	oscore-protect -f hex --request both "peers/$1" answers |
		while read -r line; do with_kid "$1" "$line"; done >responses
}

@test "-C: a response is accepted in a context that is there, with the settings it had" {
	for change in "mv ctx/0a away" "cp -r ctx/0a copy; rm -r ctx/0a; mv copy ctx/0a" \
		"sed -i 's/}/,\"window\": 16}/' ctx/0a/settings.json"; do
		rm -rf ctx peers away copy
		peer 0a 0a
		exchange 0a
		touch -d 2020-01-01 ctx
		start oscore-unprotect -k -f hex -C ctx --request requests
		say "$(head -n 1 responses)"
		eval "$change"
		# nothing shows that a name went
		touch -d 2020-01-01 ctx
		say "$(tail -n 1 responses)"
		case $change in
		mv*) ended 4 ;;
		cp*) ended 7 && said "copy of a context" ;;
		*) ended 0 ;;
		esac
	done
}

@test "-C: another directory under the name of DIR is looked into, whatever its time" {
	peer 0a 0a
	mv ctx v1
	peer 0b 0b
	mv ctx v2
	touch -d 2020-01-01 v1 v2
	ln -s v1 ctx
	start oscore-unprotect -k -f hex -C ctx
	say "$(from 0a)"
	say "$(broken "$(from 0a)")"
	ln -sfn v2 ctx
	say "$(from 0b)"
	say "$(from 0a)"
	ended 4
	equal "$(cut -c 1-4 out | tr '\n' ' ')" "4401 # 4  4401 # 4  "
	said "3: .*tag does not match|2: .*tag does not match" "4: no context for this kid$"
}

@test "-C: a context that is filled bit by bit, or may be read later" {
	peer 0a 0a
	peer 0b 0b
	peer 0c 0c
	mv ctx/0b whole
	mkdir ctx/new
	mv ctx/0c ctx/closed
	echo "{" >broken
	mv ctx/closed/settings.json kept
	cp broken ctx/closed/settings.json
	start oscore-unprotect -k -f hex -C ctx
	say "$(from 0a)"
	say "$(from 0b)"
	say "$(from 0c)"
	sleep 0.2
	say "$(from 0b)"
	mv whole/settings.json ctx/new/
	say "$(from 0b)"
	mv whole/secret.json ctx/new/
	cat kept >ctx/closed/settings.json
	say "$(from 0b)"
	say "$(from 0c)"
	ended 4
	equal "$(cut -c 1-4 out | tr '\n' ' ')" "4401 # 4  # 4  # 4  # 7  4401 4401 "
}

@test "-p -C: a context that goes while responses are awaited" {
	peer 0a 0a
	peer 0b 0b - "$OTHER_SECRET"
	exchange 0a
	start oscore-unprotect -p -k -f hex -C ctx
	say "$(head -n 1 requests)"
	say "$(head -n 1 responses)"
	mv ctx/0a ctx/z
	say "$(tail -n 1 requests)"
	say "$(from 0b)"
	# bound to the request that was seen in ctx/z; the other one went with ctx/0a
	say "$(tail -n 1 responses)"
	say "$(head -n 1 responses)"
	ended 4
	equal "$(cut -c 1-4 out | tr '\n' ' ')" "4401 6445 4401 4401 6445 # 4  "
}

@test "-C: a context that fits a message no more after it was edited, beside one that does" {
	peer a 01 - "$OTHER_SECRET"
	peer b 01
	start oscore-unprotect -k -f hex -C ctx
	say "$(broken "$(from b)")"
	sed -i 's/"recipient-id_hex": "01"/"recipient-id_hex": "02"/' ctx/a/settings.json
	say "$(broken "$(from b)")"
	say "$(from b)"
	ended 4
	equal "$(cut -c 1-4 out | tr '\n' ' ')" "# 4  # 4  4401 "
}

@test "-C: a context is used again when a copy of it has become another one, or is gone" {
	for change in "rm -r ctx/x" "mv ctx/x ctx/.x" "cp ctx/0b/settings.json ctx/x/"; do
		rm -rf ctx peers
		peer 0a 0a
		peer 0b 0b - "$OTHER_SECRET"
		start oscore-unprotect -k -f hex -C ctx
		say "$(from 0a)"
		cp -r ctx/0a ctx/x
		say "$(broken "$(from 0a)")"
		say "$(from 0a)"
		eval "$change"
		say "$(from 0a)"
		ended 7
		equal "$(cut -c 1-4 out | tr '\n' ' ')" "4401 # 7  # 7  4401 "
	done
}

@test "-C: the numbers of a Sender Key go on from those of a context that is gone" {
	peer a 0a
	peer b 0b
	{ from a && from b | sed s/00003974/00003975/; } >requests
	oscore-unprotect -f hex -C ctx requests
	second=${CONTENT_B/5d20/5d1f}
	start oscore-protect -k -f hex -C ctx --new-piv --request requests
	say "$CONTENT"
	say "$CONTENT"
	say "$second"
	rm -r ctx/a
	say "$second"
	say "$second"
	# unless this one is ahead
	state=$(sed 's/"next-to-send": 0/"next-to-send": 2/' ctx/b/sequence.json)
	echo "$state" >ctx/b/sequence.json
	say "$second"
	ended 7
	equal "$(cut -c 1-24 out | sed 's/^# 7.*/7/')" "$(printf '%s\n' 64445d1f00003974920100ff \
		64445d1f00003974920101ff 7 7 7 64445d1f00003975920102ff)"
	said "same Sender Key" "went back"
}

# unmarked FILE - a state as it stands where files have no mark
unmarked() {
	sed 's/, "inode": [0-9]*//; s/, "btime": [0-9]*//' "$1"
}

@test "keys that were derived anew: once in use they are not pending again in a run" {
	oscore-gen --pair --rederive client server
	feed "$GET" oscore-protect --rederive client >q1
	oscore-unprotect --error-reply e server q1 || true
	oscore-unprotect -q --request q1 client e >/dev/null
	feed "$GET" oscore-protect client >q2
	unmarked client/sequence.json >pending
	oscore-unprotect server q2 >/dev/null
	feed "$CONTENT" oscore-protect --request q2 server >a2
	oscore-unprotect --request q2 client a2 >/dev/null
	start oscore-protect -f hex client
	say "$GET"
	cp pending client/sequence.json
	say "$GET"
	ended 7
	equal "$(wc -l <<<"$output")" 1
	said "went back"
}

@test "-C: keys that were derived anew do not go back with another directory under the name" {
	mkdir ctx
	oscore-gen --pair --rederive --client-id 0a client ctx/a
	feed "$GET" oscore-protect --rederive client >q1
	oscore-unprotect --error-reply e ctx/a q1 || true
	oscore-unprotect -q --request q1 client e >/dev/null
	oscore-unprotect ctx/a <(feed "$GET" oscore-protect client) >/dev/null
	cp -r ctx/a older
	unmarked ctx/a/sequence.json >older/sequence.json
	third=$(feed "$GET" oscore-protect -t hex client)
	start oscore-unprotect -k -f hex -C ctx
	say "$third"
	mv ctx/a away
	mv older ctx/a
	say "$third"
	ended 7
	equal "$(cut -c 1-4 out | tr '\n' ' ')" "${GET:0:4} # 7  "
	said "went back"
}
