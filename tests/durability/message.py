# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
"""Messages, and the ledger of what has left the programs."""

import itertools

OSCORE = 9
_serial = itertools.count(1)


def _header(first, code, serial, token):
    return bytes([first | len(token), code, serial >> 8 & 255, serial & 255]) + token


def request():
    """A plain GET that no other one equals."""
    n = next(_serial)
    return _header(0x40, 1, n, n.to_bytes(4, "big")) + b"\xb3tv1" + b"\xffquestion %08d" % n


def response(token):
    """A plain, separate 2.05 to the request with this token that no other one equals."""
    n = next(_serial)
    return _header(0x50, 0x45, n, token) + b"\xffanswer %08d" % n


def token_of(message):
    return message[4 : 4 + (message[0] & 15)]


def _oscore_place(message):
    """Where the value of the OSCORE option begins and ends; None if a message (or a part of one)
    has none."""
    try:
        at, number = 4 + (message[0] & 15), 0
        while message[at] != 0xFF:
            delta, length = message[at] >> 4, message[at] & 15
            at += 1
            if delta == 13:
                delta, at = 13 + message[at], at + 1
            elif delta == 14:
                delta, at = 269 + int.from_bytes(message[at : at + 2], "big"), at + 2
            if length == 13:
                length, at = 13 + message[at], at + 1
            elif length == 14:
                length, at = 269 + int.from_bytes(message[at : at + 2], "big"), at + 2
            number += delta
            if number == OSCORE:
                return (at, at + length) if at + length <= len(message) else None
            at += length
    except IndexError:
        pass
    return None


def oscore_option(message):
    """The value of the OSCORE option; None if there is none."""
    place = _oscore_place(message)
    return message[slice(*place)] if place else None


def ciphertext(message):
    """What is behind the OSCORE option, which is the last one here, and the marker."""
    return message[_oscore_place(message)[1] + 1 :]


def partial_iv(message):
    """The Partial IV as a number; None if there is none."""
    value = oscore_option(message)
    if not value or value[0] & 7 == 0:
        return None
    return int.from_bytes(value[1 : 1 + (value[0] & 7)], "big")


class Ledger:
    """All that left the programs of one scene, and what must not have.

    A nonce counts as used as soon as one byte of the message came out; if the
    bytes do not tell which, the caller's guess counts.
    """

    def __init__(self):
        self.problems = []
        self.numbers = {}  # (sender, Partial IV) -> message
        self.answers = {}  # request -> response without Partial IV
        self.plain = {}  # request -> how often its text came out

    def wrong(self, text):
        self.problems.append(text)

    def protected(self, sender, out, guess=None, answers=None):
        """Returns the Partial IV, None if the request's nonce was used, or nothing came out."""
        if not out:
            return None
        known = oscore_option(out) is not None
        number = partial_iv(out) if known else guess
        if answers is not None and known and number is None:
            if answers in self.answers:
                self.wrong("the nonce of one request was used for two responses")
            self.answers[answers] = out
            return None
        if number is None:
            self.wrong(f"no Partial IV in {out.hex()}")
        elif (sender, number) in self.numbers:
            self.wrong(f"Partial IV {number} of {sender} was used twice")
        self.numbers[sender, number] = out
        return number

    def accepted(self, message, out):
        if not out:
            return
        self.plain[message] = self.plain.get(message, 0) + 1
        if self.plain[message] > 1:
            self.wrong("a request was accepted twice")
