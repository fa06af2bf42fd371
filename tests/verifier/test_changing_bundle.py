"""A bundle that changes while it is verified: what was hashed and judged is what is reported."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import BinaryIO

import pytest

from ledger.commands import plans
from ledger.commands.bundles import export
from tests.office import Office, copied
from verifier.__main__ import main
from verifier.bundle import Bundle, FolderBundle, Steady, ZipBundle, open_bundle, read_sums
from verifier.errors import LiuhenError
from verifier.replay import verify_bundle
from verifier.report import Anchors, Verdict
from verifier.zipform import write_zip

Choose = Callable[[str, int], int]
"""Which of the two bundles answers the n-th reading of a path."""


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two sound bundles of one office whose files have the same names and sizes: two histories of its log."""
    folder = tmp_path_factory.mktemp("two")
    (folder / "first").mkdir()
    office = Office(folder / "first")
    office.ready()
    office.draw()
    office.book.close()
    twins = [copied(office, folder / name) for name in ("second", "third")]
    written = []
    for held, year in zip(twins, (2025, 2024), strict=True):
        plans.adopt_calendar(held.book, held.clerk, year, "国办发明电", [], [])
        written.append(folder / str(year))
        export(held.book, held.log, written[-1])
        held.book.close()
    return written[0], written[1]


class Turning(Bundle):
    """Answers each reading from one of two bundles; remembers of which path it gave what."""

    def __init__(self, folders: tuple[Path, Path], choose: Choose) -> None:
        self.name = "turning"
        self._two = [FolderBundle(folder) for folder in folders]
        self._choose = choose
        self._counted: Counter[str] = Counter()
        self.given: dict[str, set[bytes]] = {}

    def paths(self) -> tuple[str, ...]:
        return self._two[0].paths()

    def size(self, path: str) -> int:
        return self._two[0].size(path)

    def open(self, path: str) -> BinaryIO:
        self._counted[path] += 1
        which = self._two[self._choose(path, self._counted[path])]
        self.given.setdefault(path, set()).add(sha256(which.read(path)).digest())
        return which.open(path)

    def close(self) -> None:
        """Nothing is held open."""

    @property
    def readings(self) -> Counter[str]:
        return self._counted


def passes(bundle: Bundle) -> bool:
    try:
        return verify_bundle(bundle, Anchors()).verdict is Verdict.PASS
    except LiuhenError:
        return False


def differing(two: tuple[Path, Path]) -> list[str]:
    """The paths whose bytes differ between the two bundles."""
    one, other = (FolderBundle(folder) for folder in two)
    assert {p: one.size(p) for p in one.paths()} == {p: other.size(p) for p in other.paths()}
    return [path for path in one.paths() if one.read(path) != other.read(path)]


def test_both_bundles_pass_and_hold_files_of_the_same_sizes(two: tuple[Path, Path]) -> None:
    for which in (0, 1):
        turning = Turning(two, lambda _path, _nth, which=which: which)  # type: ignore[misc]
        assert passes(turning)
        assert max(map(len, turning.given.values())) == 1
    assert "checkpoint" in differing(two)


def test_a_log_that_is_another_than_the_one_that_was_hashed_does_not_pass(two: tuple[Path, Path]) -> None:
    """The hashes are compared with the one history, the entries and their head are those of the other."""
    listed = ("SHA256SUMS", "SHA256SUMS.note")

    def choose(path: str, nth: int) -> int:
        if path in listed:
            return 0
        hashed = 2 if path == "checkpoint" else 1  # the head is read first, then hashed
        return int(nth != hashed)

    assert not passes(Turning(two, choose))


def test_a_file_that_differs_at_one_reading_from_another_is_noticed(two: tuple[Path, Path]) -> None:
    """Each file of the draw, the log and its keys, at each of its readings."""
    whole = Turning(two, lambda _path, _nth: 0)
    assert passes(whole)
    for changed in differing(two):
        for reading in range(1, whole.readings[changed] + 1):

            def choose(path: str, nth: int, changed: str = changed, reading: int = reading) -> int:
                return int(path == changed and nth == reading)

            assert not passes(Turning(two, choose)), (changed, reading)


def flipped(folder: Path, path: str) -> bytes:
    content = (folder / path).read_bytes()
    return content[:-1] + bytes([content[-1] ^ 1])


def test_a_file_of_a_draw_that_was_another_when_it_was_hashed_is_noticed(
    two: tuple[Path, Path], tmp_path: Path
) -> None:
    """The file as the list has it is hashed, another one compared with the draw, or the other way round."""
    other = tmp_path / "other"
    shutil.copytree(two[0], other)
    draws = [path for path in FolderBundle(two[0]).paths() if path.startswith("draws/")]
    assert draws
    for changed in draws:
        (other / changed).write_bytes(flipped(two[0], changed))
        for reading in (1, 2):

            def choose(path: str, nth: int, changed: str = changed, reading: int = reading) -> int:
                return int(path == changed and nth == reading)

            assert not passes(Turning((two[0], other), choose)), (changed, reading)


class Exchange:
    """Before the n-th file is opened, the files on the disk become those of another bundle."""

    def __init__(self, place: Path, other: Path, moment: int) -> None:
        self.place, self.other, self.moment = place, other, moment
        self.opened: list[str] = []

    def step(self, path: str) -> None:
        self.opened.append(path)
        if len(self.opened) == self.moment:
            lay(self.other, self.place)

    @property
    def read_before(self) -> list[str]:
        """The paths that were opened before it."""
        return self.opened[: self.moment - 1]

    @property
    def read_after(self) -> list[str]:
        """The paths that were opened after the exchange."""
        return self.opened[self.moment - 1 :]


@pytest.mark.parametrize("packed", [False, True])
def test_a_bundle_that_is_exchanged_on_the_disk_ends_with_1_or_4(
    packed: bool, two: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Never with a traceback; with 0 only where all that differs was read before the exchange or after."""
    one, other = (zipped(folder, tmp_path) for folder in two) if packed else two
    kind = ZipBundle if packed else FolderBundle
    place = tmp_path / ("bundle.zip" if packed else "bundle")
    opening = kind.open
    apart = set(differing(two))
    ends = []
    for moment in count(1):
        lay(one, place)
        exchange = Exchange(place, other, moment)

        def opened(self: Bundle, path: str, exchange: Exchange = exchange) -> BinaryIO:
            exchange.step(path)
            return opening(self, path)  # type: ignore[arg-type]

        monkeypatch.setattr(kind, "open", opened)
        end = main([str(place)])
        ends.append(end)
        mixed = apart & set(exchange.read_before) and apart & set(exchange.read_after)
        assert end in (1, 4) if mixed else end == 0, moment
        if not exchange.read_after:
            break
    assert set(ends) >= {0, 1}


def pieces(files: Bundle, path: str) -> Iterator[bytes]:
    yield files.read(path)


def zipped(folder: Path, to: Path) -> Path:
    target = to / f"{folder.name}.zip"
    files = FolderBundle(folder)
    with target.open("wb") as file:
        write_zip(file, [(path, partial(pieces, files, path)) for path in files.paths()])
    return target


def lay(source: Path, place: Path) -> None:
    if source.is_dir():
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(source, place)
    else:
        place.write_bytes(source.read_bytes())


def test_a_file_that_was_read_whole_in_pieces_must_stay_too(two: tuple[Path, Path]) -> None:
    steady = Steady(Turning(two, lambda _path, nth: nth - 1))
    with steady.open("checkpoint") as file:
        steady.stays("checkpoint", sha256(file.read()).digest())
    with pytest.raises(LiuhenError) as changed:
        steady.digest("checkpoint")
    assert (changed.value.code, changed.value.where) == ("E-BUNDLE-CHANGED", "checkpoint")


def test_a_file_that_goes_while_the_bundle_is_read_is_named(two: tuple[Path, Path], tmp_path: Path) -> None:
    place = tmp_path / "bundle"
    lay(two[0], place)
    with open_bundle(place) as bundle:
        read_sums(bundle)
        (place / "checkpoint").unlink()
        with pytest.raises(LiuhenError) as gone:
            verify_bundle(bundle, Anchors())
    assert (gone.value.code, gone.value.where) == ("E-BUNDLE-OPEN", "checkpoint")
