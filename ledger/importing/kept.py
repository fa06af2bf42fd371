"""The rows of a file while it is read: in memory, until there are too many."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ledger.importing.spill import Record, Spill

Records = Collection[tuple[str, Record]]
"""(id, record) of each row; a large file has them outside of memory, by id."""
IN_MEMORY = 25_000
"""Rows of a file that are kept in memory."""


class Kept:
    """The rows read so far: lists until there are too many, then a `Spill`."""

    def __init__(self) -> None:
        self.listed: list[tuple[str, Record]] = []
        self.apart: dict[str, Mapping[str, str]] = {}
        self.spill: Spill | None = None
        self._seen: dict[str, int] = {}
        """id without regard to case → row; of spilled rows only ids that have small letters"""

    def first(self, name: str, number: int) -> int:
        """The number of the first row with this id, `number` where it is this one. Where rows are outside of
        memory, the answer for ids without small letters comes later, from `keep` and `settle`."""
        folded = name.lower()
        if self.spill is None:
            return self._seen.setdefault(folded, number)
        if name.upper() == name:
            return self._seen.get(folded, number)
        return self._seen.setdefault(folded, self.spill.row_of(name.upper()) or number)

    def keep(
        self, name: str, number: int, record: Record, apart: Mapping[str, str]
    ) -> list[tuple[str, int, int]]:
        """Keep a row; (id, row, first row) of rows kept that turn out to have the id of an earlier one."""
        if self.spill is None:
            self.listed.append((name, record))
            if apart:
                self.apart[name] = apart
            if len(self.listed) == IN_MEMORY:
                self._pour()
            return []
        self.spill.add(name, number, record, apart)
        return self.spill.settle() if self.spill.full else []

    def _pour(self) -> None:
        self.spill = Spill()
        for name, record in self.listed:
            self.spill.add(name, self._seen[name.lower()], record, self.apart.get(name, {}))
        self.spill.settle()
        names = (name for name, _ in self.listed)
        self._seen = {n.lower(): self._seen[n.lower()] for n in names if n.upper() != n}
        self.listed, self.apart = [], {}

    def settle(self) -> list[tuple[str, int, int]]:
        """As `keep`, at the end."""
        return self.spill.settle() if self.spill else []

    @property
    def records(self) -> Records:
        return self.spill if self.spill else self.listed

    @property
    def private(self) -> Mapping[str, Mapping[str, str]]:
        return self.spill.private if self.spill else self.apart
