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

# watched MESSAGE - runs of oscore-unprotect -p with standard error on a terminal, each as old as
# one that shows progress, and what each has said after one more message
watched() {
	timeout 60 python3 - "$1" <<-'PYTHON'
		import os, pty, select, subprocess, sys, tty

		LINE = sys.argv[1].encode() + b"\n"

		class Run:
		    def __init__(self, on_terminal, *options):
		        self.ours, theirs = pty.openpty()
		        tty.setraw(theirs)
		        self.into, self.out = None, None
		        streams = {"stdin": theirs, "stdout": theirs, "stderr": theirs}
		        for name in {"stdin", "stdout"} - {on_terminal}:
		            streams[name] = subprocess.PIPE
		        self.terminal_input = on_terminal == "stdin"
		        self.terminal_output = on_terminal == "stdout"
		        self.process = subprocess.Popen(
		            ["oscore-unprotect", "-p", "-f", "hex", *options, "server"], bufsize=0, **streams)
		        os.close(theirs)

		    def send(self):
		        os.write(self.ours if self.terminal_input else self.process.stdin.fileno(), LINE)

		    def answer(self):
		        source = self.ours if self.terminal_output else self.process.stdout.fileno()
		        got = b""
		        while b"\n" not in got:
		            got += os.read(source, 65536)
		        return got

		    def shown(self, timeout=0):
		        ready, _, _ = select.select([self.ours], [], [], timeout)
		        return os.read(self.ours, 65536).decode() if ready else ""

		quiet = [Run("stdin"), Run("stdout"), Run(None, "-q")]
		for run in quiet:
		    run.send()
		    run.answer()
		first = Run(None)
		# a comment is no message: that it was read says that the run is under way
		os.write(first.process.stdin.fileno(), b"#\n" * 40000)
		clock = Run(None)
		while not clock.shown():
		    clock.send()
		    clock.answer()
		first.send()
		print(first.shown(20).split("\r")[-1].split(",")[0])
		for run in quiet:
		    run.send()
		    run.answer()
		    run.send()
		    run.answer()
		    print(repr(run.shown()))
		for run in [*quiet, first, clock]:
		    run.process.kill()
		    run.process.wait()
	PYTHON
}

@test "progress is shown on a terminal that neither the input comes from nor the output goes to" {
	client_and_server
	run -0 --separate-stderr watched "$GET"
	prints $'oscore-unprotect: 1 message\n\'\'\n\'\'\n\'\''
}
