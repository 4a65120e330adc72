# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
"""Context directories of both dialects, fresh and used, and what is in them."""

import copy
import json
import os
import pathlib
import re
import secrets

import base
import message

MARK = re.compile(rb',\s*"inode": *\d+(,\s*"btime": *\d+)?')
IDS = {"client": "", "server": "01"}


class Real:
    """The programs under test."""

    def __init__(self, dialect="pair"):
        self.dialect = dialect

    def _side(self, side):
        return ["-r", side] if self.dialect == "role" else []

    def protect(self, side):
        return [base.PROTECT, *self._side(side)]

    def unprotect(self, side):
        return [base.UNPROTECT, *self._side(side)]

    @staticmethod
    def senders(case, outputs):
        """For each message the context and the Sender ID under which it verifies, or None."""
        found = [None] * len(outputs)
        for name, w in case.worlds.items():
            oracle = put(case.top / f"oracle-{name}", w.fresh["server"])
            # A response is bound to the request with its token.
            lines = b"".join(each.hex().encode() + b"\n" for each in (*w.requests, *outputs))
            command = [*w.programs.unprotect("server"), "-p", "-k", "-f", "hex", "-t", "json"]
            said = base.run([*command, oracle], lines).out.splitlines()[len(w.requests) :]
            for i, line in enumerate(said):
                if b'"error":' not in line[:9]:
                    found[i] = (name, json.loads(line)["oscore"]["sender-id_hex"])
            if None not in found:
                break
        return found


def write(path, content, mode=0o644):
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(fd, "wb") as file:
        file.write(content)
        os.fchmod(fd, mode)


def static_files(dialect, side, secret, salt, algorithm="AES-CCM-16-64-128", **more):
    """{name: (content, mode)} of a directory that was never used."""
    settings = {"algorithm": algorithm, **more}
    if dialect == "role":
        settings |= {f"{s}-sender-id_hex": own for s, own in IDS.items()}
    else:
        settings["sender-id_hex"] = IDS[side]
        settings["recipient-id_hex"] = IDS["server" if side == "client" else "client"]
    hidden = {"secret_hex": secret.hex(), "salt_hex": salt.hex()}
    name = "secrets.json" if dialect == "role" else "secret.json"
    return {
        "settings.json": (json.dumps(settings).encode() + b"\n", 0o644),
        name: (json.dumps(hidden).encode() + b"\n", 0o600),
    }


def put(path, files):
    """Make a directory of these files."""
    path.mkdir(mode=0o700)
    for name, (content, mode) in files.items():
        write(path / name, content, mode)
    return path


def take(path, keep_mark=False):
    """The files of a directory, without the mark that belongs to this one only."""
    files = {}
    for entry in path.iterdir():
        content = entry.read_bytes()
        if entry.name == "sequence.json" and not keep_mark:
            content = MARK.sub(b"", content)
        files[entry.name] = (content, entry.stat().st_mode & 0o777)
    return files


class World:
    """A client that has sent five requests and a server that has accepted the
    first two and answered the first; and the same two before any use."""

    def __init__(self, programs, **settings):
        self.programs = programs
        self.dialect = programs.dialect
        self.secret, self.salt = secrets.token_bytes(16), secrets.token_bytes(8)
        self.fresh = {
            side: static_files(self.dialect, side, self.secret, self.salt, **settings)
            for side in IDS
        }
        top = base.new_dir("world")
        client, server = (put(top / side, self.fresh[side]) for side in IDS)
        self.plain = [message.request() for _ in range(5)]
        self.requests = [self.ok(programs.protect("client"), client, p) for p in self.plain]
        for i in (0, 1):
            self.ok(programs.unprotect("server"), server, self.requests[i])
        write(top / "request", self.requests[0])
        self.answers = []
        for _ in range(2):  # without and with a Partial IV
            answer = message.response(message.token_of(self.requests[0]))
            command = [*programs.protect("server"), "--request", top / "request"]
            self.answers.append(self.ok(command, server, answer))
        self.used = {"client": take(client), "server": take(server)}
        self.found = {
            side: {n: f for n, f in files.items() if n not in ("lock", ".used")}
            for side, files in self.used.items()
        }
        self.marked = {"client": take(client, True), "server": take(server, True)}
        self.next = {"client": 5, "server": 1}
        base.drop_dir(top)

    @staticmethod
    def ok(command, directory, data):
        result = base.run([*command, directory], data)
        if result.status != 0:
            raise RuntimeError(f"{command}: status {result.status}: {result.err}")
        return result.out


def beside(w):
    """Another world, which is always the same."""
    if not hasattr(w, "other"):
        w.other = World(w.programs)
    return w.other


def _lose(files):
    """The same files, with a window that is not known any more."""
    content, mode = files["sequence.json"]
    data = json.loads(content)
    del data["answered"]
    if "received" in data:
        data["received"] = "unknown"
    else:
        data["seen"] = {IDS["client"]: "unknown", IDS["server"]: [-1]}
    return files | {"sequence.json": (json.dumps(data).encode() + b"\n", mode)}


def lost(w):
    """The same world with a lost window in the server."""
    new = copy.copy(w)
    new.lost = {"server": _lose(w.used["server"])}
    return new


def challenged(w):
    """The same, and the client's third request answers the server's challenge."""
    new = lost(w)
    programs, top = w.programs, base.new_dir("world")
    client, server = put(top / "client", w.used["client"]), put(top / "server", new.lost["server"])
    write(top / "request", w.requests[2])
    command = [*programs.unprotect("server"), "--error-reply", top / "reply", server]
    refused = base.run(command, w.requests[2])
    if refused.status != 6:
        raise RuntimeError(f"{command}: {refused}")
    new.challenged = {"server": take(server)}
    reply = (top / "reply").read_bytes()
    command = [*programs.unprotect("client"), "--request", top / "request", client]
    write(top / "answer", w.ok(command[:-1], client, reply))
    command = [*programs.protect("client"), "--echo", top / "answer"]
    requests = [w.ok(command, client, w.plain[2])]
    requests += [w.ok(programs.protect("client"), client, w.plain[i]) for i in (3, 4)]
    new.requests = [*w.requests[:2], *requests]
    # The Echo option is handed on with the text.
    text = w.ok(programs.unprotect("server"), server, requests[0])
    new.plain = [*w.plain[:2], text, *w.plain[3:]]
    new.next = w.next | {"server": w.next["server"] + 1}
    base.drop_dir(top)
    return new


# What a sequence.json says, in either dialect


class State:
    def __init__(self, directory, side):
        """ValueError or KeyError if it is no state."""
        self.own = IDS[side]
        self.peer = IDS["server" if side == "client" else "client"]
        self.data = json.loads(pathlib.Path(directory, "sequence.json").read_bytes())
        self.pair = "next-to-send" in self.data
        self.next = self.data["next-to-send"] if self.pair else self.data["used"][self.own]

    @staticmethod
    def _has(window, number):
        return number < window["index"] or bool(window["bitfield"] >> number - window["index"] & 1)

    def seen(self, number):
        window = self.data["received"] if self.pair else self.data["seen"][self.peer]
        if window == "unknown":
            return False
        if self.pair:
            return self._has(window, number)
        seen = window or [-1]
        return number <= seen[0] or number in seen

    def answered(self, number):
        window = self.data["answered"] if self.pair else self.data["answered"][self.peer]
        return self._has(window, number)
