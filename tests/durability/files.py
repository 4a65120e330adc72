# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
"""Part "environment": rights, file systems without room, and files of another kind."""

import contextlib
import os
import socket
import subprocess

import base
import scenes
import world
from conditions import FAILED, FIRST, NOBODY, PLAIN, ROOT, Refused, check, problems_of, shell

# Rights


def give_away(path):
    for entry in [path, *path.rglob("*")]:
        os.chown(entry, 65534, 65534)


def run_as_nobody(command):
    return base.run([*NOBODY, *command] if ROOT else command)


def read_only_directory(w, short):
    problems = []
    for kind in PLAIN + FIRST:
        scene = kind(w).prepare()
        if ROOT:
            give_away(scene.top)
        scene.dir.chmod(0o555)
        result = run_as_nobody(scene.command())
        scene.dir.chmod(0o700)
        if ROOT:
            for entry in [scene.dir, *scene.dir.iterdir()]:
                os.chown(entry, 0, 0)
        check(scene, result, FAILED, used=0 if scene.files == "used" else None)
        problems += problems_of(scene)
    return problems


def unreadable(w, short):
    problems = []
    for name in ("settings.json", "secret.json", "sequence.json", "lock"):
        for kind in PLAIN[:2]:
            scene = kind(w).prepare()
            if ROOT:
                give_away(scene.top)
            mode = (scene.dir / name).stat().st_mode & 0o777
            (scene.dir / name).chmod(0)
            result = run_as_nobody(scene.command())
            (scene.dir / name).chmod(mode)
            if ROOT:
                for entry in scene.dir.iterdir():
                    os.chown(entry, 0, 0)
            check(scene, result, FAILED)
            problems += problems_of(scene, name)
    return problems


def owners(w, short):
    """Owner, group and mode of the state stay when root has written it."""
    if not ROOT:
        raise Refused("only root changes owners")
    problems = []
    for kind in PLAIN + FIRST:
        scene = kind(w).prepare()
        give_away(scene.dir)
        if scene.files == "used":
            (scene.dir / "sequence.json").chmod(0o640)
        result = base.run(scene.command())
        for name in ("sequence.json", "lock", ".used"):
            stat = (scene.dir / name).stat()
            mode = 0o640 if scene.files == "used" and name == "sequence.json" else 0o600
            if (stat.st_uid, stat.st_gid, stat.st_mode & 0o777) != (65534, 65534, mode):
                scene.wrong(f"{name} is {stat.st_uid}:{stat.st_gid} {stat.st_mode:o}")
        (scene.dir / "sequence.json").chmod(0o600)
        check(scene, result, (0,))
        problems += problems_of(scene)
    return problems


def umasks(w, short):
    problems = []
    for mask in ("000", "777", "022"):
        for kind in PLAIN + FIRST:
            for mode in (0o600, 0o640) if kind not in FIRST else (0o600,):
                scene = kind(w).prepare()
                if kind not in FIRST:
                    (scene.dir / "sequence.json").chmod(mode)
                result = base.run(shell(f"umask {mask};", scene.command()))
                found = (scene.dir / "sequence.json").stat().st_mode & 0o777
                if found != mode:
                    scene.wrong(f"sequence.json was {mode:o} and is {found:o}")
                (scene.dir / "sequence.json").chmod(0o600)
                check(scene, result, (0,))
                problems += problems_of(scene, f"umask {mask}")
    return problems


def group_directory(w, short):
    """In a directory that its group may write, new files are for the group, too."""
    problems = []
    for kind in FIRST:
        scene = kind(w).prepare()
        scene.dir.chmod(0o770)
        result = base.run(scene.command())
        for name in ("sequence.json", "lock", ".used"):
            mode = (scene.dir / name).stat().st_mode & 0o777
            if mode != 0o660:
                scene.wrong(f"{name} is {mode:o}")
            (scene.dir / name).chmod(0o600)
        scene.dir.chmod(0o700)
        check(scene, result, (0,))
        problems += problems_of(scene)
    return problems


# File systems


@contextlib.contextmanager
def mounted(kind, size, inodes):
    """A small file system of its own."""
    if not ROOT:
        raise Refused("only root mounts")
    where = base.new_dir("mount")
    image = base.scratch / f"{where.name}.image"
    if kind == "tmpfs":
        options = f"size={size},nr_inodes={inodes}"
        command = ["mount", "-t", "tmpfs", "-o", options, "none", where]
    else:
        with open(image, "wb") as file:
            file.truncate(size)
        make = base.run(["mkfs.ext4", "-q", "-F", "-m", "0", "-N", inodes, image])
        if make.status != 0:
            raise Refused(f"mkfs.ext4: {make.err.strip()}")
        command = ["mount", "-o", "loop", image, where]
    try:
        done = base.run(command)
        if done.status != 0:
            raise Refused(f"mount: {done.err.strip()}")
        try:
            yield where
        finally:
            subprocess.run(["umount", where], check=True)
    finally:
        image.unlink(missing_ok=True)
        where.rmdir()


class Elsewhere:
    """A scene whose directory lies on another file system."""

    def __init__(self, kind, w, where):
        self.scene = kind(w).prepare()
        # Moved there before anything is used.
        target = where / self.scene.side
        world.put(target, world.take(self.scene.dir))
        base.drop_dir(self.scene.dir)
        self.scene.dir = target

    def end(self, what):
        base.drop_dir(self.scene.dir)
        return problems_of(self.scene, what)


def fill_blocks(where):
    """Until not one byte more can be written; returns the file."""
    path = where / "filler"
    with open(path, "wb", buffering=0) as file:
        size = 1 << 16
        while size:
            try:
                file.write(bytes(size))
            except OSError:
                size //= 2
    return [path]


def fill_inodes(where):
    made = []
    try:
        while True:
            path = where / f"filler-{len(made)}"
            path.touch(exist_ok=False)
            made.append(path)
    except OSError:
        return made


def full(w, kind, size, inodes, fill):
    problems = []
    with mounted(kind, size, inodes) as where:
        for scene_kind in PLAIN + FIRST:
            place = Elsewhere(scene_kind, w, where)
            made = fill(where)
            result = base.run(place.scene.command())
            for path in made:
                path.unlink()
            check(place.scene, result, FAILED, used=0 if place.scene.files == "used" else None)
            problems += place.end(kind)
    return problems


def full_disk(w, short):
    return full(w, "tmpfs", 64 << 10, 64, fill_blocks) + (
        [] if short else full(w, "ext4", 2 << 20, 64, fill_blocks)
    )


def no_inodes(w, short):
    return full(w, "tmpfs", 1 << 20, 12, fill_inodes) + (
        [] if short else full(w, "ext4", 2 << 20, 32, fill_inodes)
    )


def read_only_file_system(w, short):
    problems = []
    with mounted("tmpfs", 1 << 20, 64) as where:
        for kind in PLAIN + FIRST:
            place = Elsewhere(kind, w, where)
            subprocess.run(["mount", "-o", "remount,ro", where], check=True)
            result = base.run(place.scene.command())
            subprocess.run(["mount", "-o", "remount,rw", where], check=True)
            check(place.scene, result, FAILED, used=0 if place.scene.files == "used" else None)
            problems += place.end("remounted")
    return problems


def immutable(w, short):
    if not ROOT:
        raise Refused("only root makes files immutable")
    problems = []
    for name in ("sequence.json", "."):
        for kind in PLAIN + (FIRST if name == "." else ()):
            scene = kind(w).prepare()
            done = base.run(["chattr", "+i", scene.dir / name])
            if done.status != 0:
                scene.drop()
                raise Refused(f"chattr: {done.err.strip()}")
            try:
                result = base.run(scene.command())
            finally:
                subprocess.run(["chattr", "-i", scene.dir / name], check=True)
            check(scene, result, FAILED, used=0 if scene.files == "used" else None)
            problems += problems_of(scene, name)
    return problems


# Files of another kind


def put_fifo(path):
    os.mkfifo(path)


def put_directory(path):
    path.mkdir()


def put_socket(path):
    # The names of sockets are short.
    directory = os.open(path.parent, os.O_RDONLY)
    with socket.socket(socket.AF_UNIX) as new:
        new.bind(f"/proc/self/fd/{directory}/{path.name}")
    os.close(directory)


def put_device(path):
    if not ROOT:
        raise Refused("only root makes devices")
    os.mknod(path, 0o20600, os.makedev(1, 5))


def put_loop(path):
    path.symlink_to(path.name)


def put_link_to_device(path):
    path.symlink_to("/dev/zero")


def put_link_to_fifo(path):
    os.mkfifo(path.parent.parent / "fifo")
    path.symlink_to("../fifo")


def put_dangling_link(path):
    path.symlink_to("nowhere")


def put_large(path):
    path.write_bytes(b'{"a": "' + b"x" * (1 << 21) + b'"}')


KINDS = [
    put_fifo, put_directory, put_socket, put_device, put_loop, put_link_to_device,
    put_link_to_fifo, put_dangling_link, put_large,
]  # fmt: skip


def strange(w, kind, name, put, timeout=5):
    scene = kind(w).prepare()
    (scene.dir / name).rename(scene.top / "kept")
    put(scene.dir / name)
    result = base.run(scene.command(), timeout=timeout)
    base.run(["rm", "-rf", scene.dir / name])
    (scene.top / "kept").rename(scene.dir / name)
    check(scene, result, FAILED, used=0)
    return problems_of(scene, f"{name}: {put.__name__}")


def strange_files(w, short):
    work = [
        (kind, name, put)
        for name in ("settings.json", "secret.json", "sequence.json", "lock")
        for put in KINDS
        for kind in (PLAIN[:1] if short else PLAIN)
        if (ROOT or put is not put_device) and (name, put) != ("lock", put_large)
    ]
    return sum(base.in_parallel(lambda x: strange(w, *x), work), [])


def links(w, short):
    """Settings and secret may be links; the state and the lock may have one name only."""
    problems = []
    for name in ("settings.json", "secret.json", "sequence.json", "lock"):
        for hard in (True, False):
            may = name in ("settings.json", "secret.json")
            scene = scenes.ProtectRequest(w).prepare()
            path, other = scene.dir / name, scene.top / "other"
            if hard:
                other.hardlink_to(path)
            else:
                path.rename(other)
                path.symlink_to(other)
            result = base.run(scene.command())
            if hard:
                other.unlink()
            else:
                other.replace(path)
            check(scene, result, (0,) if may else (7,), used=1 if may else 0)
            problems += problems_of(scene, f"{name}, {'hard' if hard else 'symbolic'} link")
    return problems
