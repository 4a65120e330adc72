# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
"""Part "detectors": each detector finds the mistake of a toy made for it, and
nothing in the same toy without the mistake."""

import copy
import re

import base
import copies
import faults
import files
import memory
import order
import powercut
import races
import scenes
import setback
import setfiles
from world import IDS, World


class Toy:
    dialect = "pair"

    def __init__(self, fault):
        self.start = [base.build_toy("toy"), fault]

    def protect(self, side):
        return [*self.start, "protect", side]

    def unprotect(self, side):
        return [*self.start, "unprotect", side]

    @staticmethod
    def senders(case, outputs):
        """It has no keys."""
        return [("A", IDS[case.stream.side])] * len(outputs)


def killed(kind):
    def detect(w):
        plan = faults.Plan(kind(w))
        return faults.try_all(plan, "kill", ["signal=KILL"], faults.MAIN)[0]

    return detect


def failed(kind, error):
    def detect(w):
        plan = faults.Plan(kind(w))
        return faults.try_all(plan, "errors", [f"error={error}"], faults.MAIN)[0]

    return detect


def cut(kind):
    return lambda w: powercut.plain_run(kind, w)[0]


def ordered(kind):
    return lambda w: order.durable_first(kind(w))


def restored(w):
    return copies.restore(w, "cp -a", 1)


def leftover(w):
    scene = scenes.ProtectRequest(w).prepare()
    return memory.left(scene.command(), memory.secrets_of(w, "AES-CCM-16-64-128"), 0)


def unlocked(w):
    return memory.locked(w, memory.secrets_of(w, "AES-CCM-16-64-128"))


def text_leftover(w):
    scene = scenes.UnprotectRequest(w).prepare()
    return memory.left(scene.command(), memory.text_of(w, 2), 0)


def hanging(w):
    return files.strange(w, scenes.ProtectRequest, "settings.json", files.put_fifo, 1)


def set_back(stream):
    """By what no other run could see."""
    steps = [
        {},
        {1: setfiles.Change((setfiles.STATE,), setfiles.unmarked(0), setfiles.in_place)},
        {2: setfiles.Change((setfiles.STATE,), setfiles.unmarked(1), setfiles.renamed)},
        {1: setfiles.Aside(False), 2: setfiles.Aside(True)},
    ]

    def detect(w):
        worlds = dict.fromkeys("ABCD", w)
        return setback.judge_all([setback.Case(worlds, stream, False, each) for each in steps])[0]

    return detect


def linked(w):
    call = setback.making_durable(w, scenes.ProtectRequest)
    return setback.linked(w, call, scenes.ProtectRequest)


KILL = {
    kind: killed(kind)
    for kind in (scenes.ProtectRequest, scenes.UnprotectRequest, scenes.ProtectResponse)
}
CUT = {
    kind: cut(kind)
    for kind in (
        scenes.ProtectRequest,
        scenes.FirstProtect,
        scenes.UnprotectRequest,
        scenes.ProtectResponse,
    )
}
BACK = {
    kind: set_back(kind) for kind in (setback.Requests, setback.Received, setback.Responses)
}
ERROR = {name: failed(scenes.ProtectRequest, name) for name in ("EIO", "ENOSPC", "EINTR")}
ORDER = ordered(scenes.ProtectRequest)


def many_protects(w):
    return races.many_protects(w, 4)


def many_unprotects(w):
    return races.many_unprotects(w, 4)


def many_responses(w):
    return races.many_responses(w, 4)


def mixture(w):
    return races.mixture(w, 3)


WORDS = {
    "output-first": "writes its output before its state",
    "forgets-answers": "does not record its answers",
    "in-place": "overwrites its state",
    "starts-again": "takes a broken state for a fresh one",
    "ignores-errors": "ignores errors",
    "no-retry": "does not make an interrupted call again",
    "no-fsync": "does not fsync its state",
    "no-directory-fsync": "does not fsync the directory",
    "no-lock": "takes no lock",
    "reads-before-lock": "reads its state before the lock",
    "stale-lock": "locks by the existence of a file",
    "hangs": "waits for a FIFO",
    "leaks": "wipes nothing",
    "takes-copies": "knows no copies",
    "takes-anything": "goes on from whatever state it finds",
}

# (mistake, what finds it, how, words that it must say)
DETECTORS = [
    ("output-first", "output before durability: kill", KILL[scenes.ProtectRequest],
     "came out before its number was recorded"),
    ("output-first", "number reuse: kill", KILL[scenes.ProtectRequest], "used twice"),
    ("output-first", "double acceptance: kill", KILL[scenes.UnprotectRequest], "accepted twice"),
    ("output-first", "one nonce for two responses: kill", KILL[scenes.ProtectResponse],
     "used for two responses"),
    ("output-first", "output before durability: order", ORDER, "output before: rename"),
    ("forgets-answers", "one nonce for two responses: kill", KILL[scenes.ProtectResponse],
     "used for two responses"),
    ("in-place", "broken state: kill", KILL[scenes.ProtectRequest], "the next run: status 7"),
    ("starts-again", "going back: kill", KILL[scenes.ProtectRequest], "number 0 follows 5"),
    ("starts-again", "number reuse: powercut", CUT[scenes.ProtectRequest], "number 0 follows 5"),
    ("ignores-errors", "output without durability: errors", ERROR["EIO"],
     "output after the state could not be made durable"),
    ("ignores-errors", "false success: errors", ERROR["ENOSPC"], "status 0 with 0 bytes"),
    ("no-retry", "interrupted call: errors", ERROR["EINTR"], "not made again"),
    ("no-fsync", "unsynced file: powercut", CUT[scenes.ProtectRequest], "status 7"),
    ("no-fsync", "unsynced file: order", ORDER, "output before: fsync it"),
    ("no-directory-fsync", "number reuse: powercut", CUT[scenes.ProtectRequest], "used twice"),
    ("no-directory-fsync", "number reuse, first use: powercut", CUT[scenes.FirstProtect],
     "used twice"),
    ("no-directory-fsync", "double acceptance: powercut", CUT[scenes.UnprotectRequest],
     "accepted twice"),
    ("no-directory-fsync", "one nonce for two responses: powercut", CUT[scenes.ProtectResponse],
     "used for two responses"),
    ("no-directory-fsync", "unsynced directory: order", ORDER,
     "output before: fsync the directory"),
    ("no-lock", "number reuse: races", many_protects, "used twice"),
    ("no-lock", "double acceptance: races", many_unprotects, "accepted twice"),
    ("no-lock", "one nonce for two responses: races", many_responses, "used for two responses"),
    ("no-lock", "lost update: races", mixture, "not recorded any more|the next number is"),
    ("reads-before-lock", "lost update: races", mixture, "not recorded any more"),
    ("stale-lock", "stale lock: races", races.killed_holder, "statuses"),
    ("hangs", "hang: environment", hanging, "status hang"),
    ("leaks", "secret left: memory", leftover, "Master-Secret-in-hex is left"),
    ("leaks", "secret beside the keys: memory", unlocked, "Master-Secret-in-hex is left"),
    ("leaks", "text left: memory", text_leftover, "text-2 is left"),
    ("takes-copies", "copy: copies", restored, "protect: status 0"),
    ("takes-copies", "second name: setback", linked, "used twice"),
    ("takes-anything", "number reuse: setback", BACK[setback.Requests], "used twice"),
    ("takes-anything", "double acceptance: setback", BACK[setback.Received], "accepted twice"),
    ("takes-anything", "one nonce for two responses: setback", BACK[setback.Responses],
     "used for two responses"),
]  # fmt: skip

# The toy without a mistake does not wipe either, and knows nothing of copies.
NEVER_CLEAN = (leftover, unlocked, text_leftover, restored, linked)


# One for each rule: reuse, double acceptance, two responses, output first, lost update,
# unsynced directory, secret, locked memory, copy, second name, state set back.
SHORT = (
    KILL[scenes.ProtectRequest], CUT[scenes.UnprotectRequest], CUT[scenes.ProtectResponse], ORDER,
    many_unprotects, mixture, leftover, unlocked, text_leftover, restored,
    linked, *BACK.values(),
)  # fmt: skip


def detectors(report, short):
    correct = World(Toy("correct"))
    clean = []
    for fault, name, detect, words in DETECTORS:
        if short and detect not in SHORT:
            continue
        faulty = copy.copy(correct)
        faulty.programs = Toy(fault)
        found = detect(faulty)
        problems = []
        if not any(re.search(words, problem) for problem in found):
            problems.append(f"nothing like '{words}' was found, but: {found[:5]}")
        report.test(f"detectors: {name}, a toy that {WORDS[fault]}", problems)
        base.count(detectors=1)
        if detect not in clean and detect not in NEVER_CLEAN:
            clean.append(detect)
    problems = [problem for detect in clean for problem in detect(correct)]
    report.test(f"detectors: {len(clean)} find nothing in a correct toy", problems)
