#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
#
# Requests with Proxy-Uri (RFC 8613, 4.1.3.3; RFC 7252, 6.4 and 6.5).

# shellcheck disable=SC2016,SC2154 # scripts for bash -c; stderr comes from run
load helper

setup_context() {
	pair_context client "" 01
	pair_state client 0 0 0
}

# request URI [OPTIONS] - a request in JSON; OPTIONS are further ones
request() {
	jq -nc --arg uri "$1" "{code: \"GET\", token_hex: \"aa\", options: ([[\"Proxy-Uri\", \$uri]] + ${2:-[]}), payload: \"x\"}"
}

# parts FILE - what the protected requests hold: Proxy-Uri, then the other options; of Uri-Path
# and Uri-Query the values, of others the names
parts() {
	oscore-unprotect -p -f hex -t json client <"$1" | jq -r '
		def text: .[1] // "" | if type == "object" then .hex else . end;
		[(.options[] | select(.[0] == "Proxy-Uri") | text),
			(.options[] | select(.[0] != "Proxy-Uri") |
				if .[0] == "Uri-Path" then "/" + text
				elif .[0] == "Uri-Query" then "?" + text
				else .[0] end)] | join(" ")'
}

# splits - lines of "URI|what parts makes of it"
splits() {
	local uri expected
	while IFS='|' read -r uri expected; do
		request "$uri" | oscore-protect -f json -t hex client >>protected
		echo "$expected" >>expected
	done
	parts protected >got
	diff expected got || fail "see above"
}

@test "the example of the RFC: the origin outside, path and query inside" {
	setup_context
	request 'coap://example.com/resource?q=1' | oscore-protect -f json -t hex client >protected
	# outside there is Proxy-Uri and the OSCORE option, and nothing else
	expected=$(printf 'coap://example.com' | xxd -p)
	[[ $(cat protected) == 5102????aa920900dd0d05$expected* ]] ||
		[[ $(cat protected) == 5102????aa920900dd0d05${expected}ff* ]] || fail "$(cat protected)"
	run -0 --separate-stderr parts protected
	prints "coap://example.com /resource ?q=1"
	equal "$(next_of client)" 1
}

@test "path and query" {
	setup_context
	splits <<-'END'
		coap://h|coap://h
		coap://h/|coap://h
		coap://h/a|coap://h /a
		coap://h/a/b/c|coap://h /a /b /c
		coap://h//|coap://h / /
		coap://h//a|coap://h / /a
		coap://h/a/|coap://h /a /
		coap://h/a//b|coap://h /a / /b
		coap://h?|coap://h ?
		coap://h/?|coap://h ?
		coap://h?q|coap://h ?q
		coap://h/a?b=c&d|coap://h /a ?b=c ?d
		coap://h/a?&|coap://h /a ? ?
		coap://h?a?b/c|coap://h ?a?b/c
		coap://h/a:@!$'()*+,;=-._~&|coap://h /a:@!$'()*+,;=-._~&
	END
}

@test "dot segments are resolved" {
	setup_context
	splits <<-'END'
		coap://h/.|coap://h
		coap://h/..|coap://h
		coap://h/./|coap://h
		coap://h/./a|coap://h /a
		coap://h/../a|coap://h /a
		coap://h/a/.|coap://h /a /
		coap://h/a/..|coap://h
		coap://h/a/../b|coap://h /b
		coap://h/a/b/../../c/|coap://h /c /
		coap://h/a/b/..|coap://h /a /
		coap://h/a//..|coap://h /a /
		coap://h/a/%2e%2E/b|coap://h /b
		coap://h/%2e/.%2e/b|coap://h /b
		coap://h/.../.a/a./..b|coap://h /... /.a /a. /..b
		coap://h/%2e%2e%2e|coap://h /...
		coap://h?..|coap://h ?..
	END
}

@test "percent signs are decoded inside" {
	setup_context
	splits <<-'END'
		coap://h/a%20b|coap://h /a b
		coap://h/%2F%2f|coap://h ///
		coap://h/%3F%23?%26=%3D|coap://h /?# ?&==
		coap://h/%C3%A9|coap://h /é
		coap://h/%25%32%35|coap://h /%25
		coap://h/%FF|coap://h /ff
	END
}

@test "scheme and host in lower case; ports" {
	setup_context
	splits <<-'END'
		COAP://EXAMPLE.com/A?B|coap://example.com /A ?B
		coap://h:5683/a|coap://h /a
		coap://h:05683|coap://h
		coap://h:5684/a|coap://h:5684 /a
		coap://h:/a|coap://h /a
		coap://h:0|coap://h:0
		coap://h:65535|coap://h:65535
		coaps://h:5684|coaps://h
		coaps://h:5683|coaps://h:5683
		coap+tcp://h:5683|coap+tcp://h
		coaps+tcp://h:5684|coaps+tcp://h
		coap+ws://h:80|coap+ws://h
		coaps+ws://h:443|coaps+ws://h
		http://h:80/a|http://h /a
		HTTPS://h:443|https://h
		http://h:8080|http://h:8080
		x-y.z+1://h:5683/a|x-y.z+1://h:5683 /a
		x://h:0|x://h:0
		coap://192.0.2.1/a|coap://192.0.2.1 /a
		coap://[2001:DB8::1]/a|coap://[2001:db8::1] /a
		coap://[::1]:5683|coap://[::1]
		coap://[::ffff:192.0.2.1]:61616/a|coap://[::ffff:192.0.2.1]:61616 /a
		coap://%68ost/a|coap://host /a
		coap://EX%41MPLE.com:05683/a|coap://exAmple.com /a
		coap://%c3%A9.x/|coap://%C3%A9.x
		coap://a%2f%3a%00%7e|coap://a%2F%3A%00~
		coap://[V1f.A:b]:1/|coap://[v1f.a:b]:1
	END
}

@test "what cannot be split: 5, and no number is used" {
	setup_context
	before=$(snapshot client)
	while read -r uri; do
		[ "$uri" != EMPTY ] || uri=""
		run -5 --separate-stderr text "$(request "$uri")" oscore-protect -f json -t hex client
		refused "<stdin>:1" "Proxy-Uri" "hint: .*absolute"
	done <<-'END'
		EMPTY
		coap
		coap:
		coap:/
		coap:/h
		coap:h
		://h
		/a/b
		//h/a
		h/a
		1coap://h
		co_ap://h
		coap://
		coap:///a
		coap://[:::::]/
		coap://[]/
		coap://[1.2.3.4]/
		coap://[::1%25lo]/
		coap://:5683
		coap://?q
		coap://h#f
		coap://h/a#
		coap://u@h
		coap://u:p@h/a
		coap://@h
		coap://h:x
		coap://h:65536
		coap://h:99999999999999999999
		coap://h:-1
		coap://h:1:2
		coap://[::1
		coap://[]
		coap://[::1]x
		coap://[::1%25eth0]
		coap://[g::]
		coap://h]/a
		coap://h/%
		coap://h/%4
		coap://h/%4g
		coap://h/%%41
		coap://h/a?%
		coap://%zz/a
		coap://h/a b
		coap://h/é
		coap://h/a[b
		coap://h/a"b
		coap://h/a\b
		coap://h/a^b
		coap://h/{a}
	END
	equal "$(snapshot client)" "$before"
	# control characters, from hex
	for byte in 00 01 0a 1f 7f 80 ff; do
		run -5 --separate-stderr text "40010001dd1601$(printf coap://h/ | xxd -p)${byte}$(printf abcde | xxd -p)" \
			oscore-protect -f hex client
		said "malformed|Proxy-Uri"
	done
	equal "$(snapshot client)" "$before"
}

@test "the error says at which byte" {
	setup_context
	for row in "coap://h/%zz 9" "coap://h#f 8" "relative 8" "coap://h/a?b=%1 13"; do
		read -r uri at <<<"$row"
		run -5 --separate-stderr text "$(request "$uri")" oscore-protect -f json client
		said "error at its byte $at$"
	done
}

@test "parts of 255 bytes go, of 256 do not" {
	setup_context
	long=$(printf '%0255d' 0)
	escaped=$(printf '%%41%.0s' $(seq 255))
	for uri in "coap://h/$long" "coap://h/a?$long" "coap://h/$escaped" "coap://h/$long/$long?$long&$long"; do
		run -0 --separate-stderr text "$(request "$uri")" oscore-protect -f json -t hex client
		equal "$stderr" ""
	done
	before=$(snapshot client)
	for uri in "coap://h/0$long" "coap://h/a?0$long" "coap://h/%30$escaped" "coap://h/$long/a/0$long" \
		"coap://$long$long$long$long$long/"; do
		run -5 --separate-stderr text "$(request "$uri")" oscore-protect -f json -t hex client
		refused "<stdin>:1" "Proxy-Uri"
	done
	equal "$(snapshot client)" "$before"
}

@test "beside Proxy-Uri there is none of the options that it stands for, and it comes once" {
	setup_context
	before=$(snapshot client)
	for options in '[["Uri-Host","h"]]' '[["Uri-Port",1]]' '[["Uri-Path","a"]]' '[["Uri-Query","a"]]' \
		'[["Proxy-Scheme","coap"]]' '[["Proxy-Uri","coap://h"]]'; do
		run -5 --separate-stderr text "$(request coap://h "$options")" oscore-protect -f json -t hex client
		refused "<stdin>:1" "Proxy-Uri" "hint: .*beside"
	done
	equal "$(snapshot client)" "$before"
}

@test "all other options stay, in their order" {
	setup_context
	request coap://h/a?b '[["If-Match",{"hex":"01"}],["ETag",{"hex":"02"}],["Content-Format",0],["Accept",0],["Size1",9],["Echo",{"hex":"03"}],["Observe",0],[65000,{"hex":"04"}]]' |
		oscore-protect -f json -t hex client >protected
	run -0 --separate-stderr parts protected
	prints "coap://h If-Match ETag Observe /a Content-Format ?b Accept Size1 Echo 65000"
	run -0 --separate-stderr bash -c 'oscore-unprotect -p -f hex -t json client protected | jq -r .payload'
	prints x
}

@test "the Echo of --echo goes with it" {
	setup_context
	echo 64815d1f00003974d4ef01020304 >answer
	request coap://h/a | oscore-protect -f json -t hex --echo answer client >protected
	run -0 --separate-stderr parts protected
	prints "coap://h /a Echo"
}

@test "the server gets the origin and the parts" {
	setup_context
	pair_context server 01 ""
	request coap://h/a?b | oscore-protect -f json -t hex client >protected
	run -0 --separate-stderr bash -c 'oscore-unprotect -f hex -t json server protected | jq -c .options'
	prints '[["Uri-Path","a"],["Uri-Query","b"],["Proxy-Uri","coap://h"]]'
}

@test "a stream: the bad ones are refused, the others go on" {
	setup_context
	{
		request coap://h/a
		request coap://h#
		echo '{"code":"GET","options":[["Uri-Path","plain"]]}'
		request coap://h/b
	} >stream
	run -5 --separate-stderr oscore-protect -k -f json -t hex client stream
	one_error stream:2
	equal "$(grep -c '^# 5 ' <<<"$output")" 1
	grep -v '^#' <<<"$output" >protected
	run -0 --separate-stderr parts protected
	prints $'coap://h /a\n/plain\ncoap://h /b'
	equal "$(next_of client)" 3
}

@test "--dry-run says the same and uses nothing up" {
	setup_context
	before=$(snapshot client)
	run -0 --separate-stderr text "$(request coap://h/a)" oscore-protect -n -f json client
	silent
	run -5 --separate-stderr text "$(request coap://h#)" oscore-protect -n -f json client
	refused "<stdin>:1" "Proxy-Uri"
	equal "$(snapshot client)" "$before"
}

@test "Proxy-Scheme with Uri-* goes as it is" {
	setup_context
	echo '{"code":"GET","options":[["Uri-Host","h"],["Uri-Path","a"],["Proxy-Scheme","coap"]]}' |
		oscore-protect -f json -t hex client >protected
	run -0 --separate-stderr parts protected
	prints "Uri-Host /a Proxy-Scheme"
}
