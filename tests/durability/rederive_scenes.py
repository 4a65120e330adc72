# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
"""The steps of RFC 8613, Appendix B.2, to be interrupted; for rederive.py."""

import json
import secrets

import base
import message
import world
from scenes import Scene
from world import IDS


class Anew:
    """A client and a server that have used their keys, before each step of a run."""

    def __init__(self, programs):
        self.programs, self.dialect = programs, programs.dialect
        secret, salt = secrets.token_bytes(16), secrets.token_bytes(8)
        role = {"pair": {}, "role": {"role": True}}[self.dialect]
        self.fresh = {
            side: world.static_files(
                self.dialect, side, secret, salt, rederive=True, **{key: side for key in role}
            )
            for side in IDS
        }
        top = base.new_dir("anew")
        self.client, self.server = (world.put(top / side, self.fresh[side]) for side in IDS)
        self.used, self.begun, self.challenged, self.pending, self.asked = {}, {}, {}, {}, {}
        plain = [message.request() for _ in range(5)]
        self.plain = plain
        used = self._protect(plain[0])
        self._ok(programs.unprotect("server"), self.server, used)
        self._keep(self.used)
        self.q1 = self._protect(plain[1], "--rederive")
        self._keep(self.begun)
        self.reply = self._challenge(self.q1)
        self._keep(self.challenged)
        self._take(top, self.reply, self.q1)
        self._keep(self.pending)
        self.q2, self.q3 = self._protect(plain[2]), self._protect(plain[3])
        self._keep(self.asked)
        self._ok(programs.unprotect("server"), self.server, self.q2)
        world.write(top / "request", self.q2)
        answer = message.response(message.token_of(self.q2))
        command = [*programs.protect("server"), "--request", top / "request"]
        self.a2 = self._ok(command, self.server, answer)
        base.drop_dir(top)

    @staticmethod
    def _ok(command, directory, data, status=0):
        result = base.run([*command, directory], data)
        if result.status != status:
            raise RuntimeError(f"{command}: status {result.status}: {result.err}")
        return result.out

    def _keep(self, stage):
        stage["client"], stage["server"] = world.take(self.client), world.take(self.server)

    def _protect(self, plain, *words):
        return self._ok([*self.programs.protect("client"), *words], self.client, plain)

    def _challenge(self, request):
        command = [*self.programs.unprotect("server"), "--error-reply", "/dev/stdout"]
        return self._ok(command, self.server, request, 6)

    def _take(self, top, reply, request):
        world.write(top / "request", request)
        command = [*self.programs.unprotect("client"), "--request", top / "request"]
        return self._ok(command, self.client, reply)


def kid_context(data):
    value = message.oscore_option(data)
    at = 1 + (value[0] & 7)
    return value[at + 1 : at + 1 + value[at]] if value[0] & 0x10 else b""


class Step(Scene):
    files = "used"

    def __str__(self):
        return f"{self.name}, {self.world.dialect} dialect"

    def prepare(self):
        self.top = base.new_dir()
        self.dir = world.put(self.top / self.side, getattr(self.world, self.files)[self.side])
        self.ledger = message.Ledger()
        self.input, self.request = self.top / "input", self.top / "request"
        world.write(self.input, self.text())
        world.write(self.request, self.asked())
        return self

    def asked(self):
        return b""

    def sent(self, out):
        """A request that left, whole: no number twice under one ID Context."""
        if self.length in (None, len(out)) and message.oscore_option(out):
            context = kid_context(out)
            wrapped = context[2:] if context[:1] == b"\x58" else context
            self.ledger.protected(wrapped, out)

    def protect(self, *words, statuses=(0,)):
        command = [*self.programs.protect(self.side), *words, self.dir]
        result = self.run(command, message.request())
        if result.status not in statuses:
            self.wrong(f"the next run: status {result.status}: {result.err.strip()}")
        if result.status == 0:
            context = kid_context(result.out)
            wrapped = context[2:] if context[:1] == b"\x58" else context
            self.ledger.protected(wrapped, result.out)
        return result

    def rederived(self):
        return json.loads((self.dir / "sequence.json").read_bytes()).get("rederived", {})


class Ask(Step):
    name = "ask to derive the keys anew"

    def text(self):
        return message.request()

    def command(self):
        return [*self.programs.protect(self.side), "--rederive", self.dir, self.input]

    def after(self, out):
        self.sent(out)
        if self.length == len(out) and "r1_hex" not in self.rederived():
            self.wrong("the request came out before R1 was recorded")
        self.protect()
        self.protect("--rederive")
        self.protect()
        self.tidy()


class Answer(Step):
    """What leaves can be accepted: the key is durable."""

    name = "answer a request that asks to derive the keys anew"
    files = "begun"
    side = "server"
    kind = "unprotect"
    good = 6
    ends = (6,)

    def text(self):
        return self.world.q1

    def command(self):
        reply = ["--error-reply", "/dev/stdout"]
        return [*self.programs.unprotect(self.side), *reply, self.dir, self.input]

    def goes_on(self, reply):
        """The client takes this answer, and its next request is let in, once."""
        client = world.put(self.top / f"client-{secrets.token_hex(4)}", self.world.begun["client"])
        world.write(self.request, self.world.q1)
        take = [*self.programs.unprotect("client"), "--request", self.request, client]
        taken = self.run(take, reply)
        sent = self.run([*self.programs.protect("client"), client], message.request())
        statuses = [taken.status, sent.status]
        for _ in range(2):
            statuses.append(self.run([*self.programs.unprotect("server"), self.dir], sent.out).status)
        if statuses != [0, 0, 0, 6]:
            self.wrong(f"after the answer: {statuses}")

    def after(self, out):
        if self.length == len(out):
            self.goes_on(out)
        again = self.run(self.command(), None)
        if again.status != 6 or not again.out or again.out == out:
            self.wrong(f"the next run: status {again.status}: {again.err.strip()}")
        else:
            self.goes_on(again.out)
        self.tidy()


class Take(Step):
    name = "take the answer that derives the keys anew"
    files = "begun"
    kind = "unprotect"
    ends = (0, 6)

    def text(self):
        return self.world.reply

    def asked(self):
        return self.world.q1

    def command(self):
        command = [*self.programs.unprotect(self.side), "--request", self.request]
        return [*command, self.dir, self.input]

    def after(self, out):
        pending = self.rederived().get("pending")
        if out and pending is None:
            self.wrong("the answer came out before the keys were recorded")
        again = self.run(self.command(), None)
        if again.status != (0 if pending is None else 6):
            self.wrong(f"the next run: status {again.status}: {again.err.strip()}")
        now = self.rederived()["pending"]
        if pending is not None and now != pending:
            self.wrong("the keys were derived again")
        for _ in range(2):
            self.protect()
        self.tidy()


class Send(Step):
    name = "send with new keys"
    files = "pending"

    def text(self):
        return message.request()

    def command(self):
        return [*self.programs.protect(self.side), self.dir, self.input]

    def after(self, out):
        self.sent(out)
        for _ in range(2):
            self.protect()
        self.tidy()


class Accept(Step):
    name = "accept a request with new keys"
    files = "asked"
    side = "server"
    kind = "unprotect"
    ends = (0, 6)

    def text(self):
        return self.world.q2

    def command(self):
        return [*self.programs.unprotect(self.side), self.dir, self.input]

    def unprotect(self, data):
        result = self.run([*self.programs.unprotect(self.side), self.dir], data)
        if result.status != 0 and result.out:
            self.wrong(f"output with status {result.status}")
        self.ledger.accepted(data, result.out)
        return result

    def after(self, out):
        self.ledger.accepted(self.text(), out)
        if out and "hmac-key_hex" in self.rederived():
            self.wrong("the text came out before the key was removed")
        again = self.unprotect(self.text())
        if again.status not in ((6,) if out else (0, 6)):
            self.wrong(f"the same request again: status {again.status}: {again.err.strip()}")
        for data, status in ((self.text(), 6), (self.world.q3, 0), (self.world.q3, 6)):
            result = self.unprotect(data)
            if result.status != status:
                self.wrong(f"{result.status}, not {status}: {result.err.strip()}")
        self.tidy()


class Confirm(Step):
    name = "take the first answer with new keys"
    files = "asked"
    kind = "unprotect"

    def text(self):
        return self.world.a2

    def asked(self):
        return self.world.q2

    def command(self):
        command = [*self.programs.unprotect(self.side), "--request", self.request]
        return [*command, self.dir, self.input]

    def after(self, out):
        if out and "pending" in self.rederived():
            self.wrong("the text came out before the keys were in use")
        self.protect()
        again = self.run(self.command(), None)
        if again.status != 0 or "pending" in self.rederived():
            self.wrong(f"the next run: status {again.status}: {again.err.strip()}")
        first = self.protect()
        if first.status == 0 and message.partial_iv(first.out) < 2:
            self.wrong("a number of before")
        self.tidy()


STEPS = (Ask, Answer, Take, Send, Accept, Confirm)
