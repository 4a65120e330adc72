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
	raw "$GET" >get
	xxd get >dump
	takes dump 'dump with offsets: xxd -r'
	becomes 'xxd -r' dump
	od -A x -t x1 get >dump
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
	raw "$long" | xxd -p >cut
	equal "$(wc -l <cut)" 2
	run -5 --separate-stderr oscore-protect -f hex client cut
	one_error cut:2
	hinted "the line before has 30 bytes, as xxd -p .*tr -d"
	# blanks, digits lost: the same
	raw 40030001ff | cat - <(printf 'a text of some length') | od -An -v -t x1 >cut
	run -5 --separate-stderr oscore-protect -f hex client cut
	one_error cut:2
	hinted "the line before has 16 bytes, as od .*tr -d"
	run -5 --separate-stderr bash -c 'sed "2s/.\$//" cut | oscore-protect -f hex client'
	hinted "the line before has 16 bytes"
	# not if something stands between, and not for another error
	run -5 --separate-stderr bash -c '{ sed "1a #" cut; } | oscore-protect -f hex client'
	one_error "<stdin>:3"
	[[ $stderr != *"line before"* ]] || fail "not the line before"
	run -5 --separate-stderr bash -c '{ head -n 1 cut; echo "$1"; } | oscore-protect -f hex client' - "$GET_PROTECTED"
	said "has an OSCORE option already"
	[[ $stderr != *"line before"* ]] || fail "a whole message is no rest"
}
