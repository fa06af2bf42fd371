"""The rows of a file while it is read: in memory, until there are too many."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ledger.importing.spill import Record, Spill, Spilled, Twin, opened, spilled

Records = Collection[tuple[str, Record]]
"""(id, record) of each row; a large file has them outside of memory, by id."""
IN_MEMORY = 25_000
"""Rows of a file that are kept in memory."""


class Kept:
    """The rows read so far: lists until there are too many, then a `Spill`, or one from the beginning."""

    def __init__(self, spill: Spill | None = None) -> None:
        self.listed: list[tuple[str, Record]] = []
        self.apart: dict[str, Mapping[str, str]] = {}
        self.spill = spill
        self._seen: dict[str, int] = {}
        """id without regard to case → row"""
        self._places: list[tuple[int, str]] = []
        """row and column of the id of each listed row"""

    def first(self, name: str, number: int) -> int:
        """The number of the first row with this id, `number` where it is this one. Where rows are outside of
        memory, the answer comes later, from `settle`."""
        return number if self.spill is not None else self._seen.setdefault(name.lower(), number)

    def keep(self, name: str, number: int, key: str, record: Record, apart: Mapping[str, str]) -> None:
        """Keep a row, whose id stands in column `key`."""
        if self.spill is not None:
            self.spill.add(spilled(name, number, key, record, apart))
            return
        self.listed.append((name, record))
        self._places.append((number, key))
        if apart:
            self.apart[name] = apart
        if len(self.listed) == IN_MEMORY:
            self._pour()

    def keep_packed(self, row: Spilled) -> None:
        """The same for a row in canonical bytes."""
        if self.spill is not None:
            self.spill.add(row)
        else:
            self.keep(*row[:3], *opened(*row[3:]))

    def _pour(self) -> None:
        self.spill = Spill()
        for (name, record), (number, key) in zip(self.listed, self._places, strict=True):
            self.spill.add(spilled(name, number, key, record, self.apart.get(name, {})))
        self.listed, self.apart, self._seen, self._places = [], {}, {}, []

    def settle(self) -> list[Twin]:
        """When all rows are there: those whose id an earlier one has."""
        return self.spill.settle() if self.spill is not None else []

    @property
    def records(self) -> Records:
        return self.listed if self.spill is None else self.spill

    @property
    def private(self) -> Mapping[str, Mapping[str, str]]:
        return self.apart if self.spill is None else self.spill.private
