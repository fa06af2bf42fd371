"""Rows out of what is left of a SQLite file, page by page, without SQLite (its file format, §1.6, §2.3, §4).

SQLite refuses a file whose first page is gone, and follows pointers that may be wrong. Here every page is
looked at by itself: leaf pages give their rows, whoever pointed to them. A journal (`-wal`) counts as far as
its frames are whole and committed. What a row says is believed only where a hash or a signature bears it
out, which is the caller's part.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Final

from ledger.store.sqlite import MAGIC

Row = tuple[object, ...]
"""Columns as SQLite kept them: None, int, float, str or bytes."""
_PAGE: Final = 4096
_TABLE_LEAF, _INDEX_LEAF, _INDEX_INNER = 0x0D, 0x0A, 0x02
_MOST: Final = 1 << 17
"""Bytes of a row that is looked at; no entry is longer than 64 KiB."""
_WAL_HEAD, _FRAME_HEAD = 32, 24


class Pages:
    """The pages of the ledger file at `path`, with those of the journal beside it in their place."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: BinaryIO = path.open("rb")
        self._journal: BinaryIO | None = None
        self._frames: dict[int, int] = {}
        try:
            self._begin()
        except BaseException:
            self.close()
            raise

    def _begin(self) -> None:
        start = self._file.read(100)
        self.magic = start.startswith(MAGIC)
        self.page_size, self.reserved = _sizes(start)
        self.declared = int.from_bytes(start[28:32], "big") if self.magic else 0
        """Pages that the header speaks of; 0 when it cannot be read."""
        self.length = self.path.stat().st_size
        journal = self.path.with_name(self.path.name + "-wal")
        if journal.is_file() and journal.stat().st_size > _WAL_HEAD:
            self._journal = journal.open("rb")
            self._frames = _frames(self._journal, self.page_size)

    def close(self) -> None:
        self._file.close()
        if self._journal is not None:
            self._journal.close()

    @property
    def journalled(self) -> int:
        """Pages that stand in the journal, whole and committed."""
        return len(self._frames)

    @property
    def whole(self) -> int:
        """Pages of the file itself, without a piece at its end."""
        return self.length // self.page_size

    def page(self, number: int) -> bytes:
        """A page, counted from 1; fewer bytes than a page where the file ends."""
        if self._journal is not None and number in self._frames:
            self._journal.seek(self._frames[number])
            return self._journal.read(self.page_size)
        self._file.seek((number - 1) * self.page_size)
        return self._file.read(self.page_size)

    def rows(self) -> Iterator[tuple[tuple[int, int], int | None, Row]]:
        """((page, cell), rowid, columns) of every row that can be read, in the order of the pages; the rowid
        is None for rows of an index or of a table without one."""
        last = max([self.whole, *self._frames])
        for number in range(1, last + 1):
            page = self.page(number)
            for cell in range(_cells(page, number)):
                found = self._row(page, number, cell)
                if found is not None:
                    yield (number, cell), found[0], found[1]

    def row(self, place: tuple[int, int]) -> Row | None:
        """The row at a place that `rows` gave."""
        found = self._row(self.page(place[0]), *place)
        return found[1] if found else None

    def _row(self, page: bytes, number: int, cell: int) -> tuple[int | None, Row] | None:
        try:
            payload = self._payload(page, number, cell)
            return None if payload is None else (payload[0], _columns(payload[1]))
        except (IndexError, struct.error, ValueError):
            return None

    def _payload(self, page: bytes, number: int, cell: int) -> tuple[int | None, bytes] | None:
        start = 100 if number == 1 else 0
        kind = page[start]
        first = start + (12 if kind == _INDEX_INNER else 8)
        at = int.from_bytes(page[first + 2 * cell : first + 2 * cell + 2], "big")
        if kind == _INDEX_INNER:
            at += 4
        size, at = _varint(page, at)
        rowid = None
        if kind == _TABLE_LEAF:
            rowid, at = _varint(page, at)
        if size > _MOST:
            return None
        usable = self.page_size - self.reserved
        most = usable - 35 if kind == _TABLE_LEAF else (usable - 12) * 64 // 255 - 23
        if size <= most:
            payload = page[at : at + size]
        else:
            least = (usable - 12) * 32 // 255 - 23
            here = least + (size - least) % (usable - 4)
            here = here if here <= most else least
            payload = page[at : at + here]
            payload += self._overflow(int.from_bytes(page[at + here : at + here + 4], "big"), size - here)
        return (rowid, payload) if len(payload) == size else None

    def _overflow(self, number: int, size: int) -> bytes:
        piece = self.page_size - self.reserved - 4
        found = b""
        while size > len(found) and number > 0:
            page = self.page(number)
            if len(page) < self.page_size:
                break
            found += page[4 : 4 + min(piece, size - len(found))]
            number = int.from_bytes(page[:4], "big")
        return found


def _sizes(start: bytes) -> tuple[int, int]:
    """Page size and reserved bytes, as the header says where it can be right; else as this program makes."""
    size = int.from_bytes(start[16:18], "big")
    size = 65_536 if size == 1 else size
    if len(start) < 100 or size < 512 or size & (size - 1):
        return _PAGE, 0
    return size, start[20] if start[20] <= 64 else 0


def _cells(page: bytes, number: int) -> int:
    start = 100 if number == 1 else 0
    if len(page) < start + 8 or page[start] not in (_TABLE_LEAF, _INDEX_LEAF, _INDEX_INNER):
        return 0
    return min(int.from_bytes(page[start + 3 : start + 5], "big"), len(page) // 4)


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for step in range(8):
        byte = data[at + step]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + step + 1
    return value << 8 | data[at + 8], at + 9


def _columns(payload: bytes) -> Row:
    end, at = _varint(payload, 0)
    kinds = []
    while at < end:
        kind, at = _varint(payload, at)
        kinds.append(kind)
    values: list[object] = []
    for kind in kinds:
        size = _width(kind)
        piece = payload[at : at + size]
        if len(piece) != size:
            raise IndexError(at)
        values.append(_value(kind, piece))
        at += size
    return tuple(values)


def _width(kind: int) -> int:
    if kind >= 12:
        return (kind - 12) // 2
    return (0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0)[kind]


def _value(kind: int, piece: bytes) -> object:
    if kind == 0:
        return None
    if kind <= 6:
        return int.from_bytes(piece, "big", signed=True)
    if kind == 7:
        return struct.unpack(">d", piece)[0]
    if kind in (8, 9):
        return kind - 8
    return piece if kind % 2 == 0 else piece.decode("utf-8")


def _frames(journal: BinaryIO, page_size: int) -> dict[int, int]:
    """Page → place of its newest frame among those that are whole and committed (§4.1–4.4)."""
    head = journal.read(_WAL_HEAD)
    magic, _version, size = struct.unpack(">III", head[:12])
    if magic not in (0x377F0682, 0x377F0683) or size != page_size:
        return {}
    order = ">" if magic & 1 else "<"
    sums = _checksum(head[:24], (0, 0), order)
    if sums != struct.unpack(">II", head[24:32]):
        return {}
    committed: dict[int, int] = {}
    waiting: dict[int, int] = {}
    while len(frame := journal.read(_FRAME_HEAD + size)) == _FRAME_HEAD + size:
        sums = _checksum(frame[_FRAME_HEAD:], _checksum(frame[:8], sums, order), order)
        if frame[8:16] != head[16:24] or sums != struct.unpack(">II", frame[16:24]):
            break
        waiting[int.from_bytes(frame[:4], "big")] = journal.tell() - size
        if any(frame[4:8]):
            committed.update(waiting)
            waiting.clear()
    return committed


def _checksum(data: bytes, sums: tuple[int, ...], order: str) -> tuple[int, int]:
    one, two = sums
    words: Sequence[int] = struct.unpack(f"{order}{len(data) // 4}I", data)
    for place in range(0, len(words), 2):
        one = (one + words[place] + two) & 0xFFFFFFFF
        two = (two + words[place + 1] + one) & 0xFFFFFFFF
    return one, two
