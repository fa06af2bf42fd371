"""The rows of a large file, kept out of memory between reading and writing.

A temporary SQLite database without a name: what does not fit its cache goes to a file that the system removes
when it is closed, however the program ends. Rows come back by id, as a list wants them (design §3).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from verifier import codec
from verifier.codec import Packed, Value

Record = dict[str, Value]
_CACHE = 16_000
"""KB of the database that stay in memory."""
_AT_ONCE = 5_000
"""Rows that are put there together."""


class Spilled(NamedTuple):
    """One row: its id, where it stood, its record and its private values in canonical bytes (none: empty)."""

    name: str
    number: int
    record: bytes
    private: bytes


class Spill:
    """Rows by id. Looks like the list of (id, record) that a small file gives."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect("", isolation_level=None)
        for pragma in ("journal_mode = OFF", "synchronous = OFF", f"cache_size = -{_CACHE}"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.execute(
            "CREATE TABLE rows (name TEXT PRIMARY KEY, number INTEGER NOT NULL, record BLOB NOT NULL, "
            "private BLOB NOT NULL) STRICT, WITHOUT ROWID"
        )
        self._waiting: list[Spilled] = []
        self._count = 0

    def add(self, name: str, number: int, record: Mapping[str, Value], private: Mapping[str, Value]) -> None:
        """Keep a row. Whether its id was there before is known after `settle`."""
        packed = codec.encode(private) if private else b""
        self._waiting.append(Spilled(name, number, codec.encode(record), packed))

    @property
    def full(self) -> bool:
        """Whether it is time to `settle`."""
        return len(self._waiting) >= _AT_ONCE

    def settle(self) -> list[tuple[str, int, int]]:
        """Put away what waits; (id, row, row of the first) of what has the id of an earlier row."""
        waiting, self._waiting = sorted(self._waiting), []
        before = self._connection.total_changes
        self._connection.execute("BEGIN")
        self._connection.executemany("INSERT OR IGNORE INTO rows VALUES (?, ?, ?, ?)", waiting)
        self._connection.execute("COMMIT")
        added = self._connection.total_changes - before
        self._count += added
        if added == len(waiting):
            return []
        firsts = ((row.name, row.number, self.row_of(row.name)) for row in waiting)
        return [(name, number, first) for name, number, first in firsts if first not in (None, number)]

    def row_of(self, name: str) -> int | None:
        """The number of the row with this id."""
        found = self._connection.execute("SELECT number FROM rows WHERE name = ?", (name,)).fetchone()
        return found[0] if found else None

    def packed(self) -> Iterator[tuple[str, Packed, Mapping[str, Value]]]:
        """(id, record, private values) by id; records are unpacked where somebody asks."""
        rows = self._connection.execute("SELECT name, record, private FROM rows ORDER BY name")
        while page := list(islice(rows, _AT_ONCE)):
            for name, record, private in page:
                yield name, Packed(record), codec.read_back(private) if private else _NOTHING  # type: ignore[misc]

    def __len__(self) -> int:
        return self._count

    def __contains__(self, row: object) -> bool:
        return any(row == one for one in self)

    def __iter__(self) -> Iterator[tuple[str, Record]]:
        for name, record, _ in self.packed():
            yield name, dict(record)

    @property
    def private(self) -> Mapping[str, Mapping[str, str]]:
        """The private values by id."""
        return _Private(self._connection)


_NOTHING: Mapping[str, Value] = {}


class _Private(Mapping[str, Mapping[str, str]]):
    """Private values of the rows that have any."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def __getitem__(self, name: str) -> Mapping[str, str]:
        query = "SELECT private FROM rows WHERE name = ?"
        found = self._connection.execute(query, (name,)).fetchone()
        if not found or not found[0]:
            raise KeyError(name)
        return codec.read_back(found[0])  # type: ignore[return-value]

    def _names(self) -> Iterable[tuple[str]]:
        return self._connection.execute("SELECT name FROM rows WHERE length(private) ORDER BY name")

    def __iter__(self) -> Iterator[str]:
        return (name for (name,) in self._names())

    def __len__(self) -> int:
        query = "SELECT count(*) FROM rows WHERE length(private)"
        return int(self._connection.execute(query).fetchone()[0])
