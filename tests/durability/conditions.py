# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
"""What the tests of part "environment" share."""

import collections
import os

import base
import scenes

PLAIN = (scenes.ProtectRequest, scenes.UnprotectRequest, scenes.ProtectResponse)
FIRST = (scenes.FirstProtect, scenes.FirstUnprotect)
FAILED = (1, 7)
ROOT = os.geteuid() == 0
NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]


class Refused(Exception):
    """The system does not let this be tested."""


seen = collections.Counter()  # statuses, for the notes


def check(scene, result, statuses, used=None):
    """One of these statuses, output with 0 only, and the next runs go on."""
    base.count(environments=1)
    with base.counts_guard:
        seen[result.status] += 1
    if result.status not in statuses:
        scene.wrong(f"status {result.status}, not {statuses}: {result.err.strip()}")
    if result.status != 0 and result.out:
        scene.wrong(f"output with status {result.status}")
    if result.status == 0 and not result.out:
        scene.wrong("status 0 without output")
    if used is not None and scene.kind == "protect" and scene.side == "client":
        state = scene.state()
        if state and state.next != scene.start + used:
            scene.wrong(f"the next number is {state.next}, not {scene.start + used}")
    scene.after(result.out)


def problems_of(scene, what=""):
    """The end of a scene."""
    scene.drop()
    return [f"{scene}{', ' + what if what else ''}: {p}" for p in scene.ledger.problems]


def shell(text, command):
    """The command with its descriptors, umask or the like set by the shell."""
    return ["bash", "-c", f'{text} exec "$@"', "-", *map(str, command)]
