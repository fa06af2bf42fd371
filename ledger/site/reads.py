"""What a part of the site was made from: the facts it read, and a stamp over them as they stand.

A part whose stamp is the one of the last build gives the same bytes, so it is not made again. Stamps come
from the check values beside the stored facts, without reading the rows themselves.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any

from ledger.store.engine import Connection
from verifier.facts import Facts, T, Table

Read = tuple[str, str, bool]
"""(table, key, False) of one row, (table, prefix, True) of all rows below a prefix."""


class Held(Facts):
    """Facts whose listed rows are kept in memory for the length of one build."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._lists: dict[tuple[str, str], list[Any]] = {}

    def get(self, table: Table[T], key: str) -> T | None:
        return self._facts.get(table, key)

    def rows(self, table: Table[T], prefix: str = "") -> Iterator[tuple[str, T]]:
        kept = self._lists.get((table.name, prefix))
        if kept is None:
            kept = self._lists[table.name, prefix] = [*self._facts.rows(table, prefix)]
        yield from kept

    def put(self, table: Table[T], key: str, row: T) -> None:
        raise TypeError("facts of a site are read only")

    def delete(self, table: Table[T], key: str) -> None:
        raise TypeError("facts of a site are read only")


class Noted(Facts):
    """Facts that note what was asked of them in `reads`."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self.reads: set[Read] = set()

    def get(self, table: Table[T], key: str) -> T | None:
        self.reads.add((table.name, key, False))
        return self._facts.get(table, key)

    def rows(self, table: Table[T], prefix: str = "") -> Iterator[tuple[str, T]]:
        self.reads.add((table.name, prefix, True))
        return self._facts.rows(table, prefix)

    def put(self, table: Table[T], key: str, row: T) -> None:
        raise TypeError("facts of a site are read only")

    def delete(self, table: Table[T], key: str) -> None:
        raise TypeError("facts of a site are read only")


class Stamps:
    """Stamps over stored facts, from the check value beside each row of `ledger.views`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._tables: dict[str, tuple[list[str], dict[str, int]]] = {}

    def stamp(self, reads: Iterable[Read]) -> bytes:
        """32 bytes that change when a row that was read, or the set of rows below a prefix, does."""
        hashed = sha256()
        for table, key, below in sorted(reads):
            names, sums = self._table(table)
            if below:
                place = bisect_left(names, key)
                found = []
                while place < len(names) and names[place].startswith(key):
                    found.append((names[place], sums[names[place]]))
                    place += 1
                hashed.update(repr((table, key, found)).encode())
            else:
                hashed.update(repr((table, key, sums.get(key))).encode())
        return hashed.digest()

    def _table(self, table: str) -> tuple[list[str], dict[str, int]]:
        if table not in self._tables:
            rows = self._connection.execute("SELECT key, sum FROM facts WHERE kind = ?", (table,))
            sums: dict[str, int] = dict(rows)
            self._tables[table] = (sorted(sums), sums)
        return self._tables[table]
