"""SQLite's own calls on its files fail: the N-th one, for every N, once or from then on.

An error at a read, a read that comes back short, a full disk at a write, an error at a write, a flush, a
truncation, a deletion, a lock or at opening. After each the ledger is looked at through a sound file system.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw

from tests.accident import Desktop
from tests.torture import scene
from tests.torture.bridge import connecting
from tests.torture.checker import breaches
from tests.torture.outcome import Outcome
from verifier.errors import Exit, LiuhenError

NAME = "failing"
APPENDS = 3


@dataclass
class Plan:
    """Which call of which kind fails and how; `calls` counts those of each kind."""

    kind: str = ""
    at: int = 0
    later: bool = False
    calls: dict[str, int] = field(default_factory=dict)
    struck: bool = False

    def fails(self, kind: str) -> bool:
        count = self.calls[kind] = self.calls.get(kind, 0) + 1
        strikes = kind == self.kind and (count == self.at or (self.later and count > self.at))
        self.struck = self.struck or strikes
        return strikes


class _File(apsw.VFSFile):
    def __init__(self, plan: Plan, name: Any, flags: Any) -> None:
        self._plan = plan
        super().__init__("", name, flags)

    def xRead(self, amount: int, offset: int) -> bytes:
        if self._plan.fails("read"):
            raise apsw.exception_for(apsw.SQLITE_IOERR_READ)
        data = super().xRead(amount, offset)
        if self._plan.fails("short read"):
            return data[: len(data) // 2]
        return data

    def xWrite(self, data: bytes, offset: int) -> None:
        if self._plan.fails("full"):
            raise apsw.exception_for(apsw.SQLITE_FULL)
        if self._plan.fails("write"):
            raise apsw.exception_for(apsw.SQLITE_IOERR_WRITE)
        if self._plan.fails("half write"):
            super().xWrite(bytes(data[: len(data) // 2]), offset)
            raise apsw.exception_for(apsw.SQLITE_IOERR_WRITE)
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:
        if self._plan.fails("sync"):
            raise apsw.exception_for(apsw.SQLITE_IOERR_FSYNC)
        super().xSync(flags)

    def xTruncate(self, size: int) -> None:
        if self._plan.fails("truncate"):
            raise apsw.exception_for(apsw.SQLITE_IOERR_TRUNCATE)
        super().xTruncate(size)

    def xFileSize(self) -> int:
        if self._plan.fails("size"):
            raise apsw.exception_for(apsw.SQLITE_IOERR_FSTAT)
        return super().xFileSize()

    def xLock(self, level: int) -> None:
        if self._plan.fails("lock"):
            raise apsw.exception_for(apsw.SQLITE_IOERR_LOCK)
        super().xLock(level)


class _FileSystem(apsw.VFS):
    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        super().__init__(NAME, "")

    def xOpen(self, name: Any, flags: Any) -> apsw.VFSFile:
        if self._plan.fails("open"):
            raise apsw.exception_for(apsw.SQLITE_CANTOPEN)
        return _File(self._plan, name, flags)

    def xDelete(self, name: str, sync: bool) -> None:
        if self._plan.fails("delete"):
            raise apsw.exception_for(apsw.SQLITE_IOERR_DELETE)
        super().xDelete(name, sync)


KINDS = (
    "open",
    "read",
    "short read",
    "full",
    "write",
    "half write",
    "sync",
    "truncate",
    "size",
    "lock",
    "delete",
)


@contextmanager
def failing(plan: Plan) -> Iterator[None]:
    system = _FileSystem(plan)
    try:
        with connecting(NAME):
            yield
    finally:
        system.unregister()


@dataclass
class Told:
    """What was told: acknowledged entries, errors in no words of ours, whether the end is unclear."""

    acks: list[scene.Ack] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    unclear: bool = False


def _work(desk: Desktop, append: scene.Append, plan: Plan) -> Told:
    """Open, append, close."""
    told = Told()
    with failing(plan):
        try:
            book, signer = scene.opened(desk)
            with book:
                for _ in range(APPENDS):
                    append(book, signer, lambda seq, leaf: told.acks.append((seq, leaf)))
        except LiuhenError as error:
            told.unclear = error.code == "E-STORE-UNCLEAR"
            allowed = (Exit.DISK, Exit.UNREADABLE) if plan.kind == "short read" else (Exit.DISK,)
            if error.exit not in allowed:
                told.wrong.append(f"exit {error.exit}: {error}")
        except Exception as error:  # noqa: BLE001 - whatever reaches the program unexplained
            told.wrong.append(f"{type(error).__name__}: {error}")
    return told


def _reading(desk: Desktop) -> scene.Child:
    """Somebody who has the ledger open all the while, so that the journal stays when the clerk closes it."""

    def work(acknowledge: scene.Acknowledge) -> int:
        book, _ = scene.opened(desk)
        acknowledge(book.store.head().size, scene.UNKNOWN)
        time.sleep(60)
        return 0

    child = scene.start(work)
    child.first()
    return child


def play(folder: Path, every: int = 1, append: scene.Append = scene.honest) -> Outcome:
    """Each call once alone, and once beside a reader who is killed in the end."""
    outcome = Outcome("SQLite I/O error at the N-th call, all N")
    base = scene.office(folder / "base")
    counting = Plan()
    _work(base.copy(folder / "counted"), scene.honest, counting)
    shutil.rmtree(folder / "counted")
    for kind in KINDS:
        for at in range(1, counting.calls.get(kind, 0) + 1, every):
            for later in (False, True):
                plan = Plan(kind, at, later)
                found = _played(outcome, base.copy(folder / "one"), append, plan)
                how = "from then on" if later else "once"
                outcome.breaches += [f"{kind} {at} {how}: {one}" for one in found]
                shutil.rmtree(folder / "one")
    return outcome


def _played(outcome: Outcome, desk: Desktop, append: scene.Append, plan: Plan) -> list[str]:
    reader = _reading(desk) if plan.later else None
    told = _work(desk, append, plan)
    if reader is not None:
        reader.kill()
        reader.finish()
    outcome.rounds += 1
    outcome.hits += plan.struck
    outcome.acknowledged += len(told.acks)
    return told.wrong + _broken(desk, plan, told)


def _broken(desk: Desktop, plan: Plan, told: Told) -> list[str]:
    """Everything holds, and what was said not to be recorded is not. Only after a read that gave zeros and no
    error, which SQLite cannot tell from the end of the file and may write back, it is enough that the damage
    is seen when the ledger is read."""
    if plan.kind == "short read" and breaches(desk.ledger):
        return []
    found = breaches(desk.ledger, told.acks, desk.folder / "keys")
    if not found:
        with scene.opened(desk)[0] as book:
            more = book.store.head().size - scene.FOUNDED - len(told.acks)
        if more not in ((0, 1) if told.unclear else (0,)):
            found.append(f"{more} entries more than were told to be recorded")
    return found


def control(folder: Path, every: int = 1) -> Outcome:
    return play(folder, every, scene.before_commit)
