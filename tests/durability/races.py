# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
"""Part "races": many processes in one directory, and one stopped at any place."""

import os
import re
import signal
import subprocess
import time

import base
import faults
import message
import scenes
import trace
import world
from world import Real, State, World

DELAY = 0.06  # seconds that a run is held at one call


def together(commands, data):
    """Start all, then give each its input at one moment; the results."""
    processes = [base.start(command, stdin=subprocess.PIPE) for command in commands]
    for process, text in zip(processes, data):
        try:
            process.stdin.write(text)
            process.stdin.flush()
        except BrokenPipeError:
            pass
    for process in processes:
        try:
            process.stdin.close()
        except BrokenPipeError:
            pass
        process.stdin = None
    return [base.finish(process) for process in processes]


class Place:
    """A directory in use by several, and the ledger of all that came out."""

    def __init__(self, the_world, side, files="used"):
        self.world, self.side = the_world, side
        self.programs = the_world.programs
        self.top = base.new_dir("race")
        self.dir = world.put(self.top / side, getattr(the_world, files)[side])
        self.start = the_world.next[side] if files == "used" else 0
        self.ledger = message.Ledger()

    def wrong(self, text):
        self.ledger.wrong(text)

    def problems(self):
        base.drop_dir(self.top)
        return self.ledger.problems

    def protect(self, directory=None):
        return [*self.programs.protect(self.side), directory or self.dir]

    def unprotect(self):
        return [*self.programs.unprotect(self.side), self.dir]

    def respond(self, which):
        """(command, input) for a response to a request of the world."""
        request = self.top / f"request-{which}"
        if not request.exists():
            world.write(request, self.world.requests[which])
        command = [*self.programs.protect(self.side), "--request", request, self.dir]
        return command, message.response(message.token_of(self.world.requests[which]))

    def expect(self, results, *statuses):
        """The statuses of these runs, in any order."""
        got = [r.status for r in results]
        if sorted(map(str, got)) != sorted(map(str, statuses)):
            said = "; ".join(r.err.strip() for r in results if r.err)
            self.wrong(f"statuses {got}: {said}")

    def note_protected(self, results, answers=None):
        for result in results:
            self.ledger.protected(self.side, result.out, None, answers)

    def note_accepted(self, results, which):
        for result in results:
            self.ledger.accepted(self.world.requests[which], result.out)

    def next_is(self, number):
        found = State(self.dir, self.side).next
        if found != number:
            self.wrong(f"the next number is {found}, not {number}")


# Many at once


def many_protects(w, n, files="used"):
    place = Place(w, "client", files)
    link = place.top / "another-name"
    link.symlink_to(place.dir)
    names = [place.dir, link, f"{place.dir}/.", place.dir]
    results = together(
        [place.protect(names[i % 4]) for i in range(n)], [message.request() for _ in range(n)]
    )
    place.expect(results, *[0] * n)
    place.note_protected(results)
    place.next_is(place.start + n)
    return place.problems()


def many_unprotects(w, n, files="used"):
    place = Place(w, "server", files)
    results = together([place.unprotect()] * n, [w.requests[2]] * n)
    place.expect(results, 0, *[6] * (n - 1))
    place.note_accepted(results, 2)
    return place.problems()


def many_responses(w, n):
    place = Place(w, "server")
    pairs = [place.respond(1) for _ in range(n)]
    results = together([p[0] for p in pairs], [p[1] for p in pairs])
    place.expect(results, *[0] * n)
    place.note_protected(results, w.requests[1])
    place.next_is(place.start + n - 1)
    return place.problems()


def mixture(w, n):
    """Requests, responses and messages received at once: no update is lost."""
    place = Place(w, "server")
    commands = [place.protect() for _ in range(n)] + [place.unprotect() for _ in (2, 3, 4)]
    data = [message.request() for _ in range(n)] + [w.requests[i] for i in (2, 3, 4)]
    command, text = place.respond(1)
    results = together([*commands, command], [*data, text])
    place.expect(results, *[0] * len(results))
    place.note_protected(results[:n])
    place.note_protected(results[-1:], w.requests[1])
    place.next_is(place.start + n)
    state = State(place.dir, "server")
    for i in (2, 3, 4):
        place.note_accepted([results[n + i - 2]], i)
        if not state.seen(message.partial_iv(w.requests[i])):
            place.wrong(f"request {i} is not recorded any more")
    if not state.answered(message.partial_iv(w.requests[1])):
        place.wrong("the answer is not recorded any more")
    return place.problems()


# One held at a call


class Held:
    """A run that strace holds at one call: for a while, or until it is told to go on."""

    def __init__(self, command, call, how):
        inject = f"inject={call.name}:{how}:when={call.nth}"
        self.call = call
        self.run = trace.Run(command, ["-ttt", "-e", f"trace={call.name}", "-e", inject])

    def wait(self):
        """Until the call has been entered: strace writes its beginning at once."""
        begin = re.compile(rf"^[\d.]+ {self.call.name}\(", re.MULTILINE)
        deadline = time.monotonic() + base.TIMEOUT
        while len(begin.findall(self.run.text())) < self.call.nth:
            if self.run.process.poll() is not None or time.monotonic() > deadline:
                return
            time.sleep(0.001)

    def child(self):
        """The process id of the program, once it has stopped."""
        deadline = time.monotonic() + base.TIMEOUT
        pid = self.run.process.pid
        while time.monotonic() < deadline:
            # Before that strace has had children of its own, to try things out.
            if "stopped by SIGSTOP" in self.run.text():
                with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
                    return int(file.read().split()[0])
            time.sleep(0.002)
        raise RuntimeError("the process did not stop")

    def finish(self):
        """(when it was held if it was, result)"""
        calls, _, result = self.run.finish()
        if len(calls) < self.call.nth or "(DELAYED)" not in calls[self.call.nth - 1].rest:
            return None, result
        return calls[self.call.nth - 1].time, result


def plain_calls(command):
    calls, _ = trace.record(command)
    return calls[trace.main_starts(calls) :]


def held_at(place, first, second, data, call):
    """The results of two runs, the first held at a call while the second goes by."""
    held = Held(first, call, f"delay_enter={int(DELAY * 1000)}ms")
    held.wait()
    began = time.time()
    other = base.run(second, data)
    ended = time.time()
    when, result = held.finish()
    delivered = when is not None
    base.count(planned=1, delivered=delivered, undelivered=not delivered)
    if not delivered:
        place.wrong("the delay was not delivered")
    elif began < when + DELAY and when < ended:
        base.count(overlapped=1)
    if ended - began > 5:
        place.wrong(f"the second run took {ended - began:.1f} s")
    return result, other


def protect_held(w, call):
    place = Place(w, "client")
    world.write(place.top / "input", message.request())
    first = [*place.protect(), place.top / "input"]
    results = held_at(place, first, place.protect(), message.request(), call)
    place.expect(results, 0, 0)
    place.note_protected(results)
    place.next_is(place.start + 2)
    return place.problems()


def first_protect_held(w, call):
    place = Place(w, "client", "fresh")
    world.write(place.top / "input", message.request())
    first = [*place.protect(), place.top / "input"]
    results = held_at(place, first, place.protect(), message.request(), call)
    place.expect(results, 0, 0)
    place.note_protected(results)
    place.next_is(2)
    return place.problems()


def unprotect_held(w, call):
    place = Place(w, "server")
    world.write(place.top / "input", w.requests[2])
    first = [*place.unprotect(), place.top / "input"]
    results = held_at(place, first, place.unprotect(), w.requests[2], call)
    place.expect(results, 0, 6)
    place.note_accepted(results, 2)
    return place.problems()


def unprotect_held_protect(w, call):
    place = Place(w, "server")
    world.write(place.top / "input", w.requests[2])
    first = [*place.unprotect(), place.top / "input"]
    results = held_at(place, first, place.protect(), message.request(), call)
    place.expect(results, 0, 0)
    place.note_accepted(results[:1], 2)
    place.note_protected(results[1:])
    place.next_is(place.start + 1)
    if not State(place.dir, "server").seen(message.partial_iv(w.requests[2])):
        place.wrong("the request is not recorded any more")
    return place.problems()


def response_held(w, call):
    place = Place(w, "server")
    first, text = place.respond(1)
    world.write(place.top / "input", text)
    second, text = place.respond(1)
    results = held_at(place, [*first, place.top / "input"], second, text, call)
    place.expect(results, 0, 0)
    place.note_protected(results, w.requests[1])
    return place.problems()


PREEMPTED = [
    ("protect, protect", scenes.ProtectRequest, protect_held),
    ("first protect, protect", scenes.FirstProtect, first_protect_held),
    ("unprotect, the same again", scenes.UnprotectRequest, unprotect_held),
    ("unprotect, protect", scenes.UnprotectRequest, unprotect_held_protect),
    ("response, another response", scenes.ProtectResponse, response_held),
]


def calls_of(kind, w):
    scene = kind(w).prepare()
    calls = plain_calls(scene.command())
    scene.drop()
    return [call for call in calls if call.name not in faults.LEFT_OUT["delay"]]


def preempt(w, kind, judge, short):
    calls = calls_of(kind, w)
    # In the short form: the calls that touch the directory, from the lock on.
    if short:
        names = [call.name for call in calls]
        calls = [call for call in calls[names.index("flock") :] if call.name in SHORT_CALLS]
    before = base.counts["overlapped"]
    results = base.in_parallel(lambda call: (call, judge(w, call)), calls)
    overlapped = base.counts["overlapped"] - before
    return [
        f"held at {call.name} {call.nth}: {problem}" for call, found in results for problem in found
    ] + ([] if overlapped else ["no two runs met"]), len(calls), overlapped


SHORT_CALLS = ("flock", "write", "fsync", "renameat", "close")


# The holder of the lock


def call_named(w, name, nth=1, kind=scenes.ProtectRequest):
    return [call for call in calls_of(kind, w) if call.name == name][nth - 1]


def hold(w, place, how="signal=STOP"):
    """A protect that stops with the lock held, and its process id."""
    world.write(place.top / "input", message.request())
    command = [*place.protect(), place.top / "input"]
    held = Held(command, call_named(w, "fsync"), how)
    return held, held.child()


def killed_holder(w):
    place = Place(w, "client")
    held, pid = hold(w, place)
    process = base.start(place.protect(), stdin=subprocess.PIPE)
    process.stdin.write(message.request())
    process.stdin.close()
    process.stdin = None
    time.sleep(0.05)
    os.kill(pid, signal.SIGKILL)
    began = time.monotonic()
    result = base.finish(process)
    if time.monotonic() - began > 2:
        place.wrong("the lock of a killed process stayed")
    _, first = held.finish()
    place.expect([result], 0)
    place.note_protected([first, result, base.run(place.protect(), message.request())])
    return place.problems()


def stopped_holder(w):
    """Others give up after ten seconds, and go on when the holder has gone on."""
    place = Place(w, "client")
    held, pid = hold(w, place)
    began = time.monotonic()
    result = base.run(place.protect(), message.request())
    took = time.monotonic() - began
    place.expect([result], 1)
    if result.out or "lock" not in result.err or not 9 < took < 13:
        place.wrong(f"after {took:.1f} s: {result}")
    os.kill(pid, signal.SIGCONT)
    _, first = held.finish()
    again = base.run(place.protect(), message.request())
    place.expect([first, again], 0, 0)
    place.note_protected([first, result, again])
    place.next_is(place.start + 2)
    return place.problems()


def unlinked_lock(w, call):
    """The name of the lock is removed while it is held; the next run makes another."""
    place = Place(w, "client")
    world.write(place.top / "input", message.request())
    held = Held([*place.protect(), place.top / "input"], call, "signal=STOP")
    pid = held.child()
    (place.dir / "lock").unlink()
    result = base.run(place.protect(), message.request())
    os.kill(pid, signal.SIGCONT)
    _, first = held.finish()
    place.expect([result], 0)
    if (first.status, bool(first.out)) not in ((0, True), (1, False)):
        place.wrong(f"the holder: {first}")
    place.note_protected([first, result, base.run(place.protect(), message.request())])
    return place.problems()


def calls_under_lock(w, kind=scenes.ProtectRequest):
    """From the lock to the check that it is still the one: behind that a run cannot know."""
    calls = calls_of(kind, w)
    names = [call.name for call in calls]
    first, last = names.index("flock") + 1, names.index("renameat")
    checks = [i for i in range(first, last) if names[i] == "statx"]
    return calls[first : checks[-1] + 1]


# One makes a directory while another removes what was left behind beside it


class Nursery:
    """A directory where contexts are made, and where a killed run has left something."""

    def __init__(self):
        self.top = base.new_dir("nursery")
        self.ledger = message.Ledger()
        left = self.top / ".oscore-gen-aaaaaa"
        left.mkdir(mode=0o700)
        for name in ("settings.json", "secrets.json"):
            world.write(left / name, b"{}")

    def gen(self, name):
        return [base.GEN, self.top / name]

    def problems(self, **results):
        """Each run has made a whole context, and nothing else is there any more."""
        for name, result in results.items():
            if result.status != 0:
                self.ledger.wrong(f"{name}: status {result.status}: {result.err.strip()}")
            command = [base.PROTECT, "-r", "client", self.top / name]
            used = base.run(command, message.request())
            if used.status != 0:
                self.ledger.wrong(f"{name} is not whole: {used.err.strip()}")
        found = sorted(entry.name for entry in self.top.iterdir())
        if found != sorted(results):
            self.ledger.wrong(f"there is: {found}")
        base.drop_dir(self.top)
        return self.ledger.problems


def stopped_at(command, call):
    held = Held(command, call, "signal=STOP")
    return held, held.child()


def go_on(held, pid):
    os.kill(pid, signal.SIGCONT)
    return held.finish()[1]


def gen_calls():
    """The calls of a run that sweeps and makes, from its first look at the place on."""
    nursery = Nursery()
    calls = plain_calls(nursery.gen("one"))
    base.drop_dir(nursery.top)
    names = [call.name for call in calls]
    return calls[names.index("statx") : names.index("renameat2") + 2]


def sweep_calls(maker):
    """Those of the second run, the first stopped at a call, up to its own directory."""
    nursery = Nursery()
    held, pid = stopped_at(nursery.gen("one"), maker)
    calls = plain_calls(nursery.gen("two"))
    go_on(held, pid)
    base.drop_dir(nursery.top)
    names = [call.name for call in calls]
    return calls[names.index("getdents64") : names.index("mkdirat") + 1]


def maker_stopped(call):
    """Another run goes by: it removes what was left, and nothing of a living one."""
    nursery = Nursery()
    held, pid = stopped_at(nursery.gen("one"), call)
    two = base.run(nursery.gen("two"))
    return nursery.problems(one=go_on(held, pid), two=two)


def sweeper_stopped(maker, call):
    """The maker goes on from one call, to its end, while the sweeper is at another."""
    nursery = Nursery()
    one, pid_one = stopped_at(nursery.gen("one"), maker)
    two, pid_two = stopped_at(nursery.gen("two"), call)
    result = go_on(one, pid_one)
    return nursery.problems(one=result, two=go_on(two, pid_two))


def call_of(calls, name):
    return [call for call in calls if call.name == name][0]


def beside_each_other(report, short):
    calls = gen_calls()
    found = base.in_parallel(maker_stopped, calls[:: 4 if short else 1])
    report.test(
        f"races: oscore-gen stopped at each of {len(found)} calls, another beside it",
        sum(found, []),
    )
    base.count(races=len(found))
    # Before the directory is locked, and behind that.
    for maker in (call_of(calls, "fchmod"), call_of(calls, "fsync")):
        sweep = sweep_calls(maker)
        found = base.in_parallel(lambda call, maker=maker: sweeper_stopped(maker, call), sweep)
        report.test(
            f"races: oscore-gen ends, from {maker.name} on, while another is stopped"
            f" at each of {len(found)} calls",
            sum(found, []),
        )
        base.count(races=len(found))


def races(report, short):
    pair, role = World(Real("pair")), World(Real("role"))
    n, rounds = (4, 1) if short else (8, 10)
    kinds = [
        ("protects", many_protects),
        ("unprotects of one message", many_unprotects),
        ("responses to one request", many_responses),
        ("protects, unprotects and a response", mixture),
        ("first protects", lambda w, n: many_protects(w, n, "fresh")),
        ("first unprotects of one message", lambda w, n: many_unprotects(w, n, "fresh")),
    ]
    for name, judge in kinds:
        problems = []
        for w in (pair, role):
            for _ in range(rounds):
                problems += judge(w, n)
                base.count(races=1)
        report.test(f"races: {n} {name}, {2 * rounds} rounds", problems)
    for name, kind, judge in PREEMPTED:
        problems, held, overlapped = preempt(pair, kind, judge, short)
        base.count(races=held)
        note = f"in {overlapped} of them the second ran while the first was held"
        report.test(f"races: {name}: the first held at each of {held} calls", problems, [note])
    report.test("races: the lock of a killed process is free", killed_holder(pair))
    calls = calls_under_lock(pair)
    calls = calls[:: len(calls) // 4] if short else calls
    found = base.in_parallel(lambda call: unlinked_lock(pair, call), calls)
    report.test(
        f"races: the lock is unlinked under its holder, at {len(calls)} calls", sum(found, [])
    )
    base.count(races=len(calls) + 1)
    beside_each_other(report, short)
    if short:
        report.note("a stopped holder, which takes ten seconds, is left to the full form")
        return
    report.test("races: others give up on a stopped holder", stopped_holder(pair))
    base.count(races=1)
