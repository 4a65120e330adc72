# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
"""Part "powercut": every state of the disk that a power cut may leave."""

import base
import disk
import faults
import scenes
import trace
from world import Real, World, challenged, lost


def disks(scene, runs):
    """The disk before the first call and after each one that changes it.

    runs: the commands, each with the fault that ends it or None.
    """
    now = disk.Disk(scene.top)
    found = [now.snapshot()]
    call = None
    for command, call in runs:
        options = ["-e", f"inject={call.name}:signal=KILL:when={call.nth}"] if call else []
        calls, result = trace.record(command, options, whole=True)
        if call is None and result.status not in scene.ends:
            raise RuntimeError(f"{scene}: status {result.status}: {result.err}")
        now.open = {}
        for each in calls:
            if now.feed(each):
                found.append(now.snapshot())
    if call is None:
        now.ended = True
        found.append(now.snapshot())
    return found


def settle(scene, tree, owner):
    """Build one state in a new place and let the next runs follow; the problems."""
    new = scene.again().prepare()
    new.ended = owner.ended
    base.drop_dir(new.top)
    disk.build(tree, new.top, owner)
    # The files beside the context are not part of the question.
    new.text()
    new.after(owner.out)
    new.drop()
    return new.ledger.problems


def judge(scene, runs, moments=slice(None)):
    """(problems, number of states)"""
    work, seen = [], set()
    for now in disks(scene, runs)[moments]:
        for tree in now.states():
            if (tree, now.out, now.ended) not in seen:
                seen.add((tree, now.out, now.ended))
                work.append((tree, now))
    results = base.in_parallel(lambda w: settle(scene, *w), work)
    problems = [
        f"state {describe(work[i][0])}, {len(work[i][1].out)} bytes out: {problem}"
        for i, found in enumerate(results)
        for problem in found
    ]
    return problems, len(work)


def describe(tree):
    return ", ".join(
        f"{name}/({describe(entry)})" if len(entry) == 3 else f"{name} {len(entry[2])}"
        for name, entry in tree[2]
    )


def plain_run(kind, world, moments=slice(None)):
    scene = kind(world).prepare()
    try:
        return judge(scene, [(scene.command(), None)], moments)
    finally:
        scene.drop()


def after_kill(kind, world):
    """A first run is killed before each call that changes the disk, a second one
    follows, then the power goes: the second must not rely on what the first has
    not made durable."""
    plan = faults.Plan(kind(world))
    problems, states = list(plan.problems), 0
    probe = kind(world).prepare()
    view = disk.Disk(probe.top)
    calls, _ = trace.record(probe.command(), whole=True)
    cuts = [i for i, call in enumerate(calls) if view.feed(call)]
    probe.drop()
    for cut in cuts:
        if trace.is_output(calls[cut]):
            continue
        scene = kind(world).prepare()
        scene.follow *= 2
        first, again = scene.command(), scene.command()
        found, n = judge(scene, [(first, calls[cut + 1]), (again, None)])
        problems += [f"first run killed after {calls[cut].name}: {problem}" for problem in found]
        states += n
        scene.drop()
    return problems, states


def powercut(report, short):
    pair, role = World(Real("pair")), World(Real("role"))
    kinds = [
        (scenes.ProtectRequest, pair),
        (scenes.UnprotectRequest, pair),
        (scenes.ProtectResponse, pair),
        (scenes.FirstProtect, pair),
        (scenes.FirstProtect, role),
        (scenes.ManyRequests, pair),
    ]
    if not short:
        kinds += [
            (scenes.FirstUnprotect, pair),
            (scenes.ProtectMoved, pair),
            (scenes.Stream, pair),
            (scenes.ProtectRequest, role),
            (scenes.UnprotectRequest, role),
            (scenes.ProtectResponse, role),
            (scenes.Challenge, lost(pair)),
            (scenes.Challenge, lost(role)),
            (scenes.OpenWindow, challenged(pair)),
            (scenes.OpenWindow, challenged(role)),
            (scenes.Gen, role),
            (scenes.GenPair, pair),
        ]
    for kind, world in kinds:
        problems, states = plain_run(kind, world)
        base.count(states=states)
        report.test(f"powercut: {kind(world)}: {states} states", problems)
    if short:
        for kind, world in ((scenes.Gen, role), (scenes.GenPair, pair)):
            problems, states = plain_run(kind, world, slice(-1, None))
            base.count(states=states)
            report.test(f"powercut: behind the end of {kind(world)}: {states} states", problems)
        return
    for kind, world in kinds:
        if issubclass(kind, scenes.Gen):
            continue
        problems, states = after_kill(kind, world)
        base.count(states=states)
        report.test(f"powercut: {kind(world)}, after a killed run: {states} states", problems)
