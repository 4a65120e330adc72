#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
#
# The recipes of oscore(7), as they stand there, with the programs that they name. Only addresses
# and ports are others: all is on this machine, on ports that are free.

# shellcheck disable=SC2030,SC2031,SC2154 # tests are subshells; stderr comes from run
load helper
load manual
load net

PAGE=$ROOT/man/oscore.7

# The directory in which each recipe begins.
setup() {
	mkdir "$BATS_TEST_TMPDIR/work"
	cd "$BATS_TEST_TMPDIR/work" || return 1
	read -r network client plain < <(free_ports 3)
	here=(-e 's/\b192\.0\.2\.1 /127.0.0.1 /g' -e "s|/usr/share/oscore-tools/recipes|$ROOT/man/recipes|"
		-e "s/\b5683\b/$network/g; s/\b5684\b/$client/g; s/\b5685\b/$plain/g")
	recipe setup
	started=()
}

# What was started leads a group of its own, by timeout(1), and all that it started goes with it.
teardown() {
	stop
}

stop() {
	local process
	for process in "${started[@]}"; do
		kill -- "-$process" || kill "$process" || true
	done 2>/dev/null
	started=()
}

# recipe NAME - the commands of oscore(7), with addresses and ports of this machine
recipe() {
	run_commands < <(displays "$PAGE" RECIPES "recipe: $1" | sed "${here[@]}")
}

# start_command COMMAND - a server, for a minute at most, and wait for its port
start_command() {
	local log=log.${#started[@]}
	# shellcheck disable=SC2294
	eval "timeout 60 ${1% &} >$log 2>&1 3>&- &"
	started+=($!)
	bound "$(grep -oE "$network|$client|$plain" <<<"$1" | head -n 1)" || fail "$1" "$(cat "$log")"
}

# need PROGRAM... - those of other packages, which "make deps check" installs
need() {
	local program
	for program in "$@"; do
		command -v "$program" >/dev/null || skip "$program is not installed"
	done
}

# send HEX - a datagram, and what comes back within 10 s, in hex
send() {
	exec 5<>/dev/udp/127.0.0.1/"$network"
	raw "$1" >&5
	timeout 10 dd bs=64k count=1 status=none <&5 | xxd -p | tr -d '\n'
}

get() {
	printf '{"code":"GET","type":"%s","uri":"%s"}\n' "$1" "$2"
}

@test "in front of a plain server, one request from the shell, behind a plain client" {
	need socat jq coap-server-notls coap-client-notls
	recipe front
	recipe ask
	recipe behind
}

@test "a server that has lost its replay window" {
	need socat jq coap-server-notls
	recipe front
	rm -r client server
	recipe echo
}

@test "a device that has lost its flash" {
	need socat jq coap-server-notls
	recipe front
	rm -r client server
	recipe rederive
}

@test "a retransmission gets the bytes of the first answer" {
	need socat jq coap-server-notls
	recipe front
	get CON /time | oscore-protect -f json -t hex client >q
	exec 4<>/dev/udp/127.0.0.1/"$network"
	# from one socket, as a client does it
	for _ in 1 2; do
		raw "$(cat q)" >&4
		timeout 10 dd bs=64k count=1 status=none <&4 | xxd -p | tr -d '\n' >>answers
		echo >>answers
	done
	equal "$(sort -u answers | wc -l)" 1
	run -0 --separate-stderr oscore-unprotect -f hex -t json --request q client <(head -n 1 answers)
	equal "$(jq -r '.type + " " + .code' <<<"$output")" "ACK 2.05"
	equal "$(jq .mid <<<"$output")" "$(oscore-unprotect -pq -f hex -t json q | jq .mid)"
	# another socket is somebody else, who gets no answer of the server
	send "$(cat q)" >replayed
	run -3 --separate-stderr oscore-unprotect -f hex --request q client replayed
	said "Replay detected"
}

@test "a copy that comes while the server is at work is silent, and gets no second answer" {
	need socat jq coap-server-notls
	recipe front
	get CON '/async?1' | oscore-protect -f json client >q.json
	oscore-unprotect -pq -f json -t hex q.json >q
	exec 4<>/dev/udp/127.0.0.1/"$network"
	raw "$(cat q)" >&4
	raw "$(cat q)" >&4
	timeout 10 dd bs=64k count=1 status=none <&4 | xxd -p | tr -d '\n' >answer
	run -0 --separate-stderr oscore-unprotect -f hex -t payload --request q client answer
	prints "done"
	run -124 timeout 0.3 dd bs=64k count=1 status=none <&4
	equal "$output" ""
}

@test "what does not verify is answered in the clear, leaves nothing, and is not in the way" {
	need socat jq coap-server-notls
	recipe front
	get NON /time | oscore-protect -f json -t hex client >q
	send "$(broken "$(cat q)")" >answer
	run -3 --separate-stderr oscore-unprotect -f hex --request q client answer
	said "4.00 in the clear, not authenticated: Decryption failed"
	equal "$(names seen)" ""
	send "$(cat q)" >answer
	run -0 --separate-stderr oscore-unprotect -f hex -t json --request q client answer
	equal "$(jq -r '.type + " " + .code' <<<"$output")" "NON 2.05"
}

# peer PYTHON - a server with OSCORE on the port of the network, whose answers are made by hand;
# recv() and send() take and give a datagram, run() is a command with input and output
peer() {
	timeout 30 python3 - "$network" "$1" 3>&- <<-'PYTHON' &
		import json, socket, subprocess, sys

		ours = socket.socket(type=socket.SOCK_DGRAM)
		ours.bind(("127.0.0.1", int(sys.argv[1])))
		ours.settimeout(20)
		there = None


		def recv():
		    global there
		    data, there = ours.recvfrom(65536)
		    return data


		def send(data):
		    ours.sendto(data, there)


		def run(data, *command):
		    return subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout


		exec(sys.argv[2])
	PYTHON
	started+=($!)
	bound "$network"
}

@test "an Empty ACK, then forgery, then a Confirmable answer that is acknowledged" {
	need jq
	peer '
q = recv()
run(q, "oscore-unprotect", "server")
open("q", "wb").write(q)
answer = run(json.dumps({"code": "2.05", "type": "CON", "mid": 77, "payload": "late"}).encode(),
             "oscore-protect", "-f", "json", "-t", "raw", "--request", "q", "server")
send(bytes([0x60, 0]) + q[2:4])
send(answer[:-1] + bytes([answer[-1] ^ 1]))
send(answer)
open("acknowledged", "w").write(recv().hex())
'
	run -0 --separate-stderr timeout 20 ./ask 127.0.0.1 "$network" client < <(get CON /x)
	equal "$(jq -r .payload <<<"$output")" late
	wait "${started[0]}"
	started=()
	equal "$(cat acknowledged)" 6000004d
}

@test "ask repeats what got lost" {
	need jq
	peer '
lost, q = recv(), recv()
assert lost == q
run(q, "oscore-unprotect", "server")
open("q", "wb").write(q)
send(run(b"{\"code\":\"2.04\"}", "oscore-protect", "-f", "json", "-t", "raw", "--request", "q", "server"))
'
	sed -i 's/2 4 8 16/0.1 4/' ask
	run -0 --separate-stderr timeout 20 bash ./ask 127.0.0.1 "$network" client < <(get CON /x)
	equal "$(jq -r .code <<<"$output")" 2.04
	equal "$stderr" ""
}

@test "observation: each notification one datagram" {
	need socat jq coap-server-notls
	recipe front
	recipe watch
	# and nothing of it is left
	groups=("${started[@]}")
	stop
	for group in "${groups[@]}"; do
		for ((tries = 0; tries < 500; tries++)); do
			kill -0 -- "-$group" 2>/dev/null || continue 2
			sleep 0.01
		done
		fail "group $group is still there"
	done
}

@test "a Confirmable notification is acknowledged each time it comes, and written once" {
	need jq
	peer '
q = recv()
run(q, "oscore-unprotect", "server")
open("q", "wb").write(q)
for n in 1, 2:
    one = {"code": "2.05", "type": "CON", "mid": 256 + n, "options": [["Observe", 0]], "payload": str(n)}
    message = run(json.dumps(one).encode(),
                  "oscore-protect", "-f", "json", "-t", "raw", "--request", "q", "server")
    for _ in 1, 2:
        send(message)
        print(recv().hex(), file=open("acknowledged", "a"))
'
	{ echo '{"code":"GET","uri":"/x","options":[["Observe",0]]}' | timeout 20 ./watch 127.0.0.1 "$network" client >out & } 3>&-
	wait "${started[0]}"
	started=("$!")
	equal "$(xargs <acknowledged)" "60000101 60000101 60000102 60000102"
	equal "$(jq -r '.payload // .error' out | xargs)" "1 6 2 6"
}

@test "ack makes acknowledgements of what is Confirmable, and of nothing else" {
	need jq
	printf '{"code":"2.05","type":"%s","mid":7}\n' NON ACK RST >messages
	run -0 --separate-stderr ./ack <messages
	silent
	run -0 --separate-stderr bash -c './ack | xxd -p' <<<'{"code":"2.05","type":"CON","mid":65534}'
	prints 6000fffe
}

@test "a server of many devices" {
	need socat jq coap-server-notls
	start_command "coap-server-notls -A 127.0.0.1 -p $plain &"
	recipe many
	recipe firmware
}

@test "the unit for systemd is one" {
	need systemd-analyze
	run -0 --separate-stderr systemd-analyze verify ./oscore-front.service
	prints ""
	# it starts what the recipe starts
	grep -qF "EXEC:'./once ./front 127.0.0.1 5685 -C contexts',socktype=5" "$PAGE"
	grep -qF '"EXEC:./once ./front 127.0.0.1 5685 -C contexts,socktype=5"' oscore-front.service
}

@test "a capture" {
	need jq tshark text2pcap
	# root is warned
	tshark() { command tshark "$@" 2> >(grep -v ^Running >&2); }
	export -f tshark
	here=(-e '')
	recipe capture
}

@test "rotating keys" {
	need jq
	recipe rotate
}

@test "moving a context" {
	need jq
	recipe move
}

@test "blocks" {
	need jq
	recipe blocks
}

@test "blocks: none may be missing, twice or out of order, and any length will do" {
	need jq
	for size in 0 1 63 64 65 128 1000; do
		head -c "$size" /dev/urandom >file
		# shellcheck disable=SC2094 # read twice
		./blocks /x <file | ./unblocks | cmp - file
	done
	for order in '1p;2p' '2p;3p' '1p;3p' '1p;1p;2p;3p'; do
		seq 50 | ./blocks /x | sed -n "$order" >some
		run -0 --separate-stderr ./unblocks <some
		equal "$output" ""
		said "blocks are missing"
	done
	seq 50 | ./blocks /x | tac >some
	run -0 --separate-stderr ./unblocks <some
	equal "$output" ""
	said "blocks are missing"
}

@test "jq" {
	need jq
	recipe jq
}

@test "many contexts on two cores, and on other machines" {
	need jq parallel
	export HOME=$PWD
	recipe parallel
	rm -r devices contexts
	# the other machines are this one
	ssh() { sh -c "${*:2}"; }
	export -f ssh
	recipe machines
}

@test "shared out to two, all of a long stream comes out, each context's messages in their order" {
	need jq parallel
	export HOME=$PWD
	mkdir devices contexts
	for id in 0a 0b 0c 0d 0e; do
		oscore-gen --pair --client-id $id --server-id ff devices/$id contexts/$id
		# 4 MB: more than parallel reads at a time
		seq -f "5101%04.0f7ab17${id:1:1}" 1000 7999 | oscore-protect -f hex devices/$id >sent-$id
	done
	paste -d '\n' sent-* >messages
	# the command of the manual, but for the format
	displays "$PAGE" RECIPES "recipe: parallel" |
		sed -n '/^\$ paste/,/:::/{s/^\$ //; s/ -t json//; s/\(::: 0 1\).*/\1/; p}' >share
	run -0 --separate-stderr bash share
	equal "$stderr" ""
	equal "$(wc -l <<<"$output")" 35000
	for id in a b c d e; do
		equal "$(grep "7ab17$id\$" <<<"$output" | md5sum)" "$(seq -f "5101%04.0f7ab17$id" 1000 7999 | md5sum)"
	done
}

@test "the manual shows the scripts as they are" {
	mandoc -T ascii "$PAGE" >page
	mkdir shown
	for file in "$ROOT"/man/recipes/*; do
		sed '/^# SPDX/,/^#*$/d' "$file" >"shown/${file##*/}"
		diff <(displays "$PAGE" RECIPES "file: ${file##*/}") "shown/${file##*/}"
	done
	run -0 --separate-stderr python3 - page shown/* <<-'PYTHON'
		import sys

		page, *scripts = (
		    "\n".join(line.strip() for line in open(name)) for name in sys.argv[1:]
		)
		print(*(script for script in scripts if script not in page), sep="\n", end="")
	PYTHON
	silent
	equal "$(grep -c '^\.\\" file: ' "$PAGE")" "$(find "$ROOT/man/recipes" -type f | wc -l)"
}
