# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
"""Part "setback": files of a directory are set back, or another's, while a run lives.

A stream is fed one group at a time; between two groups the files change. Whatever the
run then does, no nonce may be used twice and no request be accepted twice: in what came
before, in the run, and after it.
"""

import functools
import os
import signal
import time

import base
import disk
import message
import setfiles
import world
from races import Held, Place, calls_of, calls_under_lock
from scenes import ProtectRequest, UnprotectRequest
from world import IDS, Real, World

ROUNDS = 3  # how often a stream is fed; files change before one of them
REFUSED = (1, 4, 6, 7)  # what may become of a message
STREAM = ["-f", "hex", "-k"]
NO_OPTION = bytes.fromhex("40010001")  # a message that is refused, and never answered


# The run


class Live:
    """A run that reads lines from a FIFO and has to answer each before the next."""

    def __init__(self, command, fifo):
        os.mkfifo(fifo)
        self.process = base.start([*command, fifo], bufsize=0)
        self.input = self._open(fifo)

    def _open(self, fifo):
        """Once the program has it open: then it has started."""
        deadline = time.monotonic() + base.TIMEOUT
        while self.alive() and time.monotonic() < deadline:
            try:
                return os.open(fifo, os.O_WRONLY | os.O_NONBLOCK)
            except OSError:
                time.sleep(0.001)
        return None

    def alive(self):
        return self.process.poll() is None

    def say(self, data):
        """False if nobody reads any more."""
        try:
            return self.input is not None and os.write(self.input, data.hex().encode() + b"\n") > 0
        except BrokenPipeError:
            return False

    def ask(self, data):
        """(status, message) of its answer; status None if it has ended."""
        line = base.hear(self.process).strip() if self.say(data) else b""
        if line.startswith(b"#"):
            return int(line.split()[1]), b""
        return (0, bytes.fromhex(line.decode())) if line else (None, b"")

    def reply(self):
        """The error reply to the last message, if there is one: it comes before what the
        next message gives."""
        reply = b""
        line = base.hear(self.process).strip() if self.say(NO_OPTION) else b""
        while line and not line.startswith(b"#"):
            reply = bytes.fromhex(line.decode())
            line = base.hear(self.process).strip()
        return reply

    def finish(self):
        if self.input is not None:
            os.close(self.input)
        return base.finish(self.process)


class Stream:
    """What is fed to a run."""

    name = ""
    side = "server"
    kind = "protect"
    files = "used"
    options = ()
    many = False  # also with -C

    def feed(self, case, number):
        """The messages of one round."""
        raise NotImplementedError


class Requests(Stream):
    name = "protect requests"
    side = "client"

    def feed(self, case, number):
        case.protect(message.request())


class Responses(Stream):
    name = "protect responses"
    options = ("--request", "request")

    def feed(self, case, number):
        request = case.worlds["A"].requests[1]
        case.protect(message.response(message.token_of(request)), request)


class Received(Stream):
    name = "unprotect requests"
    kind = "unprotect"
    many = True

    def feed(self, case, number):
        for request in list(case.ledger.plain):
            case.unprotect(request)
        for name in case.serving:
            case.unprotect(case.worlds[name].requests[2 + number], name)


class Challenges(Stream):
    """The answers to requests in a lost window have numbers of their own."""

    name = "answer requests in a lost window"
    kind = "unprotect"
    files = "lost"
    many = True
    options = ("--error-reply", "/dev/stdout")

    def feed(self, case, number):
        case.challenge(case.worlds["A"].requests[2 + number])


# One run, and what happens to its files


class Case:
    """The worlds: A is in use, B as well and elsewhere, C was never used, D is beside A."""

    def __init__(self, worlds, stream, many, steps):
        """steps: {number of the round before which it happens: change}"""
        self.worlds, self.stream, self.many, self.steps = worlds, stream(), many, steps
        self.dialect = worlds["A"].dialect
        self.programs = worlds["A"].programs
        self.ledger = message.Ledger()
        self.outputs = []  # (message, the request that it answers)
        self.snapshots = []  # the files before each round
        self.delivered = 0
        self.ended = False  # the run has refused to go on
        self.serving = ["A", "D"] if many else ["A"]  # contexts that have to go on
        self.remember()

    def __str__(self):
        steps = "; ".join(f"before round {n}, {step}" for n, step in self.steps.items())
        return f"{self.stream.name}{' with -C' if self.many else ''}: {steps or 'no change'}"

    def remember(self):
        """What left the programs before."""
        for name in ("A", "B", "D"):
            w = self.worlds[name]
            for request in w.requests:
                self.ledger.protected((name, IDS["client"]), request)
            for answer in w.answers:
                at = (name, w.requests[0])
                self.ledger.protected((name, IDS["server"]), answer, None, at)
        for request in self.worlds["A"].requests[:2]:
            self.ledger.accepted(request, b"text")

    def files(self, name, which="used"):
        return getattr(self.worlds[name], which)[self.stream.side]

    def command(self):
        options = [self.top / o if o == "request" else o for o in self.stream.options]
        start = getattr(self.programs, self.stream.kind)(self.stream.side)
        where = ["-C", self.dir.parent] if self.many else [self.dir]
        return [*start, *STREAM, *options, *where]

    def prepare(self):
        self.top = base.new_dir("setback")
        self.dir = self.top / "contexts" / "one"
        self.dir.parent.mkdir()
        world.put(self.dir, self.files("A", self.stream.files))
        disk.mark_as_own(self.dir / setfiles.STATE)
        if self.many:
            world.put(self.dir.parent / "two", self.files("D"))
        world.write(self.top / "request", self.worlds["A"].requests[1])

    def judge(self):
        """The problems; self.delivered tells how many changes were made in a living run."""
        self.prepare()
        self.live = Live(self.command(), self.top / "fifo")
        for number in range(ROUNDS):
            self.snapshots.append(world.take(self.dir, keep_mark=True))
            if number in self.steps:
                self.delivered += self.live.alive() and self.steps[number](self)
            self.stream.feed(self, number)
        self.end()
        if all(self.dialect in step.seen for step in self.steps.values()):
            self.afterwards()
        self.settle()
        base.drop_dir(self.top)
        return [f"{self}: {problem}" for problem in self.ledger.problems]

    def wrong(self, text):
        self.ledger.wrong(text)

    def ask(self, data, context):
        """What comes out. context: the one that it is for, if that has to accept it."""
        if self.ended:
            return b""
        status, out = self.live.ask(data)
        self.ended = status is None
        if self.ended and self.many:
            self.wrong("one context ends a run with many")
        if status not in (None, 0, *REFUSED):
            self.wrong(f"a message is refused with {status}")
        # What has not changed goes on, and so does what is there anew.
        if context is not None and status != 0 and (context != "A" or not self.steps):
            self.wrong(f"a message for context {context} is refused with {status}")
        return out

    def protect(self, plain, request=None):
        self.outputs.append((self.ask(plain, "A"), request))

    def unprotect(self, request, context=None):
        self.ledger.accepted(request, self.ask(request, context))

    def challenge(self, request):
        self.ledger.accepted(request, self.ask(request, None))
        reply = b"" if self.ended else self.live.reply()
        if message.oscore_option(reply) is not None:
            self.outputs.append((reply, request))
        elif not self.steps:
            self.wrong("a request in a lost window is not challenged")

    def end(self):
        result = self.live.finish()
        if result.status not in (REFUSED if self.ended else (0, 3, *REFUSED)) or result.out:
            self.wrong(f"status {result.status}: {result.err.strip()}")

    def afterwards(self):
        """The next run."""
        command = getattr(self.programs, self.stream.kind)(self.stream.side)
        if self.stream.kind == "protect":
            result = base.run([*command, self.dir], message.request())
            self.outputs.append((result.out, None))
            return
        for request in list(self.ledger.plain):
            result = base.run([*command, self.dir], request)
            self.ledger.accepted(request, result.out)

    def settle(self):
        """By which key each message was protected, and whether its number was used before."""
        outputs = [(out, request) for out, request in self.outputs if out]
        keys = self.programs.senders(self, [out for out, _ in outputs])
        for (out, request), key in zip(outputs, keys):
            if key is None:
                self.wrong(f"it is not known by which key this was protected: {out.hex()}")
            else:
                self.ledger.protected(key, out, None, request and (key[0], request))


# A second name


def linked_while(command, call, directory, link):
    """Run, with a second name for the state from behind that call on."""
    held = Held(command, call, "signal=STOP")
    pid = held.child()
    link.hardlink_to(directory / setfiles.STATE)
    os.kill(pid, signal.SIGCONT)
    return held.finish()[1]


def put_back(link, state):
    """The second name becomes the first again."""
    if link.samefile(state):
        link.unlink()  # a rename would leave both
    else:
        link.replace(state)


@functools.cache
def making_durable(w, kind):
    """A call that comes while the lock is held."""
    return next(call for call in calls_of(kind, w) if call.name == "fsync")


class Linked:
    """It happens while another run holds the lock; between two groups it is put back."""

    seen = setfiles.ANY

    def __str__(self):
        return "sequence.json linked while another run holds the lock, and put back"

    def __call__(self, case):
        text, link = case.top / "text", case.top / "link"
        protects = case.stream.kind == "protect"
        request = case.worlds["A"].requests[4]
        world.write(text, message.request() if protects else request)
        command = getattr(case.programs, case.stream.kind)(case.stream.side)
        call = making_durable(case.worlds["A"], ProtectRequest if protects else UnprotectRequest)
        result = linked_while([*command, case.dir, text], call, case.dir, link)
        if protects:
            case.outputs.append((result.out, None))
        else:
            case.ledger.accepted(request, result.out)
        put_back(link, case.dir / setfiles.STATE)
        return True


def linked(w, call, kind):
    """The same without a stream: a run held at that call, and two that follow."""
    place = Place(w, kind.side)
    data = message.request() if kind is ProtectRequest else w.requests[2]
    world.write(place.top / "input", data)
    command = place.protect() if kind is ProtectRequest else place.unprotect()
    link = place.top / "link"
    results = [linked_while([*command, place.top / "input"], call, place.dir, link)]
    put_back(link, place.dir / setfiles.STATE)
    results += [base.run(command, data) for _ in range(2)]
    if kind is ProtectRequest:
        place.note_protected(results)
    else:
        place.note_accepted(results, 2)
    return [f"linked behind {call.name} {call.nth}: {problem}" for problem in place.problems()]


def calls_before_check(w, kind):
    """From the lock to the last look at the state: behind that a run cannot know."""
    calls = calls_under_lock(w, kind)
    looks = [i for i, call in enumerate(calls) if '"sequence.json"' in call.args]
    return calls[: looks[-1] + 1]


# The part

STREAMS = (Requests, Responses, Received, Challenges)


def judge_all(cases):
    """(problems, planned, delivered)"""
    found = base.in_parallel(lambda case: case.judge(), cases)
    planned = sum(len(case.steps) for case in cases)
    return sum(found, []), planned, sum(case.delivered for case in cases)


def worlds_of(programs):
    worlds = {name: World(programs) for name in "ABCD"}
    return {name: world.lost(w) for name, w in worlds.items()}


def plans(worlds, short):
    """(name, cases) for each stream."""
    for stream in STREAMS:
        for many in (False, True) if stream.many else (False,):
            steps = [{}, *setfiles.all_steps(many, short)]
            if stream is not Challenges:
                steps += [{n: Linked()} for n in ((1,) if short else (0, 1, 2))]
            name = f"{stream.name}{' with -C' if many else ''}"
            yield name, [Case(worlds, stream, many, each) for each in steps]


def setback(report, short):
    if not base.is_disk(base.scratch):
        report.skip("setback: files that change", "there is no disk to work on")
        return
    for dialect, few in (("pair", short), ("role", True)):
        if short and dialect == "role":
            break
        worlds = worlds_of(Real(dialect))
        for name, cases in plans(worlds, few):
            problems, planned, delivered = judge_all(cases)
            base.count(planned=planned, delivered=delivered, undelivered=planned - delivered)
            base.count(setbacks=len(cases))
            what = f"{delivered} of {planned} changes delivered"
            report.test(f"setback: {name}, {dialect} dialect: {what}", problems)
        for kind in (ProtectRequest, UnprotectRequest):
            calls = calls_before_check(worlds["A"], kind)
            calls = calls[:: len(calls) // 3] if short else calls
            found = base.in_parallel(lambda call, k=kind: linked(worlds["A"], call, k), calls)
            base.count(setbacks=len(calls))
            name = f"{kind.name}, a second name behind each of {len(calls)} calls, {dialect} dialect"
            report.test(f"setback: {name}", sum(found, []))
