#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
#
# oscore-gen --import: contexts of other programs.

# shellcheck disable=SC2154 # stderr comes from run
load helper

# import FORMAT TEXT [ARGUMENT...] - make the directory d
import() {
	(umask 077 && printf '%s\n' "$2" >file)
	rm -rf d
	run --separate-stderr oscore-gen --sender-seq 0 --import "$1:file" "${@:3}" d
}

# malformed STATUS REGEX - nothing was made
malformed() {
	equal "$status" "$1"
	refused file "$2"
	[ ! -e d ]
}

# bytes N - of hex
bytes() {
	head -c "$1" /dev/zero | tr '\0' '\245' | xxd -p | tr -d '\n'
}

@test "what is exported gives the same keys: all algorithms, ID lengths, salts" {
	n=0
	while read -r _ algorithm _; do
		max=$(oscore-gen --list-algorithms | sed -n "s|.* $algorithm .*longest ID ||p")
		for ids in "01 00" "'' $(bytes "$max")"; do
			eval "set -- $ids"
			context=()
			[ $((n % 3)) -eq 0 ] || context=(--id-context "$(bytes $((n % 5)))")
			rm -rf client server d
			oscore-gen -q -a "$algorithm" --client-id "$1" --server-id "$2" "${context[@]}" \
				--master-salt "$(bytes $((n * 37 % 256)))" --secret-bytes $((1 + n * 11)) \
				--hkdf "$([ $((n % 2)) -eq 0 ] && echo sha256 || echo sha512)" \
				--window $((1 + n)) --pair client server
			for format in json aiocoap libcoap rfc9203; do
				ids=()
				[ "$format" != rfc9203 ] || ids=(--client-id "$1" --server-id "$2")
				oscore-show -q -t "$format" -o export client 2>/dev/null
				rm -rf d
				oscore-gen -q -r client --sender-seq 0 --import "$format:export" "${ids[@]}" d
				equal "$(oscore-show -q d | grep -v Window)" "$(oscore-show -q client | grep -v Window)"
				run -0 --separate-stderr oscore-show -q d server
			done
			n=$((n + 1))
		done
	done < <(oscore-gen --list-algorithms)
	equal "$n" 24
}

@test "wireshark: the same keys, for both sides" {
	oscore-gen --master-salt 0102 --id-context aa --pair client server
	oscore-show -t wireshark -o export server
	oscore-gen --sender-seq 0 --import wireshark:export both
	equal "$(oscore-show -r server both)" "$(oscore-show server)"
	equal "$(oscore-show -r client both)" "$(oscore-show client)"
}

@test "edhoc: RFC 9529, and the other suites" {
	n=0
	while IFS= read -r line; do
		import edhoc "$(jq -c '{"prk-exporter_hex","c-i_hex","c-r_hex",suite}' <<<"$line")"
		equal "$status" 0
		silent
		oscore-show -r client -t json -o export d 2>/dev/null
		equal "$(jq -r '."secret_hex", ."salt_hex", ."sender-id_hex", ."recipient-id_hex"' export | xargs)" \
			"$(jq -r '.secret, .salt, .initiator_sender_id, .responder_sender_id' <<<"$line" | xargs)"
		equal "$(oscore-show -r client d | sed -n 's/AEAD.*(\(.*\))/\1/p')" "$(jq .algorithm <<<"$line")"
		n=$((n + 1))
	done <"$ROOT/tests/vectors/edhoc-exporter.jsonl"
	equal "$n" 7
	import edhoc '{"prk-exporter_hex":"00","c-i_hex":"01","c-r_hex":"00","suite":0}'
	malformed 5 "prk-exporter_hex.* is not of 32 bytes"
	import edhoc '{"prk-exporter_hex":"00","c-i_hex":"01","c-r_hex":"00","suite":7}'
	malformed 7 "suite.* is not in 0..6"
	import edhoc '{"prk-exporter_hex":"00","c-i_hex":"01","suite":0,"c_r":1}'
	malformed 5 "\"c_r\" is an unknown key"
}

@test "numbers: needed, and with one above 0 the window is lost" {
	oscore-gen --pair client server
	oscore-show -t json -o export client 2>/dev/null
	run -2 --separate-stderr oscore-gen --import json:export d
	usage_error "needs --sender-seq"
	oscore-gen --sender-seq 7 --import json:export d
	equal "$(oscore-show d | grep -E '^(Role|Sender Sequence|Replay Window:)')" "Role: client
Sender Sequence Number: 7, 1099511627769 left
Replay Window: lost (RFC 8613, Appendix B.1.2)"
}

@test "malformed files: one line, nothing is made" {
	good="master_secret,hex,$SECRET"$'\nsender_id,ascii,"a"\nrecipient_id,hex,00'
	import libcoap "# a comment"$'\n\n'"$good" -r client
	equal "$status" 0
	for line in nonsense master_secre,hex,00 'master_salt,hex,0' 'aead_alg,integer,' \
		'replay_window,bool,tru' 'master_salt,text,00' 'sender_id,hex,00' 'master_salt,hex,"00'; do
		import libcoap "$good"$'\n'"$line" -r client
		malformed 5 "line 4: "
	done
	import libcoap "nonsense"$'\n'"$good" -r client
	malformed 5 "line 1: "
	import libcoap "$good"$'\naead_alg,integer,99' -r client
	malformed 7 "line 4: the algorithm is unknown"
	(umask 077 && printf '%s\n#\r' "$good" >file && printf 'master_salt,hex,00' >>file)
	printf '%s\nmaster_salt,hex,00' "$good" >file
	run -5 --separate-stderr oscore-gen --sender-seq 0 -r client --import libcoap:file d
	refused file "line 4: no end of line: libcoap drops this one"
	import wireshark '"00","01","00","","",'
	malformed 5 "line 1: not six fields"
	import wireshark '"00","01","00","","","A128GCM"'
	malformed 7 "the algorithm is not"
	import wireshark $'nonsense\n"00","01","00","","","AES-CCM-16-64-128 (CCM*)"'
	malformed 5 "line 1: not six fields"
	import json '{"sender-id_hex":"00","recipient-id_hex":"01","secret_hex":"00","slat_hex":""}' -r client
	malformed 5 "slat_hex.* unknown key"
	import json '{"sender-id_hex":"00","recipient-id_hex":"00","secret_hex":"00"}' -r client
	malformed 7 "are equal"
	for bytes in a1 a10241 a10949ff a1024100ff bf024100ff a2024100024100 a1186341aa a1616d4100; do
		raw "$bytes" >file
		run -5 --separate-stderr oscore-gen -q --sender-seq 0 --client-id 01 --server-id 00 --import rfc9203:file d
		refused file "."
	done
	raw a1186341aa >file
	run -5 --separate-stderr oscore-gen -q --sender-seq 0 --client-id 01 --server-id 00 --import rfc9203:file d
	refused file "label 99 is unknown"
	[ ! -e d ]
}

@test "usage" {
	oscore-gen --pair client server
	oscore-show -t libcoap -o export client 2>/dev/null
	for arguments in "-a 10" "--master-salt 00" "--secret-bytes 4" "--id-context 00"; do
		# shellcheck disable=SC2086 # words
		run -2 --separate-stderr oscore-gen --sender-seq 0 --import libcoap:export $arguments d
		usage_error "exclude each other"
	done
	run -2 --separate-stderr oscore-gen --sender-seq 0 --import libcoap:export d
	usage_error "does not say which side it is of: add --role"
	run -2 --separate-stderr oscore-gen --sender-seq 0 --import c:export d
	usage_error "FORMAT:FILE"
	run -2 --separate-stderr oscore-gen --sender-seq 0 -r client --import libcoap:export --window 4 d
	usage_error "has one"
	oscore-show -t rfc9203 -o export client
	run -2 --separate-stderr oscore-gen --sender-seq 0 --import rfc9203:export d
	usage_error "has no IDs"
	[ ! -e d ]
}
