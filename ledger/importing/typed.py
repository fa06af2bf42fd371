"""A row typed by hand, as a table of one row: the readers judge it exactly as they judge a file."""

from __future__ import annotations

from collections.abc import Mapping

from ledger.importing.registers import Column, Register
from ledger.importing.tables import Row, Table

_IDENTIFYING = ("id", "code", "officer")


def row_of(register: Register, cells: Mapping[str, str]) -> Table:
    """The table of `cells` (column key → text as typed). Required columns that are not typed stand empty;
    a word of a closed set may be given by its code. Its row has the number 0: there is no file."""
    columns = [c for c in register.columns if c.key in cells or c.required]
    columns.sort(key=lambda column: column.key not in _IDENTIFYING)
    titles = Row(0, tuple(column.title for column in columns), {})
    texts = Row(0, tuple(_text(column, cells.get(column.key, "")) for column in columns), {})
    return Table("", (titles, texts), b"")


def _text(column: Column, typed: str) -> str:
    for word, code in (column.words or {}).items():
        if typed == code:
            return word
    return typed
