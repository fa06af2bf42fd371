"""The rows of a table before the reader of their register: records, or faults and warnings.

`Task` says all that this takes; it can be sent to another process, which checks other rows of the same file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice, repeat
from typing import Protocol

from ledger.importing.columns import Header
from ledger.importing.faults import Fault, Kind
from ledger.importing.quick import Cells, Quick
from ledger.importing.reading import Fields
from ledger.importing.registers import EXAMPLE, Register
from ledger.importing.spill import Record, Spilled
from ledger.importing.tables import Row
from verifier.shape import Shape

Reader = Callable[[Fields], "tuple[str, str, Record, dict[str, str]] | None"]
"""Reads the current row: (key of the column that identifies it, id, record, private); None after a fault."""
_NOTE = re.compile(r"(?:备注|注|说明|填表|填报|制表|合计|总计|单位|联系人)[\s:：（(]?")


class Keeper(Protocol):
    """Takes the rows that are right."""

    def first(self, name: str, number: int) -> int:
        """The number of the first row with this id as far as known, `number` where it is this one."""

    def keep(self, name: str, number: int, key: str, record: Record, apart: Mapping[str, str]) -> None: ...

    def keep_packed(self, row: Spilled) -> None:
        """As `keep`, of a row in canonical bytes."""


@dataclass(frozen=True)
class Task:
    """How to check the rows of a file. `shape` is what the law asks of a record, the last check of each row
    (None: not asked here); `cells` are those of `quick`, where the register has such a way."""

    register: Register
    header: Header
    reader: Reader
    today: date
    from_1904: bool
    left_out: frozenset[int]
    shape: Shape | None = None
    cells: Cells | None = None

    def fields(self) -> Fields:
        return Fields(self.register, self.header, self.today, self.from_1904)


class Checker:
    """Checks rows, in their order. `absent`: rows to be left out that were not met."""

    def __init__(self, task: Task, keeper: Keeper) -> None:
        self._task = task
        self._keeper = keeper
        self._fields = task.fields()
        self._quick = Quick(task.fields(), task.shape, task.cells) if task.shape and task.cells else None
        self.absent = set(task.left_out)
        self.count = 0

    @property
    def faults(self) -> list[Fault]:
        return self._fields.faults

    @property
    def warnings(self) -> list[Fault]:
        return self._fields.warnings

    def check(self, rows: Iterable[Row]) -> None:
        """More rows."""
        wanted = []
        for row in rows:
            if row.texts[0].startswith(EXAMPLE):
                continue
            if row.number in self._task.left_out:
                self.absent.discard(row.number)
            else:
                wanted.append(row)
        told = self._quick.read(wanted) if self._quick and wanted else repeat(None)
        for row, found in zip(wanted, told, strict=False):
            if found is None:
                self._check_long(row)
                continue
            self.count += 1
            name, record, private = found
            if self._is_first(row, "code", name):
                self._keeper.keep_packed((name, row.number, "code", record, private))

    def _check_long(self, row: Row) -> None:
        fields = self._fields
        fields.row = row
        if self._is_note(row):
            return
        self.count += 1
        found = self._task.reader(fields)
        if found is None:
            return
        key, name, record, apart = found
        if not self._is_first(row, key, name):
            return
        wrong = self._task.shape(record) if self._task.shape else ""
        if wrong:
            fields.fault(Kind.NOT_RECORDABLE, key, wrong)
            return
        self._keeper.keep(name, row.number, key, record, apart)

    def _is_first(self, row: Row, key: str, name: str) -> bool:
        first = self._keeper.first(name, row.number)
        if first != row.number:
            self.twin(row.number, key, name, first)
        return first == row.number

    def twin(self, number: int, key: str, name: str, first: int) -> None:
        """Note that a row has the id of an earlier one."""
        self._fields.row = Row(number, (), {})
        self._fields.fault(Kind.DUPLICATE, key, name, first=str(first))

    def _is_note(self, row: Row) -> bool:
        if len(row.texts) - row.texts.count("") != 1:
            return False
        (alone,) = (text for text in row.texts if text)
        if not _NOTE.match(alone.strip()):
            return False
        self._fields.warn(Kind.IGNORED_NOTE, "", alone)
        return True


def batches(rows: Iterable[Row], count: int) -> Iterator[list[Row]]:
    """The rows, so many at a time."""
    waiting = iter(rows)
    while batch := list(islice(waiting, count)):
        yield batch
