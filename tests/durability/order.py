# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
"""Part "order": the calls of one run come in the documented order."""

import re

import base
import scenes
import trace
from world import Real, World, challenged, lost

TEMPORARY = re.compile(r"\.sequence-.*\.json$")
FIRST_STEPS = [
    "make the temporary", "write it", "fsync it", "rename", "fsync the directory",
    "make .used", "fsync .used", "fsync the directory", "make the temporary", "rename",
]  # fmt: skip  # the last two make the lock
STEPS = [
    "lock", "re-check the lock", "read the state", "make the temporary", "write it", "fsync it",
    "check the state", "check the lock", "rename", "fsync the directory", "unlock", "output",
]  # fmt: skip

DURABLE = ["write it", "fsync it", "rename", "fsync the directory"]


def path_of(call, top):
    """The path that a call is about, below the context directory; None if it is elsewhere."""
    args = trace.split_args(call.args)
    if "<" not in args[0]:
        return None
    path = trace.fd_path(args[0])[1]
    if path is None or not (path == top or path.startswith(top + "/")):
        return None
    if call.name in ("openat", "statx", "renameat", "renameat2", "unlinkat"):
        name = trace.string(args[1]).decode()
        path = f"{path}/{name}" if name else path
    return path[len(top) + 1 :]


def steps(calls, top):
    """The meaning of each call that has one, in the words of STEPS."""
    found = []
    for call in calls:
        if trace.is_output(call):
            found.append("output")
            continue
        path = path_of(call, top)
        if path is None or call.result.startswith("-"):
            continue
        temporary = TEMPORARY.search(path) is not None
        since = found[found.index("lock") :] if "lock" in found else []
        locked = bool(since) and "unlock" not in since
        if call.name == "flock" and path == "lock":
            found.append("unlock" if "LOCK_UN" in call.args else "lock")
        elif call.name == "close" and path == "lock" and locked:
            found.append("unlock")
        elif call.name == "statx" and path == "lock" and '"",' not in call.args and locked:
            found.append("check the lock" if "fsync it" in since else "re-check the lock")
        elif call.name == "openat" and path == "sequence.json" and locked:
            found.append("check the state" if "fsync it" in since else "read the state")
        elif call.name == "openat" and temporary and "O_CREAT" in call.args:
            found.append("make the temporary")
        elif call.name == "openat" and path == ".used" and "O_CREAT" in call.args:
            found.append("make .used")
        elif call.name == "write" and temporary:
            found.append("write it")
        elif call.name == "write" and path == "sequence.json":
            found.append("write the state in place")
        elif call.name in ("fsync", "fdatasync"):
            found.append("fsync " + ("it" if temporary else path or "the directory"))
        elif call.name in ("renameat", "renameat2"):
            found.append("rename")
    return found


def before_output(found):
    """What is not durable when the first byte leaves: the order that matters most."""
    if "output" not in found:
        return ["no output"]
    before = found[: found.index("output")]
    # A first use makes a state twice; it is the last one that counts.
    before = before[before.index("lock") if "lock" in before else 0 :]
    problems = [f"output before: {step}" for step in DURABLE if step not in before]
    places = [before.index(step) for step in DURABLE if step in before]
    if places != sorted(places):
        problems.append(f"not in this order: {', '.join(before)}")
    return problems


def trace_steps(scene):
    calls, result = trace.record(scene.command(), whole=True)
    return steps(calls, str(scene.dir)), result


def durable_first(scene):
    """The part of the order without which nothing else helps."""
    found, _ = trace_steps(scene.prepare())
    scene.drop()
    return before_output(found)


def check(scene):
    """The whole order, each step once."""
    scene.prepare()
    found, result = trace_steps(scene)
    if result.status != scene.good:
        return [f"status {result.status}: {result.err.strip()}"]
    problems = before_output(found)
    if found != (FIRST_STEPS if scene.files == "fresh" else []) + STEPS:
        problems.append(f"the order is {', '.join(found)}")
    scene.drop()
    return problems


def order(report, short):
    for dialect in ("pair", "role"):
        world = World(Real(dialect))
        for kind in (
            scenes.ProtectRequest,
            scenes.UnprotectRequest,
            scenes.ProtectResponse,
            scenes.FirstProtect,
            scenes.FirstUnprotect,
        ):
            scene = kind(world)
            report.test(f"order: {scene}", check(scene))
            base.count(orders=1)
        for scene in (scenes.Challenge(lost(world)), scenes.OpenWindow(challenged(world))):
            report.test(f"order: {scene}", check(scene))
            base.count(orders=1)
