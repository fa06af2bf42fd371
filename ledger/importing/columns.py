"""Where a sheet has the columns of a register.

Headers are compared without white space, line breaks, asterisks and full-width forms, in any order; a title
above and a header of two merged rows (附件4) are understood.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ledger.importing import values
from ledger.importing.faults import Fault, Kind
from ledger.importing.registers import EXAMPLE, Register
from ledger.importing.tables import Row, Table, column_letter

_HEADER_ROWS = 20
_MARKS = re.compile(r"[*※:#]+|\(必填\)|\(选填\)")
_BRACKETS = re.compile(r"\([^()]*\)")


@dataclass(frozen=True)
class Header:
    """Where a sheet has the columns: key → index from 0; `places` names them for people (``B 企业名称``)."""

    index: Mapping[str, int]
    places: Mapping[str, str]
    first_row: int
    """Position in Table.rows of the first row below the header."""
    ignored: tuple[str, ...]


def locate(register: Register, table: Table) -> tuple[Header, list[Fault]]:
    """Find the header of a register in a table, and one fault for each column that is missing or there twice.

    A header that lacks a column still has its places, so that the rows can be judged in the same run; one in
    which nothing was recognised has no places at all.
    """
    known = {_squeeze(name): c.key for c in register.columns for name in (c.title, *c.aliases)}
    best: tuple[int, int, tuple[str, ...]] = (0, 0, ())
    rows = table.head(_HEADER_ROWS + 1)
    for position, row in enumerate(rows[:_HEADER_ROWS]):
        if best[0] and row.texts[0].startswith(EXAMPLE):
            break
        alone = len(_found(row.texts, known))
        if alone > best[0]:
            best = (alone, position + 1, row.texts)
        if alone and position + 1 < len(rows):
            below = rows[position + 1]
            both = _combined(row, below)
            # A second header row holds nothing but headers; a row of data never does.
            if _only_headers(below, known) and len(_found(both, known)) >= best[0]:
                best = (len(_found(both, known)), position + 2, both)
    _, first_row, titles = best
    return _header(register, known, first_row, titles)


def _header(
    register: Register, known: Mapping[str, str], first_row: int, titles: tuple[str, ...]
) -> tuple[Header, list[Fault]]:
    index: dict[str, int] = {}
    places: dict[str, str] = {}
    ignored: list[str] = []
    faults: list[Fault] = []
    keys = _divided(register, titles, [_key(title, known) for title in titles])
    for position, (title, key) in enumerate(zip(titles, keys, strict=True)):
        shown = f"{column_letter(position)} {' '.join(title.split())[:40]}"
        if key is None:
            if title.strip():
                ignored.append(shown)
        elif key in index:
            faults.append(Fault(Kind.TWO_COLUMNS, column=places[key], value=shown))
        else:
            index[key] = position
            places[key] = shown
    groups = [(c.key,) for c in register.columns if c.required] + list(register.any_of)
    for group in groups:
        if index.keys().isdisjoint(group):
            column = next(c for c in register.columns if c.key == group[0])
            aliases = "、".join((column.title, *column.aliases)[:6])
            faults.append(Fault(Kind.MISSING_COLUMN, column=column.title, extra={"aliases": aliases}))
    return Header(index, places, first_row, tuple(ignored)), faults


def _divided(register: Register, titles: tuple[str, ...], keys: list[str | None]) -> list[str | None]:
    """The keys, where a column that stands there under its own title leaves its other name to its `second`:
    抽查内容 is 抽查事项 in one list and what is checked in another that has both."""
    for column in register.columns:
        places = [i for i, key in enumerate(keys) if key == column.key]
        own = [i for i in places if _squeeze(titles[i]) == _squeeze(column.title)]
        if column.second and len(places) == 2 and len(own) == 1 and column.second not in keys:
            keys[next(i for i in places if i not in own)] = column.second
    return keys


def _squeeze(title: str) -> str:
    return _MARKS.sub("", values.plain(title)).upper()


def _key(title: str, known: Mapping[str, str]) -> str | None:
    name = _squeeze(title)
    return known.get(name) or known.get(_BRACKETS.sub("", name))


def _found(titles: tuple[str, ...], known: Mapping[str, str]) -> set[str]:
    return {key for title in titles if (key := _key(title, known))}


def _combined(upper: Row, lower: Row) -> tuple[str, ...]:
    width = max(len(upper.texts), len(lower.texts))
    return tuple(lower.text(i).strip() or upper.text(i) for i in range(width))


def _only_headers(row: Row, known: Mapping[str, str]) -> bool:
    return all(_key(text, known) for text in row.texts if text.strip())
