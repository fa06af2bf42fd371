"""The log as files: which files there are, that they read back, and that damage is found at its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.verifier import demolog
from verifier import merkle, tiles
from verifier.errors import Exit, Malformed
from verifier.tiles import Tile, TileMismatch

SIZE = 600


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 273, 112), "tile/0/273.p/112"),
        (Tile(0, 1000), "tile/0/x001/000"),
        (Tile(None, 1234067, 8), "tile/entries/x001/x234/067.p/8"),
        (Tile(63, 999_999), "tile/63/x999/999"),
    ],
)
def test_paths_are_those_of_the_specification(tile: Tile, path: str) -> None:
    assert tile.path == path
    assert tiles.parse_path(path) == tile


@given(st.none() | st.integers(0, 63), st.integers(0, 10**10), st.integers(1, 256))
def test_every_path_reads_back(level: int | None, index: int, width: int) -> None:
    tile = Tile(level, index, width)
    assert tiles.parse_path(tile.path) == tile


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("tile/0/0", id="an index of one digit"),
        pytest.param("tile/00/000", id="a level with a leading zero"),
        pytest.param("tile/64/000", id="a level beyond 63"),
        pytest.param("tile/0/1000", id="an index of four digits"),
        pytest.param("tile/0/x000/001", id="an empty group in front"),
        pytest.param("tile/0/001/000", id="a group without x"),
        pytest.param("tile/0/000.p/0", id="a partial tile of nothing"),
        pytest.param("tile/0/000.p/256", id="a partial tile that is full"),
        pytest.param("tile/0/000.p/08", id="a width with a leading zero"),
        pytest.param("tile/data/000", id="another kind"),
        pytest.param("/tile/0/000", id="an absolute path"),
        pytest.param("tile/0/000\n", id="a newline"),
        pytest.param("tile/0/\u0660\u0660\u0660", id="other digits"),
    ],
)
def test_a_path_in_another_spelling_names_nothing(path: str) -> None:
    assert tiles.parse_path(path) is None


def test_a_full_tile_makes_a_partial_one_above_it() -> None:
    assert [t.path for t in tiles.tiles(256)] == ["tile/entries/000", "tile/0/000", "tile/1/000.p/1"]


def test_a_log_of_70000_entries_has_the_files_of_the_specification() -> None:
    hash_tiles = [t.path for t in tiles.tiles(70_000) if t.level is not None]
    assert len(hash_tiles) == 277
    assert hash_tiles[272:] == [
        "tile/0/272",
        "tile/0/273.p/112",
        "tile/1/000",
        "tile/1/001.p/17",
        "tile/2/000.p/1",
    ]


def test_the_empty_log_has_no_tiles() -> None:
    assert list(tiles.tiles(0)) == []
    assert list(tiles.write_tiles([])) == []
    nothing: dict[str, bytes] = {}
    assert list(tiles.TileReader(nothing.__getitem__, 0, merkle.EMPTY_ROOT).entries()) == []


@pytest.mark.parametrize("size", [1, 255, 256, 257, 512, 600, 65_537])
def test_a_written_log_has_its_files_and_reads_back(size: int) -> None:
    files = dict(tiles.write_tiles(demolog.entries(size)))
    reader = tiles.TileReader(files.__getitem__, size, merkle.root(demolog.leaves(size)))
    assert sorted(files) == sorted(t.path for t in tiles.tiles(size))
    assert list(reader.entries()) == list(demolog.entries(size))


@settings(max_examples=30)
@given(st.lists(st.binary(max_size=5), max_size=300))
def test_entries_of_any_bytes_read_back(entries: list[bytes]) -> None:
    files = dict(tiles.write_tiles(entries))
    root = merkle.root(map(merkle.leaf_hash, entries))
    assert list(tiles.TileReader(files.__getitem__, len(entries), root).entries()) == entries


def test_the_longest_entry_is_written_and_no_longer_one() -> None:
    longest = bytes(tiles.MAX_ENTRY)
    files = dict(tiles.write_tiles([longest]))
    assert files["tile/entries/000.p/1"] == b"\xff\xff" + longest
    assert list(tiles.TileReader(files.__getitem__, 1, merkle.leaf_hash(longest)).entries()) == [longest]
    with pytest.raises(Malformed, match="E-TILE-ENTRY"):
        dict(tiles.write_tiles([longest + b"\0"]))


def test_files_come_while_entries_still_come() -> None:
    taken = 0

    def endless() -> Iterator[bytes]:
        nonlocal taken
        while True:
            taken += 1
            yield b"entry"

    written = tiles.write_tiles(endless())
    assert [next(written)[0] for _ in range(5)] == [
        "tile/entries/000",
        "tile/0/000",
        "tile/entries/001",
        "tile/0/001",
        "tile/entries/002",
    ]
    assert taken == 3 * 256


def flip(place: int) -> Callable[[bytes], bytes]:
    return lambda b: b[:place] + bytes([b[place] ^ 1]) + b[place + 1 :]


def damaged(path: str, damage: Callable[[bytes], bytes]) -> tiles.TileReader:
    files = dict(tiles.write_tiles(demolog.entries(SIZE)))
    files[path] = damage(files[path])
    return tiles.TileReader(files.__getitem__, SIZE, demolog.head(SIZE).root)


@pytest.mark.parametrize(
    ("path", "damage", "place", "entry"),
    [
        pytest.param("tile/entries/001", flip(10), "tile/0/001", 256, id="a byte of an entry"),
        pytest.param("tile/0/001", flip(33), "tile/0/001", 257, id="a byte of a hash tile"),
        pytest.param("tile/0/002.p/88", flip(-1 % (88 * 32)), "tile/0/002.p/88", 599, id="the last hash"),
        pytest.param("tile/1/000.p/2", flip(40), "tile/1/000.p/2", 256, id="a byte of an upper tile"),
        pytest.param("tile/0/001", lambda b: b[:-32], "tile/0/001", None, id="a hash tile cut short"),
        pytest.param("tile/0/001", lambda b: b + b"\0", "tile/0/001", None, id="a hash tile too long"),
        pytest.param(
            "tile/entries/002.p/88", lambda b: b[:-1], "tile/entries/002.p/88", 599, id="a cut entry"
        ),
        pytest.param(
            "tile/entries/002.p/88",
            lambda b: b[: -2 - len('{"seq":599,"type":"demo"}')],
            "tile/entries/002.p/88",
            599,
            id="an entry missing",
        ),
        pytest.param("tile/entries/001", lambda b: b"", "tile/entries/001", 256, id="an empty bundle"),
        pytest.param("tile/entries/001", lambda b: b + b"\0", "tile/entries/001", 512, id="one byte more"),
        pytest.param("tile/entries/001", lambda b: b + b"\0\0", "tile/entries/001", 512, id="an entry more"),
        pytest.param("tile/entries/000", flip(0), "tile/entries/000", 1, id="a wrong length"),
    ],
)
def test_damage_is_found_at_its_place(
    path: str, damage: Callable[[bytes], bytes], place: str, entry: int | None
) -> None:
    with pytest.raises(TileMismatch) as caught:
        list(damaged(path, damage).entries())
    assert caught.value.path == place
    assert caught.value.exit is Exit.FAIL
    assert caught.value.entry == entry


def test_a_reader_that_collects_gives_every_entry_and_every_mismatch() -> None:
    files = dict(tiles.write_tiles(demolog.entries(SIZE)))
    for path in ("tile/0/000", "tile/1/000.p/2"):
        files[path] = flip(0)(files[path])
    found: list[TileMismatch] = []
    reader = tiles.TileReader(files.__getitem__, SIZE, merkle.EMPTY_ROOT, found.append)
    assert list(reader.entries()) == list(demolog.entries(SIZE))
    assert [m.path for m in found] == ["tile/0/000", "tile/1/000.p/2", "checkpoint"]
    assert found[-1].found == demolog.head(SIZE).root.hex()


def test_another_root_in_the_head_is_found() -> None:
    files = dict(tiles.write_tiles(demolog.entries(SIZE)))
    reader = tiles.TileReader(files.__getitem__, SIZE, demolog.head(SIZE - 1).root)
    with pytest.raises(TileMismatch, match="checkpoint"):
        list(reader.entries())


def test_a_missing_file_is_the_reader_s_own_error() -> None:
    files = dict(tiles.write_tiles(demolog.entries(SIZE)))
    del files["tile/1/000.p/2"]
    with pytest.raises(KeyError):
        list(tiles.TileReader(files.__getitem__, SIZE, demolog.head(SIZE).root).entries())


@pytest.mark.parametrize("earlier", [1, 100, 255, 256, 300, 511, 599])
def test_tiles_of_an_earlier_size_are_prefixes_of_todays(earlier: int) -> None:
    files = dict(tiles.write_tiles(demolog.entries(SIZE)))
    for path, content in tiles.write_tiles(demolog.entries(earlier)):
        tile = tiles.parse_path(path)
        assert tile is not None
        now = tiles.now_in(tile, SIZE)
        assert now is not None
        assert tiles.is_prefix(tile, content, files[now.path])
        assert not tiles.is_prefix(tile, content[:-1], files[now.path])
        assert not tiles.is_prefix(tile, flip(len(content) - 1)(content), files[now.path])
        if now.width > tile.width:
            assert not tiles.is_prefix(tile, files[now.path], files[now.path])


@pytest.mark.parametrize("tile", [Tile(0, 2, 89), Tile(0, 3, 1), Tile(1, 0, 3), Tile(2, 0, 1), Tile(None, 2)])
def test_a_tile_of_a_later_size_begins_nothing(tile: Tile) -> None:
    assert tiles.now_in(tile, SIZE) is None
