#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
#
# oscore-unprotect --error-reply: the answers to refused requests (RFC 8613, 7.4, 8.2, 8.3).

# shellcheck disable=SC2016,SC2154 # scripts for bash -c; stderr comes from run
load helper

# A request of a client 636c69 to a server 737276 whose inner message is malformed: the code 0.00
# inside; an option that is cut off; an inner Uri-Host.
INNER_CODE=420212344a01950914636c69ff5fb2f988632253726ec43c
INNER_OPTION=420212344a01950914636c69ff5ef3909b7425b6294b8a
INNER_HOST=420212344a01950914636c69ff5e3ffd1362f646aaf591bc5b459b480e9f684c0d341e

inner_contexts() {
	pair_context client 636c69 737276
	pair_context server 737276 636c69
}

# refuse STATUS MESSAGE [OPTION...] - in server, with the reply in the file reply
refuse() {
	local status_wanted=$1 message=$2
	shift 2
	rm -f reply
	run "-$status_wanted" --separate-stderr text "$message" oscore-unprotect -f hex \
		--error-reply reply "$@"
}

# plain_reply HEADER CODE TOKEN TEXT - with Max-Age 0
plain_reply() {
	printf '%s%s%s%sd001ff%s\n' "${1:0:2}" "$2" "${1:2}" "$3" "$(printf %s "$4" | xxd -p | tr -d '\n')"
}

# expect TYPE CODE TEXT - the file reply, to a message with the ID 5d1f and the token 00003974
expect() {
	if [ "$1" = ACK ]; then
		equal "$(cat reply)" "$(plain_reply 645d1f "$2" 00003974 "$3")"
	else
		equal "$(sed -E 's/^(....)..../\1.../' reply)" \
			"$(plain_reply 545d1f "$2" 00003974 "$3" | sed -E 's/^(....)..../\1.../')"
	fi
}

@test "4.02 Failed to decode COSE: the OSCORE option, or no payload" {
	client_and_server
	before=$(snapshot server)
	# reserved bits; Partial IV too long, or cut off; left over; flag byte 0; h without s
	for option in 2914 8914 0e 0614 09 00 1914 191405aa 0114 0814 ""; do
		length=$(printf %x $((${#option} / 2)))
		refuse 5 "44025d1f000039749$length${option}ff00112233445566778899" server
		refused "<stdin>:1"
		expect ACK 82 "Failed to decode COSE"
	done
	# twice, and no payload
	for message in 44025d1f00003974920914020914ff00 44025d1f00003974920914; do
		refuse 5 "$message" server
		expect ACK 82 "Failed to decode COSE"
	done
	equal "$(snapshot server)" "$before"
}

@test "4.01 Security context not found: kid or kid context" {
	client_and_server
	before=$(snapshot server)
	refuse 4 "${GET_PROTECTED/620914/630914ee}" server
	expect ACK 81 "Security context not found"
	refuse 4 "${GET_PROTECTED/620914/65191402aabb}" server
	expect ACK 81 "Security context not found"
	equal "$(snapshot server)" "$before"
	mkdir ctx
	mv server ctx
	refuse 4 "${GET_PROTECTED/620914/630914ee}" -C ctx
	expect ACK 81 "Security context not found"
	refuse 4 "$(broken "$GET_PROTECTED")" -C ctx
	expect ACK 80 "Decryption failed"
}

@test "4.01 Replay detected" {
	accepted
	before=$(snapshot server)
	refuse 6 "$GET_PROTECTED" server
	refused "<stdin>:1" "replay"
	expect ACK 81 "Replay detected"
	equal "$(snapshot server)" "$before"
	# below the window
	pair_state server 0 50 1
	refuse 6 "$GET_PROTECTED" server
	expect ACK 81 "Replay detected"
}

@test "4.00 Decryption failed" {
	client_and_server
	before=$(cat server/sequence.json)
	refuse 4 "$(broken "$GET_PROTECTED")" server
	refused "<stdin>:1" "tag"
	expect ACK 80 "Decryption failed"
	# not longer than a tag
	refuse 4 44025d1f00003974920914ff0011223344556677 server
	expect ACK 80 "Decryption failed"
	equal "$(cat server/sequence.json)" "$before"
}

@test "the answer to a Non-confirmable request is one, with a Message ID of its own" {
	client_and_server
	refuse 4 "$(broken "5${GET_PROTECTED:1}")" server
	expect NON 80 "Decryption failed"
	message=${GET_PROTECTED/620914/630914ee}
	refuse 4 "5${message:1}" server
	equal "$(cut -c 1-4 reply)" 5481
	for _ in 1 2 3 4 5; do
		refuse 4 "$(broken "5${GET_PROTECTED:1}")" server
		cut -c 5-8 reply >>ids
	done
	[ "$(sort -u ids | wc -l)" -gt 1 ] || fail "$(cat ids)"
}

@test "tokens of every length are kept" {
	client_and_server
	for token in "" 01 0102030405060708; do
		refuse 4 "4$((${#token} / 2))025d1f${token}920914ff00112233445566778899" server
		equal "$(cat reply)" "$(plain_reply "6$((${#token} / 2))5d1f" 80 "$token" "Decryption failed")"
	done
}

@test "a malformed inner message: a protected 4.02 with its own Partial IV" {
	for message in $INNER_CODE $INNER_OPTION $INNER_HOST; do
		rm -rf client server
		inner_contexts
		pair_state server 7 0 0
		refuse 5 "$message" server
		refused "<stdin>:1" "inner"
		[[ $(cat reply) == 624412344a01920107ff* ]] || fail "$(cat reply)"
		equal "$(next_of server)" 8
		# the number is struck, and answered
		equal "$(member server received)" '{"index":0,"bitfield":1048576}'
		equal "$(member server answered)" '{"index":0,"bitfield":1048576}'
		echo "$message" >req
		run -0 --separate-stderr oscore-unprotect -f hex --request req client reply
		prints 628212344a01
		# the next answer has another number
		refuse 6 "$message" server
		equal "$(next_of server)" 8
		run -0 --separate-stderr text 624512344a01ff00 oscore-protect -f hex --request req server
		[[ $output == 624412344a01920108ff* ]] || fail "the nonce of the request"
	done
}

@test "the number of a protected answer is on disk before the answer leaves" {
	inner_contexts
	run -1 --separate-stderr text $INNER_CODE oscore-unprotect -f hex --error-reply /dev/full server
	equal "$(next_of server)" 1
	rm -rf server
	pair_context server 737276 636c69
	# LeakSanitizer does not work under strace
	export ASAN_OPTIONS=detect_leaks=0
	text $INNER_CODE strace -f -o calls -e trace=openat,rename,renameat,fsync,write \
		oscore-unprotect -f hex --error-reply reply server || equal $? 5
	# the last rename of the state comes before the reply is written
	grep -nE 'rename.*sequence.json|write\([0-9]+, "6244' calls | tail -n 2 >order
	grep -q rename <(head -n 1 order)
	grep -q write <(tail -n 1 order)
}

@test "no number left: no protected answer" {
	inner_contexts
	pair_state server 1099511627776 0 0
	refuse 5 $INNER_CODE server
	[ ! -e reply ]
	equal "$(next_of server)" 1099511627776
	equal "$(member server received)" '{"index":0,"bitfield":1048576}'
}

@test "no answer to what passes, is no request, is not protected, or when the context fails" {
	client_and_server
	raw "$GET_PROTECTED" >req
	run -0 --separate-stderr text "$GET_PROTECTED" oscore-unprotect -f hex --error-reply reply server
	prints "$GET"
	[ ! -e reply ]
	# CoAP format; no OSCORE option; responses in every way
	for row in "5 4401" "5 49020001" "5 44025d1f00003974620914ff" "5 44025d1f000039742f" "5 zz" \
		"3 $GET" "3 40000001" "3 $CONTENT" "4 $CONTENT_PROTECTED" \
		"5 64445d1f000039749120ff00" "5 64445d1f0000397490"; do
		read -r status_wanted message <<<"$row"
		refuse "$status_wanted" "$message" server
		[ ! -e reply ] || fail "$message: $(cat reply)"
	done
	for message in "$(broken "$CONTENT_PROTECTED")" "${CONTENT_PROTECTED/90ff/920814ff}" \
		"${CONTENT_PROTECTED/00003974/00003975}"; do
		run --separate-stderr text "$message" oscore-unprotect -f hex --error-reply reply --request \
			req client
		differ "$status" 0
		[ ! -e reply ] || fail "$message: $(cat reply)"
	done
	# 7
	refuse 7 "$GET_PROTECTED" nowhere
	[ ! -e reply ]
	state server '{'
	refuse 7 "$GET_PROTECTED" server
	[ ! -e reply ]
	# 1
	run -1 --separate-stderr oscore-unprotect --error-reply reply server </dev/null
	[ ! -e reply ]
	equal "$(names .)" "client req server "
}

@test "without the option there are no answers, and no numbers are used" {
	inner_contexts
	run -5 --separate-stderr text $INNER_CODE oscore-unprotect -f hex server
	refused "<stdin>:1"
	equal "$(next_of server)" 0
}

@test "a stream: one answer for each refused request, in the format of the input" {
	client_and_server
	before=$(text "$GET" oscore-protect -f hex client)
	{
		broken "$GET_PROTECTED"
		echo "$GET_PROTECTED"
		echo "$GET"
		echo "$GET_PROTECTED"
		echo "${GET_PROTECTED/620914/630914ee}"
		echo "$CONTENT_PROTECTED"
		echo 4401
		text "$GET" oscore-protect -f hex client
	} >stream
	run -4 --separate-stderr oscore-unprotect -k -f hex --error-reply replies server stream
	equal "$(cut -c 1-4 replies | tr '\n' ' ')" "6480 6481 6481 "
	equal "$(grep -c '^4401' <<<"$output")" 2
	sed -i /^4401/d stream
	for format in json cborseq hex; do
		rm -rf server replies
		pair_context server 01 ""
		oscore-unprotect -q -p -f hex -t $format stream >in
		run -4 --separate-stderr to out oscore-unprotect -q -k -f $format -t hex \
			--error-reply replies server in
		case $format in
		json) equal "$(jq -r '.code + " " + .payload' replies | tr '\n' ,)" \
			"4.00 Decryption failed,4.01 Replay detected,4.01 Security context not found," ;;
		cborseq) equal "$(xxd -p -l 5 replies)" 581c64805d ;;
		hex) equal "$(wc -l <replies)" 3 ;;
		esac
	done
	# without -k there is one
	rm -r server replies
	pair_context server 01 ""
	run -4 --separate-stderr oscore-unprotect -f hex --error-reply replies server stream
	equal "$(cut -c 1-4 replies)" 6480
}

@test "a stream of protected answers: each has its number" {
	inner_contexts
	pair_state server 5 0 0
	# one number, so all but the first are replays
	printf '%s\n' $INNER_CODE $INNER_OPTION $INNER_HOST >stream
	run -5 --separate-stderr oscore-unprotect -k -f hex --error-reply replies server stream
	equal "$(cut -c 1-4 replies | tr '\n' ' ')" "6244 6281 6281 "
	equal "$(next_of server)" 6
}

@test "the answer to a raw request is raw, whatever the output is" {
	accepted
	for format in raw hex json cborseq payload; do
		rm -f reply
		run -6 --separate-stderr oscore-unprotect -t $format --error-reply reply server req
		equal "$(hex_of reply)" "$(plain_reply 645d1f 81 00003974 "Replay detected")"
	done
	# protected ones too
	rm -r client server
	inner_contexts
	run -5 --separate-stderr feed $INNER_CODE oscore-unprotect -t json --error-reply reply server
	[[ $(hex_of reply) == 624412344a01920100ff* ]] || fail "$(hex_of reply)"
	# and to one in hex it is hex, where raw output holds one message: more answers have room
	rm -r client server
	inner_contexts
	printf '%s\n' "$(broken $INNER_CODE)" "$(broken $INNER_OPTION)" >stream
	run -4 --separate-stderr oscore-unprotect -k -f hex -t raw --error-reply reply server stream
	equal "$(cut -c 1-4 reply | tr '\n' ' ')" "6280 6280 "
}

@test "FILE is replaced by rename, and keeps its mode" {
	accepted
	echo old >reply
	chmod 640 reply
	ln reply link
	run -6 --separate-stderr oscore-unprotect --error-reply reply server req
	equal "$(hex_of reply)" "$(plain_reply 645d1f 81 00003974 "Replay detected")"
	equal "$(cat link)" old
	equal "$(mode_of reply)" 640
	equal "$(names .)" "client link reply req server "
}

@test "an old FILE is removed if there is no reply, and stays if no message was read" {
	client_and_server
	text "$GET" oscore-protect -f hex client >later
	echo old >reply
	for arguments in "--bogus server" "server one two" "-t bogus server" "-C ctx one two"; do
		# shellcheck disable=SC2086 # several
		run -2 --separate-stderr text "$GET_PROTECTED" oscore-unprotect -f hex --error-reply \
			reply $arguments
		equal "$(cat reply)" old
	done
	run -1 --separate-stderr oscore-unprotect --error-reply reply server </dev/null
	equal "$(cat reply)" old
	run -0 --separate-stderr text "$GET_PROTECTED" oscore-unprotect -f hex --error-reply reply server
	prints "$GET"
	[ ! -e reply ]
	# refused, but there is no answer to it
	for row in "3 $GET" "5 4401" "4 $CONTENT_PROTECTED"; do
		echo old >reply
		run "-${row% *}" --separate-stderr text "${row#* }" oscore-unprotect -f hex \
			--error-reply reply server
		[ ! -e reply ] || fail "$row"
	done
	# what is no regular file is not removed
	mkfifo fifo
	ln -s old link
	for name in fifo link; do
		{ timeout 30 cat fifo & } 3>&- >/dev/null
		run --separate-stderr oscore-unprotect -q -k -f hex --error-reply $name server later
		kill $! 2>/dev/null || true
		[ -p fifo ] && [ -L link ] || fail $name
	done
}

@test "a plain FILE holds one raw reply, also if the input and the output are packets" {
	client_and_server
	run -0 --separate-stderr python3 - "$(broken "$GET_PROTECTED")" <<-'PYTHON'
		import socket, subprocess, sys

		ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
		for _ in range(3):
		    ours.send(bytes.fromhex(sys.argv[1]))
		ours.shutdown(socket.SHUT_WR)
		command = ["oscore-unprotect", "-k", "-t", "raw", "--error-reply", "reply", "server"]
		print(subprocess.run(command, stdin=theirs, stdout=theirs, timeout=30, check=False).returncode)
	PYTHON
	equal "$output" 4
	equal "$(hex_of reply)" "$(plain_reply 645d1f 80 00003974 "Decryption failed")"
	said "<stdin>:1: .*tag" "<stdin>: the file of --error-reply holds one raw message"
	[[ $stderr != *"<stdin>:2"* ]] || fail "a second one was worked on"
}

@test "FILE is not the output, the input or the request, however they are spelled" {
	accepted
	ln -s out link
	touch other
	ln -s other way
	for row in "-o out --error-reply out" "-o ./out --error-reply out" "-o out --error-reply $PWD//out" \
		"-o way --error-reply other" "-o other --error-reply way" "-o out --error-reply ./req" \
		"--request req --error-reply ./req"; do
		# shellcheck disable=SC2086 # several
		run -2 --separate-stderr oscore-unprotect $row server req
		usage_error "error-reply"
	done
	equal "$(hex_of req)" "$GET_PROTECTED"
	run -6 --separate-stderr oscore-unprotect -o /dev/null --error-reply /dev/null server req
}

@test "answers that cannot be written do not take the messages along" {
	client_and_server
	text "$GET" oscore-protect -f hex client >one
	text "$GET_B" oscore-protect -f hex client >two
	oscore-unprotect -f hex server one
	cat one one two one >messages
	run -1 --separate-stderr oscore-unprotect -k -f hex -o out --error-reply /dev/full server messages
	equal "$(cut -c 1-4 out)" $'# 6 \n# 6 \n4401\n# 6 '
	said "/dev/full: write"
}

@test "an output that cannot be written does not take the answers along" {
	accepted
	echo "$GET_PROTECTED" >req
	for output in "-o /dev/full" "-o -"; do
		for before in "" old; do
			rm -f reply
			[ -z "$before" ] || echo old >reply
			# shellcheck disable=SC2086 # two words
			run -1 --separate-stderr to /dev/full oscore-unprotect -k -f hex $output \
				--error-reply reply server req
			equal "$(cat reply)" "$(plain_reply 645d1f 81 00003974 "Replay detected")"
		done
	done
	state server '{"next-to-send": 5, "received": "unknown"}'
	run -1 --separate-stderr to /dev/full oscore-unprotect -k -f hex --error-reply reply --moved server req
	[[ $(cat reply) == 64445d1f00003974* ]] || fail "no challenge"
}

@test "FILE may be a FIFO, or standard output" {
	accepted
	echo "$GET_PROTECTED" >req
	mkfifo fifo
	cat fifo >heard &
	run -6 --separate-stderr oscore-unprotect -f hex --error-reply fifo server req
	wait $!
	equal "$(cat heard)" "$(plain_reply 645d1f 81 00003974 "Replay detected")"
	[ -p fifo ]
	run -6 --separate-stderr oscore-unprotect -f hex --error-reply /dev/stdout server req
	equal "$output" "$(plain_reply 645d1f 81 00003974 "Replay detected")"
}

@test "FILE cannot be made: 1, and nothing is used up" {
	inner_contexts
	run -1 --separate-stderr text $INNER_CODE oscore-unprotect -f hex --error-reply no/where server
	refused no/where
	equal "$(names server)" "secret.json settings.json "
	run -2 --separate-stderr text $INNER_CODE oscore-unprotect -f hex server --error-reply
	usage_error
}

@test "a request in JSON, protected, sent, refused and answered in the clear" {
	client_and_server
	jq -nc '{code:"GET",token_hex:"aa",type:"CON",mid:7,options:[["Uri-Path","tv1"]]}' |
		oscore-protect -f json -t raw client >req
	oscore-unprotect server req >/dev/null
	oscore-unprotect -q -t raw --error-reply reply server req || equal $? 6
	run -3 --separate-stderr oscore-unprotect --request req client reply
	refused reply:1 "4.01 in the clear, not authenticated: Replay detected"
}
