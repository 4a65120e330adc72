# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
"""What all parts share: settings, scratch directories, running programs, TAP."""

import atexit
import collections
import concurrent.futures
import os
import pathlib
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BINDIR = (ROOT / os.environ.get("BINDIR", "build/release")).resolve()
TOYDIR = ROOT / "build" / "durability"
WORKERS = max(4, min(16, 4 * (os.cpu_count() or 2)))  # they wait for the disk most of the time
TIMEOUT = 30  # seconds for any one program; reached = a hang

PROTECT = UNPROTECT = GEN = None  # see take_programs

# Of what is printed at the end; "violations" and "undelivered" must be 0.
counts = collections.Counter(violations=0, planned=0, delivered=0, undelivered=0)
counts_guard = threading.Lock()


def count(**more):
    with counts_guard:
        counts.update(more)


def settle_environment():
    os.umask(0o022)
    os.environ["LC_ALL"] = "C"
    # Leak detection does not work under ptrace; nothing else is turned off.
    previous = os.environ.get("ASAN_OPTIONS", "")
    os.environ["ASAN_OPTIONS"] = ":".join(filter(None, [previous, "detect_leaks=0"]))


def file_system(path):
    """The name of the file system type, as stat(1) knows it."""
    return subprocess.run(
        ["stat", "-f", "-c", "%T", path], stdout=subprocess.PIPE, text=True, check=True
    ).stdout.strip()


def is_disk(path):
    return file_system(path) not in ("tmpfs", "ramfs")


# Scratch


def make_scratch():
    """A directory on a disk: under TMPDIR, or else in the build directory."""
    top = os.environ.get("TMPDIR") or "/tmp"
    if not is_disk(top):
        TOYDIR.mkdir(parents=True, exist_ok=True)
        top = TOYDIR
    path = pathlib.Path(tempfile.mkdtemp(prefix="oscore-durability-", dir=top)).resolve()
    path.chmod(0o755)  # another user works in it, too
    return path


@atexit.register
def _remove_scratch():
    if scratch is not None:
        shutil.rmtree(scratch, ignore_errors=True)


scratch = None
_serial = 0


def take_programs():
    """Copies, so that a build does not disturb a run, and any user may run them."""
    global PROTECT, UNPROTECT, GEN
    where = scratch / "bin"
    where.mkdir()
    names = ("oscore-protect", "oscore-unprotect", "oscore-gen")
    PROTECT, UNPROTECT, GEN = (str(shutil.copy(BINDIR / name, where)) for name in names)


def is_sanitized():
    return b"__asan_init" in pathlib.Path(PROTECT).read_bytes()


def new_dir(kind="scene"):
    """An empty directory of its own."""
    global _serial
    with counts_guard:
        _serial += 1
        path = scratch / f"{kind}-{_serial}"
    path.mkdir()
    return path


def drop_dir(path):
    shutil.rmtree(path)


# Running programs

Result = collections.namedtuple("Result", "status out err")


def end_group(process):
    """End a process that we started, and what it started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


live = set()  # processes that have not been waited for


@atexit.register
def _end_live():
    for process in list(live):
        end_group(process)


PIPES = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}


def start(command, **more):
    words = [str(word) for word in command]
    process = subprocess.Popen(words, start_new_session=True, **(PIPES | more))
    live.add(process)
    return process


def finish(process, data=None, timeout=TIMEOUT):
    try:
        out, err = process.communicate(data, timeout)
    except subprocess.TimeoutExpired:
        end_group(process)
        process.communicate()
        return Result("hang", b"", "")
    finally:
        if process.returncode is not None:
            live.discard(process)
    status, err = process.returncode, (err or b"").decode(errors="replace")
    if "Sanitizer" in err or "runtime error:" in err:
        status = "sanitizer"
    return Result(status, out or b"", err)


def say(process, line):
    """Give a line to a process that was started with stdin=subprocess.PIPE, bufsize=0."""
    try:
        process.stdin.write(line + b"\n")
    except BrokenPipeError:
        pass


def hear(process, timeout=TIMEOUT):
    """The next line that such a process puts out; what there is of it if it ends or hangs."""
    line = b""
    while not line.endswith(b"\n"):
        ready, _, _ = select.select([process.stdout], [], [], timeout)
        byte = process.stdout.read(1) if ready else b""
        if not byte:
            break
        line += byte
    return line


def close_input(process):
    process.stdin.close()
    process.stdin = None


def run(command, data=None, timeout=TIMEOUT, **more):
    """Status (negative: the signal that ended it; "hang"), standard output and error."""
    if data is not None:
        more["stdin"] = subprocess.PIPE
    return finish(start(command, **more), data, timeout)


def in_parallel(function, items, workers=WORKERS):
    """The results, in the order of items."""
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        try:
            return list(pool.map(function, items))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def build_toy(name, shared=False):
    """Compile toys/NAME.c in the build directory; returns the path."""
    source = HERE / "toys" / f"{name}.c"
    where = TOYDIR if os.access(TOYDIR if TOYDIR.exists() else ROOT, os.W_OK) else scratch
    target = where / (f"{name}.so" if shared else name)
    if target.exists() and target.stat().st_mtime_ns > source.stat().st_mtime_ns:
        return str(target)
    where.mkdir(parents=True, exist_ok=True)
    new = f"{target}.{os.getpid()}"
    command = [os.environ.get("CC", "cc"), "-std=c11", "-D_GNU_SOURCE", "-O1", "-Wall", "-Wextra"]
    command += ["-shared", "-fPIC"] if shared else []
    try:
        subprocess.run([*command, "-o", new, str(source)], check=True, stdout=sys.stderr)
        os.rename(new, target)
    finally:
        pathlib.Path(new).unlink(missing_ok=True)
    return str(target)


# TAP


class Report:
    def __init__(self):
        self.number = self.failed = 0
        self.guard = threading.Lock()

    def _line(self, text):
        print(text, flush=True)

    def test(self, name, problems, notes=()):
        """One test: it failed if there are problems; each is a violation."""
        problems = list(problems)
        with self.guard:
            self.number += 1
            self.failed += bool(problems)
            count(tests=1, violations=len(problems))
            self._line(f"{'not ok' if problems else 'ok'} {self.number} - {name}")
            for problem in problems[:20]:
                self._line(f"# {problem}")
            if len(problems) > 20:
                self._line(f"# ... and {len(problems) - 20} more")
            for note in notes:
                self._line(f"# {note}")

    def skip(self, name, reason):
        with self.guard:
            self.number += 1
            self._line(f"ok {self.number} - {name} # skip {reason}")

    def note(self, text):
        with self.guard:
            self._line(f"# {text}")

    def finish(self):
        self._line("# " + ", ".join(f"{name} {counts[name]}" for name in sorted(counts)))
        self._line(f"1..{self.number}")
        return 1 if self.failed or not self.number else 0
