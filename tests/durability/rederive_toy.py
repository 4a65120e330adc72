# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
"""Appendix B.2 without cryptography, and with one mistake on purpose, for rederive.py.

A message is a tuple that says under which keys it is; nobody can make one without them.
"correct" makes no mistake.
"""

import copy
import itertools

_serial = itertools.count(1)

# kind: "request" or "response"; id: the ID Context of its keys; context: on the wire; first: of a
# response #1, the ID Context of its request.


def _message(kind, name, context, piv, plain, token, first=None):
    return (kind, name, context, piv, plain, token, first)


class Side:
    """As Side of rederive.py."""

    def __init__(self, name, fault, rng):
        self.name, self.fault, self.rng = name, fault, rng
        self.state = self._fresh()
        self.saved = None

    @staticmethod
    def _fresh():
        return {"current": (b"", 0, set(), set()), "pending": None, "r1": None, "key": None}

    def _random(self):
        return bytes(self.rng.randrange(256) for _ in range(8))

    def lose(self, how):
        if how != "restored":
            self.state = {"current": None, "pending": None, "r1": None, "key": None}
        elif self.saved is not None and self.fault == "takes-copies":
            self.state = copy.deepcopy(self.saved)
        elif self.saved is not None:
            self.lose("copy")

    def save(self):
        self.saved = copy.deepcopy(self.state)

    def _number(self, which):
        name, number, seen, answered = self.state[which]
        self.state[which] = (name, number + 1, seen, answered)
        return name, number

    def protect(self, plain, rederive=False, request=None):
        if request is not None:
            return self._respond(plain, request)
        token = plain[1]
        if rederive:
            self.state["r1"], self.state["pending"] = self._random(), None
            r1 = self.state["r1"]
            return 0, _message("request", r1, ("wrap", r1), 0, plain, token)
        if self.state["pending"] is not None:
            name, number = self._number("pending")
            return 0, _message("request", name, ("wrap", name), number, plain, token)
        if self.state["current"] is None:
            return 7, None
        name, number = self._number("current")
        return 0, _message("request", name, ("bare", name), number, plain, token)

    def _respond(self, plain, request):
        if self.state["current"] is None or self.state["current"][0] != request[1]:
            return 4, None
        name, number, seen, answered = self.state["current"]
        piv = None
        if request[3] not in seen or request[3] in answered:
            piv = number
            self._number("current")
        answered.add(request[3])
        return 0, _message("response", name, None, piv, plain, request[5])

    # Of the server

    def unprotect(self, data, request=None):
        return self._take(data, request) if request is not None else (*self._serve(data), None)[:3]

    def _challenge(self, request):
        if self.state["key"] is None:
            self.state["key"] = next(_serial)
        s2 = b"\0" * 8 if self.fault == "fixed-r2" else self._random()
        r2 = s2 + b"%8d" % self.state["key"]
        if self.fault == "fixed-r2":
            r2 = b"\0" * 16
        plain = ("4.01", next(_serial) if self.fault == "fixed-r2" else 0)
        reply = _message(
            "response", r2 + request[1], ("wrap", r2), None, plain, request[5], request[1]
        )
        return 6, None, reply

    def _serve(self, request):
        (form, name), piv = request[2], request[3]
        current, key = self.state["current"], self.state["key"]
        if current is None and form == "bare":
            return self._challenge(request)
        if current is not None and name == current[0]:
            if piv in current[2]:
                return 6, None, None
            current[2].add(piv)
            return 0, request[4], None
        if form == "bare":
            return 4, None, None
        valid = b"\0" * 8 if self.fault == "fixed-r2" else b"%8d" % (key or 0)
        if key is not None and len(name) > 16 and name[8:16] == valid:
            self.state["current"] = (name, 0, {piv}, set())
            if self.fault != "kept-key":
                self.state["key"] = None
            return 0, request[4], None
        return self._challenge(request)

    # Of the client

    def _take(self, answer, request):
        if answer[5] != request[5]:
            return 4, None, None
        if answer[2] is None:
            return self._take_ordinary(answer, request)
        r2, first = answer[2][1], answer[6]
        known = [each[0] for each in (self.state["current"], self.state["pending"]) if each]
        if first != request[1]:
            return 4, None, None
        if first != self.state["r1"] and (
            first not in known or any(each[:16] == r2 for each in known)
        ):
            return 6, None, None
        self.state["pending"] = (r2 + self._random(), 0, set(), set())
        self.state["r1"] = None
        return 0, answer[4], None

    def _take_ordinary(self, answer, request):
        if answer[1] != request[1]:
            return 4, None, None
        pending, current = self.state["pending"], self.state["current"]
        if pending is not None and pending[0] == answer[1]:
            self.state["current"], self.state["pending"] = pending, None
        elif current is None or current[0] != answer[1]:
            return 4, None, None
        return 0, answer[4], None


class Pair:
    """As Pair of rederive.py."""

    def __init__(self, fault):
        self.fault = fault

    def sides(self, rng):
        return None, [Side(name, self.fault, rng) for name in ("client", "server")]

    @staticmethod
    def request():
        return ("GET", next(_serial))

    @staticmethod
    def response(token):
        return ("2.05", token, next(_serial))

    @staticmethod
    def token_of(request):
        return request[5]

    @staticmethod
    def parts(data):
        """The kid context as bytes; the base has one of no length."""
        context = data[2]
        if context is not None and context[0] == "wrap":
            x = context[1]
            head = bytes([0x40 + len(x)]) if len(x) < 24 else bytes([0x58, len(x)])
            context = (None, head + x)
        return context and context[1], data[3], data[4]

    @staticmethod
    def is_protected(reply):
        return reply is not None

    @staticmethod
    def is_content(plain):
        return plain[0] == "2.05"
