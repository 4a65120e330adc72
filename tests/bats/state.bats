#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
#
# The context directory: numbers, windows, dialects, roles, copies, faults.

# shellcheck disable=SC2016,SC2154 # scripts for bash -c; stderr comes from run
load helper

MARK='"inode":[0-9]+(,"btime":[0-9]+)?'

protect() {
	text "$GET" oscore-protect -f hex "$@"
}

unprotect() {
	text "$GET_PROTECTED" oscore-unprotect -f hex "$@"
}

# sequence DIR - the state without blanks and without the mark of where it belongs
sequence() {
	tr -d ' \n' <"$1/sequence.json" | sed -E "s/,$MARK//"
}

@test "each protect takes the next number, over processes" {
	client_and_server
	for n in 14 15 16; do
		run -0 --separate-stderr protect client
		equal "$stderr" ""
		[[ $output == *"6209${n}ff"* ]] || fail "Partial IV $n"
	done
	equal "$(next_of client)" 23
}

@test "a message is accepted once, over processes" {
	client_and_server
	run -0 --separate-stderr unprotect server
	prints "$GET"
	for _ in 1 2; do
		before=$(snapshot server)
		run -6 --separate-stderr unprotect server
		refused "<stdin>:1" "replay"
		equal "$(snapshot server)" "$before"
	done
}

@test "a number is replayed whatever its tag, in one run as in two" {
	client_and_server
	request=$(protect client)
	forged=$(broken "$request")
	text "$forged" oscore-unprotect -k -f hex server || true
	run -6 --separate-stderr text "$request"$'\n'"$forged" oscore-unprotect -k -f hex \
		--error-reply reply server
	equal "${lines[0]}" "$GET"
	[[ ${lines[1]} == "# 6 "* ]] || fail "not replayed"
	one_error "<stdin>:2"
	cp reply first
	run -6 --separate-stderr text "$forged" oscore-unprotect -k -f hex --error-reply reply server
	equal "$(cut -c 9- reply)" "$(cut -c 9- first)"
}

@test "Partial IVs grow with the number" {
	client_and_server
	for row in "0 920900" "255 9209ff" "256 930a0100" "65535 930affff" "65536 940b010000" \
		"16777216 950c01000000" "4294967296 960d0100000000" \
			"1099511627775 960dffffffffff"; do
		read -r number option <<<"$row"
		pair_state client "$number" 0 0
		run -0 --separate-stderr text 40010001 oscore-protect -q -f hex client
		equal "$stderr" ""
		[[ $output == "40020001${option}ff"* ]] || fail "$option"
		equal "$(next_of client)" $((number + 1))
	done
}

@test "the last number goes out, then 8; the number is kept and unprotect works" {
	client_and_server
	pair_state client 1099511627775 0 0
	run -0 --separate-stderr protect client
	for _ in 1 2; do
		equal "$(next_of client)" 1099511627776
		run -8 --separate-stderr protect client
		refused "" "exhausted|number"
	done
	pair_state client 1099511627780 0 0
	run -8 --separate-stderr protect client
	text "$GET" oscore-protect -f hex server >req
	run -0 --separate-stderr oscore-unprotect -f hex client req
	prints "$GET"
	equal "$(next_of client)" 1099511627780
}

@test "the state in the pair dialect, as documented" {
	client_and_server
	unprotect server
	window='"received":{"index":0,"bitfield":1048576},"answered":{"index":0,"bitfield":0}'
	[[ $(tr -d ' ' <server/sequence.json) =~ ^'{"next-to-send":0,'"$window"',"own-id_hex":"01",'$MARK'}'$ ]] ||
		fail "$(cat server/sequence.json)"
	equal "$(wc -l <server/sequence.json)" 1
	raw "$GET_PROTECTED" >req
	text "$CONTENT" oscore-protect -f hex --request req server
	equal "$(sequence server)" \
		'{"next-to-send":0,"received":{"index":0,"bitfield":1048576},"answered":{"index":0,"bitfield":1048576},"own-id_hex":"01"}'
	protect server
	equal "$(next_of server)" 1
}

@test "the state in the role dialect, as documented" {
	role_context both
	state both '{"used": {"": 20, "01": 0}, "seen": {"": [-1], "01": [-1]}}'
	run -0 --separate-stderr protect -r client both
	prints "$GET_PROTECTED"
	python3 - both <<-'PYTHON'
		import json, sys
		state = json.load(open(sys.argv[1] + "/sequence.json"))
		assert state["used"] == {"": 21, "01": 0}, state
		assert state["seen"] == {"": [-1], "01": [-1]}, state
	PYTHON
	run -0 --separate-stderr unprotect -r server both
	prints "$GET"
	python3 - both <<-'PYTHON'
		import json, sys
		state = json.load(open(sys.argv[1] + "/sequence.json"))
		assert state["used"] == {"": 21, "01": 0}, state
		assert state["seen"] == {"": [-1, 20], "01": [-1]}, state
		assert state["answered"][""] == {"index": 0, "bitfield": 0}, state
	PYTHON
}

@test "two roles in one directory keep their own numbers and windows" {
	role_context both
	state both '{"used": {"": 20, "01": 20}, "seen": {"": [], "01": []}}'
	run -0 --separate-stderr protect -r client both
	from_client=$output
	run -0 --separate-stderr protect -r server both
	from_server=$output
	differ "$from_client" "$from_server"
	[[ $from_server == *"63091401ff"* ]] || fail "number and kid of the server"
	run -0 --separate-stderr text "$from_client" oscore-unprotect -f hex -r server both
	run -0 --separate-stderr text "$from_server" oscore-unprotect -f hex -r client both
	run -6 --separate-stderr text "$from_client" oscore-unprotect -f hex -r server both
	run -6 --separate-stderr text "$from_server" oscore-unprotect -f hex -r client both
	run -4 --separate-stderr text "$from_server" oscore-unprotect -f hex -r server both
}

@test "role dialect: numeric strings and windows as aiocoap wrote them" {
	role_context both
	state both '{"used": {"": "20", "01": "3"}, "seen": {"": ["-1", "19", "21"], "01": [7]}}'
	run -0 --separate-stderr unprotect -r server both
	for n in 13 15; do
		run -6 --separate-stderr text "${GET_PROTECTED/0914/09$n}" oscore-unprotect -f hex \
			-r server both
	done
	run -0 --separate-stderr protect -r client both
	[[ $output == *620914ff* ]] || fail "number 20"
}

@test "-r is needed in a directory that serves both roles" {
	role_context both
	before=$(snapshot both)
	for program in oscore-protect oscore-unprotect; do
		run -2 --separate-stderr text "$GET" "$program" -f hex both
		equal "$output" ""
		said "role"
	done
	equal "$(snapshot both)" "$before"
}

@test "a pinned directory needs no role and refuses the other one" {
	role_context pinned '"role": "client"'
	run -0 --separate-stderr protect pinned
	run -0 --separate-stderr protect -r client pinned
	before=$(snapshot pinned)
	run -7 --separate-stderr protect -r server pinned
	refused pinned "client" "hint: .*: leave --role out$"
	said "hint: "
	run -7 --separate-stderr unprotect -r server pinned
	refused pinned
	equal "$(snapshot pinned)" "$before"
}

@test "a pair-dialect directory: -r has no effect, unless it is pinned" {
	client_and_server
	run -0 --separate-stderr protect -r server client
	prints "$GET_PROTECTED"
	pair_context pinned 02 03 '"role": "server"'
	run -0 --separate-stderr protect -r server pinned
	run -7 --separate-stderr protect -r client pinned
	refused pinned
}

@test "-n uses up nothing, writes nothing and creates nothing" {
	pair_context fresh "" 01
	before=$(snapshot fresh)
	run -0 --separate-stderr protect -n fresh
	silent
	run -0 --separate-stderr protect -n -o out fresh
	silent
	[ ! -e out ]
	equal "$(snapshot fresh)" "$before"
	accepted
	before=$(snapshot .)
	run -0 --separate-stderr protect --dry-run client
	silent
	run -0 --separate-stderr text "$CONTENT" oscore-protect -f hex -n --request req server
	silent
	equal "$(snapshot .)" "$before"
	run -0 --separate-stderr text "$CONTENT" oscore-protect -f hex --request req server
	prints "$CONTENT_PROTECTED"
}

@test "-n checks everything" {
	accepted
	broken "$GET_PROTECTED" >bad
	before=$(snapshot .)
	run -5 --separate-stderr text "$GET_PROTECTED" oscore-protect -f hex -n client
	refused "<stdin>:1"
	run -4 --separate-stderr text "$CONTENT" oscore-protect -f hex -n --request bad server
	refused bad
	run -2 --separate-stderr protect -n
	equal "$(snapshot .)" "$before"
	run -7 --separate-stderr protect -n missing
	pair_state client 1099511627776 0 0
	run -8 --separate-stderr protect -n client
	refused ""
	state client '[]'
	run -7 --separate-stderr protect -n client
	refused client/sequence.json
}

@test "bad messages leave a directory bit for bit unchanged" {
	client_and_server
	oscore-unprotect -f hex server <<<"$GET_PROTECTED"
	before=$(snapshot server)
	for row in "3 $GET" "5 4401" "5 44025d1f00003974920914" \
		"5 44025d1f0000397493f91400ffaabbccddeeff001122" \
		"4 $(broken "${GET_PROTECTED/0914/0915}")" \
			"4 44025d1f0000397493091402ff00112233445566778899" \
		"4 $CONTENT_PROTECTED" "6 $GET_PROTECTED"; do
		read -r expected message <<<"$row"
		run "-$expected" --separate-stderr text "$message" oscore-unprotect -f hex server
		refused "<stdin>:1"
		equal "$(snapshot server)" "$before"
	done
	for message in 4401 00000001 "$GET_PROTECTED" "$CONTENT" e4015d1f00003974 44215d1f00003974 \
		44015d1f00003974ff 44015d1f00003974d0; do
		run -5 --separate-stderr text "$message" oscore-protect -f hex server
		refused "<stdin>:1"
		equal "$(snapshot server)" "$before"
	done
}

@test "an Empty message is sent as it is" {
	client_and_server
	for message in 40000001 60000001 70000001; do
		run -5 --separate-stderr text "$message" oscore-protect -f hex client
		refused "<stdin>:1" "as it is"
	done
}

@test "an inner message that is malformed uses its number up" {
	# code 0.01, option nibble 15: made by a peer that checks nothing
	pair_context server 737276 636c69
	bad=$(sed -n 's/.*"name": "inner-delta-15".*"hex": "\([0-9a-f]*\)".*/\1/p' "$ROOT/tests/vectors/messages.jsonl")
	run -5 --separate-stderr text "$bad" oscore-unprotect -f hex server
	refused "<stdin>:1"
	run -6 --separate-stderr text "$bad" oscore-unprotect -f hex server
	refused "<stdin>:1"
}

@test "a request whose OSCORE option would be too long is refused before a number is used" {
	pair_context long "" 01 "\"id-context_hex\": \"$(printf '%0506d' 0)\""
	run -5 --separate-stderr protect long
	equal "$output" ""
	said "255|ID Context"
	[ ! -e long/sequence.json ] || equal "$(next_of long)" 0
	run -0 --separate-stderr protect --no-kid-context long
	[[ $output == *620900ff* ]] || fail "number 0, no kid context"
}

@test "a fresh directory starts at 0 and is marked as used" {
	pair_context fresh "" 01
	run -0 --separate-stderr protect fresh
	[[ $output == *620900ff* ]] || fail "number 0"
	equal "$(next_of fresh)" 1
	equal "$(names fresh)" ".used lock secret.json sequence.json settings.json "
	for file in .used lock sequence.json; do
		equal "$(mode_of "fresh/$file")" 600
	done
	equal "$(cat fresh/lock fresh/.used)" ""
	pair_context fresh2 01 ""
	run -0 --separate-stderr text "$output" oscore-unprotect -f hex fresh2
	prints "$GET"
	equal "$(names fresh2)" ".used lock secret.json sequence.json settings.json "
}

@test "a state file that got lost is an error, never a restart" {
	client_and_server
	protect client
	rm client/sequence.json
	before=$(snapshot client)
	run -7 --separate-stderr protect client
	refused client/sequence.json "missing|no such file|used"
	run -7 --separate-stderr unprotect client
	refused client/sequence.json
	equal "$(snapshot client)" "$before"

	pair_context used "" 01
	true >used/.used
	run -7 --separate-stderr protect used
	refused used/sequence.json

	pair_context locked "" 01
	true >locked/lock
	run -7 --separate-stderr protect locked
	refused locked/sequence.json
	said "hint: .*aiocoap"

	pair_context made "" 01 '"sequence-file": true'
	run -7 --separate-stderr protect made
	refused made/sequence.json
	equal "$(names made)" "secret.json settings.json "
}

@test "a copy of a used directory is refused, whatever the numbers are; the original goes on" {
	client_and_server
	protect client
	text "$GET_B" oscore-protect -f hex server >req
	cp -a client copy
	before=$(snapshot copy)
	for number in 21 20 5000; do
		run -7 --separate-stderr protect copy
		refused copy "copy"
		run -7 --separate-stderr oscore-unprotect -f hex copy req
		refused copy
		equal "$(snapshot copy)" "$before"
		sed -i "s/\"next-to-send\": *[0-9]*/\"next-to-send\": $number/" copy/sequence.json
		before=$(snapshot copy)
	done
	run -0 --separate-stderr protect client
	[[ $output == *620915ff* ]] || fail "number 21"
}

@test "a copy is refused by -n too, and --moved with -n changes nothing" {
	client_and_server
	protect client
	cp -a client copy
	before=$(snapshot copy)
	run -7 --separate-stderr protect -n copy
	refused copy "copy"
	run -0 --separate-stderr protect -n --moved copy
	silent
	equal "$(snapshot copy)" "$before"
}

@test "--moved accepts a directory once, and its state goes on" {
	client_and_server
	protect client
	cp -a client moved && rm -r client
	run -7 --separate-stderr protect moved
	run -0 --separate-stderr protect --moved moved
	[[ $output == *620915ff* ]] || fail "number 21"
	run -0 --separate-stderr protect moved
	[[ $output == *620916ff* ]] || fail "number 22"

	unprotect server
	cp -a server moved-server && rm -r server
	run -7 --separate-stderr unprotect moved-server
	run -6 --separate-stderr unprotect --moved moved-server
	refused "<stdin>:1" "replay"
	# it was written, although the message was refused
	run -6 --separate-stderr unprotect moved-server
	refused "<stdin>:1" "replay"
}

@test "a copy unprotects no response either; --moved accepts it, and writes" {
	client_and_server
	protect client >req
	oscore-unprotect -f hex server req
	text "$CONTENT" oscore-protect -f hex --request req server >response
	cp -a client copy
	before=$(snapshot copy)
	run -7 --separate-stderr oscore-unprotect -f hex --request req copy response
	refused copy/sequence.json "copy"
	equal "$(snapshot copy)" "$before"
	for options in --moved ""; do
		# shellcheck disable=SC2086 # none, if empty
		run -0 --separate-stderr oscore-unprotect -f hex --request req $options copy response
		prints "$CONTENT"
	done
	run -0 --separate-stderr protect copy
	[[ $output == *620915ff* ]] || fail "number 21"
}

@test "a state file put back from a backup is refused" {
	client_and_server
	protect client
	cp -p client/sequence.json backup
	protect client
	cp -p backup client/sequence.json
	run -7 --separate-stderr protect client
	refused client "copy"
	protect --moved client
	cp -p client/sequence.json backup
	protect client
	mv backup client/sequence.json
	run -7 --separate-stderr protect client
	refused client "copy"
}

@test "a directory that was never used may be carried to the peer" {
	client_and_server
	cp -a server carried
	run -0 --separate-stderr unprotect carried
	prints "$GET"
	cp -a carried again
	run -7 --separate-stderr unprotect again
}

@test "renaming a directory, or using it under two names, is no copy" {
	client_and_server
	protect client
	mv client renamed
	ln -s renamed link
	for name in renamed link ./renamed/ "$PWD/renamed"; do
		run -0 --separate-stderr protect "$name"
		equal "$stderr" ""
	done
	equal "$(next_of renamed)" 25
}

@test "a state file that is a link is refused" {
	client_and_server
	ln client/sequence.json other
	run -7 --separate-stderr protect client
	refused client/sequence.json
	# a temporary file beside it that is no name of it does not explain the other one
	touch client/.sequence-abcdef.json
	run -7 --separate-stderr protect client
	refused client/sequence.json "more than one name"
	rm client/sequence.json
	ln -s ../other client/sequence.json
	run -7 --separate-stderr protect client
	refused client/sequence.json
	equal "$(sed -n 's/.*"next-to-send": *\([0-9]*\).*/\1/p' other)" 20
}

@test "settings and secret may be links" {
	client_and_server
	mkdir -m 700 elsewhere
	mv client/settings.json client/secret.json elsewhere
	ln -s ../elsewhere/settings.json ../elsewhere/secret.json client
	run -0 --separate-stderr protect client
	prints "$GET_PROTECTED"
}

@test "things that are no files are refused without waiting for them" {
	for file in settings.json secret.json sequence.json; do
		for kind in "mkfifo -m 600" "mkdir -m 700"; do
			client_and_server
			rm "client/$file"
			$kind "client/$file"
			run -7 --separate-stderr timeout 20 oscore-protect -f hex client - <<<"$GET"
			refused "client/$file"
			rm -r client server
		done
	done
	client_and_server
	python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("client/lock")'
	run -7 --separate-stderr timeout 20 oscore-protect -f hex client - <<<"$GET"
	refused client/lock
}

@test "a secret file that others can read is warned about on every use" {
	client_and_server
	for mode in 644 640 620 602; do
		chmod "$mode" client/secret.json
		run -0 --separate-stderr protect client
		equal "$(grep -c "warning: .*secret.json\|secret.json.*warning" <<<"$stderr")" 1
		equal "$(wc -l <<<"$(grep -v hint: <<<"$stderr")")" 1
		run -0 --separate-stderr protect -q client
		equal "$stderr" ""
	done
	chmod 600 client/secret.json
	chmod 755 client
	run -0 --separate-stderr protect client
	equal "$stderr" ""
}

@test "a directory that others can write to is warned about, unless it is sticky" {
	client_and_server
	chmod 770 client
	run -0 --separate-stderr protect client
	said "warning: "
	equal "$(wc -l <<<"$(grep -v hint: <<<"$stderr")")" 1
	chmod 1770 client
	run -0 --separate-stderr protect client
	equal "$stderr" ""
}

@test "short secrets and a role-dialect directory without algorithm are warned about" {
	client_and_server
	echo '{"secret_hex": "0102"}' >client/secret.json
	run -0 --separate-stderr protect client
	said "warning: .*16"
	role_context both
	sed -i 's/, "algorithm": "[^"]*"//' both/settings.json
	run -0 --separate-stderr protect -r client both
	said "warning: .*algorithm"
	run -0 --separate-stderr protect -q -r client both
	equal "$stderr" ""
}

@test "mode of the state file is kept, temporaries are removed" {
	client_and_server
	chmod 640 client/sequence.json
	echo garbage >client/.sequence-abcdef.json
	touch client/my-sequence-of-before.json client/.sequence-abcdef.txt
	run -0 --separate-stderr protect client
	equal "$stderr" ""
	# what has another name is of somebody else
	rm client/my-sequence-of-before.json client/.sequence-abcdef.txt
	equal "$(mode_of client/sequence.json)" 640
	[ ! -e client/.sequence-abcdef.json ]
	equal "$(find client -name '.sequence*')" ""
}

@test "a group that cannot be kept was among the others" {
	[ "$(id -u)" -eq 0 ] || skip "only root can give files away"
	need_unprivileged
	for row in "644 644" "664 644" "640 600" "646 666"; do
		read -r before after <<<"$row"
		rm -rf client server
		client_and_server
		chown -R 65534:65533 client
		chown 0:0 client/sequence.json
		chmod "$before" client/sequence.json
		[ "$before" != 640 ] || chown 65534:0 client/sequence.json
		run -0 --separate-stderr text "$GET" setpriv --reuid=65534 --regid=65533 --clear-groups \
			oscore-protect -f hex client
		equal "$(mode_of client/sequence.json)" "$after"
	done
}

@test "files that are new in a directory of others have its group, or are for their owner alone" {
	[ "$(id -u)" -eq 0 ] || skip "only root can give files away"
	need_unprivileged
	for row in "65533 770 660" "0 777 600"; do
		read -r group mode after <<<"$row"
		rm -rf client
		pair_context client "" 01
		chown -R 65534:65533 client
		chown "0:$group" client
		chmod "$mode" client
		run -0 --separate-stderr text "$GET" setpriv --reuid=65534 --regid=65533 --clear-groups \
			oscore-protect -f hex client
		for file in sequence.json lock .used; do
			equal "$file $(stat -c '%a %u' "client/$file")" "$file $after 65534"
		done
	done
}

@test "echo_hex is ignored while the window is known" {
	for value in '"00"' '"0011223344556677"' '"zz"' 5 null; do
		pair_context fresh "" 01
		state fresh '{"next-to-send": 7, "received": {"index": 0, "bitfield": 0}, "echo_hex": '"$value}"
		run -0 --separate-stderr protect fresh
		equal "$stderr" ""
		[[ $(cat fresh/sequence.json) != *echo_hex* ]] || fail "kept"
		rm -r fresh
	done
}

@test "--moved accepts a directory even if there is no message" {
	client_and_server
	protect client
	for options in "" "-f hex"; do
		cp -a client copy
		# shellcheck disable=SC2086 # none, or two
		run -1 --separate-stderr oscore-protect --moved $options copy </dev/null
		refused "<stdin>" "empty input"
		run -0 --separate-stderr protect copy
		rm -r client
		mv copy client
	done
	run -1 --separate-stderr oscore-protect --moved client .
	refused . "Is a directory"
	cp -a client copy
	before=$(snapshot copy)
	run -1 --separate-stderr oscore-protect -n --moved copy </dev/null
	equal "$(snapshot copy)" "$before"
}

@test "settings and secret are read first, no state before there is a message; no descriptor is left to a child" {
	client_and_server
	raw "$GET" >plain
	for options in "" "-r client"; do
		for program in oscore-protect oscore-unprotect; do
			directory=client
			[ $program = oscore-protect ] || directory=server
			[ $program = oscore-protect ] || raw "$GET_PROTECTED" >plain
			pair_state server 0 0 0
			# shellcheck disable=SC2086 # two, or none
			run -0 --separate-stderr env ASAN_OPTIONS=detect_leaks=0 bash -c \
				'strace -f -o calls "$@" <plain' bash $program $options -o out $directory
			sed '/read(0, "D/q' calls >before
			sed '1,/read(0, "D/d' calls >after
			equal "$(grep -cE '"(sequence\.json|lock)"' before)" 0
			equal "$(grep -cE '"settings\.json"' before)" 1
			# the directory is opened once
			equal "$(grep -c "openat(.*\"$directory\"" before)" 1
			equal "$(grep -c "openat(.*\"$directory\"" after)" 0
			# behind the loader's and a sanitizer's, and without what gcov counts
			sed "1,/\"$directory\"/d; /[.]gcda\"/d" calls | grep -E '(open|openat)\(' >opens
			equal "$(grep -v O_CLOEXEC opens)" ""
			raw "$GET" >plain
		done
	done
}

@test "a missing role is said before input is read" {
	role_context neutral
	mkfifo in
	exec 7<>in
	for program in oscore-protect oscore-unprotect; do
		run -2 --separate-stderr timeout 10 $program neutral in 7>&-
		usage_error "neutral: .*say which"
	done
	exec 7>&-
}

@test "the umask does not matter" {
	for mask in 000 777; do
		pair_context "fresh$mask" "" 01
		run -0 --separate-stderr bash -c \
			'umask "$2"; echo "$1" | oscore-protect -f hex "$3"' - "$GET" "$mask" \
			"fresh$mask"
		for file in .used lock sequence.json; do
			equal "$(mode_of "fresh$mask/$file")" 600
		done
	done
}

@test "in a group-writable directory the state is for the group" {
	pair_context fresh "" 01
	chmod 1770 fresh
	run -0 --separate-stderr protect fresh
	for file in lock sequence.json; do
		equal "$(mode_of "fresh/$file")" 660
	done
}

@test "a directory that cannot be written: no output, state intact" {
	need_unprivileged
	client_and_server
	chmod 500 client
	before=$(snapshot client)
	run --separate-stderr unprivileged oscore-protect -f hex client - <<<"$GET"
	chmod 700 client
	[[ $status == [17] ]] || fail "status 1 or 7"
	equal "$output" ""
	said "permission denied"
	equal "$(snapshot client)" "$before"
}

@test "files that cannot be read: no output, named" {
	need_unprivileged
	for file in settings.json secret.json sequence.json; do
		client_and_server
		chmod 0 "client/$file"
		run --separate-stderr unprivileged oscore-protect -f hex client - <<<"$GET"
		[[ $status == [17] ]] || fail "status 1 or 7"
		refused "client/$file" "permission denied"
		chmod 600 "client/$file"
		rm -r client server
	done
}

@test "the state file is rewritten with directory permission alone" {
	need_unprivileged
	client_and_server
	chmod 400 client/sequence.json
	run -0 --separate-stderr unprivileged oscore-protect -f hex client - <<<"$GET"
	prints "$GET_PROTECTED"
	equal "$(mode_of client/sequence.json)" 400
}

@test "a state file of another owner keeps its owner" {
	[ "$(id -u)" -eq 0 ] || skip "only root can give files away"
	client_and_server
	chown 65534:65533 client/sequence.json
	run -0 --separate-stderr protect client
	equal "$(stat -c %u:%g client/sequence.json)" 65534:65533
	pair_context fresh "" 01
	chown 65534:65533 fresh
	run -0 --separate-stderr protect fresh
	equal "$(stat -c %u:%g fresh/sequence.json fresh/lock fresh/.used | sort -u)" 65534:65533
}

@test "a first run of root that is killed wherever leaves files that the owner can use" {
	[ "$(id -u)" -eq 0 ] || skip "only root can give files away"
	need_unprivileged
	killed=0
	for call in fchown fchmod; do
		for ((n = 1; n < 20; n++)); do
			rm -rf fresh
			pair_context fresh "" 01
			chown -R 65534:65533 fresh
			run --separate-stderr env ASAN_OPTIONS=detect_leaks=0 bash -c \
				'umask 777; echo "$1" | strace -o /dev/null -e trace="$2" -e inject="$2:signal=KILL:when=$3" oscore-protect -f hex fresh' \
				bash "$GET" $call $n
			[ "$status" -ne 0 ] || break
			killed=$((killed + 1))
			run -0 --separate-stderr text "$GET" setpriv --reuid=65534 --regid=65533 --clear-groups \
				oscore-protect -f hex fresh
			equal "$stderr" ""
		done
		[ "$n" -gt 3 ] || fail "only $n times $call"
	done
	[ "$killed" -ge 8 ] || fail "killed $killed times only"
}

@test "output that cannot be written: 1, the number stays used" {
	client_and_server
	run -1 --separate-stderr to /dev/full protect client
	said "oscore-protect: "
	equal "$(next_of client)" 21
	run -1 --separate-stderr to /dev/full unprotect server
	run -6 --separate-stderr unprotect server
}

@test "closed descriptors: an error, and nothing is written where it does not belong" {
	client_and_server
	run -1 --separate-stderr bash -c 'echo "$1" | oscore-protect -f hex client >&-' - "$GET"
	equal "$output" ""
	said "oscore-protect: "
	equal "$(next_of client)" 21
	run -1 --separate-stderr bash -c 'oscore-protect -f hex client <&-'
	equal "$output" ""
	equal "$(next_of client)" 21
	run -0 --separate-stderr bash -c 'echo "$1" | oscore-protect -f hex client 2>&-' - "$GET"
	[[ $output == *620915ff* ]] || fail "number 21"
	run -5 --separate-stderr bash -c 'echo 4401 | oscore-protect -f hex client 2>&-'
	silent
	run -1 --separate-stderr bash -c 'oscore-protect -f hex client <&- >&- 2>&-'
	run -0 --separate-stderr bash -c 'oscore-unprotect -f hex -o out server - 2>&- <<<"$1"' - \
		"$GET_PROTECTED"
	protect client >req
	run -1 --separate-stderr bash -c 'oscore-unprotect -f hex server req >&-'
	run -6 --separate-stderr oscore-unprotect -f hex server req
	equal "$(cat client/lock server/lock)" ""
	equal "$(cat out)" "$GET"
	equal "$(names client)" ".used lock secret.json sequence.json settings.json "
}

@test "a reader that is gone: 1, no signal" {
	client_and_server
	run -0 --separate-stderr bash -c '
		mkfifo out
		exec 7<>out 8>out 7<&-
		echo "$1" | oscore-protect -f hex client >&8
		echo "status $?"
	' - "$GET"
	equal "$output" "status 1"
	equal "$(next_of client)" 21
}

@test "a file size limit: 1, the old state intact, no output" {
	client_and_server
	before=$(sequence client)
	run -1 --separate-stderr bash -c \
		'ulimit -f 0; echo "$1" | oscore-protect -f hex client | cat; exit "${PIPESTATUS[1]}"' - "$GET"
	equal "$output" ""
	equal "$(sequence client)" "$before"
	run -0 --separate-stderr protect client
	prints "$GET_PROTECTED"
}

@test "many processes: every number once" {
	client_and_server
	for i in 1 2 3 4 5 6 7 8; do
		protect client >"out$i" 3>&- &
	done
	wait
	equal "$(cat out? | sort -u | wc -l)" 8
	equal "$(next_of client)" 28
}

@test "many processes: one accepts" {
	client_and_server
	for i in 1 2 3 4 5 6 7 8; do
		{
			unprotect server >"out$i" 2>/dev/null && echo 0 || echo $?
		} >"status$i" 3>&- &
	done
	wait
	equal "$(sort status? | uniq -c | tr -s ' \n' ' ')" " 1 0 7 6 "
	equal "$(cat out?)" "$GET"
}

@test "another lock file than the one that was opened is noticed: the name counts" {
	client_and_server
	protect client
	rm client/lock
	echo "whatever" >client/lock
	chmod 644 client/lock
	run -0 --separate-stderr protect client
	equal "$(cat client/lock)" whatever
}

@test "a lost window: requests are refused, but only after their tag was verified" {
	for received in '"unknown"' '{"index": null, "bitfield": null}'; do
		client_and_server
		state server "{\"next-to-send\": 3, \"received\": $received}"
		for _ in 1 2; do
			run -6 --separate-stderr unprotect server
			refused "<stdin>:1" "window|replay"
		done
		run -4 --separate-stderr text "$(broken "$GET_PROTECTED")" oscore-unprotect -f hex \
			server
		refused "<stdin>:1"
		run -0 --separate-stderr protect server
		equal "$(next_of server)" 4
		run -6 --separate-stderr unprotect server
		rm -r client server
	done
}

@test "a request that is malformed inside opens no lost window" {
	pair_context server 737276 636c69
	state server '{"next-to-send": 3, "received": "unknown", "echo_hex": "0001020304050607"}'
	bad=$(sed -n 's/.*"name": "inner-delta-15".*"hex": "\([0-9a-f]*\)".*/\1/p' "$ROOT/tests/vectors/messages.jsonl")
	before=$(cat server/sequence.json)
	run -6 --separate-stderr text "$bad" oscore-unprotect -f hex server
	refused "<stdin>:1" "window is lost"
	equal "$(cat server/sequence.json)" "$before"
}

@test "a lost window in the role dialect" {
	role_context both
	state both '{"used": {"": 20, "01": 0}, "seen": {"": "unknown", "01": [3]}}'
	run -6 --separate-stderr unprotect -r server both
	run -0 --separate-stderr protect -r client both
	prints "$GET_PROTECTED"
	run -6 --separate-stderr unprotect -r server both
	grep -q '"unknown"' both/sequence.json
}

@test "a window that was made smaller or larger never makes a seen number valid" {
	for size in 1 8 20 64; do
		pair_context server 01 "" "\"window\": $size"
		# seen: 20, 22, and all below 1
		pair_state server 0 1 2621440
		run -6 --separate-stderr unprotect server
		run -6 --separate-stderr text "${GET_PROTECTED/0914/0916}" oscore-unprotect -f hex \
			server
		run -6 --separate-stderr text "${GET_PROTECTED/0914/0900}" oscore-unprotect -f hex \
			server
		rm -r server
	done
}

@test "a bitfield beyond 64 bits is read and written exactly" {
	pair_context server 01 "" '"window": 128'
	# 2^100 + 2^3: seen are 100 and 3
	pair_state server 5 0 1267650600228229401496703205384
	run -0 --separate-stderr unprotect server
	equal "$(member server received)" '{"index":0,"bitfield":1267650600228229401496704253960}'
	equal "$(member server answered)" '{"index":0,"bitfield":1267650600228229401496703205384}'
	run -6 --separate-stderr text "${GET_PROTECTED/0914/0964}" oscore-unprotect -f hex server
}

@test "state of the other dialect, of both, or of nobody is a load error and stays as it is" {
	client_and_server
	role_context both
	both='{"used": {"": 1, "01": 0}, "seen": {"": [], "01": []}}'
	pair='{"next-to-send": 20, "received": {"index": 0, "bitfield": 0}}'
	merged="${both%\}}, ${pair#\{}"
	for bad in "$both" "$merged" '{}' '[]' '' '{"next-to-send": 20}' "$pair$pair" "$pair x" \
		'{"next-to-send": 20.0, "received": {"index": 0, "bitfield": 0}}' \
		'{"next-to-send": "20", "received": {"index": 0, "bitfield": 0}}' \
		'{"next-to-send": -1, "received": {"index": 0, "bitfield": 0}}' \
		'{"next-to-send": 20, "received": {"index": 0, "bitfield": -1}}' \
		'{"next-to-send": 20, "received": {"index": 0, "bitfield": null}}' \
		'{"next-to-send": 20, "received": {"index": 0, "bitfield": 0}, "answered": 7}'; do
		state client "$bad"
		before=$(snapshot client)
		run -7 --separate-stderr protect client
		refused client/sequence.json
		equal "$(snapshot client)" "$before"
	done
	for bad in "$pair" "$merged" '{"used": {"01": 1}, "seen": {"": [], "01": []}}' \
		'{"used": {"": 1, "01": 1}, "seen": {"": []}}' \
		'{"used": {"": 1, "01": 0, "02": 0}, "seen": {"": [], "01": []}}' \
		'{"used": {"": 1, "01": 0}, "seen": {"": [], "01": [3, 2]}}'; do
		state both "$bad"
		before=$(snapshot both)
		run -7 --separate-stderr protect -r client both
		refused both/sequence.json
		equal "$(snapshot both)" "$before"
	done
}

@test "both dialects, missing and doubled data in the static files are load errors with file and key" {
	for settings in \
		'{"sender-id_hex": "", "recipient-id_hex": "01", "client-sender-id_hex": "", "server-sender-id_hex": "01"}' \
		'{"sender-id_hex": ""}' '{"sender-id_hex": "01", "recipient-id_hex": "01"}' \
		'{"sender-id_hex": "", "recipient-id_hex": "0102030405060708"}' \
		'{"sender-id_hex": "", "sender-id_ascii": "", "recipient-id_hex": "01"}' \
		'{"sender-id_hex": "0", "recipient-id_hex": "01"}' \
		'{"sender-id_hex": "", "recipient-id_hex": "01", "window": 4097}' \
		'{"sender-id_hex": "", "recipient-id_hex": "01", "secret_hex": "01"}' \
		'{"sender-id_hex": "", "recipient-id_hex": "01", "algorithm": "A128GCM2"}' \
		'{"sender-id_hex": "", "recipient-id_hex": "01", "kdf-hashfun": "sha1"}'; do
		client_and_server
		echo "$settings" >client/settings.json
		before=$(snapshot client)
		run -7 --separate-stderr protect client
		refused client
		equal "$(snapshot client)" "$before"
		rm -r client server
	done
}

@test "the same datum in two files: both are named" {
	client_and_server
	sed -i "s/}/, \"salt_ascii\": \"x\"}/" client/settings.json
	run -7 --separate-stderr protect client
	refused client "salt" "settings.json" "secret.json"
}

# overlay COMMAND... - run in the working directory as it is below a fresh, empty upper layer
overlay() {
	mkdir -p ../layers
	# Whoever is not root is root in a user namespace of his own.
	# shellcheck disable=SC2046
	unshare -m $([ "$(id -u)" -eq 0 ] || echo -r) bash -e -c '
		cd ..
		mount -t tmpfs layers layers
		mkdir layers/upper layers/work layers/merged
		mount -t overlay -o lowerdir=work,upperdir=layers/upper,workdir=layers/work overlay layers/merged
		cd layers/merged
		"$@"' - "$@"
}

@test "on an overlay file system every use is warned about: its upper layer goes back unseen" {
	client_and_server
	oscore-gen role
	run --separate-stderr overlay true
	[ "$status" -eq 0 ] || skip "no overlay file system can be mounted here: $stderr"
	before=$(snapshot .)
	for _ in 1 2; do
		# What the warning is about: the same number again.
		run -0 --separate-stderr text "$GET" overlay oscore-protect -f hex client
		equal "$output" "$GET_PROTECTED"
		equal "$(wc -l <<<"$stderr")" 1
		said "^oscore-protect: client: warning: .*overlay.*volume"
	done
	equal "$(snapshot .)" "$before"
	run -0 --separate-stderr text "$GET" overlay oscore-protect -q -f hex client
	prints "$GET_PROTECTED"
	run -0 --separate-stderr text "$GET" overlay oscore-protect -f hex -r client role
	said "^oscore-protect: role: warning: .*overlay.*volume"
	for more in "" -p; do
		run -0 --separate-stderr text "$GET_PROTECTED" overlay oscore-unprotect $more -f hex server
		equal "$output" "$GET"
		said "^oscore-unprotect: server: warning: .*overlay.*volume"
	done
	run -0 --separate-stderr text "$GET_PROTECTED" overlay oscore-unprotect -C . -f hex
	equal "$output" "$GET"
	said "^oscore-unprotect: \./server: warning: .*overlay.*volume"
}

@test "a volume in an overlay file system is not warned about" {
	client_and_server
	mkdir volume
	run --separate-stderr overlay true
	[ "$status" -eq 0 ] || skip "no overlay file system can be mounted here: $stderr"
	run -0 --separate-stderr text "$GET" overlay bash -e -c \
		'mount -t tmpfs volume volume; cp -r client volume; exec oscore-protect -f hex volume/client'
	prints "$GET_PROTECTED"
}

@test "unknown keys are ignored and an unknown algorithm lists the known ones" {
	client_and_server
	sed -i 's/}/, "colour": 64, "x": {"y": [1]}}/' client/settings.json
	run -0 --separate-stderr protect client
	prints "$GET_PROTECTED"
	# one that is near a known one is hardly meant
	sed -i 's/"colour"/"windw"/' client/settings.json
	run -0 --separate-stderr text "$GET" oscore-protect -f hex client
	equal "$stderr" "oscore-protect: client: warning: a key is unknown, but near a known one: 'oscore-show --check' says which"
	sed -i 's/AES-CCM-16-64-128/AES-CCM-16-64-129/' client/settings.json
	run -7 --separate-stderr protect client
	refused client/settings.json "AES-CCM-16-64-128" "A256GCM" "ChaCha20/Poly1305"
}
