# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
"""Runs under strace: the calls of a run, and faults put into one of them."""

import collections
import os
import re
import shutil
import tempfile

import base

LINE = re.compile(r"^(?:([\d.]+) )?(\w+)\((.*)\)\s+= (-?\d+|\?|0x[0-9a-f]+)(.*)$")
# A process that is not dumpable hides its memory and descriptors from an ordinary user's strace.
VISIBLE = "--inject=prctl:retval=0"
MAIN = ("rt_sigaction", "SIGPIPE")  # the first thing that the programs do

# time or 0, name, argument text, result text, rest of the line, how many of that name so far
Call = collections.namedtuple("Call", "time name args result rest nth")


def strace():
    path = shutil.which("strace")
    if path is None:
        raise RuntimeError("strace is missing")
    return path


def works():
    """None, or why nothing can be traced."""
    try:
        calls, result = record(["/bin/true"])
    except RuntimeError as error:
        return str(error)
    if result.status != 0 or not calls:
        return f"strace: status {result.status}: {result.err.strip()}"
    return None


def parse(text):
    calls, seen = [], collections.Counter()
    for line in text.splitlines():
        found = LINE.match(line)
        if found:
            time, name, *rest = found.groups()
            seen[name] += 1
            calls.append(Call(float(time or 0), name, *rest, seen[name]))
    return calls


class Run:
    """A command under strace; ends in (calls, last line, result)."""

    def __init__(self, command, options, **more):
        fd, self.log = tempfile.mkstemp(prefix="trace-", dir=base.scratch)
        os.close(fd)
        self.process = base.start([strace(), "-o", self.log, *options, "--", *command], **more)

    def text(self):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return file.read()

    def finish(self, timeout=base.TIMEOUT):
        result = base.finish(self.process, timeout=timeout)
        text = self.text()
        os.unlink(self.log)
        return parse(text), text.rstrip("\n").rpartition("\n")[2], result


def record(command, options=(), whole=False):
    """(calls, result) of a run; whole: with paths, complete strings and the program's memory."""
    more = ["-y", "-xx", "-s", "200000", VISIBLE] if whole else []
    calls, _, result = Run(command, [*more, *options]).finish()
    return calls, result


def main_starts(calls):
    """How many calls are the loader's."""
    for i, call in enumerate(calls):
        if call.name == MAIN[0] and call.args.startswith(MAIN[1]):
            return i
    return 0


def faulty(command, call, fault):
    """Run with a fault in one call: "signal=KILL" or "error=EIO".

    Returns (delivered, result).
    """
    options = ["-e", f"trace={call.name}", "-e", f"inject={call.name}:{fault}:when={call.nth}"]
    calls, last, result = Run(command, options).finish()
    if fault.startswith("signal="):
        done = "killed by SIGKILL" in last and len(calls) == call.nth and calls[-1].result == "?"
    else:
        done = len(calls) >= call.nth and "(INJECTED)" in calls[call.nth - 1].rest
    return done, result


# Reading a whole record


def unhex(text):
    """The bytes of a string that strace -xx has printed."""
    return bytes.fromhex(text.replace("\\x", ""))


def split_args(text):
    """The arguments of a call: text with its strings and paths in hex has no comma in them."""
    return [part.strip() for part in text.split(",")]


def fd_path(text):
    """(descriptor, path) of "5<hex>"; the path is None for AT_FDCWD without one."""
    number, _, path = text.partition("<")
    path = unhex(path.rstrip(">")).decode() if path else None
    return (None if number == "AT_FDCWD" else int(number)), path


def string(text):
    """The bytes of a quoted argument."""
    return unhex(text.strip().split('"')[1])


def is_output(call):
    """A write to standard output, by any descriptor, in a whole record: a pipe."""
    if call.name != "write":
        return False
    fd, path = fd_path(split_args(call.args)[0])
    return fd != 2 and path is not None and path.startswith("pipe:")
