"""Files to rows of text cells: .xlsx through openpyxl's read-only mode, CSV in UTF-8, UTF-16 or GB18030.

A file comes from outside, so its size is judged before it is opened and while it is read. What a cell *is*
(text, number, date, formula, error) is kept beside its text: a code stored as a number is that code no more.
Everything that is wrong with the file as a whole is one `Unreadable`, which carries one fault.
"""

from __future__ import annotations

import csv
import hashlib
import io
import warnings
import zipfile
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TextIO

from ledger.importing import merged
from ledger.importing.faults import Fault, Kind
from ledger.importing.limits import Lines, TooMuch, check_parts
from verifier.errors import Malformed
from verifier.plainfile import read_plain

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

MAX_ROWS = 200_000
MAX_COLUMNS = 200
MAX_CELLS = 4_000_000
MAX_BYTES = 200_000_000
"""Size of a CSV and of everything in an .xlsx unpacked."""
_SHEET_ROWS = 1_048_576
_TEXTS: Mapping[int, CellKind] = {}
_OLE2 = b"\xd0\xcf\x11\xe0"
_CSV_ERRORS = frozenset({"#N/A", "#VALUE!", "#REF!", "#DIV/0!", "#NUM!", "#NAME?", "#NULL!"})
_BROKEN_WORKBOOK = (
    zipfile.BadZipFile,
    zlib.error,
    SyntaxError,  # lxml and ElementTree derive their parse errors from it
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    EOFError,
    RuntimeError,
)


class CellKind(Enum):
    """What a cell was in the file; a cell that is not listed as another kind is text or empty."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    FORMULA = "formula"
    ERROR = "error"
    BOOL = "bool"
    EMPTY = "empty"


@dataclass(frozen=True)
class Cell:
    """One cell: its text as a person would type it, and what it was in the file."""

    text: str
    kind: CellKind


class Row(NamedTuple):
    """One row that is not blank. `number` is what the spreadsheet shows (a CSV: the record, from 1).

    `texts` holds the cells up to the last that is not empty; `kinds` only what is neither text nor empty.
    """

    number: int
    texts: tuple[str, ...]
    kinds: Mapping[int, CellKind]

    def text(self, index: int) -> str:
        """The text of a column, empty beyond the end of the row."""
        return self.texts[index] if index < len(self.texts) else ""

    def cell(self, index: int) -> Cell:
        """The cell of a column."""
        text = self.text(index)
        return Cell(text, self.kinds.get(index, CellKind.TEXT if text else CellKind.EMPTY))


@dataclass(frozen=True)
class Table:
    """All rows of one sheet. `dates_from_1904` says how serial numbers count there."""

    sheet: str
    rows: tuple[Row, ...]
    source_sha256: bytes
    dates_from_1904: bool = False
    sheets: tuple[str, ...] = field(default=())

    def head(self, count: int) -> tuple[Row, ...]:
        """The first rows."""
        return self.rows[:count]

    def below(self, first: int) -> Iterable[Row]:
        """The rows from position `first` on."""
        return self.rows[first:]


class Unreadable(Malformed):
    """The file as a whole cannot be imported; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(fault.code, fault.message().replace("{", "{{").replace("}", "}}"))


def read_table(path: Path, sheet: str | None = None, *, prefer: str = "") -> Table:
    """Read one sheet of a file.

    `sheet` must exist when given; else the sheet named `prefer` is taken, else the first one that is visible.
    Raises Unreadable.
    """
    try:
        content = read_plain(path, MAX_BYTES) if path.stat().st_size <= MAX_BYTES else b""
        if len(content) > MAX_BYTES or path.stat().st_size > MAX_BYTES:
            raise Unreadable(too_large())
    except FileNotFoundError as error:
        raise Unreadable(Fault(Kind.NO_FILE)) from error
    except OSError as error:
        raise Unreadable(Fault(Kind.UNREADABLE, extra={"reason": error.strerror or str(error)})) from error
    digest = hashlib.sha256(content).digest()
    if not content.strip():
        raise Unreadable(Fault(Kind.EMPTY))
    if is_workbook(content):
        return _read_workbook(content, digest, sheet, prefer)
    if is_old_format(content):
        raise Unreadable(Fault(Kind.OLD_FORMAT))
    text = _decode(content)
    rows = _collect(csv_rows(io.StringIO(text, newline=""), delimiter_of(text)))
    return Table("", rows, digest)


def heads(path: Path, rows: int = 40) -> tuple[Table, ...]:
    """Every sheet of a workbook cut at so many rows: enough to see which of them are filled in. Raises
    Unreadable."""
    first = read_table(path)
    if not first.sheets:
        return (first,)
    try:
        with _opened(path) as book:
            return tuple(_head(book[name], name, rows, first.source_sha256) for name in first.sheets)
    except Unreadable:
        raise
    except _BROKEN_WORKBOOK as error:
        raise Unreadable(Fault(Kind.UNREADABLE, extra={"reason": str(error)[:200]})) from error


def _head(sheet: ReadOnlyWorksheet, name: str, rows: int, digest: bytes) -> Table:
    sheet.reset_dimensions()
    return Table(name, _collect(_sheet_rows(islice(sheet.iter_rows(), rows))), digest)


def merged_cells(path: Path, sheet: str) -> list[tuple[str, int, int]]:
    """(cells, first row, last row) of every merged range of a sheet that `read_table` has read; a CSV has
    none. Raises Unreadable."""
    if not sheet or not zipfile.is_zipfile(path):
        return []
    try:
        return sorted(merged.areas(path, sheet), key=lambda one: (one[1], one[0]))
    except (*_BROKEN_WORKBOOK, OSError) as error:
        raise Unreadable(Fault(Kind.UNREADABLE, extra={"reason": str(error)[:200]})) from error


def too_large() -> Fault:
    """The fault of a table beyond the limits."""
    limits = {"rows": str(MAX_ROWS), "cells": str(MAX_CELLS), "size": str(MAX_BYTES // 1_000_000)}
    return Fault(Kind.TOO_LARGE, extra=limits)


def too_wide(width: int) -> Fault:
    """The fault of a row of more columns than MAX_COLUMNS."""
    return Fault(Kind.TOO_WIDE, value=column_letter(width - 1), extra={"limit": str(MAX_COLUMNS)})


def is_workbook(begin: bytes) -> bool:
    """Whether a file that begins so is to be read as .xlsx."""
    return begin.startswith(b"PK")


def is_old_format(begin: bytes) -> bool:
    """Whether a file that begins so is an .xls, a web page or another thing that only looks like a table."""
    marks = (b"<html", b"<table", b"<?xml", b"%pdf")
    return begin.startswith(_OLE2) or begin[:512].lstrip().lower().startswith(marks)


def column_letter(index: int) -> str:
    """A, B, … AA of a column index from 0."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _collect(rows: Iterable[Row]) -> tuple[Row, ...]:
    kept: list[Row] = []
    cells = 0
    for row in rows:
        width = len(row.texts)
        cells += width
        if width > MAX_COLUMNS:
            raise Unreadable(too_wide(width))
        if len(kept) == MAX_ROWS or cells > MAX_CELLS:
            raise Unreadable(too_large())
        kept.append(row)
    if not kept:
        raise Unreadable(Fault(Kind.EMPTY))
    return tuple(kept)


def encodings_of(content: bytes) -> Collection[str]:
    """The encodings that a CSV may have, by how it begins; the first that fits is meant."""
    return ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "gb18030")


def _decode(content: bytes) -> str:
    for encoding in encodings_of(content):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise Unreadable(Fault(Kind.ENCODING))


def _csv_kinds(record: list[str]) -> dict[int, CellKind]:
    kinds: dict[int, CellKind] = {}
    for index, value in enumerate(record):
        if value[:1] == "=" and value[1:2] == '"':
            kinds[index] = CellKind.FORMULA
        elif value[:1] == "#" and value in _CSV_ERRORS:
            kinds[index] = CellKind.ERROR
    return kinds


def csv_rows(lines: TextIO, delimiter: str) -> Iterator[Row]:
    """The rows that are not blank. Raises Unreadable."""
    bounded = Lines(lines, too_large())
    reader = csv.reader(bounded, delimiter=delimiter, strict=True)
    number = 0
    try:
        for number, record in enumerate(reader, 1):
            bounded.new_record()
            while record and not record[-1].strip():
                record.pop()
            if not record:
                continue
            whole = "".join(record)
            kinds = _csv_kinds(record) if '="' in whole or "#" in whole else _TEXTS
            yield Row(number, tuple(record), kinds)
    except TooMuch as much:
        raise Unreadable(much.fault) from much
    except csv.Error as error:
        raise Unreadable(Fault(Kind.BROKEN_CSV, row=number + 1)) from error


def delimiter_of(text: str) -> str:
    """The sign that divides the first lines into most cells; a comma when none does."""
    head = "\n".join(text[:20_000].splitlines()[:10])
    counts = [(max(len(r) for r in _lenient(head, d)), d) for d in ",\t;"]
    best = max(count for count, _ in counts)
    return next(d for count, d in counts if count == best)


def _lenient(text: str, delimiter: str) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)) or [[]]
    except csv.Error:
        return [[]]


def _read_workbook(content: bytes, digest: bytes, sheet: str | None, prefer: str) -> Table:
    try:
        _check_archive(content)
        with _opened(io.BytesIO(content)) as book:
            names = tuple(s.title for s in book.worksheets)
            visible = tuple(s.title for s in book.worksheets if s.sheet_state == "visible") or names
            if sheet is not None and sheet not in names:
                raise Unreadable(Fault(Kind.NO_SHEET, value=sheet, extra={"sheets": "、".join(names)}))
            if not names:
                raise Unreadable(Fault(Kind.EMPTY))
            chosen = sheet or (prefer if prefer in names else visible[0])
            worksheet = book[chosen]
            worksheet.reset_dimensions()
            rows = _collect(_sheet_rows(worksheet.iter_rows()))
            return Table(chosen, rows, digest, book.epoch.year == 1904, names)
    except Unreadable:
        raise
    except _BROKEN_WORKBOOK as error:
        raise Unreadable(Fault(Kind.UNREADABLE, extra={"reason": str(error)[:200]})) from error


class _Strings(list[str]):
    """The strings that cells name by their index; below 0 there is none, where a list counts from its end."""

    def __getitem__(self, index: int) -> str:  # type: ignore[override]
        if index < 0:
            raise IndexError(f"shared string {index}")
        return super().__getitem__(index)


@contextmanager
def _opened(source: Path | io.BytesIO) -> Iterator[Workbook]:
    """A workbook that `_check_archive` let pass, to be read row by row. Raises of `_BROKEN_WORKBOOK`."""
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(source, read_only=True, keep_links=False)
        try:
            sheets = book.worksheets
            strings = _Strings(sheets[0]._shared_strings) if sheets else _Strings()
            for sheet in sheets:  # openpyxl holds one list for all of them
                sheet._shared_strings = strings
            yield book
        finally:
            book.close()


def _check_archive(content: bytes) -> None:
    """Judge the zip by its directory and its XML, before openpyxl builds anything of it."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        if not any(p.filename == "xl/workbook.xml" or p.filename.endswith("/workbook.xml") for p in parts):
            raise Unreadable(Fault(Kind.OLD_FORMAT))
        if any(p.flag_bits & 1 for p in parts):
            raise Unreadable(Fault(Kind.OLD_FORMAT))
        if sum(p.file_size for p in parts) > MAX_BYTES:
            raise Unreadable(too_large())
        try:
            check_parts(archive, too_large())
        except TooMuch as much:
            raise Unreadable(much.fault) from much


def _sheet_rows(rows: Iterable[tuple[object, ...]]) -> Iterator[Row]:
    scanned = 0
    for number, cells in enumerate(rows, 1):
        scanned += len(cells)
        if number > _SHEET_ROWS or scanned > 2 * MAX_CELLS:
            raise Unreadable(too_large())
        texts: list[str] = []
        kinds: dict[int, CellKind] = {}
        end = 0
        for index, cell in enumerate(cells):
            value = cell.value  # type: ignore[attr-defined]
            if value is None:
                texts.append("")
                continue
            if type(value) is str and cell.data_type == "s":  # type: ignore[attr-defined]
                text = value
                if "_x000" in text:
                    text = text.replace("_x000D_", "").replace("_x000A_", "\n")
            else:
                text, kinds[index] = _typed(value, cell)
            texts.append(text)
            if text and not text.isspace():
                end = index + 1
        if end:
            yield Row(number, tuple(texts[:end]), kinds)


def _typed(value: object, cell: object) -> tuple[str, CellKind]:
    kind = cell.data_type  # type: ignore[attr-defined]
    if kind == "f":
        return str(getattr(value, "text", value)), CellKind.FORMULA
    if kind == "e":
        return str(value), CellKind.ERROR
    if isinstance(value, bool):
        return str(value).upper(), CellKind.BOOL
    if isinstance(value, datetime):
        return (
            value.date() if value.time() == time() else value.replace(microsecond=0)
        ).isoformat(), CellKind.DATE
    if isinstance(value, date | time):
        return value.isoformat(), CellKind.DATE
    if isinstance(value, timedelta):
        return str(value), CellKind.DATE
    if isinstance(value, int | float):
        if "%" in (cell.number_format or ""):  # type: ignore[attr-defined]
            return f"{_plain(Decimal(repr(value)) * 100)}%", CellKind.NUMBER
        return _plain(Decimal(repr(value))), CellKind.NUMBER
    return str(value), CellKind.TEXT


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
