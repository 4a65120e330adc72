#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
#
# What a hint says leads on: what the input is, and what makes a message of it.

# shellcheck disable=SC2016,SC2154 # scripts for bash -c; stderr comes from run
load helper

# hinted REGEX - one hint, and this is it
hinted() {
	equal "$(grep -c ': hint: ' <<<"$stderr")" 1
	said "hint: .*$1"
}

# takes FILE REGEX - no format reads the file, and whatever was tried the hint is this one
takes() {
	local format
	for format in raw hex json; do
		run -5 --separate-stderr oscore-protect -f "$format" client "$1"
		refused "$1:"
		hinted "$2"
		[[ $stderr != *"add '-f $format'"* ]] || fail "the format that was tried"
	done
}

# becomes COMMAND FILE - what the hint says makes the message of it
becomes() {
	bash -c "$1" - <"$2" >made
	equal "$(hex_of made)" "$GET"
}

@test "dumps of other programs: xxd -r" {
	client_and_server
	before=$(snapshot client)
	raw "$GET" >request
	xxd request >dump
	takes dump 'dump with offsets: xxd -r'
	becomes 'xxd -r' dump
	od -A x -t x1 request >dump
	takes dump 'dump with offsets: xxd -r'
	becomes 'xxd -r' dump
	{
		echo "0000  44 01 5d 1f 00 00 39 74 39 6c 6f 63 61 6c 68 6f   D.]...9t9localho"
		echo "0010  73 74 83 74 76 31                                 st.tv1"
	} >dump
	takes dump 'dump with offsets: xxd -r'
	becomes 'xxd -r' dump
	{
		echo "00000000  44 01 5d 1f 00 00 39 74  39 6c 6f 63 61 6c 68 6f  |D.]...9t9localho|"
		echo "00000010  73 74 83 74 76 31                                 |st.tv1|"
		echo "00000016"
	} >dump
	takes dump "dump with offsets: sed .*xxd -r"
	becomes "sed 's/|.*//' | tr -s ' ' | xxd -r" dump
	equal "$(snapshot client)" "$before"
}

@test "captures: the line for tshark" {
	client_and_server
	printf '\xd4\xc3\xb2\xa1\x02\x00\x04\x00' >file
	takes file 'capture file: .tshark -r FILE -Y coap -T fields -e udp.payload'
	printf '\x0a\x0d\x0d\x0a\x1c\x00\x00\x00' >file
	takes file 'capture file: .tshark'
}

@test "text that means a message" {
	client_and_server
	before=$(snapshot client)
	while IFS='|' read -r text words; do
		printf '%b\n' "$text" >file
		takes file "$words"
	done <<-'END'
		RAFdHwAAOXQ5bG9jYWxob3N0g3R2MQ==|base64
		RAFdHwAAOXQ5bG9jYWxob3N0g3R2MQ|base64
		\\x44\\x01\\x5d|printf
		"\\x44\\x01"|printf
		b'\\x44\\x01'|printf
		h'44015d1f'|diagnostic notation
		GET coap://localhost/tv1|say the request in JSON
		post /tv1|say the request in JSON
		coap://localhost/tv1|say the request in JSON
		hello, world|text is no message
		Zwölf Boxkämpfer|text is no message
		"44015d1f"|quotes
		'44015d1f'|quotes
		0x44,0x01,0x5d|commas
		{0x44, 0x01, 0x5d}|commas
		44, 01, 5d|commas
		[{"code":"GET"}]|a JSON array: jq -c '\.\[\]'
	END
	printf '\xef\xbb\xbf%s\n' "$GET" >file
	takes file "byte order mark"
	becomes 'tail -c +4 | xxd -r -p' file
	printf '\xff\xfe4\x004\x00' >file
	takes file "UTF-16"
	equal "$(snapshot client)" "$before"
}

@test "hex: an odd number of digits, and lines behind the first" {
	client_and_server
	run -5 --separate-stderr text "${GET}7" oscore-protect -f hex client
	hinted "an odd number of digits"
	run -5 --separate-stderr text "${GET}xx" oscore-protect -f hex client
	[[ $stderr != *hint* ]] || fail "a hint"
	run -5 --separate-stderr text "$GET"$'\n"'"$GET"'"' oscore-protect -f hex client
	one_error "<stdin>:2"
	hinted quotes
	run -5 --separate-stderr text "$GET"$'\n'"GET coap://h" oscore-protect -f hex client
	hinted "say the request in JSON"
}

@test "a message that xxd -p or od has cut: the line behind says so" {
	client_and_server
	long=40030001ff$(printf '00%.0s' {1..40})
	raw "$long" | xxd -p >folded
	equal "$(wc -l <folded)" 2
	run -5 --separate-stderr oscore-protect -f hex client folded
	one_error folded:2
	hinted "the line before has 30 bytes, as xxd -p .*tr -d"
	# blanks, digits lost: the same
	raw 40030001ff | cat - <(printf 'a text of some length') | od -An -v -t x1 >folded
	run -5 --separate-stderr oscore-protect -f hex client folded
	one_error folded:2
	hinted "the line before has 16 bytes, as od .*tr -d"
	run -5 --separate-stderr bash -c 'sed "2s/.\$//" folded | oscore-protect -f hex client'
	hinted "the line before has 16 bytes"
	# not if something stands between, and not for another error
	run -5 --separate-stderr bash -c '{ sed "1a #" folded; } | oscore-protect -f hex client'
	one_error "<stdin>:3"
	[[ $stderr != *"line before"* ]] || fail "not the line before"
	run -5 --separate-stderr bash -c '{ head -n 1 folded; echo "$1"; } | oscore-protect -f hex client' - "$GET_PROTECTED"
	said "has an OSCORE option already"
	[[ $stderr != *"line before"* ]] || fail "a whole message is no rest"
}

@test "no context for this kid: both IDs" {
	client_and_server
	raw "$GET_PROTECTED" >req
	pair_context other 01 02
	run -4 --separate-stderr oscore-unprotect other req
	refused req:1 "no context for this kid$"
	hinted "its kid is empty, and the Recipient ID of this context is 02$"
	run -4 --separate-stderr text "${GET_PROTECTED/620914/640914aabb}" oscore-unprotect -f hex server
	hinted "its kid is aabb, and the Recipient ID of this context is empty$"
	mkdir ctx
	run -4 --separate-stderr text "${GET_PROTECTED/620914/640914aabb}" oscore-unprotect -f hex -C ctx
	hinted "its kid is aabb$"
}

@test "the plain request given as --request" {
	accepted
	raw "$GET" >plain
	run -5 --separate-stderr text "$CONTENT" oscore-protect -f hex --request plain server
	refused plain:1 "not an OSCORE request: this is a plain one, and the protected one is needed"
	hinted "oscore-protect wrote"
	run -5 --separate-stderr text "$CONTENT_PROTECTED" oscore-unprotect -f hex --request plain client
	refused plain:1 "this is a plain one"
	raw "$CONTENT" >plain
	run -5 --separate-stderr text "$CONTENT" oscore-protect -f hex --request plain server
	refused plain:1 "not an OSCORE request$"
}

@test "a response that does not verify, to a request that does" {
	client_and_server
	raw "$GET_PROTECTED" >req
	run -4 --separate-stderr text "$(broken "$CONTENT_PROTECTED")" oscore-unprotect -f hex --request req client
	refused "<stdin>:1" "verification failed"
	hinted "the request verifies, so the keys are the same: the peer's Sender ID is another, or this answers another"
	run -4 --separate-stderr text "$(broken "$GET_PROTECTED")" oscore-unprotect -f hex server
	hinted "-v tries the usual mistakes"
}

@test "-v on a replay: the number, the window, the tag" {
	accepted
	before=$(snapshot server)
	run -6 --separate-stderr text "$GET_PROTECTED" oscore-unprotect -f hex -v server
	refused "<stdin>:1" "replayed message"
	hinted "its number is 20, and the window begins at 0: received before; its tag verifies$"
	run -6 --separate-stderr text "$(broken "$GET_PROTECTED")" oscore-unprotect -f hex -v server
	hinted "its number is 20, .*its tag does not verify, so it is no copy$"
	equal "$(snapshot server)" "$before"
	pair_state server 0 100 0
	run -6 --separate-stderr text "$GET_PROTECTED" oscore-unprotect -f hex -v server
	hinted "its number is 20, and the window begins at 100: too old, or received before; its tag verifies$"
	run -6 --separate-stderr text "$GET_PROTECTED" oscore-unprotect -f hex server
	[[ $stderr != *hint* ]] || fail "without -v"
}

@test "JSON: values that are hardly meant" {
	client_and_server
	while IFS='|' read -r option words; do
		run -0 --separate-stderr text "{\"code\":\"GET\",\"options\":[[\"ETag\",\"a\"],$option]}" oscore-protect -f json client
		equal "$(grep -c . <<<"$stderr")" 1
		said "^oscore-protect: <stdin>:1: warning: options\[1\]: $words"
	done <<-'END'
		["Content-Format","60"]|text for Content-Format, which is an integer$
		["observe","0"]|text for Observe, which is an integer$
		["Uri-Path",1]|an integer for Uri-Path, which is text$
		["Uri-Path","a/b"]|a '/' in one Uri-Path: each segment is an option, or say "uri"$
		["Uri-Query","a=b&c=d"]|an '&' in one Uri-Query: each argument is an option, or say "uri"$
	END
	# what a number or hex says is meant, and so is what a URI has escaped
	run -0 --separate-stderr text '{"code":"GET","options":[[12,"60"],[11,"a/b"],["Uri-Path",{"hex":"2f"}]]} {"code":"GET","uri":"/a%2fb?c%26"}' oscore-protect -f json client
	equal "$stderr" ""
	# once in a run, and not with -q
	message='{"code":"GET","options":[["Uri-Path","/a"]]}'
	run -0 --separate-stderr text "$message$message" oscore-protect -f json client
	equal "$(grep -c warning <<<"$stderr")" 1
	run -0 --separate-stderr text "$message" oscore-protect -q -f json client
	equal "$stderr" ""
}

@test "settings.json: a key near a known one warns" {
	pair_context client "" 01 '"windo": 64'
	run -0 --separate-stderr text "$GET" oscore-protect -f hex client
	equal "$(grep -c . <<<"$stderr")" 1
	said "^oscore-protect: client: warning: a key is unknown, but near a known one: .oscore-show --check. says which"
	pair_context other "" 01 '"comment": "ours"'
	run -0 --separate-stderr text "$GET" oscore-protect -f hex other
	equal "$stderr" ""
}
