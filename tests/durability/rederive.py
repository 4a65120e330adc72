# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
"""Part "rederive": keys that are derived anew (RFC 8613, Appendix B.2), explored at random.

A client and a server, and an adversary: any message is delivered any number of times, output is
lost when the state is written, and the state of either side is lost or set back. No nonce may be
used twice under one key, no request be accepted twice; and when the adversary stops, a few rounds
must be enough.
"""

import random
import shutil

import base
import faults
import message
import powercut
import rederive_scenes
import rederive_toy
import world

ROUNDS = 3  # to a 2.05, when nothing disturbs any more
ACTIONS = (8, 40)  # in one history
HISTORIES = {True: 24, False: 2400}
SEED = 8613


class Side:
    """A directory and the programs; what goes in and out are bytes."""

    def __init__(self, top, name, fresh):
        self.top, self.name = top, name
        self.dir, self.saved = top / name, top / f"saved-{name}"
        shutil.copytree(fresh, self.dir)

    def _run(self, program, data, *words):
        path = self.top / "input"
        path.write_bytes(data)
        result = base.run([program, "-q", *words, self.dir, path])
        if result.status not in range(9):
            raise RuntimeError(f"{program}: {result.status}: {result.err}")
        return result

    def protect(self, plain, rederive=False, request=None):
        words = ["--rederive"] if rederive else []
        if request is not None:
            (self.top / "request").write_bytes(request)
            words += ["--request", self.top / "request"]
        result = self._run(base.PROTECT, plain, *words)
        return result.status, result.out

    def unprotect(self, data, request=None):
        """(status, plain message, error reply)"""
        reply, words = self.top / "reply", []
        reply.unlink(missing_ok=True)
        if request is not None:
            (self.top / "request").write_bytes(request)
            words = ["--request", self.top / "request"]
        result = self._run(base.UNPROTECT, data, "--error-reply", reply, *words)
        return result.status, result.out, reply.read_bytes() if reply.exists() else b""

    def lose(self, how):
        state = self.dir / "sequence.json"
        if how == "missing":
            state.unlink(missing_ok=True)
        elif how == "garbage":
            state.write_text('{"next-to-send": 3')
        elif how == "exhausted":
            state.unlink(missing_ok=True)
            state.write_text('{"next-to-send": 1099511627776, "received": "unknown"}\n')
        elif how == "restored" and self.saved.exists():
            base.drop_dir(self.dir)
            shutil.copytree(self.saved, self.dir)

    def save(self):
        """What was never used has no mark yet: it may be carried, once."""
        state = self.dir / "sequence.json"
        if not state.exists() or b'"inode"' not in state.read_bytes():
            return
        if self.saved.exists():
            base.drop_dir(self.saved)
        shutil.copytree(self.dir, self.saved)


class Pair:
    """Real directories, made once and copied as long as they are unused."""

    def __init__(self):
        self.fresh = base.new_dir("rederive")
        made = base.run(
            [base.GEN, "-q", "--pair", "--rederive", self.fresh / "client", self.fresh / "server"]
        )
        if made.status != 0:
            raise RuntimeError(made.err)

    def sides(self, rng):
        top = base.new_dir("history")
        return top, [Side(top, name, self.fresh / name) for name in ("client", "server")]

    request, response = staticmethod(message.request), staticmethod(message.response)
    token_of = staticmethod(message.token_of)

    @staticmethod
    def parts(data):
        """(kid context or None, Partial IV or None, ciphertext)"""
        value, context = message.oscore_option(data), None
        if value and value[0] & 0x10:
            at = 1 + (value[0] & 7)
            context = value[at + 1 : at + 1 + value[at]]
        return context, message.partial_iv(data), message.ciphertext(data)

    @staticmethod
    def is_protected(reply):
        return message.oscore_option(reply) is not None

    @staticmethod
    def is_content(plain):
        return plain[1:2] == b"\x45"


def unwrap(context):
    """X of wrap(X); None if it is not wrapped."""
    for head in (1, 2):
        if context and len(context) > head:
            length = context[0] - 0x40 if head == 1 else context[1]
            marker = 0x40 <= context[0] < 0x58 if head == 1 else context[0] == 0x58
            if marker and length == len(context) - head:
                return context[head:]
    return None


class Ledger:
    """Which nonces were used under which keys; what was accepted."""

    def __init__(self, pair):
        self.pair = pair
        self.texts, self.accepted, self.problems = {}, set(), []
        self.bare = set()  # ID Contexts that were seen wrapped: they may look as if they still were

    def _use(self, key, nonce, text):
        if self.texts.setdefault((key, nonce), text) != text:
            self.problems.append(f"{key}, {nonce}: used twice")

    def id_of(self, request):
        context, _, _ = self.pair.parts(request)
        if context in self.bare:
            return context
        inside = unwrap(context)
        if inside:
            self.bare.add(inside)
        return inside or context

    def request(self, data):
        _, piv, text = self.pair.parts(data)
        name = self.id_of(data)
        self._use(("client", name), (name, "client", piv), text)

    def response(self, data, request):
        context, piv, text = self.pair.parts(data)
        first = self.id_of(request)
        if context is not None:  # response #1
            name = unwrap(context) + (first or b"")
            nonce = (first, "client", self.pair.parts(request)[1])
        else:
            name = first
            nonce = (name, "client", self.pair.parts(request)[1])
        if piv is not None:
            nonce = (name, "server", piv)
        self._use(("server", name), nonce, text)

    def accept(self, request):
        _, piv, _ = self.pair.parts(request)
        what = (self.id_of(request), piv)
        if what in self.accepted:
            self.problems.append(f"request {what}: accepted twice")
        self.accepted.add(what)


class History:
    def __init__(self, pair, seed):
        self.pair, self.rng = pair, random.Random(seed)
        self.top, (self.client, self.server) = pair.sides(self.rng)
        self.ledger = Ledger(pair)
        self.requests, self.responses, self.trace = [], [], []

    # What the sides do

    def ask(self, rederive, lost=False):
        """A request; None if the client cannot make one. Lost, nobody ever gets it."""
        status, data = self.client.protect(self.pair.request(), rederive)
        self.trace.append(f"protect {'--rederive ' if rederive else ''}-> {status}")
        if status != 0:
            return None
        self.ledger.request(data)
        if not lost:
            self.requests.append(data)
        return data

    def serve(self, request, lost=False):
        """What the server answers, None if nothing."""
        status, _, reply = self.server.unprotect(request)
        self.trace.append(f"serve {self.requests.index(request)} -> {status}")
        answer = reply if status == 6 and self.pair.is_protected(reply) else None
        if status == 0:
            self.ledger.accept(request)
            if lost:
                return None
            done, answer = self.server.protect(
                self.pair.response(self.pair.token_of(request)), request=request
            )
            self.trace.append(f"answer -> {done}")
            answer = answer if done == 0 else None
        if answer is None:
            return None
        self.ledger.response(answer, request)
        if not lost:
            self.responses.append((answer, request))
        return answer

    def take(self, answer, request):
        """Is it the response that was asked for?"""
        status, plain, _ = self.client.unprotect(answer, request)
        self.trace.append(f"take -> {status}")
        return status == 0 and self.pair.is_content(plain)

    # The adversary

    def disturb(self):
        rng, lost = self.rng, self.rng.random() < 0.15
        action = rng.choices(
            ("ask", "rederive", "serve", "take", "lose", "save"), (3, 2, 6, 5, 1, 1)
        )[0]
        if action in ("ask", "rederive"):
            self.ask(action == "rederive", lost)
        elif action == "serve" and self.requests:
            late = self.requests[-2:] if rng.random() < 0.6 else self.requests
            self.serve(rng.choice(late), lost)
        elif action == "take" and self.responses:
            late = self.responses[-2:] if rng.random() < 0.6 else self.responses
            self.take(*rng.choice(late))
        elif action == "lose":
            side = rng.choice((self.client, self.server))
            how = rng.choice(("missing", "garbage", "exhausted", "restored", "restored"))
            side.lose(how)
            self.trace.append(f"{side.name}: {how}")
        elif action == "save":
            rng.choice((self.client, self.server)).save()

    def settle(self):
        """Rounds until a response comes; what a user does: on an error, derive anew."""
        rederive = False
        for number in range(1, ROUNDS + 1):
            request = self.ask(rederive) or self.ask(True)
            answer = request and self.serve(request)
            if answer and self.take(answer, request):
                return number
            # After a challenge the next request goes on; without one, or if it is not taken, anew.
            rederive = not (answer and self.trace[-1] == "take -> 0")
        self.ledger.problems.append(f"no response after {ROUNDS} rounds")
        return 0

    def run(self):
        for _ in range(self.rng.randint(*ACTIONS)):
            self.disturb()
        self.settle()
        return self.ledger.problems


def explore(pair, seeds):
    """Problems of histories with these seeds."""

    def one(seed):
        history = History(pair, seed)
        found = [f"history {seed}: {problem}" for problem in history.run()]
        if found:
            found += [f"history {seed}: " + "; ".join(history.trace)]
        elif history.top is not None:
            base.drop_dir(history.top)
        base.count(histories=1)
        return found

    return [problem for found in base.in_parallel(one, list(seeds)) for problem in found]


# (mistake, words that the explorer must say)
TOYS = {
    "fixed-r2": ("makes one R2 and varies its 4.01", "used twice"),
    "kept-key": ("keeps the key that lets request #2 in", "accepted twice"),
    "takes-copies": ("goes on from a copy", "used twice"),
}


def interrupt(report, short):
    """A kill at every call of each step, and power cuts; the role dialect in the full form."""
    for dialect in ("pair",) if short else ("pair", "role"):
        w = rederive_scenes.Anew(world.Real(dialect))
        kinds = (rederive_scenes.Take, rederive_scenes.Accept) if short else rederive_scenes.STEPS
        which = faults.NEAR if short else faults.ALL
        faults.run_part(report, "kill", ["signal=KILL"], which, [kind(w) for kind in kinds])
        if not short:
            names = [f"error={name}" for name in faults.ERRORS]
            faults.run_part(report, "errors", names, faults.MAIN, [kind(w) for kind in kinds])
        for kind in kinds:
            problems, states = powercut.plain_run(kind, w)
            base.count(states=states)
            report.test(f"powercut: {kind(w)}: {states} states", problems)


def rederive(report, short):
    interrupt(report, short)
    number = HISTORIES[short]
    problems = explore(Pair(), range(SEED, SEED + number))
    report.test(f"rederive: {number} histories of the programs", problems)
    toys = range(SEED, SEED + 4000)
    problems = explore(rederive_toy.Pair("correct"), toys)
    report.test(f"rederive: {len(toys)} histories of a correct toy", problems)
    for mistake, (words, found) in TOYS.items():
        problems = explore(rederive_toy.Pair(mistake), toys)
        missed = [] if any(found in each for each in problems) else [f"nothing like '{found}'"]
        report.test(f"rederive: finds a toy that {words}", missed)
        base.count(detectors=1)
