# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
#
# UDP on this machine, for the tests that use it.

# free_ports N - that many UDP ports that nobody has at the moment, in one line
free_ports() {
	python3 -c '
import socket, sys
all = [socket.socket(type=socket.SOCK_DGRAM) for _ in range(int(sys.argv[1]))]
for one in all:
    one.bind(("127.0.0.1", 0))
print(*(one.getsockname()[1] for one in all))' "$1"
}

free_port() {
	free_ports 1
}

# bound PORT - wait until somebody listens on a UDP port
bound() {
	local hex tries
	hex=$(printf ':%04X ' "$1")
	for ((tries = 0; tries < 1000; tries++)); do
		grep -q "$hex" /proc/net/udp && return 0
		sleep 0.01
	done
	return 1
}
