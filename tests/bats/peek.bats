#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
#
# oscore-unprotect --peek: reading a conversation without taking part in it.

# shellcheck disable=SC2016,SC2154 # scripts for bash -c; stderr comes from run
load helper

# conversation - its messages in the file messages, as lines of hex, and what they mean in plain:
# requests of both sides, responses, a ping and a reset between them
conversation() {
	client_and_server
	text "$GET" oscore-protect -f hex client >req
	text "$GET_B" oscore-protect -f hex server >req-b
	oscore-unprotect -f hex server req >heard
	oscore-unprotect -f hex client req-b >heard-b
	cat heard heard-b >heard.all
	{
		echo 40000001
		cat req req-b
		text "$CONTENT_B" oscore-protect -f hex --request req-b client
		text "$CONTENT" oscore-protect -f hex --request req server
		echo 70000001
	} >messages
	printf '%s\n' 40000001 "$GET" "$GET_B" "$CONTENT_B" "$CONTENT" 70000001 >plain
}

peek() {
	oscore-unprotect -p -f hex "$@"
}

@test "both directions, seen from each side" {
	conversation
	for side in client server; do
		run -0 --separate-stderr peek $side messages
		prints "$(cat plain)"
	done
}

@test "JSON says who protected what, and that a plain message was not protected" {
	conversation
	run -0 --separate-stderr oscore-unprotect --peek -f hex -t json client messages
	equal "$stderr" ""
	equal "$(jq -r 'if .oscore then .oscore."sender-id_hex" + "/" + (.oscore."kid_hex" // "-") else .oscore end' <<<"$output" | tr '\n' ' ')" \
		"null / 01/01 /- 01/- null "
	equal "$(jq -r 'has("oscore")' <<<"$output" | sort -u)" true
	# and takes JSON
	run -0 --separate-stderr oscore-unprotect -p -t json -f hex client plain
	equal "$(jq -c .oscore <<<"$output" | sort -u)" null
	equal "$(oscore-unprotect -p -f json -t hex client <<<"$output")" "$(cat plain)"
}

@test "nothing changes, and nothing is needed but settings and secret" {
	conversation
	before=$(snapshot client)
	run -0 --separate-stderr peek client messages
	equal "$(snapshot client)" "$before"
	# no state, no role, and a copy at that
	mkdir copy
	cp client/secret.json client/settings.json copy
	before=$(snapshot copy)
	run -0 --separate-stderr peek copy messages
	prints "$(cat plain)"
	equal "$(snapshot copy)" "$before"
	# state that nobody understands, one that is lost, and a copied one
	for written in '{' '{"next-to-send": 1, "received": "unknown"}' "$(cat client/sequence.json)"; do
		echo "$written" >copy/sequence.json
		before=$(snapshot copy)
		run -0 --separate-stderr peek copy messages
		prints "$(cat plain)"
		equal "$(snapshot copy)" "$before"
	done
}

@test "no role is needed" {
	role_context neutral
	role_context client
	text "$GET" oscore-protect -f hex -r client client >messages
	before=$(snapshot neutral)
	for role in "" "-r client" "-r server"; do
		# shellcheck disable=SC2086 # none or two words
		run -0 --separate-stderr peek $role neutral messages
		prints "$GET"
	done
	equal "$(snapshot neutral)" "$before"
}

@test "a directory that may only be read, while another process holds its lock" {
	need_unprivileged
	conversation
	chmod 500 client
	chmod 400 client/*
	before=$(snapshot client)
	run -0 --separate-stderr unprivileged flock -x client/lock oscore-unprotect -p -f hex client \
		messages
	prints "$(cat plain)"
	equal "$(snapshot client)" "$before"
	chmod 700 client
}

@test "replays pass, any number of times" {
	conversation
	cat messages messages messages >three
	run -0 --separate-stderr peek server three
	prints "$(cat plain plain plain)"
}

@test "-v says what is wrong with a response to a request that was seen" {
	client_and_server
	oscore-protect -f hex client <<<"$GET" >messages
	# a peer whose directories have no Master Salt answers the same request
	mkdir unsalted
	(
		cd unsalted
		client_and_server
		sed -i 's/, "salt_hex": "[0-9a-f]*"//' client/secret.json server/secret.json
		oscore-protect -f hex client <<<"$GET" >req
		oscore-unprotect -f hex server req >/dev/null
	)
	oscore-protect -f hex --request unsalted/req unsalted/server <<<"$CONTENT" >>messages
	run -4 --separate-stderr oscore-unprotect -v --peek -k -f hex client messages
	equal "$(cut -c 1-4 <<<"$output")" "${GET:0:4}"$'\n# 4 '
	said "salt"
}

@test "tokens of length zero" {
	client_and_server
	for ((i = 0; i < 3; i++)); do
		echo "40010${i}01b374763${i}" | oscore-protect -f hex client >req
		oscore-unprotect -f hex server req >>plain
		echo "60450${i}01ff3${i}" >response
		cat response >>plain
		cat req >>messages
		oscore-protect -f hex --request req server response >>messages
	done
	run -0 --separate-stderr peek client messages
	prints "$(cat plain)"
}

@test "of the requests with one token the latest counts, then those before" {
	client_and_server
	text "$GET" oscore-protect -f hex client >first
	text "$GET" oscore-protect -f hex client >second
	oscore-unprotect -f hex server <<<"$(cat first second)" >plain
	text "$CONTENT" oscore-protect -f hex --request first server >to-first
	text "$CONTENT" oscore-protect -f hex --request second server >to-second
	cat first second to-second >messages
	run -0 --separate-stderr peek client messages
	prints "$(cat plain)"$'\n'"$CONTENT"
	cat first to-first second to-second >messages
	run -0 --separate-stderr peek client messages
	equal "$(grep -c "$CONTENT" <<<"$output")" 2
	cat first second to-first >messages
	run -0 --separate-stderr peek client messages
	prints "$(cat plain)"$'\n'"$CONTENT"
	# the first one again, as a retransmission
	cat first second first to-first >messages
	run -0 --separate-stderr peek client messages
	equal "$(tail -n 1 <<<"$output")" "$CONTENT"
}

@test "a notification takes its Observe value from its Partial IV" {
	client_and_server
	text "$REGISTER" oscore-protect -f hex client >req
	oscore-unprotect -f hex server req >plain
	echo "$NOTIFY_FIRST" >notifications
	printf '%s\n' "$NOTIFY" "$NOTIFY" |
		oscore-protect -f hex --request req server >>notifications
	cat req notifications >messages
	run -0 --separate-stderr peek server messages
	prints "$(cat plain)"$'\n64455d1f0000397463ffffffff6f6e\n64455d1f0000397460ff6f6e\n64455d1f000039746101ff6f6e'
}

@test "what does not fit is refused, and -k goes on" {
	conversation
	{
		sed -n 5p messages
		echo "${GET_PROTECTED/620914/630914ee}"
		broken "$(sed -n 2p messages)"
		echo 4401
		cat messages
	} >extra
	run -4 --separate-stderr peek client extra
	refused extra:1 "no earlier request"
	run -4 --separate-stderr peek -k client extra
	equal "$(cut -c 1-3 <<<"$output" | head -n 4 | tr '\n' ' ')" "# 4 # 4 # 4 # 5 "
	equal "$(tail -n +5 <<<"$output")" "$(cat plain)"
	# among many, where one fits
	mkdir tree
	cp -r client tree
	run -4 --separate-stderr peek -C tree extra
	refused extra:1 "no earlier request"
	run -4 --separate-stderr peek -k -C tree <(broken "$(cat req)")
	equal "$(cut -c 1-4 <<<"$output")" "# 4 "
	said "tag"
	# it verifies, and is malformed inside
	pair_context other 737276 636c69
	sed -n 's/.*"name": "inner-delta-15".*"hex": "\([0-9a-f]*\)".*/\1/p' \
		"$ROOT/tests/vectors/messages.jsonl" >malformed
	run -5 --separate-stderr peek other malformed
	refused malformed:1
}

@test "a refused request is not one that a response may answer" {
	conversation
	{
		broken "$(cat req)"
		sed -n 5p messages
	} >extra
	run -4 --separate-stderr peek -k client extra
	said "extra:2: .*no earlier request"
}

@test "kid context: another ID Context is refused" {
	pair_context client "" 01 '"id-context_hex": "0102"'
	pair_context server 01 "" '"id-context_hex": "0102"'
	text "$GET" oscore-protect -f hex client >req
	run -0 --separate-stderr peek server req
	prints "$GET"
	sed -i 's/0102/0103/' server/settings.json
	run -4 --separate-stderr peek server req
	refused req:1 "kid context"
}

@test "raw and payload" {
	conversation
	run -0 --separate-stderr feed "$(cat req)" oscore-unprotect -p -t hex client
	prints "$GET"
	cat req >two
	tail -n 2 messages | head -n 1 >>two
	run -2 --separate-stderr oscore-unprotect -p -f hex -t payload client two
	said "more"
}

@test "many tokens" {
	pair_context client "" 01
	for ((i = 0; i < 5000; i++)); do
		printf '440100%02x%08xb3747632\n' $((i % 256)) $i
	done >plain
	oscore-protect -f hex client plain >messages
	run -0 --separate-stderr bash -c 'oscore-unprotect -p -f hex client messages | cmp - plain'
	silent
}

@test "--peek goes without what changes or binds" {
	conversation
	run -2 --separate-stderr peek --request req client messages
	usage_error "--peek"
	run -2 --separate-stderr peek --moved client messages
	usage_error "--peek"
	run -2 --separate-stderr peek --error-reply reply client messages
	usage_error "--peek"
	[ ! -e reply ]
	run -2 --separate-stderr peek --any-token client messages
	usage_error "--any-token"
}

@test "a captured conversation, from tshark" {
	command -v tshark text2pcap >/dev/null || skip "no tshark"
	conversation
	while read -r message; do
		echo "$message" | xxd -r -p | od -Ax -tx1 -v
	done <messages >dump
	text2pcap -q -u 5683,40000 dump file.pcap
	run -0 --separate-stderr bash -c 'tshark -r file.pcap -T fields -e udp.payload 2>/dev/null | oscore-unprotect -p -f hex client'
	prints "$(cat plain)"
}

@test "so many requests are remembered, the latest ones" {
	client_and_server
	awk 'BEGIN { for (i = 0; i < 65538; i++) printf "44010000%08x\n", i }' >plain
	oscore-protect -f hex client plain >requests
	for n in 1 2 3 65000; do
		sed -n "${n}p" requests >req
		text "64450000$(printf %08x $((n - 1)))" oscore-protect -f hex --request req server
	done >responses
	cat requests responses >messages
	run -4 --separate-stderr oscore-unprotect -p -k -f hex server messages
	equal "$(head -n 65538 <<<"$output")" "$(cat plain)"
	equal "$(tail -n 4 <<<"$output" | cut -c 1-16)" \
		$'# 4 a response, \n# 4 a response, \n6445000000000002\n644500000000fde7'
	# a token that is used over and over stands for one request
	sed 's/^\(4401\).\{12\}/40010000/' plain >same
	oscore-protect -f hex client same >requests
	tail -n 1 requests >req
	text 60450000 oscore-protect -f hex --request req server >responses
	run -0 --separate-stderr oscore-unprotect -p -f hex server <(cat requests responses)
	equal "$(sort -u <<<"$output")" $'40010000\n60450000'
}
