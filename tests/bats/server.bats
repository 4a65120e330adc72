#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
#
# Over the network of this machine: a client made of jq, oscore-protect and socat, and in front
# of a server that knows plain CoAP only a script of two lines.

# shellcheck disable=SC2016,SC2154 # scripts for bash -c; stderr comes from run
load helper
load net

# plain_server - CoAP without OSCORE: answers GET of /tv1 with 2.05, all else with 4.04, for at
# most 30 s; its port is in the file plain.port
plain_server() {
	python3 - 3>&- <<-'PYTHON' &
		import os, socket, time

		ours = socket.socket(type=socket.SOCK_DGRAM)
		ours.bind(("127.0.0.1", 0))
		with open("plain.new", "w") as file:
		    print(ours.getsockname()[1], file=file)
		os.rename("plain.new", "plain.port")
		end = time.monotonic() + 30
		while time.monotonic() < end:
		    ours.settimeout(max(0.01, end - time.monotonic()))
		    data, peer = ours.recvfrom(65536)
		    known = data[1] == 1 and data.endswith(bytes.fromhex("b3747631"))
		    header = bytes([0x60 | data[0] & 15, 0x45 if known else 0x84]) + data[2:4 + (data[0] & 15)]
		    ours.sendto(header + (b"\xffhello" if known else b""), peer)
	PYTHON
	plain=$!
	until [ -e plain.port ]; do sleep 0.01; done
}

# oscore_server - the script in front of it, on the port in the variable port
oscore_server() {
	cat >serve <<-END
		#!/bin/sh
		tee request.\$\$ | oscore-unprotect server --error-reply reply.\$\$ | socat -t 0.3 - UDP:127.0.0.1:$(cat plain.port) |
			oscore-protect --request request.\$\$ server || cat reply.\$\$
	END
	chmod +x serve
	port=$(free_port)
	timeout 30 socat -t 5 UDP-RECVFROM:"$port",bind=127.0.0.1,fork EXEC:./serve 2>front.log 3>&- &
	front=$!
	bound "$port"
}

teardown() {
	[ -z "${plain:-}" ] || kill "$plain" || true
	[ -z "${front:-}" ] || kill "$front" || true
}

# ask URI-PATH - the answer in JSON; the messages are in request and answer
ask() {
	jq -nc --arg path "$1" '{code: "GET", type: "CON", options: [["Uri-Path", $path]]}' |
		oscore-protect -f json -t raw client >request &&
		socat -t 2 - UDP:127.0.0.1:"$port" <request >answer &&
		oscore-unprotect -t json --request request client answer
}

@test "a request in JSON, sent, answered by a plain server, and its answer read" {
	need_executable
	oscore-gen --pair client server
	plain_server
	oscore_server
	run -0 --separate-stderr ask tv1
	equal "$stderr" ""
	equal "$(jq -r '.type + " " + .code + " " + .payload' <<<"$output")" "ACK 2.05 hello"
	run -0 --separate-stderr ask other
	equal "$(jq -r .code <<<"$output")" 4.04
	equal "$(next_of client)" 2
	# the same datagram once more is answered in the clear
	run -0 --separate-stderr bash -c 'socat -t 2 - UDP:127.0.0.1:"$1" <request >answer' - "$port"
	run -3 --separate-stderr oscore-unprotect --request request client answer
	refused answer:1 "4.01 in the clear, not authenticated: Replay detected"
	equal "$(next_of server)" 0
}
