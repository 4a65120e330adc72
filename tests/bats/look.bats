#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
#
# What a gateway needs: looking at the traffic of many devices or of unknown ones, answering
# many devices, telling errors apart.

# shellcheck disable=SC2016,SC2154 # scripts for bash -c; stderr comes from run
load helper
load contexts

# answer NAME REQUEST [OPTION...] - what ctx/NAME answers
answer() {
	local name=$1 request=$2
	shift 2
	echo "$request" >request.tmp
	text "$CONTENT" oscore-protect -f hex --request request.tmp "$@" "ctx/$name"
}

@test "-p -C: the traffic of many devices, both directions, in one run" {
	for kid in 0a 0b; do
		peer $kid $kid
		from $kid >req.$kid
		unprotect "$(cat req.$kid)" >/dev/null
		answer $kid "$(cat req.$kid)" >rsp.$kid
	done
	# a request of this side to a device, with its token
	text "$GET" oscore-protect -f hex ctx/0b >own
	oscore-unprotect -f hex peers/0b own >/dev/null
	cat req.0a req.0b rsp.0b rsp.0a own >messages
	before=$(snapshot ctx)
	run -0 --separate-stderr oscore-unprotect -p -f hex -t json -C ctx messages
	equal "$stderr" ""
	equal "$(jq -r '.oscore.context + "/" + .oscore["sender-id_hex"]' <<<"$output" | tr '\n' ' ')" \
		"ctx/0a/0a ctx/0b/0b ctx/0b/ff ctx/0a/ff ctx/0b/ff "
	equal "$(jq -r .code <<<"$output" | tr '\n' ' ')" "GET GET 2.05 2.05 GET "
	equal "$(snapshot ctx)" "$before"
	# unknown ones are refused in their place
	run -4 --separate-stderr oscore-unprotect -p -k -f hex -C ctx < <(
		echo "${GET_PROTECTED/620914/630914ee}"
		cat req.0a
	)
	equal "${lines[1]}" "$GET"
	# a directory for both roles needs none
	role_context ctx/neutral
	run -0 --separate-stderr oscore-unprotect -p -f hex -C ctx <<<"$GET_PROTECTED"
	equal "$output" "$GET"
}

@test "-p without CONTEXT: the outer messages, nothing verified" {
	echo "$GET_PROTECTED" >message
	for form in message - ""; do
		# shellcheck disable=SC2086 # none or one
		run -0 --separate-stderr oscore-unprotect -p -f hex $form <message
		equal "$output" "$GET_PROTECTED"
		said "hint: nothing was verified"
	done
	run -0 --separate-stderr oscore-unprotect -q -p -f hex -t json message
	equal "$stderr" ""
	equal "$(jq -c .oscore <<<"$output")" \
		'{"kid_hex":"","kid-context_hex":null,"partial-iv_hex":"14","sender-id_hex":null,"context":null}'
	run -0 --separate-stderr oscore-unprotect -p -f hex -t json <<<"$GET"
	equal "$stderr" ""
	equal "$(jq -c .oscore <<<"$output")" null
	run -1 --separate-stderr oscore-unprotect -p -f hex missing
	refused missing
	run -7 --separate-stderr oscore-unprotect -p -f hex missing message
	refused missing
}

@test "-p: a response is tried with earlier requests of its token, too" {
	client_and_server
	# the same token four times, from both sides; all are answered at the end, in any order
	for i in 1 2 3; do
		text "$GET" oscore-protect -f hex client >req.$i
		oscore-unprotect -f hex server req.$i >/dev/null
	done
	text "$GET" oscore-protect -f hex server >req.4
	oscore-unprotect -f hex client req.4 >/dev/null
	for i in 1 2 3; do
		text "$CONTENT" oscore-protect -f hex --request req.$i server >rsp.$i
	done
	text "$CONTENT" oscore-protect -f hex --request req.4 client >rsp.4
	for order in "1 2 3 4" "4 3 2 1" "2 4 1 3" "1 1 3 2"; do
		for i in $order; do
			cat rsp."$i"
		done >answers
		run -0 --separate-stderr oscore-unprotect -p -f hex client < <(cat req.[1-4] answers)
		equal "$stderr" ""
		equal "$(tail -n 4 <<<"$output" | sort -u)" "$CONTENT"
	done
	# a forged one stays one
	run -4 --separate-stderr oscore-unprotect -p -f hex client < <(
		cat req.[1-4]
		broken "$(cat rsp.2)"
	)
	said "<stdin>:5: .*tag"
}

@test "oscore-protect -C: each answer with the context of its request" {
	for kid in 0a 0b 0c; do
		peer $kid $kid
		text "440100${kid}000000${kid}b3747631" oscore-protect -f hex peers/$kid >req.$kid
		unprotect "$(cat req.$kid)" >/dev/null
	done
	cat req.* >requests
	for kid in 0b 0a 0c 0b; do
		echo "644500${kid}000000${kid}ff48"
	done >answers
	run -0 --separate-stderr oscore-protect -f hex -C ctx --request requests answers
	equal "$stderr" ""
	for line in 0:0b 1:0a 2:0c 3:0b; do
		kid=${line#*:}
		equal "$(text "${lines[${line%:*}]}" oscore-unprotect -f hex --request req."$kid" peers/"$kid")" \
			"644500${kid}000000${kid}ff48"
	done
	# the second answer to one request carries a number of its own
	equal "$(member ctx/0b next-to-send)" 1
	equal "$(member ctx/0a next-to-send)" 0
	equal "$(member ctx/0b answered)" '{"index":0,"bitfield":1}'
	# a request of nobody, and -k
	text "44010001000000eeb3747631" oscore-protect -f hex peers/0a >stranger
	sed -i 's/^\(.*\)0a\(ff.*\)$/\1ee\2/' stranger
	run -4 --separate-stderr oscore-protect -k -f hex -C ctx --request <(cat stranger requests) < <(
		echo "64450001000000eeff48"
		head -n 1 answers
	)
	[[ ${lines[0]} == "# 4 "* ]] || fail "${lines[0]}"
	equal "${#lines[@]}" 2
	# one that is busy or damaged refuses its answers only
	echo "{" >ctx/0b/sequence.json
	run -7 --separate-stderr oscore-protect -k -f hex -C ctx --request requests answers
	[[ ${lines[0]} == "# 7 ctx/0b/sequence.json: "* && ${lines[1]} != "#"* ]] || fail "not apart"
	run -2 --separate-stderr oscore-protect -f hex -C ctx answers
	usage_error "--request"
}

@test "--fail: 9 for an error that was verified; else the payload's code is said" {
	client_and_server
	text "$GET" oscore-protect -f hex client >req
	oscore-unprotect -f hex server req >/dev/null
	for code in 44 45 84 a0; do
		text "64${code}5d1f00003974ff48" oscore-protect -f hex --request req server >rsp.$code
		wanted=9
		[[ $code == 4* ]] && wanted=0
		run -$wanted --separate-stderr oscore-unprotect --fail -f hex --request req client rsp.$code
		prints "64${code}5d1f00003974ff48"
		run -$wanted --separate-stderr oscore-unprotect --fail -f hex -t payload --request req \
			client rsp.$code
		prints H
		run -0 --separate-stderr oscore-unprotect -f hex -t payload --request req client rsp.$code
		equal "$output" H
		if [ $wanted -eq 9 ]; then
			said "rsp.$code:1: the answer is an error: [45]\.0[04]"
		else
			equal "$stderr" ""
		fi
	done
	# what is refused comes first
	run -4 --separate-stderr oscore-unprotect -k --fail -f hex --request req client < <(
		broken "$(cat rsp.45)"
		cat rsp.84
	)
	equal "${lines[1]}" "64845d1f00003974ff48"
}

@test "oscore-cid: -k goes on; -C: one line for each message" {
	peer a 01 aa
	peer b 01 bb
	peer c 02
	run -3 --separate-stderr oscore-cid -k -f hex < <(
		from c
		echo "$GET"
		from a
	)
	equal "$output" "02"$'\n\n'"01@aa"
	one_error "<stdin>:2"
	run -3 --separate-stderr oscore-cid -k -f hex -C ctx < <(
		from a --no-kid-context
		echo "$GET"
		echo "${GET_PROTECTED/620914/630914ee}"
		from c
	)
	equal "$output" "ctx/a ctx/b"$'\n\n\n'"ctx/c"
}
