# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
"""Part "order": the calls of one run come in the documented order."""

import re

import base
import scenes
import trace
import world
from world import Real, World, challenged, lost

TEMPORARY = re.compile(r"\.sequence-.*\.json$")
FIRST_STEPS = [
    "make the temporary", "write it", "fsync it", "rename", "fsync the directory",
    "make .used", "fsync .used", "fsync the directory", "make the temporary", "rename",
]  # fmt: skip  # the last two make the lock
# A state that somebody else has made is still made durable before .used.
FIRST_FROM = {"fresh": 0, "found": FIRST_STEPS.index("fsync the directory")}
STEPS = [
    "lock", "re-check the lock", "read the state", "make the temporary", "write it", "fsync it",
    "check the state", "check the lock", "rename", "fsync the directory", "unlock", "output",
]  # fmt: skip

DURABLE = ["write it", "fsync it", "rename", "fsync the directory"]


NO_CORE = r"RLIMIT_CORE, \{rlim_cur=0, rlim_max=0\}"


def path_of(call, top):
    """The path that a call is about, below the context directory; None if it is elsewhere."""
    args = trace.split_args(call.args)
    if "<" not in args[0] or args[0].startswith("["):
        return None
    path = trace.fd_path(args[0])[1]
    if path is None or not (path == top or path.startswith(top + "/")):
        return None
    if call.name in ("openat", "statx", "renameat", "renameat2", "unlinkat"):
        name = trace.string(args[1]).decode()
        path = f"{path}/{name}" if name else path
    return path[len(top) + 1 :]


def meaning(call, path, since):
    """Of a call about this place, in the words of STEPS; since: those from the lock on."""
    temporary = TEMPORARY.search(path) is not None
    locked = bool(since) and "unlock" not in since
    if call.name == "flock" and path == "lock":
        return "unlock" if "LOCK_UN" in call.args else "lock"
    if call.name == "close" and path == "lock" and locked:
        return "unlock"
    if call.name == "statx" and path == "lock" and '"",' not in call.args and locked:
        return "check the lock" if "write it" in since else "re-check the lock"
    if call.name == "openat" and path == "sequence.json" and locked:
        return "check the state" if "write it" in since else "read the state"
    if call.name == "openat" and temporary and "O_CREAT" in call.args:
        return "make the temporary"
    if call.name == "openat" and path == ".used" and "O_CREAT" in call.args:
        return "make .used"
    if call.name == "write" and temporary:
        return "write it"
    if call.name == "write" and path == "sequence.json":
        return "write the state in place"
    if call.name in ("fsync", "fdatasync"):
        return "fsync " + ("it" if temporary else path or "the directory")
    if call.name == "sync_file_range" and temporary:
        return "find room for it"
    return "rename" if call.name in ("renameat", "renameat2") else None


def placed(calls, top):
    """(index, meaning) of each call that has one."""
    places, found = [], []
    for i, call in enumerate(calls):
        if trace.is_output(call):
            word = "output"
        else:
            path = path_of(call, top)
            if path is None or call.result.startswith("-"):
                continue
            word = meaning(call, path, found[found.index("lock") :] if "lock" in found else [])
        if word is not None:
            places.append(i)
            found.append(word)
    return list(zip(places, found))


def steps(calls, top):
    return [word for _, word in placed(calls, top)]


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
    if found != FIRST_STEPS[FIRST_FROM.get(scene.files, len(FIRST_STEPS)) :] + STEPS:
        problems.append(f"the order is {', '.join(found)}")
    scene.drop()
    return problems


WITH_SYNCFS = ("ext2/ext3", "xfs", "btrfs", "tmpfs")  # as osc_fs_syncs has it
# Two contexts in one group: everything is written before one call makes it durable, and that
# before anything is renamed.
TOGETHER = [
    "lock one", "lock two", "make the temporary one", "write it one", "find room for it one",
    "make the temporary two", "write it two", "find room for it two", "syncfs",
    "check the state one", "check the lock one", "rename one", "check the state two",
    "check the lock two", "rename two", "syncfs", "fsync one", "unlock one", "unlock two",
    "output",
]  # fmt: skip


def together(scene):
    """The order of the calls that count, when the states of two contexts become durable."""
    scene.prepare()
    calls, result = trace.record(scene.command(), whole=True)
    found = [(i, "syncfs") for i, call in enumerate(calls) if call.name == "syncfs"]
    found += [(i, "output") for i, call in enumerate(calls) if trace.is_output(call)]
    for name in scene.names:
        for i, word in placed(calls, str(scene.dir / name)):
            if word not in ("output", "re-check the lock", "read the state"):
                found.append((i, f"{word.replace(' the directory', '')} {name}"))
    scene.drop()
    if result.status != scene.good:
        return [f"status {result.status}: {result.err.strip()}"]
    words = [word for _, word in sorted(found)]
    return [] if words == TOGETHER else [f"the order is {', '.join(words)}"]


def hidden_first(command):
    """Core dumps and other users' debuggers are shut out before a secret is read."""
    calls, result = trace.record(command, whole=True)
    if result.status != 0:
        return [f"status {result.status}: {result.err.strip()}"]
    done = set()
    for call in calls:
        if call.name == "prctl" and "PR_SET_DUMPABLE, SUID_DUMP_DISABLE" in call.args:
            done.add("PR_SET_DUMPABLE")
        elif call.name in ("prlimit64", "setrlimit") and re.search(NO_CORE, call.args):
            done.add("RLIMIT_CORE")
        elif call.name == "openat" and b"secret" in trace.string(trace.split_args(call.args)[1]):
            missing = {"PR_SET_DUMPABLE", "RLIMIT_CORE"} - done
            return [f"a secret is read before {name} is set" for name in sorted(missing)]
    return ["no secret is read"]


def readers(w):
    """(name, command) of all that read a secret."""
    scene = scenes.ProtectRequest(w).prepare()
    client, top = scene.dir, scene.top
    secret = top / "secret"
    world.write(secret, w.secret.hex().encode(), 0o600)
    yield "oscore-protect", scene.command()
    yield "oscore-protect -n", [*w.programs.protect("client"), "-n", client, scene.input]
    scene = scenes.UnprotectRequest(w).prepare()
    command = w.programs.unprotect("server")
    yield "oscore-unprotect -p", [*command, "-p", scene.dir, scene.input]
    yield "oscore-unprotect", scene.command()
    scene = scenes.UnprotectRequest(w).prepare()
    yield "oscore-unprotect -C", [*command, "-C", scene.top, scene.input]
    given = [base.GEN, "--secret-file", secret, "--sender-seq", "0", top / "context"]
    yield "oscore-gen", given


def order(report, short):
    for dialect in ("pair", "role"):
        w = World(Real(dialect))
        for kind in (
            scenes.ProtectRequest,
            scenes.UnprotectRequest,
            scenes.ProtectResponse,
            scenes.FirstProtect,
            scenes.FirstUnprotect,
            scenes.FoundState,
        ):
            scene = kind(w)
            report.test(f"order: {scene}", check(scene))
            base.count(orders=1)
        for scene in (scenes.Challenge(lost(w)), scenes.OpenWindow(challenged(w))):
            report.test(f"order: {scene}", check(scene))
            base.count(orders=1)
    what = f"order: {scenes.ManyRequests.name}"
    if base.file_system(base.scratch) in WITH_SYNCFS:
        report.test(what, together(scenes.ManyRequests(World(Real()))))
        base.count(orders=1)
    else:
        report.skip(what, "each file is made durable by itself on this file system")
    for name, command in readers(World(Real())):
        report.test(f"order: hidden before a secret is read, {name}", hidden_first(command))
