"""What forms are printed from: the facts of a ledger, what it keeps of private values, and its head.

A form never asks anything else, so that what it says can be found in the ledger again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from ledger.book import Book
from verifier import facts as f
from verifier.codec import Value
from verifier.entry import Entry
from verifier.errors import N_, Exit, LiuhenError
from verifier.facts import Data, Facts
from verifier.ids import is_practice
from verifier.private import is_private

ERASED = "已依法删除"
"""Stands where the opening of a private field is kept no more."""


@dataclass(frozen=True)
class Source:
    """The ledger as a form reads it. `head` is `size:root hex`, `day` the day of printing (YYYY-MM-DD)."""

    facts: Facts
    ledger: f.Ledger
    head: str
    practice: bool
    day: str
    open_private: Callable[[bytes], tuple[bytes, Value] | None]
    entries: Callable[[], Iterator[Entry]]

    @classmethod
    def of(cls, book: Book, day: str = "") -> Source:
        """A ledger, printed on `day`. Raises E-FORM-EMPTY when it has no entry yet."""
        facts = book.facts()
        ledger = facts.get(f.LEDGER, f.ONE)
        if ledger is None:
            raise LiuhenError(
                "E-FORM-EMPTY",
                N_("This ledger has no entry yet, so there is nothing to print."),
                remedy=N_("Found it first: liuhen init"),
                exit=Exit.REFUSED,
            )
        head = book.store.head()
        return cls(
            facts,
            ledger,
            f"{head.size}:{head.root.hex()}",
            is_practice(book.origin),
            day or book.clock()[:10],
            book.open_private,
            book.entries,
        )

    def opened(self, value: Value | None) -> str:
        """A private field in clear; `ERASED` where its opening is gone, "" where it was never given."""
        if not isinstance(value, dict) or not is_private(value):
            return ""
        commitment = value["$c"]
        found = self.open_private(commitment) if isinstance(commitment, bytes) else None
        if found is None:
            return ERASED
        return "\n".join(map(str, found[1])) if isinstance(found[1], list) else str(found[1])

    def record(self, register: str, name: str) -> Data:
        """A row of a register as it stands; empty when it left the register."""
        row = self.facts.get(f.register(register), name)
        return row.record if row else {}

    def records_as_of(self, register: str, wanted: Collection[str], seq: int) -> dict[str, Data]:
        """The records of a register before entry `seq`: as they stand, or as the imports had them then."""
        table = f.register(register)
        rows = {name: self.facts.get(table, name) for name in wanted}
        found = {name: row.record for name, row in rows.items() if row is not None and row.seq < seq}
        changed = set(wanted) - set(found)
        if not changed:
            return found
        for entry in self.entries():
            if entry.body.seq >= seq:
                break
            data: Data = entry.body.data  # type: ignore[assignment]
            if entry.body.type == "import.chunk" and data["register"] == register:
                found.update((name, record) for name, record in data["rows"] if name in changed)
        return found
