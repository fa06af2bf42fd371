"""Where entries and openings of a ledger may still be found: the damaged file, copies of it, bundles."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ledger import replacing
from ledger.rescue.pages import Pages, Row
from ledger.store import which
from ledger.store.chain import Head
from verifier import codec, private, tiles
from verifier.bundle import Bundle, open_bundle
from verifier.checkpoint import Checkpoint, parse_checkpoint
from verifier.codec import Value
from verifier.errors import N_, LiuhenError, Malformed

_MOST = 1 << 40

RawOpening = tuple[bytes, bytes, bytes]
"""commitment, salt, value in canonical bytes"""


class Source(Protocol):
    """Something that may hold entries."""

    @property
    def name(self) -> str: ...
    @property
    def size(self) -> int:
        """One more than the greatest seq that it speaks of."""

    def entries(self, seq: int) -> Iterator[bytes]:
        """What it holds as entry `seq`: none, one, or several that differ."""

    @property
    def origin(self) -> str:
        """Of which log it says it is; "" where it does not."""

    @property
    def head(self) -> Head | None:
        """The head row of a file, where one could be read."""

    @property
    def published(self) -> Checkpoint | None:
        """The head of a bundle: it was given away, so others have seen it."""

    def seqs(self) -> Iterable[int]:
        """The seqs of which something is really there; `size` is only a claim."""

    def openings(self) -> Iterator[RawOpening]: ...
    def close(self) -> None: ...


@dataclass(frozen=True)
class Kept:
    """An entry as a row of `events` had it, `leaf` and `seq` as the columns say."""

    seq: int
    leaf: bytes
    raw: bytes


class FileSource:
    """A ledger file, read page by page, whatever its state."""

    def __init__(self, path: Path) -> None:
        self.name = str(path)
        self.head: Head | None = None
        self.published: Checkpoint | None = None
        self.frontier = b""
        self.origin = ""
        self.size = 0
        self._places: dict[int, list[tuple[int, int]]] = {}
        self._openings: list[tuple[int, int]] = []
        self.pages = Pages(path)
        try:
            for place, rowid, row in self.pages.rows():
                self._note(place, rowid, row)
        except BaseException:
            self.pages.close()
            raise

    def _note(self, place: tuple[int, int], rowid: int | None, row: Row) -> None:
        if rowid is None:
            if _is_opening(row):
                self._openings.append(place)
        elif _is_entry(row) and 0 <= rowid < _MOST:
            self._places.setdefault(rowid, []).append(place)
            self.size = max(self.size, rowid + 1)
        else:
            self._note_head(row)

    def _note_head(self, row: Row) -> None:
        match row:
            case (_, str(origin), int(size), bytes(leaf), bytes(root), str(time), bytes(frontier)):
                whole = (len(leaf), len(root), len(frontier) % 32) == (32, 32, 0) and 0 <= size < _MOST
                if whole and (self.head is None or size > self.head.size):
                    self.head = Head(size, leaf, root, time)
                    self.origin, self.frontier = origin, frontier

    @property
    def held(self) -> int:
        """Number of seqs of which something can be read."""
        return len(self._places)

    def seqs(self) -> set[int]:
        return set(self._places)

    def kept(self, seq: int) -> Iterator[Kept]:
        """The rows of this seq."""
        for place in self._places.get(seq, ()):
            row = self.pages.row(place)
            if row is not None and _is_entry(row):
                yield Kept(seq, row[5], row[6])  # type: ignore[arg-type]

    def entries(self, seq: int) -> Iterator[bytes]:
        for kept in self.kept(seq):
            yield kept.raw

    def openings(self) -> Iterator[RawOpening]:
        for place in self._openings:
            row = self.pages.row(place)
            if row is not None and _is_opening(row):
                yield row  # type: ignore[misc]

    def opened(self) -> dict[bytes, tuple[bytes, Value]]:
        """Openings by commitment, as far as their values can be read."""
        found = {}
        for commitment, salt, raw in self.openings():
            with contextlib.suppress(Malformed):
                found[commitment] = (salt, codec.decode(raw))
        return found

    def close(self) -> None:
        self.pages.close()


def _is_entry(row: Row) -> bool:
    match row:
        case (_, str(), int(), str(), bytes() as event, bytes() as leaf, bytes()):
            return len(event) == 16 and len(leaf) == 32
    return False


def _is_opening(row: Row) -> bool:
    match row:
        case (bytes() as commitment, bytes() as salt, bytes()):
            return (len(commitment), len(salt)) == (32, private.SALT_SIZE)
    return False


class BundleSource:
    """A bundle, folder or zip: entries by their tiles, openings where it is an inspector's."""

    def __init__(self, path: Path) -> None:
        self.name = str(path)
        self._bundle: Bundle = open_bundle(path)
        try:
            self.published: Checkpoint | None = parse_checkpoint(self._bundle.read("checkpoint"))[0]
        except BaseException:
            self._bundle.close()
            raise
        self.size, self.origin = self.published.size, self.published.origin
        self.head: Head | None = None
        self._tile = -1
        self._held: list[bytes] = []

    def entries(self, seq: int) -> Iterator[bytes]:
        if seq >= self.size:
            return
        index, place = divmod(seq, tiles.TILE_WIDTH)
        if index != self._tile:
            width = min(tiles.TILE_WIDTH, self.size - index * tiles.TILE_WIDTH)
            tile = tiles.Tile(None, index, width)
            try:
                self._held = tiles.decode_bundle(tile, self._bundle.read(tile.path))
            except LiuhenError:
                self._held = []
            self._tile = index
        if place < len(self._held):
            yield self._held[place]

    def seqs(self) -> Iterator[int]:
        for path in self._bundle.paths():
            tile = tiles.parse_path(path)
            if tile is not None and tile.level is None:
                start = tile.index * tiles.TILE_WIDTH
                yield from range(start, min(start + tile.width, self.size))

    def openings(self) -> Iterator[RawOpening]:
        name = "private/openings.msgpack"
        if self._bundle.has(name):
            with contextlib.suppress(Malformed):
                for one in private.decode_openings(self._bundle.read(name)):
                    yield one.commitment, one.salt, codec.encode(one.value)

    def close(self) -> None:
        self._bundle.close()


def damaged_of(path: Path) -> Source:
    """What is to be repaired: a ledger file whatever its state, or a bundle where no file is left."""
    if path.is_dir() or replacing.is_bundle(path):
        return source_of(path)
    return FileSource(path)


def source_of(path: Path) -> Source:
    """A copy of the ledger or a bundle. Raises E-REPAIR-FROM for anything else."""
    try:
        if path.is_file() and (which.is_ledger(path) or path.suffix in (".backup", ".db")):
            return FileSource(path)
        if path.exists():
            return BundleSource(path)
    except (LiuhenError, OSError) as error:
        raise _no_source(path) from error
    raise _no_source(path)


def _no_source(path: Path) -> LiuhenError:
    return LiuhenError(
        "E-REPAIR-FROM",
        N_("This is neither a copy of a ledger nor a bundle that can be read."),
        where=str(path),
        remedy=N_("Give a .backup file made by liuhen backup, or a bundle: its folder or its zip file."),
    )
