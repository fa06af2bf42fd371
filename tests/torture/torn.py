"""Power cuts by the book: of what was not flushed, the disk keeps what it likes, sector by sector.

Every write, truncation, flush and deletion that SQLite asks for is recorded, and when the clerk was told of
an entry. From that, disks are made as a cut at any point may leave them: what was flushed stands; of each
later write any of its sectors of 512 bytes may be there, in no order; a truncation or a deletion may have
come or not.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import apsw

from tests.torture import scene
from tests.torture.bridge import connecting
from tests.torture.checker import breaches
from tests.torture.outcome import Outcome

NAME = "recording"
SECTOR = 512
APPENDS = 6


@dataclass(frozen=True)
class Deed:
    """`kind` is write, truncate, sync, delete or acknowledge; `at` an offset, a size or a seq."""

    kind: str
    file: str = ""
    at: int = 0
    data: bytes = b""


class _File(apsw.VFSFile):
    def __init__(self, deeds: list[Deed], name: Any, flags: Any) -> None:
        self._deeds = deeds
        self._name = Path(name.filename() if isinstance(name, apsw.URIFilename) else name).name
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:
        self._deeds.append(Deed("write", self._name, offset, bytes(data)))
        super().xWrite(data, offset)

    def xTruncate(self, size: int) -> None:
        self._deeds.append(Deed("truncate", self._name, size))
        super().xTruncate(size)

    def xSync(self, flags: int) -> None:
        super().xSync(flags)
        self._deeds.append(Deed("sync", self._name))


class _FileSystem(apsw.VFS):
    def __init__(self, deeds: list[Deed]) -> None:
        self._deeds = deeds
        super().__init__(NAME, "")

    def xOpen(self, name: Any, flags: Any) -> apsw.VFSFile:
        return _File(self._deeds, name, flags)

    def xDelete(self, name: str, sync: bool) -> None:
        super().xDelete(name, sync)
        self._deeds.append(Deed("delete", Path(name).name, int(sync)))


@contextmanager
def _recording(deeds: list[Deed]) -> Iterator[None]:
    system = _FileSystem(deeds)
    try:
        with connecting(NAME):
            yield
    finally:
        system.unregister()


class Disk:
    """What stands on a disk, file by file."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = {name: bytearray(data) for name, data in files.items()}

    def write(self, name: str, at: int, data: bytes) -> None:
        file = self.files.setdefault(name, bytearray())
        file.extend(bytes(max(0, at + len(data) - len(file))))
        file[at : at + len(data)] = data

    def do(self, deed: Deed) -> None:
        if deed.kind == "write":
            self.write(deed.file, deed.at, deed.data)
        elif deed.kind == "truncate":
            del self.files.setdefault(deed.file, bytearray())[deed.at :]
        elif deed.kind == "delete":
            self.files.pop(deed.file, None)

    def perhaps(self, deed: Deed, chance: random.Random, share: float) -> None:
        """The deed as far as it reached the disk without a flush."""
        if deed.kind != "write":
            if chance.random() < share:
                self.do(deed)
            return
        at = 0
        while at < len(deed.data):
            end = at + SECTOR - (deed.at + at) % SECTOR
            if chance.random() < share:
                self.write(deed.file, deed.at + at, deed.data[at:end])
            at = end


def after_cut(before: dict[str, bytes], deeds: list[Deed], chance: random.Random) -> Disk:
    """A disk as a cut after `deeds` may leave it."""
    flushed = {}
    for place, deed in enumerate(deeds):
        if deed.kind == "sync" or (deed.kind == "delete" and deed.at):
            flushed[deed.file] = place
    made, share = Disk(before), chance.choice((0.0, 0.1, 0.5, 0.9, 1.0))
    for place, deed in enumerate(deeds):
        if place <= flushed.get(deed.file, -1):
            made.do(deed)
        else:
            made.perhaps(deed, chance, share)
    return made


def play(folder: Path, rounds: int, append: scene.Append = scene.honest, seed: int = 13) -> Outcome:
    """So many disks, cut points spread evenly over some appends, a checkpoint and the closing of the file."""
    outcome = Outcome("power cut, torn sectors (model of the disk)")
    chance = random.Random(seed)
    desk = scene.office(folder / "recorded")
    before = {desk.ledger.name: desk.ledger.read_bytes()}
    deeds: list[Deed] = []
    with _recording(deeds):
        book, signer = scene.opened(desk)
        for _ in range(2):
            with book:
                for _ in range(APPENDS):
                    append(book, signer, lambda seq, leaf: deeds.append(Deed("acknowledge", "", seq, leaf)))
            book, signer = scene.opened(desk)
        book.close()
    for round_ in range(rounds):
        point = 1 + round_ * len(deeds) // rounds
        done = deeds[:point]
        place = folder / "cut"
        place.mkdir()
        for name, data in after_cut(before, done, chance).files.items():
            (place / name).write_bytes(data)
        acks = [(deed.at, deed.data) for deed in done if deed.kind == "acknowledge"]
        broken = breaches(place / desk.ledger.name, acks)
        outcome.breaches += [f"cut at step {point}: {one}" for one in broken]
        outcome.rounds += 1
        outcome.hits += any(deed.kind == "write" for deed in done)
        outcome.acknowledged += len(acks)
        shutil.rmtree(place)
    return outcome


def control(folder: Path, rounds: int) -> Outcome:
    return play(folder, rounds, scene.unsynced(scene.honest))
