# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
"""A file system that promises no more than POSIX does, fed with the calls of a run.

Data is durable after fsync of the file, a name after fsync of its directory, all of it after
syncfs of anything on the file system.
Until then any subset of the changes of names may have reached the disk, in
their order, and a file may have none of its data, a part, or all of it, or be
as long as it should be and full of NULs or of what was there before.
"""

import copy
import ctypes
import itertools
import json
import os
import re

import trace

MARK = re.compile(rb'"inode": *\d+(,\s*"btime": *\d+)?')


class Node:
    """A file or a directory: as the programs see it, and as the disk has it."""

    def __init__(self, is_dir, mode, data=b"", names=None, durable=True, new=False):
        self.is_dir, self.mode, self.new = is_dir, mode, new
        self.data = data  # of a file
        self.synced = durable
        self.names = dict(names or {})  # of a directory: name -> node number
        self.disk_names = dict(self.names)
        self.pending = []  # changes of names that are not durable: lists of (name, number or None)


def load(path, nodes):
    """Read a tree that is durable; returns the number of its top."""
    number = len(nodes)
    nodes.append(None)
    if path.is_dir():
        names = {entry.name: load(entry, nodes) for entry in sorted(path.iterdir())}
        nodes[number] = Node(True, path.stat().st_mode & 0o7777, names=names)
    else:
        nodes[number] = Node(False, path.stat().st_mode & 0o7777, path.read_bytes())
    return number


class Disk:
    def __init__(self, top):
        self.path = str(top)
        self.nodes = []
        self.top = load(top, self.nodes)
        self.open = {}  # descriptor -> node number
        self.out = b""  # what reached standard output
        self.ended = False  # the run has said that all is done

    # Names

    def walk(self, number, path):
        """The directory and the name in it, of a path; (None, None) elsewhere."""
        parts = [part for part in path.split("/") if part not in ("", ".")]
        for part in parts[:-1]:
            number = self.nodes[number].names.get(part)
            if number is None or not self.nodes[number].is_dir:
                return None, None
        return number, parts[-1] if parts else ""

    def place(self, directory, name):
        """The same of the two arguments of an ...at call."""
        fd, path = trace.fd_path(directory)
        if not name.startswith("/"):
            if fd is not None:
                return self.walk(self.open[fd], name) if fd in self.open else (None, None)
            name = f"{path}/{name}"
        if not (name + "/").startswith(self.path + "/"):
            return None, None
        return self.walk(self.top, name[len(self.path) :])

    def find(self, number, name):
        return number if name == "" else self.nodes[number].names.get(name)

    def change(self, *changes):
        """Changes of names that come together: (directory, name, node number or None)."""
        for number, name, target in changes:
            names = self.nodes[number].names
            if target is None:
                names.pop(name, None)
            else:
                names[name] = target
        self.nodes[changes[0][0]].pending.append([change[1:] for change in changes])

    # Calls

    def feed(self, call):
        """Take in one call; True if it may have changed what the disk holds or what is out."""
        if call.result.startswith("-") or call.result == "?":
            return False
        args = trace.split_args(call.args)
        if trace.is_output(call):
            self.out += trace.string(args[1])[: int(call.result)]
            return True
        method = getattr(self, "on_" + call.name, None)
        return bool(method and method(args, int(call.result, 0)))

    def on_openat(self, args, fd):
        number, name = self.place(args[0], trace.string(args[1]).decode())
        self.open.pop(fd, None)
        if number is None:
            return False
        target = self.find(number, name)
        made = target is None
        if made:
            target = len(self.nodes)
            self.nodes.append(Node(False, int(args[3], 8) & 0o777, durable=True, new=True))
            self.change((number, name, target))
        elif "O_TRUNC" in args[2]:
            self.nodes[target].data, self.nodes[target].synced = b"", False
        self.open[fd] = target
        return made or "O_TRUNC" in args[2]

    def on_mkdirat(self, args, _):
        number, name = self.place(args[0], trace.string(args[1]).decode())
        if number is None:
            return False
        self.nodes.append(Node(True, int(args[2], 8) & 0o777, new=True))
        self.change((number, name, len(self.nodes) - 1))
        return True

    def on_mkdir(self, args, _):
        return self.on_mkdirat(["AT_FDCWD", *args], _)

    def on_close(self, args, _):
        self.open.pop(trace.fd_path(args[0])[0], None)
        return False

    def on_write(self, args, written):
        fd = trace.fd_path(args[0])[0]
        data = trace.string(args[1])[:written]
        if fd not in self.open:
            return False
        node = self.nodes[self.open[fd]]
        node.data, node.synced = node.data + data, False
        return True

    def on_fchmod(self, args, _):
        fd = trace.fd_path(args[0])[0]
        if fd in self.open:
            self.nodes[self.open[fd]].mode = int(args[1], 8)
        return False

    def on_fsync(self, args, _):
        fd = trace.fd_path(args[0])[0]
        if fd not in self.open:
            return False
        node = self.nodes[self.open[fd]]
        node.synced = True
        node.disk_names, node.pending = dict(node.names), []
        return True

    def on_syncfs(self, args, _):
        if trace.fd_path(args[0])[0] not in self.open:
            return False
        for node in self.nodes:
            node.synced = True
            node.disk_names, node.pending = dict(node.names), []
        return True

    def on_fdatasync(self, args, _):
        return self.on_fsync(args, _)

    def on_renameat(self, args, _):
        old = self.place(args[0], trace.string(args[1]).decode())
        new = self.place(args[2], trace.string(args[3]).decode())
        if old[0] is None:
            return False
        assert old[0] == new[0], "a rename between directories"
        self.change((*new, self.find(*old)), (*old, None))
        return True

    on_renameat2 = on_renameat

    def on_linkat(self, args, _):
        old = self.place(args[0], trace.string(args[1]).decode())
        new = self.place(args[2], trace.string(args[3]).decode())
        if old[0] is None or new[0] is None:
            return False
        self.change((*new, self.find(*old)))
        return True

    def on_unlinkat(self, args, _):
        number, name = self.place(args[0], trace.string(args[1]).decode())
        if number is None:
            return False
        self.change((number, name, None))
        return True

    # States

    def _names(self, node):
        """All sets of names that a directory may have on the disk."""
        choices = []
        for changes in node.pending:
            choices.append([changes[:n] for n in range(len(changes) + 1)])
        found = []
        for chosen in itertools.product(*choices):
            names = dict(node.disk_names)
            for name, target in itertools.chain(*chosen):
                if target is None:
                    names.pop(name, None)
                else:
                    names[name] = target
            if names not in found:
                found.append(names)
        return found

    @staticmethod
    def _contents(node):
        """All contents that a file may have: (data, whole)."""
        if node.synced or not node.data:
            return [(node.data, True)]
        size = len(node.data)
        parts = [node.data[:n] for n in (0, 1, size // 2, size - 1) if n < size]
        strange = [bytes(size), b"\xa5" * size]
        return [(node.data, True)] + [(data, False) for data in dict.fromkeys(parts + strange)]

    def _trees(self, number):
        """All trees below a node, as nested tuples."""
        node = self.nodes[number]
        if not node.is_dir:
            return [(number, node.mode, *content) for content in self._contents(node)]
        found = []
        for names in self._names(node):
            below = [[(name, tree) for tree in self._trees(n)] for name, n in sorted(names.items())]
            for entries in itertools.product(*below):
                # One file with two names has one content.
                contents = {}
                if all(contents.setdefault(tree[0], tree) == tree for _, tree in entries):
                    found.append((number, node.mode, entries))
        return found

    def states(self):
        return self._trees(self.top)

    def snapshot(self):
        return copy.deepcopy(self)


# Building a state


class _Time(ctypes.Structure):
    _fields_ = [("s", ctypes.c_int64), ("ns", ctypes.c_uint32), ("pad", ctypes.c_int32)]


class _Statx(ctypes.Structure):
    _fields_ = [
        ("mask", ctypes.c_uint32), ("blksize", ctypes.c_uint32), ("attributes", ctypes.c_uint64),
        ("nlink", ctypes.c_uint32), ("uid", ctypes.c_uint32), ("gid", ctypes.c_uint32),
        ("mode", ctypes.c_uint16), ("pad", ctypes.c_uint16), ("ino", ctypes.c_uint64),
        ("size", ctypes.c_uint64), ("blocks", ctypes.c_uint64),
        ("attributes_mask", ctypes.c_uint64), ("atime", _Time), ("btime", _Time),
        ("rest", ctypes.c_uint8 * 256),
    ]  # fmt: skip


_libc = ctypes.CDLL(None, use_errno=True)


def mark_of(fd):
    """The members that say which file a state was written to."""
    found = _Statx()
    # AT_EMPTY_PATH; STATX_BASIC_STATS | STATX_BTIME
    if _libc.statx(fd, b"", 0x1000, 0xFFF, ctypes.byref(found)) != 0:
        raise OSError(ctypes.get_errno(), "statx")
    mark = b'"inode": %d' % found.ino
    if found.mask & 0x800:
        mark += b', "btime": %d' % (found.btime.s * 10**9 + found.btime.ns)
    return mark


def mark_as_own(path):
    """A state that was written to no other file than this one."""
    with open(path, "r+b") as file:
        members = file.read().rstrip().removesuffix(b"}")
        file.seek(0)
        file.write(members + b", " + mark_of(file.fileno()) + b"}\n")


def build(tree, path, disk):
    """Make the directory. A file that the run has made gets its mark anew: on the
    disk that lost power it would still be the same file."""
    path.mkdir()
    path.chmod(tree[1])
    made = {}
    for name, entry in tree[2]:
        if len(entry) == 3:
            build(entry, path / name, disk)
            continue
        number, mode, data, whole = entry
        if number in made:
            os.link(made[number], path / name)
            continue
        fd = os.open(path / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        if whole and disk.nodes[number].new and data[:1] == b"{":
            json.loads(data)
            data = MARK.sub(mark_of(fd), data)
        os.write(fd, data)
        os.fchmod(fd, mode)
        os.close(fd)
        made[number] = path / name
