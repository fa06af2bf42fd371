"""The county's office: people with keys, a clock, an agenda, and a book that keeps its facts in memory.

What is slow on purpose is left out: facts are moved to the ledger's own table at the end, key files are
written at the end, the disk is not waited for. The law that is asked is the same.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Hashable, Iterable, Iterator
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any, Self

import chinese_calendar

from ledger.book import Book, Written
from ledger.commands import keys
from ledger.keyfile import Memory
from ledger.keystore import Signer, create_key
from ledger.store import Transaction
from ledger.views import ViewFacts
from tests.office import PASSPHRASE, Clock, Office
from verifier import facts as f
from verifier.facts import MemoryFacts, T, Table
from verifier.factstore import Attributes, Named, V, Wanted

ORIGIN = "ledger.example.gov.cn/scjgj/shifan"
UNITS = {
    "clerk": "scjgj",
    "approver": "scjgj",
    "admin": "scjgj",
    "supervisor": "jijian",
    "observer": "zhengxie",
}
PEOPLE = {
    **{f"clerk-{n}": f"经办人{c}" for n, c in enumerate("甲乙丙", 1)},
    **{f"approver-{n}": f"审批人{c}" for n, c in enumerate("甲乙丙", 1)},
    **{f"supervisor-{n}": f"监督人员{c}" for n, c in enumerate("甲乙丙", 1)},
    **{f"observer-{n}": f"见证代表{c}" for n, c in enumerate("甲乙", 1)},
    "admin-2": "管理员乙",
}
"""Holder → name, beside the founder admin-1; the role is in the id."""


class HeldFacts(ViewFacts):
    """The facts, from one write to the next in memory."""

    def __init__(self) -> None:
        self._memory = MemoryFacts()
        self._tables: dict[str, Table[object]] = {}

    def get(self, table: Table[T], key: str) -> T | None:
        return self._memory.get(table, key)

    def put(self, table: Table[T], key: str, row: T) -> None:
        self._tables[table.name] = table  # type: ignore[assignment]
        self._memory.put(table, key, row)

    def delete(self, table: Table[T], key: str) -> None:
        self._memory.delete(table, key)

    def rows(self, table: Table[T], prefix: str = "") -> Iterator[tuple[str, T]]:
        return self._memory.rows(table, prefix)

    def known(self, table: Table[T], keys: Iterable[str]) -> dict[str, T]:
        return self._memory.known(table, keys)

    def keys(self, table: Table[Any], prefix: str = "") -> Iterator[str]:
        return self._memory.keys(table, prefix)

    def alike(self, table: Table[f.Row], wanted: Wanted) -> Iterator[tuple[Attributes, Iterable[Named]]]:
        return self._memory.alike(table, wanted)

    def once(self, key: tuple[Hashable, ...], work: Callable[[], V]) -> V:
        return self._memory.once(key, work)

    def flush(self) -> None:
        """Nothing is kept aside."""

    def move(self, views: ViewFacts) -> None:
        """Put every fact into the ledger's own table."""
        for table in self._tables.values():
            for key, row in self.rows(table):
                views.put(table, key, row)


class HeldBook(Book):
    """A book whose facts stay in memory. A refusal ends the play, so nothing is ever taken back."""

    held: HeldFacts

    @classmethod
    def create(cls, path: Path, origin: str, clock: Callable[[], str]) -> Self:
        book = super().create(path, origin, clock)
        book.held = HeldFacts()
        book.store.reader().execute("PRAGMA synchronous = OFF")
        return book

    def facts(self) -> f.Facts:
        return self.held

    def _views(self, _transaction: Transaction, _afresh: bool) -> ViewFacts:
        return self.held


class HeldKey(Signer):
    """An opened key that writes its file only when told to."""

    def _reread(self) -> Memory:
        return self._memory

    def _write(self, memory: Memory) -> None:
        self._memory = memory

    def put_down(self) -> None:
        """Write the file."""
        super()._write(self._memory)


def working(day: date, step: int = 1) -> date:
    """The day itself when people work on it, else the next (or last) on which they do."""
    while not chinese_calendar.is_workday(day):
        day += timedelta(days=step)
    return day


def after(day: date, working_days: int) -> date:
    """So many working days later."""
    for _ in range(working_days):
        day = working(day + timedelta(days=1))
    return day


class Desk(Office):
    """The office with its agenda: what is done when, in order of time. Every choice is thrown with dice
    named after what it decides, so that a change in one place moves nothing elsewhere."""

    def __init__(self, folder: Path, seed: str, begins: date) -> None:
        self.clock = Clock(begins.isoformat())
        self.folder, self.seed = folder, seed
        (folder / "keys").mkdir(parents=True)
        self.book: HeldBook = HeldBook.create(folder / "台账.db", ORIGIN, self.clock)
        self.signers = {name: self._key(name) for name in ("admin-1", *PEOPLE)}
        self.log = self._key("log")
        self._agenda: list[tuple[date, int, int, Callable[[], object]]] = []
        self._asked = 0
        keys.found(
            self.book,
            self.signers["admin-1"],
            self.log,
            name="管理员甲",
            office="示范县市场监督管理局",
            division="000000",
            others=[(self.signers[name], text) for name, text in PEOPLE.items()],
        )

    def _key(self, name: str) -> HeldKey:
        role = name.partition("-")[0]
        made = create_key(
            self.folder / "keys" / f"{name}.key",
            kind="log" if name == "log" else "holder",
            origin=ORIGIN,
            holder="admin-1" if name == "log" else name,
            unit="" if name == "log" else UNITS[role],
            roles=() if name == "log" else (role,),
            passphrase=PASSPHRASE,
            private=sha256(f"{self.seed}/{name}".encode()).digest(),
            scrypt_n=2,
        )
        return HeldKey(made.info, made._wrapping, made._private, made._memory)

    def dice(self, *what: object) -> Random:
        return Random("/".join(map(str, (self.seed, *what))))

    def at(self, day: date, second: int, deed: Callable[[], object]) -> None:
        """Put a deed on the agenda of a day, so many seconds after midnight."""
        self._asked += 1
        heapq.heappush(self._agenda, (day, second, self._asked, deed))

    def run(self) -> None:
        """Do everything on the agenda, and what it adds to it."""
        while self._agenda:
            day, second, _, deed = heapq.heappop(self._agenda)
            if (self.clock.day, self.clock.second) < (day.isoformat(), second):
                self.clock.day, self.clock.second = day.isoformat(), second
            deed()

    def wait(self, seconds: int) -> None:
        self.clock.second += seconds

    @property
    def today(self) -> date:
        return date.fromisoformat(self.clock.day)

    def confirmed(self, who: str, written: Written) -> None:
        keys.confirm(self.book, self.signers[who], [written.leaf])

    def leave(self) -> None:
        """Put keys and facts where a program that opens the ledger looks for them, and close it."""
        for signer in (*self.signers.values(), self.log):
            signer.put_down()  # type: ignore[attr-defined]
        with self.book.store.writing() as transaction:
            views = ViewFacts(transaction.connection)
            views.lay_out()
            self.book.held.move(views)
            views.flush()
        self.book.close()
