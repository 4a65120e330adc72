# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
"""What is interrupted, and what must hold afterwards.

A scene makes its directories, names the command, and after the command was
interrupted (killed, failed, or the power went) lets the next runs follow and
says what is wrong. The output of the interrupted run is given to it.
"""

import base
import message
import world
from world import State


class Scene:
    name = ""
    side = "client"
    files = "used"  # which directory of the world it starts from
    silent = False  # it has no output
    good = 0  # its status without a fault
    kind = "protect"
    follow = 1  # how many numbers the run may take
    ends = (0,)  # statuses of a second run of the same command
    top = None
    ended = False  # the run was not interrupted: what it has done must stay

    def __init__(self, the_world):
        self.world = the_world
        self.programs = the_world.programs
        self.length = None  # of a complete output; known after the plain run

    def __str__(self):
        return f"{self.name}, {self.world.dialect} dialect"

    def again(self):
        """The same scene in a new place."""
        scene = type(self)(self.world)
        scene.length, scene.follow = self.length, self.follow
        return scene

    # Making it

    def prepare(self):
        self.top = base.new_dir()
        self.dir = world.put(self.top / self.side, getattr(self.world, self.files)[self.side])
        self.start = 0 if self.files == "fresh" else self.world.next[self.side]
        self.ledger = message.Ledger()
        self.input = self.top / "input"
        world.write(self.input, self.text())
        return self

    def drop(self):
        base.drop_dir(self.top)

    def text(self):
        return message.request()

    def command(self):
        return [*getattr(self.programs, self.kind)(self.side), self.dir, self.input]

    # Afterwards

    def run(self, command, data):
        return base.run(command, data)

    def state(self, what="the state"):
        """What the directory says; None (and a problem) if it says nothing."""
        try:
            return State(self.dir, self.side)
        except (OSError, ValueError, KeyError) as error:
            self.ledger.wrong(f"{what} cannot be read: {error!r}")
            return None

    def wrong(self, text):
        self.ledger.wrong(text)

    def whole(self, result):
        """The good status only if the whole message is out."""
        size = len(result.out)
        if result.status == self.good and self.length not in (None, size):
            self.wrong(f"status {self.good} with {size} bytes instead of {self.length}")

    def may_leave(self, place, out):
        """May this come out though the call about this place, below the directory, failed?"""
        return not out

    def next_protect(self):
        """One more request, which must go through; its number."""
        result = self.run([*self.programs.protect(self.side), self.dir], message.request())
        if result.status != 0:
            self.wrong(f"the next run: status {result.status}: {result.err.strip()}")
        return self.ledger.protected(self.side, result.out)

    def tidy(self):
        """Nothing is left over after the next run."""
        names = {entry.name for entry in self.dir.iterdir()}
        expected = set(self.world.fresh[self.side]) | {"sequence.json", "lock", ".used"}
        if names - expected:
            self.wrong(f"left over: {sorted(names - expected)}")
        for name in ("sequence.json", "lock", ".used"):
            if name in names and (self.dir / name).stat().st_mode & 0o777 != 0o600:
                self.wrong(f"mode of {name}")

    def after(self, out):
        raise NotImplementedError


class ProtectRequest(Scene):
    name = "protect a request"

    def after(self, out):
        number = self.ledger.protected(self.side, out, self.start)
        if out:
            state = self.state()
            if state and number is not None and state.next <= number:
                self.wrong("the message came out before its number was recorded")
        following = self.next_protect()
        if following is not None and not self.start <= following <= self.start + self.follow:
            self.wrong(f"number {following} follows {self.start}")
        self.next_protect()
        self.tidy()


class FirstProtect(ProtectRequest):
    name = "protect as the first use"
    files = "fresh"


class FoundState(ProtectRequest):
    """Somebody else made sequence.json, and may not have lived to make it durable."""

    name = "protect as the first use behind somebody else"
    files = "found"


class Stream(ProtectRequest):
    name = "protect a stream of three requests"
    follow = 3

    def text(self):
        return b"".join(message.request().hex().encode() + b"\n" for _ in range(3))

    def command(self):
        return [*self.programs.protect(self.side), "-f", "hex", self.dir, self.input]

    def after(self, out):
        lines = out.split(b"\n")
        for line in lines[:-1]:
            self.ledger.protected(self.side, bytes.fromhex(line.decode()))
        self.ledger.protected(self.side, lines[-1], self.start + len(lines) - 1)
        state = self.state() if out else None
        if state and state.next < self.start + len(lines) - (lines[-1] == b""):
            self.wrong("the messages came out before their numbers were recorded")
        super().after(b"")


class ProtectMoved(ProtectRequest):
    name = "protect in a moved directory"
    files = "marked"

    def command(self):
        return [*self.programs.protect(self.side), "--moved", self.dir, self.input]

    def next_protect(self):
        """Until the move is recorded the directory still looks like a copy."""
        plain = [*self.programs.protect(self.side), self.dir]
        result = self.run(plain, message.request())
        if result.status == 7 and "copy" in result.err and not self.ledger.numbers:
            if result.out:
                self.wrong("output of a run that refused")
            plain.insert(-1, "--moved")
            result = self.run(plain, message.request())
        if result.status != 0:
            self.wrong(f"the next run: status {result.status}: {result.err.strip()}")
        return self.ledger.protected(self.side, result.out)


class UnprotectRequest(Scene):
    name = "unprotect a request"
    side = "server"
    kind = "unprotect"
    ends = (0, 6)
    which = 2

    def text(self):
        return self.world.requests[self.which]

    def next_unprotect(self, which):
        data = self.world.requests[which]
        result = self.run([*self.programs.unprotect(self.side), self.dir], data)
        if result.status == 0 and result.out != self.world.plain[which]:
            self.wrong("another text came out")
        if result.status != 0 and result.out:
            self.wrong(f"output with status {result.status}")
        self.ledger.accepted(data, result.out)
        return result

    def after(self, out):
        self.ledger.accepted(self.text(), out)
        if out:
            state = self.state()
            if state and not state.seen(message.partial_iv(self.text())):
                self.wrong("the text came out before the request was recorded")
        again = self.next_unprotect(self.which)
        if again.status not in ((6,) if out else (0, 6)):
            self.wrong(f"the same request again: status {again.status}: {again.err.strip()}")
        for which, status in ((self.which, 6), (3, 0), (3, 6)):
            result = self.next_unprotect(which)
            if result.status != status:
                self.wrong(f"request {which}: {result.status}, not {status}: {result.err.strip()}")
        self.tidy()


class FirstUnprotect(UnprotectRequest):
    name = "unprotect as the first use"
    files = "fresh"


class ManyRequests(UnprotectRequest):
    """A request for each of two contexts, in one group: their states become durable together."""

    name = "unprotect requests of two contexts with -C"
    names = ("one", "two")

    def __init__(self, the_world):
        super().__init__(the_world)
        self.worlds = dict(zip(self.names, (the_world, world.beside(the_world))))

    def prepare(self):
        self.top = base.new_dir()
        self.dir = self.top / "contexts"
        self.dir.mkdir()
        for name, w in self.worlds.items():
            world.put(self.dir / name, getattr(w, self.files)[self.side])
        self.ledger = message.Ledger()
        self.input = self.top / "input"
        world.write(self.input, self.text())
        return self

    def request(self, name, which=None):
        return self.worlds[name].requests[self.which if which is None else which]

    def text(self):
        return b"".join(self.request(name).hex().encode() + b"\n" for name in self.names)

    def command(self):
        command = [*self.programs.unprotect(self.side), "-f", "hex"]
        return [*command, "-C", self.dir, self.input]

    def leaves(self, name, out):
        """Is anything of this context in the output?"""
        place = self.names.index(name)
        return len(out.split(b"\n")) > place and out.split(b"\n")[place] != b""

    def may_leave(self, place, out):
        """A call for one of them says nothing of one that comes before it; one for all does."""
        name = place.strip("/").partition("/")[0]
        behind = self.names[self.names.index(name) :] if name in self.names else self.names
        return not any(self.leaves(each, out) for each in behind)

    def next_of(self, name, which):
        data = self.request(name, which)
        result = self.run([*self.programs.unprotect(self.side), "-C", self.dir], data)
        if result.status == 0 and result.out != self.worlds[name].plain[which]:
            self.wrong(f"{name}: another text came out")
        if result.status != 0 and result.out:
            self.wrong(f"{name}: output with status {result.status}")
        self.ledger.accepted(data, result.out)
        return result

    def after(self, out):
        for name in self.names:
            data, leaves = self.request(name), self.leaves(name, out)
            self.ledger.accepted(data, out if leaves else b"")
            if leaves and not State(self.dir / name, self.side).seen(message.partial_iv(data)):
                self.wrong(f"{name}: the text came out before the request was recorded")
            expected = ((self.which, (6,) if leaves else (0, 6)), (self.which, (6,)), (3, (0,)))
            for which, statuses in (*expected, (3, (6,))):
                result = self.next_of(name, which)
                if result.status not in statuses:
                    self.wrong(f"{name}: request {which}: {result.status}: {result.err.strip()}")
            self.tidy_one(self.dir / name)

    def tidy_one(self, path):
        names = {entry.name for entry in path.iterdir()}
        left = names - set(self.world.fresh[self.side]) - {"sequence.json", "lock", ".used"}
        if left:
            self.wrong(f"{path.name}: left over: {sorted(left)}")


class OpenWindow(UnprotectRequest):
    name = "open a lost window"
    files = "challenged"


class Challenge(Scene):
    """The answer to a request in a lost window has a number of its own."""

    name = "answer a request in a lost window"
    files = "lost"
    side = "server"
    kind = "unprotect"
    good = 6
    ends = (6,)

    def text(self):
        return self.world.requests[2]

    def command(self):
        reply = ["--error-reply", "/dev/stdout"]
        return [*self.programs.unprotect(self.side), *reply, self.dir, self.input]

    def again_refused(self):
        result = self.run(self.command(), None)
        if result.status != 6:
            self.wrong(f"the next run: status {result.status}: {result.err.strip()}")
        return self.ledger.protected(self.side, result.out)

    def after(self, out):
        number = self.ledger.protected(self.side, out, self.start)
        if out:
            state = self.state()
            if state and number is not None and state.next <= number:
                self.wrong("the answer came out before its number was recorded")
        following = self.again_refused()
        if following is not None and not self.start <= following <= self.start + self.follow:
            self.wrong(f"number {following} follows {self.start}")
        self.next_protect()
        self.again_refused()
        self.tidy()


class ProtectResponse(Scene):
    name = "protect a response with the request's nonce"
    side = "server"
    which = 1

    def text(self):
        self.request = self.top / "request"
        world.write(self.request, self.world.requests[self.which])
        return message.response(message.token_of(self.world.requests[self.which]))

    def command(self):
        base_command = self.programs.protect(self.side)
        return [*base_command, "--request", self.request, self.dir, self.input]

    def respond(self):
        data = message.response(message.token_of(self.world.requests[self.which]))
        command = [*self.programs.protect(self.side), "--request", self.request, self.dir]
        result = self.run(command, data)
        if result.status != 0:
            self.wrong(f"the next response: status {result.status}: {result.err.strip()}")
        return self.protected(result.out)

    def protected(self, out):
        return self.ledger.protected(self.side, out, None, self.world.requests[self.which])

    def after(self, out):
        self.protected(out)
        if out:
            state = self.state()
            if state and not state.answered(message.partial_iv(self.world.requests[self.which])):
                self.wrong("the response came out before it was recorded")
        self.respond()
        self.respond()
        self.next_protect()
        self.tidy()


class Gen(Scene):
    """Afterwards there is a whole context or none, and then another run makes it."""

    name = "oscore-gen"
    silent = True
    options = ()
    sides = ("context",)

    def prepare(self):
        self.top = base.new_dir()
        self.dir = self.top / "home"
        self.dir.mkdir()
        self.ledger = message.Ledger()
        return self

    def text(self):
        return b""

    def places(self):
        return [self.dir / side for side in self.sides]

    def command(self):
        return [base.GEN, *self.options, *self.places()]

    def whole(self, result):
        missing = [path.name for path in self.places() if not path.exists()]
        if result.status == 0 and missing:
            self.wrong(f"status 0 without {missing}")
        left = {entry.name for entry in self.dir.iterdir()} - set(self.sides)
        if left:
            self.wrong(f"left behind: {sorted(left)}")

    def protect(self, side):
        """The first message of a new context."""
        role = ["-r", "client"] if len(self.sides) == 1 else []
        result = self.run([base.PROTECT, *role, self.dir / side], message.request())
        if result.status != 0:
            self.wrong(f"{side}: status {result.status}: {result.err.strip()}")
        elif message.partial_iv(result.out) != 0:
            self.wrong(f"{side}: does not begin with number 0")
        return result.out

    def modes(self):
        """Also of what a killed run has left."""
        for path in self.dir.rglob("*"):
            mode = path.stat().st_mode & 0o777
            public = 0o644 if path.name == "settings.json" else 0o700 if path.is_dir() else 0o600
            if mode & ~public:
                self.wrong(f"mode {mode:o} of {path.name}")

    def stays(self):
        for path in self.places():
            if self.ended and not path.exists():
                self.wrong(f"{path.name} was made with status 0, and is not there")

    def make_again(self):
        result = self.run(self.command(), None)
        if result.status != 0:
            self.wrong(f"the next run: status {result.status}: {result.err.strip()}")

    def swept(self):
        """What a killed run has left, with its secret, is gone after the next one."""
        result = self.run([base.GEN, self.dir / "beside"], None)
        if result.status != 0:
            self.wrong(f"another one: status {result.status}: {result.err.strip()}")
        left = {entry.name for entry in self.dir.iterdir()} - {*self.sides, "beside"}
        if left:
            self.wrong(f"still there after the next run: {sorted(left)}")

    def after(self, out):
        self.modes()
        self.stays()
        if not self.places()[0].exists():
            self.make_again()
        self.swept()
        self.protect(self.sides[0])


class GenPair(Gen):
    name = "oscore-gen --pair"
    options = ("--pair",)
    sides = ("client", "server")

    def after(self, out):
        self.modes()
        self.stays()
        client, server = self.places()
        if client.exists() and not server.exists():
            self.wrong("a client without a server")
        if not client.exists():
            if server.exists():
                base.drop_dir(server)
            self.make_again()
        self.swept()
        out = self.protect("client")
        result = self.run([base.UNPROTECT, server], out)
        if result.status != 0:
            self.wrong(f"the server: status {result.status}: {result.err.strip()}")
