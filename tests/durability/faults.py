# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
"""Parts "kill" and "errors": a fault in every system call of a run."""

import base
import scenes
import trace
from world import Real, World, challenged, lost

ERRORS = ("EIO", "ENOSPC", "EINTR", "EACCES", "EMFILE", "ENOMEM")
STATUSES = range(9)
# A process whose call is interrupted by a signal makes it again.
RETRIED = {
    "read", "write", "openat", "open", "flock", "fsync", "syncfs", "getrandom", "poll", "ppoll",
    "renameat", "renameat2", "statx", "fstatfs", "fchmod", "fchown",
    "sync_file_range",
}  # fmt: skip
STATE_CALLS = {
    "write", "fsync", "fdatasync", "sync_file_range", "syncfs", "rename", "renameat", "renameat2",
}  # fmt: skip

# Without a meaning, so left out: by rule, and said so.
LEFT_OUT = {
    "kill": {"execve": "the program is not there yet"},
    "delay": {"execve": "the program is not there yet", "exit_group": "nothing follows"},
    "errors": {
        "execve": "the program is not there yet",
        "exit_group": "it cannot fail",
        "brk": "it fails by an unchanged break, not by an error; see environment, memory",
    },
}

ALL, MAIN, NEAR = range(3)
NOTES = {
    ALL: [],
    MAIN: ["the calls of the loader before main are left to the full form"],
    NEAR: ["only calls about files and standard output; all others are left to the full form"],
}


def all_scenes(short):
    """Used directories, and first uses in both dialects."""
    pair, role = World(Real("pair")), World(Real("role"))
    found = [
        scenes.ProtectRequest(pair),
        scenes.UnprotectRequest(pair),
        scenes.ProtectResponse(pair),
        scenes.FirstProtect(pair),
        scenes.GenPair(pair),
        scenes.ManyRequests(pair),
    ]
    if not short:
        found += [
            scenes.FirstProtect(role),
            scenes.FirstUnprotect(pair),
            scenes.Stream(pair),
            scenes.ProtectMoved(pair),
            scenes.ProtectRequest(role),
            scenes.UnprotectRequest(role),
            scenes.ProtectResponse(role),
            scenes.FirstUnprotect(role),
            scenes.Challenge(lost(pair)),
            scenes.Challenge(lost(role)),
            scenes.OpenWindow(challenged(pair)),
            scenes.OpenWindow(challenged(role)),
            scenes.Gen(role),
        ]
    return found


class Plan:
    """The calls of one run without a fault."""

    def __init__(self, scene):
        self.scene = scene
        plain = scene.again().prepare()
        self.calls, result = trace.record(plain.command(), whole=True)
        if result.status != scene.good or bool(result.out) == scene.silent:
            raise RuntimeError(f"{scene}: status {result.status}: {result.err}")
        scene.length = len(result.out)
        plain.after(result.out)
        self.problems = [f"without a fault: {p}" for p in plain.ledger.problems]
        self.main = trace.main_starts(self.calls)
        place = "".join(f"\\x{byte:02x}" for byte in str(plain.top).encode())
        self.near = {
            i for i, c in enumerate(self.calls) if place in c.args + c.rest or trace.is_output(c)
        }
        prefix = str(plain.dir)
        # The calls that make the state durable, and what they are about.
        self.on_state = {}
        for i, call in enumerate(self.calls):
            if call.name not in STATE_CALLS:
                continue
            path = trace.fd_path(trace.split_args(call.args)[0])[1] or ""
            if path.startswith(prefix):
                # One that is for the whole file system is about all that is there.
                self.on_state[i] = "" if call.name == "syncfs" else path[len(prefix) :]
        plain.drop()

    def faults(self, part, names, which):
        """(index, fault) for the calls, and notes about what is left out.

        which: ALL, MAIN (not the loader's), NEAR (about the directories and standard output)
        """
        planned, notes = [], []
        for i, call in enumerate(self.calls):
            if call.name in LEFT_OUT[part]:
                notes.append(f"{call.name} is left out: {LEFT_OUT[part][call.name]}")
            elif which == ALL or (i >= self.main and (which == MAIN or i in self.near)):
                planned += [(i, name) for name in names]
        return planned, sorted(set(notes)) + NOTES[which]


def judge_kill(plan, scene, index, result):
    if result.status not in (-9, 137):
        scene.wrong(f"status {result.status} of a killed run")


def judge_error(plan, scene, index, fault, result):
    call = plan.calls[index]
    interrupted = fault == "error=EINTR"
    if index >= plan.main:
        if result.status not in STATUSES:
            scene.wrong(f"status {result.status}")
        if interrupted and call.name in RETRIED and result.status != scene.good:
            scene.wrong(f"not made again: status {result.status}: {result.err.strip()}")
    scene.whole(result)
    if index in plan.on_state and not interrupted:
        if not scene.may_leave(plan.on_state[index], result.out):
            scene.wrong("output after the state could not be made durable")
        if result.status == scene.good:
            scene.wrong(f"status {scene.good} though the state could not be made durable")


def one(plan, index, fault):
    """Problems, and whether the fault was delivered."""
    scene = plan.scene.again().prepare()
    call = plan.calls[index]
    delivered, result = trace.faulty(scene.command(), call, fault)
    if fault == "signal=KILL":
        judge_kill(plan, scene, index, result)
    else:
        judge_error(plan, scene, index, fault, result)
    scene.after(result.out)
    scene.drop()
    where = f"{fault} in call {index + 1}, {call.name} {call.nth}"
    problems = [f"{where}: {problem}" for problem in scene.ledger.problems]
    if not delivered:
        problems.append(f"{where}: not delivered")
    return problems, delivered


def try_all(plan, part, names, which):
    """(problems, planned, delivered, notes)"""
    planned, notes = plan.faults(part, names, which)
    results = base.in_parallel(lambda fault: one(plan, *fault), planned)
    problems = plan.problems + [problem for found, _ in results for problem in found]
    return problems, len(planned), sum(delivered for _, delivered in results), notes


def run_part(report, part, names, which, found):
    for scene in found:
        plan = Plan(scene)
        problems, planned, delivered, notes = try_all(plan, part, names, which)
        base.count(calls=len(plan.calls), planned=planned, delivered=delivered)
        base.count(undelivered=planned - delivered)
        report.test(
            f"{part}: {scene}: {len(plan.calls)} calls, {delivered} of {planned} faults delivered",
            problems,
            notes,
        )


def kill(report, short):
    names, found = ["signal=KILL"], all_scenes(short)
    if short:
        run_part(report, "kill", names, MAIN, found[:1])
        run_part(report, "kill", names, NEAR, found[1:])
    else:
        run_part(report, "kill", names, ALL, found)


def errors(report, short):
    if short:
        found = all_scenes(True)
        run_part(report, "errors", ["error=EIO", "error=EINTR"], NEAR, found[::2] + found[-1:])
    else:
        run_part(report, "errors", [f"error={name}" for name in ERRORS], ALL, all_scenes(False))
