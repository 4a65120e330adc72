#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
#
# oscore-show -t: contexts for other programs.

# shellcheck disable=SC2016,SC2154 # scripts for bash -c; stderr comes from run
load helper

STOP="warning: before the export is used stop using client: its numbers go on from there"

@test "wireshark: tshark decrypts the messages of RFC 8613, Appendix C.4 to C.8" {
	command -v tshark text2pcap >/dev/null || skip "no tshark"
	# C.4, C.7 and C.8 with C.1; C.5 with C.2; C.6 with C.3
	oscore_c5=440271c30000b932396c6f63616c686f737463091400ff4ed339a5a379b0b8bc731fffb0
	oscore_c6=44022f8eef9bbf7a396c6f63616c686f73746b19140837cbf3210017a2d3ff72cd7273fd331ac45cffbe55c3

	for n in 1 2 3; do
		mkdir "conf$n"
		oscore-show -q -t wireshark -r client -o "conf$n/oscore_contexts" "$ROOT/contexts/rfc8613-c$n"
	done
	decrypted() {
		raw "$2" | od -Ax -tx1 -v | text2pcap -q -u 40000,5683 - file.pcap
		WIRESHARK_CONFIG_DIR=$PWD/$1 tshark -r file.pcap -O oscore 2>/dev/null
	}
	# a response is decrypted with the request before it
	raw "$GET_PROTECTED" | od -Ax -tx1 -v >dump
	raw "$CONTENT_PROTECTED" | od -Ax -tx1 -v >>dump
	raw "$CONTENT_PROTECTED_NEW" | od -Ax -tx1 -v >>dump
	text2pcap -q -u 40000,5683 dump file.pcap
	output=$(WIRESHARK_CONFIG_DIR=$PWD/conf1 tshark -r file.pcap -O oscore 2>/dev/null)
	equal "$(grep -c 'Code: GET' <<<"$output")" 1
	equal "$(grep -c 'Code: 2.05 Content' <<<"$output")" 2
	equal "$(grep -c 'Uri-Path: tv1$' <<<"$output")" 2
	equal "$(grep -c 'Payload Length: 12' <<<"$output")" 2
	for run in "conf2 $oscore_c5" "conf3 $oscore_c6"; do
		# shellcheck disable=SC2086 # words
		output=$(decrypted $run)
		grep -q 'Code: GET' <<<"$output" || fail "$run"
		grep -q 'Uri-Path: tv1$' <<<"$output" || fail "$run"
	done
	# and with another secret it does not
	oscore-gen --pair client server
	mkdir other
	oscore-show -t wireshark -o other/oscore_contexts client
	grep -q 'Code: GET' <<<"$(decrypted other "$GET_PROTECTED")" && fail "decrypted with any key"
	equal "$(mode_of conf1/oscore_contexts)" 600
}

@test "wireshark: a row for each side, the client's first; what it cannot do is refused" {
	oscore-gen -q --id-context aa --secret-bytes 2 --pair client server
	secret=$(jq -r .secret_hex client/secret.json)
	rows='"01","00","'$secret'","","aa","AES-CCM-16-64-128 (CCM*)"
"00","01","'$secret'","","aa","AES-CCM-16-64-128 (CCM*)"'
	for side in client server; do
		run -0 --separate-stderr oscore-show -q -t wireshark $side
		prints "$rows"
	done
	oscore-gen -r client -a A128GCM other-algorithm
	run -7 --separate-stderr oscore-show -t wireshark other-algorithm
	refused other-algorithm "AES-CCM-16-64-128 alone, not A128GCM"
	oscore-gen -r client --hkdf sha512 other-hash
	run -7 --separate-stderr oscore-show -t wireshark other-hash
	refused other-hash "sha256 alone, not sha512"
	oscore-gen -r client --id-context '' empty
	run -7 --separate-stderr oscore-show -t wireshark -o file empty
	refused empty "empty ID Context for none"
	[ ! -e file ]
}

@test "libcoap: lines, the sequence number as a comment" {
	client_and_server
	run -0 --separate-stderr oscore-show -q -t libcoap client
	equal "$output" "# The file with the sequence number has to hold this line, without \"# \":
# 20
master_secret,hex,\"${SECRET:?}\"
master_salt,hex,\"$SALT\"
sender_id,hex,\"\"
recipient_id,hex,\"01\"
replay_window,integer,32
ssn_freq,integer,1
aead_alg,integer,10
hkdf_alg,integer,-10
rfc8613_b_1_2,bool,true"
	equal "$stderr" "oscore-show: client: $STOP"
	oscore-show -t libcoap -o file client 2>/dev/null
	equal "$(tail -c 1 file | xxd -p)" 0a
	oscore-gen -r client --window 4096 --id-context 0102 --hkdf sha512 wide
	run -0 --separate-stderr oscore-show -t libcoap wide
	grep -qx 'replay_window,integer,63' <<<"$output"
	grep -qx 'id_context,hex,"0102"' <<<"$output"
	grep -qx 'hkdf_alg,integer,-11' <<<"$output"
}

@test "aiocoap: a settings.json, and the line for sequence.json beside it" {
	client_and_server
	run -0 --separate-stderr oscore-show -q -t aiocoap client
	equal "$output" '{"sender-id_hex":"","recipient-id_hex":"01","algorithm":"AES-CCM-16-64-128","kdf-hashfun":"sha256","window":32,"secret_hex":"'"$SECRET"'","salt_hex":"'"$SALT"'"}'
	equal "$stderr" "oscore-show: client: $STOP
oscore-show: client: warning: beside settings.json put this into sequence.json: {\"next-to-send\": 20, \"received\": \"unknown\"}"
	# that directory is a context, with the number and a window that is lost
	mkdir -m 700 moved
	(umask 077 && echo "$output" >moved/settings.json &&
		sed -n 's/.*into sequence.json: //p' <<<"$stderr" >moved/sequence.json)
	equal "$(oscore-show moved | grep Number)" "Sender Sequence Number: 20, 1099511627756 left"
	run -0 --separate-stderr text "$GET" oscore-protect -f hex moved
	prints "$GET_PROTECTED"
}

@test "c: a header that a compiler takes, with the bytes and the number" {
	client_and_server
	run -0 --separate-stderr oscore-show -q -t c -o context.h client
	equal "$stderr" "oscore-show: client: $STOP"
	cat >main.c <<-'END'
		#include <stdio.h>
		#include "context.h"
		#include "context.h"
		static void put(const char *name, const unsigned char *bytes, unsigned len)
		{
			printf("%s:", name);
			while (len-- > 0)
				printf("%02x", *bytes++);
			printf("\n");
		}
		#define PUT(name, NAME) put(#name, oscore_##name, OSCORE_##NAME##_LEN)
		int main(void)
		{
			PUT(master_secret, MASTER_SECRET);
			PUT(master_salt, MASTER_SALT);
			PUT(id_context, ID_CONTEXT);
			PUT(sender_id, SENDER_ID);
			PUT(recipient_id, RECIPIENT_ID);
			printf("%d %d %d %d %llu\n", OSCORE_AEAD_ALGORITHM, OSCORE_HKDF_ALGORITHM,
			    OSCORE_HAS_ID_CONTEXT, OSCORE_REPLAY_WINDOW_SIZE, OSCORE_SENDER_SEQUENCE_NUMBER);
			return 0;
		}
	END
	gcc -std=c99 -Wall -Wextra -Wpedantic -Werror -o main main.c
	run -0 ./main
	equal "$output" "master_secret:$SECRET
master_salt:$SALT
id_context:
sender_id:
recipient_id:01
10 -10 0 32 20"
	oscore-gen -r client --id-context aabb --secret-bytes 33 long
	run -0 --separate-stderr oscore-show -t c -o context.h long
	said "the Master Secret has not 16 bytes"
	gcc -std=c99 -Wall -Wextra -Wpedantic -Werror -o main main.c
	equal "$(./main | head -3)" "master_secret:$(jq -r .secret_hex long/secrets.json)
master_salt:
id_context:aabb"
}

@test "rfc9203: the CBOR map, without IDs and numbers" {
	client_and_server
	run -0 --separate-stderr oscore-show -t rfc9203 -o file client
	silent
	id=$(oscore-show client | sed -n 's/Master Secret: .* //p')
	equal "$(hex_of file)" "a60048${id}01010250${SECRET}0329040a0548${SALT}"
	oscore-gen -q -r client --secret-bytes 1 --id-context '' -a A128GCM --hkdf sha512 empty
	oscore-show -q -t rfc9203 -o file empty
	id=$(oscore-show -q empty | sed -n 's/Master Secret: .* //p')
	equal "$(hex_of file)" "a60048${id}01010241$(jq -r .secret_hex empty/secrets.json)032a04010640"
	run -2 script -qec 'oscore-show -t rfc9203 --show-secrets client' /dev/null
	[[ $output == *"binary output, and a terminal"* ]] || fail "not said why"
}

@test "SHA-384 has no COSE number: refused where one is needed" {
	pair_context client "" 01 '"kdf-hashfun": "sha384"'
	for format in libcoap c rfc9203 wireshark; do
		run -7 --separate-stderr oscore-show -t $format client
		refused client "cannot be exported so"
	done
	run -0 --separate-stderr oscore-show -t json client
	run -0 --separate-stderr oscore-show -t aiocoap client
	equal "$(jq -r '."kdf-hashfun"' <<<"$output")" sha384
}
