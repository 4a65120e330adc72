# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
"""What tests/bench/streams measures with: runs of programs, their input, their contexts."""

import concurrent.futures
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
BINDIR = os.path.abspath(os.environ.get("BINDIR", os.path.join(HERE, "../../build/release")))
GET = bytes.fromhex("44015d1f00003974396c6f63616c686f737483747631")
PUT = bytes.fromhex("44035d1f00003974396c6f63616c686f737483747631ff")


def message(payload):
    return GET if payload == 0 else PUT + bytes(i * 7 & 255 for i in range(payload))


def cborseq(datagram):
    n = len(datagram)
    head = bytes([0x40 | n]) if n < 24 else bytes([0x58, n]) if n < 256 else b"\x59" + n.to_bytes(2, "big")
    return head + datagram


def as_json(datagram):
    text = {"type": "CON", "code": "GET", "mid": 0x5D1F, "token_hex": "00003974",
            "options": [["Uri-Host", "localhost"], ["Uri-Path", "tv1"]]}
    if datagram != GET:
        text["code"] = "PUT"
        text["payload_hex"] = datagram[len(PUT):].hex()
    return json.dumps(text).encode() + b"\n"


FRAMES = {"cborseq": cborseq, "hex": lambda d: d.hex().encode() + b"\n", "json": as_json}


def write_secret(path, text):
    with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="ascii") as file:
        file.write(text)


class Run:
    """One process: its processor time, wall-clock time, memory and page faults."""

    runner = file = None

    def __init__(self, command, stdin=None, stdout=None):
        subprocess.run([self.runner, self.file] + command, stdin=stdin or subprocess.DEVNULL,
            stdout=stdout or subprocess.DEVNULL, check=True)
        with open(self.file, encoding="ascii") as file:
            user, system, wall, memory, faults, status = file.read().split()
        if status != "0":
            sys.exit("%s: status %s" % (" ".join(command), status))
        self.cpu, self.wall = float(user) + float(system), float(wall)
        self.memory, self.faults = int(memory), int(faults)


class Measure:
    """base is a directory for what is to be on a disk: contexts; fast one for the rest, since an
    fsync may have to write what others have left to be written there."""

    def __init__(self, base):
        self.base = base
        self.fast = tempfile.mkdtemp(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else base)
        self.serial = 0
        for name, flags in (("yardstick", ["-lnettle"]), ("noop", []), ("runner", []), ("calls", ["-shared", "-fPIC"])):
            subprocess.run(["gcc", "-O2", "-o", self.path(name), "%s/%s.c" % (HERE, name)] + flags, check=True)
        Run.runner, Run.file = self.path("runner"), self.path("usage")
        write_secret(self.path("secret"), "0102030405060708090a0b0c0d0e0f10\n")

    def close(self):
        shutil.rmtree(self.fast, ignore_errors=True)

    def path(self, name):
        return os.path.join(self.base, name)

    # --- input and commands ---

    def pair(self, algorithm=10):
        """Fresh directories of one context, for each side one, that were never used."""
        self.serial += 1
        client, server = self.path("client%d" % self.serial), self.path("server%d" % self.serial)
        subprocess.run([BINDIR + "/oscore-gen", "-q", "--secret-file", self.path("secret"), "-a", str(algorithm),
            "--sender-seq", "0", "--client-id", "", "--server-id", "01", "--master-salt", "9e7ca92223786340",
            "--pair", client, server], check=True)
        return client, server

    def input(self, payload, form, n):
        path = "%s/in-%d-%s-%d" % (self.fast, payload, form, n)
        if not os.path.exists(path):
            one = FRAMES[form](message(payload))
            with open(path, "wb") as file:
                for done in range(0, n, 1000):
                    file.write(one * min(1000, n - done))
        return path

    def protected(self, payload, form, n, algorithm=10):
        path = "%s/out-%d-%s-%d-%d" % (self.fast, payload, form, n, algorithm)
        if not os.path.exists(path):
            with open(path, "wb") as file:
                subprocess.run([BINDIR + "/oscore-protect", "-q", "-f", form, self.pair(algorithm)[0],
                    self.input(payload, form, n)], stdout=file, check=True)
        return path

    def command(self, what, form, payload, n, algorithm=10):
        """A command on fresh state, so that it can be run once."""
        client, server = self.pair(algorithm)
        if what == "protect":
            return [BINDIR + "/oscore-protect", "-q", "-f", form, client, self.input(payload, form, n)]
        return [BINDIR + "/oscore-unprotect", "-q", "-f", form, server, self.protected(payload, form, n, algorithm)]

    def packets(self, what, payload, n, before=()):
        """One message a packet: a feeder and a drain beside it; the time is that of the program."""
        client, server = self.pair()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        back, sink = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        datagrams = [message(payload)]
        if what == "unprotect":
            with open(self.protected(payload, "hex", n), encoding="ascii") as file:
                datagrams = [bytes.fromhex(line) for line in file]
        program = [*before, BINDIR + "/oscore-" + what, "-q", client if what == "protect" else server]
        feeder = os.fork()
        if feeder == 0:
            for fd in (theirs, back, sink):
                fd.close()
            for i in range(n):
                ours.send(datagrams[i % len(datagrams)])
            os._exit(0)
        drain = os.fork()
        if drain == 0:
            for fd in (ours, theirs, sink):
                fd.close()
            while back.recv(65536):
                pass
            os._exit(0)
        for fd in (ours, back):
            fd.close()
        run = Run(program, stdin=theirs, stdout=sink)
        theirs.close()
        sink.close()
        os.waitpid(feeder, 0)
        os.waitpid(drain, 0)
        return run

    # --- yardsticks ---

    def yardstick(self):
        """Nanoseconds of one call of nettle's CCM."""
        return float(subprocess.run([self.path("yardstick")], capture_output=True, check=True).stdout)

    @staticmethod
    def peer(program):
        """Nanoseconds of one GET in another implementation: to protect, to unprotect (or None)."""
        said = subprocess.run([program], capture_output=True, text=True, check=True).stdout.split()
        return float(said[0]), float(said[1]) if len(said) > 1 else None

    # --- counts ---

    def counting(self):
        """What a command begins with, so that its calls are counted: not those of the runner."""
        return ["env", "LD_PRELOAD=" + self.path("calls"), "CALLS=" + self.path("counted")]

    def counted(self):
        """Of the run before: calls of the heap, and of fsync and the like."""
        with open(self.path("counted"), encoding="ascii") as file:
            return [int(word) for word in file.read().split()]

    @staticmethod
    def instructions(command, function=None):
        """In all, or inside of one function; None without valgrind."""
        if not shutil.which("valgrind"):
            return None
        inside = ["--collect-atstart=no", "--toggle-collect=" + function] if function else []
        said = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"] + inside + command,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=True).stderr
        return int(re.search(r"Collected : (\d+)", said).group(1))

    # --- many contexts ---

    @staticmethod
    def context(path, own, peer, i):
        os.mkdir(path, 0o700)
        with open(path + "/settings.json", "w", encoding="ascii") as file:
            file.write('{"sender-id_hex": "%s", "recipient-id_hex": "%s", "algorithm": 10}\n' % (own, peer))
        write_secret(path + "/secret.json", '{"secret_hex": "%032x"}\n' % (i + 1))

    def tree(self, n):
        """A directory of n contexts, each named as oscore-cid says."""
        top = self.path("tree%d" % n)
        if not os.path.exists(top):
            os.mkdir(top)
            for i in range(n):
                self.context("%s/%06x" % (top, i), "ff", "%06x" % i, i)
        return top

    def from_peer(self, i, count):
        """As many lines of hex that context i of a tree accepts, never seen before."""
        peer = "%s/peer%06x" % (self.fast, i)
        if not os.path.exists(peer):
            self.context(peer, "%06x" % i, "ff", i)
        return subprocess.run([BINDIR + "/oscore-protect", "-q", "-f", "hex", peer],
            input=(GET.hex() + "\n").encode() * count, stdout=subprocess.PIPE, check=True).stdout.splitlines(keepends=True)

    def from_peers(self, n, count):
        """The same of n contexts."""
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            return [line for lines in pool.map(lambda i: self.from_peer(i, count), range(n)) for line in lines]

    def file(self, name, lines):
        with open(self.path(name), "wb") as file:
            file.writelines(lines)
        return self.path(name)
