# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
"""Part "environment": descriptors that are closed or full, and limits of the process."""

import os

import base
import scenes
from conditions import FAILED, FIRST, PLAIN, check, problems_of, shell

# Descriptors


def bad_output(w, short):
    problems = []
    for kind in PLAIN:
        for way in ("full", "closed", "reader gone"):
            scene = kind(w).prepare()
            command, more = scene.command(), {}
            if way == "full":
                more["stdout"] = open("/dev/full", "wb")
            elif way == "closed":
                command = shell("exec >&-;", command)
            else:
                reading, more["stdout"] = os.pipe()
                os.close(reading)
            result = base.run(command, **more)
            if way == "reader gone":
                os.close(more["stdout"])
            # Nothing reached anybody, but the number was as good as used.
            again = scene.next_unprotect(2).status if kind is scenes.UnprotectRequest else 6
            if again != 6:
                scene.wrong("a request whose text could not be written is accepted again")
            check(scene, result, (1,), used=1)
            problems += problems_of(scene, way)
    return problems


def no_stderr(w, short):
    problems = []
    for kind in PLAIN:
        scene = kind(w).prepare()
        check(scene, base.run(shell("exec 2>&-;", scene.command())), (0,), used=1)
        problems += problems_of(scene)
    scene = scenes.ProtectRequest(w).prepare()
    (scene.dir / "settings.json").rename(scene.dir / "away")
    result = base.run(shell("exec 2>&-;", scene.command()))
    (scene.dir / "away").rename(scene.dir / "settings.json")
    check(scene, result, (7,), used=0)
    return problems + problems_of(scene, "no settings")


def closed_descriptors(w, short):
    """All combinations; the lock must not become a standard descriptor."""
    problems = []
    kinds = [scenes.FirstProtect, *(PLAIN[:1] if short else PLAIN)]
    for closed in range(8):
        text = "exec" + "".join(f" {n}>&-" for n in range(3) if closed >> n & 1)
        for kind in kinds:
            for from_stdin in (False, True):
                scene = kind(w).prepare()
                command, data = scene.command(), None
                if from_stdin:
                    data = scene.input.read_bytes()
                    command = command[:-1]
                fails = closed & 2 or (from_stdin and closed & 1)
                result = base.run(shell(text + ";", command), data)
                check(scene, result, (1,) if fails else (0,))
                for name in ("lock", ".used"):
                    path = scene.dir / name
                    if path.exists() and path.stat().st_size:
                        scene.wrong(f"{name} was written into")
                problems += problems_of(scene, f"{text}{', from stdin' if from_stdin else ''}")
    return problems


def endless_input(w, short):
    """Bounded memory, and no number is used."""
    scene = scenes.ProtectRequest(w).prepare()
    command = scene.command()[:-1]
    if not base.is_sanitized():
        command = under("as", 64 << 20, command)
    with open("/dev/zero", "rb") as zero:
        result = base.run(command, stdin=zero)
    check(scene, result, (5,), used=0)
    return problems_of(scene)


# Limits


def under(what, value, command):
    return ["prlimit", f"--{what}={value}:{value}", *command]


def starts(what, value):
    """Does the program start at all under this limit?"""
    return base.run(under(what, value, [base.PROTECT, "--version"])).status == 0


def limited(w, what, value, kinds, statuses=(0, 1, 7)):
    problems = []
    for kind in kinds:
        scene = kind(w).prepare()
        result = base.run(under(what, value, scene.command()))
        if result.status in (127, -6, -9, -11) and not starts(what, value):
            result = result._replace(status=1)  # the loader could not start the program
        check(scene, result, statuses)
        problems += problems_of(scene, f"limit {value}")
    return problems


def small_files(w, short):
    values = (0, 100) if short else (0, 1, 50, 100, 130, 150)
    return sum((limited(w, "fsize", v, PLAIN + FIRST, FAILED) for v in values), [])


def few_descriptors(w, short):
    values = range(3, 9) if short else range(13)
    return sum((limited(w, "nofile", v, PLAIN + FIRST) for v in values), [])


def little_memory(w, short):
    """From where the program starts at all, in small steps, until all goes well."""
    problems = []
    for what in ("as", "data"):
        low, high = 0, 1 << 30
        while high - low > 4096:
            middle = (low + high) // 2
            low, high = (low, middle) if starts(what, middle) else (middle, high)
        if not starts(what, high):
            problems.append("the program does not start with a gigabyte of memory")
        step = 1 << 17 if short else 1 << 14
        values = [high + i * step for i in range(8 if short else 48)]
        found = base.in_parallel(lambda v, what=what: limited(w, what, v, PLAIN[:2]), values)
        problems += sum(found, [])
    return problems


def with_failing_malloc(w, kind, variable, number):
    """(did it fail?, problems)"""
    scene = kind(w).prepare()
    reading, writing = os.pipe()
    preload = base.build_toy("malloc", shared=True)
    new = os.environ | {"LD_PRELOAD": preload, variable: str(number), "FAIL_FD": str(writing)}
    result = base.run(scene.command(), env=new, pass_fds=[writing])
    os.close(writing)
    with open(reading, "rb") as file:
        failed = file.read() != b""
    check(scene, result, (0, 1, 7) if failed else (0,))
    return failed, problems_of(scene, f"{variable} {number}")


def failing_malloc(w, short):
    """Each allocation fails in turn, and all from each one on."""
    problems = []
    for kind in PLAIN[:1] if short else PLAIN + FIRST:
        for variable in ("FAIL_AT",) if short else ("FAIL_AT", "FAIL_FROM"):
            number, failed = 0, True
            while failed:
                number += 1
                failed, found = with_failing_malloc(w, kind, variable, number)
                problems += found
            base.count(allocations=number - 1)
            if number < 10:
                problems.append(f"{kind.name}: only {number - 1} allocations")
    return problems
