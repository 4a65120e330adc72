#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
#
# How far a long stream has come: for somebody who watches, and in nobody's way.

# shellcheck disable=SC2154 # stderr comes from run
load helper

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
