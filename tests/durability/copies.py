# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
"""Part "copies": a restored directory is refused, whatever it was restored with."""

import shutil
import subprocess

import base
import message
from races import Place
from world import Real, State, World


def do(*command):
    subprocess.run([str(word) for word in command], check=True, stdout=subprocess.DEVNULL)


def cp_a(snapshot, directory):
    shutil.rmtree(directory)
    do("cp", "-a", snapshot, directory)


def cp_over(snapshot, directory):
    do("cp", "-a", f"{snapshot}/.", directory)


def cp_plain(snapshot, directory):
    do("cp", "-r", f"{snapshot}/.", directory)


def tar_fresh(snapshot, directory):
    shutil.rmtree(directory)
    tar_over(snapshot, directory)


def tar_over(snapshot, directory):
    archive = directory.parent / "archive.tar"
    do("tar", "-C", snapshot.parent, "-cpf", archive, snapshot.name)
    directory.mkdir(exist_ok=True)
    do("tar", "-C", directory, "-xpf", archive, "--strip-components=1")


def rsync(snapshot, directory):
    do("rsync", "-a", "--delete", "--checksum", f"{snapshot}/", f"{directory}/")


def rsync_in_place(snapshot, directory):
    do("rsync", "-a", "--inplace", "--checksum", f"{snapshot}/", f"{directory}/")


def file_only(snapshot, directory):
    do("cp", "-p", snapshot / "sequence.json", directory / "sequence.json")


def rename_only(snapshot, directory):
    do("cp", "-p", snapshot / "sequence.json", directory / "new")
    do("mv", directory / "new", directory / "sequence.json")


WAYS = {
    "cp -a": cp_a,
    "cp -a over it": cp_over,
    "cp -r over it": cp_plain,
    "tar": tar_fresh,
    "tar over it": tar_over,
    "rsync -a --delete": rsync,
    "rsync --inplace": rsync_in_place,
    "cp of the file": file_only,
    "cp and mv of the file": rename_only,
}


class CopyPlace(Place):
    def use(self, times=1):
        for _ in range(times):
            result = base.run(self.protect(), message.request())
            self.expect([result], 0)
            self.note_protected([result])

    def refused(self, command, data, what):
        result = base.run(command, data)
        if result.status != 7 or result.out:
            self.wrong(f"{what}: status {result.status}, {len(result.out)} bytes out")
        if what != "unprotect":
            self.note_protected([result])

    def moved(self, *more):
        command = self.protect()
        return [*command[:-1], "--moved", *more, command[-1]]


def restored(w, way, uses):
    """Use, snapshot, use on, restore: refused; accepted once with --moved; goes on."""
    place = CopyPlace(w, "client")
    place.use(2)
    snapshot = place.top / "snapshot"
    do("cp", "-a", place.dir, snapshot)
    before = State(snapshot, "client").next
    place.use(uses)
    WAYS[way](snapshot, place.dir)
    content = (place.dir / "sequence.json").read_bytes()
    if State(place.dir, "client").next != before:
        raise RuntimeError(f"{way} did not restore")
    place.refused(place.protect(), message.request(), "protect")
    place.refused(place.protect(), message.request(), "protect again")
    if (place.dir / "sequence.json").read_bytes() != content:
        place.wrong("a refused run changed the state")
    return place, before


def restore(w, way, uses):
    place, before = restored(w, way, uses)
    # As if it had been moved: a new ledger, for these numbers are used again.
    place.ledger.numbers.clear()
    results = [base.run(place.moved(), message.request())]
    results += [base.run(place.protect(), message.request()) for _ in range(2)]
    place.expect(results, 0, 0, 0)
    place.note_protected(results)
    numbers = [message.partial_iv(r.out) for r in results if r.out]
    if numbers != [before, before + 1, before + 2]:
        place.wrong(f"the numbers went on as {numbers} from {before}")
    return place.problems()


def restore_server(w, way):
    """The same for unprotect; and --moved is settled by a run that refuses its message."""
    place = CopyPlace(w, "server")
    if base.run(place.unprotect(), w.requests[2]).status != 0:
        place.wrong("the first use failed")
    snapshot = place.top / "snapshot"
    do("cp", "-a", place.dir, snapshot)
    if base.run(place.unprotect(), w.requests[3]).status != 0:
        place.wrong("the second use failed")
    WAYS[way](snapshot, place.dir)
    place.refused(place.unprotect(), w.requests[3], "unprotect")
    place.refused(place.unprotect(), w.requests[4], "unprotect")
    command = place.unprotect()
    results = [base.run([*command[:-1], "--moved", command[-1]], w.requests[2])]
    results += [base.run(command, w.requests[i]) for i in (2, 4, 4)]
    if [r.status for r in results] != [6, 6, 0, 6]:
        place.wrong(f"after --moved: {[(r.status, r.err) for r in results]}")
    return place.problems()


def carried(w):
    """A move within the file system, and what was never used, need no --moved."""
    place = CopyPlace(w, "client")
    place.use()
    new = place.top / "renamed"
    place.dir.rename(new)
    place.dir = new
    place.use()
    place.next_is(place.start + 2)
    problems = place.problems()

    place = CopyPlace(w, "client", "fresh")
    new = place.top / "copied"
    do("cp", "-a", place.dir, new)
    place.dir = new
    place.use(2)
    place.next_is(2)
    problems += place.problems()

    place = CopyPlace(w, "client")
    place.use()
    result = base.run(place.moved(), message.request())
    place.expect([result], 0)
    place.note_protected([result])
    place.use()
    return problems + place.problems()


def second_name(w):
    """A hard link or a symbolic link in place of the state."""
    problems = []
    for link in ("hard", "symbolic"):
        place = CopyPlace(w, "client")
        place.use()
        state, other = place.dir / "sequence.json", place.top / "other"
        if link == "hard":
            other.hardlink_to(state)
        else:
            state.rename(other)
            state.symlink_to(other)
        place.refused(place.protect(), message.request(), f"{link} link")
        if link == "hard":
            other.unlink()
        else:
            other.replace(state)
        place.use()
        problems += place.problems()
    return problems


def copies(report, short):
    if not base.is_disk(base.scratch):
        report.skip("copies: restored directories", "there is no disk to work on")
        return
    for dialect in ("pair",) if short else ("pair", "role"):
        w = World(Real(dialect))
        # Inode numbers come back after a few writes, so the distance matters.
        distances = (2,) if short else range(1, 9)
        work = [(way, uses) for way in WAYS for uses in distances]
        found = base.in_parallel(lambda x: restore(w, *x), work)
        problems = [
            f"{way}, {uses} uses later: {p}" for (way, uses), f in zip(work, found) for p in f
        ]
        base.count(restores=len(work))
        report.test(f"copies: protect refuses {len(work)} restored contexts, {dialect}", problems)
        found = base.in_parallel(lambda way: restore_server(w, way), WAYS)
        problems = [f"{way}: {p}" for way, f in zip(WAYS, found) for p in f]
        base.count(restores=len(WAYS))
        report.test(f"copies: unprotect refuses {len(WAYS)}, {dialect}", problems)
        report.test(f"copies: what needs no --moved, {dialect}", carried(w))
        report.test(f"copies: a second name is refused, {dialect}", second_name(w))
