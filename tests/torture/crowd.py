"""Eight clerks who append at once, each in a process of their own, on one ledger.

Besides what every ledger promises, each acknowledged seq is one's own, and the order of the entries agrees
with the clock on the wall: what was acknowledged before another append began stands before it.
"""

from __future__ import annotations

import sqlite3
import struct
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from itertools import pairwise
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path
from threading import BrokenBarrierError
from unittest.mock import patch

from eventsourcing.persistence import IntegrityError

from ledger.book import Book
from ledger.keystore import Signer
from tests.accident import Desktop
from tests.torture import scene
from tests.torture.checker import breaches
from tests.torture.outcome import Outcome
from verifier.errors import LiuhenError

CLERKS = 8
_PATIENCE = 30.0
"""Seconds in which all clerks must have opened the ledger."""
Unlocking = Callable[[], AbstractContextManager[object]]


class _Timed:
    """An append that tells when it began and ended in the place of the leaf hash. The first one of a clerk
    waits for those of the others."""

    def __init__(self, append: scene.Append, together: Barrier) -> None:
        self._append = append
        self._together: Barrier | None = together

    def __call__(self, book: Book, signer: Signer, acknowledge: scene.Acknowledge) -> None:
        if self._together is not None:
            with suppress(BrokenBarrierError):
                self._together.wait(_PATIENCE)
            self._together = None
        began = time.monotonic_ns()
        told: list[int] = []
        self._append(book, signer, lambda seq, _leaf: told.append(seq))
        acknowledge(told[-1], struct.pack(">qq16x", began, time.monotonic_ns()))


def without_lock() -> AbstractContextManager[object]:
    """Inside, a transaction of a ledger file begins without the lock."""

    def begin(connection: sqlite3.Connection, _path: Path, _timeout: float) -> None:
        connection.execute("BEGIN")

    return patch("ledger.store.file.begin", begin)


def _unlocked(desk: Desktop, count: int, unlocking: Unlocking, together: Barrier) -> scene.Child:
    """A clerk whose program begins without the lock, tells before the commit and ignores a refusal."""

    def careless(book: Book, signer: Signer, acknowledge: scene.Acknowledge) -> None:
        try:
            scene.before_commit(book, signer, acknowledge)
        except (LiuhenError, IntegrityError):
            return

    timed = _Timed(careless, together)

    def work(acknowledge: scene.Acknowledge) -> int:
        with unlocking():
            book, signer = scene.opened(desk)
            with book:
                for _ in range(count):
                    timed(book, signer, acknowledge)
        return 0

    return scene.start(work)


def play(desk: Desktop, appends: int, unlocking: Unlocking | None = None) -> Outcome:
    """Each clerk appends so many entries to the ledger of an office just founded."""
    outcome = Outcome(f"{CLERKS} processes append at once")
    before, together = scene.FOUNDED, get_context("fork").Barrier(CLERKS)
    children = [
        scene.appending(desk, _Timed(scene.honest, together), appends)
        if unlocking is None
        else _unlocked(desk, appends, unlocking, together)
        for _ in range(CLERKS)
    ]
    told: list[tuple[int, int, int]] = []
    for child in children:
        code, acks = child.finish()
        if code:
            outcome.breaches.append(f"a clerk ended with {code}")
        told += [(seq, *struct.unpack(">qq16x", times)) for seq, times in acks]
    outcome.rounds = CLERKS
    outcome.acknowledged = len(told)
    outcome.hits = sum(_overlap(one, other) for one, other in pairwise(sorted(told, key=lambda row: row[1])))
    seqs = sorted(seq for seq, _, _ in told)
    if seqs != list(range(before, before + CLERKS * appends)):
        outcome.breaches.append(f"{len(seqs)} entries acknowledged under {len(set(seqs))} numbers")
    outcome.breaches += _out_of_order(told)
    outcome.breaches += breaches(desk.ledger, [(seq, scene.UNKNOWN) for seq in seqs], desk.folder / "keys")
    return outcome


def _overlap(one: tuple[int, int, int], other: tuple[int, int, int]) -> bool:
    return other[1] < one[2]


def _out_of_order(told: list[tuple[int, int, int]]) -> list[str]:
    """An append that began after another was acknowledged has the greater seq."""
    found = []
    least = None
    for seq, began, ended in sorted(told, reverse=True):
        if least is not None and began > least[0]:
            found.append(f"entry {seq} began after entry {least[1]} was acknowledged")
        if least is None or ended < least[0]:
            least = (ended, seq)
    return found


def control(desk: Desktop, appends: int, unlocking: Unlocking = without_lock) -> Outcome:
    return play(desk, appends, unlocking)
