"""Every other batch of a large file is checked in a second process, beside the one that reads the rest.

It reads the same file and sends back its rows in sorted runs, its faults and warnings. Nothing depends on it:
where it cannot be started or does not come to its end, all rows are read in one process.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ledger import collector
from ledger.importing import runs
from ledger.importing.checking import Checker, Task, batches
from ledger.importing.faults import Fault
from ledger.importing.kept import Kept
from ledger.importing.second import AloneError, Second
from ledger.importing.spill import Record, Spill, Spilled, has_small, spilled
from ledger.importing.streams import StreamedTable
from ledger.importing.tables import Table, Unreadable

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

BESIDE_FROM = 30_000_000
"""A CSV of more bytes than this takes longer to check than a process to start."""
AT_ONCE = 1_000
"""Rows that are looked at together."""
Recipe = Callable[[], Task]
"""Makes the task in the other process, to which a task cannot be sent."""


@dataclass(frozen=True)
class Run:
    """Some rows that are right, as `runs.blocks_of` gives them."""

    blocks: list[bytes]
    mixed: bool


@dataclass(frozen=True)
class Told:
    """What was found in all rows beside what is right. `absent`: rows to leave out that were not met."""

    faults: list[Fault]
    warnings: list[Fault]
    absent: set[int]
    count: int


def check(task: Task, table: Table, recipe: Recipe | None) -> tuple[Kept, Told]:
    """Check all rows of a table: those that are right, not yet settled, and what else was found; in two
    processes where the table is large and there is a `recipe`."""
    if isinstance(table, StreamedTable):
        with suppress(AloneError):
            return _by_two(task, table, recipe)
    kept = Kept(Spill() if isinstance(table, StreamedTable) else None)
    checker = Checker(task, kept)
    for batch in batches(table.below(task.header.first_row), AT_ONCE):
        checker.check(batch)
    return kept, Told(checker.faults, checker.warnings, checker.absent, checker.count)


def _by_two(task: Task, table: StreamedTable, recipe: Recipe | None) -> tuple[Kept, Told]:
    if recipe is None or table.stamp[0] < BESIDE_FROM:
        raise AloneError
    spill = Spill()
    kept = Kept(spill)
    checker = Checker(task, kept)
    with Second.start(_work, recipe, table, AT_ONCE) as second:
        other = Beside(second)
        for place, batch in enumerate(batches(table.below(task.header.first_row), AT_ONCE)):
            if place % 2 == 0:
                checker.check(batch)
                other.collect(spill)
        told = other.finish(spill)
    return kept, Told(
        checker.faults + told.faults,
        sorted(checker.warnings + told.warnings, key=lambda warning: warning.row),
        checker.absent & told.absent,
        checker.count + told.count,
    )


class _Sender:
    """Keeps rows until they make a run, and sends it."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._rows: list[Spilled] = []

    def first(self, _name: str, number: int) -> int:
        return number

    def keep(self, name: str, number: int, key: str, record: Record, apart: Mapping[str, str]) -> None:
        self.keep_packed(spilled(name, number, key, record, apart))

    def keep_packed(self, row: Spilled) -> None:
        self._rows.append(row)
        if len(self._rows) >= runs.RUN:
            self.send()

    def send(self) -> None:
        rows, self._rows = self._rows, []
        if rows:
            self._pipe.send(Run(runs.blocks_of(rows), has_small(rows)))


def _work(pipe: Connection, recipe: Recipe, table: StreamedTable, at_once: int) -> None:
    """Check every second batch, the first one left to the other process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started this one ends it
    task, sender = recipe(), _Sender(pipe)
    checker = Checker(task, sender)
    try:
        with collector.paused():
            for place, batch in enumerate(batches(table.below(task.header.first_row), at_once)):
                if place % 2:
                    checker.check(batch)
        sender.send()
        pipe.send(Told(checker.faults, checker.warnings, checker.absent, checker.count))
    except (Unreadable, OSError):
        pass  # the other process meets the same, or is gone
    finally:
        pipe.close()


class Beside:
    """What the other process found, taken over as it comes. Raises AloneError."""

    def __init__(self, second: Second) -> None:
        self._pipe = second.pipe
        self._told: Told | None = None

    def collect(self, spill: Spill) -> None:
        """Take over what was sent so far."""
        try:
            while self._told is None and self._pipe.poll():
                self._take(spill)
        except (OSError, EOFError) as error:
            raise AloneError from error

    def finish(self, spill: Spill) -> Told:
        """Wait for the rest."""
        try:
            while self._told is None:
                self._take(spill)
        except (OSError, EOFError) as error:
            raise AloneError from error
        return self._told

    def _take(self, spill: Spill) -> None:
        given = self._pipe.recv()
        if isinstance(given, Run):
            spill.put(given.blocks, given.mixed)
        else:
            self._told = given
