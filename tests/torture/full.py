"""A disk that fills up under a clerk who goes on: a small file system, and a limit on the size of files."""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.accident import Desktop
from tests.torture import scene
from tests.torture.checker import breaches
from tests.torture.outcome import Outcome
from verifier.errors import Exit, LiuhenError

MOST = 4_000
"""Appends; each disk below is full long before."""


def _append_until_refused(desk: Desktop, append: scene.Append, limit: int = 0) -> scene.Child:
    """A clerk who appends until the disk refuses; ends with the exit code of design §7."""

    def work(acknowledge: scene.Acknowledge) -> int:
        if limit:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
        book, signer = scene.opened(desk)
        try:
            with book:
                for _ in range(MOST):
                    append(book, signer, acknowledge)
        except LiuhenError as error:
            return error.exit
        return Exit.PASS

    return scene.start(work)


@contextlib.contextmanager
def small(folder: Path, kilobytes: int) -> Iterator[Path]:
    """A new file system of this size at `folder`, for the length of the block. Needs root."""
    folder.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(folder)]
    subprocess.run(mount, check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def play(folder: Path, rounds: int, append: scene.Append = scene.honest) -> Outcome:
    """Half of the rounds on file systems of different sizes, half under limits on files."""
    outcome = Outcome("full disk (tmpfs, RLIMIT_FSIZE)")
    base = scene.office(folder / "base")
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    for round_ in range(rounds):
        place = folder / "full"
        if root and round_ % 2:
            with small(place, 700 + 37 * round_) as disk:
                _play(outcome, base.copy(disk / "office"), append, 0)
            place.rmdir()
        else:
            desk = base.copy(place)
            _play(outcome, desk, append, 200_000 + 4_000 * round_)
            shutil.rmtree(place)
    return outcome


def _play(outcome: Outcome, desk: Desktop, append: scene.Append, limit: int) -> None:
    filler = desk.folder / "others.bin"
    if not limit:
        filler.write_bytes(bytes(150_000))
    code, acks = _append_until_refused(desk, append, limit).finish()
    filler.unlink(missing_ok=True)
    outcome.rounds += 1
    outcome.hits += code == Exit.DISK
    outcome.acknowledged += len(acks)
    if code != Exit.DISK:
        outcome.breaches.append(f"round {outcome.rounds}: exit {code}")
    found = breaches(desk.ledger, acks, desk.folder / "keys")
    outcome.breaches += [f"round {outcome.rounds}: {one}" for one in found]
    if not found:
        code, more = scene.appending(desk, scene.honest, 1).finish()
        if code or len(more) != 1:
            outcome.breaches.append(f"round {outcome.rounds}: with room again, exit {code}")


def control(folder: Path, rounds: int) -> Outcome:
    return play(folder, rounds, scene.before_commit)
