# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
"""Part "memory": nothing secret is left in a program that has ended its work."""

import collections
import hmac
import os
import re
import tempfile

import base
import scenes
import world
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


Scan = collections.namedtuple("Scan", "found size result")


def scan(command, needles, when="exit", **more):
    """Run under the scanner; {(name, place): how often} of what it found."""
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
    process = base.start(command, pass_fds=[writing], env=environment, **more)
    os.close(writing)
    result = base.finish(process)
    with open(reading, encoding="ascii", errors="replace") as file:
        lines = file.read().splitlines()
    os.unlink(path)
    sizes = [int(line.split()[1]) for line in lines if line.startswith("scanned ")]
    found = collections.Counter(
        tuple(line.split(" ", 1)) for line in lines if not line.startswith("scanned ")
    )
    return Scan(found, sum(sizes), result)


def describe(found):
    return [
        f"{name} is left {n} times in {re.sub('anonymous-.*', 'anonymous memory', place.strip())}"
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
    scene = scenes.UnprotectRequest(w).prepare()
    lines = b"".join(r.hex().encode() + b"\n" for r in (*w.requests, w.requests[2]))
    world.write(scene.input, lines)
    command = [*w.programs.unprotect("server"), "-k", "-f", "hex", scene.dir, scene.input]
    yield "unprotect a stream", command, 6, text_of(w, 2) | text_of(w, 4), {}

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
