#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
#
# A lost replay window, and the Echo exchange that opens it again (RFC 8613, B.1.2).

# shellcheck disable=SC2016,SC2154 # scripts for bash -c; stderr comes from run
load helper

# lost - a server that does not know what it has received, and that had sent 4 messages
lost() {
	client_and_server
	state server "{\"next-to-send\": 5, \"received\": ${1:-\"unknown\"}}"
}

# ask FILE [OPTION...] - a request of the client
ask() {
	local file=$1
	shift
	text "$GET" oscore-protect -f hex "$@" client >"$file"
}

# hear STATUS FILE [OPTION...] - in the server; a challenge is in the file challenge
hear() {
	local status_wanted=$1 file=$2
	shift 2
	rm -f challenge
	run "-$status_wanted" --separate-stderr oscore-unprotect -f hex --error-reply challenge server \
		"$@" "$file"
}

# challenged REQUEST - hear it, and let the client read it into answer
challenged() {
	hear 6 "$1"
	equal "$output" ""
	said "replay window is lost"
	oscore-unprotect -f hex --request "$1" client challenge >answer
}

@test "the whole exchange" {
	lost
	ask first
	hear 6 first
	refused first:1 "replay window is lost" "hint: .*--error-reply"
	# a piggybacked, protected 4.01 with Partial IV 5, and only an Echo of 8 bytes inside
	[[ $(cat challenge) == 64445d1f00003974920105ff* ]] || fail "$(cat challenge)"
	equal "$(next_of server)" 6
	equal "$(member server received)" '"unknown"'
	run -0 --separate-stderr oscore-unprotect -f hex --request first client challenge
	equal "$stderr" ""
	[[ $output =~ ^64815d1f00003974d8ef([0-9a-f]{16})$ ]] || fail "not only an Echo"
	value=${BASH_REMATCH[1]}
	echo "$output" >answer
	[[ $(cat server/sequence.json) == *"\"echo_hex\": \"$value\""* ]] || fail "$value"
	# the retry, which comes out with its Echo
	ask second --echo answer
	hear 0 second
	equal "$output" "44015d1f00003974396c6f63616c686f737483747631d8e4$value"
	[ ! -e challenge ]
	grep -q echo_hex server/sequence.json && fail "it is still there"
	# its Partial IV, 21, is the lower limit of the window, and counts as answered
	equal "$(member server received)" '{"index":21,"bitfield":1}'
	equal "$(member server answered)" '{"index":21,"bitfield":1}'
}

@test "the same Echo for every challenge until one comes back" {
	lost
	for n in 1 2 3; do
		ask "request-$n"
		challenged "request-$n"
		cat answer >>echoes
	done
	equal "$(sort -u echoes | wc -l)" 1
	equal "$(next_of server)" 8
	# the Echo of the first is as good as that of the last
	oscore-unprotect -f hex --request request-3 client challenge >/dev/null
	ask retry --echo answer
	hear 0 retry
	equal "$(member server received)" '{"index":23,"bitfield":1}'
	# the next loss gets another
	state server '{"next-to-send": 20, "received": "unknown"}'
	ask request
	challenged request
	differ "$(cat answer)" "$(sed -n 1p echoes)"
}

@test "a retransmission gets another challenge with the same Echo, and another number" {
	lost
	ask request
	challenged request
	cp answer answer-1
	cp challenge challenge-1
	challenged request
	equal "$(cat answer)" "$(cat answer-1)"
	differ "$(cat challenge)" "$(cat challenge-1)"
	equal "$(next_of server)" 7
	# both answer the request, so a client may take either
	run -0 --separate-stderr oscore-unprotect -f hex --request request client challenge-1
	prints "$(cat answer)"
}

@test "what was sent before the retry stays out, then and later" {
	lost
	for n in 1 2 3; do ask "old-$n"; done
	challenged old-2
	ask retry --echo answer
	hear 6 old-1
	said "window is lost"
	hear 6 old-3
	hear 0 retry
	for n in 1 2 3; do
		hear 6 "old-$n"
		refused "old-$n:1" "replayed message"
		[[ $(cat challenge) == 64815d1f* ]] || fail "no plain 4.01"
	done
	hear 6 retry
	refused retry:1 "replayed message"
	ask next
	hear 0 next
	equal "$output" "$GET"
	equal "$(member server received)" '{"index":23,"bitfield":3}'
}

@test "a message with the Echo that was sent, but is older than another with it" {
	lost
	ask request
	challenged request
	ask older --echo answer
	ask newer --echo answer
	hear 0 newer
	hear 6 older
	refused older:1 "replayed message"
}

@test "a forged message in between is 4, and makes no challenge" {
	lost
	ask request
	broken "$(cat request)" >forged
	before=$(cat server/sequence.json)
	hear 4 forged
	refused forged:1 "tag"
	[[ $(cat challenge) == 64805d1f* ]] || fail "$(cat challenge)"
	equal "$(cat server/sequence.json)" "$before"
	challenged request
	hear 4 forged
	ask retry --echo answer
	broken "$(cat retry)" >forged
	hear 4 forged
	equal "$(member server received)" '"unknown"'
	hear 0 retry
}

@test "a wrong Echo, of any length, is challenged again with the right one" {
	lost
	ask request
	# before there was any challenge, and one that somebody made up
	echo 64815d1f00003974d8ef0000000000000000 >made-up
	ask retry --echo made-up
	hear 6 retry
	challenged request
	value=$(sed 's/.*d8ef//' answer)
	for wrong in d8ef0000000000000000 "d7ef${value:0:14}" "d9ef${value}00" d0ef "$(broken "d8ef$value")"; do
		echo "64815d1f00003974$wrong" >made-up
		ask retry --echo made-up
		hear 6 retry
		refused retry:1 "window is lost"
		equal "$(oscore-unprotect -f hex --request retry client challenge)" "$(cat answer)"
	done
	ask retry --echo answer
	hear 0 retry
}

@test "in JSON the challenge says who protected it" {
	lost
	ask one
	oscore-unprotect -q -p -f hex -t json one >one.json
	run -6 --separate-stderr oscore-unprotect -f json --error-reply challenge server one.json
	equal "$(jq -c '.oscore | [."kid_hex", ."kid-context_hex", ."partial-iv_hex", ."sender-id_hex", .context]' \
		challenge)" '[null,null,"05","01","server"]'
	equal "$(jq -c '.code' challenge)" '"2.04"'
	broken "$(cat one)" | oscore-unprotect -q -p -f hex -t json >broken.json
	run -4 --separate-stderr oscore-unprotect -f json --error-reply challenge server broken.json
	equal "$(jq -c '.oscore' challenge)" null
}

@test "without --error-reply there is no challenge, and nothing changes" {
	lost
	ask request
	before=$(cat server/sequence.json)
	run -6 --separate-stderr oscore-unprotect -f hex server request
	refused request:1 "window is lost" "hint"
	equal "$(cat server/sequence.json)" "$before"
	run -6 --separate-stderr oscore-unprotect -q -f hex server request
	grep -q hint <<<"$stderr" && fail "a hint"
	# it is not needed for the retry
	challenged request
	ask retry --echo answer
	run -0 --separate-stderr oscore-unprotect -f hex server retry
}

@test "a kill between challenge and retry loses nothing" {
	lost
	ask request
	challenged request
	mkfifo in
	# this one has read the state, and waits for the rest of its input
	oscore-unprotect -k -q -f hex --error-reply again server in >out 2>/dev/null &
	program=$!
	exec 5>in
	cat request >&5
	for ((tries = 0; tries < 500; tries++)); do
		[ "$(wc -l <out)" -lt 1 ] || break
		sleep 0.01
	done
	kill -9 "$program"
	exec 5>&-
	wait "$program" 2>/dev/null || true
	equal "$(next_of server)" 7
	ask retry --echo answer
	hear 0 retry
}

@test "a kill at each rename and synchronisation of challenge and retry" {
	for call in fsync renameat; do
		for n in 1 2; do
			rm -rf client server
			lost
			ask request
			strace -f -o /dev/null -e trace=$call -e inject=$call:signal=KILL:when=$n \
				oscore-unprotect -q -f hex --error-reply challenge server request || true
			rm -f challenge*
			challenged request
			ask retry --echo answer
			strace -f -o /dev/null -e trace=$call -e inject=$call:signal=KILL:when=$n \
				oscore-unprotect -q -f hex server retry >out 2>/dev/null || true
			# either it was accepted, or it still can be, or is asked for again
			run --separate-stderr oscore-unprotect -f hex --error-reply challenge server retry
			case $status in
			0) equal "$(cat out)" "" ;;
			6) said "replayed" ;;
			*) fail "kill at $call $n" ;;
			esac
			run -6 --separate-stderr oscore-unprotect -f hex server retry
			run -6 --separate-stderr oscore-unprotect -f hex server request
		done
	done
}

@test "the forms in which aiocoap writes a lost window" {
	for form in '"unknown"' '{"index": null, "bitfield": null}'; do
		rm -rf client server
		lost "$form"
		ask request
		challenged request
		ask retry --echo answer
		hear 0 retry
		equal "$(member server received)" '{"index":21,"bitfield":1}'
	done
}

@test "an Echo that another program dropped from the file is void" {
	lost
	ask request
	challenged request
	# aiocoap wrote last
	state server '{"next-to-send": 9, "received": "unknown"}'
	ask retry --echo answer
	hear 6 retry
	oscore-unprotect -f hex --request retry client challenge >answer-2
	differ "$(cat answer-2)" "$(cat answer)"
	ask retry --echo answer-2
	hear 0 retry
}

@test "the role dialect, in both roles at once" {
	role_context client
	role_context server
	state server '{"used": {"": 3, "01": 7}, "seen": {"": "unknown", "01": "unknown"}}'
	protect() { oscore-protect -f hex -r "$1" "${@:2}"; }
	text "$GET" protect client client >request
	run -6 --separate-stderr oscore-unprotect -f hex -r server --error-reply challenge server request
	run -0 --separate-stderr oscore-unprotect -f hex -r client --request request client challenge
	echo "$output" >answer
	equal "$(jq -c '[.used["01"], .seen, (.echo_hex[""] | length)]' server/sequence.json)" \
		'[8,{"":"unknown","01":"unknown"},16]'
	text "$GET" protect client --echo answer client >retry
	run -0 --separate-stderr oscore-unprotect -f hex -r server server retry
	equal "$(jq -c '[.used["01"], .seen, .echo_hex, .answered[""]]' server/sequence.json)" \
		'[8,{"":[0,1],"01":"unknown"},null,{"index":1,"bitfield":1}]'
	# the other side of the directory is as lost as before
	pair_context peer 01 ""
	text "$GET_B" oscore-protect -f hex peer >request
	run -6 --separate-stderr oscore-unprotect -f hex -r client server request
	refused request:1 "window is lost"
}

@test "the answer to the accepted request carries its own Partial IV" {
	lost
	ask request
	challenged request
	ask retry --echo answer
	hear 0 retry
	run -0 --separate-stderr text "$CONTENT" oscore-protect -f hex --request retry server
	equal "$(oscore-cid -f hex --print partial-iv <<<"$output")" 06
	run -0 --separate-stderr oscore-unprotect -f hex --request retry client <<<"$output"
	prints "$CONTENT"
	# so does one to the request that was refused
	run -0 --separate-stderr text "$CONTENT" oscore-protect -f hex --request request server
	equal "$(oscore-cid -f hex --print partial-iv <<<"$output")" 07
	# and the next request is like any other
	ask next
	hear 0 next
	run -0 --separate-stderr text "$CONTENT" oscore-protect -f hex --request next server
	equal "$(oscore-cid -f hex --print partial-iv <<<"$output")" ""
}

@test "the whole exchange in one stream" {
	lost
	ask first
	challenged first
	ask second --echo answer
	ask third
	cat first second third second | oscore-unprotect -q -p -f hex -t json >stream
	run -6 --separate-stderr oscore-unprotect -k -f json --error-reply replies server stream
	equal "$(jq -r '.error // .code' <<<"$output" | tr '\n' ' ')" "6 GET GET 6 "
	equal "$(jq -r '.code' replies | tr '\n' ' ')" "2.04 4.01 "
}

@test "a number is left for no challenge" {
	client_and_server
	state server '{"next-to-send": 1099511627776, "received": "unknown"}'
	ask request
	hear 6 request
	[ ! -e challenge ]
	grep -q echo_hex server/sequence.json && fail "a challenge that nobody knows"
	state server '{"next-to-send": 1099511627775, "received": "unknown"}'
	challenged request
	equal "$(next_of server)" 1099511627776
	# the retry is accepted all the same
	ask retry --echo answer
	hear 0 retry
}

@test "many contexts: the challenge is that of the one that was found" {
	lost
	mkdir ctx
	mv server ctx/_
	ask request
	run -6 --separate-stderr oscore-unprotect -f hex -C ctx --error-reply challenge request
	run -0 --separate-stderr oscore-unprotect -f hex --request request client challenge
	echo "$output" >answer
	ask retry --echo answer
	run -0 --separate-stderr oscore-unprotect -f hex -C ctx retry
}

@test "--echo FILE: raw, hex and JSON" {
	client_and_server
	echo 64815d1f00003974d4ef01020304 >answer.hex
	raw "$(cat answer.hex)" >answer.raw
	oscore-unprotect -p -f hex -t json client answer.hex >answer.json
	{
		echo "# a comment"
		cat answer.hex
	} >answer.comment
	for format in hex raw json comment; do
		run -0 --separate-stderr bash -c \
			'oscore-protect -f hex --echo "$1" client <<<"$2" | oscore-unprotect -p -f hex client' - "answer.$format" "$GET"
		prints "${GET}d4e401020304"
	done
	# the longest and the shortest
	for value in 01 "$(printf '%080d' 0)" "$(printf '%0600d' 0)"; do
		jq -nc '{code: "4.01", options: [["Echo", {hex: $value}]]}' --arg value "$value" >answer
		run -0 --separate-stderr bash -c \
			'oscore-protect -f hex --echo answer client <<<"$1" | oscore-unprotect -p -f hex -t json client | jq -r ".options[-1][1].hex"' - "$GET"
		prints "$value"
	done
}

@test "--echo: the Echo of the request is replaced, all others stay" {
	client_and_server
	jq -nc '{code:"4.01",options:[["Echo",{hex:"aabb"}]]}' >answer
	for options in '[["Uri-Path","a"],["Echo",{hex:"01"}],["Request-Tag",{hex:"07"}]]' \
		'[["Uri-Path","a"],["Echo",{hex:"01"}],["Echo",{hex:"02"}],["Request-Tag",{hex:"07"}]]' \
		'[["Uri-Path","a"],["Request-Tag",{hex:"07"}]]'; do
		jq -nc "{code:\"GET\",options:$options,payload:\"x\"}" >request
		run -0 --separate-stderr bash -c \
			'oscore-protect -f json --echo answer client request | oscore-unprotect -p -f json client | jq -c "[.options,.payload]"'
		prints '[[["Uri-Path","a"],["Echo",{"hex":"aabb"}],["Request-Tag",{"hex":"07"}]],"x"]'
	done
	# every request of a stream gets it
	run -0 --separate-stderr bash -c \
		'printf "%s\n" "$1" "$1" | oscore-protect -f hex --echo answer client | oscore-unprotect -p -f hex client' - "$GET"
	equal "$output" "${GET}d2e4aabb"$'\n'"${GET}d2e4aabb"
}

@test "--echo FILE without Echo: 5; no message: 5; empty or missing: 1; no number is used" {
	client_and_server
	before=$(snapshot client)
	echo "$CONTENT" >none
	echo zz >bad
	echo 4401 >short
	: >empty
	echo '# nothing' >comment
	for row in "5 none Echo" "5 bad hex|malformed" "5 short malformed" "1 empty empty" \
		"1 comment empty" "1 missing missing"; do
		read -r status_wanted file words <<<"$row"
		run "-$status_wanted" --separate-stderr text "$GET" oscore-protect -f hex --echo "$file" client
		refused "$file" "$words"
		equal "$(snapshot client)" "$before"
	done
	# the answer as it came is a common mistake
	echo "$CONTENT_PROTECTED" >protected
	run -5 --separate-stderr text "$GET" oscore-protect -f hex --echo protected client
	refused protected "no Echo" "hint: .*oscore-unprotect"
	run -2 --separate-stderr text "$GET" oscore-protect -f hex client --echo
	usage_error
}
