"""A large CSV read row by row: memory does not grow with the file.

The file is read twice: once for its hash and its encoding, once for its rows. What is read must be what was
hashed, so a file that changed in between is refused.
"""

from __future__ import annotations

import codecs
import hashlib
import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from ledger.importing import tables
from ledger.importing.faults import Fault, Kind
from ledger.importing.tables import Row, Table, Unreadable
from verifier.plainfile import open_plain

STREAM_FROM = 1_000_000
"""A CSV of more bytes than this is streamed: from 6,000 rows on that takes less memory and less time."""
MAX_STREAMED_ROWS = 2_000_000
MAX_STREAMED_BYTES = 1_000_000_000
_BLOCK = 1 << 20
_HEAD = 40


@dataclass(frozen=True)
class StreamedTable(Table):
    """A table whose rows are read when they are asked for; `rows` is empty."""

    path: Path = Path()
    encoding: str = ""
    delimiter: str = ","
    stamp: tuple[int, int, int] = (0, 0, 0)
    """its bytes, the time of their last change and its number on the disk"""

    def head(self, count: int) -> tuple[Row, ...]:
        """The first rows."""
        return tuple(islice(self._all(), count))

    def below(self, first: int) -> Iterator[Row]:
        """The rows from position `first` on. Raises Unreadable, also in the middle."""
        cells = 0
        for position, row in enumerate(self._all()):
            width = len(row.texts)
            cells += width
            if width > tables.MAX_COLUMNS:
                raise Unreadable(tables.too_wide(width))
            if position == MAX_STREAMED_ROWS or cells > MAX_STREAMED_ROWS * 20:
                raise Unreadable(too_large())
            if position >= first:
                yield row

    def _all(self) -> Iterator[Row]:
        try:
            with self.path.open(encoding=self.encoding, newline="") as lines:
                if _stamp(lines.fileno()) != self.stamp:
                    raise _changed()
                yield from tables.csv_rows(lines, self.delimiter)
                if _stamp(lines.fileno()) != self.stamp:
                    raise _changed()
        except UnicodeDecodeError as error:
            raise _changed() from error
        except OSError as error:
            raise Unreadable(
                Fault(Kind.UNREADABLE, extra={"reason": error.strerror or str(error)})
            ) from error


def _changed() -> Unreadable:
    return Unreadable(Fault(Kind.UNREADABLE, extra={"reason": "changed while it was read"}))


def too_large() -> Fault:
    """The fault of a CSV beyond the limits."""
    size = {
        "rows": MAX_STREAMED_ROWS,
        "cells": MAX_STREAMED_ROWS * 20,
        "size": MAX_STREAMED_BYTES // 1_000_000,
    }
    return Fault(Kind.TOO_LARGE, extra={name: str(limit) for name, limit in size.items()})


def open_table(path: Path, sheet: str | None = None, *, prefer: str = "") -> Table:
    """As `read_table`; a large CSV comes as a `StreamedTable`. Raises Unreadable."""
    try:
        with open_plain(path) as file:
            size = os.fstat(file.fileno()).st_size
            begin = file.read(512)
            if size <= STREAM_FROM or tables.is_workbook(begin) or tables.is_old_format(begin):
                return tables.read_table(path, sheet, prefer=prefer)
            if size > MAX_STREAMED_BYTES:
                raise Unreadable(too_large())
            stamp = _stamp(file.fileno())
            file.seek(0)
            digest, encoding = hashlib.sha256(), _Encoding()
            while block := file.read(_BLOCK):
                digest.update(block)
                encoding.see(block)
            name = encoding.name()
            file.seek(0)
            with io.TextIOWrapper(file, name, "replace", newline="") as lines:
                delimiter = tables.delimiter_of(lines.read(20_000))
    except OSError:
        return tables.read_table(path, sheet, prefer=prefer)
    return StreamedTable("", (), digest.digest(), path=path, encoding=name, delimiter=delimiter, stamp=stamp)


def _stamp(handle: int) -> tuple[int, int, int]:
    found = os.fstat(handle)
    return found.st_size, found.st_mtime_ns, found.st_ino


class _Encoding:
    """Which encodings the bytes seen so far allow; the first of them is meant."""

    def __init__(self) -> None:
        self._left: dict[str, codecs.IncrementalDecoder] = {}
        self._begun = False

    def see(self, block: bytes) -> None:
        if not self._begun:
            self._begun = True
            names = tables.encodings_of(block)
            self._left = {name: codecs.getincrementaldecoder(name)() for name in names}
        self._decode(block, final=False)

    def _decode(self, block: bytes, *, final: bool) -> None:
        for name, decoder in list(self._left.items()):
            try:
                if "\x00" in decoder.decode(block, final):
                    del self._left[name]
            except UnicodeDecodeError:
                del self._left[name]

    def name(self) -> str:
        """Raises Unreadable where no encoding is left."""
        self._decode(b"", final=True)
        if not self._left:
            raise Unreadable(Fault(Kind.ENCODING))
        return next(iter(self._left))
