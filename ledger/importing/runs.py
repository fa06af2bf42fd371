"""Rows sorted outside of memory: sorted runs in a file, merged when they are read.

The file has no name, or goes with the program: the system removes it however the program ends. What stands in
it is ours alone, so it is unpacked without being judged.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, Generic, NamedTuple, TypeVar

import msgpack

R = TypeVar("R", bound=tuple[Any, ...])
RUN = 25_000
"""Rows sorted in memory."""
BLOCK = 500
"""Rows read at once from a run: 80 runs, those of the largest file allowed, are 40,000 rows in memory."""
_pack = msgpack.Packer(use_bin_type=True, autoreset=True).pack


class Block(NamedTuple):
    """Where some rows of a run stand in the file."""

    start: int
    size: int


def blocks_of(rows: Sequence[tuple[Any, ...]]) -> list[bytes]:
    """One run: the rows in order, packed in blocks."""
    ordered = sorted(rows)
    return [_pack(ordered[at : at + BLOCK]) for at in range(0, len(ordered), BLOCK)]


def unpacked(block: bytes) -> tuple[Any, ...]:
    """The rows of a packed block."""
    rows: tuple[Any, ...] = msgpack.unpackb(block, use_list=False)
    return rows


class Runs(Generic[R]):
    """Rows of texts, numbers and bytes, which differ."""

    def __init__(self) -> None:
        from tempfile import TemporaryFile

        self._file = TemporaryFile(buffering=0)  # noqa: SIM115 - it lives as long as the rows
        self._end = 0
        self._waiting: list[R] = []
        self.runs: list[list[Block]] = []

    def add(self, rows: Iterable[R]) -> None:
        """More rows, in any order."""
        self._waiting += rows
        if len(self._waiting) >= RUN:
            self._put_away()

    def _put_away(self) -> None:
        waiting, self._waiting = self._waiting, []
        self.put(blocks_of(waiting))

    def put(self, run: Iterable[bytes]) -> None:
        """A run as `blocks_of` gives it."""
        self.runs.append([self._write(data) for data in run])

    def put_on(self, rows: list[R]) -> None:
        """A block more of the one run, whose rows come in order."""
        if not self.runs:
            self.runs.append([])
        self.runs[0].append(self._write(_pack(rows)))

    def _write(self, data: bytes) -> Block:
        block = Block(self._end, len(data))
        self._file.seek(block.start)
        left = memoryview(data)
        while left:
            left = left[self._file.write(left) :]
        self._end += block.size
        return block

    def packed(self, block: Block) -> bytes:
        """The rows of a block, for `unpacked`."""
        self._file.seek(block.start)
        return self._file.read(block.size)

    def read(self, block: Block) -> list[R]:
        """The rows of a block."""
        return list(unpacked(self.packed(block)))

    def merged(self) -> Iterator[list[R]]:
        """All rows in order, some at a time."""
        self._put_away()
        ahead = [iter(run) for run in self.runs]
        held = [self._next(blocks) for blocks in ahead]
        while any(held):
            # Up to here no run can have a row that was not read.
            edge = min(rows[-1] for rows in held if rows)
            cuts = [bisect_right(rows, edge) for rows in held]
            yield sorted(chain.from_iterable(r[:cut] for r, cut in zip(held, cuts, strict=True)))
            held = [rows[cut:] for rows, cut in zip(held, cuts, strict=True)]
            for place, rows in enumerate(held):
                if not rows:
                    held[place] = self._next(ahead[place])

    def _next(self, blocks: Iterator[Block]) -> list[R]:
        block = next(blocks, None)
        return self.read(block) if block else []

    def close(self) -> None:
        """Give the file back."""
        self._file.close()
