"""The log as files: C2SP tlog-tiles, height 8.

- a hash tile is up to 256 hashes: level 0 holds leaf hashes, a hash of level L > 0 is the root of one full
  tile of level L−1
- an entry bundle is up to 256 entries, each behind its length in two bytes, big-endian
- a partial tile has its width in its path (`tile/0/001.p/44`); a log of a given size has, besides its full
  tiles, at most one partial tile per level

`write_tiles` turns a stream of entries into files, `TileReader` turns files back into the stream and compares
every hash on the way. Both keep one tile per level and one entry bundle in memory.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Self

from verifier.errors import N_, Exit, LiuhenError, Malformed
from verifier.merkle import EMPTY_ROOT, HASH_SIZE, Frontier, leaf_hash, node_hash

TILE_WIDTH = 256
MAX_ENTRY = 65_535
MAX_HASH_TILE = TILE_WIDTH * HASH_SIZE
MAX_BUNDLE = TILE_WIDTH * (2 + MAX_ENTRY)

_PATH = re.compile(r"tile/(entries|[0-9]{1,2})/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([0-9]{1,3}))?")


class TileMismatch(LiuhenError):  # noqa: N818 - it names the finding
    """A file of the log does not hold what the entries or the checkpoint say (exit 1).

    `path` is the file, `entry` the first entry it concerns where that is known, `expected` what the file
    says, `found` what follows from the entries.
    """

    exit = Exit.FAIL

    def __init__(self, path: str, expected: str, found: str, entry: int | None = None) -> None:
        self.path = path
        self.expected = expected
        self.found = found
        self.entry = entry
        super().__init__(
            "E-TILE-MISMATCH",
            N_("The log's files contradict each other: expected {expected}, found {found}."),
            where=path if entry is None else f"{path} #{entry}",
            remedy=N_("Copy the files again; if it stays so, tell the office that published them."),
            expected=expected,
            found=found,
        )


@dataclass(frozen=True, order=True)
class Tile:
    """One file of the log: level (None for an entry bundle), index, and width from 1 to 256."""

    level: int | None
    index: int
    width: int = TILE_WIDTH

    @property
    def path(self) -> str:
        """The path below the log's folder, for instance `tile/0/x001/x234/067.p/8`."""
        groups = f"{self.index % 1000:03}"
        rest = self.index // 1000
        while rest:
            groups = f"x{rest % 1000:03}/{groups}"
            rest //= 1000
        kind = "entries" if self.level is None else self.level
        return f"tile/{kind}/{groups}" + ("" if self.width == TILE_WIDTH else f".p/{self.width}")


def parse_path(path: str) -> Tile | None:
    """The tile that this path names in its one spelling, or None."""
    match = _PATH.fullmatch(path)
    if match is None:
        return None
    kind, groups, width = match.groups()
    tile = Tile(
        None if kind == "entries" else int(kind),
        int(groups.replace("x", "").replace("/", "")),
        TILE_WIDTH if width is None else int(width),
    )
    good = 1 <= tile.width <= TILE_WIDTH and (tile.level is None or tile.level <= 63) and tile.path == path
    return tile if good else None


def tiles(size: int) -> Iterator[Tile]:
    """Every file of a log with `size` entries: entry bundles, then hash tiles level by level."""
    yield from _row(None, size)
    level = 0
    while size:
        yield from _row(level, size)
        size //= TILE_WIDTH
        level += 1


def _row(level: int | None, count: int) -> Iterator[Tile]:
    full, partial = divmod(count, TILE_WIDTH)
    yield from (Tile(level, index) for index in range(full))
    if partial:
        yield Tile(level, full, partial)


def now_in(tile: Tile, size: int) -> Tile | None:
    """The tile of the log of `size` entries that begins with this earlier one; None when there is none."""
    count = size if tile.level is None else size >> 8 * tile.level
    width = min(count - tile.index * TILE_WIDTH, TILE_WIDTH)
    return Tile(tile.level, tile.index, width) if width >= tile.width else None


def is_prefix(tile: Tile, earlier: bytes, current: bytes) -> bool:
    """Whether `earlier` is the whole content that `tile` had when the log was shorter (design §6).

    For the public site, which keeps earlier partial tiles. `current` is the checked content of
    `now_in(tile, size)`.
    """
    if tile.level is not None:
        return len(earlier) == tile.width * HASH_SIZE and current.startswith(earlier)
    end = 0
    for _ in range(tile.width):
        end += 2 + int.from_bytes(current[end : end + 2], "big")
    return earlier == current[:end]


def encode_bundle(entries: Iterable[bytes]) -> bytes:
    """An entry bundle of these entries. Malformed (E-TILE-ENTRY) when one is longer than 65,535 bytes."""
    content = bytearray()
    for entry in entries:
        if len(entry) > MAX_ENTRY:
            raise Malformed("E-TILE-ENTRY", N_("An entry is longer than {limit} bytes."), limit=MAX_ENTRY)
        content += len(entry).to_bytes(2, "big") + entry
    return bytes(content)


def decode_bundle(tile: Tile, content: bytes) -> list[bytes]:
    """The `tile.width` entries of a bundle. TileMismatch when the bytes end too early or go on."""
    entries: list[bytes] = []
    end, length = 0, len(content)
    while len(entries) < tile.width and end + 2 <= length:
        start = end + 2
        end = start + (content[end] << 8 | content[end + 1])
        if end > length:
            break
        entries.append(content[start:end])
    if len(entries) < tile.width or end != length:
        place = tile.index * TILE_WIDTH + len(entries)
        raise TileMismatch(
            tile.path, f"{tile.width} entries", f"{len(entries)} entries in {length} bytes", place
        )
    return entries


class GrowingTiles:
    """The hash tiles of a growing log: one unfinished tile per level."""

    def __init__(self) -> None:
        self._frontiers: list[Frontier] = []
        self._contents: list[bytearray] = []
        self._indexes: list[int] = []

    @classmethod
    def at(cls, size: int, read: Callable[[str], bytes]) -> Self:
        """Those of a log of `size` entries, from its partial hash tiles alone. Nothing is compared: what was
        read is right when `root` is that of the signed head. What `read` raises passes through.
        """
        levels, count = cls(), size
        while count:
            index, width = divmod(count, TILE_WIDTH)
            content = read(Tile(len(levels._indexes), index, width).path) if width else b""
            frontier = Frontier()
            for place in range(width):
                frontier.append(_hash_at(content, place))
            levels._frontiers.append(frontier)
            levels._contents.append(bytearray(content))
            levels._indexes.append(index)
            count = index
        return levels

    def append(self, leaf: bytes) -> Iterator[tuple[Tile, bytes]]:
        """Add a leaf hash; gives the tiles that this completes, lower levels first."""
        return self.extend([leaf])

    def extend(self, leaves: Sequence[bytes]) -> Iterator[tuple[Tile, bytes]]:
        """Add many leaf hashes; gives the tiles that they complete, as `append` would one after the other."""
        return self._add(0, leaves)

    def _add(self, level: int, values: Sequence[bytes]) -> Iterator[tuple[Tile, bytes]]:
        if level == len(self._frontiers):
            self._frontiers.append(Frontier())
            self._contents.append(bytearray())
            self._indexes.append(0)
        while values:
            frontier, content = self._frontiers[level], self._contents[level]
            room = TILE_WIDTH - frontier.size
            frontier.extend(values[:room])
            content += b"".join(values[:room])
            values = values[room:]
            if frontier.size == TILE_WIDTH:
                yield Tile(level, self._indexes[level]), bytes(content)
                self._frontiers[level] = Frontier()
                self._contents[level] = bytearray()
                self._indexes[level] += 1
                yield from self._add(level + 1, [frontier.root()])

    def partial(self) -> Iterator[tuple[Tile, bytes]]:
        """The tiles that are not full, lower levels first."""
        for level, content in enumerate(self._contents):
            if content:
                yield Tile(level, self._indexes[level], len(content) // HASH_SIZE), bytes(content)

    def hashes(self) -> list[bytes]:
        """The perfect subtrees, the largest first, as `Frontier` has them."""
        return [value for frontier in reversed(self._frontiers) for value in frontier.hashes]

    def root(self) -> bytes:
        """Root of the whole log: its perfect subtrees are those of the unfinished tiles."""
        subtrees = self.hashes()
        if not subtrees:
            return EMPTY_ROOT
        top = subtrees.pop()
        while subtrees:
            top = node_hash(subtrees.pop(), top)
        return top


def write_tiles(entries: Iterable[bytes]) -> Iterator[tuple[str, bytes]]:
    """Path and content of every file of the log of these entries, as `tiles` of its size names them.

    Files come as they are complete, so the partial ones come last. Malformed (E-TILE-ENTRY) when an entry is
    longer than 65,535 bytes.
    """
    levels, stream, index = GrowingTiles(), iter(entries), 0
    while batch := list(islice(stream, TILE_WIDTH)):
        yield Tile(None, index, len(batch)).path, encode_bundle(batch)
        for entry in batch:
            for tile, content in levels.append(leaf_hash(entry)):
                yield tile.path, content
        index += 1
    for tile, content in levels.partial():
        yield tile.path, content


def grow_tiles(
    levels: GrowingTiles, size: int, read: Callable[[str], bytes], entries: Iterable[bytes]
) -> Iterator[tuple[str, bytes]]:
    """Path and content of the files that `entries` after the first `size` change or add.

    `levels` are those at `size`, and go on to the end; `read` gives the partial entry bundle of that size.
    Without any entry the partial files come as they are.
    """
    index, width = divmod(size, TILE_WIDTH)
    bundle = bytearray(read(Tile(None, index, width).path) if width else b"")
    for entry in entries:
        bundle += encode_bundle([entry])
        width += 1
        for tile, content in levels.append(leaf_hash(entry)):
            yield tile.path, content
        if width == TILE_WIDTH:
            yield Tile(None, index).path, bytes(bundle)
            index, width = index + 1, 0
            bundle.clear()
    if width:
        yield Tile(None, index, width).path, bytes(bundle)
    for tile, content in levels.partial():
        yield tile.path, content


def _raise(mismatch: TileMismatch) -> None:
    raise mismatch


class TileReader:
    """Reads a log of `size` entries whose checkpoint shows `root`, through `read(path) -> bytes`.

    What `read` raises for a missing file passes through. A hash tile or root that differs from what the
    entries give goes to `on_mismatch`, which raises unless the caller wants to collect them and read on; an
    entry bundle that cannot be cut into its entries always raises TileMismatch.
    """

    def __init__(
        self,
        read: Callable[[str], bytes],
        size: int,
        root: bytes,
        on_mismatch: Callable[[TileMismatch], None] = _raise,
    ) -> None:
        self._read = read
        self._size = size
        self._root = root
        self._on_mismatch = on_mismatch

    def entries(self, start: int = 0, levels: GrowingTiles | None = None) -> Iterator[bytes]:
        """The entries in order, from `start` on where `levels` are the hash tiles of those before it. A full
        hash tile is compared before its entries are given; partial tiles and the root are compared after the
        last entry, so only an exhausted stream is a checked one.
        """
        return (entry for entry, _ in self.hashed(start, levels))

    def hashed(self, start: int = 0, levels: GrowingTiles | None = None) -> Iterator[tuple[bytes, bytes]]:
        """The same entries, each with its leaf hash; `levels` grow with them."""
        levels = GrowingTiles() if levels is None else levels
        for bundle in islice(_row(None, self._size), start // TILE_WIDTH, None):
            entries = decode_bundle(bundle, self._read(bundle.path))
            del entries[: max(0, start - bundle.index * TILE_WIDTH)]
            leaves = [leaf_hash(entry) for entry in entries]
            for tile, content in levels.extend(leaves):
                self._compare(tile, content)
            yield from zip(entries, leaves, strict=True)
        for tile, content in levels.partial():
            self._compare(tile, content)
        if levels.root() != self._root:
            self._on_mismatch(TileMismatch("checkpoint", self._root.hex(), levels.root().hex()))

    def _compare(self, tile: Tile, found: bytes) -> None:
        stored = self._read(tile.path)
        if stored == found:
            return
        if len(stored) != len(found):
            self._on_mismatch(TileMismatch(tile.path, f"{len(stored)} bytes", f"{len(found)} bytes"))
            return
        place = next(i for i in range(tile.width) if _hash_at(stored, i) != _hash_at(found, i))
        self._on_mismatch(
            TileMismatch(
                tile.path,
                _hash_at(stored, place).hex(),
                _hash_at(found, place).hex(),
                (tile.index * TILE_WIDTH + place) << 8 * (tile.level or 0),
            )
        )


def _hash_at(content: bytes, place: int) -> bytes:
    return content[place * HASH_SIZE : (place + 1) * HASH_SIZE]
