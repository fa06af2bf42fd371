"""The rows of a large file, kept out of memory between reading and writing.

They come in any order and go back by id, as a list wants them (design §3). A record stands there in canonical
bytes, each private field of it as a `BLANK`, which a commitment fills when the row is written.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from operator import lt
from typing import NamedTuple

from ledger.importing import runs
from ledger.importing.runs import Runs
from verifier import codec
from verifier.codec import Value
from verifier.private import Sealed, private_value

Record = dict[str, Value]
Spilled = tuple[str, int, str, bytes, bytes]
"""One row: its id, where it stood, the column of its id; record and private values in canonical bytes (none:
empty)."""
_ZEROS = bytes(32)
_BLANK = private_value(_ZEROS)
BLANK = codec.encode(_BLANK)
"""What stands for a private field until it is sealed. No text holds zero bytes: the codec refuses them."""


class Twin(NamedTuple):
    """A row whose id, without regard to case, the row `first` has already."""

    number: int
    name: str
    key: str
    first: int


class Cut(NamedTuple):
    """Some rows in a sequence: those of packed blocks but the first `skip`, `take` of them."""

    blocks: list[bytes]
    skip: int
    take: int

    def rows(self) -> Iterator[Spilled]:
        whole = chain.from_iterable(map(runs.unpacked, self.blocks))
        return islice(whole, self.skip, self.skip + self.take)


def spilled(
    name: str, number: int, key: str, record: Mapping[str, Value], private: Mapping[str, Value]
) -> Spilled:
    """A row to be kept."""
    packed = codec.encode(private) if private else b""
    return name, number, key, codec.encode({**record, **dict.fromkeys(private, _BLANK)}), packed


def has_small(rows: Iterable[Spilled]) -> bool:
    """Whether an id has small letters, so that another may differ from it in case alone."""
    joined = "".join([row[0] for row in rows])
    return joined.upper() != joined


class Spill:
    """Rows by id. Once settled it looks like the list of (id, record) that a small file gives."""

    def __init__(self) -> None:
        self._waiting: list[Spilled] = []
        self._runs: Runs[Spilled] = Runs()
        self._ordered: Runs[Spilled] = Runs()
        self._mixed = False
        self._begins: list[str] = []
        """the first id of each block"""
        self._counts: list[int] = []
        """the rows of each block"""
        self._last: tuple[int, list[Spilled]] = (-1, [])
        self._count = 0

    def add(self, row: Spilled) -> None:
        """Keep a row. Whether its id was there before is known after `settle`."""
        self._waiting.append(row)
        if len(self._waiting) >= runs.RUN:
            self._put_away()

    def _put_away(self) -> None:
        waiting, self._waiting = self._waiting, []
        self.put(runs.blocks_of(waiting), has_small(waiting))

    def put(self, run: Iterable[bytes], mixed: bool) -> None:
        """Keep rows that are sorted and packed already (`runs.blocks_of`); `mixed`: whether `has_small`."""
        self._mixed = self._mixed or mixed
        self._runs.put(run)

    def settle(self) -> list[Twin]:
        """Put all rows in order, each id once; the rows whose id an earlier one has, in their order."""
        self._put_away()
        twins: list[Twin] = []
        folded: Runs[tuple[str, int, str, str]] = Runs()
        last: Spilled = ("", 0, "", b"", b"")
        for rows in self._runs.merged():
            if self._mixed:
                folded.add([(name.upper(), number, name, key) for name, number, key, _, _ in rows])
            kept = _once(last, rows, twins)
            if kept:
                last = kept[-1]
                self._begins.append(kept[0][0])
                self._counts.append(len(kept))
                self._count += len(kept)
                self._ordered.put_on(kept)
        self._runs.close()
        if self._mixed:
            twins = _alike(folded)
        folded.close()
        return sorted(twins)

    def rows(self) -> Iterator[Spilled]:
        """All rows by id."""
        for place in range(len(self._begins)):
            yield from self._ordered.read(self._ordered.runs[0][place])

    def cuts(self, size: int) -> Iterator[Cut]:
        """All rows by id, `size` at a time, as they stand in the file."""
        held: list[bytes] = []
        skip = waiting = 0
        for place, count in enumerate(self._counts):
            held.append(self._ordered.packed(self._ordered.runs[0][place]))
            waiting += count
            while waiting >= size:
                yield Cut(held, skip, size)
                waiting -= size
                held, skip = held[-1:], count - waiting
        if waiting:
            yield Cut(held, skip, waiting)

    def find(self, name: str) -> Spilled | None:
        """The row with this id."""
        place = bisect_right(self._begins, name) - 1
        if place < 0:
            return None
        if self._last[0] != place:
            self._last = place, self._ordered.read(self._ordered.runs[0][place])
        rows = self._last[1]
        at = bisect_left(rows, (name,))
        return rows[at] if at < len(rows) and rows[at][0] == name else None

    def __len__(self) -> int:
        return self._count

    def __contains__(self, row: object) -> bool:
        return any(row == one for one in self)

    def __iter__(self) -> Iterator[tuple[str, Record]]:
        for name, _, _, record, private in self.rows():
            yield name, opened(record, private)[0]

    @property
    def private(self) -> Mapping[str, Mapping[str, str]]:
        """The private values by id."""
        return _Private(self)


def opened(record: bytes, private: bytes) -> tuple[Record, Mapping[str, str]]:
    """The record of a row without its blanks, and the private values."""
    whole: Record = codec.read_back(record)  # type: ignore[assignment]
    if not private:
        return whole, {}
    apart: Mapping[str, str] = codec.read_back(private)  # type: ignore[assignment]
    return {key: value for key, value in whole.items() if key not in apart}, apart


def filled(record: bytes, openings: Iterable[Sealed]) -> bytes:
    """The record with commitments in the place of its blanks."""
    begin, *after = record.split(_ZEROS)
    ends = [c + rest for (c, _, _), rest in zip(openings, after, strict=True)]
    return b"".join([begin, *ends])


def _once(last: Spilled, rows: list[Spilled], twins: list[Twin]) -> list[Spilled]:
    """The rows but those that have the id of the one before them, which go to the twins."""
    names = [row[0] for row in rows]
    if all(map(lt, [last[0], *names], names)):
        return rows
    kept = []
    for row in rows:
        if row[0] == last[0]:
            twins.append(Twin(row[1], row[0], row[2], last[1]))
        else:
            kept.append(row)
            last = row
    return kept


def _alike(folded: Runs[tuple[str, int, str, str]]) -> list[Twin]:
    """The same for ids that differ at most in case."""
    twins: list[Twin] = []
    before, first = "", 0
    for rows in folded.merged():
        for upper, number, name, key in rows:
            if upper == before:
                twins.append(Twin(number, name, key, first))
            else:
                before, first = upper, number
    return twins


class _Private(Mapping[str, Mapping[str, str]]):
    """Private values of the rows that have any."""

    def __init__(self, spill: Spill) -> None:
        self._spill = spill

    def __getitem__(self, name: str) -> Mapping[str, str]:
        found = self._spill.find(name)
        if found is None or not found[4]:
            raise KeyError(name)
        return codec.read_back(found[4])  # type: ignore[return-value]

    def __iter__(self) -> Iterator[str]:
        return (row[0] for row in self._spill.rows() if row[4])

    def __len__(self) -> int:
        return sum(1 for _ in self)
