# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
"""Part "environment": no room, no rights, no descriptors, and strange files."""

import base
import conditions
import files
import limits
from world import Real, World

TESTS = [
    ("standard output full, closed, reader gone", limits.bad_output),
    ("standard error closed", limits.no_stderr),
    ("descriptors 0, 1, 2 closed", limits.closed_descriptors),
    ("endless input", limits.endless_input),
    ("files may not grow", limits.small_files),
    ("few descriptors", limits.few_descriptors),
    ("little memory", limits.little_memory),
    ("each allocation fails", limits.failing_malloc),
    ("read-only directory", files.read_only_directory),
    ("files that may not be read", files.unreadable),
    ("owner, group and mode stay", files.owners),
    ("umask", files.umasks),
    ("directory of a group", files.group_directory),
    ("full file system", files.full_disk),
    ("no inodes", files.no_inodes),
    ("read-only file system", files.read_only_file_system),
    ("immutable", files.immutable),
    ("FIFOs, devices, directories, links in place of files", files.strange_files),
    ("more than one name", files.links),
]
NOT_SANITIZED = (limits.little_memory, limits.failing_malloc, limits.small_files)


def environment(report, short):
    w = World(Real("pair"))
    for name, test in TESTS:
        name = f"environment: {name}"
        if test in NOT_SANITIZED and base.is_sanitized():
            report.skip(name, "the sanitizer needs its memory and files")
            continue
        conditions.seen.clear()
        try:
            problems = test(w, short)
            found = sorted(conditions.seen.items(), key=str)
            statuses = ", ".join(f"{status} {n} times" for status, n in found)
            report.test(name, problems, [f"status {statuses}"])
        except conditions.Refused as reason:
            report.skip(name, str(reason))
