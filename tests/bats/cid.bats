#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
#
# oscore-cid: which context a message needs.

# shellcheck disable=SC2016,SC2154 # scripts for bash -c; stderr comes from run
load helper

# message OPTION - a request with this OSCORE option (under 13 bytes), in hex
message() {
	printf '400200019%x%sff00112233445566778899' $((${#1} / 2)) "$1"
}

# cid OPTION ARGUMENT... - what is printed for it
cid() {
	local option=$1
	shift
	text "$(message "$option")" oscore-cid -f hex "$@"
}

@test "kid, and kid@kidcontext; _ is zero length" {
	for row in "091401 01" "0914 _" "0914aAbB aabb" "191402aabb01 01@aabb" "19140001 01@_" \
		"191402aabb _@aabb" "191400 _@_" \
		"0914636c69 636c69"; do
		read -r option expected <<<"$row"
		run -0 --separate-stderr cid "$option"
		prints "$expected"
		equal "$(cid "$option" | wc -l)" 1
	done
}

@test "raw is the default; a file may be given" {
	run -0 --separate-stderr feed "$GET_PROTECTED" oscore-cid
	prints "_"
	raw "$(message 091401)" >bytes
	run -0 --separate-stderr oscore-cid bytes
	prints "01"
}

@test "--print: one part" {
	for row in "kid 191402aabb01 01" "kid-context 191402aabb01 aabb" \
		"partial-iv 191402aabb01 14" "kid-context 19140001 _" \
		"partial-iv 0a010001 0100" "kid 0914 _" "partial-iv 0a001401 0014"; do
		read -r part option expected <<<"$row"
		run -0 --separate-stderr cid "$option" --print "$part"
		prints "$expected"
	done
}

@test "a response without kid: an empty line and 1" {
	run -1 --separate-stderr text "$CONTENT_PROTECTED" to out oscore-cid -f hex
	equal "$(od -An -c out | tr -d ' ')" '\n'
	run -1 --separate-stderr text "$CONTENT_PROTECTED_NEW" to out oscore-cid -f hex
	equal "$(od -An -c out | tr -d ' ')" '\n'
	run -0 --separate-stderr text "$CONTENT_PROTECTED_NEW" oscore-cid -f hex --print partial-iv
	prints "00"
}

@test "several messages: a line each" {
	run -0 --separate-stderr text \
		"$(message 091401)"$'\n'"$(message 191402aabb01)"$'\n'"$GET_PROTECTED" oscore-cid \
		-f hex
	prints $'01\n01@aabb\n_'
	run -1 --separate-stderr text \
		"$(message 091401)"$'\n'"$CONTENT_PROTECTED"$'\n'"$GET_PROTECTED" to out \
		oscore-cid -f hex
	equal "$(head -n 2 out | tr '\n' ,)" "01,,"
}

@test "no OSCORE option: 3" {
	run -3 --separate-stderr text "$GET" oscore-cid -f hex
	refused "<stdin>:1" "oscore"
}

@test "malformed: 5" {
	run -5 --separate-stderr feed 4401 oscore-cid
	refused "<stdin>:1"
	for option in 20 49 891401 0e 1914 191405aa 0114aa 00 061401; do
		run -5 --separate-stderr cid "$option"
		refused "<stdin>:1"
	done
}

@test "output that cannot be written: 1" {
	run -1 --separate-stderr text "$GET_PROTECTED" to /dev/full oscore-cid -f hex
	said "^oscore-cid: "
	run -1 --separate-stderr bash -c 'echo "$1" | oscore-cid -f hex >&-' - "$GET_PROTECTED"
	said "^oscore-cid: "
}

@test "what it prints can name a directory of contexts" {
	pair_context 01@37cb 00 01 '"id-context_hex": "37cb"'
	pair_context sender 01 00 '"id-context_hex": "37cb"'
	text "$GET" oscore-protect -f hex sender >message
	run -0 --separate-stderr oscore-unprotect -f hex "$(oscore-cid -f hex message)" message
	prints "$GET"
}
