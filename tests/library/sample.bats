# shellcheck shell=bats
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
#
# Tests of a proxy, as an example for oscore-bats(7). The proxy gives messages on with another
# Message ID; put your own in its place.

# shellcheck disable=SC2154 # client and server come from oscore_pair
load oscore

proxy() {
	oscore-unprotect -pq -t json | jq -c '.mid = (.mid + 1) % 65536' | oscore-unprotect -pq -f json -t raw
}

setup() {
	oscore_pair
	get=$(oscore_message '{"type":"CON","code":"GET","uri":"/tv1","mid":1,"token_hex":"7a"}')
	request=$(oscore_protect client "$get")
}

@test "the server verifies what the proxy gives on" {
	oscore_send "$request" proxy
	oscore_status 0
	oscore_stderr
	arrived=$(oscore_unprotect server "$output")
	[ "$arrived" = "$(oscore_message '{"type":"CON","code":"GET","uri":"/tv1","mid":2,"token_hex":"7a"}')" ]
}

@test "the client verifies the answer, to the request as the client sent it" {
	oscore_unprotect server "$request"
	content=$(oscore_message '{"type":"ACK","code":"2.05","mid":1,"token_hex":"7a","payload":"on"}')
	oscore_send "$(oscore_protect server "$content" "$request")" proxy
	oscore_status 0
	[ "$(oscore_json "$(oscore_unprotect client "$output" "$request")" | jq -r .payload)" = on ]
}

@test "the proxy sees no path, and gives no bytes on that are no CoAP" {
	oscore_json "$request" | jq -e 'all(.options[]; .[0] != "Uri-Path")'
	oscore_send ffffffff proxy
	oscore_output
	oscore_stderr "malformed"
}

@test "a server refuses what was changed" {
	changed=${request%?}$(printf %x $((0x${request: -1} ^ 1)))
	oscore_send "$changed" oscore-unprotect "$server"
	oscore_status 4
	oscore_output
	oscore_stderr "verification failed"
}

@test "the bytes of RFC 8613, C.4" {
	oscore_rfc 20:0
	oscore_send 44015d1f00003974396c6f63616c686f737483747631 oscore-protect "$client"
	oscore_status 0
	oscore_output 44025d1f00003974396c6f63616c686f7374620914ff612f1092f1776f1c1668b3825e
	oscore_stderr
}
