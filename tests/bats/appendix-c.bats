#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
#
# RFC 8613, Appendix C.4 to C.8, end to end.

# shellcheck disable=SC2016,SC2154 # scripts for bash -c; stderr comes from run
load helper

GET_C5=440171c30000b932396c6f63616c686f737483747631
GET_C5_PROTECTED=440271c30000b932396c6f63616c686f737463091400ff4ed339a5a379b0b8bc731fffb0
GET_C6=44012f8eef9bbf7a396c6f63616c686f737483747631
GET_C6_PROTECTED=44022f8eef9bbf7a396c6f63616c686f73746b19140837cbf3210017a2d3ff72cd7273fd331ac45cffbe55c3

# make DIR OPTION... - the context by oscore-gen, both roles in one directory
make() {
	local dir=$1
	shift
	(umask 077 && echo "$SECRET" >secret)
	oscore-gen --secret-file secret --sender-seq 20:0 --server-id 01 "$@" "$dir"
}

# shipped NAME CLIENT-ID - a copy of a directory that comes with the programs, at number 20
shipped() {
	cp -R "$ROOT/contexts/$1" both
	chmod 700 both
	chmod 600 both/secrets.json
	state both "{\"used\": {\"$2\": 20, \"01\": 0}, \"seen\": {\"$2\": [], \"01\": []}}"
}

# request DIR PLAIN PROTECTED - client to server
request() {
	run -0 --separate-stderr feed "$2" to req oscore-protect -r client "$1"
	equal "$stderr" ""
	equal "$(hex_of req)" "$3"
	run -0 --separate-stderr to plain oscore-unprotect -r server "$1" req
	equal "$stderr" ""
	equal "$(hex_of plain)" "$2"
}

# response DIR PROTECTED [OPTION] - server to client, in hex
response() {
	run -0 --separate-stderr text "$CONTENT" oscore-protect -f hex -r server --request req \
		${3:+"$3"} "$1"
	prints "$2"
	run -0 --separate-stderr text "$2" oscore-unprotect -f hex -r client --request req "$1"
	prints "$CONTENT"
}

@test "C.4, C.7 and C.8 in a directory by oscore-gen" {
	make both --client-id "" --master-salt "$SALT"
	request both "$GET" "$GET_PROTECTED"
	response both "$CONTENT_PROTECTED"
	response both "$CONTENT_PROTECTED_NEW" --new-piv
}

@test "C.8 without asking for it: the second response" {
	make both --client-id "" --master-salt "$SALT"
	request both "$GET" "$GET_PROTECTED"
	response both "$CONTENT_PROTECTED"
	response both "$CONTENT_PROTECTED_NEW"
}

@test "C.4, C.7 and C.8 in a pair by oscore-gen" {
	(umask 077 && echo "$SECRET" >secret)
	oscore-gen --secret-file secret --sender-seq 20:0 --client-id "" --server-id 01 \
		--master-salt "$SALT" --pair client server
	run -0 --separate-stderr text "$GET" oscore-protect -f hex client
	prints "$GET_PROTECTED"
	raw "$GET_PROTECTED" >req
	run -0 --separate-stderr text "$GET_PROTECTED" oscore-unprotect -f hex server
	prints "$GET"
	run -0 --separate-stderr text "$CONTENT" oscore-protect -f hex --request req server
	prints "$CONTENT_PROTECTED"
	run -0 --separate-stderr text "$CONTENT" oscore-protect -f hex --request req --new-piv \
		server
	prints "$CONTENT_PROTECTED_NEW"
	run -0 --separate-stderr text "$CONTENT_PROTECTED" oscore-unprotect -f hex --request req \
		client
	prints "$CONTENT"
	run -0 --separate-stderr text "$CONTENT_PROTECTED_NEW" oscore-unprotect -f hex --request \
		req client
	prints "$CONTENT"
}

@test "C.5: no Master Salt" {
	make both --client-id 00
	request both "$GET_C5" "$GET_C5_PROTECTED"
}

@test "C.6: ID Context" {
	make both --client-id "" --master-salt "$SALT" --id-context 37cbf3210017a2d3
	request both "$GET_C6" "$GET_C6_PROTECTED"
}

@test "C.6 without kid context: --no-kid-context, and it is understood" {
	make both --client-id "" --master-salt "$SALT" --id-context 37cbf3210017a2d3
	run -0 --separate-stderr text "$GET_C6" oscore-protect -f hex -r client --no-kid-context \
		both
	prints "${GET_C6_PROTECTED/6b19140837cbf3210017a2d3/620914}"
	run -0 --separate-stderr text "$output" oscore-unprotect -f hex -r server both
	prints "$GET_C6"
}

@test "C.4, C.7 and C.8 in contexts/rfc8613-c1" {
	shipped rfc8613-c1 ""
	request both "$GET" "$GET_PROTECTED"
	response both "$CONTENT_PROTECTED"
	response both "$CONTENT_PROTECTED_NEW" --new-piv
}

@test "C.5 in contexts/rfc8613-c2" {
	shipped rfc8613-c2 00
	request both "$GET_C5" "$GET_C5_PROTECTED"
}

@test "C.6 in contexts/rfc8613-c3" {
	shipped rfc8613-c3 ""
	request both "$GET_C6" "$GET_C6_PROTECTED"
}

@test "contexts/ as shipped: fresh, and a request gets through" {
	for name in rfc8613-c1 rfc8613-c2 rfc8613-c3; do
		equal "$(names "$ROOT/contexts/$name")" "secrets.json settings.json "
		cp -R "$ROOT/contexts/$name" both
		chmod 600 both/secrets.json
		run -0 --separate-stderr text "$GET" oscore-protect -f hex -r client both
		equal "$stderr" ""
		run -0 --separate-stderr text "$output" oscore-unprotect -f hex -r server both
		prints "$GET"
		rm -r both
	done
	for pair in "a b" "c d"; do
		read -r client server <<<"$pair"
		cp -R "$ROOT/contexts/plugtest-$client" client
		cp -R "$ROOT/contexts/plugtest-$server" server
		chmod 600 client/secret* server/secret*
		run -0 --separate-stderr text "$GET" oscore-protect -f hex client
		equal "$stderr" ""
		run -0 --separate-stderr text "$output" oscore-unprotect -f hex server
		prints "$GET"
		rm -r client server
	done
}
