# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
"""What the files of a directory become in part "setback", and how."""

import collections
import json

import base
import world
from world import IDS, MARK

STATE, SETTINGS, SECRETS = "sequence.json", "settings.json", ("secret.json", "secrets.json")
ALL = (STATE, SETTINGS, *SECRETS)
LABELS = {
    (STATE,): STATE,
    (SETTINGS,): SETTINGS,
    SECRETS: "the secret",
    (SETTINGS, *SECRETS): "settings and secret",
    ALL: "all files",
}

# files: {name: (content, mode)} of a case; context: whose they are; seen: the dialects in
# which also another run, which knows nothing of this one, sees what has happened
ANY, NONE = ("pair", "role"), ()
Target = collections.namedtuple("Target", "name files context seen")


def earlier(number):
    """A copy."""
    return Target(f"as before round {number}", lambda case: case.snapshots[number], "A", ANY)


def unmarked(number):
    """The same, written by a program that leaves no mark."""

    def files(case):
        found = case.snapshots[number].items()
        return {name: (MARK.sub(b"", content), mode) for name, (content, mode) in found}

    return Target(f"as before round {number} without a mark", files, "A", NONE)


def zero(case):
    if case.dialect == "pair":
        state = {"next-to-send": 0, "received": {"index": 0, "bitfield": 0}}
    else:
        state = {"used": dict.fromkeys(IDS.values(), 0), "seen": dict.fromkeys(IDS.values(), [-1])}
    return case.files("A", "fresh") | {STATE: (json.dumps(state).encode(), 0o600)}


def swapped(case):
    """The IDs the other way round."""
    files = case.files("A", "fresh")
    settings = json.loads(files[SETTINGS][0])
    ids = [name for name in settings if name.endswith("-id_hex")]
    settings |= dict(zip(ids, [settings[name] for name in reversed(ids)]))
    return files | {SETTINGS: (json.dumps(settings).encode(), 0o644)}


NEVER_USED = Target("as before the first use", lambda case: case.files("A", "fresh"), "A", NONE)
ZERO = Target("all numbers at 0", zero, "A", NONE)
GONE = Target("gone", lambda case: {}, None, ANY)
# A directory of the role dialect serves both sides, each with numbers of its own.
SWAPPED = Target("the other side's", swapped, "A", ("pair",))
# One that is moved here, and one that was never used.
OTHER = Target("another context's", lambda case: case.files("B"), "B", NONE)
OTHER_NEW = Target("a new context's", lambda case: case.files("C", "fresh"), "C", NONE)


def in_place(path, content, mode):
    world.write(path, content, mode)


def renamed(path, content, mode):
    new = path.parent.parent.parent / "new"
    world.write(new, content, mode)
    new.replace(path)


def anew(path, content, mode):
    path.unlink(missing_ok=True)
    world.write(path, content, mode)


class Change:
    """Some files become those of a target."""

    def __init__(self, names, target, how):
        self.names, self.target, self.how = names, target, how
        self.seen = target.seen

    def __str__(self):
        return f"{LABELS[self.names]} {self.target.name}, {self.how.__name__.replace('_', ' ')}"

    def put(self, case, files):
        for name in self.names:
            if name in files:
                self.how(case.dir / name, *files[name])
            else:
                (case.dir / name).unlink(missing_ok=True)

    def is_whole(self, files):
        """Do they make a context that works?"""
        return self.names == ALL and STATE in files

    def __call__(self, case):
        """Were they changed?"""
        files = {n: f for n, f in self.target.files(case).items() if n in self.names}
        before = stamps(case.dir)
        self.put(case, files)
        if case.many and self.is_whole(files):
            case.serving = [self.target.context, "D"]
        now = world.take(case.dir, keep_mark=True)
        return stamps(case.dir) != before and all(
            now.get(name, (None,))[0] == files.get(name, (None,))[0] for name in self.names
        )


class Replaced(Change):
    """The whole directory makes room for another one."""

    def __init__(self, target, how):
        super().__init__(("lock", ".used", *ALL), target, how)

    def __str__(self):
        return f"the directory {self.target.name}, {self.how.__name__.replace('_', ' ')}"

    def put(self, case, files):
        self.how(case.dir, files)

    def is_whole(self, files):
        return bool(files)


def renamed_copy(path, files):
    top = path.parent.parent
    new = world.put(top / "new-directory", files)
    path.rename(top / f"old-directory-{len(list(top.iterdir()))}")
    new.rename(path)


def filled_anew(path, files):
    base.drop_dir(path)
    world.put(path, files)


def refilled(path, files):
    """Still the same directory."""
    for entry in path.iterdir():
        entry.unlink()
    for name, (content, mode) in files.items():
        world.write(path / name, content, mode)


class Aside:
    """The state is moved aside and goes on in a file without a mark; then it comes back."""

    seen = NONE

    def __init__(self, back):
        self.back = back

    def __str__(self):
        return f"sequence.json moved {'back' if self.back else 'aside'}"

    def __call__(self, case):
        kept, state = case.top / "kept", case.dir / STATE
        if self.back:
            kept.replace(state)
            return True
        content, mode = world.take(case.dir)[STATE]
        state.rename(kept)
        world.write(state, content, mode)
        return True


class Tree:
    """A copy of the directory by hard links takes its place later."""

    seen = ANY

    def __init__(self, back):
        self.back = back

    def __str__(self):
        return "a copy by links takes its place" if self.back else "a copy by links is made"

    def __call__(self, case):
        copy = case.top / "copy"
        if self.back:
            case.dir.rename(case.top / "old-directory")
            copy.rename(case.dir)
            return True
        copy.mkdir()
        for path in case.dir.iterdir():
            (copy / path.name).hardlink_to(path)
        return True


def stamps(directory):
    found = {}
    for path in (directory, *directory.iterdir()):
        stat = path.stat()
        found[path.name] = (stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)
    return found


# Which of them


def single_steps(number):
    """Before that round: (names, targets). Before the first one a run has seen no state yet,
    so there only what any run would see is asked for."""
    began = number > 0
    pasts = range(number + 1)
    states = [earlier(n) for n in pasts] + [GONE]
    if began:
        states += [unmarked(n) for n in pasts] + [ZERO, OTHER]
    yield (STATE,), states
    yield (SETTINGS,), [earlier(0), SWAPPED, GONE]
    yield SECRETS, [earlier(0), OTHER, GONE]
    yield (SETTINGS, *SECRETS), [OTHER_NEW]
    wholes = [earlier(n) for n in pasts] + [OTHER, OTHER_NEW]
    if began:
        wholes += [unmarked(n) for n in pasts] + [NEVER_USED, ZERO]
    yield ALL, wholes


def directory_steps(number):
    pasts = range(number + 1)
    targets = [earlier(n) for n in pasts] + [OTHER, OTHER_NEW, GONE]
    if number > 0:
        targets += [unmarked(n) for n in pasts] + [NEVER_USED, ZERO]
    return targets


def steps_before(number):
    for names, targets in single_steps(number):
        for target in targets:
            for how in (anew,) if target is GONE else (in_place, renamed, anew):
                yield {number: Change(names, target, how)}
    for target in directory_steps(number):
        for how in (renamed_copy, filled_anew, refilled):
            yield {number: Replaced(target, how)}


def there_and_back():
    """A run with -C outlives what it refuses in the same place."""
    for past in (0, 1):
        for target in (unmarked(past), earlier(past)):
            yield {1: Change(ALL, OTHER, renamed), 2: Change(ALL, target, renamed)}
            yield {1: Replaced(OTHER, renamed_copy), 2: Replaced(target, renamed_copy)}
    yield {1: Tree(False), 2: Tree(True)}


SHORT = (
    {1: Change((STATE,), unmarked(0), in_place)},
    {2: Change((STATE,), earlier(1), renamed)},
    {2: Change((STATE,), ZERO, anew)},
    {1: Change((SETTINGS,), SWAPPED, renamed)},
    {1: Change(SECRETS, OTHER, in_place)},
    {1: Change(ALL, OTHER, in_place)},
    {1: Replaced(unmarked(0), renamed_copy)},
    {2: Replaced(NEVER_USED, filled_anew)},
    {1: Replaced(OTHER_NEW, refilled)},
)


def all_steps(many, short):
    """{round: change} for each case."""
    aside = {1: Aside(False), 2: Aside(True)}
    back = list(there_and_back()) if many else []
    if short:
        return [*SHORT, aside, *back[:2], *back[-1:]]
    return [*(each for number in range(3) for each in steps_before(number)), aside, *back]
