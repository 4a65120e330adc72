#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
#
# Progress on standard error: on a terminal, in a stream that lasts, and not with -q.

# shellcheck disable=SC2154 # stderr comes from run
load helper

# watch ARGUMENT... - oscore-protect with standard error on a terminal, fed with a message, and
# with another one 2.2 s later; prints what the terminal showed, its ends of line made visible
watch() {
	python3 - "$@" <<'PY'
import os, pty, subprocess, sys, time

message = b"44015d1f00003974396c6f63616c686f737483747631\n"
ours, theirs = pty.openpty()
with subprocess.Popen(["oscore-protect", "-f", "hex", *sys.argv[1:]], stdin=subprocess.PIPE,
                      stdout=subprocess.DEVNULL, stderr=theirs) as process:
    os.close(theirs)
    process.stdin.write(message)
    process.stdin.flush()
    time.sleep(2.2)
    process.stdin.write(message)
    process.stdin.close()
    shown = b""
    while True:
        try:
            more = os.read(ours, 4096)
        except OSError:
            break
        if not more:
            break
        shown += more
    print(shown.replace(b"\r", b"|").decode())
sys.exit(process.returncode)
PY
}

@test "a stream that lasts shows messages and rate on a terminal, and wipes the line out" {
	client_and_server
	run -0 --separate-stderr watch client
	[[ $output == *"|oscore-protect: 2 messages, 0/s"* ]] || fail "$output"
	[[ $output == *"|" ]] || fail "not wiped out: $output"
	equal "$(next_of client)" 22
}

@test "-q shows nothing" {
	client_and_server
	run -0 --separate-stderr watch -q client
	equal "$output" ""
}

@test "nothing is shown where standard error is no terminal" {
	client_and_server
	run -0 --separate-stderr text "$GET"$'\n'"$GET" oscore-protect -f hex client
	equal "$stderr" ""
}
