"""The `sqlite3` connection that the store uses, over the SQLite of `apsw`, whose files are ours to break.

Only what `ledger.store` asks of a connection is there. Errors arrive as those of `sqlite3`, with their codes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import apsw


def _meant(error: apsw.Error) -> sqlite3.Error:
    primary = int(getattr(error, "result", 1))
    kind: type[sqlite3.Error] = sqlite3.OperationalError
    if isinstance(error, apsw.ConstraintError):
        kind = sqlite3.IntegrityError
    elif isinstance(error, apsw.CorruptError | apsw.NotADBError):
        kind = sqlite3.DatabaseError
    meant = kind(str(error))
    meant.sqlite_errorcode = int(getattr(error, "extendedresult", primary))
    return meant


class Rows:
    """A result, read whole."""

    def __init__(self, rows: list[tuple[Any, ...]], changed: int) -> None:
        self._rows = iter(rows)
        self.rowcount = changed

    def fetchone(self) -> tuple[Any, ...] | None:
        return next(self._rows, None)

    def fetchall(self) -> list[tuple[Any, ...]]:
        return list(self._rows)

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return self._rows


class Connection(sqlite3.Connection):
    """In name one of `sqlite3`, of an empty database in memory, so that it is taken for one."""

    def __init__(self, uri: str, vfs: str, timeout: float) -> None:
        super().__init__(":memory:")
        flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE | apsw.SQLITE_OPEN_URI
        self._real = self._asked(lambda: apsw.Connection(uri, flags=flags, vfs=vfs))
        self._real.set_busy_timeout(int(timeout * 1000))
        self._committed = False
        self._real.set_wal_hook(self._was_committed)

    @staticmethod
    def _asked(ask: Callable[[], Any]) -> Any:
        try:
            return ask()
        except apsw.Error as error:
            raise _meant(error) from error

    def _was_committed(self, *_: object) -> int:
        self._committed = True
        return int(apsw.SQLITE_OK)

    @property
    def in_transaction(self) -> bool:
        return bool(self._real.in_transaction)

    def execute(self, sql: str, values: Sequence[Any] = ()) -> Rows:  # type: ignore[override]
        self._committed = False

        def ask() -> Rows:
            try:
                rows = list(self._real.execute(sql, tuple(values)))
            except apsw.Error:
                # SQLite passes over some errors once it has committed, apsw raises them all the same.
                if not (sql == "COMMIT" and self._committed):
                    raise
                rows = []
            return Rows(rows, self._real.changes())

        return self._asked(ask)  # type: ignore[no-any-return]

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]]) -> Rows:  # type: ignore[override]
        self._asked(lambda: self._real.executemany(sql, [tuple(row) for row in rows]))
        return Rows([], self._real.changes())

    def backup(self, target: Connection) -> None:  # type: ignore[override]
        def ask() -> None:
            with target._real.backup("main", self._real, "main") as copying:
                while not copying.done:
                    copying.step(100)

        self._asked(ask)

    def close(self) -> None:
        super().close()
        self._asked(lambda: self._real.close(True))


@contextmanager
def connecting(vfs: str) -> Iterator[None]:
    """Let the store open its files through the file system named `vfs`."""

    def connect(place: str, **rest: Any) -> Connection:
        return Connection(place, vfs, float(rest.get("timeout", 5.0)))

    with patch("sqlite3.connect", connect):
        yield
