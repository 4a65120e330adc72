# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
"""Part "memory": nothing secret is left in a program that has ended its work."""

import collections
import hmac
import json
import os
import re
import secrets
import subprocess
import tempfile

import base
import message
import scenes
import world
from conditions import PLAIN, shell
from world import IDS, Real, World

# COSE number and key length of what is used here
ALGORITHMS = {
    "AES-CCM-16-64-128": (10, 16),
    "AES-CCM-16-64-256": (11, 32),
    "A256GCM": (3, 32),
    "ChaCha20/Poly1305": (24, 32),
}


# RFC 8613, 3.2.1


def cbor_bytes(value):
    assert len(value) < 24
    return bytes([0x40 | len(value)]) + value


def derive(prk, own_id, algorithm, length, hash_name):
    number = bytes([algorithm]) if algorithm < 24 else bytes([0x18, algorithm])
    info = b"\x85" + cbor_bytes(own_id) + b"\xf6" + number + b"\x63Key"
    info += bytes([length]) if length < 24 else bytes([0x18, length])
    return hmac.digest(prk, info + b"\x01", hash_name)[:length]


def secrets_of(w, algorithm, hash_name="sha256"):
    """name -> bytes of everything that must be gone."""
    number, length = ALGORITHMS[algorithm]
    prk = hmac.digest(w.salt, w.secret, hash_name)
    return {
        "Master-Secret": w.secret,
        "Master-Secret-in-hex": w.secret.hex().encode(),
        "half-of-the-Master-Secret": w.secret[8:],
        "half-of-the-hex": w.secret.hex().encode()[16:],
        "PRK": prk,
        "half-of-the-PRK": prk[16:],
        **{
            f"key-of-the-{side}": derive(prk, bytes.fromhex(own), number, length, hash_name)
            for side, own in IDS.items()
        },
    }


HIDDEN = " locked undumped"  # how the scanner marks a place
Scan = collections.namedtuple("Scan", "found size result")


def scan(command, needles, when="exit", line=None, **more):
    """Run under the scanner; {(name, place): how often} of what it found.

    line: given to the command, which has to answer it before its input ends
    """
    fd, path = tempfile.mkstemp(prefix="needles-", dir=base.scratch)
    with open(fd, "w", encoding="ascii") as file:
        for name, value in needles.items():
            file.write(f"{name} {value.hex()}\n")
    reading, writing = os.pipe()
    # The report goes to descriptor 3 of the scanner.
    shell = 'exec 3>&"$1"; shift; exec "$@"'
    command = ["bash", "-c", shell, "-", str(writing), base.build_toy("scan"), when, path, *command]
    environment = dict(os.environ)
    if os.geteuid() != 0:
        environment["LD_PRELOAD"] = base.build_toy("visible", shared=True)
    if line is not None:
        more |= {"stdin": subprocess.PIPE, "bufsize": 0}
    process = base.start(command, pass_fds=[writing], env=environment, **more)
    os.close(writing)
    if line is not None:
        base.say(process, line)
        base.hear(process)
        base.close_input(process)
    result = base.finish(process)
    with open(reading, encoding="ascii", errors="replace") as file:
        lines = file.read().splitlines()
    os.unlink(path)
    sizes = [int(line.split()[1]) for line in lines if line.startswith("scanned ")]
    found = collections.Counter(
        tuple(line.split(" ", 1)) for line in lines if not line.startswith("scanned ")
    )
    return Scan(found, sum(sizes), result)


def describe(found, how="is left"):
    return [
        f"{name} {how} {n} times in {re.sub('anonymous-.*', 'anonymous memory', place.strip())}"
        for (name, place), n in sorted(found.items())
    ]


def left(command, needles, status, **more):
    """What is left at the end of a run that has this status."""
    done = scan(command, needles, **more)
    base.count(scans=1)
    problems = describe(done.found)
    if done.result.status != status:
        problems.append(f"status {done.result.status}, not {status}: {done.result.err.strip()}")
    if done.size < 100000:
        problems.append(f"only {done.size} bytes could be scanned")
    return problems


def locked(w, needles):
    """While a program works, only keys are there, in locked memory that no core dump has."""
    problems = []
    for kind in PLAIN:
        scene = kind(w).prepare()
        problems += misplaced(scan(scene.command(), needles, "output"), str(scene))
        scene.drop()
    return problems


def misplaced(done, what):
    base.count(scans=1)
    keys = {at: n for at, n in done.found.items() if at[0].startswith("key")}
    other = {at: n for at, n in done.found.items() if at not in keys}
    open_to_all = {at: n for at, n in keys.items() if not at[1].endswith(HIDDEN)}
    problems = [f"{what}: {problem}" for problem in describe(open_to_all, "lies")]
    problems += [f"{what}: {problem}" for problem in describe(other)]
    if keys.keys() == open_to_all.keys():
        problems.append(f"{what}: no key is found in locked memory: {done.result.err.strip()}")
    return problems


def inner_text(plain):
    """What is encrypted of a message, as only the programs put it together (RFC 8613, 5.3)."""
    return plain[1:2] + plain[4 + (plain[0] & 15) :]


def first_groups(w):
    """(name, command, line, texts that it encrypts or decrypts) of a first group."""
    scene = scenes.ProtectRequest(w).prepare()
    client, top = scene.dir, scene.top
    server = world.put(top / "server", w.used["server"])
    many = top / "many"
    many.mkdir()
    world.put(many / "one", w.used["server"])
    world.put(many / "two", world.static_files("pair", "server", b"another secret..", b""))
    request = top / "request"
    world.write(request, w.requests[1])
    answer = message.response(message.token_of(w.requests[1]))
    protect, unprotect = w.programs.protect("client"), w.programs.unprotect("server")
    respond = [*protect, "--request", request]
    yield "protect", [*protect, client], w.plain[2], [w.plain[2]]
    yield "protect a response", [*respond, server], answer, [answer, w.plain[1]]
    yield "unprotect", [*unprotect, server], w.requests[2], [w.plain[2]]
    yield "look", [*unprotect, "-p", server], w.requests[2], [w.plain[2]]
    # To choose among two, the message is opened once more.
    yield "choose", [*unprotect, "-k", "-C", many], w.requests[1], [w.plain[1]]
    scene.drop()


def between_groups(w, needles):
    """A program that waits for its next message has wiped what it made of the last one."""
    problems = []
    for name, command, line, texts in first_groups(w):
        texts = {f"inner-text-{i}": inner_text(text) for i, text in enumerate(texts)}
        command = [command[0], "-f", "hex", *command[1:]]
        done = scan(command, needles | texts, "input", line.hex().encode())
        problems += misplaced(done, name)
    return problems


def forgotten(w, needles):
    """The Master Secret goes as soon as the keys are derived, unless -v needs it."""
    problems = []
    masters = {name: value for name, value in needles.items() if not name.startswith("key")}
    for name, command, line, _ in first_groups(w):
        line = line.hex().encode()
        command = [command[0], "-f", "hex", *command[1:]]
        done = scan(command, masters, "input", line)
        problems += describe(done.found, f"({name}) lies")
        if done.size < 100000:
            problems.append(f"{name}: only {done.size} bytes could be scanned")
        if name == "protect":
            done = scan([command[0], "-v", *command[1:]], masters, "input", line)
            if not any(found == "Master-Secret" for found, _ in done.found):
                problems.append(f"{name} -v: it is not found")
            base.count(scans=1)
        base.count(scans=1)
    return problems


def failed_commit(w, needles):
    """Nor is anything left when the state could not be made durable, before the end."""
    problems = []
    for kind in (scenes.ProtectRequest, scenes.UnprotectRequest):
        scene = kind(w).prepare()
        text = text_of(w, 2) if kind is scenes.UnprotectRequest else {}
        text |= {"inner-text": inner_text(text_in(w, scene))}
        done = scan(shell("ulimit -f 0;", scene.command()), needles | text, "error")
        problems += misplaced(done, str(scene))
        if done.result.status != 1 or done.result.out:
            problems.append(f"status {done.result.status}, {len(done.result.out)} bytes out")
        scene.drop()
    return problems


def text_in(w, scene):
    """What a scene encrypts or decrypts."""
    return w.plain[2] if isinstance(scene, scenes.UnprotectRequest) else scene.input.read_bytes()


def proofs(w, needles):
    """The scanner finds what is there."""
    problems = []
    scene = scenes.ProtectRequest(w).prepare()
    directory = str(scene.dir)
    marker = {"marker": directory.encode()}
    done = scan(scene.command(), marker)
    if not any("[stack]" in place for _, place in done.found):
        problems.append("an argument is not found on the stack")
    scene.drop()
    scene = scenes.ProtectRequest(w).prepare()
    done = scan(scene.command(), needles, "output")
    names = {name for name, _ in done.found}
    for side in IDS:
        if f"key-of-the-{side}" not in names:
            problems.append(f"the key of the {side} is not found before the first output")
    scene.drop()
    scene = scenes.UnprotectRequest(w).prepare()
    done = scan(scene.command(), text_of(w, 2), "output")
    if not done.found:
        problems.append("the text is not found before the first output")
    scene.drop()
    return problems


def runs(w):
    """(name, command, status, needles, more) for ways through the programs, and their end."""
    scene = scenes.ProtectRequest(w).prepare()
    yield "protect", scene.command(), 0, {}, {}
    yield "protect, output fails", scene.command(), 1, {}, {"stdout": open("/dev/full", "wb")}
    yield "protect, malformed message", [*w.programs.protect("client"), scene.dir, scene.dir /
                                         "settings.json"], 5, {}, {}  # fmt: skip
    dry = [*w.programs.protect("client"), "-n", scene.dir, scene.input]
    yield "protect, dry run", dry, 0, {}, {}

    scene = scenes.Stream(w).prepare()
    yield "protect a stream", scene.command(), 0, {}, {}

    scene = scenes.ProtectResponse(w).prepare()
    # The request that the response is bound to is verified, so its text is there, too.
    yield "protect a response", scene.command(), 0, text_of(w, 1), {}

    scene = scenes.UnprotectRequest(w).prepare()
    yield "unprotect", scene.command(), 0, text_of(w, 2), {}
    yield "unprotect, replayed", scene.command(), 6, text_of(w, 2), {}
    scene = scenes.UnprotectRequest(w).prepare()
    broken = bytearray(w.requests[2])
    broken[-1] ^= 1
    world.write(scene.input, bytes(broken))
    yield "unprotect, tag fails", scene.command(), 4, text_of(w, 2), {}
    scene = scenes.UnprotectRequest(w).prepare()
    more = {"stdout": open("/dev/full", "wb")}
    yield "unprotect, output fails", scene.command(), 1, text_of(w, 2), more
    # What is wrong is looked for, and found. Small pieces of the heap are used again soon.
    text = secrets.token_bytes(200)
    scene = scenes.ProtectRequest(w).prepare()
    world.write(scene.input, w.ok(scene.command()[:-2], scene.dir, message.request() + text))
    server = world.put(scene.top / "server", w.used["server"])
    settings = json.loads((server / "settings.json").read_bytes()) | {"kdf-hashfun": "sha512"}
    world.write(server / "settings.json", json.dumps(settings).encode())
    command = [*w.programs.unprotect("server"), "-v", server, scene.input]
    yield "unprotect, another hash", command, 4, {"text": text}, {}
    scene = scenes.UnprotectRequest(w).prepare()
    lines = b"".join(r.hex().encode() + b"\n" for r in (*w.requests, w.requests[2]))
    world.write(scene.input, lines)
    command = [*w.programs.unprotect("server"), "-k", "-f", "hex", scene.dir, scene.input]
    yield "unprotect a stream", command, 6, text_of(w, 2) | text_of(w, 4), {}

    top = base.new_dir()
    world.write(top / "secret", w.secret.hex().encode(), 0o600)
    given = [base.GEN, "--secret-file", top / "secret", "--sender-seq", "0"]
    yield "oscore-gen, a given secret", [*given, top / "context"], 0, {}, {}
    pair = [*given, "--pair", top / "client", top / "server"]
    yield "oscore-gen --pair, a given secret", pair, 0, {}, {}

    scene = scenes.ProtectMoved(w).prepare()
    command = scene.command()
    command.remove("--moved")
    yield "protect, a copy", command, 7, {}, {}
    scene = scenes.ProtectRequest(w).prepare()
    world.write(scene.dir / "sequence.json", b"{}", 0o600)
    yield "protect, corrupt state", scene.command(), 7, {}, {}
    scene = scenes.ProtectRequest(w).prepare()
    cut_short = b'{"secret_hex": "%s", "x": ' % w.secret.hex().encode()
    world.write(scene.dir / "settings.json", cut_short)
    yield "protect, corrupt settings with a secret", scene.command(), 7, {}, {}
    scene = scenes.ProtectRequest(w).prepare()
    world.write(scene.dir / "secrets.json", b'{"secret_hex": "%s"}' % w.secret.hex().encode())
    world.write(scene.dir / "secret.json", b'{"secret_hex": "%s"}' % w.secret.hex().encode())
    yield "protect, the secret twice", scene.command(), 7, {}, {}


def text_of(w, which):
    """The payload of a request: it was encrypted, and must not stay in the clear."""
    return {f"text-{which}": w.plain[which].partition(b"\xff")[2]}


def memory(report, short):
    if base.is_sanitized():
        report.skip("memory", "the sanitizer keeps freed memory; the release build is scanned")
        return
    names = list(ALGORITHMS)[:1] if short else list(ALGORITHMS)
    for algorithm in names:
        w = World(Real("pair"), algorithm=algorithm)
        needles = secrets_of(w, algorithm)
        report.test(f"memory: the scanner finds what is there, {algorithm}", proofs(w, needles))
        for name, judge in (
            ("while a program works, keys are locked and left out of dumps", locked),
            ("between two groups no inner text is left", between_groups),
            ("between two groups no Master Secret is left", forgotten),
            ("after a failed commit no inner text is left", failed_commit),
        ):
            report.test(f"memory: {name}, {algorithm}", judge(w, needles))
        for name, command, status, texts, more in runs(w):
            problems = left(command, needles | texts, status, **more)
            report.test(f"memory: {name}, {algorithm}", problems)
    if not short:
        w = World(Real("role"), **{"kdf-hashfun": "sha512"})
        needles = secrets_of(w, "AES-CCM-16-64-128", "sha512")
        scene = scenes.ProtectRequest(w).prepare()
        problems = proofs(w, needles) + left(scene.command(), needles, 0)
        report.test("memory: protect, sha512, role dialect", problems)
        scene.drop()
