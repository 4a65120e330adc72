#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
#
# RFC 8613, Appendix B.2: keys that are derived anew, in each state of both directories.

# shellcheck disable=SC2154
load helper

EXHAUSTED='"next-to-send": 1099511627776, "received": "unknown"'

# both - a pair of directories, client and server
both() {
	oscore-gen --pair --rederive client server
}

# ask - request #1, in q1; its state before may be any
ask() {
	run -0 --separate-stderr to q1 feed "$GET" oscore-protect --rederive client
	equal "$stderr" ""
}

# challenge FILE - the server's answer to the request in FILE, in e
challenge() {
	run -6 --separate-stderr oscore-unprotect --error-reply e server "$1"
	equal "$output" ""
	[ -s e ]
}

# derive REQUEST - the client takes the answer in e
derive() {
	run -0 --separate-stderr oscore-unprotect -t json --request "$1" client e
	equal "$(jq -r .code <<<"$output")" 4.01
	equal "$stderr" "oscore-unprotect: hint: the peer asks to derive the keys anew: protect the request again"
}

# exchange N - a request of the client and its response, in qN and aN
exchange() {
	run -0 --separate-stderr to "q$1" feed "$GET" oscore-protect client
	equal "$stderr" ""
	run -0 --separate-stderr oscore-unprotect -t hex server "q$1"
	equal "$output" "$GET"
	run -0 --separate-stderr to "a$1" feed "$CONTENT" oscore-protect --request "q$1" server
	run -0 --separate-stderr oscore-unprotect -t hex --request "q$1" client "a$1"
	equal "$output" "$CONTENT"
	equal "$stderr" ""
}

# run_all - a whole run, from any state
run_all() {
	ask
	challenge q1
	derive q1
	exchange 2
}

# use - what makes a directory look used
use() {
	exchange 9
}

rederived() {
	jq -c ".rederived$2" "$1/sequence.json"
}

# unchanged DIR COMMAND... - the state is what it was, bit for bit
unchanged() {
	local dir=$1 before
	shift
	before=$(ls -i "$dir/sequence.json" && cat "$dir/sequence.json")
	"$@"
	equal "$(ls -i "$dir/sequence.json" && cat "$dir/sequence.json")" "$before"
}

@test "a run: request #1, 4.01, request #2, and on under the new keys" {
	both
	use
	ask
	equal "$(oscore-cid q1 | cut -c -5)" "01@48"
	equal "$(rederived client ' | keys')" '["r1_hex"]'
	equal "$(jq '."next-to-send"' client/sequence.json)" 1
	challenge q1
	equal "$(rederived server ' | keys')" '["hmac-key_hex","hmac-made"]'
	derive q1
	equal "$(rederived client ' | keys')" '["answered","id-context_hex","next-to-send","pending","received"]'
	equal "$(rederived client '."id-context_hex"')" null
	equal "$(rederived client '."next-to-send"')" 1
	equal "$(rederived client '.pending."next-to-send"')" 0
	exchange 2
	equal "$(oscore-cid q2 | cut -c -7)" "01@5818"
	equal "$(oscore-cid a2 || true)" ""
	for side in client server; do
		equal "$(rederived $side ' | keys')" '["answered","id-context_hex","next-to-send","received"]'
		equal "$(jq -c '[."next-to-send", .received]' $side/sequence.json)" '[1099511627776,"unknown"]'
	done
	equal "$(rederived client '."id-context_hex"')" "$(rederived server '."id-context_hex"')"
	# Later requests have the ID Context as it is.
	exchange 3
	equal "$(oscore-cid q3)" "01@$(jq -r '.rederived."id-context_hex"' client/sequence.json)"
	feed "$GET" oscore-protect --no-kid-context client >q4
	equal "$(oscore-cid q4)" 01
	run -0 oscore-unprotect -t hex server q4
	run_all
	exchange 3
}

@test "a state that is lost, missing, a copy, not understood or used up recovers, on either side" {
	local broken
	for side in client server; do
		for broken in lost missing copy garbage exhausted both; do
			rm -rf client server copy
			both
			use
			case $broken in
			lost) state $side "{$EXHAUSTED}" ;;
			missing) rm $side/sequence.json ;;
			copy)
				cp -a $side copy
				rm -r $side
				cp -a copy $side
				;;
			garbage) echo '{"next-to' >$side/sequence.json ;;
			exhausted) state $side '{"next-to-send": 1099511627776, "received": {"index": 0, "bitfield": 1}}' ;;
			both) rm client/sequence.json server/sequence.json ;;
			esac
			run_all || fail "$side $broken"
			exchange 3
		done
	done
}

@test "without --rederive a state of no use is refused, left as it is, and the hint says what to do" {
	both
	use
	echo '{' >client/sequence.json
	unchanged client run -7 --separate-stderr feed "$GET" oscore-protect client
	equal "$output" ""
	[[ ${stderr_lines[1]} == "oscore-protect: hint: add --rederive, to derive the keys anew" ]]
	unchanged client run -7 --separate-stderr oscore-unprotect --request q9 client a9
	[[ ${stderr_lines[1]} == "oscore-unprotect: hint: to derive the keys anew, protect a request with --rederive" ]]
	state client "{$EXHAUSTED}"
	unchanged client run -8 --separate-stderr feed "$GET" oscore-protect client
	equal "${stderr_lines[1]}" "oscore-protect: hint: add --rederive, to derive the keys anew"
	run -0 to q1 feed "$GET" oscore-protect --rederive client
	unchanged client run -7 --separate-stderr feed "$GET" oscore-protect client
	[[ ${stderr_lines[0]} == *"no keys are in use"* ]]
	[[ ${stderr_lines[1]} == *"unprotect the answer first, or add --rederive"* ]]
}

@test "a response is not protected where the state is lost: 7" {
	both
	use
	rm server/sequence.json
	run -7 --separate-stderr feed "$CONTENT" oscore-protect --request q9 server
	equal "$output" ""
	said "hint: to derive the keys anew, protect a request with --rederive"
	[ ! -e server/sequence.json ]
}

@test "where the state is lost, a forged message may have any kid context" {
	local many option
	both
	use
	rm server/sequence.json
	many=$(printf 'aa%.0s' {1..198})
	for option in 9419000001 "9dbf1900c8aaaa${many}01" "9dbf1900c858c6${many}01"; do
		echo "4102100111${option}ff37b472957c902d0422c9659dc2" >forged
		run -4 --separate-stderr oscore-unprotect -f hex --error-reply x server forged
		refused forged:1
	done
}

@test "a request of the other side, under keys that are to come" {
	both
	use
	ask
	challenge q1
	derive q1
	run -0 to q2 feed "$GET" oscore-protect client
	run -0 oscore-unprotect server q2
	run -0 to other feed "$GET_B" oscore-protect server
	raw "$(broken "$(hex_of other)")" >forged
	unchanged client run -4 --separate-stderr oscore-unprotect client forged
	run -0 --separate-stderr oscore-unprotect -t hex client other
	prints "$GET_B"
	equal "$(rederived client .pending)" null
	unchanged client run -6 --separate-stderr oscore-unprotect client other
	refused other "replayed"
}

@test "while keys are to come, what names those in use is under them" {
	both
	use
	run_all
	run -0 to q8 feed "$GET" oscore-protect client
	run -0 oscore-unprotect server q8
	run -0 to a8 feed "$CONTENT" oscore-protect --request q8 server
	ask
	challenge q1
	derive q1
	differ "$(rederived client .pending)" null
	run -0 --separate-stderr oscore-unprotect -t hex --request q8 client a8
	prints "$CONTENT"
	run -0 to other feed "$GET_B" oscore-protect server
	run -0 --separate-stderr oscore-unprotect -t hex client other
	prints "$GET_B"
	differ "$(rederived client .pending)" null
	run -6 --separate-stderr oscore-unprotect client other
	exchange 9
}

@test "more requests with one token than keys are tried; a response to none of them" {
	both
	use
	for ((i = 0; i < 8; i++)); do
		feed "$GET" oscore-protect --rederive client >q
		hex_of q
		echo
	done >all
	challenge q
	hex_of e >answer
	run -4 --separate-stderr oscore-unprotect --request q client a9
	refused q "not a request protected with this context"
	run -4 --separate-stderr oscore-unprotect -f hex --request all client <(sed 's/^\(....\)..../\15d20/; s/00003974/00003975/' answer)
	equal "$output" ""
	run -0 --separate-stderr oscore-unprotect -f hex -t json --request all client answer
	equal "$(jq -r .code <<<"$output")" 4.01
}

@test "a server that lost its state begins, in the answer to an ordinary request" {
	local step
	both
	use
	rm server/sequence.json
	for step in 1 2; do
		run -0 to q5 feed "$GET" oscore-protect client
		# without --error-reply nothing is made
		run -6 --separate-stderr oscore-unprotect server q5
		equal "$output" ""
		[[ ${stderr_lines[0]} == *"the state is lost"* ]]
		[[ ${stderr_lines[1]} == *"hint: "*"--error-reply"*"--rederive"* ]]
		[ $step = 2 ] || [ ! -e server/sequence.json ]
		challenge q5
		derive q5
		# once
		unchanged client run -6 --separate-stderr oscore-unprotect --request q5 client e
		exchange 6
		cp server/sequence.json .
		rm server/sequence.json
	done
	# the same under keys that were derived anew, and a wrapped kid context
	run -0 to q5 feed "$GET" oscore-protect client
	challenge q5
	derive q5
	run -0 to q6 feed "$GET" oscore-protect client
	rm server/sequence.json
	challenge q6
	derive q6
	exchange 7
}

@test "a lost window beside a known number stays with Echo, and the keys stay" {
	both
	use
	state server '{"next-to-send": 5, "received": "unknown"}'
	run -0 to q5 feed "$GET" oscore-protect client
	challenge q5
	run -0 --separate-stderr to answer oscore-unprotect --request q5 client e
	equal "$stderr" ""
	run -0 to q6 feed "$GET" oscore-protect --echo answer client
	run -0 oscore-unprotect server q6
	equal "$(jq -c .rederived server/sequence.json)" null
}

@test "of the four messages none gets in twice, in any later state" {
	local state
	both
	use
	run_all
	for state in answered again two; do
		case $state in
		again)
			exchange 3
			;;
		two)
			cp q1 old1
			cp q2 old2
			cp e old_e
			ask
			challenge q1
			derive q1
			for message in old1 old2; do
				run -6 --separate-stderr oscore-unprotect --error-reply x server $message
				equal "$output" ""
			done
			run -6 oscore-unprotect --request old1 client old_e
			exchange 4
			cp old1 q1
			cp old2 q2
			cp old_e e
			;;
		esac
		for message in q1 q2; do
			run -6 --separate-stderr oscore-unprotect --error-reply x server $message
			equal "$output" ""
			run -6 --separate-stderr oscore-unprotect -C . --error-reply x $message
			equal "$output" ""
		done
		unchanged client run -6 --separate-stderr oscore-unprotect --request q1 client e
		equal "$output" ""
		equal "${stderr_lines[0]}" "oscore-unprotect: e:1: replayed: an answer that was to derive keys anew (RFC 8613, B.2)"
	done
}

@test "a run that is given up leaves the keys in use as they are" {
	both
	use
	ask
	exchange 3
	challenge q1
	exchange 4
	derive q1
	# pending: the next requests; and the answers to those of before still come
	run -0 to q5 feed "$GET" oscore-protect client
	equal "$(oscore-cid q5 | cut -c -7)" "01@5818"
	raw "$(broken "$(hex_of a4)")" >forged
	unchanged client run -4 --separate-stderr oscore-unprotect --request q4 client forged
	equal "$output" ""
	run -0 oscore-unprotect -t hex --request q4 client a4
	equal "$(rederived client '."next-to-send"')" 3
	# given up: the number goes on
	ask
	equal "$(rederived client '.pending')" null
	run -0 to q6 feed "$GET" oscore-protect client
	equal "$(oscore-cid q6)" 01
	equal "$(oscore-cid --print partial-iv q6)" 03
	run -0 oscore-unprotect server q6
	# the run of before can go on for the server, and then the client is behind
	run -0 oscore-unprotect server q5
	run -0 to q7 feed "$GET" oscore-protect client
	run -4 oscore-unprotect server q7
	run_all
}

R2=2222222222222222

# answer PLAIN - in e, an answer to the request #1 of client under the keys that R2 gives, with this
# plain message inside and a Partial IV; both are made in directories with that ID Context
answer() {
	local side id
	id=$R2$(jq -r .rederived.r1_hex client/sequence.json)
	for side in client server; do
		rm -rf "second-$side"
		mkdir -m 700 "second-$side"
		cp "$side/secret.json" "second-$side"
		jq "del(.rederive, .\"sequence-file\") | .\"id-context_hex\" = \"$id\"" "$side/settings.json" \
			>"second-$side/settings.json"
	done
	feed "$GET" oscore-protect --no-kid-context second-client >second
	feed "$1" oscore-protect --new-piv --request second second-server >plain-option
	raw "$(hex_of plain-option | sed "s/^\(.\{16\}\)920100ff/\19c11000948${R2}ff/")" >e
}

@test "the answer to request #1 is 4.01 and nothing else; it may have a Partial IV" {
	local plain
	both
	ask
	for plain in 64455d1f00003974 64845d1f00003974 64815d1f00003974ff41 \
		64815d1f00003974d8ef0000000000000000 64815d1f00003974d101ff; do
		answer "$plain"
		unchanged client run -5 --separate-stderr oscore-unprotect --request q1 client e
		equal "$output" ""
		[[ ${stderr_lines[0]} == *"4.01 and nothing else"* ]]
	done
	answer 64815d1f00003974
	cp e good
	raw "$(broken "$(hex_of good)")" >e
	unchanged client run -4 oscore-unprotect --request q1 client e
	cp good e
	derive q1
	equal "$(rederived client '.pending."id-context_hex"' | cut -c 2-17)" $R2
	# It is of no use a second time, nor for another request #1.
	unchanged client run -6 oscore-unprotect --request q1 client good
	cp q1 old1
	ask
	unchanged client run -6 oscore-unprotect --request old1 client good
	unchanged client run -4 oscore-unprotect --request q1 client good
}

@test "kid contexts that are no byte string as they should be are of no context" {
	local kid_context
	both
	use
	for kid_context in 01 40 4101ff 580101 59000101 5f4101ff 6101; do
		option=$(printf '19%s%02x%s01' 00 $((${#kid_context} / 2)) "$kid_context")
		length=$((${#option} / 2))
		unchanged server run -4 --separate-stderr feed "41021001119$(printf %x $length)${option}ff$(printf '00%.0s' {1..12})" oscore-unprotect --error-reply x server
		equal "$output" ""
	done
	# and one that is, but nobody sealed it
	unchanged server run -4 --separate-stderr feed "41021001119c190009481111111111111111ff37b472957c902d0422c9659dc2" oscore-unprotect --error-reply x server
}

@test "a key in both settings is needed, and a fixed side" {
	oscore-gen --pair client server
	run -7 --separate-stderr feed "$GET" oscore-protect --rederive client
	[[ ${stderr_lines[0]} == *"not to be derived anew"* ]]
	oscore-gen --pair --rederive other peer
	run -0 to q1 feed "$GET" oscore-protect --rederive other
	unchanged server run -4 --separate-stderr oscore-unprotect --error-reply e server q1
	cp peer/settings.json settings
	jq 'del(.rederive)' settings >peer/settings.json
	run -4 --separate-stderr oscore-unprotect -v --error-reply e peer q1
	[[ $stderr == *"it verifies as a request that derives the keys anew (RFC 8613, B.2): this directory has no "* ]]
	role_context neutral '"rederive": true'
	run -7 --separate-stderr feed "$GET" oscore-protect -r client neutral
	[[ ${stderr_lines[0]} == *"rederive needs a fixed role"* ]]
	[[ ${stderr_lines[1]} == *'"role"'* ]]
	run -2 oscore-gen --rederive new
	run -2 oscore-protect --rederive --request q1 client
	run -2 oscore-protect --rederive --no-kid-context client
}

@test "the role dialect, with a pinned side" {
	both
	for side in client server; do
		rm -r $side
		role_context $side "\"rederive\": true, \"role\": \"$side\""
	done
	use
	run_all
	exchange 3
	equal "$(jq -c '[.used[""], .seen["01"]]' client/sequence.json)" '[1099511627776,"unknown"]'
	rm server/sequence.json
	run_all
}

@test "in a stream a step ends its group, and what comes behind is under the keys of then" {
	both
	use
	ask
	challenge q1
	derive q1
	text "$GET"$'\n'"$GET_B" oscore-protect -f hex client >q.hex
	run -0 --separate-stderr oscore-unprotect -f hex server q.hex
	equal "$output" "$GET"$'\n'"$GET_B"
	cp q.hex q2.hex
	ask
	{ hex_of q1 && echo && cat q2.hex; } >mixed
	run -6 --separate-stderr oscore-unprotect -k -f hex --error-reply e server mixed
	equal "${#lines[@]}" 3
	head -n 1 e >e1
	run -0 --separate-stderr oscore-unprotect -f hex -t json --request q1 client e1
}

@test "in a stream a second answer to one request changes nothing" {
	both
	use
	state server "{$EXHAUSTED}"
	feed "$GET" oscore-protect client >q1
	for _ in 1 2; do
		challenge q1
		hex_of e
		echo
	done >answers
	run -6 --separate-stderr oscore-unprotect -k -f hex --request q1 client answers
	equal "$(cut -c 1-4 <<<"$output" | tr '\n' ' ')" "6481 # 6  "
	r2=$(rederived client '.pending."id-context_hex"' | cut -c 2-33)
	equal "$(sed "s/.*$r2.*/this one/" answers | head -n 1)" "this one"
}

@test "two runs at once: the first request #2 wins, the other counts as request #1" {
	both
	use
	cp -a client other
	ask
	cp q1 first1
	challenge q1
	cp e first_e
	rm -r other/sequence.json
	feed "$GET" oscore-protect --rederive other >second1
	run -6 oscore-unprotect --error-reply second_e server second1
	run -0 oscore-unprotect --request first1 client first_e
	run -0 oscore-unprotect --request second1 other second_e
	feed "$GET" oscore-protect client >first2
	feed "$GET" oscore-protect other >second2
	run -0 oscore-unprotect server first2
	run -6 --separate-stderr oscore-unprotect server second2
	equal "$output" ""
}

@test "among many contexts the kid finds the directory, and the tag decides" {
	mkdir tree
	oscore-gen --pair --rederive --client-id 0a client tree/a
	oscore-gen --pair --rederive --client-id 0a other tree/b
	for one in client other client; do
		feed "$GET" oscore-protect --rederive $one >q1
		run -6 --separate-stderr oscore-unprotect -C tree --error-reply e q1
		run -0 oscore-unprotect --request q1 $one e
		feed "$GET" oscore-protect $one >q2
		run -0 --separate-stderr oscore-unprotect -C tree -t hex q2
		equal "$output" "$GET"
		feed "$CONTENT" oscore-protect -C tree --request q2 >a2
		run -0 oscore-unprotect -t hex --request q2 $one a2
		equal "$output" "$CONTENT"
		feed "$GET" oscore-protect $one >q3
		run -0 oscore-unprotect -C tree -t hex q3
		equal "$output" "$GET"
		# one that has been let in is a replay, and a forged one is forged, whatever its number
		for replayed in q2 q3; do
			run -6 --separate-stderr oscore-unprotect -C tree $replayed
			said "replayed"
			raw "$(broken "$(hex_of $replayed)")" >forged
			run -4 --separate-stderr oscore-unprotect -C tree forged
		done
		run -0 --separate-stderr oscore-cid -C tree q3
		# several in one group
		text "$GET"$'\n'"$GET_B" oscore-protect -f hex $one >requests
		run -0 --separate-stderr oscore-unprotect -C tree -f hex requests
		prints "$GET"$'\n'"$GET_B"
		text "$CONTENT"$'\n'"$CONTENT_B" oscore-protect -f hex -C tree --request requests >responses
		run -0 --separate-stderr oscore-unprotect -f hex --request requests $one responses
		prints "$CONTENT"$'\n'"$CONTENT_B"
		run -6 --separate-stderr oscore-unprotect -k -C tree -f hex requests
		equal "$(cut -c 1-4 <<<"$output" | tr '\n' ' ')" "# 6  # 6  "
	done
}

@test "among many contexts a message that is for none locks none, waits for none, and changes none" {
	mkdir tree
	for one in a b c; do
		oscore-gen --pair --rederive --client-id 0a client-$one tree/$one
	done
	feed "$GET" oscore-protect --rederive client-b >q
	raw "$(broken "$(hex_of q)")" >forged
	run -4 --separate-stderr oscore-unprotect -C tree --error-reply e forged
	equal "$(find tree -name lock)" ""
	# Who holds the lock of another one is not waited for; that of its own is.
	exec {lock}>tree/a/lock
	flock "$lock"
	run -4 --separate-stderr oscore-unprotect -C tree --error-reply e forged
	run -6 --separate-stderr oscore-unprotect -C tree --error-reply e q
	[ -s e ]
	exec {lock}>&-
	equal "$(find tree -name lock | sort | tr '\n' ' ')" "tree/a/lock tree/b/lock "
	# Only what verifies accepts a move.
	cp -a tree moved
	before=$(cat moved/b/sequence.json)
	run -4 --separate-stderr oscore-unprotect --moved -C moved forged
	equal "$(cat moved/b/sequence.json)" "$before"
	run -6 --separate-stderr oscore-unprotect --moved -C moved q
	[ "$(cat moved/b/sequence.json)" != "$before" ]
}

@test "-p opens a whole conversation on either side, and changes nothing" {
	both
	run_all
	exchange 3
	feed "$GET" oscore-protect --no-kid-context client >q4
	for message in q1 e q2 a2 q3 a3 q4; do
		hex_of $message
		echo
	done >capture
	for side in client server; do
		unchanged $side run -0 --separate-stderr oscore-unprotect -p -f hex -t json $side capture
		equal "$(jq -r .code <<<"$output" | tr '\n' ' ')" "GET 4.01 GET 2.05 GET 2.05 GET "
		run -0 --separate-stderr oscore-unprotect -p -f hex -t json -C . capture
		equal "${#lines[@]}" 7
	done
	# what is forged is refused, and takes no keys from what follows
	{
		sed -n 1p capture
		sed -n 2p capture
		for n in 3 5 7; do
			broken "$(sed -n ${n}p capture)"
			sed -n ${n}p capture
			broken "$(sed -n ${n}p capture)"
			[ $n = 7 ] || sed -n $((n + 1))p capture
		done
	} >mixed
	for arguments in client server "-C ."; do
		# shellcheck disable=SC2086 # two words
		run -4 --separate-stderr oscore-unprotect -p -k -v -f hex $arguments mixed
		equal "$(cut -c 1-4 <<<"$output" | tr '\n' ' ')" \
			"4401 6481 # 4  4401 # 4  6445 # 4  4401 # 4  6445 # 4  4401 # 4  "
	done
	# without the key in the settings it is an ordinary context
	jq 'del(.rederive)' client/settings.json >settings
	cp settings client/settings.json
	run -4 oscore-unprotect -p client q1
}

@test "-v shows three derivations, and whose Common IV is in which nonce" {
	local first
	both
	feed "$GET" oscore-protect --rederive -v client >q1 2>v1
	run -6 --separate-stderr oscore-unprotect -v --error-reply e server q1
	printf '%s\n' "$stderr" >v2
	run -0 --separate-stderr oscore-unprotect -v --show-secrets -t hex --request q1 client e
	printf '%s\n' "$stderr" >v3
	feed "$GET" oscore-protect -v client >q2 2>v4
	equal "$(grep -c '^nonce: ' v1 v2 v3 v4 | tr '\n' ' ')" "v1:1 v2:1 v3:1 v4:1 "
	first=$(grep '^nonce: ' v1)
	equal "$(grep '^nonce: ' v2)" "$first"
	equal "$(grep '^nonce: ' v3)" "$first"
	[ "$(grep -m 1 '^Common IV: ' v3)" != "$(grep -m 1 '^Common IV: ' v1)" ]
	equal "$(grep '^plaintext: ' v3)" "plaintext: 0x81 (1 byte)"
	for v in 1 2 3 4; do
		grep -m 1 '^ID Context: ' v$v
	done >ids
	equal "$(sed -n 1p ids)" "$(sed -n 2p ids)"
	equal "$(cut -d ' ' -f 4 ids | tr '\n' ' ')" "(8 (8 (24 (24 "
	# what was not let in is not shown
	run -1 grep '^plaintext' v2
}

@test "a stream looks for forged requests and keeps nothing of them" {
	both
	use
	for ((i = 10; i < 60; i++)); do
		echo "41021001119c1900094811111111111111${i}ff37b472957c902d0422c9659dc2" | sed 's/ff/01ff/; s/9c19/9d0019/'
	done >forged
	{ cat forged && hex_of q9 && echo; } >mixed
	unchanged server run -4 --separate-stderr oscore-unprotect -k -f hex server mixed
	equal "${#lines[@]}" 51
	equal "${lines[50]:0:3}" "# 6"
}

@test "oscore-show says how far it is, and exports the keys in use" {
	shown() { # the line about it
		run -0 --separate-stderr oscore-show "$1"
		grep '^Appendix B.2: ' <<<"$output" | cut -d : -f 2
	}
	both
	equal "$(shown client)" " the keys of the settings are in use"
	ask
	equal "$(shown client)" " the keys of the settings are in use, request #1 is out"
	challenge q1
	equal "$(shown server)" " the keys of the settings are in use, answers #1 are out"
	derive q1
	equal "$(shown client)" " the keys of the settings are in use, new keys are pending"
	exchange 2
	exchange 3
	for side in client server; do
		equal "$(shown $side)" " keys that were derived anew are in use"
		equal "$(oscore-show $side | grep '^ID Context')" "ID Context: $(jq -r '.rederived."id-context_hex"' client/sequence.json)"
		run -0 --separate-stderr oscore-show --check $side
		equal "$output" ""
	done
	equal "$(oscore-show client | grep '^Sender Sequence Number')" "Sender Sequence Number: 2, 1099511627774 left"
	# Who imports it goes on with these keys.
	oscore-show -q -t json client >export.json 2>/dev/null
	oscore-gen -r client --import json:export.json --sender-seq 2 --dialect pair copy
	run -0 feed "$GET" oscore-protect copy
	oscore-gen --pair plain peer
	run -0 oscore-show plain
	[[ $output != *B.2* ]] || fail "B.2"
	state client "{$EXHAUSTED}"
	equal "$(shown client)" " no keys are in use"
	run -7 --separate-stderr oscore-show --check client
	[[ $output == *"derive the keys anew, with oscore-protect --rederive"* ]]
	state client "{$EXHAUSTED, \"rederived\": {\"r1\": \"00\"}}"
	run -7 --separate-stderr oscore-show --check client
	[[ $output == *"a key that is not known"* ]]
}

@test "where the state is lost, show and protect name the same way out" {
	both
	use
	rm client/sequence.json
	lost="client/sequence.json: is missing: which numbers were used is not known any more"
	run -7 --separate-stderr oscore-show client
	equal "$output" ""
	equal "$stderr" "oscore-show: $lost
oscore-show: hint: derive the keys anew, with oscore-protect --rederive"
	run -7 --separate-stderr oscore-show --check client
	prints "$lost: derive the keys anew, with oscore-protect --rederive"
	run -7 --separate-stderr feed "$GET" oscore-protect client
	equal "$output" ""
	equal "$stderr" "oscore-protect: $lost
oscore-protect: hint: add --rederive, to derive the keys anew"
	# asked, and not answered
	ask
	run -0 --separate-stderr oscore-show client
	equal "$stderr" "oscore-show: client: warning: over the limit of 1048576 messages for one key: derive the keys anew, with oscore-protect --rederive"
	# new keys are there, and the next request uses them
	challenge q1
	derive q1
	run -0 --separate-stderr oscore-show client
	equal "${lines[-1]}" "Appendix B.2: no keys are in use, new keys are pending"
	equal "$stderr" ""
	run -0 --separate-stderr oscore-show --check client
	silent
}

@test "who does not know the object can neither send nor accept" {
	both
	run_all
	feed "$GET" oscore-protect client >q5
	for side in client server; do
		cp $side/settings.json $side.json
		jq 'del(.rederive)' $side.json >$side/settings.json
	done
	unchanged client run -8 feed "$GET" oscore-protect client
	unchanged server run -4 feed "$CONTENT" oscore-protect --request q2 server
	oscore-gen --pair other peer
	jq -s '.[0] * {secret_hex: .[1].secret_hex} | del(."sequence-file")' other/settings.json client/secret.json >settings
	cp settings other/settings.json
	rm other/secret.json other/sequence.json
	chmod 600 other/settings.json
	feed "$GET" oscore-protect -q other >q
	unchanged server run -6 --separate-stderr oscore-unprotect --error-reply e server q
	[[ $stderr == *"window is lost"* ]]
	[ ! -e e ]
	for side in client server; do
		cp $side.json $side/settings.json
	done
	run -0 oscore-unprotect server q5
	# Another program that writes the state drops the object: lost, and no more.
	state server "{$EXHAUSTED}"
	run_all
}

@test "the key that tells answers #1 from others lasts 247 seconds, and no longer" {
	local key now
	key=$(printf '11%.0s' {1..32})
	for age in 0 240 260 -20; do
		rm -rf client server
		both
		now=$(date +%s)
		state server "{\"next-to-send\": 0, \"received\": {\"index\": 0, \"bitfield\": 0}, \"rederived\": {\"hmac-key_hex\": \"$key\", \"hmac-made\": $((now - age))}}"
		ask
		challenge q1
		case $age in
		0 | 240) equal "$(rederived server '."hmac-key_hex"')" "\"$key\"" ;;
		*) [ "$(rederived server '."hmac-key_hex"')" != "\"$key\"" ] ;;
		esac
		derive q1
		exchange 2
	done
}

@test "a dry run of request #1 uses nothing up" {
	both
	use
	unchanged client run -0 --separate-stderr feed "$GET" oscore-protect --rederive -n -v client
	equal "$output" ""
	[[ $stderr == *"ID Context: 0x"* ]]
	rm client/sequence.json
	run -0 --separate-stderr feed "$GET" oscore-protect --rederive -n client
	[ ! -e client/sequence.json ]
}

@test "a copy with keys that were derived anew does not use their numbers" {
	both
	run_all
	cp -a client copy
	exchange 3
	run -7 feed "$GET" oscore-protect copy
	run -0 to q1 feed "$GET" oscore-protect --rederive copy
	equal "$(jq -c '.rederived | keys' copy/sequence.json)" '["r1_hex"]'
	run -7 feed "$GET" oscore-protect copy
	# Two copies take turns.
	challenge q1
	run -0 oscore-unprotect --request q1 copy e
	feed "$GET" oscore-protect copy >q2
	run -0 oscore-unprotect server q2
	run -0 to q4 feed "$GET" oscore-protect client
	run -4 oscore-unprotect server q4
	run_all
	# and a move is a move
	cp -a client moved
	rm -r client
	run -0 to q5 feed "$GET" oscore-protect --moved moved
	run -0 oscore-unprotect server q5
}
