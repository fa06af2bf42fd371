"""The new state of a site, beside the old one until it is whole.

Every file that differs is written into a folder of its own on the same disk and flushed; so a full disk is
met before anything is touched. Then each takes its name by one rename, the tiles before the lists and the
checkpoint last; and where a rename fails, what was there comes back.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path, PurePosixPath

from ledger.durable import sync_folder
from ledger.site.folder import OWN, STAGING, stamp_of
from ledger.site.memory import Stamp
from verifier import paths

LAST = (paths.SUMS, paths.NOTE, paths.CHECKPOINT)
"""What takes its name after everything else, in this order."""


class Draft:
    """Files to be put, kept or, when neither is said, removed. `standing` are those that are there as they
    were left, `leftover` others that are there."""

    def __init__(
        self, root: Path, staging: Path, standing: Mapping[str, Stamp], leftover: Iterable[str] = ()
    ) -> None:
        self._root = root
        self._new = staging / "new"
        self._old = staging / "old"
        self._standing = standing
        self._leftover = frozenset(leftover)
        self._digests: dict[str, str] = {}
        self._unflushed: list[str] = []
        self.changed: set[str] = set()
        self.removed: tuple[str, ...] = ()

    def put(self, path: str, content: bytes, *, one_of_many: bool = False) -> None:
        """This file with this content; with `one_of_many` it is flushed together with others at the end."""
        digest = sha256(content).hexdigest()
        if self._is_there(path, digest):
            return
        self._write(path, [content], flush=not one_of_many)
        if one_of_many:
            self._unflushed.append(path)
        self._digests[path] = digest
        self.changed.add(path)

    def stream(self, path: str, pieces: Iterable[bytes]) -> None:
        """As `put`, for a file too long for the memory."""
        hashed = sha256()

        def seen() -> Iterator[bytes]:
            for piece in pieces:
                hashed.update(piece)
                yield piece

        self._write(path, seen())
        if self._is_there(path, hashed.hexdigest()):
            (self._new / path).unlink()
            return
        self._digests[path] = hashed.hexdigest()
        self.changed.add(path)

    def keep(self, path: str) -> bool:
        """Keep a file as it stands; False when there is none to keep."""
        stood = self._standing.get(path)
        if stood is None:
            return False
        self._digests[path] = stood.digest
        return True

    def _is_there(self, path: str, digest: str) -> bool:
        stood = self._standing.get(path)
        if path in self.changed or stood is None or stood.digest != digest:
            return False
        self._digests[path] = digest
        return True

    def _write(self, path: str, pieces: Iterable[bytes], *, flush: bool = True) -> None:
        paths.check_path(path)
        place = self._new / path
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("wb") as file:
            for piece in pieces:
                file.write(piece)
            if flush:
                file.flush()
                os.fsync(file.fileno())

    def _flush(self) -> None:
        """Flush what was put as one of many: the disk at once where that can be asked, then each file, which
        has little left to do then and tells of errors."""
        if self._unflushed and hasattr(os, "sync"):
            os.sync()
        for path in self._unflushed:
            with (self._new / path).open("r+b") as file:
                os.fsync(file.fileno())
        self._unflushed = []

    def stands(self, path: str) -> bool:
        """Whether the folder has this file, as the last build left it."""
        return path in self._standing

    def standing(self) -> tuple[str, ...]:
        """The files of the folder as the last build left them."""
        return tuple(self._standing)

    def has(self, path: str) -> bool:
        """Whether the new state has this file."""
        return path in self._digests

    def read(self, path: str) -> bytes:
        """A file of the new state."""
        return ((self._new if path in self.changed else self._root) / path).read_bytes()

    def sums(self) -> bytes:
        """SHA256SUMS of the new state."""
        lines = (
            f"{digest}  {path}\n" for path, digest in sorted(self._digests.items()) if path not in LAST[:2]
        )
        return "".join(lines).encode("ascii")

    def count(self) -> int:
        return len(self._digests)

    def commit(self) -> dict[str, Stamp]:
        """Put the new state in the place of the old one; gives the stamps of its files.

        Raises OSError; then every file that was there before is there again.
        """
        self._flush()
        if not self._root.exists() or _is_empty(self._root):
            self._move_whole()
        else:
            self._move_each()
        kept = {path: stood for path, stood in self._standing.items() if path in self._digests}
        new = {path: stamp_of(self._root / path, self._digests[path]) for path in self.changed}
        return {path: stamp for path, stamp in (kept | new).items() if path not in LAST[:2]}

    def _move_whole(self) -> None:
        """A first build: the folder takes its name at once."""
        if self._root.exists():
            try:
                self._root.rmdir()
            except OSError:  # a disk of its own, or a folder above that takes no names
                self._move_each()
                return
        self._sync_folders(self._new, self._digests)
        self._new.rename(self._root)
        sync_folder(self._root.parent)

    def _move_each(self) -> None:
        order = sorted(self.changed - set(LAST)) + [path for path in LAST if path in self.changed]
        for path in order:
            if (self._root / path).exists():
                (self._old / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(self._root / path, self._old / path)
        moved: list[str] = []
        try:
            for path in order:
                if path in LAST and not any(before in LAST for before in moved):
                    self._sync_folders(self._root, moved)
                (self._root / path).parent.mkdir(parents=True, exist_ok=True)
                (self._new / path).replace(self._root / path)
                moved.append(path)
            sync_folder(self._root)
        except BaseException:
            self._put_back(moved)
            raise
        self.removed = tuple(sorted((self._standing.keys() | self._leftover) - self._digests.keys()))
        for path in self.removed:
            self._remove(path)
        self._sync_folders(self._root, self.removed)

    @staticmethod
    def _sync_folders(root: Path, paths: Iterable[str]) -> None:
        """Make the names of these files survive a power cut: what a head speaks of is there before it."""
        below = {folder for path in paths for folder in PurePosixPath(path).parents}
        for folder in sorted(below, key=lambda one: len(one.parts), reverse=True):
            sync_folder(root / folder)

    def _put_back(self, moved: Iterable[str]) -> None:
        for path in reversed(list(moved)):
            with contextlib.suppress(OSError):
                if (self._old / path).exists():
                    (self._old / path).replace(self._root / path)
                else:
                    self._remove(path)

    def _remove(self, path: str) -> None:
        """Remove a file, and the folders that it leaves empty."""
        place = self._root / path
        place.unlink(missing_ok=True)
        for folder in place.parents:
            if folder == self._root:
                break
            try:
                folder.rmdir()
            except OSError:
                break


def _is_empty(folder: Path) -> bool:
    """Whether there is nothing but what a build is working on."""
    return all(OWN.fullmatch(path.name) for path in folder.iterdir())


@contextmanager
def staging(root: Path) -> Iterator[Path]:
    """A new folder for a build of the site at `root`, on the same disk, removed at the end; what a build that
    was killed left behind goes first. Beside the site, or inside where the folder above takes no names or
    is another disk.
    """
    beside = root.with_name(f".{root.name}{STAGING}")
    for left in [*root.parent.glob(f"{beside.name}*.part"), *(root.glob(f"{STAGING}*.part"))]:
        shutil.rmtree(left, ignore_errors=True)
    folder = _make(root, beside)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _make(root: Path, beside: Path) -> Path:
    name = f"{secrets.token_hex(4)}.part"
    folder = beside.with_name(beside.name + name)
    if root.exists() and root.stat().st_dev != root.parent.stat().st_dev:
        folder = root / f"{STAGING}{name}"
    try:
        folder.mkdir(mode=0o755)
    except OSError:
        if not root.exists():
            raise
        folder = root / f"{STAGING}{name}"
        folder.mkdir(mode=0o755)
    (folder / "new").mkdir()
    return folder
