#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
#
# Messages as JSON: in, out, and what is no message.

# shellcheck disable=SC2016,SC2154 # scripts for bash -c; stderr comes from run
load helper

# plain JSON-TEXT - what the server gets when the client protects this, as hex
plain() {
	text "$1" oscore-protect -f json -t hex client | oscore-unprotect -f hex server
}

# as_json HEX-LINES - what is written as JSON when the client protects these and the
# server unprotects them, without "oscore"
as_json() {
	text "$1" oscore-protect -f hex client | oscore-unprotect -f hex -t json server | jq -c 'del(.oscore)'
}

# bad JSON-TEXT REGEX... - refused as message 1 with 5, and nothing is used up
bad() {
	local message=$1
	shift
	run -5 --separate-stderr text "$message" oscore-protect -f json client
	refused "<stdin>:1" "$@"
}

EXAMPLE='{"type":"NON","code":"GET","mid":23839,"token_hex":"00003974",
 "options":[["Uri-Host","localhost"],["Uri-Path","tv1"],["Observe",0],["ETag",{"hex":"4f01"}],["If-None-Match"],[65000,{"hex":""}]],
 "payload":"on","payload_hex":"6f6e","oscore":{"kid_hex":"01"},"meta":{"a":1}}'

@test "the example of the manual, in and out" {
	client_and_server
	run -0 --separate-stderr plain "$EXAMPLE"
	prints 54015d1f00003974396c6f63616c686f7374124f01101053747631e0fcd0ff6f6e
	run -0 --separate-stderr as_json "$output"
	prints '{"type":"NON","code":"GET","mid":23839,"token_hex":"00003974","options":[["Uri-Host","localhost"],["ETag",{"hex":"4f01"}],["If-None-Match"],["Observe",0],["Uri-Path","tv1"],[65000,{"hex":""}]],"payload":"on","payload_hex":"6f6e"}'
}

@test "only code is required; Message ID and token are random, the type is NON" {
	client_and_server
	run -0 --separate-stderr plain '{"code":"GET"}{"code":"GET"}'
	equal "$stderr" ""
	matches $'5401[0-9a-f]{12}\n5401[0-9a-f]{12}'
	differ "${lines[0]}" "${lines[1]}"
}

@test "an Empty message is CON by default" {
	client_and_server
	run -5 --separate-stderr text '{"code":"0.00","type":"NON"}' oscore-protect -f json client
	refused "<stdin>:1" "an Empty message of type NON"
	for object in '{"code":"0.00","mid":1}' '{"code":"0.00","mid":1,"type":"CON"}'; do
		run -5 --separate-stderr text "$object" oscore-protect -f json client
		refused "<stdin>:1" "an Empty message has nothing to protect"
		run -0 --separate-stderr text "$object" oscore-unprotect -q -p -f json -t hex client
		prints 40000001
	done
}

@test "output is JSON by default if the input is, one object a line" {
	client_and_server
	run -0 --separate-stderr text "$EXAMPLE$EXAMPLE" oscore-protect -f json client
	equal "$stderr" ""
	equal "${#lines[@]}" 2
	equal "$(jq -c '[.type,.code,.mid,.token_hex,.options[2][0]]' <<<"${lines[0]}")" '["NON","FETCH",23839,"00003974","OSCORE"]'
	run -0 --separate-stderr text "$output" oscore-unprotect -f json -t hex server
	equal "${lines[0]}" "${lines[1]}"
	equal "${lines[0]}" 54015d1f00003974396c6f63616c686f7374124f01101053747631e0fcd0ff6f6e
}

@test "objects stand behind each other in any white space" {
	client_and_server
	run -0 --separate-stderr bash -c '
		printf "\r\n\t {\"code\":\n\"POST\",\"mid\":1\r,\"token_hex\":\"\"}{\"code\":\"PUT\",\"mid\":2,\"token_hex\":\"\"}\n\n" |
			oscore-protect -f json -t hex client | oscore-unprotect -f hex server
	'
	prints $'50020001\n50030002'
	run -0 --separate-stderr bash -c '
		printf "{\"code\":\"GET\",\"mid\":3,\"token_hex\":\"\"}" | oscore-protect -f json -t hex client | oscore-unprotect -f hex server
	'
	prints 50010003
}

@test "names, codes and types in any case" {
	client_and_server
	run -0 --separate-stderr plain '{"code":"ipatch","type":"con","mid":1,"token_hex":"AB","options":[["URI-path","x"],["eTag",{"hex":"Ff"}]]}'
	prints 41070001ab41ff7178
	run -0 --separate-stderr plain '{"code":"0.05","mid":1,"token_hex":""}'
	prints 50050001
}

@test "the type of a value decides, not what is in it" {
	client_and_server
	run -0 --separate-stderr plain '{"code":"GET","mid":1,"token_hex":"","options":[[12,"0"],[12,0],[12,256],[12,{"hex":"00"}],[12]]}'
	prints 50010001c130000201000100"00"
}

@test "what is not text comes as hex" {
	client_and_server
	# Uri-Path ff, U+202E, ESC, newline, "a"; payload ESC
	run -0 --separate-stderr as_json 50010001b1ff03e280ae011b010a0161ff1b
	equal "$(jq -c .options <<<"$output")" '[["Uri-Path",{"hex":"ff"}],["Uri-Path",{"hex":"e280ae"}],["Uri-Path",{"hex":"1b"}],["Uri-Path","\n"],["Uri-Path","a"]]'
	equal "$(jq -c '[.payload,.payload_hex]' <<<"$output")" '[null,"1b"]'
	run -0 --separate-stderr as_json 50010001c1000200010232ff
	equal "$(jq -c .options <<<"$output")" '[["Content-Format",{"hex":"00"}],["Content-Format",{"hex":"0001"}],["Content-Format",13055]]'
}

@test "meta goes through protect and unprotect, oscore does not" {
	client_and_server
	run -0 --separate-stderr bash -c '
		printf "%s" "{\"meta\":{\"x\":1.50,\"y\":[1,2]},\"code\":\"GET\",\"oscore\":{\"kid_hex\":\"99\"}}{\"code\":\"GET\"}{\"code\":\"GET\",\"meta\":null}" |
			oscore-protect -f json client | oscore-unprotect -f json server
	'
	equal "$stderr" ""
	[[ ${lines[0]} == *',"meta":{"x":1.50,"y":[1,2]}}' ]] || fail "first"
	[[ ${lines[1]} != *meta* ]] || fail "second"
	[[ ${lines[2]} == *',"meta":null}' ]] || fail "third"
	[[ $output != *'"99"'* ]] || fail "oscore"
}

@test "oscore says what the OSCORE option has, whose the message is, and which directory it was" {
	client_and_server
	run -0 --separate-stderr bash -c 'echo "$1" | oscore-protect -f hex -t json client | tee /dev/stderr |
		oscore-unprotect -f json server | jq -c .oscore' - "$GET"
	equal "$output" '{"kid_hex":"","kid-context_hex":null,"partial-iv_hex":"14","sender-id_hex":"","context":"server"}'
	equal "$(jq -c .oscore <<<"$stderr")" '{"kid_hex":"","kid-context_hex":null,"partial-iv_hex":"14","sender-id_hex":"","context":"client"}'
	raw "$GET_PROTECTED" >req
	run -0 --separate-stderr bash -c 'echo "$1" | oscore-unprotect -f hex -t json --request req client | jq -c .oscore' - "$CONTENT_PROTECTED_NEW"
	prints '{"kid_hex":null,"kid-context_hex":null,"partial-iv_hex":"00","sender-id_hex":"01","context":"client"}'
}

@test "meta over several lines leaves one line" {
	client_and_server
	run -0 --separate-stderr text $'{"code":"GET","meta":{\n"a":\r\n1}}' oscore-protect -f json client
	equal "${#lines[@]}" 1
	equal "$(jq -c .meta <<<"$output")" '{"a":1}'
}

@test "JSON that is no message: 5, the number, and nothing is used up" {
	client_and_server
	before=$(snapshot client)
	bad '{}' '"code" is missing'
	bad '[]' 'not a JSON object'
	bad '"GET"' 'not a JSON object'
	bad -7 'not a JSON object'
	bad '{"cdoe":"GET"}' 'did you mean "code"'
	bad '{"code":"GET","payload-hex":"00"}' 'did you mean "payload_hex"'
	bad '{"code":"GET","token":"00"}' 'did you mean "token_hex"'
	bad '{"code":"GET","Token":"00"}' 'did you mean "token_hex"'
	bad '{"code":"GET","x":"00"}' '"x": unknown key$'
	bad '{"code":"GET\u0000xyzabcdefghijkl"}' code
	bad '{"code":"GET","options":[["ETag\u0000xyzabcdefghi","a"]]}' "options\[0\]"
	bad '{"code":"GET","foo":1}' '"foo": unknown key'
	bad '{"code":"9.99"}' 'code'
	bad '{"code":"1.00"}' 'code'
	bad '{"code":"7.01"}' 'code'
	bad '{"code":5}' 'code'
	bad '{"code":"GTE"}' 'did you mean "GET"'
	bad '{"code":"GET","type":"NOPE"}' 'type'
	bad '{"code":"GET","mid":70000}' 'mid.*65535'
	bad '{"code":"GET","mid":-1}' 'mid.*65535'
	bad '{"code":"GET","mid":"1"}' 'mid'
	bad '{"code":"GET","mid":1e3}' 'mid'
	bad '{"code":"GET","token_hex":"000102030405060708"}' 'token_hex.*9 bytes'
	bad '{"code":"GET","token_hex":"0"}' 'token_hex'
	bad '{"code":"GET","payload":1}' 'payload'
	bad '{"code":"GET","payload":"a","payload_hex":"62"}' 'payload and payload_hex disagree'
	bad '{"code":"0.00","payload":"a"}' '0\.00'
	equal "$(snapshot client)" "$before"
}

@test "options that are none: 5, with their place" {
	client_and_server
	before=$(snapshot client)
	while IFS='|' read -r options words; do
		bad '{"code":"GET","options":'"$options}" "$words"
	done <<-'END'
		{}|options: not an array
		[["Uri-Path","a"],["Uri-Pth","b"]]|options\[1\].*did you mean "Uri-Path"
		[["Uri-Path",true]]|options\[0\]
		[["Uri-Path",null]]|options\[0\]
		[["Uri-Path",["a"]]]|options\[0\]
		[["Uri-Path",1.5]]|options\[0\]
		[["Observe",-1]]|options\[0\].*negative
		[["Size1",18446744073709551616]]|options\[0\].*64 bits
		[["ETag",{"hex":"0"}]]|options\[0\].*hex
		[["ETag",{"hexx":"00"}]]|options\[0\]
		[["ETag",{"hex":"00","a":1}]]|options\[0\]
		[["ETag","a","b"]]|options\[0\]
		[[]]|options\[0\]
		[65536]|options\[0\]
		[[65536,"a"]]|options\[0\].*65535
		[[null,"a"]]|options\[0\]
	END
	equal "$(snapshot client)" "$before"
}

@test "what is no JSON: 5" {
	client_and_server
	before=$(snapshot client)
	bad '{"code":"GET",}' 'line 1, column 15: not JSON'
	bad '{"code":"GET"' 'ends too early'
	bad '{"code":"GET","code":"GET"}' 'twice'
	bad '{"code":"GET","\u0063ode":"GET"}' 'twice'
	bad '{"code":"GET","meta":{"a":1,"a":2}}' 'twice'
	bad '{"code":"GET","payload":"\ud800"}'
	bad $'{"code":"GET","payload":"\xff"}' 'UTF-8'
	bad "{'code':'GET'}" 'not JSON'
	bad $'\xef\xbb\xbf{"code":"GET"}' 'not a JSON object'
	bad '=GET'
	bad ',{"code":"GET"}'
	equal "$(snapshot client)" "$before"
}

@test "\\u0000 in a string is legal, a NUL byte in the text is not" {
	client_and_server
	run -0 --separate-stderr plain '{"code":"PUT","mid":1,"token_hex":"","payload":"a\u0000b"}'
	prints 50030001ff610062
	for format in '{"code":"PUT","payload":"a\0b"}' '{"code":"PUT"\0}' '\0{"code":"PUT"}'; do
		# shellcheck disable=SC2059 # the format makes the NUL
		run -5 --separate-stderr bash -c 'printf "$1" | oscore-protect -f json client' - "$format"
		refused "<stdin>:1" "JSON"
	done
}

@test "a message of 70000 bytes is refused, in JSON and in hex; 65535 are too many to protect" {
	client_and_server
	before=$(snapshot client)
	for length in 70000 65531; do
		bytes=$(head -c "$length" /dev/zero | tr '\0' a)
		printf '{"code":"PUT","token_hex":"","payload":"%s"}\n' "$bytes" >message
		run -5 --separate-stderr oscore-protect -f json client message
		refused "message:1" "65535"
		printf '50030001ff%s\n' "${bytes//a/61}" >message
		run -5 --separate-stderr oscore-protect -f hex client message
		refused "message:1" "65535"
	done
	equal "$(snapshot client)" "$before"
}

@test "an object of more than 1 MiB is refused, and bounded in memory" {
	client_and_server
	run -5 --separate-stderr bash -c '
		{ printf "{\"code\":\"GET\",\"meta\":\""; head -c 3000000 /dev/zero | tr "\0" a; printf "\"}{\"code\":\"GET\"}"; } |
			oscore-protect -k -f json client
	'
	one_error "<stdin>:1"
	said "1 MiB"
	equal "${#lines[@]}" 1
	run -5 --separate-stderr timeout 20 bash -c 'tr "\0" "[" </dev/zero | oscore-protect -f json client'
	one_error "<stdin>:1"
	run -5 --separate-stderr timeout 20 bash -c 'tr "\0" 1 </dev/zero | oscore-protect -f json client'
	one_error "<stdin>:1"
	equal "$(next_of client)" 20
}

@test "-k: a refused message gives an object in its place, and no JSON ends the stream" {
	client_and_server
	run -5 --separate-stderr text '{"code":"GET","mid":1}{"cod":1}[1]{"code":"GET","mid":2} {"code":"GET",} {"code":"GET"}' oscore-protect -k -f json client
	equal "$(jq -c '[.mid,.error,(.message|type)]' <<<"$output")" $'[1,null,"null"]\n[null,5,"string"]\n[null,5,"string"]\n[2,null,"null"]\n[null,5,"string"]'
	for n in 2 3 5; do
		said "^oscore-protect: <stdin>:$n: malformed"
	done
	equal "$(next_of client)" 22
}

@test "-k: replays in JSON" {
	client_and_server
	run -6 --separate-stderr text "$GET_PROTECTED"$'\n'"$GET_PROTECTED" oscore-unprotect -k -f hex -t json server
	equal "$(jq -r '.code // .error' <<<"$output")" $'GET\n6'
	equal "${lines[1]}" '{"error":6,"message":"replayed message"}'
}

@test "the request file may be JSON" {
	accepted
	text "$GET_PROTECTED" oscore-cid -f hex >/dev/null
	printf '{"type":"CON","code":"POST","mid":23839,"token_hex":"00003974","options":[["Uri-Host","localhost"],["OSCORE",{"hex":"0914"}]],"payload_hex":"612f1092f1776f1c1668b3825e"}\n' >req.json
	run -0 --separate-stderr text "$CONTENT" oscore-protect -f hex --request req.json server
	prints "$CONTENT_PROTECTED"
	run -0 --separate-stderr text "$CONTENT_PROTECTED" oscore-unprotect -f hex --request req.json client
	prints "$CONTENT"
	echo '{"code":"GET"}' >no.json
	run -5 --separate-stderr text "$CONTENT" oscore-protect -f hex --request no.json server
	refused no.json
	echo '{"code":"GET",}' >bad.json
	run -5 --separate-stderr text "$CONTENT" oscore-protect -f hex --request bad.json server
	refused bad.json
}

@test "JSON read as raw or hex, and the other way round: a hint" {
	client_and_server
	run -5 --separate-stderr text '{"code":"GET"}' oscore-protect client
	said "hint: .*'-f json'"
	run -5 --separate-stderr text '{"code":"GET"}' oscore-protect -f hex client
	said "hint: .*'-f json'"
	run -5 --separate-stderr text '{"code":"GET"}' oscore-protect -f cborseq client
	said "hint: .*'-f json'"
	run -5 --separate-stderr text "$GET" oscore-protect -f json client
	said "hint: .*'-f hex'"
	run -5 --separate-stderr feed "$GET" oscore-protect -f json client
	said "hint: .*'-f raw'"
}

@test "payload: the bytes and nothing else" {
	client_and_server
	raw "$CONTENT_PROTECTED" >response
	raw "$GET_PROTECTED" >req
	run -0 --separate-stderr oscore-unprotect -t payload --request req client response
	prints "Hello World!"
	oscore-unprotect -t payload --request req client response >out
	equal "$(wc -c <out)" 12
	# no payload: nothing
	run -0 --separate-stderr oscore-unprotect -t payload server req
	prints ""
}

@test "payload: a second message is a usage error, refused ones leave nothing" {
	client_and_server
	text '{"code":"PUT","payload":"a"}{"code":"PUT","payload":"b"}' oscore-protect -f json -t hex client >messages
	run -2 --separate-stderr oscore-unprotect -f hex -t payload server messages
	equal "$output" a
	said "payload output holds one message"
	run -6 --separate-stderr oscore-unprotect -k -f hex -t payload server messages
	equal "$output" b
}

# on_terminal ARGUMENT... - oscore-unprotect with standard output on a terminal; what came there
on_terminal() {
	python3 - "$@" <<-'PYTHON'
		import os, pty, subprocess, sys, tty

		ours, theirs = pty.openpty()
		tty.setraw(theirs)
		done = subprocess.run(["oscore-unprotect", *sys.argv[1:]], stdout=theirs, timeout=30, check=False)
		os.close(theirs)
		os.set_blocking(ours, False)
		try:
		    print(os.read(ours, 65536))
		except (BlockingIOError, OSError):
		    pass
		sys.exit(done.returncode)
	PYTHON
}

@test "payload to a terminal: text, and no control characters unless forced" {
	client_and_server
	count=0
	for payload in 'caf\u00e9\n' '\u001b[2J' '\u009b2J' '\u202e' '\u001b[0m'; do
		count=$((count + 1))
		echo "{\"code\":\"PUT\",\"payload\":\"$payload\"}" | oscore-protect -f json -t raw client >"message$count"
	done
	run -0 --separate-stderr on_terminal -t payload server message1
	prints "b'caf\\xc3\\xa9\\n'"
	for n in 2 3 4; do
		run -1 --separate-stderr on_terminal -t payload server "message$n"
		refused "<stdout>" "control characters" "hint: .*-o -"
	done
	run -0 --separate-stderr on_terminal -t payload -o - server message5
	prints "b'\\x1b[0m'"
}

@test "payload is no format of protect, of input or of cid" {
	client_and_server
	run -2 --separate-stderr oscore-protect -t payload client </dev/null
	usage_error payload
	run -2 --separate-stderr oscore-unprotect -f payload server </dev/null
	usage_error payload
	run -2 --separate-stderr oscore-cid -f payload </dev/null
	usage_error payload
	run -2 --separate-stderr oscore-protect -f xml client </dev/null
	usage_error "raw, hex, json"
}

@test "cid: input in JSON, output in JSON" {
	run -0 --separate-stderr text "$GET_PROTECTED" oscore-cid -f hex -t json
	prints '{"request":true,"kid_hex":"","kid-context_hex":null,"partial-iv_hex":"14"}'
	run -1 --separate-stderr text "$CONTENT_PROTECTED"$'\n'"$CONTENT_PROTECTED_NEW" oscore-cid -f hex -t json
	prints '{"request":false,"kid_hex":null,"kid-context_hex":null,"partial-iv_hex":null}'$'\n''{"request":false,"kid_hex":null,"kid-context_hex":null,"partial-iv_hex":"00"}'
	run -0 --separate-stderr text '{"code":"POST","options":[["OSCORE",{"hex":"190100fe01"}]],"payload":"x"}{"code":"POST","options":[[9,{"hex":"19010001"}]],"payload":"x"}' oscore-cid -f json
	prints $'fe01@_\n01@_'
	run -0 --separate-stderr text '{"code":"POST","options":[["OSCORE",{"hex":"190102aabb01"}]],"payload":"x"}' oscore-cid -f json -t json
	prints '{"request":true,"kid_hex":"01","kid-context_hex":"aabb","partial-iv_hex":"01"}'
	run -3 --separate-stderr text '{"code":"GET"}' oscore-cid -f json -t json
	refused "<stdin>:1"
	run -5 --separate-stderr text '{"code":"GTE"}' oscore-cid -f json
	refused "<stdin>:1" 'did you mean "GET"'
	run -2 --separate-stderr oscore-cid -t json --print kid </dev/null
	usage_error "print"
	run -2 --separate-stderr oscore-cid -t hex </dev/null
	usage_error "line or json"
}

@test "a stream answers each object before it waits for the next" {
	client_and_server
	mkfifo in out
	oscore-protect -f json client <in >out 3>&- &
	exec 7>in 8<out
	printf '{"code":"GET","mid":1}' >&7
	read -r -t 20 answer <&8
	equal "$(jq .mid <<<"$answer")" 1
	printf ' {"code":"GET","mid' >&7
	printf '":2}' >&7
	read -r -t 20 answer <&8
	equal "$(jq .mid <<<"$answer")" 2
	exec 7>&-
	wait $!
	exec 8<&-
}

@test "a stream longer than a group keeps order and numbers" {
	client_and_server
	for ((i = 0; i < 3000; i++)); do
		printf '{"code":"GET","mid":%d,"token_hex":"","payload":"%d"}\n' "$i" "$i"
	done >messages
	run -0 --separate-stderr to out oscore-protect -f json client messages
	silent
	equal "$(next_of client)" 3020
	run -0 --separate-stderr to plain oscore-unprotect -f json server out
	silent
	equal "$(jq -r '"\(.mid) \(.payload)"' plain | md5sum)" "$(for ((i = 0; i < 3000; i++)); do echo "$i $i"; done | md5sum)"
}

@test "tens of thousands of options: the line can be read again" {
	client_and_server
	{
		printf 50010001
		printf 50
		printf '00%.0s' {1..65000}
		echo
	} >message
	oscore-protect -f hex client message >out
	run -0 --separate-stderr to plain oscore-unprotect -f hex -t json server out
	silent
	[ "$(wc -c <plain)" -lt 1048576 ]
	oscore-protect -f json -t hex client plain >out
	run -0 --separate-stderr to plain oscore-unprotect -f hex server out
	silent
	cmp plain message
}

# options_of JSON-TEXT - what a request has when it arrives, without the token
options_of() {
	plain "$1" | oscore-unprotect -p -f hex -t json server | jq -c .options
}

@test "uri: what RFC 7252, 6.4 makes of it" {
	client_and_server
	while IFS='|' read -r uri expected; do
		run -0 --separate-stderr options_of "{\"code\":\"GET\",\"uri\":\"$uri\"}"
		[ "$output" = "[$expected]" ] && [ -z "$stderr" ] || fail "$uri"
	done <<-'END'
		coap://h|["Uri-Host","h"]
		coap://h/|["Uri-Host","h"]
		COAP://EX%41mple.COM/A|["Uri-Host","exAmple.com"],["Uri-Path","A"]
		coap://h:5683/a|["Uri-Host","h"],["Uri-Path","a"]
		coap://h:/a|["Uri-Host","h"],["Uri-Path","a"]
		coap://h:61616|["Uri-Host","h"],["Uri-Port",61616]
		coap://h:80|["Uri-Host","h"],["Uri-Port",80]
		coap://h:0|["Uri-Host","h"],["Uri-Port",0]
		coap://192.0.2.1:5684/a|["Uri-Port",5684],["Uri-Path","a"]
		coap://192.0.2.256/a|["Uri-Host","192.0.2.256"],["Uri-Path","a"]
		coap://[2001:db8::1]/a?b|["Uri-Path","a"],["Uri-Query","b"]
		/tv1|["Uri-Path","tv1"]
		/|
		/?|["Uri-Query",""]
		/?a=b&c|["Uri-Query","a=b"],["Uri-Query","c"]
		/a//b/|["Uri-Path","a"],["Uri-Path",""],["Uri-Path","b"],["Uri-Path",""]
		/a/./../b%2Fc?d%26e|["Uri-Path","b/c"],["Uri-Query","d&e"]
		/caf%C3%A9/%FF|["Uri-Path","café"],["Uri-Path",{"hex":"ff"}]
	END
	long=$(printf '%0255d' 0)
	run -0 --separate-stderr options_of '{"code":"GET","uri":"coap://h/'"$long/$long?$long"'","options":[["Accept",60],["Observe",0]]}'
	equal "$(jq -c 'map([.[0],(.[1]|tostring|length)])' <<<"$output")" '[["Uri-Host",1],["Observe",1],["Uri-Path",255],["Uri-Path",255],["Uri-Query",255],["Accept",2]]'
	# more segments than any other text has options of that size
	run -0 --separate-stderr plain "{\"code\":\"GET\",\"mid\":1,\"token_hex\":\"\",\"uri\":\"$(printf '/aaaaaaaaaaaaa%.0s' {1..4000})\"}"
	equal "${#output}" $((2 * (4 + 4000 * 15)))
}

@test "uri: what is none, and what it goes without" {
	client_and_server
	before=$(snapshot client)
	while IFS='|' read -r uri words; do
		bad "{\"code\":\"GET\",\"uri\":\"$uri\"}" "uri: .*$words"
	done <<-'END'
		|neither coap://
		tv1|neither coap://
		//h/a|neither coap://
		coap:/h|neither coap://
		coaps://h/a|the scheme is not coap
		http://h/a|the scheme is not coap
		coap://u@h/a|user info
		coap://h/a#f|fragment
		/a#f|fragment.*character 3$
		coap:///a|no host
		coap://h:65536|port
		coap://h:x|port
		coap://[::1|bracket
		coap://[::1%25eth0]|a zone
		coap://h/%4g|two hex digits
		/a b|has to be escaped.*character 3$
		/é|has to be escaped
	END
	bad '{"code":"GET","uri":1}' 'uri: not a string'
	bad '{"code":"2.05","token_hex":"","uri":"/a"}' 'uri: only a request'
	bad '{"uri":"/a","code":"0.00"}' 'uri: only a request'
	bad '{"uri":"/a"}' '"code" is missing'
	for option in '["Uri-Host","h"]' '["Uri-Port",1]' '["uri-path","a"]' '[15,"a"]'; do
		bad "{\"uri\":\"/a\",\"code\":\"GET\",\"options\":[[\"Accept\",0],$option]}" "uri: stands for Uri-"
	done
	bad "{\"code\":\"GET\",\"uri\":\"/a/$(printf '%0256d' 0)\"}" '256 bytes for one Uri-Path'
	bad "{\"code\":\"GET\",\"uri\":\"coap://$(printf '%0256d' 0)\"}" '256 bytes for one Uri-Host'
	equal "$(snapshot client)" "$before"
}

@test "message_hex: the datagram as it is, and meta goes with it" {
	client_and_server
	run -0 --separate-stderr text '{"message_hex":"'"$GET"'","meta":{"frame":7}}' oscore-protect -f json client
	equal "$stderr" ""
	equal "$(jq -c '[.code,.mid,.token_hex,.meta]' <<<"$output")" '["POST",23839,"00003974",{"frame":7}]'
	jq -c .meta <<<"$output" >meta
	run -0 --separate-stderr text '{"meta":{"frame":7},"message_hex":"'"${GET_PROTECTED^^}"'"}' oscore-unprotect -f json server
	equal "$(jq -c '[.code,.mid,.options,.meta]' <<<"$output")" '["GET",23839,[["Uri-Host","localhost"],["Uri-Path","tv1"]],{"frame":7}]'
	run -0 --separate-stderr text '{"message_hex":"'"$GET_PROTECTED"'"}' oscore-cid -f json --print partial-iv
	prints 14
}

@test "message_hex: alone, hex, and a message" {
	client_and_server
	before=$(snapshot client)
	for beside in '"code":"GET"' '"mid":1' '"oscore":null' '"payload":"a"' '"uri":"/a"' '"options":[]'; do
		bad "{\"message_hex\":\"$GET\",$beside}" 'message_hex: goes with nothing but "meta"'
		bad "{$beside,\"meta\":1,\"message_hex\":\"$GET\"}" 'message_hex: goes with nothing but "meta"'
	done
	bad '{"message_hex":1}' 'message_hex: not a string'
	bad '{"message_hex":"4"}' 'message_hex: not hex'
	bad '{"message_hex":"4401 5d1f"}' 'message_hex: something between'
	bad '{"message_hex":""}' 'shorter than a CoAP header'
	bad '{"message_hex":"ff015d1f"}' 'not CoAP version 1'
	bad "{\"message_hex\":\"$(printf '%0131072d' 0)\"}" 'over 65535 bytes'
	equal "$(snapshot client)" "$before"
}

@test "what -k left in JSON is refused again: its status, its place, its words" {
	client_and_server
	printf '%s\n' "$GET_PROTECTED" "$GET_PROTECTED" 5001 | { oscore-unprotect -k -f hex -t json server || true; } >stream 2>/dev/null
	equal "$(jq -c .error stream)" $'null\n6\n5'
	run -6 --separate-stderr oscore-protect -k -f json -t json client stream
	said '^oscore-protect: stream:2: refused before: replayed message$' '^oscore-protect: stream:3: refused before: malformed: '
	echo "$output" >again
	equal "$(sed -n '2,3p' again)" "$(sed -n '2,3p' stream)"
	equal "$(next_of client)" 21
	# and again; in hex it is the comment that it would have been
	run -6 --separate-stderr oscore-unprotect -k -p -f json -t hex client again
	equal "${lines[1]}" "# 6 replayed message"
	equal "${#lines[@]}" 3
	# without -k the run ends there
	run -6 --separate-stderr oscore-protect -f json client stream
	equal "${#lines[@]}" 1
	# a request file may hold such, as it may hold comments
	text "{\"error\":6}{\"message_hex\":\"$GET_PROTECTED\"}" cat >requests
	run -0 --separate-stderr text "$CONTENT" oscore-protect -f hex --request requests server
	prints "$CONTENT_PROTECTED"
}

@test "what -k left in JSON: every status, no line of its own, and nothing that it is not" {
	client_and_server
	before=$(snapshot client)
	for n in 1 3 4 5 6 7 8; do
		run "-$n" --separate-stderr text "{\"error\":$n,\"meta\":1}" oscore-protect -k -f json -t hex client
		equal "$output" "# $n refused"
		one_error "<stdin>:1: refused before: refused"
	done
	run -6 --separate-stderr text "{\"error\":6,\"message\":\"a\\n$GET\\u202e\"}" oscore-protect -k -f json -t hex client
	equal "$output" "# 6 a?$GET???"
	run -4 --separate-stderr text '{"error":4,"message":"x"}' oscore-unprotect -f json --error-reply reply server
	one_error "<stdin>:1: refused before: x"
	[ ! -e reply ] || fail "an answer"
	while read -r status; do
		bad "{\"error\":$status}" 'error: not the exit status of a refused message'
	done <<<$'0\n2\n9\n-1\n6.0\n"6"\nnull\n18446744073709551617'
	bad '{"error":6,"message":7}' 'message: not a string'
	bad '{"error":6,"code":"GET"}' 'error: it stands for a message'
	bad '{"error":6,"foo":1}' '"foo": unknown key'
	equal "$(snapshot client)" "$before"
}

@test "keys of other programs, and options out of their place" {
	client_and_server
	while IFS='|' read -r member words; do
		bad "{\"code\":\"GET\",$member}" "$words"
	done <<-'END'
		"method":"GET"|did you mean "code"
		"path":"/a"|did you mean "uri"
		"uri_path":"/a"|did you mean "uri"
		"message_id":1|did you mean "mid"
		"token":"00"|did you mean "token_hex"
		"Uri-Path":"a"|an option, which goes into "options"
		"uri-path":"a"|an option, which goes into "options"
		"Observe":0|an option, which goes into "options"
		"options":{"Uri-Path":"a"}|options: not an array but an object.*\[\[NAME,VALUE\]
	END
}
