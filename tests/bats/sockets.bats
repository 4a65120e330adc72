#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
#
# Sockets that keep messages apart: one message in each read and write.

# shellcheck disable=SC2016,SC2154 # scripts for bash -c; stderr comes from run
load helper
load net

# pair KIND PYTHON - with a socket pair (`ours`, `theirs`), another one (`far`, `near`), and
# run(stdin, stdout, argument...), which prints the status
pair() {
	python3 - "$@" <<-'PYTHON'
		import socket, subprocess, sys

		kind = getattr(socket, sys.argv[1])
		ours, theirs = socket.socketpair(socket.AF_UNIX, kind)
		far, near = socket.socketpair(socket.AF_UNIX, kind)
		for end in (ours, far):
		    end.settimeout(30)
		GET, GET_B = bytes.fromhex(sys.argv[3]), bytes.fromhex(sys.argv[4])


		def run(stdin, stdout, *arguments):
		    done = subprocess.run(arguments, stdin=stdin, stdout=stdout, timeout=30, check=False)
		    print("status", done.returncode)


		exec(sys.argv[2])
	PYTHON
}

in_pair() {
	pair "$1" "$2" "$GET" "$GET_B"
}

# ask PORT HEX... - send datagrams from one socket, and print the answer to each
ask() {
	python3 - "$@" <<-'PYTHON'
		import socket, sys

		ours = socket.socket(type=socket.SOCK_DGRAM)
		ours.settimeout(30)
		ours.connect(("127.0.0.1", int(sys.argv[1])))
		for message in sys.argv[2:]:
		    ours.send(bytes.fromhex(message))
		    print(ours.recv(65536).hex())
	PYTHON
}

@test "socat, seqpacket: a message in, a message out" {
	client_and_server
	run -0 --separate-stderr bash -c '
		printf "%s" "$1" | xxd -r -p | socat -t 10 - EXEC:"oscore-protect client",socktype=5 | xxd -p | tr -d "\n"
	' - "$GET"
	prints "$GET_PROTECTED"
	equal "$(next_of client)" 21
}

@test "seqpacket: many messages, each in its packet" {
	client_and_server
	# A queue takes a few packets only, so sending waits for reading.
	run -0 --separate-stderr in_pair SOCK_SEQPACKET '
import threading


def send():
    for i in range(100):
        ours.send(GET if i % 2 == 0 else GET_B)
    ours.shutdown(socket.SHUT_WR)


running = subprocess.Popen(["oscore-protect", "client"], stdin=theirs, stdout=theirs)
theirs.close()
threading.Thread(target=send).start()
answers = []
while answer := ours.recv(65536):
    answers.append(answer)
print(running.wait(30), len(answers), answers[0].hex(), len(set(answers)))
'
	prints "0 100 $GET_PROTECTED 100"
	equal "$(next_of client)" 120
}

@test "seqpacket: protect and unprotect, each at one end" {
	client_and_server
	run -0 --separate-stderr in_pair SOCK_SEQPACKET '
ours.send(GET)
ours.send(GET_B)
ours.shutdown(socket.SHUT_WR)
run(theirs, near, "oscore-protect", "client")
near.close()
run(far, 1, "oscore-unprotect", "-t", "hex", "server")
'
	equal "$stderr" ""
	equal "$(sort <<<"$output")" "$(printf '%s\n' "$GET" "$GET_B" "status 0" "status 0" | sort)"
}

@test "an answer before the next message" {
	client_and_server
	run -0 --separate-stderr in_pair SOCK_SEQPACKET '
running = subprocess.Popen(["oscore-protect", "client"], stdin=theirs, stdout=theirs)
for message in (GET, GET_B):
    ours.send(message)
    print(ours.recv(65536).hex()[:24])
ours.shutdown(socket.SHUT_WR)
print(running.wait(30))
'
	prints $'44025d1f00003974396c6f63\n44025d2000003975920915ff\n0'
}

@test "a packet that is too long is refused, and the next one is read" {
	client_and_server
	run -0 --separate-stderr in_pair SOCK_SEQPACKET '
ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
ours.send(b"\x50\x03\x00\x01\xff" + bytes(70000))
ours.send(GET)
ours.shutdown(socket.SHUT_WR)
run(theirs, theirs, "oscore-protect", "-k", "client")
print(ours.recv(65536).hex())
'
	equal "$output" $'status 5\n'"$GET_PROTECTED"
	one_error "<stdin>:1"
	said 65535
}

@test "payload: one in each packet" {
	client_and_server
	run -0 --separate-stderr bash -c '
		printf "%s\n" "{\"code\":\"PUT\",\"payload\":\"a\"}" "{\"code\":\"PUT\",\"payload\":\"b\"}" |
			oscore-protect -f json -t hex client >messages
	'
	run -0 --separate-stderr in_pair SOCK_SEQPACKET '
run(open("messages"), theirs, "oscore-unprotect", "-f", "hex", "-t", "payload", "server")
print(ours.recv(9), ours.recv(9))
'
	prints $'status 0\nb\'a\' b\'b\''
}

@test "cid reads packets" {
	client_and_server
	run -0 --separate-stderr in_pair SOCK_SEQPACKET '
ours.send(bytes.fromhex("40020001920901ff00"))
ours.send(bytes.fromhex("4002000193090102ff00"))
ours.shutdown(socket.SHUT_WR)
run(theirs, 1, "oscore-cid")
'
	equal "$(sort <<<"$output")" $'02\n_\nstatus 0'
}

@test "socat, UDP that is connected: requests in, plain messages back" {
	client_and_server
	port=$(free_port)
	text "$GET"$'\n'"$GET_B" oscore-protect -f hex client >requests
	socat "UDP4-LISTEN:$port,bind=127.0.0.1" EXEC:"oscore-unprotect server",nofork 3>&- &
	server=$!
	bound "$port"
	# shellcheck disable=SC2046 # two words
	run -0 --separate-stderr ask "$port" $(cat requests)
	kill "$server"
	prints "$GET"$'\n'"$GET_B"
}

@test "UDP: a datagram without bytes is malformed, and not the end" {
	client_and_server
	port=$(free_port)
	request=$(text "$GET" oscore-protect -f hex client)
	socat "UDP4-LISTEN:$port,bind=127.0.0.1" EXEC:"oscore-unprotect -k server",nofork 2>errors 3>&- &
	server=$!
	bound "$port"
	run -0 --separate-stderr python3 - "$port" "$request" <<-'PYTHON'
		import socket, sys

		ours = socket.socket(type=socket.SOCK_DGRAM)
		ours.settimeout(30)
		ours.connect(("127.0.0.1", int(sys.argv[1])))
		ours.send(b"")
		ours.send(bytes.fromhex(sys.argv[2]))
		print(ours.recv(65536).hex())
	PYTHON
	kill "$server"
	prints "$GET"
	grep -q '^oscore-unprotect: <stdin>:1: malformed' errors
}

@test "socat, UDP that is not connected: refused before a number is used" {
	client_and_server
	port=$(free_port)
	before=$(snapshot client)
	for format in raw hex json cborseq; do
		socat "UDP4-RECVFROM:$port,bind=127.0.0.1,reuseaddr" EXEC:"oscore-protect -t $format client",nofork 2>errors 3>&- &
		server=$!
		bound "$port"
		python3 -c 'import socket, sys; socket.socket(type=socket.SOCK_DGRAM).sendto(bytes.fromhex(sys.argv[2]), ("127.0.0.1", int(sys.argv[1])))' "$port" "$GET"
		status=0
		wait "$server" || status=$?
		equal "$status" 1
		grep -q '^oscore-protect: <stdout>: a datagram socket' errors
		equal "$(wc -l <errors)" 1
	done
	equal "$(snapshot client)" "$before"
}

# refusal PYTHON ARGUMENT... - with a UDP socket (`ours`) that is connected to a port that nobody
# has, and whose last packet was refused; peer() has the port then
refusal() {
	python3 - "$@" <<-'PYTHON'
		import socket, subprocess, sys

		here = ("127.0.0.1", 0)
		ours, peers = (socket.socket(type=socket.SOCK_DGRAM) for _ in range(2))
		ours.bind(here)
		peers.bind(here)
		address = peers.getsockname()
		ours.connect(address)


		def refuse():
		    ours.send(b"into the void")


		def peer():
		    end = socket.socket(type=socket.SOCK_DGRAM)
		    end.settimeout(30)
		    end.bind(address)
		    end.connect(ours.getsockname())
		    return end


		peers.close()
		refuse()
		exec(sys.argv[1])
	PYTHON
}

@test "UDP: a refused packet does not end a stream" {
	client_and_server
	text "$GET"$'\n'"$GET_B" oscore-protect -f hex client >requests
	# shellcheck disable=SC2046 # two words
	run -0 --separate-stderr refusal '
running = subprocess.Popen(["oscore-unprotect", "-k", "server"], stdin=ours, stdout=ours)
for request in sys.argv[2:]:
    end = peer()
    end.send(bytes.fromhex(request))
    print(end.recv(65536).hex())
    end.close()
    refuse()
print(running.poll())
running.kill()
running.wait()
' $(cat requests)
	prints "$GET"$'\n'"$GET_B"$'\n'"None"
}

@test "UDP: what is written behind a refused packet goes out" {
	client_and_server
	raw "$GET" >message
	run -0 --separate-stderr refusal '
end = peer()
done = subprocess.run(["oscore-protect", "client", "message"], stdout=ours, timeout=30)
print(done.returncode)
print(end.recv(65536).hex())
'
	prints $'0\n'"$GET_PROTECTED"
}

@test "a dry run and -o need no connected socket" {
	client_and_server
	raw "$GET" >message
	run -0 --separate-stderr python3 - <<-'PYTHON'
		import socket, subprocess

		for option in (["-n"], ["-o", "out"]):
		    end = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		    print(subprocess.run(["oscore-protect", *option, "client", "message"], stdout=end).returncode)
	PYTHON
	prints $'0\n0'
	equal "$(hex_of out)" "$GET_PROTECTED"
}
